//! Range types, their multiranges, and what is made of both.

use limbeck_core::document::schema::Range;

use super::family::Family;
use super::pen::Pen;
use super::tables::created;

pub(super) const FAMILIES: &[Family] = &[
    (6, "CREATE TYPE AS RANGE", create),
    (6, "CREATE TABLE of ranges", table),
    (4, "CREATE VIEW of ranges", view),
    (3, "ALTER TYPE of a range", alter),
    (3, "functions of a range", function),
    (2, "DROP TYPE of a range", drop_type),
];

/// More of the same, for runs of their own.
pub(super) const MOSTLY: &[Family] = &[
    (40, "CREATE TYPE AS RANGE", create),
    (40, "CREATE TABLE of ranges", table),
    (40, "CREATE VIEW of ranges", view),
    (20, "ALTER TYPE of a range", alter),
    (14, "functions of a range", function),
    (10, "DROP TYPE of a range", drop_type),
];

fn create(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let of = pen.dice.weighted(&[
        (8, "float8"),
        (6, "text"),
        (4, "time"),
        (4, "uuid"),
        (6, "integer"),
        (3, "varchar"),
        (2, "numeric(10,2)"),
        (2, "int4[]"),
        (1, "char(3)"),
        (1, "json"),
        (1, "anyelement"),
        (1, "nothing"),
        (6, ""),
    ]);
    let of = if of.is_empty() { pen.data_type() } else { of.to_owned() };
    let mut parts = vec![format!("subtype = {of}")];
    if pen.dice.percent(14) {
        let class = ["text_pattern_ops", "text_ops", "int4_ops", "varchar_ops", "missing", "pg_catalog.time_ops"];
        parts.push(format!("subtype_opclass = {}", pen.dice.one(&class)));
    }
    if pen.dice.percent(12) {
        parts.push(format!("collation = {}", pen.dice.one(&["\"C\"", "\"POSIX\"", "\"default\"", "pg_catalog.\"C\""])));
    }
    if pen.dice.percent(14) {
        let function = ["float8mi", "int4mi", "int4range_subdiff", "pg_catalog.float8mi", "missing", "float8mi"];
        parts.push(format!("subtype_diff = {}", pen.dice.one(&function)));
    }
    if pen.dice.percent(20) {
        parts.push(format!("multirange_type_name = {}", created(pen)));
    }
    let odd = pen.dice.below(100);
    match odd {
        0 => parts.push("canonical = int4range_canonical".to_owned()),
        1 => parts.push("subtype = text".to_owned()),
        2 => parts.push("bounds = text".to_owned()),
        3 => drop(parts.remove(0)),
        4..8 => parts.reverse(),
        _ => {}
    }
    if parts.is_empty() {
        return None;
    }
    Some(format!("CREATE TYPE {name} AS RANGE ({})", parts.join(", ")))
}

/// Puts a range type in the places of an expression: `{R}`, `{M}`, a value of each as `{r}`, `{m}`, and a bound `{l}`.
fn filled(pen: &mut Pen, found: &Range, expression: &str, column: Option<&str>) -> String {
    let range = pen.spelled(&found.name);
    let multirange = found.multirange.as_deref().unwrap_or("public.nothing");
    let multirange = pen.spelled(multirange);
    let bound = |pen: &mut Pen| pen.literal(&found.subtype);
    let constant = format!("{range}({}, NULL)", bound(pen));
    let value = column.map_or_else(|| constant.clone(), str::to_owned);
    let (of_several, limit) = (format!("{multirange}({value})"), bound(pen));
    let text = expression.replace("{R}", &range).replace("{M}", &multirange).replace("{m}", &of_several);
    text.replace("{r}", &value).replace("{c}", &constant).replace("{l}", &limit)
}

const CONDITIONS: [&str; 14] = [
    "isempty({r})",
    "lower({r}) IS NULL",
    "{r} && {c}",
    "{r} @> {l}",
    "{r} <@ {c}",
    "{r} -|- {c}",
    "{r} = {c}",
    "{r} < 'empty'",
    "upper_inf({r})",
    "{m} @> {r}",
    "{m} && {c}",
    "{r} IN ({c}, 'empty')",
    "{r} @> int4range(1, 2)",
    "{l} <@ {m}",
];

const VALUES: [&str; 26] = [
    "lower({r})",
    "{r} + {c}",
    "{r} * {c}",
    "range_merge({r}, {c})",
    "{r}::{M}",
    "multirange({r})",
    "{M}({r}, {c})",
    "{M}()",
    "{M}(VARIADIC ARRAY[{r}])",
    "unnest({m})",
    "range_merge({m})",
    "range_agg({r})",
    "range_intersect_agg({r})",
    "{m} + {M}()",
    "coalesce({r}, {c}, 'empty')",
    "ARRAY[{r}]",
    "{r}::text",
    "'empty'::{R}",
    "'x'::{R}",
    "'{}'::{M}",
    "NULL::{R}",
    "{R}({l}, {l}, '[]')",
    "{R}({l})",
    "{R}({l}, {l}, true)",
    "{r}::int4range",
    "CASE WHEN isempty({r}) THEN {r} END",
];

