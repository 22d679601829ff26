//! Carries out a run: hands the plan to the runner, and its events to whoever follows.

use std::sync::Arc;

use limbeck_core::document::{Event, FailureDetail, Plan, RunState};

use super::database::Turn;
use super::project::Snapshot;
use super::runs::{Entry, Reservation};
use super::server::Server;
use crate::database::{Cancel, RunOptions, run};

/// Carries out a run to its end, whatever that is. The connection is closed before the last event is told, so that
/// whoever asks then gets the database's own answer.
pub(crate) async fn carry_out(
    server: Arc<Server>,
    snapshot: Arc<Snapshot>,
    entry: Arc<Entry>,
    plan: Plan,
    cancel: Cancel,
    turn: Turn,
    reservation: Reservation,
) {
    let work = tokio::spawn(work(snapshot, Arc::clone(&entry), plan, cancel, turn));
    let (state, last) = work.await.unwrap_or_else(|_| (RunState::Failed, defect()));
    entry.finish(state, last);
    server.runs.leave(reservation);
}

async fn work(
    snapshot: Arc<Snapshot>,
    entry: Arc<Entry>,
    plan: Plan,
    cancel: Cancel,
    mut turn: Turn,
) -> (RunState, Event) {
    let options = RunOptions::from(snapshot.project.settings());
    let mut last = None;
    let mut on_event = |event| match event {
        Event::Finished { .. } | Event::Failed { .. } => last = Some(event),
        event => entry.push(event),
    };
    let result = run(&mut turn.database, &snapshot.project, &plan, &options, &mut on_event, &cancel).await;
    let state = match result {
        Ok(_) => RunState::Done,
        Err(error) if error.is_cancelled() => RunState::Cancelled,
        Err(_) => RunState::Failed,
    };
    (state, last.unwrap_or_else(defect))
}

/// Says that the run ended as no run should.
fn defect() -> Event {
    let error = FailureDetail {
        code: "internal".to_owned(),
        message: "a defect of this server ended the run".to_owned(),
        hint: Some("`limbeck current` says where the database is".to_owned()),
        candidates: Vec::new(),
    };
    Event::Failed { error, step: None, statement: None, rows: None }
}
