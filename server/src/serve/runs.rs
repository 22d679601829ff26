//! The runs of this server: one at a time, each with its events, kept for whoever looks later.
//!
//! A run belongs to the server, not to the request that started it: closing the page stops nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use limbeck_core::document::{Event, FORMAT, Plan, Run, RunRequest, RunState, RunSummary};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::error::ApiError;
use crate::database::CancelHandle;

/// So many runs are kept. What ran earlier is not forgotten by the database, but by this process.
const KEPT: usize = 20;
/// Fewer are kept when their plans are long: so many statements and steps altogether.
const KEPT_STATEMENTS: usize = 50_000;

/// The runs of one server.
#[derive(Debug)]
pub(crate) struct Runs {
    state: Mutex<State>,
    turn: Arc<Semaphore>,
    current: watch::Sender<Option<Arc<Entry>>>,
}

#[derive(Debug, Default)]
struct State {
    started: u64,
    /// Oldest first.
    entries: VecDeque<Arc<Entry>>,
    closed: bool,
}

/// The right to start the next run; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    _permit: OwnedSemaphorePermit,
}

/// One run.
#[derive(Debug)]
pub(crate) struct Entry {
    run: Mutex<Run>,
    /// Number of events; whoever waits for more of them listens here.
    length: watch::Sender<usize>,
    cancel: CancelHandle,
    id: u64,
    /// Steps and statements of the plan.
    size: usize,
}

