//! Collations, and what names them.

use limbeck_core::PostgresVersion;

use super::family::Family;
use super::pen::Pen;
use super::tables::created;

pub(super) const FAMILIES: &[Family] = &[
    (40, "CREATE COLLATION", create),
    (50, "CREATE TABLE of collations", table),
    (26, "CREATE VIEW of collations", view),
    (30, "CREATE INDEX of collations", index),
    (20, "ALTER COLLATION", alter),
    (16, "DROP COLLATION", drop_collation),
];

fn create(pen: &mut Pen) -> Option<String> {
    let (name, if_not_exists) = (created(pen), pen.if_not_exists());
    if pen.dice.percent(20) {
        let from = any(pen);
        return Some(format!("CREATE COLLATION {if_not_exists}{name} FROM {from}"));
    }
    let icu = pen.server.version < PostgresVersion::V16;
    let mut parts = match pen.dice.below(10) {
        0 => vec!["lc_collate = 'C'", "lc_ctype = 'POSIX'"],
        1 => vec!["lc_collate = 'C'"],
        2..5 if icu => vec!["provider = icu", "locale = 'und-u-ks-level2'", "deterministic = false"],
        5 if icu => vec!["provider = icu", "locale = 'de-DE'"],
        6 => vec!["provider = builtin", "locale = 'C.UTF-8'"],
        7 => vec!["provider = libc", "locale = 'POSIX'"],
        8 => vec!["provider = 'ICU'"],
        _ => vec!["locale = 'C'"],
    };
    match pen.dice.below(40) {
        0 => parts.push("deterministic = false"),
        1 => parts.push("deterministic"),
        2 => parts.push("locale = 'C'"),
        3 => parts.push("speed = 'high'"),
        4 => parts.push("from = \"C\""),
        5 => parts = vec!["from = \"POSIX\""],
        6 => parts.push("provider = nobody"),
        7 => parts.push("rules = '&a < b'"),
        8 => parts.push("deterministic = perhaps"),
        9 => parts.push("locale"),
        10..14 => parts.reverse(),
        _ => {}
    }
    Some(format!("CREATE COLLATION {if_not_exists}{name} ({})", parts.join(", ")))
}

/// Returns the name of a collation, mostly one that was made.
fn any(pen: &mut Pen) -> String {
    let names: Vec<&str> = pen.schema.collations.iter().map(|found| found.name.as_str()).collect();
    match pen.dice.below(20) {
        0..3 => pen.dice.one(&["\"C\"", "\"POSIX\"", "\"default\"", "ucs_basic", "pg_catalog.\"C\""]).to_owned(),
        3 => pen.dice.one(&["app.missing", "missing_one", "nowhere.missing", "public.\"C\""]).to_owned(),
        _ => pen.existing(&names).unwrap_or_else(|| "\"C\"".to_owned()),
    }
}

fn table(pen: &mut Pen) -> Option<String> {
    let (of, collation, name) = (
        pen.dice.one(&["text", "text", "varchar(20)", "text[]", "char(3)", "name", "integer"]),
        any(pen),
        created(pen),
    );
    let rest = match pen.dice.below(12) {
        0 => " UNIQUE".to_owned(),
        1 => " PRIMARY KEY".to_owned(),
        2 => format!(" CHECK (word > 'a' COLLATE {})", any(pen)),
        3 => format!(" CHECK (upper(word COLLATE {}) = word)", any(pen)),
        4 => " CHECK (word LIKE 'a%')".to_owned(),
        5 => " DEFAULT 'x'".to_owned(),
        _ => String::new(),
    };
    match pen.dice.below(10) {
        0 => return Some(format!("CREATE DOMAIN {name} AS {of} COLLATE {collation}")),
        1 => return Some(format!("CREATE TYPE {name} AS (word {of} COLLATE {collation}, n integer)")),
        2 => return Some(format!("CREATE TYPE {name} AS RANGE (subtype = {of}, collation = {collation})")),
        _ => {}
    }
    let Some(table) = pen.table().filter(|_| pen.dice.percent(45)) else {
        return Some(format!("CREATE TABLE {name} (id integer, word {of} COLLATE {collation}{rest})"));
    };
    let named = pen.named(table);
    Some(match pen.dice.below(3) {
        0 => format!("ALTER TABLE {named} ALTER {} TYPE {of} COLLATE {collation}", pen.column(table)),
        1 => format!("ALTER TABLE {named} DROP COLUMN word{}", pen.behavior()),
        _ => format!("ALTER TABLE {named} ADD COLUMN word {of} COLLATE {collation}{rest}"),
    })
}

fn view(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (from, column, other, name) = (pen.named(table), pen.column(table), pen.column(table), created(pen));
    let collation = any(pen);
    let value = match pen.dice.below(8) {
        0 => format!("{column} COLLATE {collation}"),
        1 => format!("upper({column})"),
        2 => format!("{column} < {other}"),
        3 => format!("{column} || {other}"),
        4 => format!("({column} COLLATE {collation}) || {other}"),
        5 => format!("{column} COLLATE {collation} = {other} COLLATE {}", any(pen)),
        6 => format!("max({column} COLLATE {collation})"),
        _ => format!("'x' COLLATE {collation}"),
    };
    let order = if pen.dice.percent(20) { format!(" ORDER BY 1 COLLATE {collation}") } else { String::new() };
    Some(format!("CREATE VIEW {name} AS SELECT {value} AS x FROM {from}{order}"))
}

fn index(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (on, column, collation) = (pen.named(table), pen.column(table), any(pen));
    let class = pen.dice.maybe(25, " text_pattern_ops");
    let key = match pen.dice.below(5) {
        0 => column,
        1 => format!("lower({column})"),
        2 => format!("(lower({column}) COLLATE {collation})"),
        3 => format!("lower({column}) COLLATE {collation}"),
        _ => format!("{column} COLLATE {collation}"),
    };
    let method = pen.dice.maybe(15, "USING hash ");
    Some(format!("CREATE {}INDEX ON {on} {method}({key}{class})", pen.dice.maybe(10, "UNIQUE ")))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let name = any(pen);
    if ["\"C\"", "\"POSIX\"", "\"default\"", "ucs_basic", "pg_catalog.\"C\""].contains(&name.as_str()) {
        return None;
    }
    let what = match pen.dice.below(8) {
        0..3 => format!("SET SCHEMA {}", pen.schema_name()),
        3 => "OWNER TO CURRENT_USER".to_owned(),
        4 => "REFRESH VERSION".to_owned(),
        5 => return Some(format!("COMMENT ON COLLATION {name} IS 'so'")),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER COLLATION {name} {what}"))
}

fn drop_collation(pen: &mut Pen) -> Option<String> {
    let name = any(pen);
    let more = if pen.dice.percent(10) { format!(", {}", any(pen)) } else { String::new() };
    Some(format!("DROP COLLATION {}{name}{more}{}", pen.if_exists(), pen.behavior()))
}
