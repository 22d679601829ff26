//! Locks on the other side of foreign keys, which Postgres takes once a row is changed there: what is checked, and what
//! goes along.

use super::{LockMode, Play};
use crate::catalog::{ConstraintKind, Oid, Rows};
use crate::document::schema::Action;
use crate::query::{Change, Rows as Inserted};

impl Play<'_> {
    /// Takes note of the locks that a change takes on other tables where there are rows to be changed.
    pub(super) fn lock_followers(&mut self, change: &Change, below: &[Oid]) {
        let inserts = !matches!(change.rows, Inserted::None);
        let has_rows = |oid: &Oid| self.catalog.relation(*oid).is_some_and(|relation| relation.rows == Rows::Perhaps);
        let targets: Vec<Oid> = std::iter::once(change.target).chain(below.iter().copied()).collect();
        let is_there = targets.iter().any(has_rows);
        let mut found: Vec<(Oid, LockMode)> = Vec::new();
        if inserts || change.updates.is_some() && is_there {
            for constraint in self.catalog.constraints_of(change.target) {
                let ConstraintKind::Foreign { columns, references, .. } = &constraint.kind else { continue };
                let sets = |column: &i16| change.updates.as_ref().is_some_and(|updates| updates.contains(column));
                if constraint.enforced && (inserts || columns.iter().any(sets)) {
                    found.push((*references, LockMode::RowShare));
                }
            }
        }
        if let Some(updates) = change.updates.as_ref().filter(|_| is_there) {
            for constraint in targets.iter().flat_map(|oid| self.catalog.referencing(*oid)) {
                let ConstraintKind::Foreign { referenced, on_update, .. } = &constraint.kind else { continue };
                if constraint.enforced && referenced.iter().any(|column| updates.contains(column)) {
                    found.push((constraint.on, mode(*on_update)));
                }
            }
        }
        if change.deletes && is_there {
            let (mut deleted, mut at) = (targets, 0);
            while let Some(table) = deleted.get(at).copied() {
                at += 1;
                for constraint in self.catalog.referencing(table).filter(|constraint| constraint.enforced) {
                    let ConstraintKind::Foreign { on_delete, .. } = &constraint.kind else { continue };
                    found.push((constraint.on, mode(*on_delete)));
                    if *on_delete == Action::Cascade && has_rows(&constraint.on) && !deleted.contains(&constraint.on) {
                        deleted.push(constraint.on);
                    }
                }
            }
        }
        for (oid, mode) in found {
            let held = self.ledger.locks_by_rows.entry(oid).or_insert(mode);
            *held = (*held).max(mode);
        }
    }
}

/// Returns the lock on the table that references, by what becomes of its rows.
fn mode(action: Action) -> LockMode {
    match action {
        Action::NoAction | Action::Restrict => LockMode::RowShare,
        Action::Cascade | Action::SetNull | Action::SetDefault => LockMode::RowExclusive,
    }
}
