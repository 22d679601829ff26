//! The JSON documents that leave Limbeck: command line (`--json`), HTTP and npm package.
//!
//! One room, so that a reader of the contract finds every field here; [`schema`] has the largest of them. A change of a
//! name or meaning is a change of [`FORMAT`] and needs a line in the CHANGELOG.

pub mod schema;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Level};
use crate::project::File;
use crate::settings::Settings;

pub use schema::Schema;

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

/// Answer of `heads`, `branches`, `current`, `history`. Who writes many may give a list that makes each as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions<List = Vec<Revision>> {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The revisions asked for.
    pub revisions: List,
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

/// What a revision that is being written would do. Lines count from 1 in the text of each section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Always [`FORMAT`].
    pub format: u32,
    /// STATEMENTs of its up section, with all that is said of them.
    pub up: Vec<Statement>,
    /// STATEMENTs of its down section, judged on what the up section made.
    pub down: Vec<Statement>,
    /// FINDINGs that belong to no statement: text that is none, a downgrade that leaves another schema, comments that
    /// allow what is not found.
    pub findings: Vec<Diagnostic>,
}

/// Answer of `lint --rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The rules, Limbeck's own first.
    pub rules: Vec<Rule>,
}

/// One rule of `lint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name, which is the code of its findings.
    pub name: String,
    /// How much they matter in this project; null when the rule is off.
    pub level: Option<Level>,
    /// What it finds, in one line.
    pub summary: String,
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

impl From<FailureDetail> for Failure {
    fn from(error: FailureDetail) -> Self {
        Self { format: FORMAT, error }
    }
}

/// What a viewer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything, changes nothing.
    Viewer,
    /// Also writes revision files.
    Editor,
    /// Also runs plans.
    Operator,
}

/// What happens during a run, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Another run holds the lock; this one tries again.
    LockWaiting {
        /// Who holds it, as far as the server says.
        holder: String,
    },
    /// The lock between runs is held.
    Locked,
    /// A step begins.
    StepStarted {
        /// Position in the plan, from 0.
        step: usize,
        /// Full identifier.
        revision: String,
        /// Which section runs.
        direction: Direction,
    },
    /// A statement was sent.
    StatementStarted {
        /// Position of the step in the plan, from 0.
        step: usize,
        /// Position of the statement in the step, from 0.
        statement: usize,
    },
    /// The server said something while a statement ran.
    Notice {
        /// Position of the step in the plan, from 0.
        step: usize,
        /// Position of the statement in the step, from 0.
        statement: usize,
        /// As the server spells it: `NOTICE`, `WARNING`, `INFO`, …
        severity: String,
        /// What it said.
        message: String,
    },
    /// A statement succeeded.
    StatementDone {
        /// Position of the step in the plan, from 0.
        step: usize,
        /// Position of the statement in the step, from 0.
        statement: usize,
        /// How long it took.
        millis: u64,
    },
    /// A step is complete and its version rows are committed.
    StepDone {
        /// Position in the plan, from 0.
        step: usize,
        /// Version rows now, sorted.
        rows: Vec<String>,
        /// How long it took.
        millis: u64,
    },
    /// The whole plan is carried out.
    Finished {
        /// Version rows now, sorted.
        rows: Vec<String>,
    },
    /// The run stopped; the database is at the last whole step.
    Failed {
        /// Why.
        error: FailureDetail,
        /// The step that failed, where one did.
        step: Option<usize>,
        /// The statement that failed, where one did.
        statement: Option<usize>,
        /// Version rows now, sorted; null when the database can no longer be asked.
        rows: Option<Vec<String>>,
    },
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Still at work.
    Running,
    /// The whole plan is carried out.
    Done,
    /// Stopped by an error.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

/// One execution of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Number of the run on this server, from 1.
    pub id: u64,
    /// Digest of the plan.
    pub digest: String,
    /// Which way it goes.
    pub direction: Direction,
    /// The target as it was asked for.
    pub target: String,
    /// Where it stands.
    pub state: RunState,
    /// Who started it.
    pub who: String,
    /// When, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended, RFC 3339 in UTC.
    pub finished_at: Option<String>,
    /// The plan that it carries out.
    pub plan: Plan,
    /// What happened so far.
    pub events: Vec<Event>,
}

/// A run without its plan and its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Number of the run on this server, from 1.
    pub id: u64,
    /// Digest of the plan.
    pub digest: String,
    /// Which way it goes.
    pub direction: Direction,
    /// The target as it was asked for.
    pub target: String,
    /// Where it stands.
    pub state: RunState,
    /// Who started it.
    pub who: String,
    /// When, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended, RFC 3339 in UTC.
    pub finished_at: Option<String>,
    /// How many steps the plan has.
    pub steps: usize,
    /// Version rows that the plan starts from, sorted.
    pub from: Vec<String>,
    /// Version rows as the run last told them, sorted; null when it did not, or when the database can no longer be asked.
    pub rows: Option<Vec<String>>,
}

impl From<&Run> for RunSummary {
    fn from(run: &Run) -> Self {
        let rows = run.events.iter().rev().find_map(|event| match event {
            Event::StepDone { rows, .. } | Event::Finished { rows } => Some(Some(rows.clone())),
            Event::Failed { rows, .. } => Some(rows.clone()),
            _ => None,
        });
        Self {
            id: run.id,
            digest: run.digest.clone(),
            direction: run.direction,
            target: run.target.clone(),
            state: run.state,
            who: run.who.clone(),
            started_at: run.started_at.clone(),
            finished_at: run.finished_at.clone(),
            steps: run.plan.steps.len(),
            from: run.plan.from.clone(),
            rows: rows.flatten(),
        }
    }
}

