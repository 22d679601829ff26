//! The JSON documents that leave Limbeck: command line (`--json`), HTTP and npm package.
//!
//! One room, so that a reader of the contract finds every field here; [`schema`] has the largest of them. A change of a
//! name or meaning is a change of [`FORMAT`] and needs a line in the CHANGELOG.

mod command;
mod conversion;
mod failure;
mod file;
mod finding;
mod plan;
mod project;
mod revision;
mod run;
pub mod schema;
mod settings;

pub use command::{Applied, AppliedStep, Edited, EnsuredVersion, Exported, Initialized, Serving, Sql, Status, Text};
pub use failure::{Failure, FailureDetail};
pub use file::File;
pub use finding::{Findings, Rule, Rules};
pub use plan::{Blocked, Direction, Draft, Lock, Outcome, Plan, SqlError, Statement, Step, Verdict};
pub use project::{Database, NewFile, NewRevision, Project, Role};
pub use revision::{Layout, LayoutLine, LayoutLineKind, LayoutRow, Revision, Revisions, Script, Scripts};
pub use run::{Event, Run, RunRequest, RunState, RunSummary, Runs, StalePlan};
pub use schema::Schema;
pub(crate) use settings::lock_timeout;
pub use settings::{DatabaseSettings, LintSettings, RuleLevel, RuleSetting, Settings};

/// The number in the `format` field of every document.
pub const FORMAT: u32 = 1;
