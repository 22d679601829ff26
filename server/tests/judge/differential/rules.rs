//! Rules, what they do, and rows of tables that have some.

use limbeck_core::document::schema::{Column, Table, TableKind};

use super::family::Family;
use super::functions::with_part;
use super::pen::Pen;
use super::{queries, rows};

pub(super) const FAMILIES: &[Family] = &[
    (4, "CREATE RULE", create),
    (1, "ALTER RULE", alter),
    (2, "DROP RULE", drop_rule),
    (1, "ENABLE RULE", enable),
    (1, "COMMENT ON RULE", comment),
];

/// Those of which a run of its own is made.
pub(super) const MOSTLY: &[Family] = &[
    (40, "CREATE RULE", create),
    (4, "ALTER RULE", alter),
    (8, "DROP RULE", drop_rule),
    (6, "ENABLE RULE", enable),
    (3, "COMMENT ON RULE", comment),
    (6, "RULE OF NOTHING", nothing),
    (2, "VIEW OF ONE", |pen| {
        let table = pen.table()?;
        let (name, from) = (pen.new_name(), pen.named(table));
        Some(format!("CREATE VIEW {name} AS SELECT * FROM {from}"))
    }),
    (2, "DROP VIEW", |pen| {
        let view = pen.table_of(|kind| kind == TableKind::View)?;
        Some(format!("DROP VIEW {}{}", pen.named(view), pen.behavior()))
    }),
];

/// What changes rows where rules are.
pub(super) const ROWS: &[Family] = &[(14, "ROWS WITH RULES", change)];

fn event(pen: &mut Pen) -> &'static str {
    pen.dice.weighted(&[(40, "INSERT"), (40, "UPDATE"), (30, "DELETE"), (3, "SELECT")])
}

/// The rows that a rule has, mostly.
fn rows_of(pen: &mut Pen, event: &str) -> &'static [&'static str] {
    match (event, pen.dice.below(100)) {
        (_, 0..4) | ("UPDATE", _) => &["old", "new"],
        ("INSERT", _) => &["new", "new"],
        _ => &["old", "old"],
    }
}

fn ruled<'a>(pen: &mut Pen<'a>) -> Option<&'a Table> {
    match pen.dice.below(100) {
        0..25 => pen.table_of(|kind| kind == TableKind::View).or(pen.table()),
        25..28 => pen.table_of(|kind| kind != TableKind::ForeignTable),
        _ => pen.table(),
    }
}

fn create(pen: &mut Pen) -> Option<String> {
    let table = ruled(pen)?;
    let name = if pen.dice.percent(2) { "\"_RETURN\"".to_owned() } else { pen.part_name() };
    let (on, event) = (pen.named(table), event(pen));
    let rows = rows_of(pen, event);
    let condition = match pen.dice.below(100) {
        0..25 => format!(" WHERE {}", queries::condition_of_rows(pen, table, once_each(rows))),
        25..30 => format!(" WHERE {}", queries::condition_over(pen, table)),
        _ => String::new(),
    };
    let does = pen.dice.weighted(&[(30, "ALSO "), (40, "INSTEAD "), (20, "")]);
    let actions = match pen.dice.below(100) {
        0..20 => "NOTHING".to_owned(),
        20..30 => {
            let actions: Vec<String> =
                (0..=pen.dice.below(3)).map(|_| action(pen, table, rows)).collect::<Option<_>>()?;
            format!("({})", actions.join("; "))
        }
        30 => "()".to_owned(),
        _ => action(pen, table, rows)?,
    };
    let replace = pen.dice.maybe(20, "OR REPLACE ");
    Some(format!("CREATE {replace}RULE {name} AS ON {event} TO {on}{condition} DO {does}{actions}"))
}