fn table(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.ranges)?.clone();
    let of = if pen.dice.percent(25) { "{M}" } else { "{R}" };
    let array = pen.dice.maybe(10, "[]");
    let default = match pen.dice.below(5) {
        0 => " DEFAULT {c}",
        1 => " DEFAULT {R}({l}, {l})",
        2 => " DEFAULT 'empty'",
        3 => " DEFAULT {M}({c})",
        _ => "",
    };
    let check = if pen.dice.percent(30) { format!(" CHECK ({})", pen.dice.one(&CONDITIONS)) } else { String::new() };
    let column = format!("during {of}{array}{default}{check}");
    let (column, name) = (filled(pen, &found, &column, Some("during")), created(pen));
    if let Some(table) = pen.table().filter(|_| pen.dice.percent(40)) {
        return Some(format!("ALTER TABLE {} ADD COLUMN {column}", pen.named(table)));
    }
    let method = pen.dice.one(&["gist", "gist", "spgist", "btree"]);
    let key = match pen.dice.below(5) {
        0 | 1 => format!(", EXCLUDE USING {method} (during WITH {})", pen.dice.one(&["&&", "=", "-|-", "<<"])),
        2 => ", PRIMARY KEY (during)".to_owned(),
        _ => String::new(),
    };
    Some(format!("CREATE TABLE {name} (id integer, {column}{key})"))
}

fn view(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.ranges)?.clone();
    // A column of that type, where there is one.
    let mut columns = Vec::new();
    for table in &pen.schema.tables {
        for column in &table.columns {
            if format!("public.{}", column.data_type) == found.name || column.data_type == found.name {
                columns.push((table.name.clone(), column.name.clone()));
            }
        }
    }
    let from = pen.dice.any(&columns).cloned();
    let column = from.as_ref().map(|(_, column)| column.as_str());
    let mut outputs = Vec::new();
    for at in 0..=pen.dice.below(3) {
        let value = if pen.dice.percent(30) { pen.dice.one(&CONDITIONS) } else { pen.dice.one(&VALUES) };
        outputs.push(format!("{} AS x{at}", filled(pen, &found, value, column)));
    }
    let name = created(pen);
    let from = from.map(|(table, _)| format!(" FROM {table}")).unwrap_or_default();
    Some(format!("CREATE VIEW {name} AS SELECT {}{from}", outputs.join(", ")))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.ranges)?.clone();
    let named = if pen.dice.percent(60) { found.multirange.clone()? } else { found.name.clone() };
    let name = pen.spelled(&named);
    if pen.dice.percent(15) {
        return Some(format!("COMMENT ON TYPE {name} IS 'so'"));
    }
    let what = match pen.dice.below(6) {
        0 => format!("SET SCHEMA {}", pen.schema_name()),
        1 => "OWNER TO CURRENT_USER".to_owned(),
        2 => "ADD VALUE 'x'".to_owned(),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER TYPE {name} {what}"))
}

/// What is done to the functions that make its values.
fn function(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.ranges)?.clone();
    let (range, multirange) = (pen.spelled(&found.name), found.multirange.clone()?);
    let of = found.subtype.clone();
    let signature = match pen.dice.below(4) {
        0 => format!("{multirange}()"),
        1 => format!("{multirange}({range})"),
        2 => format!("{range}({of}, {of}, text)"),
        _ => format!("{range}({of}, {of})"),
    };
    Some(match pen.dice.below(5) {
        0 => format!("ALTER FUNCTION {signature} RENAME TO {}", pen.new_bare_name()),
        1 => format!("ALTER FUNCTION {signature} SET SCHEMA {}", pen.schema_name()),
        2 => format!("DROP FUNCTION {}{signature}{}", pen.if_exists(), pen.behavior()),
        3 => format!("CREATE FUNCTION {signature} RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
        _ => format!(
            "CREATE FUNCTION {}({range}, {range}) RETURNS {range} LANGUAGE sql AS 'SELECT $1 + $2'",
            created(pen)
        ),
    })
}

fn drop_type(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.ranges)?.clone();
    let range = pen.spelled(&found.name);
    let named = match found.multirange {
        Some(multirange) if pen.dice.percent(50) => {
            let multirange = pen.spelled(&multirange);
            if pen.dice.percent(50) { multirange } else { format!("{multirange}, {range}") }
        }
        _ => range,
    };
    Some(format!("DROP TYPE {}{named}{}", pen.if_exists(), pen.behavior()))
}
