//! Views and materialized views, and the queries inside.

use limbeck_core::document::schema::TableKind;

use super::family::Family;
use super::pen::Pen;
use super::queries::query;
use super::tables::created;

/// Those of which a sequence over tables that are there already is made.
pub(super) const VIEWS: &[Family] = &[
    (60, "CREATE VIEW", create),
    (30, "DROP VIEW", drop_view),
    (5, "CREATE OR REPLACE VIEW", replace),
    (12, "CREATE MATERIALIZED VIEW", create_materialized),
    (6, "REFRESH MATERIALIZED VIEW", refresh),
    (6, "DROP MATERIALIZED VIEW", drop_materialized),
    (2, "ALTER MATERIALIZED VIEW", alter_materialized),
    (8, "CREATE TABLE AS", super::tables::create_as),
];

pub(super) const FAMILIES: &[Family] = &[
    (26, "CREATE VIEW", create),
    (12, "CREATE OR REPLACE VIEW", replace),
    (10, "DROP VIEW", drop_view),
    (9, "ALTER VIEW", alter),
    (8, "CREATE MATERIALIZED VIEW", create_materialized),
    (3, "REFRESH MATERIALIZED VIEW", refresh),
    (4, "DROP MATERIALIZED VIEW", drop_materialized),
    (4, "ALTER MATERIALIZED VIEW", alter_materialized),
];

fn create(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let query = query(pen)?;
    let columns = pen.dice.maybe(4, " (first)");
    let options =
        pen.dice.weighted(&[(94, ""), (3, " WITH (security_barrier)"), (3, " WITH (security_invoker = true)")]);
    let check = pen.dice.maybe(2, " WITH CHECK OPTION");
    Some(format!("CREATE VIEW {name}{columns}{options} AS {query}{check}"))
}

fn views<'a>(pen: &Pen<'a>, kind: TableKind) -> Vec<&'a str> {
    let schema = pen.schema;
    schema.tables.iter().filter(|table| table.kind == kind).map(|table| table.name.as_str()).collect()
}

fn replace(pen: &mut Pen) -> Option<String> {
    let names = views(pen, TableKind::View);
    let name = if pen.dice.percent(30) { created(pen) } else { pen.existing(&names)? };
    let old = pen.schema.tables.iter().find(|table| table.name.ends_with(&format!(".{name}")));
    // The same query with a column more is what a view can become.
    let same = old.and_then(|old| old.definition.as_deref()).filter(|_| pen.dice.percent(50));
    let query = match same.and_then(|definition| definition.trim_end_matches(';').split_once("\n   FROM")) {
        Some((list, rest)) => format!("{}, 1 AS added FROM{rest}", list.trim()),
        None => query(pen)?,
    };
    Some(format!("CREATE OR REPLACE VIEW {name} AS {query}"))
}

fn drop_view(pen: &mut Pen) -> Option<String> {
    let names = views(pen, TableKind::View);
    let name = pen.existing(&names)?;
    Some(format!("DROP VIEW {}{name}{}", pen.if_exists(), pen.behavior()))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let names = views(pen, TableKind::View);
    let name = pen.existing(&names)?;
    let what = match pen.dice.below(7) {
        6 => format!("SET (check_option = {})", pen.dice.one(&["local", "cascaded", "nope"])),
        0 => format!("SET SCHEMA {}", pen.schema_name()),
        1 => "SET (security_barrier = true)".to_owned(),
        2 => "RESET (security_barrier)".to_owned(),
        3 => {
            let view = pen.table_of(|kind| kind == TableKind::View)?;
            let column = pen.dice.any(&view.columns)?.clone();
            let what = if pen.dice.percent(50) {
                format!("SET DEFAULT {}", pen.literal(&column.data_type))
            } else {
                "DROP DEFAULT".to_owned()
            };
            return Some(format!("ALTER VIEW {} ALTER COLUMN {} {what}", pen.named(view), column.name));
        }
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER VIEW {}{name} {what}", pen.if_exists()))
}

fn create_materialized(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let query = query(pen)?;
    Some(format!(
        "CREATE MATERIALIZED VIEW {}{name} AS {query}{}",
        pen.if_not_exists(),
        pen.dice.maybe(30, " WITH NO DATA")
    ))
}

fn refresh(pen: &mut Pen) -> Option<String> {
    let names = views(pen, TableKind::MaterializedView);
    let name = pen.existing(&names)?;
    Some(format!(
        "REFRESH MATERIALIZED VIEW {}{name}{}",
        pen.dice.maybe(15, "CONCURRENTLY "),
        pen.dice.maybe(10, " WITH NO DATA")
    ))
}

fn drop_materialized(pen: &mut Pen) -> Option<String> {
    let names = views(pen, TableKind::MaterializedView);
    let name = pen.existing(&names)?;
    Some(format!("DROP MATERIALIZED VIEW {}{name}{}", pen.if_exists(), pen.behavior()))
}

fn alter_materialized(pen: &mut Pen) -> Option<String> {
    let names = views(pen, TableKind::MaterializedView);
    let name = pen.existing(&names)?;
    let what = match pen.dice.below(3) {
        0 => format!("SET SCHEMA {}", pen.schema_name()),
        1 => "SET (fillfactor = 60)".to_owned(),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER MATERIALIZED VIEW {name} {what}"))
}
