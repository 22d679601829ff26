//! Functions and triggers.

use limbeck_core::document::schema::{FunctionKind, TableKind};

use super::family::Family;
use super::pen::Pen;
use super::tables::created;

pub(super) const FAMILIES: &[Family] = &[
    (14, "CREATE FUNCTION", create),
    (10, "CREATE FUNCTION of a trigger", create_of_trigger),
    (5, "CREATE AGGREGATE", create_aggregate),
    (3, "CREATE VIEW of an aggregate", view_of_aggregate),
    (4, "ALTER FUNCTION", alter),
    (6, "DROP FUNCTION", drop_function),
    (26, "CREATE TRIGGER", trigger),
    (8, "ALTER TRIGGER", rename_trigger),
    (5, "DROP TRIGGER", drop_trigger),
];

fn create(pen: &mut Pen) -> Option<String> {
    let (or_replace, name) = (pen.dice.maybe(35, "OR REPLACE "), created(pen));
    Some(match pen.dice.below(6) {
        5 => format!(
            "CREATE {or_replace}FUNCTION {name}(integer, integer) RETURNS integer LANGUAGE sql {}AS 'SELECT $1'",
            pen.dice.maybe(40, "STRICT ")
        ),
        0 => format!(
            "CREATE {or_replace}FUNCTION {name}(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'"
        ),
        1 => format!(
            "CREATE {or_replace}FUNCTION {name}(a text, b integer DEFAULT 1) RETURNS text LANGUAGE sql STABLE STRICT AS $$ SELECT a $$"
        ),
        2 => {
            let (argument, result) =
                (pen.data_type(), pen.dice.one(&["void", "boolean", "bigint", "text", "SETOF integer"]));
            format!("CREATE {or_replace}FUNCTION {name}(x {argument}) RETURNS {result} LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$")
                .replace("RETURN; END", if result == "void" || result.starts_with("SETOF") { "RETURN; END" } else { "RETURN NULL; END" })
        }
        3 => format!("CREATE {or_replace}PROCEDURE {name}(x integer) LANGUAGE plpgsql AS $$ BEGIN END $$"),
        _ => {
            let table = pen.table()?;
            let of = pen.named(table);
            format!(
                "CREATE {or_replace}FUNCTION {name}() RETURNS SETOF {of} LANGUAGE sql AS 'SELECT * FROM {}'",
                of.replace('\'', "''")
            )
        }
    })
}

/// What it calls is a function of the database, or one of Postgres that may be none for it.
fn create_aggregate(pen: &mut Pen) -> Option<String> {
    let (or_replace, name) = (pen.dice.maybe(30, "OR REPLACE "), created(pen));
    let of = pen.dice.one(&["integer:integer", "integer:bigint", "text:text", "varchar:text", "*:bigint"]);
    let (takes, state) = of.split_once(':')?;
    let of_two: Vec<&str> = pen
        .schema
        .functions
        .iter()
        .filter(|function| function.arguments == "integer, integer")
        .map(|function| function.name.as_str())
        .collect();
    let step = if of_two.is_empty() || pen.dice.percent(35) {
        pen.dice.one(&["int4pl", "int4larger", "int8inc", "textcat", "int84pl", "missing"]).to_owned()
    } else {
        pen.existing(&of_two)?
    };
    let of_one: Vec<&str> = pen
        .schema
        .functions
        .iter()
        .filter(|function| function.arguments == "integer" && function.kind == FunctionKind::Function)
        .map(|function| function.name.as_str())
        .collect();
    let last = match pen.dice.below(4) {
        0 if !of_one.is_empty() => format!(", FINALFUNC = {}", pen.existing(&of_one)?),
        1 => ", FINALFUNC = int4abs".to_owned(),
        _ => String::new(),
    };
    let start =
        pen.dice.one(&["", "", ", INITCOND = '0'", ", INITCOND = 'x'", ", COMBINEFUNC = int4pl", ", PARALLEL = safe"]);
    Some(format!("CREATE {or_replace}AGGREGATE {name}({takes}) (SFUNC = {step}, STYPE = {state}{last}{start})"))
}

fn view_of_aggregate(pen: &mut Pen) -> Option<String> {
    let aggregates: Vec<&str> = pen
        .schema
        .functions
        .iter()
        .filter(|function| function.kind == FunctionKind::Aggregate)
        .map(|function| function.name.as_str())
        .collect();
    let aggregate = pen.existing(&aggregates)?;
    let name = created(pen);
    let table = pen.table()?;
    let (of, column) = (pen.named(table), pen.column(table));
    let argument = if pen.dice.percent(15) { "*".to_owned() } else { column };
    Some(format!("CREATE VIEW {name} AS SELECT {aggregate}({argument}) AS x FROM {of}"))
}

