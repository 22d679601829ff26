//! Partitioned tables and their partitions.

use limbeck_core::document::schema::{Table, TableKind};

use super::expression::Class;
use super::family::Family;
use super::pen::Pen;
use super::tables::{created, elements};

pub(super) const FAMILIES: &[Family] = &[
    (28, "CREATE TABLE PARTITION BY", create),
    (40, "CREATE TABLE PARTITION OF", create_partition),
    (12, "ALTER TABLE ATTACH PARTITION", attach),
    (8, "ALTER TABLE DETACH PARTITION", detach),
    (10, "ALTER TABLE ADD FOREIGN KEY TO PARTITIONED", refer),
];

fn create(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let how = pen.dice.weighted(&[
        (6, "region text NOT NULL$) PARTITION BY LIST (region)"),
        (8, "day date NOT NULL$) PARTITION BY RANGE (day)"),
        (4, "id integer$) PARTITION BY HASH (id)"),
        (4, "id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)$) PARTITION BY RANGE (at)"),
        (2, "id integer PRIMARY KEY, v text$) PARTITION BY LIST (id)"),
        (1, "id integer PRIMARY KEY, day date$) PARTITION BY RANGE (day)"),
        (1, "a integer, b integer$) PARTITION BY RANGE (a, b)"),
        (1, "a text$) PARTITION BY LIST (lower(a))"),
    ]);
    let elements = elements(pen, &name);
    // A key would have to hold the column that the table is partitioned by.
    let plain: Vec<String> = elements
        .into_iter()
        .filter(|element| !element.starts_with("id ") && !element.contains("UNIQUE") && !element.contains("KEY"))
        .collect();
    let more: String = plain.iter().take(2).map(|element| format!(", {element}")).collect();
    Some(format!("CREATE TABLE {name} ({}", how.replace('$', &more)))
}

fn partitioned<'a>(pen: &mut Pen<'a>) -> Option<&'a Table> {
    let schema = pen.schema;
    let tables: Vec<&Table> = schema.tables.iter().filter(|table| table.partition_by.is_some()).collect();
    pen.dice.any(&tables).copied()
}

/// Returns a bound that fits how the table is partitioned, though it may overlap another.
fn bound(pen: &mut Pen, table: &Table) -> String {
    let by = table.partition_by.as_deref().unwrap_or_default();
    if pen.dice.percent(8) {
        return "DEFAULT".to_owned();
    }
    let key = by.split_once('(').map_or("", |(_, key)| key.trim_end_matches(')')).to_owned();
    let class = table.columns.iter().find(|column| column.name == key).map(|column| pen.class(&column.data_type));
    let step = pen.dice.below(12);
    match by.split(' ').next().unwrap_or_default() {
        "LIST" if class == Some(Class::Number) => format!("FOR VALUES IN ({step}, {})", step + 20),
        "LIST" => format!("FOR VALUES IN ('r{step}')"),
        "HASH" => format!("FOR VALUES WITH (MODULUS 4, REMAINDER {})", step % 5),
        _ if key.contains(',') => format!("FOR VALUES FROM ({step}, MINVALUE) TO ({}, 0)", step + 1),
        _ if step == 11 => "FOR VALUES FROM ('2021-01-01') TO ('2020-01-01')".to_owned(),
        _ => format!("FOR VALUES FROM ('{}-01-01') TO ('{}-01-01')", 2010 + step, 2011 + step),
    }
}

fn create_partition(pen: &mut Pen) -> Option<String> {
    let table = partitioned(pen)?;
    let (name, parent, bound) = (created(pen), pen.named(table), bound(pen, table));
    let by = if pen.dice.percent(6) { format!(" PARTITION BY LIST ({})", pen.column(table)) } else { String::new() };
    Some(format!("CREATE TABLE {}{name} PARTITION OF {parent} {bound}{by}", pen.if_not_exists()))
}

fn attach(pen: &mut Pen) -> Option<String> {
    let table = partitioned(pen)?;
    let alike = |other: &&Table| {
        other.kind == TableKind::Table
            && other.columns.len() == table.columns.len()
            && other.columns.iter().all(|column| table.columns.iter().any(|own| own.name == column.name))
    };
    let fitting: Vec<&Table> = pen.schema.tables.iter().filter(alike).collect();
    let child = match pen.dice.any(&fitting) {
        Some(child) => child,
        None if pen.dice.percent(20) => pen.table()?,
        None => return None,
    };
    let (parent, child, bound) = (pen.named(table), pen.named(child), bound(pen, table));
    Some(format!("ALTER TABLE {parent} ATTACH PARTITION {child} {bound}"))
}

fn detach(pen: &mut Pen) -> Option<String> {
    let schema = pen.schema;
    let partitions: Vec<&Table> = schema.tables.iter().filter(|table| table.partition_of.is_some()).collect();
    let child = pen.dice.any(&partitions).copied()?;
    let (parent, child) = (pen.spelled(child.partition_of.as_deref()?), pen.named(child));
    Some(format!("ALTER TABLE {parent} DETACH PARTITION {child}"))
}

/// Writes a foreign key to a partitioned table, over new columns.
fn refer(pen: &mut Pen) -> Option<String> {
    let schema = pen.schema;
    let has_key = |table: &&Table| table.partition_by.is_some() && table.primary_key.is_some();
    let tables: Vec<&Table> = schema.tables.iter().filter(has_key).collect();
    let parent = pen.dice.any(&tables).copied()?;
    let from = if pen.dice.percent(25) { parent } else { pen.table()? };
    let mut columns: Vec<String> = Vec::new();
    let mut actions = Vec::new();
    for key in &parent.primary_key.as_ref()?.columns {
        let data_type = &parent.columns.iter().find(|column| column.name == *key)?.data_type;
        let column = pen.new_column(Some(from));
        if columns.contains(&column) {
            return None;
        }
        actions.push(format!("ADD COLUMN {column} {data_type}"));
        columns.push(column);
    }
    let (name, columns) = (pen.constraint_name(), columns.join(", "));
    let action = pen.dice.weighted(&[(6, ""), (2, " ON DELETE CASCADE"), (1, " DEFERRABLE"), (1, " NOT VALID")]);
    let (from, parent) = (pen.named(from), pen.named(parent));
    actions.push(format!("ADD {name}FOREIGN KEY ({columns}) REFERENCES {parent}{action}"));
    Some(format!("ALTER TABLE {from} {}", actions.join(", ")))
}
