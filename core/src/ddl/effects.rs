//! What a statement does beside changing the catalog: locks, rewrites, scans.

use std::collections::BTreeMap;
use std::fmt;

use crate::catalog::{Oid, Refusal};

/// The modes of locks on relations, from the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// SELECT
    AccessShare,
    /// SELECT FOR UPDATE
    RowShare,
    /// INSERT, UPDATE, DELETE
    RowExclusive,
    /// VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY
    ShareUpdateExclusive,
    /// CREATE INDEX
    Share,
    /// ADD FOREIGN KEY, CREATE TRIGGER
    ShareRowExclusive,
    /// REFRESH MATERIALIZED VIEW CONCURRENTLY
    Exclusive,
    /// Most of ALTER TABLE, DROP, TRUNCATE
    AccessExclusive,
}

impl fmt::Display for LockMode {
    /// As `pg_locks.mode` spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        })
    }
}

/// What a statement does beside changing the catalog. Relations have the names that they had before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// The strongest lock on each table, view and materialized view that was there before.
    pub locks: BTreeMap<String, LockMode>,
    /// The same on the other side of foreign keys, which are taken where there are rows to be changed.
    pub locks_by_rows: BTreeMap<String, LockMode>,
    /// Relations whose storage is written anew.
    pub rewrites: Vec<String>,
    /// Relations that must be read in full.
    pub scans: Vec<String>,
    /// What Postgres may raise, by what rows there are.
    pub may_raise: Vec<MayRaise>,
    /// Relations whose storage is written anew unless the time zone of the session is UTC.
    pub rewrites_by_zone: Vec<String>,
    /// Relations whose rows go with those that they refer to.
    pub cascades: Vec<String>,
    /// Triggers that it fires for each row, whose functions do more than set fields of it.
    pub row_triggers: Vec<RowTrigger>,
    /// Roles that it names and no statement made: it runs where the server has them.
    pub roles: Vec<String>,
    /// What it needs of the libraries of the server: it runs where they have it.
    pub locales: Vec<String>,
}

/// An error that depends on the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MayRaise {
    /// The error.
    pub refusal: Refusal,
    /// The table whose rows decide.
    pub relation: String,
}

/// A trigger that fires for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowTrigger {
    /// Its name.
    pub name: String,
    /// Its table.
    pub relation: String,
    /// Its function, with its arguments.
    pub function: String,
    /// Fields of NEW and OLD that the function mentions and the table does not have.
    pub amiss: Vec<String>,
}

/// Effects while a statement is played: by number, for names change.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) locks: BTreeMap<Oid, LockMode>,
    /// Those that are taken where there are rows.
    pub(super) locks_by_rows: BTreeMap<Oid, LockMode>,
    pub(super) rewrites: Vec<Oid>,
    pub(super) scans: Vec<Oid>,
    pub(super) may_raise: Vec<(Refusal, Oid)>,
    pub(super) rewrites_by_zone: Vec<Oid>,
    pub(super) cascades: Vec<Oid>,
    /// Triggers that fire for each row.
    pub(super) row_triggers: Vec<Oid>,
    /// Roles that must be there.
    pub(super) roles: Vec<String>,
    /// What the libraries of the server must have.
    pub(super) locales: Vec<String>,
    /// Tables in whose rows a column gets new values, so that nothing else may hold such rows.
    pub(super) new_values: Vec<Oid>,
}

impl Ledger {
    /// Takes a lock, or makes one that is held stronger.
    pub(super) fn lock(&mut self, relation: Oid, mode: LockMode) {
        let held = self.locks.entry(relation).or_insert(mode);
        *held = (*held).max(mode);
    }

    /// Writes the storage of a relation anew.
    pub(super) fn rewrite(&mut self, relation: Oid) {
        if !self.rewrites.contains(&relation) {
            self.rewrites.push(relation);
        }
    }

    /// Reads a relation in full.
    pub(super) fn scan(&mut self, relation: Oid) {
        if !self.scans.contains(&relation) {
            self.scans.push(relation);
        }
    }
}
