//! Foreign keys of the table that is written into.

use super::keyring::Keyring;
use super::origin::Origin;
use super::{NewRow, Verdict, value_of};
use crate::catalog::{Constraint, ConstraintKind, Known, KnownRow, Oid, Refusal, Relation, Rows, SqlState};
use crate::ddl::{Play, Stop};
use crate::query::{Change, Row, Rows as Inserted};

/// A foreign key, with what is there to refer to.
pub(super) struct Foreign<'a> {
    pub(super) constraint: &'a Constraint,
    columns: &'a [i16],
    references: Oid,
    referenced: &'a [i16],
    match_full: bool,
    /// The keys that are there, where all are known.
    there: Option<Keyring<'a>>,
}

impl Play<'_> {
    /// Checks that what rows refer to is there: rows of VALUES, or one that stands for all of a query.
    pub(super) fn check_references(
        &self,
        change: &Change,
        table: &Relation,
        rows: &[NewRow],
        origin: &Origin,
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let is_written = matches!(change.rows, Inserted::Written(_));
        let foreign_keys = self.foreign_keys(table, is_written.then_some(rows));
        for row in rows {
            for foreign in &foreign_keys {
                let Some(may_be) = self.refers(foreign, row, origin) else { continue };
                let later = self.pending.is_put_off(foreign.constraint.oid, foreign.constraint.deferrable);
                let sure = sure && !change.may_skip && !later && !may_be;
                verdict.say(sure, refusal(table, foreign.constraint), foreign.references)?;
            }
        }
        Ok(())
    }

    /// Checks foreign keys whose columns are changed.
    pub(super) fn check_updated_references(
        &self,
        table: &Relation,
        row: &NewRow,
        assigned: &Row,
        origin: &Origin,
        verdict: &mut Verdict,
    ) {
        for foreign in self.foreign_keys(table, None) {
            let changes = foreign.columns.iter().any(|number| assigned.iter().any(|(of, _)| of == number));
            if changes && self.refers(&foreign, row, origin).is_some() {
                verdict.may(refusal(table, foreign.constraint), foreign.references);
            }
        }
    }

    /// Returns the foreign keys of a table; `written` are rows of it that may refer to each other.
    pub(super) fn foreign_keys<'r>(&'r self, table: &Relation, written: Option<&[NewRow]>) -> Vec<Foreign<'r>> {
        let of_table = self.catalog.constraints_of(table.oid).into_iter();
        let foreign = of_table.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Foreign { columns, references, referenced, match_full, asks, .. }
                if constraint.enforced && self.is_on(*asks) && !self.catalog.is_for_a_partition(constraint) =>
            {
                let own = if *references == table.oid { written } else { Some(&[][..]) };
                let there = own.and_then(|own| self.keys_there(*references, referenced, own));
                let (references, match_full) = (*references, *match_full);
                Some(Foreign { constraint, columns, references, referenced, match_full, there })
            }
            _ => None,
        });
        foreign.collect()
    }

    /// Returns the keys in a table that is referenced, where all its rows are known, with those of `written` rows.
    fn keys_there(&self, references: Oid, referenced: &[i16], written: &[NewRow]) -> Option<Keyring<'_>> {
        let other = self.catalog.relation(references)?;
        let parts = if other.is_partitioned() { self.inheritors(other.oid) } else { Vec::new() };
        let has_rows = |part: &Relation| part.rows == Rows::Perhaps;
        if parts.into_iter().filter_map(|oid| self.catalog.relation(oid)).any(has_rows) {
            return None;
        }
        let rows: Vec<&KnownRow> = match (other.rows, &other.known) {
            (Rows::None, _) => Vec::new(),
            (Rows::Perhaps, Some(known)) => known.iter().collect(),
            (Rows::Perhaps, None) => return None,
        };
        let mut keys = Keyring::of_columns(&self.catalog, other, referenced);
        for row in rows.into_iter().chain(written.iter().map(|row| &row.values)) {
            let key: Vec<Known> = referenced.iter().map(|number| value_of(row, *number).clone()).collect();
            keys.add(&key);
        }
        Some(keys)
    }

    /// Returns whether what a row refers to may be there; none where it refers to nothing, or it is there.
    pub(super) fn refers(&self, foreign: &Foreign, row: &NewRow, origin: &Origin) -> Option<bool> {
        let key: Vec<Known> = foreign.columns.iter().map(|number| row.value(*number).clone()).collect();
        let nulls = key.iter().filter(|known| **known == Known::Null).count();
        match foreign.match_full {
            false if nulls > 0 => return None,
            true if nulls == key.len() => return None,
            true if nulls > 0 => return Some(false),
            _ => {}
        }
        if self.comes_from_there(foreign, row, origin) {
            return None;
        }
        match foreign.there.as_ref().and_then(|keys| keys.has(&key)) {
            Some(true) => None,
            Some(false) => Some(key.iter().any(|known| !known.is_some())),
            None => Some(true),
        }
    }

    /// Returns whether the values are those of the referenced column, or of one that refers to it too.
    fn comes_from_there(&self, foreign: &Foreign, row: &NewRow, origin: &Origin) -> bool {
        let ([column], [referenced]) = (foreign.columns, foreign.referenced) else { return false };
        let Some((table, number)) = row.tree(*column).and_then(|tree| origin.column(tree)) else {
            return false;
        };
        if (table, number) == (foreign.references, *referenced) {
            return true;
        }
        self.catalog.constraints_of(table).into_iter().any(|constraint| match &constraint.kind {
            ConstraintKind::Foreign { columns, references, referenced: to, .. } => {
                constraint.enforced
                    && constraint.validated
                    && *columns == [number]
                    && (*references, to.as_slice()) == (foreign.references, foreign.referenced)
            }
            _ => false,
        })
    }
}

fn refusal(table: &Relation, constraint: &Constraint) -> Refusal {
    let message =
        format!("insert or update on table \"{}\" violates foreign key constraint \"{}\"", table.name, constraint.name);
    Refusal::new(SqlState::FOREIGN_KEY_VIOLATION, message)
}
