//! Rows that a statement would change twice, of which Postgres takes none: `ON CONFLICT DO UPDATE` that meets a row of
//! its own, and a MERGE that finds two counterparts of one row.

use super::distinct::source_is_distinct;
use super::guards::column_of;
use super::keyring::Keyring;
use super::keys::{Apart, is_alone};
use super::origin::Origin;
use super::outputs::puts_out_rows;
use super::{NewRow, Verdict};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Distinct, Query, Select, SourceOf};
use crate::catalog::{Oid, Refusal, Relation, Rows, SqlState};
use crate::ddl::{Play, Stop};
use crate::query::Change;

/// What tells that a row is there already, with the keys of rows that the statement wrote.
pub(super) struct Taken<'a> {
    apart: Apart<'a>,
    keys: Keyring<'a>,
}

impl Play<'_> {
    /// Returns what tells DO UPDATE that a row is there already.
    pub(super) fn taken<'r>(&'r self, change: &Change, table: &'r Relation) -> Vec<Taken<'r>> {
        if change.updates.is_none() || change.merges {
            return Vec::new();
        }
        let taken = |apart: Apart<'r>| {
            let keys = Keyring::of_index(&self.catalog, table, apart.index, apart.excludes);
            Taken { apart, keys }
        };
        self.arbiters(change, table).into_iter().map(taken).collect()
    }

    /// Checks that DO UPDATE meets no row that a row before it has written or changed.
    pub(super) fn check_taken(
        &self,
        change: &Change,
        table: &Relation,
        row: &NewRow,
        all: &mut [Taken],
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        for Taken { apart, keys } in all {
            let Some(key) = self.keys_of(table, apart.index, &row.values) else { continue };
            let is_there = if is_alone(apart.index, &key, row, &apart.met) { Some(false) } else { keys.has(&key) };
            keys.add(&key);
            if is_there != Some(false) {
                // The row before it was left as it was there, or has another key by now.
                let is_kept = change.asks && table.rows != Rows::None;
                let mut changed = change.assigned.iter().map(|(number, _)| *number);
                let moves = changed.any(|number| apart.index.columns().contains(&number));
                let sure = sure && is_there == Some(true) && !is_kept && !moves;
                verdict.say(sure, insert_refusal(), table.oid)?;
            }
        }
        Ok(())
    }

    /// The same of what a query puts out: `each` is what is known of its rows.
    pub(super) fn check_queried_twice(
        &self,
        change: &Change,
        table: &Relation,
        query: &Query,
        each: &[NewRow],
        origin: &Origin,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let decides = origin.decides.unwrap_or(table.oid);
        let all = self.taken(change, table);
        let may_meet = |taken: &Taken| {
            let index = taken.apart.index;
            let is_alone = each
                .iter()
                .all(|row| self.keys_of(table, index, &row.values).is_none_or(|key| is_alone(index, &key, row, &[])));
            !is_alone && !self.puts_apart(change, query, index)
        };
        let mut all: Vec<Taken> = all.into_iter().filter(may_meet).collect();
        if all.is_empty() {
            return Ok(());
        }
        if each.len() > 1 && puts_out_each(query) && puts_out_rows(&self.catalog, query) {
            let sure = !self.changes_before(table) && !table.is_partitioned();
            return each.iter().try_for_each(|row| self.check_taken(change, table, row, &mut all, sure, verdict));
        }
        verdict.may(insert_refusal(), decides);
        Ok(())
    }

    /// Takes note of a MERGE that may find a row twice.
    pub(super) fn check_merged_twice(&self, change: &Change, affected: &[Oid], verdict: &mut Verdict) {
        let Some(select) = change.from.as_ref().filter(|_| change.merges) else { return };
        let changes = change.updates.is_some() || change.deletes;
        if changes && !affected.is_empty() && !self.finds_each_once(change, select) {
            let message = "MERGE command cannot affect row a second time";
            verdict.may(Refusal::new(SqlState("21000"), message), change.target);
        }
    }

    /// Returns whether each row of the table has one counterpart at most.
    fn finds_each_once(&self, change: &Change, select: &Select) -> bool {
        let mut sources = select.sources.iter().filter(|source| source.number != change.number);
        let (Some(source), None) = (sources.next(), sources.next()) else { return false };
        if gives_one(&source.of) {
            return true;
        }
        let mut columns = Vec::new();
        if let Some(condition) = &select.condition {
            told_by(condition, source.number, &mut columns);
        }
        source_is_distinct(&self.catalog, &source.of, &columns)
    }
}

/// Returns whether one row comes of a source at most.
fn gives_one(source: &SourceOf) -> bool {
    match source {
        SourceOf::Values(rows) => rows.len() <= 1,
        SourceOf::Query(query) => match &query.body {
            Body::Select(select) => {
                // Of a function may come any number of rows.
                let calls = |value: &Expression| value.any(&mut |part| matches!(part.node, Node::Call(_)));
                select.sources.iter().all(|source| gives_one(&source.of))
                    && !query.outputs().any(|target| calls(&target.value))
            }
            Body::Set(_) => false,
        },
        _ => false,
    }
}

/// Returns whether a query puts out each row that is written in it, though another is equal.
fn puts_out_each(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let is_plain = |of: &SourceOf| match of {
        SourceOf::Values(_) => true,
        SourceOf::Query(inner) => puts_out_each(inner),
        _ => false,
    };
    select.distinct == Distinct::No && select.sources.iter().all(|source| is_plain(&source.of))
}

fn insert_refusal() -> Refusal {
    Refusal::new(SqlState("21000"), "ON CONFLICT DO UPDATE command cannot affect row a second time")
}

/// Finds the columns of a source of which a condition says that they are what something else is.
fn told_by(condition: &Expression, source: Oid, found: &mut Vec<i16>) {
    match &condition.node {
        Node::And(parts) => parts.iter().for_each(|part| told_by(part, source, found)),
        Node::Operator(operation) if &*operation.name == "=" => {
            let Some(left) = operation.left.as_deref() else { return };
            for (one, other) in [(left, &*operation.right), (&*operation.right, left)] {
                let is_own =
                    |part: &Expression| matches!(part.node, Node::Column { relation, .. } if relation == source);
                if let Some(number) = column_of(one, source)
                    && !other.any(&mut |part| is_own(part) || matches!(part.node, Node::SubQuery(_)))
                {
                    found.push(number);
                }
            }
        }
        _ => {}
    }
}
