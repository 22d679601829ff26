//! What a constraint that is added says to the rows that are there, where all of them are known.

use super::{NewRow, Verdict};
use crate::catalog::{Formula, Index, Known, KnownRow, Oid, Refusal, Relation, Rows};
use crate::ddl::{Play, Stop};

impl Play<'_> {
    /// Refuses a statement that some row is sure to break, or takes note that one may.
    ///
    /// `broken` is none where that is not known.
    pub(in crate::ddl) fn by_rows(&mut self, table: Oid, broken: Option<bool>, refusal: Refusal) -> Result<(), Stop> {
        match broken {
            Some(false) => Ok(()),
            Some(true) => Err(refusal.into()),
            None => {
                self.ledger.may_raise.push((refusal, table));
                Ok(())
            }
        }
    }

    /// Returns whether some row breaks a check.
    pub(in crate::ddl) fn some_row_breaks(&self, table: Oid, formula: &Formula) -> Option<bool> {
        any(self.rows_of_table(table)?.into_iter().map(|row| match self.breaks(table, &row, formula) {
            None => Some(false),
            Some(true) => Some(true),
            Some(false) => None,
        }))
    }

    /// Returns whether a column is null in some row.
    pub(in crate::ddl) fn some_row_is_null(&self, table: Oid, number: i16) -> Option<bool> {
        any(self.rows_of_table(table)?.into_iter().map(|row| match row.value(number) {
            Known::Null => Some(true),
            Known::Is(_) | Known::Some => Some(false),
            Known::Perhaps => None,
        }))
    }

    /// Returns whether two rows are equal in an index.
    pub(in crate::ddl) fn some_rows_are_equal(&self, table: Oid, name: &str, index: &Index) -> Option<bool> {
        let relation = self.catalog.relation(table)?;
        let rows = self.rows_of_table(table)?;
        let apart = super::keys::Apart { name, index, later: false, excludes: !index.unique };
        let keys: Vec<Vec<Known>> = rows
            .iter()
            .filter_map(|row| {
                self.keys_of(relation, index, &row.values).filter(|keys| !self.is_alone(index, keys, row))
            })
            .collect();
        let pairs = keys.iter().enumerate().flat_map(|(at, one)| keys.iter().take(at).map(move |other| (one, other)));
        any(pairs.map(|(one, other)| self.is_same(relation, &apart, one, other)))
    }

    /// Returns whether some row refers to one that is not there.
    pub(in crate::ddl) fn some_row_refers_to_none(&self, table: Oid, constraint: Oid) -> Option<bool> {
        let relation = self.catalog.relation(table)?;
        let rows = self.rows_of_table(table)?;
        let mut found = Vec::new();
        for row in &rows {
            let mut verdict = Verdict::default();
            let said = self.check_reference(relation, constraint, row, &rows, &mut verdict);
            found.push(match (said, verdict.may_raise.is_empty()) {
                (Err(_), _) => Some(true),
                (Ok(()), true) => Some(false),
                (Ok(()), false) => None,
            });
        }
        any(found.into_iter())
    }

    /// Returns all rows of a table, where they are known and the statement left its columns as they were.
    fn rows_of_table(&self, table: Oid) -> Option<Vec<NewRow<'_>>> {
        let relation = self.catalog.relation(table)?;
        if relation.rows == Rows::None {
            return Some(Vec::new());
        }
        let known = relation.known.as_ref()?;
        if !self.before.relation(table).is_some_and(|before| has_same_columns(before, relation)) {
            return None;
        }
        let row =
            |values: &KnownRow| NewRow { values: values.clone(), trees: Vec::new(), changed: None, fresh: Vec::new() };
        Some(known.iter().map(row).collect())
    }
}

/// Returns whether a table has the columns that it had, of the same types.
pub(in crate::ddl) fn has_same_columns(before: &Relation, now: &Relation) -> bool {
    let columns =
        |relation: &Relation| -> Vec<_> { relation.live().map(|column| (column.number, column.of)).collect() };
    columns(before) == columns(now)
}

/// Returns whether one is so, where that is known.
fn any(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut found = Some(false);
    for one in all {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => found = None,
        }
    }
    found
}
