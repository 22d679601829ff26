//! Carries a plan out: step by step, each as a whole or not at all.
//!
//! A step in a transaction is one transaction with its change of version rows. A step outside a transaction runs its
//! statements one by one and then changes the rows; when it stops in between, the error says what stays.

mod advice;
mod cancel;
mod error;
mod kept;
mod leftovers;
mod patience;
mod place;
mod rows;
mod step;

use std::time::{Duration, Instant};

use limbeck_core::document::{Event, Plan, Statement, Step};
use limbeck_core::project::Project;
use limbeck_core::settings::Settings;

pub use cancel::{Cancel, CancelHandle};
pub use error::{Place, RunError, RunFailure};
pub use kept::Kept;
pub(super) use rows::{RowStatement, change};

use super::lock::Lock;
use super::session::Session;
use super::version_table::{self, Location, State, VersionTable};
use super::{Database, DatabaseError};

/// How to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Where the version rows are.
    pub version_table: VersionTable,
    /// How long to try for the lock between runs.
    pub lock_deadline: Duration,
    /// How long a statement in a transaction may wait for a lock on a table; none waits for ever.
    pub lock_timeout: Option<Duration>,
}

impl From<&Settings> for RunOptions {
    /// Takes what the settings say, and tries for the lock between runs for 10 s.
    fn from(settings: &Settings) -> Self {
        Self {
            version_table: settings.into(),
            lock_deadline: Duration::from_secs(10),
            lock_timeout: settings.lock_timeout,
        }
    }
}

/// A run that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// Version rows now, sorted.
    pub rows: Vec<String>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// Carries the plan out on one connection, under the lock between runs.
///
/// Refused when the plan is blocked or the database is not where the plan starts. `project` is the one
/// that made the plan; it says where in the files an error is.
pub async fn run(
    database: &mut Database,
    project: &Project,
    plan: &Plan,
    options: &RunOptions,
    on_event: &mut (dyn FnMut(Event) + Send),
    cancel: &Cancel,
) -> Result<RunReport, RunError> {
    let start = Instant::now();
    let mut runner = Runner { database, project, plan, options, on_event, cancel, known_rows: plan.from.clone() };
    match runner.carry_out().await {
        Ok(()) => {
            let rows = runner.known_rows;
            (runner.on_event)(Event::Finished { rows: rows.clone() });
            Ok(RunReport { rows, millis: millis(start) })
        }
        Err(stop) => {
            let error = runner.explain(stop).await;
            (runner.on_event)(Event::Failed {
                error: error.detail(),
                step: error.place.as_ref().map(|place| place.step),
                statement: error.place.as_ref().and_then(|place| place.statement),
                rows: error.rows.clone(),
            });
            Err(error)
        }
    }
}

/// Why and where a run stops.
struct Stop {
    failure: RunFailure,
    step: Option<usize>,
    statement: Option<usize>,
    /// What of the step stays.
    kept: Kept,
    /// Indexes that were invalid before that section began.
    invalid: Option<Vec<String>>,
}

impl From<RunFailure> for Stop {
    fn from(failure: RunFailure) -> Self {
        Self { failure, step: None, statement: None, kept: Kept::default(), invalid: None }
    }
}

impl From<DatabaseError> for Stop {
    fn from(error: DatabaseError) -> Self {
        RunFailure::from(error).into()
    }
}

struct Runner<'a> {
    database: &'a mut Database,
    project: &'a Project,
    plan: &'a Plan,
    options: &'a RunOptions,
    on_event: &'a mut (dyn FnMut(Event) + Send),
    cancel: &'a Cancel,
    /// Version rows behind the last complete step.
    known_rows: Vec<String>,
}

