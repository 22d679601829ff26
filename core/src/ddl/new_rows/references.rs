//! Foreign keys of the table that is written into.

use super::origin::Origin;
use super::{NewRow, Verdict, value_of};
use crate::catalog::{Constraint, ConstraintKind, Known, KnownRow, Oid, Refusal, Relation, Rows, SqlState};
use crate::ddl::{Play, Stop};
use crate::expression::are_equal;
use crate::query::Change;

/// A foreign key.
struct Foreign<'a> {
    constraint: &'a Constraint,
    columns: &'a [i16],
    references: Oid,
    referenced: &'a [i16],
    match_full: bool,
}

impl Play<'_> {
    /// Checks that what a row of VALUES refers to is there; `written` are all rows of the statement.
    pub(super) fn check_references(
        &self,
        change: &Change,
        table: &Relation,
        row: &NewRow,
        written: &[NewRow],
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let origin = Origin::of_query(&self.catalog, queried(change));
        for foreign in self.foreign_keys(table) {
            let Some(found) = self.refers(table, &foreign, row, written, &origin) else { continue };
            let later = self.pending.is_put_off(foreign.constraint.oid, foreign.constraint.deferrable);
            let sure = sure && !change.may_skip && !later && !found;
            verdict.say(sure, refusal(table, foreign.constraint), foreign.references)?;
        }
        Ok(())
    }

    /// Checks one foreign key for a row that is there; `rows` are all rows of the table.
    pub(super) fn check_reference(
        &self,
        table: &Relation,
        constraint: Oid,
        row: &NewRow,
        rows: &[NewRow],
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        for foreign in self.foreign_keys(table).into_iter().filter(|foreign| foreign.constraint.oid == constraint) {
            let Some(found) = self.refers(table, &foreign, row, rows, &Origin::nowhere()) else { continue };
            verdict.say(!found, refusal(table, foreign.constraint), foreign.references)?;
        }
        Ok(())
    }

    /// Checks foreign keys whose columns are changed.
    pub(super) fn check_updated_references(
        &self,
        table: &Relation,
        row: &NewRow,
        change: &Change,
        verdict: &mut Verdict,
    ) {
        let origin = Origin::of_update(&self.catalog, change);
        for foreign in self.foreign_keys(table) {
            let changes = foreign.columns.iter().any(|number| change.assigned.iter().any(|(of, _)| of == number));
            if changes && self.refers(table, &foreign, row, &[], &origin).is_some() {
                verdict.may(refusal(table, foreign.constraint), foreign.references);
            }
        }
    }

    fn foreign_keys<'r>(&'r self, table: &Relation) -> Vec<Foreign<'r>> {
        let of_table = self.catalog.constraints_of(table.oid).into_iter();
        let foreign = of_table.filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Foreign { columns, references, referenced, match_full, .. }
                if constraint.enforced && !self.catalog.is_for_a_partition(constraint) =>
            {
                let (references, match_full) = (*references, *match_full);
                Some(Foreign { constraint, columns, references, referenced, match_full })
            }
            _ => None,
        });
        foreign.collect()
    }

    /// Returns whether what a row refers to may be there; none where it refers to nothing, or it is there.
    fn refers(
        &self,
        table: &Relation,
        foreign: &Foreign,
        row: &NewRow,
        written: &[NewRow],
        origin: &Origin,
    ) -> Option<bool> {
        let values: Vec<&Known> = foreign.columns.iter().map(|number| row.value(*number)).collect();
        let nulls = values.iter().filter(|known| ***known == Known::Null).count();
        match foreign.match_full {
            false if nulls > 0 => return None,
            true if nulls == values.len() => return None,
            true if nulls > 0 => return Some(false),
            _ => {}
        }
        if self.comes_from_there(foreign, row, origin) {
            return None;
        }
        let other = self.catalog.relation(foreign.references)?;
        let parts: Vec<&Relation> = if other.is_partitioned() { self.inheritors(other.oid) } else { Vec::new() }
            .into_iter()
            .filter_map(|oid| self.catalog.relation(oid))
            .collect();
        let is_sure = values.iter().all(|known| known.is_some());
        let is_own = other.oid == table.oid;
        let there: Option<Vec<&KnownRow>> = match (other.rows, &other.known) {
            _ if parts.iter().any(|part| part.rows == Rows::Perhaps) => None,
            (Rows::None, _) => Some(Vec::new()),
            (Rows::Perhaps, Some(known)) => Some(known.iter().collect()),
            (Rows::Perhaps, None) => None,
        };
        let Some(there) = there else { return Some(true) };
        // What the statement itself writes counts too.
        if is_own && written.is_empty() {
            return Some(true);
        }
        let own = if is_own { written } else { &[] };
        let mut may_be = !is_sure;
        for candidate in there.into_iter().chain(own.iter().map(|row| &row.values)) {
            match self.is_referred(other, foreign, &values, candidate) {
                Some(true) => return None,
                Some(false) => {}
                None => may_be = true,
            }
        }
        Some(may_be)
    }

    fn is_referred(&self, other: &Relation, foreign: &Foreign, values: &[&Known], row: &KnownRow) -> Option<bool> {
        let mut found = Some(true);
        for (number, value) in foreign.referenced.iter().zip(values) {
            let column = other.numbered(*number)?;
            let is = match (value, value_of(row, *number)) {
                (Known::Is(one), Known::Is(two)) if column.collation.is_none() => {
                    are_equal(&self.catalog, column.of.oid, one, two)
                }
                (_, Known::Null) => Some(false),
                _ => None,
            };
            match is {
                Some(true) => {}
                Some(false) => return Some(false),
                None => found = None,
            }
        }
        found
    }

    /// Returns whether the values are those of the referenced column, or of one that refers to it too.
    fn comes_from_there(&self, foreign: &Foreign, row: &NewRow, origin: &Origin) -> bool {
        let ([column], [referenced]) = (foreign.columns, foreign.referenced) else { return false };
        let Some((table, number)) = row.tree(*column).and_then(|tree| origin.column(&self.catalog, tree)) else {
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

fn queried(change: &Change) -> Option<&crate::catalog::query::Query> {
    match &change.rows {
        crate::query::Rows::Query(query) => query.as_deref(),
        _ => None,
    }
}

fn refusal(table: &Relation, constraint: &Constraint) -> Refusal {
    let message =
        format!("insert or update on table \"{}\" violates foreign key constraint \"{}\"", table.name, constraint.name);
    Refusal::new(SqlState::FOREIGN_KEY_VIOLATION, message)
}
