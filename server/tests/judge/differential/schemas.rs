//! Schemas, extensions, comments and privileges.

use limbeck_core::document::schema::TableKind;

use super::family::Family;
use super::pen::{Pen, schema_of};

pub(super) const FAMILIES: &[Family] = &[
    (14, "CREATE SCHEMA", create),
    (2, "ALTER SCHEMA", rename),
    (4, "DROP SCHEMA", drop_schema),
    (30, "COMMENT", comment),
    (8, "GRANT", grant),
    (4, "SELECT", select),
];

fn create(pen: &mut Pen) -> Option<String> {
    Some(format!("CREATE SCHEMA {}{}", pen.dice.maybe(40, "IF NOT EXISTS "), pen.other_schema()))
}

fn rename(pen: &mut Pen) -> Option<String> {
    Some(format!("ALTER SCHEMA {} RENAME TO {}", pen.other_schema(), pen.other_schema()))
}

fn drop_schema(pen: &mut Pen) -> Option<String> {
    Some(format!("DROP SCHEMA {}{}{}", pen.if_exists(), pen.other_schema(), pen.behavior()))
}

fn comment(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|_| true)?;
    let name = pen.named(table);
    let kind = match table.kind {
        TableKind::View => "VIEW",
        TableKind::MaterializedView => "MATERIALIZED VIEW",
        TableKind::ForeignTable => "FOREIGN TABLE",
        _ => "TABLE",
    };
    let on = match pen.dice.below(10) {
        0..4 => format!("COLUMN {name}.{}", pen.column(table)),
        4 => format!("CONSTRAINT {} ON {name}", pen.constraint(table)),
        5 => match pen.dice.any(&table.indexes) {
            Some(index) => format!("INDEX {}.{}", schema_of(&table.name), index.name),
            None => format!("{kind} {name}"),
        },
        6 => match pen.dice.any(&pen.schema.enums) {
            Some(found) => format!("TYPE {}", pen.spelled(&found.name)),
            None => format!("SCHEMA {}", pen.schema_name()),
        },
        7 if pen.dice.percent(30) => format!("VIEW {name}"),
        _ => format!("{kind} {name}"),
    };
    Some(format!("COMMENT ON {on} IS {}", pen.dice.one(&["'what it is'", "'it''s'", "NULL", "''"])))
}

fn grant(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|_| true)?;
    let name = pen.named(table);
    let what = pen.dice.one(&["SELECT", "ALL", "INSERT, UPDATE", "SELECT (id)", "USAGE"]);
    let role = pen.dice.one(&["PUBLIC", "pg_monitor", "pg_read_all_data", "nobody_here"]);
    Some(if pen.dice.percent(70) {
        format!("GRANT {what} ON {}{name} TO {role}", pen.dice.maybe(30, "TABLE "))
    } else {
        format!("REVOKE {what} ON {name} FROM {role}")
    })
}

fn select(pen: &mut Pen) -> Option<String> {
    super::queries::query(pen)
}
