//! MERGE.

use limbeck_core::document::schema::Table;

use super::family::Family;
use super::pen::Pen;
use super::rows;

pub(super) const FAMILIES: &[Family] = &[(8, "MERGE", merge)];
/// The same, where there is little else.
pub(super) const MOSTLY: &[Family] = &[(80, "MERGE", merge)];

fn merge(pen: &mut Pen) -> Option<String> {
    let (table, source) = (pen.table()?, pen.table()?);
    let (target, read) = (pen.named(table), pen.named(source));
    let (own, other) = alike(pen, table, source);
    let alias = pen.dice.weighted(&[(94, "t"), (3, "s"), (3, "")]);
    let using = match pen.dice.below(8) {
        0 => format!("(SELECT * FROM {read}) AS s"),
        1 => format!("(VALUES (1, 'x'), (2, 'y')) AS s ({other}, other)"),
        2 if pen.dice.percent(20) => read.clone(),
        _ => format!("{read} AS s"),
    };
    let on = match pen.dice.below(40) {
        0 => own.clone(),
        1..5 => "true".to_owned(),
        5 => format!("{own} = s.{other}"),
        _ => format!("t.{own} = s.{other}"),
    };
    let mut clauses = String::new();
    for _ in 0..pen.dice.weighted(&[(60, 1), (30, 2), (10, 3)]) {
        clauses.push_str(&clause(pen, table, source));
    }
    let returning =
        pen.dice.weighted(&[(94, ""), (3, " RETURNING *"), (2, " RETURNING s.*, t.id"), (1, " RETURNING t.ctid")]);
    let (with, using) = match pen.dice.below(12) {
        0 => (format!("WITH found AS (SELECT * FROM {read}) "), "found AS s".to_owned()),
        1 => (format!("WITH found AS (DELETE FROM {read} RETURNING *) "), "found AS s".to_owned()),
        _ => (String::new(), using),
    };
    let merge = format!("MERGE INTO {target} {alias} USING {using} ON {on}{clauses}{returning}");
    Some(match pen.dice.below(30) {
        0 => format!("WITH merged AS ({merge}) SELECT 1"),
        1 => format!("WITH merged AS ({merge}) SELECT * FROM merged"),
        _ => format!("{with}{merge}"),
    })
}

/// Returns a column of each, mostly of one type.
fn alike(pen: &mut Pen, table: &Table, source: &Table) -> (String, String) {
    let columns: Vec<_> = table.columns.iter().filter(rows::writable).collect();
    let own = match pen.dice.any(&columns) {
        Some(column) if pen.dice.percent(95) => column.name.clone(),
        _ => pen.column(table),
    };
    let of = table.columns.iter().find(|column| column.name == own).map(|column| &column.data_type);
    let same: Vec<_> = source.columns.iter().filter(|column| Some(&column.data_type) == of).collect();
    let other = match pen.dice.any(&same) {
        Some(column) if pen.dice.percent(92) => column.name.clone(),
        _ => pen.column(source),
    };
    (own, other)
}

fn clause(pen: &mut Pen, table: &Table, source: &Table) -> String {
    let (own, other) = alike(pen, table, source);
    let row = pen.dice.weighted(&[(97, "s"), (2, "t"), (1, "nobody")]);
    let when = pen.dice.weighted(&[
        (40, "MATCHED"),
        (40, "NOT MATCHED"),
        (3, "NOT MATCHED BY SOURCE"),
        (2, "NOT MATCHED BY TARGET"),
    ]);
    let seen = when != "NOT MATCHED BY SOURCE" || pen.dice.percent(10);
    let condition = match pen.dice.below(12) {
        0 if seen => format!(" AND {row}.{other} IS NULL"),
        1..4 if !when.starts_with("NOT MATCHED") || pen.dice.percent(5) => format!(" AND t.{own} IS NOT NULL"),
        4 if pen.dice.percent(20) => " AND 1".to_owned(),
        5..7 => String::new(),
        _ if seen => format!(" AND s.{other} IS NOT NULL"),
        _ => format!(" AND t.{own} IS NOT NULL"),
    };
    let of = table.columns.iter().find(|column| column.name == own).map_or("text", |column| &column.data_type);
    let value = match pen.dice.below(12) {
        0..2 => "DEFAULT".to_owned(),
        2 => "NULL".to_owned(),
        3..7 => pen.literal(of),
        7 if pen.dice.percent(40) => format!("(SELECT max(f.{other}) FROM {} f)", pen.named(source)),
        _ => format!("{row}.{other}"),
    };
    let inserts = when.starts_with("NOT") && !when.ends_with("SOURCE");
    let action = match (pen.dice.below(16), inserts) {
        (0, _) => "DO NOTHING".to_owned(),
        (1, true) => format!("INSERT VALUES ({value})"),
        (2, true) => format!("INSERT ({own}, {}) VALUES ({value}, DEFAULT)", pen.column(table)),
        (3, true) if pen.dice.percent(30) => format!("INSERT ({own}) VALUES ({value}, 1)"),
        (_, true) => format!("INSERT ({own}) VALUES ({value})"),
        (1..5, false) => "DELETE".to_owned(),
        (5, false) => format!("UPDATE SET ({own}, {}) = ({value}, DEFAULT)", pen.column(table)),
        (6, false) if pen.dice.percent(30) => format!("UPDATE SET {own} = {value}, {own} = {value}"),
        (_, false) => format!("UPDATE SET {own} = {value}"),
    };
    format!(" WHEN {when}{condition} THEN {action}")
}
