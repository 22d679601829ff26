//! Questions to the workers as Yew hooks: asked when their words change, answered by a new drawing.

use std::cell::Cell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use limbeck_core::PostgresVersion;
use limbeck_core::document::{Direction, FailureDetail, Plan, Statement};
use serde::de::DeserializeOwned;
use yew::{Callback, hook, use_effect_with, use_state, use_state_eq};

use crate::analysis::{Analysis, Judged, Losses, Question, Start, StatementPlace};
use crate::model::draft::{Draft, Drafted};
use crate::model::sentence::Tone;
use crate::state::Session;

/// So many seconds a worker may take before somebody who waits for a plan is told that none comes.
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
        /// The verdict in one sentence, and its color.
        verdict: (Rc<str>, Tone),
    },
    /// There is none, and why.
    Refused(FailureDetail),
}

/// The newest answer to a question for a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// It itself.
    pub answer: PlanAnswer,
    /// It belongs to what is asked now: while a newer one is on its way, the former stays on screen.
    pub fresh: bool,
    /// Its statements are not judged yet, and will be.
    pub judging: bool,
    /// The model had its say.
    pub judged: bool,
}

/// Asks for a plan; none when it is not known where it starts.
///
/// The worker that only reads answers first, the model after it. Without any answer in time there is a refusal, until
/// one comes after all; without one of the model the plan stays as it was read.
#[hook]
pub fn use_plan(session: &Session, start: Option<Start>, direction: Direction, target: &str) -> Planned {
    let answer = use_state(|| (None, PlanAnswer::Asking, false));
    let version = session.workspace.connection.postgres_version();
    let question = start.map(|start| Question::Plan { start, direction, target: target.to_owned(), version });
    let asked = question.map(|question| (question, session.workspace.etag.clone()));
    let set = answer.setter();
    let analysis = session.analysis.clone();
    use_effect_with(asked.clone(), move |asked| {
        if let Some(asked) = asked.clone() {
            let was_judged = Rc::new(Cell::new(false));
            let listen = |judged: bool| {
                let (set, asked, was_judged) = (set.clone(), asked.clone(), was_judged.clone());
                Callback::from(move |json: String| {
                    if judged || !was_judged.get() {
                        was_judged.set(judged);
                        set.set((Some(asked.clone()), read(&json), judged));
                    }
                })
            };
            analysis.ask(asked.0.clone(), listen(false));
            analysis.judge(asked.0.clone(), listen(true));
        }
    });
    let fresh = asked.is_some() && answer.0 == asked;
    let judged = fresh && answer.2;
    let waiting = asked.filter(|_| !judged);
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
    if *silent && waiting.is_some() && !fresh {
        return Planned { answer: no_answer(), fresh: false, judging: false, judged: false };
    }
    Planned { answer: answer.1.clone(), fresh, judging: fresh && !judged && !*silent, judged }
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
        Ok(Ok(Judged { plan, losses, markdown, sentence, tone })) => PlanAnswer::Plan {
            plan: Rc::new(plan),
            losses: Rc::new(losses),
            markdown: markdown.into(),
            verdict: (sentence.into(), tone),
        },
        Ok(Err(error)) => PlanAnswer::Refused(error),
        Err(error) => PlanAnswer::Refused(FailureDetail {
            code: "unreadable".into(),
            message: format!("the plan cannot be read: {error}"),
            hint: Some("Reload the page.".into()),
            candidates: vec![],
        }),
    }
}

/// Asks what keeps the upgrade to the heads from running through: the revision, or an empty text, and why. None until
/// the answer is there, and where nothing is pending or known.
#[hook]
pub fn use_blocked(session: &Session) -> Option<(String, String)> {
    let answer = use_state_eq(|| None);
    let workspace = &session.workspace;
    let pending = !workspace.project.is_broken() && workspace.history.pending().is_some_and(|pending| pending > 0);
    let rows = workspace.connection.rows().filter(|_| pending).map(<[String]>::to_vec);
    let (set, analysis) = (answer.setter(), session.analysis.clone());
    let version = workspace.connection.postgres_version();
    use_effect_with((rows, workspace.etag.clone(), version), move |(rows, _, version)| match rows {
        None => set.set(None),
        Some(rows) => {
            let listen = Callback::from(move |json: String| set.set(serde_json::from_str(&json).unwrap_or_default()));
            analysis.judge(Question::Blocked { rows: rows.clone(), version: *version }, listen);
        }
    });
    (*answer).clone().filter(|_| pending)
}

/// Asks where the statements of a section stand; empty until the answer is there.
#[hook]
pub fn use_statements(session: &Session, revision: &str, direction: Direction) -> Rc<[StatementPlace]> {
    let question = |revision, direction, _| Question::Statements { revision, direction };
    use_section(session, revision, direction, question, Analysis::ask)
}

/// Asks what a section would do where it stands in the history; empty until the answer is there.
#[hook]
pub fn use_effects(session: &Session, revision: &str, direction: Direction) -> Rc<[Statement]> {
    let question = |revision, direction, version| Question::Effects { revision, direction, version };
    use_section(session, revision, direction, question, Analysis::judge)
}

/// Asks what a draft would do, while it is written; none until there is an answer. While a newer one is on its way, the
/// former stays, and the second value says so.
#[hook]
pub fn use_draft(session: &Session, draft: &Draft) -> (Option<Rc<Drafted>>, bool) {
    let answer = use_state(|| None);
    let (set, analysis) = (answer.setter(), session.analysis.clone());
    let version = session.workspace.connection.postgres_version();
    let asked = (draft.clone(), session.workspace.etag.clone(), version);
    use_effect_with(asked.clone(), move |asked| {
        let (draft, _, version) = asked;
        let rows = draft.parent.iter().filter(|parent| !parent.is_empty()).cloned().collect();
        let asked = asked.clone();
        let listen = Callback::from(move |json: String| {
            if let Ok(drafted) = serde_json::from_str(&json) {
                set.set(Some((asked.clone(), Rc::<Drafted>::new(drafted))));
            }
        });
        analysis.judge(Question::Draft { rows, text: draft.text.clone(), version: *version }, listen);
    });
    match &*answer {
        Some((of, drafted)) => (Some(drafted.clone()), *of == asked),
        None => (None, false),
    }
}

/// Asks for a list of what is in a section.
#[hook]
fn use_section<Item: DeserializeOwned + 'static>(
    session: &Session,
    revision: &str,
    direction: Direction,
    question: fn(String, Direction, PostgresVersion) -> Question,
    ask: fn(&Analysis, Question, Callback<String>),
) -> Rc<[Item]> {
    let answer = use_state(|| (String::new(), Direction::Upgrade, Rc::<[Item]>::from([])));
    let set = answer.setter();
    let analysis = session.analysis.clone();
    use_effect_with(
        (
            revision.to_owned(),
            direction,
            session.workspace.etag.clone(),
            session.workspace.connection.postgres_version(),
        ),
        move |(revision, direction, _, version)| {
            let (revision, direction) = (revision.clone(), *direction);
            let question = question(revision.clone(), direction, *version);
            let listen = Callback::from(move |json: String| {
                let items: Vec<Item> = serde_json::from_str(&json).unwrap_or_default();
                set.set((revision.clone(), direction, items.into()));
            });
            ask(&analysis, question, listen);
        },
    );
    let (of, way, items) = &*answer;
    if of == revision && *way == direction { items.clone() } else { Rc::from([]) }
}