impl Runs {
    /// Returns a server's runs: none yet.
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), turn: Arc::new(Semaphore::new(1)), current: watch::Sender::new(None) }
    }

    /// Returns the right to start a run.
    ///
    /// # Errors
    /// 409 while another run is at work or about to be, 503 when the server is about to end.
    pub(crate) fn reserve(&self) -> Result<Reservation, ApiError> {
        match Arc::clone(&self.turn).try_acquire_owned() {
            Ok(permit) => Ok(Reservation { _permit: permit }),
            Err(tokio::sync::TryAcquireError::Closed) => Err(ending()),
            Err(tokio::sync::TryAcquireError::NoPermits) => {
                let message = match self.current.borrow().as_ref() {
                    Some(entry) => format!("run {} is still at work on this server", entry.id),
                    None => "another run is about to start on this server".to_owned(),
                };
                Err(ApiError::new(StatusCode::CONFLICT, "lock-held", message)
                    .hint("follow it on its page, and plan again when it is done"))
            }
        }
    }

    /// Records a run that starts now. It is the current one until it is ended with [`Runs::leave`].
    pub(crate) fn enter(
        &self,
        request: &RunRequest,
        plan: Plan,
        who: &str,
        cancel: CancelHandle,
    ) -> Result<Arc<Entry>, ApiError> {
        let mut state = self.lock();
        if state.closed {
            return Err(ending());
        }
        state.started += 1;
        let size = plan.steps.iter().map(|step| 1 + step.statements.len()).sum();
        let run = Run {
            format: FORMAT,
            id: state.started,
            digest: plan.digest.clone(),
            direction: request.direction,
            target: request.target.clone(),
            state: RunState::Running,
            who: who.to_owned(),
            started_at: now(),
            finished_at: None,
            plan,
            events: Vec::new(),
        };
        let entry =
            Arc::new(Entry { run: Mutex::new(run), length: watch::Sender::new(0), cancel, id: state.started, size });
        state.entries.push_back(Arc::clone(&entry));
        let mut total: usize = state.entries.iter().map(|entry| entry.size).sum();
        while state.entries.len() > KEPT || (total > KEPT_STATEMENTS && state.entries.len() > 1) {
            total -= state.entries.pop_front().map_or(0, |entry| entry.size);
        }
        self.current.send_replace(Some(Arc::clone(&entry)));
        Ok(entry)
    }

    /// Records that the current run has ended, whatever its end, and lets the next one start.
    pub(crate) fn leave(&self, reservation: Reservation) {
        self.current.send_replace(None);
        drop(reservation);
    }

    /// Returns the run with the number, when it is still kept.
    pub(crate) fn get(&self, id: u64) -> Option<Arc<Entry>> {
        self.lock().entries.iter().find(|entry| entry.id == id).cloned()
    }

    /// Returns the runs that are kept, newest first.
    pub(crate) fn newest_first(&self) -> Vec<RunSummary> {
        let entries: Vec<_> = self.lock().entries.iter().rev().cloned().collect();
        entries.iter().map(|entry| RunSummary::from(&*entry.lock())).collect()
    }

    /// Returns where to see which run is at work.
    pub(crate) fn current(&self) -> watch::Receiver<Option<Arc<Entry>>> {
        self.current.subscribe()
    }

    /// Lets no run start any more, stops the current one, and returns when it has ended.
    pub(crate) async fn close(&self) {
        self.lock().closed = true;
        self.turn.close();
        let mut current = self.current.subscribe();
        if let Some(entry) = current.borrow_and_update().as_ref() {
            entry.cancel();
        }
        // The sender lives as long as this value.
        let _ = current.wait_for(Option::is_none).await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Adds an event that leaves the run at work.
    pub(crate) fn push(&self, event: Event) {
        let mut run = self.lock();
        run.events.push(event);
        self.length.send_replace(run.events.len());
    }

    /// Adds the last event and says how the run ended.
    pub(crate) fn finish(&self, state: RunState, last: Event) {
        let mut run = self.lock();
        run.state = state;
        run.finished_at = Some(now());
        run.events.push(last);
        self.length.send_replace(run.events.len());
    }

    /// Returns whether its end is still to come.
    pub(crate) fn is_at_work(&self) -> bool {
        self.lock().state == RunState::Running
    }

    /// Returns the run as it is now.
    pub(crate) fn snapshot(&self) -> Run {
        self.lock().clone()
    }

    /// Returns the version rows after the last whole step, sorted.
    pub(crate) fn rows(&self) -> Vec<String> {
        let run = self.lock();
        let last = run.events.iter().rev().find_map(|event| match event {
            Event::StepDone { rows, .. } | Event::Finished { rows } => Some(rows),
            _ => None,
        });
        last.unwrap_or(&run.plan.from).clone()
    }

    /// Returns the events behind the first `seen`, and whether there will be no more.
    pub(crate) fn events_after(&self, seen: usize) -> (Vec<Event>, bool) {
        let run = self.lock();
        (run.events.get(seen..).unwrap_or_default().to_vec(), run.state != RunState::Running)
    }

    /// Returns where the number of events is announced.
    pub(crate) fn length(&self) -> watch::Receiver<usize> {
        self.length.subscribe()
    }

    /// Asks the run to stop.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Returns its number.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    fn lock(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ending() -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "connection", "the server is about to end")
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use limbeck_core::document::{Direction, Step, Verdict};

    use super::*;
    use crate::database::Cancel;

    fn plan(steps: usize) -> Plan {
        let step = Step {
            revision: "a".to_owned(),
            direction: Direction::Upgrade,
            rows_before: Vec::new(),
            rows_after: vec!["a".to_owned()],
            transaction: true,
            statements: Vec::new(),
        };
        Plan {
            format: FORMAT,
            digest: "sha256:0".to_owned(),
            from: vec!["base".to_owned()],
            target: "heads".to_owned(),
            to: vec!["a".to_owned()],
            verdict: Verdict::Safe,
            steps: vec![step; steps],
            findings: Vec::new(),
        }
    }

    fn enter(runs: &Runs, steps: usize) -> Arc<Entry> {
        let request =
            RunRequest { digest: "sha256:0".to_owned(), direction: Direction::Upgrade, target: "heads".to_owned() };
        runs.enter(&request, plan(steps), "operator", Cancel::new().0).expect("not closed")
    }

    #[test]
    fn there_is_one_reservation_at_a_time() {
        let runs = Runs::new();
        let first = runs.reserve().expect("nothing runs");
        assert!(runs.reserve().is_err());
        drop(first);
        assert!(runs.reserve().is_ok());
    }

    #[test]
    fn the_oldest_runs_are_forgotten_first() {
        let runs = Runs::new();
        for _ in 0..KEPT + 3 {
            enter(&runs, 1);
        }
        let ids: Vec<_> = runs.newest_first().iter().map(|run| run.id).collect();
        assert_eq!(ids, (4..=KEPT as u64 + 3).rev().collect::<Vec<_>>());
        assert!(runs.get(3).is_none() && runs.get(4).is_some());
    }

    #[test]
    fn long_runs_are_forgotten_sooner_but_never_the_current_one() {
        let runs = Runs::new();
        enter(&runs, 10);
        let long = enter(&runs, KEPT_STATEMENTS + 1);
        assert_eq!(runs.newest_first().len(), 1);
        assert!(runs.get(long.id()).is_some());
    }

    #[test]
    fn the_rows_are_those_behind_the_last_whole_step() {
        let entry = enter(&Runs::new(), 1);
        assert_eq!(entry.rows(), ["base"]);
        entry.push(Event::StepDone { step: 0, rows: vec!["a".to_owned()], millis: 1 });
        entry.push(Event::StatementStarted { step: 1, statement: 0 });
        assert_eq!(entry.rows(), ["a"]);
    }

    #[test]
    fn readers_see_what_is_new_to_them_and_that_it_was_all() {
        let entry = enter(&Runs::new(), 1);
        entry.push(Event::Locked);
        assert_eq!(entry.events_after(0), (vec![Event::Locked], false));
        assert_eq!(entry.events_after(7), (vec![], false));
        let last = Event::Finished { rows: Vec::new() };
        entry.finish(RunState::Done, last.clone());
        assert_eq!(entry.events_after(1), (vec![last], true));
    }

    #[tokio::test]
    async fn closing_stops_the_current_run_and_waits_for_it() {
        let runs = Arc::new(Runs::new());
        let reservation = runs.reserve().expect("nothing runs");
        let (handle, cancel) = Cancel::new();
        let request =
            RunRequest { digest: "sha256:0".to_owned(), direction: Direction::Upgrade, target: "heads".to_owned() };
        runs.enter(&request, plan(1), "operator", handle).expect("not closed");
        let running = tokio::spawn({
            let runs = Arc::clone(&runs);
            async move {
                cancel.cancelled().await;
                runs.leave(reservation);
            }
        });
        runs.close().await;
        running.await.expect("it was cancelled");
        assert!(runs.reserve().is_err());
        assert!(runs.enter(&request, plan(1), "operator", Cancel::new().0).is_err());
    }
}
