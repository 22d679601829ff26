//! Primary keys, UNIQUE, unique indexes and EXCLUDE: what is asked of a row beside others.

use super::keyring::Keyring;
use super::origin::Origin;
use super::{NewRow, Verdict, distinct, guards, value_of};
use crate::catalog::expression::{Expression, Node, Value};
use crate::catalog::query::{Body, Query};
use crate::catalog::{
    Address, ConstraintKind, Formula, Index, Key, KeyOf, Known, KnownRow, Placed, Refusal, Relation, Rows, SqlState,
};
use crate::ddl::{Play, Stop};
use crate::expression::{evaluate, may_fail};
use crate::query::{Arbiter, Change, Row, Rows as Inserted};

/// An index that keeps rows apart.
pub(super) struct Apart<'a> {
    pub(super) name: &'a str,
    pub(super) index: &'a Index,
    /// It is checked when the transaction ends.
    pub(super) later: bool,
    /// Rows need not be equal to be in each other's way.
    pub(super) excludes: bool,
    /// Columns whose values come from a sequence that does not know of rows with values of their own.
    pub(super) met: Vec<i16>,
}

/// What keeps rows apart, with keys of rows that are there.
pub(super) struct Ring<'a> {
    apart: Apart<'a>,
    keys: Keyring<'a>,
    /// No other rows are there.
    has_all: bool,
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
    /// Returns what keeps the rows of a table apart, with the keys of those that are known.
    pub(super) fn keyrings<'r>(&'r self, change: &Change, table: &'r Relation) -> Vec<Ring<'r>> {
        let rows: Option<Vec<&KnownRow>> = match (table.rows, &table.known) {
            (Rows::None, _) if table.children.is_empty() => Some(Vec::new()),
            (Rows::Perhaps, Some(known)) => Some(known.iter().collect()),
            _ => None,
        };
        let written = match &change.rows {
            Inserted::Written(rows) => rows.as_slice(),
            _ => &[],
        };
        let ring = |apart: Apart<'r>| {
            let mut keys = Keyring::of_index(&self.catalog, table, apart.index, apart.excludes);
            for row in rows.iter().flatten() {
                self.keys_of(table, apart.index, row).into_iter().for_each(|key| keys.add(&key));
            }
            Ring { apart, keys, has_all: rows.is_some() }
        };
        self.apart_by(table, written).into_iter().filter(|apart| !is_arbiter(change, apart)).map(ring).collect()
    }

    /// Checks that no row is there already that equals one of VALUES, nor stands before it there.
    pub(super) fn check_written_keys(
        &self,
        change: &Change,
        table: &Relation,
        row: &NewRow,
        rings: &mut [Ring],
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        for Ring { apart, keys, has_all } in rings {
            let Some(key) = self.keys_of(table, apart.index, &row.values) else { continue };
            let is_there = match keys.has(&key) {
                _ if is_alone(apart.index, &key, row, &apart.met) => Some(false),
                Some(false) if !*has_all => None,
                is_there => is_there,
            };
            if is_there != Some(false) {
                // What ON CONFLICT leaves out, meets nothing else.
                let sure = sure && is_there == Some(true) && !apart.later && !change.may_skip;
                verdict.say(sure, apart.refusal(), table.oid)?;
            }
            keys.add(&key);
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
        for apart in self.apart_by(table, &[]) {
            let Some(keys) = self.keys_of(table, apart.index, &row.values) else { continue };
            if is_arbiter(change, &apart) || is_alone(apart.index, &keys, row, &apart.met) {
                continue;
            }
            let of_query = || match &change.rows {
                Inserted::Query(Some(query)) => self.puts_apart(change, query, apart.index),
                _ => false,
            };
            let is_first = table.rows == Rows::None && table.children.is_empty();
            let meets_none = is_first || origin.guards(&self.catalog, apart.index, row);
            if !(meets_none && !apart.excludes && of_query()) {
                verdict.may(apart.refusal(), table.oid);
            }
        }
    }

    /// Returns whether no two rows that a query puts out are equal in an index.
    pub(super) fn puts_apart(&self, change: &Change, query: &Query, index: &Index) -> bool {
        let at = |number: i16| change.inserts.iter().position(|own| *own == number);
        let outputs: Vec<usize> = index.key_columns().flatten().filter_map(at).collect();
        let is_kept = |at: &usize| change.puts.get(*at).is_none_or(guards::keeps_apart);
        let is_alone = matches!(&query.body, Body::Select(select) if select.sources.is_empty());
        (is_alone || outputs.iter().all(is_kept)) && distinct::is_distinct(&self.catalog, query, &outputs)
    }

    /// Checks keys in which columns are changed.
    pub(super) fn check_updated_keys(&self, table: &Relation, row: &NewRow, verdict: &mut Verdict) {
        let is_changed = |number: i16| row.changed.as_ref().is_some_and(|changed| changed.contains(&number));
        for apart in self.apart_by(table, &[]) {
            let Some(key) = self.keys_of(table, apart.index, &row.values) else { continue };
            let mut columns = apart.index.columns().into_iter();
            let changes = columns.any(|number| {
                is_changed(number) && (!apart.index.include.contains(&number) || is_key(apart.index, number))
            });
            if changes && !is_alone(apart.index, &key, row, &apart.met) {
                verdict.may(apart.refusal(), table.oid);
            }
        }
    }

    /// Returns what ON CONFLICT goes by.
    pub(super) fn arbiters<'r>(&'r self, change: &Change, table: &'r Relation) -> Vec<Apart<'r>> {
        self.apart_by(table, &[]).into_iter().filter(|apart| is_arbiter(change, apart)).collect()
    }

    fn apart_by<'r>(&'r self, table: &'r Relation, written: &[Row]) -> Vec<Apart<'r>> {
        let mut found = Vec::new();
        for oid in &table.indexes {
            let Some(relation) = self.catalog.relation(*oid) else { continue };
            let Some(index) = relation.as_index() else { continue };
            let constraint = index.constraint.and_then(|oid| self.catalog.constraint(oid));
            let excludes =
                constraint.is_some_and(|it| matches!(&it.kind, ConstraintKind::Key { key: Key::Exclude(_), .. }));
            let later = constraint.is_some_and(|it| self.pending.is_put_off(it.oid, it.deferrable));
            if index.unique || excludes {
                let met = self.met_by_draws(table, index, written);
                found.push(Apart { name: &relation.name, index, later, excludes, met });
            }
        }
        found
    }

    /// Returns the columns whose values come from a sequence that does not know of rows with values of their own.
    fn met_by_draws(&self, table: &Relation, index: &Index, written: &[Row]) -> Vec<i16> {
        let is_met = |number: i16| {
            let dependents = self.catalog.dependencies.dependents(Address::column(table.oid, number));
            let sequences = dependents.into_iter().filter_map(|edge| self.catalog.relation(edge.dependent.oid));
            let own = sequences.filter_map(Relation::as_sequence).find(|it| it.owner == Some((table.oid, number)));
            let is_ahead = |text: &str| match own.map(|sequence| sequence.placed) {
                Some(None) => true,
                Some(Some(Placed::At(next))) => text.parse().is_ok_and(|value: i64| value >= next),
                _ => false,
            };
            let in_known = |row: &KnownRow| matches!(value_of(row, number), Known::Is(text) if is_ahead(text));
            let in_row = |row: &Row| {
                let mut own = row.iter().filter(|(of, _)| *of == number).filter_map(|(_, tree)| tree.as_ref());
                own.any(|tree| matches!(&tree.node, Node::Constant(Value::Text(text)) if is_ahead(text)))
            };
            own.is_some_and(|sequence| sequence.placed == Some(Placed::Into))
                || table.known.iter().flat_map(|rows| rows.iter()).any(in_known)
                || written.iter().any(in_row)
        };
        index.key_columns().flatten().filter(|number| is_met(*number)).collect()
    }

    /// Checks that the indexes of a table can be computed for a row.
    pub(super) fn check_indexes(
        &self,
        table: &Relation,
        row: &NewRow,
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let indexes = table.indexes.iter().filter_map(|oid| self.catalog.relation(*oid)?.as_index());
        let is_changed = |index: &Index| {
            row.changed.as_ref().is_none_or(|changed| index.columns().iter().any(|number| changed.contains(number)))
        };
        for index in indexes.filter(|index| index.formulas().next().is_some() && is_changed(index)) {
            if let Err(refusal) = self.key_fails(table, index, &row.values) {
                verdict.say(sure, refusal, table.oid)?;
                continue;
            }
            for formula in index.formulas() {
                let mut columns = formula.columns.iter();
                if columns.all(|number| matches!(row.value(*number), Known::Is(_) | Known::Null)) {
                    continue;
                }
                for refusal in may_fail(&self.catalog, &formula.tree, None) {
                    verdict.may(refusal, table.oid);
                }
            }
        }
        Ok(())
    }

    /// Refuses a row for which an index cannot be computed.
    pub(super) fn key_fails(&self, table: &Relation, index: &Index, row: &KnownRow) -> Result<(), Refusal> {
        if let Some(predicate) = &index.predicate {
            let holds = self.value_in(table, row, predicate)?;
            if holds == Known::Null || holds.text() == Some("f") {
                return Ok(());
            }
        }
        index.keys.iter().try_for_each(|key| match &key.of {
            KeyOf::Column(_) => Ok(()),
            KeyOf::Expression(formula) => self.value_in(table, row, formula).map(|_| ()),
        })
    }

    fn value_in(&self, table: &Relation, row: &KnownRow, formula: &Formula) -> Result<Known, Refusal> {
        let leaf = |leaf: &Expression| match leaf.node {
            Node::Column { relation, number } if relation == table.oid => {
                self.collated(table.oid, number, value_of(row, number))
            }
            _ => Known::Perhaps,
        };
        evaluate(&self.catalog, &formula.tree, &leaf)
    }

    /// Returns the key of a row in an index; none where the index does not have the row.
    pub(super) fn keys_of(&self, table: &Relation, index: &Index, row: &KnownRow) -> Option<Vec<Known>> {
        let value = |formula: &Formula| self.value_in(table, row, formula).unwrap_or(Known::Perhaps);
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
}

/// Returns whether a key is in nobody's way: a part of it is null, or nothing else has it. Columns that are `met` may
/// draw what is there.
pub(super) fn is_alone(index: &Index, key: &[Known], row: &NewRow, met: &[i16]) -> bool {
    let is_fresh = |number: i16| row.fresh.contains(&number) && !met.contains(&number);
    index.key_columns().flatten().any(is_fresh) || (!index.nulls_not_distinct && key.contains(&Known::Null))
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
