//! INSERT, UPDATE and DELETE.

use limbeck_core::document::schema::{Column, Identity, Table};

use super::family::Family;
use super::pen::Pen;

pub(super) const FAMILIES: &[Family] =
    &[(26, "INSERT", insert), (5, "INSERT SELECT", insert_select), (18, "UPDATE", update), (10, "DELETE", delete)];

fn writable(column: &&Column) -> bool {
    column.generated.is_none() && column.identity != Some(Identity::Always)
}

fn insert(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let name = pen.named(table);
    let columns: Vec<&Column> = table.columns.iter().filter(writable).collect();
    if columns.is_empty() || pen.dice.percent(4) {
        return Some(format!("INSERT INTO {name} DEFAULT VALUES"));
    }
    let mut rows = Vec::new();
    for _ in 0..=pen.dice.below(2) {
        let values: Vec<String> = columns.iter().map(|column| value(pen, column)).collect();
        rows.push(format!("({})", values.join(", ")));
    }
    let mut names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    if pen.dice.percent(3)
        && let Some(name) = names.first_mut()
    {
        *name = pen.new_column(None);
    }
    let conflict = pen.dice.maybe(12, " ON CONFLICT DO NOTHING");
    let returning = pen.dice.maybe(5, " RETURNING *");
    Some(format!("INSERT INTO {name} ({}) VALUES {}{conflict}{returning}", names.join(", "), rows.join(", ")))
}

fn value(pen: &mut Pen, column: &Column) -> String {
    match pen.dice.below(10) {
        0 if column.nullable => "NULL".to_owned(),
        1 if column.default.is_some() || column.nullable => "DEFAULT".to_owned(),
        _ => pen.literal(&column.data_type),
    }
}

fn insert_select(pen: &mut Pen) -> Option<String> {
    let (table, source) = (pen.table()?, pen.table()?);
    let column = pen.column(table);
    let same = table.columns.iter().find(|own| own.name == column).map(|own| own.data_type.as_str());
    let from = source.columns.iter().find(|other| Some(other.data_type.as_str()) == same);
    let from = match from {
        Some(from) => from.name.clone(),
        None => pen.column(source),
    };
    Some(format!("INSERT INTO {} ({column}) SELECT {from} FROM {}", pen.named(table), pen.named(source)))
}

fn condition(pen: &mut Pen, table: &Table) -> String {
    let known = pen.known(table);
    if pen.dice.percent(70) { format!(" WHERE {}", pen.condition(&known)) } else { String::new() }
}

fn update(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let columns: Vec<&Column> = table.columns.iter().filter(writable).collect();
    let column = pen.dice.any(&columns).copied()?;
    let (name, value) = (pen.named(table), value(pen, column));
    let column = if pen.dice.percent(2) { pen.new_column(None) } else { column.name.clone() };
    Some(format!("UPDATE {name} SET {column} = {value}{}", condition(pen, table)))
}

fn delete(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    Some(format!("DELETE FROM {}{}", pen.named(table), condition(pen, table)))
}
