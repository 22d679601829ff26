//! What a constraint that is added says to the rows that are there, where all of them are known.

use super::NewRow;
use super::constraints::Said;
use super::keyring::Keyring;
use super::keys::is_alone;
use super::origin::Origin;
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

    /// Asks a check of the rows that are there: refuses the statement where one is sure to break it, or takes note of
    /// what they may do to it.
    pub(in crate::ddl) fn check_rows(&mut self, table: Oid, formula: &Formula, broken: Refusal) -> Result<(), Stop> {
        let Some(Present { rows, known }) = self.rows_of_table(table) else { return self.by_rows(table, None, broken) };
        let mut is_broken = Some(false);
        for row in &rows {
            match self.says(table, row, formula) {
                Said::Holds => {}
                Said::IsBroken if known => return Err(broken.into()),
                Said::Raises(refusal) if known => return Err(refusal.into()),
                Said::IsBroken | Said::Raises(_) | Said::Perhaps => is_broken = None,
            }
        }
        if is_broken.is_none() {
            self.fear_of(&formula.tree, table);
        }
        self.by_rows(table, is_broken, broken)
    }

    /// Returns whether a column is null in some row.
    pub(in crate::ddl) fn some_row_is_null(&self, table: Oid, number: i16) -> Option<bool> {
        let Present { rows, known } = self.rows_of_table(table)?;
        any(rows.into_iter().map(|row| match row.value(number) {
            Known::Null if known => Some(true),
            Known::Is(_) | Known::Some => Some(false),
            Known::Null | Known::Perhaps => None,
        }))
    }

    /// Computes what an index says of the rows that are there: refuses it where that fails for one, or takes note that
    /// it may.
    pub(in crate::ddl) fn compute_index(&mut self, table: Oid, index: &Index) -> Result<(), Stop> {
        let Some(relation) = self.catalog.relation(table) else { return Ok(()) };
        let present = self.rows_of_table(table).filter(|present| present.known);
        if let Some(Present { rows, .. }) = present {
            return rows.iter().try_for_each(|row| self.key_fails(relation, index, &row.values)).map_err(Stop::from);
        }
        for formula in index.formulas().cloned().collect::<Vec<_>>() {
            self.fear_of(&formula.tree, table);
        }
        Ok(())
    }

    /// Returns whether two rows are equal in an index.
    pub(in crate::ddl) fn some_rows_are_equal(&self, table: Oid, index: &Index) -> Option<bool> {
        let relation = self.catalog.relation(table)?;
        let Present { rows, known } = self.rows_of_table(table)?;
        let keys: Vec<Vec<Known>> = rows
            .iter()
            .filter_map(|row| self.keys_of(relation, index, &row.values).filter(|key| !is_alone(index, key, row, &[])))
            .collect();
        if !known {
            // Each is as this one, which is in nobody's way or not.
            return keys.is_empty().then_some(false);
        }
        let mut ring = Keyring::of_index(&self.catalog, relation, index, !index.unique);
        any(keys.iter().map(|key| {
            let is_there = ring.has(key);
            ring.add(key);
            is_there
        }))
    }

    /// Returns whether some row refers to one that is not there.
    pub(in crate::ddl) fn some_row_refers_to_none(&self, table: Oid, constraint: Oid) -> Option<bool> {
        let relation = self.catalog.relation(table)?;
        let Present { rows, known } = self.rows_of_table(table)?;
        let foreign = self.foreign_keys(relation, Some(&rows));
        let Some(foreign) = foreign.iter().find(|foreign| foreign.constraint.oid == constraint) else {
            return Some(false);
        };
        any(rows.iter().map(|row| match self.refers(foreign, row, &Origin::nowhere()) {
            None => Some(false),
            Some(false) if known => Some(true),
            Some(_) => None,
        }))
    }

    /// Returns the rows of a table: all, where they are known and the statement left its columns as they were; else one
    /// that stands for all, in which columns that the statement adds without a default are null.
    fn rows_of_table(&self, table: Oid) -> Option<Present<'_>> {
        let relation = self.catalog.relation(table)?;
        let before = self.before.relation(table)?;
        let row = |values: KnownRow| NewRow { values, trees: Vec::new(), changed: None, fresh: Vec::new() };
        if relation.rows == Rows::None {
            return Some(Present { rows: Vec::new(), known: true });
        }
        if let Some(known) = relation.known.as_ref().filter(|_| has_same_columns(before, relation)) {
            // In the order in which they were written, and are read.
            let mut rows: Vec<NewRow> = known.iter().cloned().map(row).collect();
            rows.reverse();
            return Some(Present { rows, known: true });
        }
        let values = relation.live().map(|column| {
            let is_new = !before.columns.iter().any(|it| it.number == column.number);
            let is_given = column.default.is_some() || column.identity.is_some() || column.of.oid >= Oid(16_384);
            (column.number, if is_new && !is_given { Known::Null } else { Known::Perhaps })
        });
        Some(Present { rows: vec![row(values.collect())], known: false })
    }
}

/// Rows of a table.
struct Present<'a> {
    rows: Vec<NewRow<'a>>,
    /// They are all rows; else one stands for all.
    known: bool,
}

/// Returns whether a table has the columns that it had, of the same types.
pub(in crate::ddl) fn has_same_columns(before: &Relation, now: &Relation) -> bool {
    let columns =
        |relation: &Relation| -> Vec<_> { relation.live().map(|column| (column.number, column.of)).collect() };
    columns(before) == columns(now)
}

/// Returns whether one is so, where that is known.
pub(super) fn any(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
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
