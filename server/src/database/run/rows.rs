//! The change of version rows that belongs to a step, as statements that each must hit exactly one row.

use super::super::version_table::{Location, select};
use super::super::{Database, DatabaseError};
use super::RunFailure;
use limbeck_core::sql::quote_literal;
use tokio_postgres::SimpleQueryMessage;

/// A statement on the version table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct RowStatement {
    sql: String,
    /// For the message when it does not hit one row.
    what: String,
}

impl RowStatement {
    pub(in super::super) fn insert(location: &Location, id: &str) -> Self {
        let sql = format!("INSERT INTO {} (version_num) VALUES ({})", location.sql(), quote_literal(id));
        Self { sql, what: format!("insert of '{id}'") }
    }

    pub(in super::super) fn delete(location: &Location, id: &str) -> Self {
        let sql = format!("DELETE FROM {} WHERE version_num = {}", location.sql(), quote_literal(id));
        Self { sql, what: format!("delete of '{id}'") }
    }

    pub(in super::super) fn update(location: &Location, from: &str, to: &str) -> Self {
        let (table, new, old) = (location.sql(), quote_literal(to), quote_literal(from));
        let sql = format!("UPDATE {table} SET version_num = {new} WHERE version_num = {old}");
        Self { sql, what: format!("update of '{from}' to '{to}'") }
    }

    /// Returns the statements that lead from one set of sorted rows to another.
    pub(super) fn between(location: &Location, before: &[String], after: &[String]) -> Vec<Self> {
        let mut gone: Vec<&String> = before.iter().filter(|id| after.binary_search(id).is_err()).collect();
        let mut new: Vec<&String> = after.iter().filter(|id| before.binary_search(id).is_err()).collect();
        // One row goes on as the new one where there is one of each, as in Alembic.
        let update = gone.pop().map(|from| (from, new.pop()));
        let mut statements: Vec<Self> = gone.into_iter().map(|id| Self::delete(location, id)).collect();
        statements.extend(new.into_iter().map(|id| Self::insert(location, id)));
        statements.extend(update.map(|(from, to)| match to {
            Some(to) => Self::update(location, from, to),
            None => Self::delete(location, from),
        }));
        statements
    }
}

/// Changes the rows in the open transaction; afterwards they are exactly `after`.
///
/// `first` runs before them in the same message.
pub(in super::super) async fn change(
    database: &Database,
    location: &Location,
    first: &[&str],
    statements: &[RowStatement],
    after: Option<&[String]>,
) -> Result<Vec<String>, RunFailure> {
    let mut sql = first.join("; ");
    for statement in statements {
        sql.push_str("; ");
        sql.push_str(&statement.sql);
    }
    sql.push_str("; ");
    sql.push_str(&select(location));
    let sql = sql.trim_start_matches("; ");

    let messages = database.client.simple_query(sql).await.map_err(|error| database.failure(&error))?;
    let (mut counts, mut rows) = (Vec::new(), Vec::new());
    for message in &messages {
        match message {
            SimpleQueryMessage::CommandComplete(count) => counts.push(*count),
            SimpleQueryMessage::Row(row) => rows.extend(row.try_get(0).ok().flatten().map(str::to_owned)),
            _ => {}
        }
    }
    for (statement, count) in statements.iter().zip(counts.iter().skip(first.len())) {
        if *count != 1 {
            let (table, what) = (location.sql(), statement.what.clone());
            return Err(RunFailure::RowMismatch { table, what, count: *count });
        }
    }
    if counts.len() != first.len() + statements.len() + 1 {
        return Err(DatabaseError::Protocol("a statement on the version table has no result".to_owned()).into());
    }
    rows.sort();
    match after {
        Some(after) if after != rows => Err(RunFailure::RowsMoved { expected: after.to_vec(), found: rows }),
        _ => Ok(rows),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::version_table::State;
    use super::*;

    fn between(before: &str, after: &str) -> String {
        let location = Location { schema: "s".to_owned(), name: "v".to_owned(), state: State::Missing };
        let ids = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let statements = RowStatement::between(&location, &ids(before), &ids(after));
        statements.into_iter().map(|statement| statement.what).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn rows_change_as_alembic_changes_them() {
        let cases = [
            ("first revision", "", "a", "insert of 'a'"),
            ("next on the line", "a", "b", "update of 'a' to 'b'"),
            ("second branch", "b", "b c", "insert of 'c'"),
            ("merge point", "b c", "m", "delete of 'b', update of 'c' to 'm'"),
            ("merge point undone", "m", "b c", "insert of 'b', update of 'm' to 'c'"),
            ("last revision undone", "a", "", "delete of 'a'"),
            ("branch undone", "b c", "b", "delete of 'c'"),
        ];
        for (name, before, after, expected) in cases {
            assert_eq!(between(before, after), expected, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_changes_lead_from_before_to_after(before: std::collections::BTreeSet<u8>, after: std::collections::BTreeSet<u8>) {
            let ids = |rows: &std::collections::BTreeSet<u8>| {
                let mut ids: Vec<String> = rows.iter().map(|row| format!("r{row}")).collect();
                ids.sort();
                ids
            };
            let (before, after) = (ids(&before), ids(&after));
            let mut rows: std::collections::BTreeSet<String> = before.iter().cloned().collect();
            let changes = between(&before.join(" "), &after.join(" "));
            for change in changes.split(", ").filter(|change| !change.is_empty()) {
                let names: Vec<&str> = change.split('\'').skip(1).step_by(2).collect();
                // Each change meets what the ones before it left: one row, and no second of a name.
                match names.as_slice() {
                    [id] if change.starts_with("insert") => proptest::prop_assert!(rows.insert((*id).to_owned())),
                    [id] => proptest::prop_assert!(rows.remove(*id)),
                    [from, to] => {
                        proptest::prop_assert!(rows.remove(*from));
                        proptest::prop_assert!(rows.insert((*to).to_owned()));
                    }
                    _ => panic!("{change}"),
                }
            }
            proptest::prop_assert_eq!(rows.into_iter().collect::<Vec<_>>(), after);
        }
    }

    #[test]
    fn ids_are_quoted() {
        let location = Location { schema: "s".to_owned(), name: "v".to_owned(), state: State::Missing };
        let statement = RowStatement::update(&location, "it's", r"a\b");
        assert_eq!(statement.sql, r"UPDATE s.v SET version_num = E'a\\b' WHERE version_num = 'it''s'");
    }
}
