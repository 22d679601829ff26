//! Questions as Yew hooks: asked when their words change, answered by a new drawing.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use limbeck_core::document::{Direction, FailureDetail, Plan};
use yew::{Callback, hook, use_effect_with, use_state, use_state_eq};

use super::{Judged, Losses, Question, Start, StatementPlace};
use crate::state::Session;

/// So many seconds the worker may take before somebody who waits for a plan is told that none comes.
const PATIENCE: u32 = 15;

/// What is known of a plan that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanAnswer {
    /// The worker is at it.
    Asking,
    /// The plan.
    Plan {
        /// It itself.
        plan: Rc<Plan>,
        /// What it takes away.
        losses: Rc<Losses>,
        /// It as a comment of a pull request.
        markdown: Rc<str>,
    },
    /// There is none, and why.
    Refused(FailureDetail),
}

/// Asks for a plan; none when it is not known where it starts.
///
/// Returns the newest answer, and whether it belongs to what is asked now: while a newer one is on its way, the former
/// stays on screen. A worker that does not answer in time is a refusal, until its answer comes after all.
#[hook]
pub fn use_plan(session: &Session, start: Option<Start>, direction: Direction, target: &str) -> (PlanAnswer, bool) {
    let answer = use_state(|| (None, PlanAnswer::Asking));
    let question = start.map(|start| Question::Plan { start, direction, target: target.to_owned() });
    let asked = question.map(|question| (question, session.workspace.etag.clone()));
    let set = answer.setter();
    let analysis = session.analysis.clone();
    use_effect_with(asked.clone(), move |asked| {
        if let Some(asked) = asked.clone() {
            let question = asked.0.clone();
            let listen = Callback::from(move |json: String| set.set((Some(asked.clone()), read(&json))));
            analysis.ask(question, listen);
        }
    });
    let fresh = asked.is_some() && answer.0 == asked;
    let waiting = asked.filter(|_| !fresh);
    let silent = use_state_eq(|| false);
    use_effect_with(waiting.clone(), {
        let silent = silent.setter();
        move |waiting| {
            let ring = silent.clone();
            let timer = waiting.as_ref().map(|_| Timeout::new(PATIENCE * 1000, move || ring.set(true)));
            move || {
                drop(timer);
                silent.set(false);
            }
        }
    });
    if *silent && waiting.is_some() { (no_answer(), false) } else { (answer.1.clone(), fresh) }
}

fn no_answer() -> PlanAnswer {
    PlanAnswer::Refused(FailureDetail {
        code: "no-answer".into(),
        message: format!("the worker, which reads the scripts, has not answered for {PATIENCE} seconds"),
        hint: Some("Its answer may still come. If it does not, reload the page.".into()),
        candidates: vec![],
    })
}

fn read(json: &str) -> PlanAnswer {
    match serde_json::from_str::<Result<Judged, FailureDetail>>(json) {
        Ok(Ok(Judged { plan, losses, markdown })) => {
            PlanAnswer::Plan { plan: Rc::new(plan), losses: Rc::new(losses), markdown: markdown.into() }
        }
        Ok(Err(error)) => PlanAnswer::Refused(error),
        Err(error) => PlanAnswer::Refused(FailureDetail {
            code: "unreadable".into(),
            message: format!("the plan cannot be read: {error}"),
            hint: Some("Reload the page.".into()),
            candidates: vec![],
        }),
    }
}

/// Asks whether the upgrade to the heads will not run through; false until the answer is there, and where nothing is
/// pending or known.
#[hook]
pub fn use_blocked(session: &Session) -> bool {
    let answer = use_state_eq(|| false);
    let workspace = &session.workspace;
    let pending = !workspace.project.is_broken() && workspace.history.pending().is_some_and(|pending| pending > 0);
    let rows = workspace.connection.rows().filter(|_| pending).map(<[String]>::to_vec);
    let (set, analysis) = (answer.setter(), session.analysis.clone());
    use_effect_with((rows, workspace.etag.clone()), move |(rows, _)| match rows {
        None => set.set(false),
        Some(rows) => {
            let listen = Callback::from(move |json: String| set.set(json != "null"));
            analysis.ask(Question::Blocked { rows: rows.clone() }, listen);
        }
    });
    pending && *answer
}

/// Asks where the statements of a section stand; empty until the answer is there.
#[hook]
pub fn use_statements(session: &Session, revision: &str, direction: Direction) -> Rc<[StatementPlace]> {
    let answer = use_state(|| (String::new(), Direction::Upgrade, Rc::<[StatementPlace]>::from([])));
    let set = answer.setter();
    let analysis = session.analysis.clone();
    use_effect_with(
        (revision.to_owned(), direction, session.workspace.etag.clone()),
        move |(revision, direction, _)| {
            let (revision, direction) = (revision.clone(), *direction);
            let question = Question::Statements { revision: revision.clone(), direction };
            let listen = Callback::from(move |json: String| {
                let places: Vec<StatementPlace> = serde_json::from_str(&json).unwrap_or_default();
                set.set((revision.clone(), direction, places.into()));
            });
            analysis.ask(question, listen);
        },
    );
    let (of, way, places) = &*answer;
    if of == revision && *way == direction { places.clone() } else { Rc::from([]) }
}
