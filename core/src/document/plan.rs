//! Plans and drafts: steps, statements, and what becomes of each.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

/// What a revision that is being written would do. Lines count from 1 in the text of each section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// STATEMENTs of its up section, with all that is said of them.
    pub up: Vec<Statement>,
    /// STATEMENTs of its down section, judged on what the up section made.
    pub down: Vec<Statement>,
    /// FINDINGs that belong to no statement: text that is none, a downgrade that leaves another schema, comments that
    /// allow what is not found.
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
    /// Strongest lock on each relation that existed before, with those that hang on there being rows to be changed.
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
    /// Always [`FORMAT`](super::FORMAT).
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

/// The first thing that keeps a plan from running through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// `irreversible` or `sql`.
    pub code: String,
    /// Full identifier of the revision; null when it is about the plan as a whole.
    pub revision: Option<String>,
    /// Its file, relative to the migrations directory, as far as it is known.
    pub path: Option<String>,
    /// Line in the file, from 1; null when it is about the revision as a whole.
    pub line: Option<u32>,
    /// What is wrong, as one phrase.
    pub message: String,
}
