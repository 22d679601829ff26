//! Checks that are put off to the end of a transaction, and the tables that cannot be altered until they are done.

use super::{Play, Stop, refused};
use crate::catalog::{ConstraintKind, ConstraintTrigger, Oid, Refusal, Relation, SqlState, Timing, Trigger};
use crate::document::schema::{Action, Deferrable};
use crate::query::{Change, Rows as Inserted};

/// Which checks are put off in a transaction, and which wait.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    /// What SET CONSTRAINTS said of all constraints.
    all: Option<bool>,
    /// What it said of some since, by their numbers.
    some: Vec<(Oid, bool)>,
    /// What waits.
    checks: Vec<Check>,
}

/// A check that waits for the end of the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Check {
    /// The table whose rows are looked at.
    table: Oid,
    constraint: Oid,
    /// It is sure that there are such rows.
    sure: bool,
}

impl Pending {
    /// Returns whether a constraint is checked when the transaction ends.
    pub(super) fn is_put_off(&self, constraint: Oid, deferrable: Option<Deferrable>) -> bool {
        let Some(deferrable) = deferrable else { return false };
        let said = self.some.iter().rev().find(|(oid, _)| *oid == constraint).map(|(_, deferred)| *deferred);
        said.or(self.all).unwrap_or(deferrable == Deferrable::Deferred)
    }

    /// `SET CONSTRAINTS ALL`
    pub(super) fn set_all(&mut self, deferred: bool) {
        self.some.clear();
        self.all = Some(deferred);
        if !deferred {
            self.checks.clear();
        }
    }

    /// `SET CONSTRAINTS name`
    pub(super) fn set(&mut self, constraint: Oid, deferred: bool) {
        self.some.retain(|(oid, _)| *oid != constraint);
        self.some.push((constraint, deferred));
        if !deferred {
            self.checks.retain(|check| check.constraint != constraint);
        }
    }
}

impl Play<'_> {
    /// Takes note of the checks that a change puts off.
    pub(super) fn put_off(&mut self, change: &Change, below: &[Oid]) {
        if self.new_from.is_none() {
            return;
        }
        for table in std::iter::once(change.target).chain(below.iter().copied()) {
            let found = self.checks_of(change, table, table == change.target);
            for check in found {
                if !self.pending.checks.contains(&check) {
                    self.pending.checks.push(check);
                }
            }
        }
    }

    fn checks_of(&self, change: &Change, table: Oid, is_target: bool) -> Vec<Check> {
        let mut found = Vec::new();
        let Some(relation) = self.catalog.relation(table) else { return found };
        let inserts = !matches!(change.rows, Inserted::None);
        let changes = |columns: &[i16]| change.assigned.iter().any(|(number, _)| columns.contains(number));
        let sure = is_target && self.is_sure_to_insert(change, relation);
        let own = self.catalog.constraints_of(table);
        let others = self.catalog.referencing(table).filter(|constraint| constraint.on != table);
        for constraint in own.into_iter().chain(others) {
            let ConstraintKind::Foreign { columns, references, referenced, on_delete, on_update, asks, guards, .. } =
                &constraint.kind
            else {
                continue;
            };
            if !constraint.enforced || !self.pending.is_put_off(constraint.oid, constraint.deferrable) {
                continue;
            }
            if constraint.on == table && self.is_on(*asks) && (inserts || changes(columns)) {
                found.push(Check { table, constraint: constraint.oid, sure });
            }
            // Only what keeps a row from going can wait.
            let waits = |action: Action| action == Action::NoAction;
            let goes = change.deletes && waits(*on_delete) || changes(referenced) && waits(*on_update);
            if *references == table && self.is_on(*guards) && goes {
                found.push(Check { table, constraint: constraint.oid, sure: false });
            }
        }
        for trigger in self.catalog.triggers_of(table) {
            let Some(ConstraintTrigger { oid, deferrable, .. }) = trigger.constraint else { continue };
            if self.pending.is_put_off(oid, deferrable) && self.is_on(trigger.enabled) && is_fired(trigger, change) {
                let sure = sure && trigger.events.insert && trigger.when.is_none();
                found.push(Check { table, constraint: oid, sure });
            }
        }
        found
    }

    fn is_sure_to_insert(&self, change: &Change, table: &Relation) -> bool {
        let is_before = |trigger: &Trigger| trigger.timing == Timing::Before && trigger.each_row;
        let is_written = matches!(&change.rows, Inserted::Written(rows) if !rows.is_empty());
        is_written
            && !change.may_skip
            && table.is_table()
            && !table.is_partitioned()
            && !self.catalog.triggers_of(table.oid).any(is_before)
    }

    /// Refuses to alter a table of which checks wait; `CheckTableNotInUse`.
    pub(super) fn no_checks_wait(&mut self, table: Oid, words: &str) -> Result<(), Stop> {
        let waiting = self.pending.checks.iter().filter(|check| check.table == table);
        let Some(sure) = waiting.map(|check| check.sure).reduce(|one, other| one || other) else { return Ok(()) };
        let name = self.catalog.relation(table).or_else(|| self.before.relation(table)).map(|it| it.name.clone());
        let name = name.as_deref().unwrap_or_default();
        let message = format!("cannot {words} \"{name}\" because it has pending trigger events");
        let state = SqlState("55006");
        if sure {
            return refused(state, message);
        }
        self.ledger.may_raise.push((Refusal::new(state, message), table));
        Ok(())
    }

    /// Refuses to drop tables of which checks wait.
    pub(super) fn none_dropped_in_use(&mut self) -> Result<(), Stop> {
        let gone = |table: &Oid| self.catalog.relation(*table).is_none();
        let tables: Vec<Oid> = self.pending.checks.iter().map(|check| check.table).filter(gone).collect();
        tables.into_iter().try_for_each(|table| self.no_checks_wait(table, "DROP TABLE"))?;
        let catalog = &self.catalog;
        let is_there = |check: &Check| catalog.relation(check.table).is_some();
        self.pending.checks.retain(is_there);
        Ok(())
    }
}

fn is_fired(trigger: &Trigger, change: &Change) -> bool {
    let inserts = !matches!(change.rows, Inserted::None);
    trigger.events.insert && inserts
        || trigger.events.delete && change.deletes
        || trigger.events.update && change.updates.is_some()
}