/// A row that stands there twice, so that it is never left out before its columns, stands there once.
fn once_each<'r>(rows: &'r [&'static str]) -> &'r [&'static str] {
    match rows {
        [one, other] if one == other => rows.get(1..).unwrap_or_default(),
        rows => rows,
    }
}

fn nothing(pen: &mut Pen) -> Option<String> {
    let table = ruled(pen)?;
    let (name, on) = (pen.part_name(), pen.named(table));
    let event = pen.dice.one(&["INSERT", "UPDATE", "DELETE"]);
    Some(format!("CREATE OR REPLACE RULE {name} AS ON {event} TO {on} DO INSTEAD NOTHING"))
}

fn action(pen: &mut Pen, on: &Table, rows: &[&str]) -> Option<String> {
    Some(match pen.dice.below(100) {
        0..35 => insert(pen, on, rows)?,
        35..60 => update(pen, on, rows)?,
        60..78 => delete(pen, on, rows)?,
        78..84 => format!("SELECT {} AS shown", queries::value_of_rows(pen, on, rows)),
        84..88 => {
            let read = pen.table()?;
            let value = queries::value_of_rows(pen, on, rows);
            format!("SELECT {value}, {} FROM {}", pen.column(read), pen.named(read))
        }
        88..92 => queries::query(pen)?,
        92..95 => pen.dice.one(&["NOTIFY changed", "NOTIFY \"Changed\", 'it''s'", "NOTIFY old, 'new'"]).to_owned(),
        _ => match pen.dice.below(3) {
            0 => rows::insert(pen)?,
            1 => rows::update(pen)?,
            _ => rows::delete(pen)?,
        },
    })
}

fn target<'a>(pen: &mut Pen<'a>) -> Option<&'a Table> {
    match pen.dice.percent(12) {
        true => pen.table_of(|kind| kind == TableKind::View).or(pen.table()),
        false => pen.table(),
    }
}

/// A value for a column: of a row of the rule, or another.
fn value(pen: &mut Pen, column: &Column, on: &Table, rows: &[&str]) -> String {
    let same: Vec<&Column> = on.columns.iter().filter(|own| own.data_type == column.data_type).collect();
    let row = pen.dice.one(rows).to_owned();
    match (pen.dice.any(&same), pen.dice.below(20)) {
        (Some(own), 0..12) => format!("{row}.{}", own.name),
        (_, 0..3) => queries::value_of_rows(pen, on, rows),
        (_, 3) => "DEFAULT".to_owned(),
        _ => pen.literal(&column.data_type),
    }
}

fn written<'a>(pen: &mut Pen, table: &'a Table) -> Vec<&'a Column> {
    let columns: Vec<&Column> = table.columns.iter().filter(rows::writable).collect();
    let mut chosen: Vec<&Column> = Vec::new();
    for _ in 0..=pen.dice.below(3) {
        if let Some(column) = pen.dice.any(&columns).copied()
            && !chosen.iter().any(|other| other.name == column.name)
        {
            chosen.push(column);
        }
    }
    chosen
}

fn insert(pen: &mut Pen, on: &Table, rows: &[&str]) -> Option<String> {
    let table = target(pen)?;
    let (name, columns) = (pen.named(table), written(pen, table));
    let alias = pen.dice.weighted(&[(90, ""), (8, " AS changed"), (2, " AS new")]);
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let list = if pen.dice.percent(6) { String::new() } else { format!(" ({})", names.join(", ")) };
    let row = |pen: &mut Pen| -> String {
        let values: Vec<String> = columns.iter().map(|column| value(pen, column, on, rows)).collect();
        values.join(", ")
    };
    let given = match pen.dice.below(12) {
        _ if columns.is_empty() => return Some(format!("INSERT INTO {name} DEFAULT VALUES")),
        0 => format!("VALUES ({}), ({})", row(pen), row(pen)),
        1 => {
            let read = pen.table()?;
            let from = pen.named(read);
            format!("SELECT {} FROM {from}", row(pen).replace("DEFAULT", "NULL"))
        }
        2 => format!("SELECT {}", row(pen).replace("DEFAULT", "NULL")),
        3 => format!("SELECT {0}.* FROM {1}", pen.dice.one(rows), pen.named(on)),
        4 => format!("VALUES ({}.*)", pen.dice.one(rows)),
        _ => format!("VALUES ({})", row(pen)),
    };
    let conflict = pen.dice.maybe(3, " ON CONFLICT DO NOTHING");
    Some(format!("INSERT INTO {name}{alias}{list} {given}{conflict}{}", returning(pen, on)))
}

