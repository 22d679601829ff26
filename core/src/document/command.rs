//! Answers of commands that are no document of the contract's list.

use serde::{Deserialize, Serialize};

use super::plan::{Blocked, Direction};
use super::project::Database;
use super::revision::Revision;
use crate::diagnostic::Diagnostic;

/// Answer of `upgrade` and `downgrade`: what ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Digest of the plan.
    pub digest: String,
    /// Which way it went.
    pub direction: Direction,
    /// The target as it was asked for.
    pub target: String,
    /// Version rows before, sorted.
    pub from: Vec<String>,
    /// Version rows now, sorted.
    pub to: Vec<String>,
    /// What ran, in order; empty when there was nothing to do.
    pub steps: Vec<AppliedStep>,
}

/// A step that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedStep {
    /// Full identifier.
    pub revision: String,
    /// How long it took.
    pub millis: u64,
}

/// Answer of `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The migrations directory, as a person in the current one would name it.
    pub directory: String,
    /// How many revisions it holds.
    pub revisions: usize,
    /// The heads.
    pub heads: Vec<Revision>,
    /// The database; null when none is named.
    pub database: Option<Database>,
    /// Where the database stands.
    pub current: Vec<Revision>,
    /// What an upgrade to the heads would run, in order.
    pub pending: Vec<Revision>,
    /// What keeps that upgrade from running through; null when nothing is known to.
    pub blocked: Option<Blocked>,
    /// What is wrong with the files.
    pub findings: Vec<Diagnostic>,
    /// Commands that make sense next.
    pub next: Vec<String>,
}

/// Answer of `upgrade --sql`, `downgrade --sql`, `stamp --sql` and `ensure-version --sql`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sql {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Digest of the plan, where there is one.
    pub digest: Option<String>,
    /// What would be run.
    pub sql: String,
}

/// Answer of `ensure-version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnsuredVersion {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Name of the version table.
    pub table: String,
    /// It was missing.
    pub created: bool,
}

/// Answer of `init`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initialized {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The new migrations directory, as it was named.
    pub path: String,
    /// What was written, relative to it.
    pub files: Vec<String>,
}

/// Answer of `edit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The files that were opened.
    pub paths: Vec<String>,
}

/// Answer of `serve`, once it listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Where it listens.
    pub address: String,
    /// The address that signs an operator in; without a token in it where operators bring the one of `LIMBECK_TOKEN`.
    pub open: String,
    /// The address that signs an editor in, when one was asked for.
    pub edit: Option<String>,
    /// The address that signs a viewer in, when one was asked for.
    pub read_only: Option<String>,
}

/// Answer of `export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// What was written: the directory of a site, or the one file, as it was named.
    pub path: String,
    /// The files of a site by path below it; the one file.
    pub files: Vec<String>,
}

/// Answer of `help`, `--help`, `--version` and `completions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// What a person would see.
    pub text: String,
}
