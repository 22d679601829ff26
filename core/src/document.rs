//! The JSON documents that leave Limbeck: command line (`--json`), HTTP and npm package.
//!
//! One file, so that a reader of the contract finds every field here. A change of a name or meaning is a change
//! of [`FORMAT`] and needs a line in the CHANGELOG.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

/// The number in the `format` field of every document.
pub const FORMAT: u32 = 1;

/// REVISION: one revision as the history shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Full identifier.
    pub id: String,
    /// Title line of the message.
    pub message: String,
    /// Parents, in file order; empty for a base.
    pub revises: Vec<String>,
    /// Dependencies, resolved to full identifiers.
    pub depends_on: Vec<String>,
    /// Branch labels that this file declares.
    pub branch_labels: Vec<String>,
    /// Create date as the file spells it.
    pub create_date: Option<String>,
    /// File, relative to the migrations directory.
    pub path: String,
    /// Nothing revises it.
    pub is_head: bool,
    /// A head that something depends on.
    pub is_effective_head: bool,
    /// It revises nothing.
    pub is_base: bool,
    /// More than one revision revises it.
    pub is_branch_point: bool,
    /// It revises more than one.
    pub is_merge_point: bool,
    /// A version row names it; null when no database was asked.
    pub is_current: Option<bool>,
}

/// Answer of `heads`, `branches`, `current`, `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The revisions asked for.
    pub revisions: Vec<Revision>,
}

/// One entry of [`Scripts`]: a revision and its SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The revision.
    #[serde(flatten)]
    pub revision: Revision,
    /// SQL of the up section.
    pub up: String,
    /// SQL of the down section; null when the revision is irreversible.
    pub down: Option<String>,
}

/// Answer of `show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scripts {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The revisions asked for, with their SQL.
    pub revisions: Vec<Script>,
}

/// Answer of `validate` and `lint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Always [`FORMAT`].
    pub format: u32,
    /// FINDINGs, by file and place.
    pub findings: Vec<Diagnostic>,
}

/// Which section of a revision a step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Towards the heads: the up section.
    Upgrade,
    /// Towards the base: the down section.
    Downgrade,
}

/// What a plan amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it.
    Safe,
    /// Runs, but somebody should look first.
    Caution,
    /// Will not run through.
    Blocked,
}

/// What Postgres would do with a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It succeeds.
    Ok,
    /// It fails with the error beside it.
    Error,
    /// It is outside what the model can judge.
    Unknown,
}

/// An error that Postgres raises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlError {
    /// Five characters, for example `42P01`.
    pub sqlstate: String,
    /// Primary message.
    pub message: String,
}

/// A lock that a statement takes on a relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Schema-qualified name.
    pub relation: String,
    /// Spelled as in `pg_locks`.
    pub mode: String,
}

/// STATEMENT: one SQL statement of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// From the first token to the last, without the semicolon.
    pub sql: String,
    /// Line of the first token in the file, from 1.
    pub line: u32,
    /// Kind in snake case, for example `create_table`.
    pub kind: String,
    /// What Postgres would do.
    pub outcome: Outcome,
    /// The error, when the outcome is one.
    pub error: Option<SqlError>,
    /// Strongest lock on each relation that existed before.
    pub locks: Vec<Lock>,
    /// Relations whose storage is written anew.
    pub rewrites: Vec<String>,
    /// Relations that must be read in full.
    pub scans: Vec<String>,
    /// What is to be said about it.
    pub findings: Vec<Diagnostic>,
}

/// One step of a plan: one revision in one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Full identifier.
    pub revision: String,
    /// Which section runs.
    pub direction: Direction,
    /// Version rows before the step, sorted.
    pub rows_before: Vec<String>,
    /// Version rows after it, sorted.
    pub rows_after: Vec<String>,
    /// Whether the section runs inside a transaction.
    pub transaction: bool,
    /// The statements, in order.
    pub statements: Vec<Statement>,
}

/// PLAN: what an upgrade or downgrade will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Always [`FORMAT`].
    pub format: u32,
    /// `sha256:` and 64 hexadecimal digits over the scripts, their order and the rows that it starts from.
    pub digest: String,
    /// Version rows that it starts from, sorted.
    pub from: Vec<String>,
    /// The target as it was asked for.
    pub target: String,
    /// Version rows afterwards, sorted.
    pub to: Vec<String>,
    /// What it amounts to.
    pub verdict: Verdict,
    /// The steps, in the order in which they run.
    pub steps: Vec<Step>,
    /// What is to be said about the plan as a whole.
    pub findings: Vec<Diagnostic>,
}

/// The document that stands for a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Always [`FORMAT`].
    pub format: u32,
    /// What failed.
    pub error: FailureDetail,
}

/// What failed, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureDetail {
    /// One of the codes of the contract, for example `unknown-revision`.
    pub code: String,
    /// What happened, as one phrase.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Identifiers among which to choose; empty where there is no choice.
    #[serde(default)]
    pub candidates: Vec<String>,
}