fn update(pen: &mut Pen, on: &Table, rows: &[&str]) -> Option<String> {
    let table = target(pen)?;
    let (name, columns) = (pen.named(table), written(pen, table));
    let alias = pen.dice.weighted(&[(85, ""), (15, " changed")]);
    let sets: Vec<String> =
        columns.iter().map(|column| format!("{} = {}", column.name, value(pen, column, on, rows))).collect();
    if sets.is_empty() {
        return None;
    }
    let from = pen.dice.percent(15).then(|| pen.table()).flatten().map(|read| format!(" FROM {} f", pen.named(read)));
    let called = if alias.is_empty() { super::pen::bare(&table.name) } else { "changed" };
    let condition = found(pen, table, called, on, rows);
    let from = from.unwrap_or_default();
    Some(format!("UPDATE {name}{alias} SET {}{from}{condition}{}", sets.join(", "), returning(pen, on)))
}

fn delete(pen: &mut Pen, on: &Table, rows: &[&str]) -> Option<String> {
    let table = target(pen)?;
    let name = pen.named(table);
    let alias = pen.dice.weighted(&[(85, ""), (15, " changed")]);
    let using = pen.dice.percent(15).then(|| pen.table()).flatten().map(|read| format!(" USING {} f", pen.named(read)));
    let called = if alias.is_empty() { super::pen::bare(&table.name) } else { "changed" };
    let condition = found(pen, table, called, on, rows);
    Some(format!("DELETE FROM {name}{alias}{}{condition}{}", using.unwrap_or_default(), returning(pen, on)))
}

fn found(pen: &mut Pen, table: &Table, called: &str, on: &Table, rows: &[&str]) -> String {
    let own = pen.column(table);
    let of = table.columns.iter().find(|column| column.name == own).map(|column| column.data_type.as_str());
    let same = on.columns.iter().find(|column| Some(column.data_type.as_str()) == of);
    match (same, pen.dice.below(10)) {
        (Some(same), 0..6) => format!(" WHERE {called}.{own} = {}.{}", pen.dice.one(rows), same.name),
        (_, 6..8) => format!(" WHERE {}", queries::condition_of_rows(pen, on, rows)),
        (_, 8) => format!(" WHERE {}", queries::condition_over(pen, table)),
        _ => String::new(),
    }
}

fn returning(pen: &mut Pen, on: &Table) -> String {
    match pen.dice.below(24) {
        0 => " RETURNING *".to_owned(),
        1..3 => {
            let nulls: Vec<String> = on.columns.iter().map(|column| format!("NULL::{}", column.data_type)).collect();
            format!(" RETURNING {}", nulls.join(", "))
        }
        3 => format!(" RETURNING {}", pen.column(on)),
        _ => String::new(),
    }
}

fn with_rule(pen: &mut Pen) -> Option<(String, String)> {
    if pen.dice.percent(4) {
        let view = pen.table_of(|kind| matches!(kind, TableKind::View | TableKind::MaterializedView))?;
        return Some((pen.named(view), "\"_RETURN\"".to_owned()));
    }
    with_part(pen, |table| table.rules.iter().map(|part| part.name.as_str()).collect())
}

fn alter(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_rule(pen)?;
    let to = if pen.dice.percent(3) { "\"_RETURN\"".to_owned() } else { pen.part_name() };
    Some(format!("ALTER RULE {name} ON {table} RENAME TO {to}"))
}

fn drop_rule(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_rule(pen)?;
    Some(format!("DROP RULE {}{name} ON {table}{}", pen.if_exists(), pen.behavior()))
}

fn enable(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_rule(pen)?;
    let what = pen.dice.one(&["ENABLE", "DISABLE", "DISABLE", "ENABLE REPLICA", "ENABLE ALWAYS"]);
    Some(format!("ALTER TABLE {table} {what} RULE {name}"))
}

fn comment(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_rule(pen)?;
    Some(format!("COMMENT ON RULE {name} ON {table} IS {}", pen.dice.one(&["'why'", "NULL", "''"])))
}

fn change(pen: &mut Pen) -> Option<String> {
    let with_rules: Vec<&Table> = pen.schema.tables.iter().filter(|table| !table.rules.is_empty()).collect();
    let table = pen.dice.any(&with_rules).copied()?;
    match pen.dice.below(10) {
        0..4 => rows::insert_into(pen, table),
        4..7 => rows::update_of(pen, table),
        7..9 => rows::delete_from(pen, table),
        _ => Some(format!(
            "WITH changed AS (DELETE FROM {}) INSERT INTO {} DEFAULT VALUES",
            pen.named(table),
            pen.table().map(|other| pen.named(other))?
        )),
    }
}
