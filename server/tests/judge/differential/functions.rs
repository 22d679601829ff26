//! Functions and triggers.

use limbeck_core::document::schema::{FunctionKind, TableKind};

use super::family::Family;
use super::pen::Pen;
use super::tables::created;

pub(super) const FAMILIES: &[Family] = &[
    (14, "CREATE FUNCTION", create),
    (10, "CREATE FUNCTION of a trigger", create_of_trigger),
    (4, "ALTER FUNCTION", alter),
    (6, "DROP FUNCTION", drop_function),
    (26, "CREATE TRIGGER", trigger),
    (8, "ALTER TRIGGER", rename_trigger),
    (5, "DROP TRIGGER", drop_trigger),
];

fn create(pen: &mut Pen) -> Option<String> {
    let (or_replace, name) = (pen.dice.maybe(35, "OR REPLACE "), created(pen));
    Some(match pen.dice.below(5) {
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
    let word = if found.kind == FunctionKind::Procedure { "PROCEDURE" } else { "FUNCTION" };
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
        format!(" WHEN (NEW.{column} IS NOT NULL)")
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
