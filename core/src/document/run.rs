//! Runs of plans on a database, and what happens during one.

use serde::{Deserialize, Serialize};

use super::failure::FailureDetail;
use super::plan::{Direction, Plan};

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
    /// Always [`FORMAT`](super::FORMAT).
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
    /// Version rows as the run last told them, sorted; null when it did not, or when the database can no longer be
    /// asked.
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
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The runs.
    pub runs: Vec<RunSummary>,
}

/// Body of `POST /api/runs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Code `stale-plan`.
    pub error: FailureDetail,
    /// Digest of the plan as it is now.
    pub digest: String,
}