fn create_of_trigger(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    Some(format!(
        "CREATE {}FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        pen.dice.maybe(30, "OR REPLACE ")
    ))
}

/// Returns a function with the types of its arguments, or rarely without.
fn any(pen: &mut Pen) -> Option<String> {
    let found = pen.dice.any(&pen.schema.functions)?;
    let name = pen.spelled(&found.name);
    let word = match found.kind {
        FunctionKind::Procedure => "PROCEDURE",
        FunctionKind::Aggregate if pen.dice.percent(80) => "AGGREGATE",
        _ => "FUNCTION",
    };
    if found.kind == FunctionKind::Aggregate {
        let arguments = if found.arguments.is_empty() { "*" } else { &found.arguments };
        return Some(format!("{word} {name}({arguments})"));
    }
    let arguments = if pen.dice.percent(75) { format!("({})", found.arguments) } else { String::new() };
    Some(format!("{word} {name}{arguments}"))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let function = any(pen)?;
    let what = match pen.dice.below(4) {
        0 => format!("SET SCHEMA {}", pen.schema_name()),
        1 => "SECURITY DEFINER".to_owned(),
        2 => "SET search_path = public".to_owned(),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER {function} {what}"))
}

fn drop_function(pen: &mut Pen) -> Option<String> {
    let function = any(pen)?;
    let (word, rest) = function.split_once(' ')?;
    Some(format!("DROP {word} {}{rest}{}", pen.if_exists(), pen.behavior()))
}

fn trigger(pen: &mut Pen) -> Option<String> {
    let functions: Vec<&str> = pen
        .schema
        .functions
        .iter()
        .filter(|function| function.returns.as_deref() == Some("trigger"))
        .map(|function| function.name.as_str())
        .collect();
    let function = pen.existing(&functions)?;
    let table = pen.table_of(|kind| kind != TableKind::MaterializedView)?;
    let (name, on) = (pen.part_name(), pen.named(table));
    let when = pen.dice.one(&[
        "BEFORE INSERT",
        "AFTER UPDATE",
        "BEFORE INSERT OR UPDATE",
        "AFTER DELETE",
        "AFTER TRUNCATE",
        "INSTEAD OF INSERT",
    ]);
    let when = if when == "AFTER UPDATE" && pen.dice.percent(40) {
        format!("{when} OF {}", pen.column(table))
    } else {
        when.to_owned()
    };
    let level = if when.contains("TRUNCATE") { "STATEMENT" } else { pen.dice.one(&["ROW", "ROW", "STATEMENT"]) };
    let condition = if pen.dice.percent(15) && level == "ROW" {
        let column = pen.column(table);
        let is_whole = !when.contains("INSERT") && pen.dice.percent(40);
        let test = if is_whole { "OLD.* IS DISTINCT FROM NEW.*" } else { &format!("NEW.{column} IS NOT NULL") };
        format!(" WHEN ({test})")
    } else {
        String::new()
    };
    Some(format!(
        "CREATE {}TRIGGER {name} {when} ON {on} FOR EACH {level}{condition} EXECUTE FUNCTION {function}()",
        pen.dice.maybe(15, "OR REPLACE ")
    ))
}

fn rename_trigger(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_part(pen, |table| table.triggers.iter().map(|part| part.name.as_str()).collect())?;
    Some(format!("ALTER TRIGGER {name} ON {table} RENAME TO {}", pen.part_name()))
}

fn drop_trigger(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_part(pen, |table| table.triggers.iter().map(|part| part.name.as_str()).collect())?;
    Some(format!("DROP TRIGGER {}{name} ON {table}{}", pen.if_exists(), pen.behavior()))
}

/// Returns a table and the name of one of its parts, or rarely a name that is none.
pub(super) fn with_part(
    pen: &mut Pen,
    parts: fn(&limbeck_core::document::schema::Table) -> Vec<&str>,
) -> Option<(String, String)> {
    let tables: Vec<_> = pen.schema.tables.iter().filter(|table| !parts(table).is_empty()).collect();
    let table = pen.dice.any(&tables).copied()?;
    let name = if pen.dice.percent(92) { pen.dice.one(&parts(table)).to_owned() } else { pen.part_name() };
    Some((pen.named(table), name))
}
