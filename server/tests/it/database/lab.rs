//! A project, a database and the events of its runs.

use std::sync::{Arc, Mutex};

use limbeck::connection::{ConnectionSettings, Environment};
use limbeck::database::{Cancel, Database, RunError, RunOptions, RunReport, Target, run};
use limbeck_core::document::{Direction, Event, Plan, Verdict};
use limbeck_core::project::{File, Project};
use limbeck_core::settings::Settings;

use crate::cluster::{Cluster, TestDatabase};

/// Returns the target of a URL.
pub(super) fn target(url: &str) -> Target {
    ConnectionSettings::find(Some(url), "", &Environment::default())
        .expect("url is right")
        .expect("url is given")
        .into()
}

/// Returns a revision file: up and down with what stands behind their markers, `None` for an irreversible one.
pub(super) fn file(id: &str, revises: &str, up: &str, down: Option<&str>) -> String {
    let down = down.map(|down| format!("-- migrate:down{down}")).unwrap_or_default();
    format!("-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n-- migrate:up{up}\n{down}")
}

/// A project on a database of its own.
pub(super) struct Lab {
    pub(super) database: TestDatabase,
    pub(super) project: Arc<Project>,
    pub(super) options: RunOptions,
    pub(super) target: Target,
}

impl Lab {
    pub(super) fn new(files: &[String]) -> Self {
        let database = Cluster::shared().database();
        let target = target(&database.url());
        Self { database, project: Arc::new(project(files)), options: options(), target }
    }

    /// Plans from the rows that the database has now.
    pub(super) async fn plan(&self, direction: Direction, goal: &str) -> Plan {
        self.project.plan(&self.rows().await, direction, goal).expect("there is one plan")
    }

    /// Returns the version rows.
    pub(super) async fn rows(&self) -> Vec<String> {
        let database = Database::connect(&self.target, "test").await.expect("the test cluster serves");
        database.version_rows(&self.options.version_table).await.expect("rows can be read")
    }

    /// Plans an upgrade to the heads, and takes away what blocks it.
    pub(super) async fn unblocked(&self) -> Plan {
        let mut plan = self.plan(Direction::Upgrade, "heads").await;
        assert_eq!(plan.verdict, Verdict::Blocked);
        plan.verdict = Verdict::Caution;
        plan
    }

    pub(super) async fn upgrade(&self, goal: &str) -> Result<RunReport, RunError> {
        let plan = self.plan(Direction::Upgrade, goal).await;
        self.run(&plan, &Cancel::never()).await.0
    }

    pub(super) async fn downgrade(&self, goal: &str) -> Result<RunReport, RunError> {
        let plan = self.plan(Direction::Downgrade, goal).await;
        self.run(&plan, &Cancel::never()).await.0
    }

    /// Runs a plan on a new connection.
    pub(super) async fn run(&self, plan: &Plan, cancel: &Cancel) -> (Result<RunReport, RunError>, Vec<Event>) {
        let mut database = Database::connect(&self.target, "limbeck test").await.expect("the test cluster serves");
        let mut events = Vec::new();
        let mut on_event = |event| events.push(event);
        let result = run(&mut database, &self.project, plan, &self.options, &mut on_event, cancel).await;
        (result, events)
    }

    /// Runs a plan beside the test; what happens can be looked at meanwhile.
    pub(super) fn spawn(&self, plan: Plan, cancel: Cancel) -> Background {
        let events = Events::default();
        let (target, options, own) = (self.target.clone(), self.options.clone(), events.clone());
        let project = Arc::clone(&self.project);
        let task = tokio::spawn(async move {
            let mut database = Database::connect(&target, "limbeck test").await.expect("the test cluster serves");
            let mut on_event = |event| own.0.lock().expect("nobody panics here").push(event);
            run(&mut database, &project, &plan, &options, &mut on_event, &cancel).await
        });
        Background { events, task }
    }
}

/// A run beside the test.
pub(super) struct Background {
    pub(super) events: Events,
    task: tokio::task::JoinHandle<Result<RunReport, RunError>>,
}

impl Background {
    /// Ends the run as the end of its process would: nothing of it goes on.
    pub(super) async fn vanish(self) {
        self.task.abort();
        assert!(self.task.await.is_err_and(|error| error.is_cancelled()));
    }

    pub(super) async fn result(self) -> Result<RunReport, RunError> {
        self.task.await.expect("the run does not panic")
    }
}

/// The events of a run so far.
#[derive(Clone, Default)]
pub(super) struct Events(Arc<Mutex<Vec<Event>>>);

impl Events {
    /// Waits for an event.
    pub(super) async fn wait(&self, wanted: impl Fn(&Event) -> bool) -> Event {
        for _ in 0..3000 {
            let found = self.0.lock().expect("nobody panics here").iter().find(|event| wanted(event)).cloned();
            if let Some(event) = found {
                return event;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("the event did not come: {:?}", self.0.lock());
    }
}

/// Waits until a query returns a row.
pub(super) async fn until(client: &tokio_postgres::Client, sql: &str) {
    for _ in 0..3000 {
        if client.query_opt(sql, &[]).await.expect("the query is right").is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("still no row: {sql}");
}

/// Returns the events as lines.
pub(super) fn story(events: &[Event]) -> String {
    let mut lines = String::new();
    for event in events {
        let line = match event {
            Event::LockWaiting { .. } => "waiting for the lock".to_owned(),
            Event::Locked => "locked".to_owned(),
            Event::StepStarted { step, revision, direction } => format!("step {step}: {direction:?} {revision}"),
            Event::StatementStarted { step, statement } => format!("  {step}.{statement} …"),
            Event::Notice { step, statement, severity, message } => {
                format!("  {step}.{statement} {severity}: {message}")
            }
            Event::StatementDone { step, statement, .. } => format!("  {step}.{statement} done"),
            Event::StepDone { step, rows, .. } => format!("step {step} done: {}", rows.join(" ")),
            Event::Finished { rows } => format!("finished: {}", rows.join(" ")),
            Event::Failed { error, step, statement, rows } => {
                format!("failed at {step:?}.{statement:?}: {} ({}) rows {rows:?}", error.message, error.code)
            }
        };
        lines.push_str(&line);
        lines.push('\n');
    }
    lines
}

/// Returns the options that a project without settings has.
pub(super) fn options() -> RunOptions {
    (&Settings::default()).into()
}

/// Returns message, code and hint as a person would see them.
pub(super) fn shown(error: &RunError) -> String {
    format!("{}\n{}\n{}", error, error.code(), error.hint().unwrap_or_default())
}

/// Returns the project of these files.
pub(super) fn project(files: &[String]) -> Project {
    let files = files.iter().map(|text| {
        let id = text.lines().next().unwrap_or_default().trim_start_matches("-- ").to_owned();
        File { path: format!("versions/{id}.sql"), content: Ok(text.clone()) }
    });
    let project = Project::load(files.collect());
    assert!(!project.is_broken(), "{:?}", project.findings());
    project
}
