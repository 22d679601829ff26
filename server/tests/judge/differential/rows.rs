//! INSERT, UPDATE and DELETE.

use limbeck_core::document::schema::{Column, Identity, Table};

use super::family::Family;
use super::pen::Pen;

pub(super) const FAMILIES: &[Family] =
    &[(26, "INSERT", insert), (5, "INSERT SELECT", insert_select), (18, "UPDATE", update), (10, "DELETE", delete)];

pub(super) fn writable(column: &&Column) -> bool {
    column.generated.is_none() && column.identity != Some(Identity::Always)
}

pub(super) fn insert(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    insert_into(pen, table)
}

pub(super) fn insert_into(pen: &mut Pen, table: &Table) -> Option<String> {
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
    if pen.dice.percent(3) {
        names.pop();
    }
    if pen.dice.percent(2) {
        names.extend(names.first().cloned());
    }
    let conflict = conflict(pen, table);
    let returning = returning(pen, table);
    let list = if pen.dice.percent(8) { String::new() } else { format!(" ({})", names.join(", ")) };
    let overriding = pen.dice.maybe(8, " OVERRIDING SYSTEM VALUE");
    let overriding = if pen.dice.percent(4) { " OVERRIDING USER VALUE" } else { overriding };
    Some(format!("INSERT INTO {name}{list}{overriding} VALUES {}{conflict}{returning}", rows.join(", ")))
}

fn conflict(pen: &mut Pen, table: &Table) -> String {
    let key = table.primary_key.iter().chain(&table.unique).next();
    match (pen.dice.below(100), key) {
        (0..8, _) => " ON CONFLICT DO NOTHING".to_owned(),
        (8..14, Some(key)) => format!(" ON CONFLICT ({}) DO NOTHING", key.columns.join(", ")),
        (14..20, Some(key)) => {
            let column = pen.column(table);
            let on = key.columns.join(", ");
            let value = match pen.dice.below(3) {
                0 => format!("excluded.{column}"),
                1 => column.clone(),
                _ => "DEFAULT".to_owned(),
            };
            format!(" ON CONFLICT ({on}) DO UPDATE SET {column} = {value}")
        }
        (20..22, Some(key)) => format!(" ON CONFLICT ON CONSTRAINT {} DO NOTHING", key.name),
        (22..25, _) => format!(" ON CONFLICT ({}) DO NOTHING", pen.column(table)),
        (25, _) => " ON CONFLICT DO UPDATE SET id = 1".to_owned(),
        _ => String::new(),
    }
}

fn returning(pen: &mut Pen, table: &Table) -> String {
    match pen.dice.below(30) {
        0 => " RETURNING *".to_owned(),
        1 => format!(" RETURNING {} AS shown", pen.column(table)),
        2 => " RETURNING count(*)".to_owned(),
        _ => String::new(),
    }
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
    let name = pen.named(table);
    if pen.dice.percent(25) {
        return insert_constants(pen, table);
    }
    if pen.dice.percent(15) {
        let query = super::queries::query(pen)?;
        return Some(format!("INSERT INTO {name} ({column}) {query}"));
    }
    let from = if pen.dice.percent(15) { "'x'".to_owned() } else { from };
    let with = pen.dice.maybe(10, "WITH one AS (SELECT 1) ");
    Some(format!("{with}INSERT INTO {name} ({column}) SELECT {from} FROM {}", pen.named(source)))
}

/// What a query puts in that reads no table, or asks one whether there is something.
fn insert_constants(pen: &mut Pen, table: &Table) -> Option<String> {
    let columns: Vec<&Column> = table.columns.iter().filter(writable).collect();
    let column = pen.dice.any(&columns).copied()?;
    let mut constant = || match pen.dice.below(3) {
        0 => super::literals::value(pen),
        _ => pen.literal(&column.data_type),
    };
    let (one, other) = (constant(), constant());
    let (name, column) = (pen.named(table), &column.name);
    let query = match pen.dice.below(9) {
        0 => format!("SELECT {one} WHERE false"),
        1 => format!("SELECT {one} WHERE NOT EXISTS (SELECT FROM {name} AS t WHERE t.{column} = {one})"),
        2 => format!("SELECT v.x FROM (VALUES ({one}), ({other})) AS v (x)"),
        3 => format!("SELECT v.x FROM (SELECT {one} AS x) AS v"),
        4 => format!("WITH v AS (SELECT {one} AS x) SELECT v.x FROM v"),
        5 => format!("SELECT {one} UNION ALL SELECT {other}"),
        6 => format!("SELECT {one} LIMIT {}", pen.dice.one(&["1", "0", "-1", "2 - 3", "NULL"])),
        _ => format!("SELECT {one}"),
    };
    let conflict = conflict(pen, table);
    Some(format!("INSERT INTO {name} ({column}) {query}{conflict}"))
}

fn condition(pen: &mut Pen, table: &Table) -> String {
    let known = pen.known(table);
    if pen.dice.percent(70) { format!(" WHERE {}", pen.condition(&known)) } else { String::new() }
}

pub(super) fn update(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    update_of(pen, table)
}

pub(super) fn update_of(pen: &mut Pen, table: &Table) -> Option<String> {
    let columns: Vec<&Column> = table.columns.iter().filter(writable).collect();
    let column = pen.dice.any(&columns).copied()?;
    let (name, value) = (pen.named(table), value(pen, column));
    let column = if pen.dice.percent(2) { pen.new_column(None) } else { column.name.clone() };
    Some(match pen.dice.below(12) {
        0 => {
            let other = pen.table()?;
            let (from, read) = (pen.named(other), pen.column(other));
            format!("UPDATE {name} AS changed SET {column} = f.{read} FROM {from} f WHERE changed.{column} = f.{read}")
        }
        1 => {
            let other = pen.table()?;
            let (from, read) = (pen.named(other), pen.column(other));
            format!("UPDATE {name} SET {column} = (SELECT max(f.{read}) FROM {from} f)")
        }
        2 => {
            let second = pen.column(table);
            format!("UPDATE {name} SET ({column}, {second}) = ({value}, DEFAULT)")
        }
        3 => format!("UPDATE {name} SET {column} = {value}, {column} = {value}"),
        4 => {
            let second = pen.column(table);
            format!("UPDATE {name} SET {column} = {second}{}", returning(pen, table))
        }
        5 => format!("UPDATE {name} SET {column} = coalesce({column}, {value}){}", condition(pen, table)),
        _ => format!("UPDATE {name} SET {column} = {value}{}", condition(pen, table)),
    })
}

pub(super) fn delete(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    delete_from(pen, table)
}

pub(super) fn delete_from(pen: &mut Pen, table: &Table) -> Option<String> {
    let name = pen.named(table);
    Some(match pen.dice.below(8) {
        0 => {
            let other = pen.table()?;
            let (from, read, own) = (pen.named(other), pen.column(other), pen.column(table));
            format!("DELETE FROM {name} d USING {from} u WHERE d.{own} = u.{read}")
        }
        1 => {
            let other = pen.table()?;
            let (from, read, own) = (pen.named(other), pen.column(other), pen.column(table));
            format!("DELETE FROM {name} WHERE {own} IN (SELECT {read} FROM {from}){}", returning(pen, table))
        }
        _ => format!("DELETE FROM {name}{}", condition(pen, table)),
    })
}
