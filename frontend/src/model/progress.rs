//! A run as a fold over its events.

use limbeck_core::document::{Event, FailureDetail, Plan, Run, RunState};

/// Where a step or a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Not begun.
    #[default]
    Waiting,
    /// At work.
    Running,
    /// Complete after so many milliseconds.
    Done(u64),
    /// Stopped here.
    Failed,
}

/// One step of the run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepProgress {
    /// Where it stands.
    pub stage: Stage,
    /// Its statements, as many as the plan has.
    pub statements: Vec<Stage>,
    /// What the server said, in order; the first [`NOTICES`] of it.
    pub notices: Vec<Notice>,
}

/// Something the server said while a statement ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Position of the statement in the step, from 0.
    pub statement: usize,
    /// As the server spells it: `NOTICE`, `WARNING`, …
    pub severity: String,
    /// What it said.
    pub message: String,
}

/// Notices kept of a step: a loop that raises one a row must not fill the page.
pub const NOTICES: usize = 200;

/// What is known of a run after some of its events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The steps, as many as the plan has.
    pub steps: Vec<StepProgress>,
    /// Who holds the lock that this run waits for.
    pub waiting_for: Option<String>,
    /// Version rows as last told.
    pub rows: Option<Vec<String>>,
    /// Why it stopped.
    pub failure: Option<FailureDetail>,
    /// Nothing follows.
    pub ended: bool,
}

impl Progress {
    /// Returns the state before the first event.
    pub fn new(plan: &Plan) -> Self {
        let step = |count| StepProgress { statements: vec![Stage::Waiting; count], ..StepProgress::default() };
        Self { steps: plan.steps.iter().map(|s| step(s.statements.len())).collect(), ..Self::default() }
    }

    /// Returns the state after all events of a run.
    pub fn of(run: &Run) -> Self {
        let mut progress = Self::new(&run.plan);
        for event in &run.events {
            progress.apply(event);
        }
        progress.ended |= run.state != RunState::Running;
        progress
    }

    /// Takes note of one event. Positions that the plan does not have are passed over.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::LockWaiting { holder } => self.waiting_for = Some(holder.clone()),
            Event::Locked => self.waiting_for = None,
            Event::StepStarted { step, .. } => self.step(*step, Stage::Running),
            Event::StatementStarted { step, statement } => self.statement(*step, *statement, Stage::Running),
            Event::Notice { step, statement, severity, message } => {
                if let Some(progress) = self.steps.get_mut(*step).filter(|step| step.notices.len() < NOTICES) {
                    let (severity, message) = (severity.clone(), message.clone());
                    progress.notices.push(Notice { statement: *statement, severity, message });
                }
            }
            Event::StatementDone { step, statement, millis } => self.statement(*step, *statement, Stage::Done(*millis)),
            Event::StepDone { step, rows, millis } => {
                self.step(*step, Stage::Done(*millis));
                self.rows = Some(rows.clone());
            }
            Event::Finished { rows } => {
                self.rows = Some(rows.clone());
                self.ended = true;
            }
            Event::Failed { error, step, statement, rows } => {
                if let Some(step) = step {
                    self.step(*step, Stage::Failed);
                    if let Some(statement) = statement {
                        self.statement(*step, *statement, Stage::Failed);
                    }
                }
                self.failure = Some(error.clone());
                self.rows.clone_from(rows);
                self.waiting_for = None;
                self.ended = true;
            }
        }
    }

    /// Returns how many steps are complete.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.stage, Stage::Done(_))).count()
    }

    /// Returns how long the complete steps took together, in milliseconds.
    pub fn millis(&self) -> u64 {
        let millis = |step: &StepProgress| if let Stage::Done(millis) = step.stage { millis } else { 0 };
        self.steps.iter().map(millis).fold(0, u64::saturating_add)
    }

    /// Returns the step at work or failed, and its statement.
    pub fn at(&self) -> Option<(usize, Option<usize>)> {
        let busy = |stage: &Stage| matches!(stage, Stage::Running | Stage::Failed);
        let step = self.steps.iter().position(|step| busy(&step.stage))?;
        Some((step, self.steps.get(step)?.statements.iter().position(busy)))
    }

    fn step(&mut self, step: usize, stage: Stage) {
        if let Some(progress) = self.steps.get_mut(step) {
            progress.stage = stage;
        }
    }

    fn statement(&mut self, step: usize, statement: usize, stage: Stage) {
        if let Some(place) = self.steps.get_mut(step).and_then(|s| s.statements.get_mut(statement)) {
            *place = stage;
        }
    }
}

