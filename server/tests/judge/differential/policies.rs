//! Policies, whose conditions may be queries, and the places where a condition may not be one.

use limbeck_core::document::schema::Table;

use super::family::Family;
use super::functions::with_part;
use super::pen::Pen;
use super::queries;

pub(super) const FAMILIES: &[Family] =
    &[(12, "CREATE POLICY", policy), (4, "ALTER POLICY", alter), (3, "DROP POLICY", drop_policy)];

/// What is written beside policies, so that what they stand on changes.
pub(super) const AROUND: &[Family] = &[
    (6, "ALTER TABLE", around),
    (3, "ALTER TABLE of a condition", no_query),
    (2, "DROP TABLE of a policy", |pen| {
        let table = pen.table()?;
        Some(format!("DROP TABLE {}{}", pen.named(table), pen.behavior()))
    }),
];

fn condition(pen: &mut Pen, table: &Table) -> String {
    if pen.dice.percent(45) {
        let known = pen.known(table);
        return pen.condition(&known);
    }
    queries::condition_over(pen, table)
}

fn policy(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (name, on) = (pen.part_name(), pen.named(table));
    let command =
        pen.dice.one(&["", "", " FOR SELECT", " FOR INSERT", " FOR UPDATE", " FOR DELETE", " AS RESTRICTIVE"]);
    let to = pen.dice.one(&["", "", " TO PUBLIC", " TO pg_monitor", " TO CURRENT_USER"]);
    let first = condition(pen, table);
    let clauses = match command {
        " FOR INSERT" => format!(" WITH CHECK ({first})"),
        "" | " FOR UPDATE" if pen.dice.percent(40) => {
            format!(" USING ({first}) WITH CHECK ({})", condition(pen, table))
        }
        _ => format!(" USING ({first})"),
    };
    Some(format!("CREATE POLICY {name} ON {on}{command}{to}{clauses}"))
}

fn alter(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_part(pen, |table| table.policies.iter().map(|part| part.name.as_str()).collect())?;
    let what = match pen.dice.below(4) {
        0 => "USING (true)".to_owned(),
        1 => "TO pg_monitor".to_owned(),
        2 => match pen.schema.tables.iter().find(|known| known.name.ends_with(&table)) {
            Some(known) => format!("USING ({})", queries::condition_over(pen, known)),
            None => "USING (EXISTS (SELECT 1))".to_owned(),
        },
        _ => format!("RENAME TO {}", pen.part_name()),
    };
    Some(format!("ALTER POLICY {name} ON {table} {what}"))
}

fn drop_policy(pen: &mut Pen) -> Option<String> {
    let (table, name) = with_part(pen, |table| table.policies.iter().map(|part| part.name.as_str()).collect())?;
    Some(format!("DROP POLICY {}{name} ON {table}", pen.if_exists()))
}

fn around(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (name, column) = (pen.named(table), pen.column(table));
    let what = match pen.dice.below(5) {
        0 => format!("DROP COLUMN {column}{}", pen.behavior()),
        1 => format!("RENAME COLUMN {column} TO {}", pen.new_column(Some(table))),
        2 => format!("RENAME TO {}", pen.new_bare_name()),
        3 => format!("ALTER COLUMN {column} TYPE {}", pen.data_type()),
        _ => format!("ADD COLUMN {} {}", pen.new_column(Some(table)), pen.data_type()),
    };
    Some(format!("ALTER TABLE {name} {what}"))
}

/// A query where there may be none.
fn no_query(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (name, column) = (pen.named(table), pen.column(table));
    let condition = queries::condition_over(pen, table);
    Some(match pen.dice.below(6) {
        0 => format!("ALTER TABLE {name} ADD CHECK ({condition})"),
        1 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT (SELECT max({column}) FROM {name})"),
        2 => format!("CREATE INDEX ON {name} ({column}) WHERE {condition}"),
        3 => format!("ALTER TABLE {name} ALTER COLUMN {column} TYPE text USING (SELECT {column}::text)"),
        4 => format!("ALTER TABLE {name} ADD COLUMN computed boolean GENERATED ALWAYS AS ({condition}) STORED"),
        _ => format!(
            "CREATE TRIGGER t BEFORE UPDATE ON {name} FOR EACH ROW WHEN (EXISTS (SELECT 1 FROM {name} WHERE {column} = OLD.{column})) \
             EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        ),
    })
}