/// Answer of `GET /api/runs`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The runs.
    pub runs: Vec<RunSummary>,
}

/// Body of `POST /api/runs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRequest {
    /// Digest of the reviewed plan.
    pub digest: String,
    /// Which way it goes.
    pub direction: Direction,
    /// The target as it was asked for.
    pub target: String,
}

/// The 409 answer to a [`RunRequest`] whose plan is not the reviewed one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StalePlan {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Code `stale-plan`.
    pub error: FailureDetail,
    /// Digest of the plan as it is now.
    pub digest: String,
}

/// The history as lanes, for a drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Number of lanes.
    pub width: usize,
    /// One row per revision, newest first.
    pub rows: Vec<LayoutRow>,
}

/// One row of a [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutRow {
    /// Full identifier.
    pub revision: String,
    /// Its lane, from 0.
    pub lane: usize,
    /// Number of the branch line on which it lies, for palettes.
    pub color: usize,
    /// The segments between the middle of this row and the middle of the next.
    pub lines: Vec<LayoutLine>,
}

/// A segment of a line of a [`Layout`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutLine {
    /// Lane at this row.
    pub from: usize,
    /// Lane at the next row.
    pub to: usize,
    /// What it stands for.
    pub kind: LayoutLineKind,
    /// Number of the branch line, for palettes.
    pub color: usize,
}

/// What a line of a [`Layout`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayoutLineKind {
    /// The lower end is a parent of the upper one.
    Parent,
    /// The upper end depends on the lower one.
    Dependency,
}

/// Answer of `GET /api/project`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Always [`FORMAT`].
    pub format: u32,
    /// What the project is called.
    pub name: String,
    /// What whoever asks may do.
    pub role: Role,
    /// Settings.
    pub settings: Settings,
    /// The files, by path.
    pub files: Vec<File>,
    /// FINDINGs in files and history, by file and place.
    pub findings: Vec<Diagnostic>,
    /// Changes with the files.
    pub etag: String,
}

/// Answer of `GET /api/database`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Database and host as a person would name them; never a password.
    pub name: String,
    /// Server version, for example `17.5`; null when it cannot be reached.
    pub server_version: Option<String>,
    /// It is the Postgres inside the server process.
    pub embedded: bool,
    /// Version rows, sorted.
    pub rows: Vec<String>,
    /// Version rows that no revision of the project has.
    pub unknown_rows: Vec<String>,
    /// Who holds the lock between runs; null when it is free.
    pub lock_holder: Option<String>,
    /// What the database holds; null when it was not asked for, or cannot be had.
    #[serde(default)]
    pub schema: Option<Box<Schema>>,
    /// Why the schema cannot be had, where the database can be asked.
    #[serde(default)]
    pub schema_error: Option<FailureDetail>,
    /// What ran, newest first; always null as long as Limbeck keeps no journal.
    #[serde(default)]
    pub journal: Option<Vec<serde_json::Value>>,
    /// Why the database cannot be asked.
    pub error: Option<FailureDetail>,
}

/// Body of `POST /api/revisions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRevision {
    /// Title and body; the first line is the title.
    pub message: String,
    /// What it stands on, in the grammar of identifiers; several make a merge, none a base.
    pub heads: Vec<String>,
    /// Label for a new branch.
    #[serde(default)]
    pub branch_label: Option<String>,
    /// Ids or branch labels that must be applied before.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// Allows a parent that is not a head.
    #[serde(default)]
    pub splice: bool,
    /// Identifier to use instead of a new one.
    #[serde(default)]
    pub id: Option<String>,
    /// SQL of the up section; null takes the template's.
    #[serde(default)]
    pub up: Option<String>,
    /// SQL of the down section; null takes the template's.
    #[serde(default)]
    pub down: Option<String>,
    /// Whether the up section runs in a transaction.
    #[serde(default = "yes")]
    pub up_transaction: bool,
    /// Whether the down section runs in a transaction.
    #[serde(default = "yes")]
    pub down_transaction: bool,
    /// It gets no down section, whatever the template has.
    #[serde(default)]
    pub irreversible: bool,
    /// `etag` of the project that the author saw; a history that moved since is a conflict.
    #[serde(default)]
    pub etag: Option<String>,
}

fn yes() -> bool {
    true
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Full identifier.
    pub id: String,
    /// File, relative to the migrations directory.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Answer of `upgrade` and `downgrade`: what ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Always [`FORMAT`].
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
    /// Always [`FORMAT`].
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
    /// Always [`FORMAT`].
    pub format: u32,
    /// Digest of the plan, where there is one.
    pub digest: Option<String>,
    /// What would be run.
    pub sql: String,
}

/// Answer of `ensure-version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnsuredVersion {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Name of the version table.
    pub table: String,
    /// It was missing.
    pub created: bool,
}

/// Answer of `init`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initialized {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The new migrations directory, as it was named.
    pub path: String,
    /// What was written, relative to it.
    pub files: Vec<String>,
}

/// Answer of `edit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The files that were opened.
    pub paths: Vec<String>,
}

/// Answer of `serve`, once it listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Where it listens.
    pub address: String,
    /// The address that signs an operator in; without a token in it where operators bring the one of `LIMBECK_TOKEN`.
    pub open: String,
    /// The address that signs a viewer in, when one was asked for.
    pub read_only: Option<String>,
}

/// Answer of `export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Always [`FORMAT`].
    pub format: u32,
    /// What was written: the directory of a site, or the one file, as it was named.
    pub path: String,
    /// The files of a site by path below it; the one file.
    pub files: Vec<String>,
}

/// Answer of `help`, `--help`, `--version` and `completions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Always [`FORMAT`].
    pub format: u32,
    /// What a person would see.
    pub text: String,
}