#[cfg(test)]
mod tests {
    use limbeck_core::document::Direction;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::model::sentence::tests::plan;

    fn after(events: &[Event]) -> Progress {
        let mut progress = Progress::new(&plan(&[("a", 2), ("b", 1)]));
        for event in events {
            progress.apply(event);
        }
        progress
    }

    fn started(step: usize) -> Event {
        Event::StepStarted { step, revision: "a".into(), direction: Direction::Upgrade }
    }

    fn failure() -> FailureDetail {
        FailureDetail { code: "sql".into(), message: "no such table".into(), hint: None, candidates: vec![] }
    }

    #[test]
    fn a_run_goes_from_the_lock_to_its_last_step() {
        assert_eq!(after(&[Event::LockWaiting { holder: "pid 12".into() }]).waiting_for.as_deref(), Some("pid 12"));
        let halfway = after(&[
            Event::LockWaiting { holder: "pid 12".into() },
            Event::Locked,
            started(0),
            Event::StatementStarted { step: 0, statement: 0 },
            Event::StatementDone { step: 0, statement: 0, millis: 4 },
            Event::StatementStarted { step: 0, statement: 1 },
        ]);
        assert_eq!(halfway.waiting_for, None);
        assert_eq!(halfway.at(), Some((0, Some(1))));
        assert_eq!(halfway.steps[0].statements, [Stage::Done(4), Stage::Running]);
        let done = after(&[
            started(0),
            Event::StepDone { step: 0, rows: vec!["a".into()], millis: 9 },
            started(1),
            Event::StepDone { step: 1, rows: vec!["b".into()], millis: 2 },
            Event::Finished { rows: vec!["b".into()] },
        ]);
        assert!(done.ended && done.done() == 2 && done.at().is_none());
        assert_eq!(done.millis(), 11);
        assert_eq!(done.rows, Some(vec!["b".to_owned()]));
    }

    #[test]
    fn a_failure_names_its_place_and_ends_the_run() {
        let failed = after(&[
            started(0),
            Event::StepDone { step: 0, rows: vec!["a".into()], millis: 9 },
            started(1),
            Event::StatementStarted { step: 1, statement: 0 },
            Event::Failed { error: failure(), step: Some(1), statement: Some(0), rows: Some(vec!["a".into()]) },
        ]);
        assert_eq!((failed.at(), failed.done(), failed.ended), (Some((1, Some(0))), 1, true));
        assert_eq!(failed.rows, Some(vec!["a".to_owned()]));
    }

    #[test]
    fn what_the_server_says_stays_with_its_statement_and_has_an_end() {
        let said = |message: String| Event::Notice { step: 0, statement: 1, severity: "NOTICE".into(), message };
        let many: Vec<Event> = (0..NOTICES + 5).map(|n| said(format!("row {n}"))).collect();
        let notices = &after(&many).steps[0].notices;
        assert_eq!((notices.len(), notices[0].statement, notices[0].message.as_str()), (NOTICES, 1, "row 0"));
    }

    #[test]
    fn events_beyond_the_plan_change_nothing() {
        let odd = [
            started(7),
            Event::StatementStarted { step: 0, statement: 99 },
            Event::StatementDone { step: usize::MAX, statement: 0, millis: 1 },
        ];
        assert_eq!(after(&odd), after(&[]));
    }

    #[test]
    fn rows_are_unknown_when_the_database_went_away() {
        let gone = after(&[
            started(0),
            Event::StepDone { step: 0, rows: vec!["a".into()], millis: 9 },
            Event::Failed { error: failure(), step: Some(1), statement: None, rows: None },
        ]);
        assert_eq!(gone.rows, None);
    }
}
