//! One step: the statements of a section and the change of version rows that belongs to them.

use std::pin::pin;
use std::time::Instant;

use futures_util::StreamExt;
use limbeck_core::document::{Event, Step};
use limbeck_core::sql::quote_literal;

use super::kept::{Kept, Ledger};
use super::leftovers::invalid_indexes;
use super::patience::Patience;
use super::rows::{RowStatement, change};
use super::{RunFailure, Runner, Stop, millis};
use crate::database::version_table::{Location, State};
use crate::database::{Database, DatabaseError, Notice};

/// A setting that ends with its transaction: who still finds it is still in the transaction that it began.
const MARK: &str = "limbeck.step";

/// A role that a section took on must not write the version rows: it may lack the right to.
const OWN_ROLE: [&str; 2] = ["RESET SESSION AUTHORIZATION", "RESET ROLE"];

impl Runner<'_> {
    /// Carries out one step and reports it.
    pub(super) async fn step(&mut self, index: usize, location: &mut Location) -> Result<(), Stop> {
        let Some(step) = self.plan.steps.get(index) else { return Ok(()) };
        let start = Instant::now();
        let (revision, direction) = (step.revision.clone(), step.direction);
        (self.on_event)(Event::StepStarted { step: index, revision, direction });
        let at = |failure: RunFailure| Stop { step: Some(index), ..failure.into() };
        if step.transaction {
            self.in_transaction(index, step, location).await?;
        } else {
            if location.is_missing() {
                // Whether it can be made is to be known before something runs that cannot be undone.
                let created = self.database.execute(&location.create()).await;
                created.map_err(|error| at(RunFailure::VersionRows { table: location.sql(), error }))?;
                location.state = present();
            }
            self.outside_transaction(index, step, location).await?;
        }
        location.state = present();
        self.known_rows.clone_from(&step.rows_after);
        (self.on_event)(Event::StepDone { step: index, rows: step.rows_after.clone(), millis: millis(start) });
        Ok(())
    }

    async fn in_transaction(&mut self, index: usize, step: &Step, location: &Location) -> Result<(), Stop> {
        let at = |failure: RunFailure| Stop { step: Some(index), ..failure.into() };
        let mark = format!("{index} {}", step.revision);
        // Settings only, no query: a section may begin with SET TRANSACTION.
        let begin = format!("{}; SET LOCAL {MARK} = {}", self.begin(), quote_literal(&mark));
        self.database.execute(&begin).await.map_err(|error| at(error.into()))?;
        let ledger = self.statements(index, step).await?;
        let at = |failure: RunFailure| {
            let ended = matches!(failure, RunFailure::TransactionEnded);
            let kept = if ended { ledger.stop_ended() } else { ledger.stop() };
            Stop { step: Some(index), kept, ..failure.into() }
        };
        if self.cancel.is_cancelled() {
            return Err(at(RunFailure::Cancelled));
        }

        // Deferred constraints are checked while role and search path are still the section's own.
        let end = format!("SET CONSTRAINTS ALL IMMEDIATE; SELECT pg_catalog.current_setting('{MARK}', true)");
        let finish = async {
            let rows = self.database.rows(&end).await.map_err(RunFailure::Commit)?;
            if rows.first().and_then(|row| row.try_get(0).ok().flatten()) != Some(mark.as_str()) {
                self.transaction_is_open(step).await?;
            }
            self.write_rows(step, location).await
        };
        finish.await.map_err(at)
    }

    async fn outside_transaction(&mut self, index: usize, step: &Step, location: &Location) -> Result<(), Stop> {
        let invalid = invalid_indexes(self.database).await?;
        let ledger = self.statements(index, step).await.map_err(|stop| Stop { invalid: Some(invalid), ..stop })?;
        // From here on a wish to stop comes too late: what ran must be recorded.
        let begin = self.begin();
        let finish = async {
            let begun = self.database.execute(&begin).await;
            begun.map_err(|error| RunFailure::VersionRows { table: location.sql(), error })?;
            self.write_rows(step, location).await
        };
        finish.await.map_err(|failure| Stop { step: Some(index), kept: ledger.stop(), ..failure.into() })
    }

    /// Changes the version rows and commits.
    async fn write_rows(&mut self, step: &Step, location: &Location) -> Result<(), RunFailure> {
        let create = location.create();
        let mut first = OWN_ROLE.to_vec();
        if location.is_missing() {
            first.push(&create);
        }
        let statements = RowStatement::between(location, &step.rows_before, &step.rows_after);
        change(self.database, location, &first, &statements, Some(&step.rows_after)).await.map_err(|failure| {
            match failure {
                RunFailure::Database(error) => RunFailure::VersionRows { table: location.sql(), error },
                other => other,
            }
        })?;
        self.database.execute("COMMIT").await.map_err(RunFailure::Commit)
    }

    /// Runs the statements of a section one by one; returns what they did to transactions.
    async fn statements(&mut self, index: usize, step: &Step) -> Result<Ledger, Stop> {
        let mut ledger = Ledger::new(step);
        let mut patience = Patience::new(step, self.options.lock_timeout);
        for (position, statement) in step.statements.iter().enumerate() {
            let at = |failure: RunFailure, kept: Kept| Stop {
                step: Some(index),
                statement: Some(position),
                kept,
                ..failure.into()
            };
            if self.cancel.is_cancelled() {
                return Err(at(RunFailure::Cancelled, ledger.stop()));
            }
            if let Some(set) = patience.before(statement) {
                let set = self.database.execute(&set).await;
                set.map_err(|error| at(error.into(), ledger.stopped()))?;
            }
            (self.on_event)(Event::StatementStarted { step: index, statement: position });
            let start = Instant::now();
            if let Err(failure) = self.statement(&statement.sql, index, position).await {
                let kept = ledger.stop_in(position, statement, failure.ends_connection());
                return Err(at(failure, kept));
            }
            ledger.ran(position, statement);
            (self.on_event)(Event::StatementDone { step: index, statement: position, millis: millis(start) });
        }
        Ok(ledger)
    }

    /// Runs one statement; passes on what the server says meanwhile, and a wish to stop.
    async fn statement(&mut self, sql: &str, step: usize, statement: usize) -> Result<(), RunFailure> {
        let mut asked = false;
        self.database.busy = true;
        let result = {
            let Database { client, notices, canceller, .. } = &mut *self.database;
            let on_event = &mut *self.on_event;
            let mut tell =
                |Notice { severity, message }| on_event(Event::Notice { step, statement, severity, message });
            // What an earlier query of our own brought is nobody's.
            while notices.try_recv().is_ok() {}
            let mut running = pin!(async {
                let mut results = pin!(client.simple_query_raw(sql).await?);
                while let Some(message) = results.next().await {
                    message?;
                }
                Ok::<_, tokio_postgres::Error>(())
            });
            let mut cancelled = pin!(self.cancel.cancelled());
            let result = loop {
                tokio::select! {
                    biased;
                    Some(notice) = notices.recv() => tell(notice),
                    result = &mut running => break result,
                    () = &mut cancelled, if !asked => {
                        asked = true;
                        if let Some(canceller) = canceller.clone() {
                            tokio::spawn(async move { canceller.cancel().await });
                        }
                    }
                }
            };
            while let Ok(notice) = notices.try_recv() {
                tell(notice);
            }
            result
        };
        self.database.busy = false;
        match result {
            Ok(()) => Ok(()),
            Err(error) if asked && error.code().is_some_and(|code| code.code() == "57014") => {
                Err(RunFailure::Cancelled)
            }
            Err(error) => Err(self.database.failure(&error).into()),
        }
    }

    /// Opens a transaction of the runner.
    fn begin(&self) -> String {
        match self.options.lock_timeout {
            Some(limit) => format!("BEGIN; SET LOCAL lock_timeout = {}", limit.as_millis()),
            None => "BEGIN".to_owned(),
        }
    }

    /// The mark is gone: by `RESET ALL`, which is harmless, or with the transaction.
    async fn transaction_is_open(&mut self, step: &Step) -> Result<(), RunFailure> {
        let resets = step.statements.iter().any(|statement| {
            let mut words = statement.sql.split_whitespace().map(str::to_ascii_lowercase);
            words.any(|word| word == "reset") && words.any(|word| word == "all")
        });
        match self.database.execute("SAVEPOINT limbeck; RELEASE SAVEPOINT limbeck").await {
            Ok(()) if resets => Ok(()),
            Ok(()) | Err(DatabaseError::Sql(_)) => Err(RunFailure::TransactionEnded),
            Err(error) => Err(error.into()),
        }
    }
}

/// A table that this run made takes every id and lets its owner do everything.
fn present() -> State {
    State::Present { width: None, missing_privileges: Vec::new() }
}
