//! Primary keys, UNIQUE, unique indexes and EXCLUDE: what is asked of a row beside others.

use super::origin::{self, Origin};
use super::{NewRow, Verdict, value_of};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::{
    ConstraintKind, Formula, Index, Key, KeyOf, Known, KnownRow, Oid, Refusal, Relation, Rows, SqlState,
};
use crate::ddl::{Play, Stop};
use crate::expression::{are_equal, evaluate};
use crate::query::{Arbiter, Change, Rows as Inserted};

/// An index that keeps rows apart.
pub(super) struct Apart<'a> {
    pub(super) name: &'a str,
    pub(super) index: &'a Index,
    /// It is checked when the transaction ends.
    pub(super) later: bool,
    /// Rows need not be equal to be in each other's way.
    pub(super) excludes: bool,
}

impl Apart<'_> {
    fn refusal(&self) -> Refusal {
        match self.excludes {
            true => {
                let message = format!("conflicting key value violates exclusion constraint \"{}\"", self.name);
                Refusal::new(SqlState("23P01"), message)
            }
            false => {
                let message = format!("duplicate key value violates unique constraint \"{}\"", self.name);
                Refusal::new(SqlState::UNIQUE_VIOLATION, message)
            }
        }
    }
}

impl Play<'_> {
    /// Checks that no row is there already that equals one of VALUES; `before` are those that stand before it there.
    pub(super) fn check_written_keys(
        &self,
        change: &Change,
        table: &Relation,
        row: &NewRow,
        before: &[NewRow],
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        for apart in self.apart_by(table) {
            let Some(keys) = self.keys_of(table, apart.index, &row.values) else { continue };
            if is_arbiter(change, &apart) || self.is_alone(apart.index, &keys, row) {
                continue;
            }
            let there: Option<Vec<&KnownRow>> = match (table.rows, &table.known) {
                (Rows::None, _) if table.children.is_empty() => Some(Vec::new()),
                (Rows::Perhaps, Some(known)) => Some(known.iter().collect()),
                _ => None,
            };
            let is_known = there.is_some();
            let others = there.into_iter().flatten().chain(before.iter().map(|row| &row.values));
            let mut meets = if is_known { Some(false) } else { None };
            for other in others {
                let Some(other) = self.keys_of(table, apart.index, other) else { continue };
                match self.is_same(table, &apart, &keys, &other) {
                    Some(false) => {}
                    Some(true) => {
                        meets = Some(true);
                        break;
                    }
                    None => meets = None,
                }
            }
            if meets != Some(false) {
                // What ON CONFLICT leaves out, meets nothing else.
                let sure = sure && meets == Some(true) && !apart.later && !change.may_skip;
                verdict.say(sure, apart.refusal(), table.oid)?;
            }
        }
        Ok(())
    }

    /// Checks what a query puts out, of which a row stands for all.
    pub(super) fn check_queried_keys(
        &self,
        change: &Change,
        table: &Relation,
        row: &NewRow,
        origin: &Origin,
        verdict: &mut Verdict,
    ) {
        if origin.guards(table.oid) {
            return;
        }
        for apart in self.apart_by(table) {
            let Some(keys) = self.keys_of(table, apart.index, &row.values) else { continue };
            if is_arbiter(change, &apart) || self.is_alone(apart.index, &keys, row) {
                continue;
            }
            let of_query = || match &change.rows {
                Inserted::Query(Some(query)) => {
                    let at = |number: i16| change.inserts.iter().position(|own| *own == number);
                    let outputs: Vec<usize> = apart.index.key_columns().flatten().filter_map(at).collect();
                    origin::is_distinct(&self.catalog, query, &outputs)
                }
                _ => false,
            };
            let is_first = table.rows == Rows::None && table.children.is_empty();
            if !(is_first && !apart.excludes && of_query()) {
                verdict.may(apart.refusal(), table.oid);
            }
        }
    }

    /// Checks keys in which columns are changed.
    pub(super) fn check_updated_keys(&self, table: &Relation, row: &NewRow, change: &Change, verdict: &mut Verdict) {
        for apart in self.apart_by(table) {
            let changes = apart.index.columns().iter().any(|number| {
                let is_changed = match change.assigned.iter().find(|(of, _)| of == number) {
                    Some((_, tree)) => !keeps(table, *number, tree.as_ref(), change),
                    None => row.changed.as_ref().is_some_and(|changed| changed.contains(number)),
                };
                is_changed && (!apart.index.include.contains(number) || is_key(apart.index, *number))
            });
            let Some(keys) = self.keys_of(table, apart.index, &row.values) else { continue };
            if changes && !self.is_alone(apart.index, &keys, row) {
                verdict.may(apart.refusal(), table.oid);
            }
        }
    }

    fn apart_by<'r>(&'r self, table: &'r Relation) -> Vec<Apart<'r>> {
        let mut found = Vec::new();
        for oid in &table.indexes {
            let Some(relation) = self.catalog.relation(*oid) else { continue };
            let Some(index) = relation.as_index() else { continue };
            let constraint = index.constraint.and_then(|oid| self.catalog.constraint(oid));
            let excludes =
                constraint.is_some_and(|it| matches!(&it.kind, ConstraintKind::Key { key: Key::Exclude(_), .. }));
            let later = constraint.is_some_and(|it| self.pending.is_put_off(it.oid, it.deferrable));
            if index.unique || excludes {
                found.push(Apart { name: &relation.name, index, later, excludes });
            }
        }
        found
    }

    /// Returns the key of a row in an index; none where the index does not have the row.
    pub(super) fn keys_of(&self, table: &Relation, index: &Index, row: &KnownRow) -> Option<Vec<Known>> {
        let leaf = |leaf: &Expression| match leaf.node {
            Node::Column { relation, number } if relation == table.oid => {
                self.collated(table.oid, number, value_of(row, number))
            }
            _ => Known::Perhaps,
        };
        let value = |formula: &Formula| evaluate(&self.catalog, &formula.tree, &leaf).unwrap_or(Known::Perhaps);
        if let Some(predicate) = &index.predicate
            && (value(predicate) == Known::Null || value(predicate).text() == Some("f"))
        {
            return None;
        }
        let keys = index.keys.iter().map(|key| match &key.of {
            KeyOf::Column(number) => value_of(row, *number).clone(),
            KeyOf::Expression(formula) => value(formula),
        });
        Some(keys.collect())
    }

    /// Returns whether a key is sure to be in nobody's way: a part of it is null, or nothing else has it.
    pub(super) fn is_alone(&self, index: &Index, keys: &[Known], row: &NewRow) -> bool {
        let is_fresh = |number: Option<i16>| number.is_some_and(|number| row.fresh.contains(&number));
        index.key_columns().any(is_fresh) || (!index.nulls_not_distinct && keys.contains(&Known::Null))
    }

    /// Returns whether two keys are in each other's way.
    pub(super) fn is_same(&self, table: &Relation, apart: &Apart, one: &[Known], other: &[Known]) -> Option<bool> {
        let mut found = Some(true);
        for ((key, one), other) in apart.index.keys.iter().zip(one).zip(other) {
            let of = match &key.of {
                KeyOf::Column(number) => {
                    let column = table.numbered(*number).filter(|column| column.collation.is_none());
                    column.map_or(Oid(0), |column| column.of.oid)
                }
                KeyOf::Expression(formula) => formula.tree.of.oid,
            };
            let is = match (one, other) {
                (Known::Null, Known::Null) => Some(apart.index.nulls_not_distinct),
                (Known::Null, known) | (known, Known::Null) if known.is_some() => Some(false),
                (Known::Is(one), Known::Is(other)) if key.collation.is_none() && key.class.is_none() => {
                    are_equal(&self.catalog, of, one, other)
                }
                _ => None,
            };
            match is {
                // An operator of EXCLUDE may find unequal values in each other's way.
                Some(false) if !apart.excludes => return Some(false),
                Some(true) if !apart.excludes => {}
                _ => found = None,
            }
        }
        found
    }
}

fn is_key(index: &Index, number: i16) -> bool {
    index.key_columns().any(|column| column == Some(number))
        || index.formulas().any(|formula| formula.columns.contains(&number))
}

/// Returns whether ON CONFLICT says what becomes of a row that is there already.
fn is_arbiter(change: &Change, apart: &Apart) -> bool {
    match &change.arbiter {
        Arbiter::None => false,
        Arbiter::Any => true,
        Arbiter::Constraint(oid) => apart.index.constraint == Some(*oid),
        Arbiter::Columns(columns) => {
            let mut own: Vec<i16> = apart.index.key_columns().flatten().collect();
            let mut wanted = columns.clone();
            own.sort_unstable();
            wanted.sort_unstable();
            wanted.dedup();
            own == wanted && apart.index.predicate.is_none()
        }
    }
}

/// Returns whether an UPDATE gives a column the value that it has.
fn keeps(table: &Relation, number: i16, tree: Option<&Expression>, change: &Change) -> bool {
    let is_own = |source: Oid| source == change.number || source == table.oid;
    matches!(tree.map(|tree| &tree.node), Some(Node::Column { relation, number: of }) if *of == number && is_own(*relation))
}
