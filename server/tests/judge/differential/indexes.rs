//! CREATE INDEX and what is done to indexes; extended statistics.

use limbeck_core::document::schema::{Table, TableKind};

use super::expression::Class;
use super::family::Family;
use super::pen::{Pen, schema_of};

pub(super) const FAMILIES: &[Family] = &[
    (72, "CREATE INDEX", create),
    (20, "DROP INDEX", drop_index),
    (9, "ALTER INDEX", alter),
    (4, "REINDEX", reindex),
    (3, "CREATE INDEX CONCURRENTLY", concurrently),
    (2, "CLUSTER", cluster),
    (5, "CREATE STATISTICS", statistics),
    (2, "DROP STATISTICS", drop_statistics),
];

fn create(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|kind| !matches!(kind, TableKind::View | TableKind::ForeignTable))?;
    build(pen, table, "")
}

fn concurrently(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    build(pen, table, "CONCURRENTLY ")
}

fn build(pen: &mut Pen, table: &Table, concurrently: &str) -> Option<String> {
    let unique = pen.dice.maybe(25, "UNIQUE ");
    let name = match pen.dice.below(10) {
        0..4 => String::new(),
        4..9 => {
            let columns = pen.columns(table);
            format!("{}{}_index ", pen.dice.one(&["ix_", "on_", "i"]), columns.first()?.replace(['"', ' '], ""))
        }
        _ => {
            let name = pen.new_bare_name();
            format!("{name} ")
        }
    };
    let if_not_exists = if name.is_empty() { "" } else { pen.if_not_exists() };
    let method = pen.dice.weighted(&[
        (80, ""),
        (6, " USING btree"),
        (4, " USING hash"),
        (5, " USING gin"),
        (3, " USING gist"),
        (2, " USING brin"),
    ]);
    let known = pen.known(table);
    let mut keys = Vec::new();
    for column in pen.columns(table) {
        keys.push(if pen.dice.percent(12) {
            let (expression, class) = pen.scalar(&known);
            if class == Class::Other { expression } else { format!("({expression})") }
        } else {
            let order = match pen.dice.below(20) {
                0 | 1 => " DESC",
                2 => " DESC NULLS LAST",
                3 => " NULLS FIRST",
                4 => " ASC",
                _ => "",
            };
            let data_type = known.iter().find(|(name, _)| *name == column).map(|(_, data_type)| data_type.as_str());
            let text = data_type.is_some_and(|data_type| pen.class(data_type) == Class::Text);
            let opclass = if text { pen.dice.maybe(6, " text_pattern_ops") } else { "" };
            let order = if method.is_empty() || method.ends_with("btree") { order } else { "" };
            let collation = if text { pen.dice.maybe(3, " COLLATE \"C\"") } else { "" };
            format!("{column}{collation}{opclass}{order}")
        });
    }
    let include = if pen.dice.percent(6) { format!(" INCLUDE ({})", pen.column(table)) } else { String::new() };
    let with = pen.dice.maybe(3, " WITH (fillfactor = 90)");
    let predicate = if pen.dice.percent(15) { format!(" WHERE {}", pen.condition(&known)) } else { String::new() };
    let only = pen.dice.maybe(3, "ONLY ");
    let on = pen.named(table);
    let nulls = if unique.is_empty() { "" } else { pen.dice.maybe(4, " NULLS NOT DISTINCT") };
    Some(format!(
        "CREATE {unique}INDEX {concurrently}{if_not_exists}{name}ON {only}{on}{method} ({}){include}{nulls}{with}{predicate}",
        keys.join(", ")
    ))
}

/// Returns the qualified names of all indexes, sometimes with those of constraints.
fn indexes(pen: &mut Pen) -> Vec<String> {
    let mut names = Vec::new();
    let keys_too = pen.dice.percent(12);
    for table in &pen.schema.tables {
        let schema = schema_of(&table.name);
        names.extend(table.indexes.iter().map(|index| format!("{schema}.{}", index.name)));
        if keys_too {
            names.extend(table.primary_key.iter().chain(&table.unique).map(|key| format!("{schema}.{}", key.name)));
        }
    }
    names
}

fn one_index(pen: &mut Pen) -> Option<String> {
    let names = indexes(pen);
    pen.existing(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn drop_index(pen: &mut Pen) -> Option<String> {
    let name = one_index(pen)?;
    Some(format!("DROP INDEX {}{}{name}{}", pen.dice.maybe(3, "CONCURRENTLY "), pen.if_exists(), pen.behavior()))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let name = one_index(pen)?;
    let to = match pen.dice.below(4) {
        0 => "SET (fillfactor = 75)".to_owned(),
        1 => "RESET (fillfactor)".to_owned(),
        _ => format!("RENAME TO {}", pen.new_bare_name()),
    };
    Some(format!("ALTER INDEX {}{name} {to}", pen.if_exists()))
}

fn reindex(pen: &mut Pen) -> Option<String> {
    if pen.dice.percent(50) {
        let name = one_index(pen)?;
        return Some(format!("REINDEX INDEX {name}"));
    }
    let names = super::tables::tables(pen);
    let name = pen.existing(&names)?;
    Some(format!("REINDEX TABLE {name}"))
}

fn cluster(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let index = pen.dice.any(&table.indexes)?.name.clone();
    let name = pen.named(table);
    Some(format!("CLUSTER {name} USING {index}"))
}

fn statistics(pen: &mut Pen) -> Option<String> {
    let table = pen.table_of(|kind| !matches!(kind, TableKind::View))?;
    let (name, columns) = (super::tables::created(pen), pen.columns(table));
    let kinds = pen.dice.one(&["", "", " (ndistinct)", " (dependencies, mcv)"]);
    let on = pen.named(table);
    Some(format!("CREATE STATISTICS {}{name}{kinds} ON {} FROM {on}", pen.if_not_exists(), columns.join(", ")))
}

fn drop_statistics(pen: &mut Pen) -> Option<String> {
    let schema = pen.schema;
    let all = schema.tables.iter().flat_map(|table| &table.statistics);
    let names: Vec<&str> = all.map(|statistics| statistics.name.as_str()).collect();
    let name = pen.existing(&names)?;
    Some(format!("DROP STATISTICS {}{name}", pen.if_exists()))
}