impl Runner<'_> {
    async fn carry_out(&mut self) -> Result<(), Stop> {
        if let Some(blocked) = self.plan.blocked_by() {
            return Err(RunFailure::Blocked(Box::new(blocked)).into());
        }
        let session = Session::begin(self.database).await?;
        let (lock, mut location) = self.lock().await?;
        let result = self.steps(session, lock, &mut location).await;
        match &result {
            Err(stop) if stop.failure.ends_connection() => {}
            _ => {
                // Nothing hangs on these: the end of the session does the same.
                let _ = self.roll_back().await;
                let _ = session.restore(self.database).await;
                let _ = lock.release(self.database).await;
            }
        }
        result
    }

    /// Takes the lock of the version table, wherever that is once the lock is held.
    async fn lock(&mut self) -> Result<(Lock, Location), Stop> {
        let mut location = version_table::locate(self.database, &self.options.version_table).await?;
        loop {
            let lock = Lock::new(&self.database.name, &location);
            lock.acquire(self.database, self.options.lock_deadline, self.cancel, self.on_event).await?;
            let now = version_table::locate(self.database, &self.options.version_table).await?;
            if (&now.schema, &now.name) == (&location.schema, &location.name) {
                return Ok((lock, now));
            }
            lock.release(self.database).await?;
            location = now;
        }
    }

    async fn steps(&mut self, session: Session, lock: Lock, location: &mut Location) -> Result<(), Stop> {
        let found = version_table::read(self.database, location).await?;
        if found != self.plan.from {
            let expected = self.plan.from.clone();
            // Nothing has begun: what is true is what was found.
            self.known_rows.clone_from(&found);
            return Err(RunFailure::Stale { expected, found }.into());
        }
        check_table(self.plan, location)?;
        for index in 0..self.plan.steps.len() {
            if self.cancel.is_cancelled() {
                return Err(RunFailure::Cancelled.into());
            }
            if index > 0 {
                lock.check(self.database).await?;
            }
            self.step(index, location).await?;
            session.restore(self.database).await?;
        }
        Ok(())
    }

    /// Ends whatever transaction is open.
    async fn roll_back(&mut self) -> Result<(), DatabaseError> {
        // A cancel request that comes late can hit this instead of what it was meant for.
        match self.database.execute("ROLLBACK").await {
            Err(DatabaseError::Sql(_)) => self.database.execute("ROLLBACK").await,
            result => result,
        }
    }

    /// Finds out what is true of the database after a failure.
    async fn explain(&mut self, stop: Stop) -> RunError {
        let mut aftermath = Aftermath::default();
        if stop.failure.ends_connection() {
            // The embedded Postgres serves one connection at a time, and that of the run still has its turn.
            if !self.database.target.is_embedded() {
                let asking = async {
                    match Database::connect(&self.database.target, "limbeck").await {
                        Ok(database) => Aftermath::of(&database, self.options, &stop).await,
                        Err(_) => Aftermath::default(),
                    }
                };
                aftermath = tokio::time::timeout(Duration::from_secs(3), asking).await.unwrap_or_default();
            }
        } else {
            aftermath = Aftermath::of(self.database, self.options, &stop).await;
        }
        let place = stop.step.map(|step| place::place(self.project.revisions(), self.plan, step, &stop));
        let Aftermath { rows, left_behind } = aftermath;
        RunError {
            failure: stop.failure,
            place,
            rows,
            known_rows: self.known_rows.clone(),
            left_behind,
            embedded: self.database.target.is_embedded(),
        }
    }
}

/// What is true of the database after a run has stopped.
#[derive(Default)]
struct Aftermath {
    rows: Option<Vec<String>>,
    left_behind: Vec<String>,
}

impl Aftermath {
    async fn of(database: &Database, options: &RunOptions, stop: &Stop) -> Self {
        let rows = database.version_rows(&options.version_table).await.ok();
        let left_behind = match &stop.invalid {
            Some(before) => leftovers::left_behind(database, before).await.unwrap_or_default(),
            None => Vec::new(),
        };
        Self { rows, left_behind }
    }
}

/// Makes sure, before anything runs, that every id fits and every change of rows is allowed.
fn check_table(plan: &Plan, location: &Location) -> Result<(), RunFailure> {
    // What makes the schema names it, whatever kind of statement it is. Outside a transaction it would come too late.
    let names = |statement: &Statement| statement.sql.to_lowercase().contains(&location.schema.to_lowercase());
    let makes = |step: &Step| step.transaction && step.statements.iter().any(names);
    if plan.steps.first().is_some_and(|first| !makes(first)) {
        location.check_schema()?;
    }
    let State::Present { missing_privileges, .. } = &location.state else { return Ok(()) };
    if !missing_privileges.is_empty() && !plan.steps.is_empty() {
        return Err(RunFailure::NoPrivilege { table: location.sql(), privileges: missing_privileges.clone() });
    }
    check_width(location, plan.steps.iter().flat_map(|step| &step.rows_after).map(String::as_str))
}

/// Makes sure that the version table takes these ids.
pub(super) fn check_width<'a>(location: &Location, mut ids: impl Iterator<Item = &'a str>) -> Result<(), RunFailure> {
    let State::Present { width: Some(width), .. } = location.state else { return Ok(()) };
    match ids.find(|id| id.chars().count() > width) {
        None => Ok(()),
        Some(id) => {
            let (length, table) = (id.chars().count(), location.sql());
            Err(RunFailure::TooLong { id: id.to_owned(), length, table, width })
        }
    }
}

fn millis(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
