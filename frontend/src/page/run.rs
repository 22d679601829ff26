//! One run, live while it runs and complete afterwards: what is done, what is at work, what failed and where.

use std::rc::Rc;

use limbeck_core::document::{Direction, Event, FailureDetail, Run, RunState};
use yew::prelude::*;

use super::runs::state_of;
use crate::browser;
use crate::component::{Chip, Failed, Link, Phase, Phases, Rows, StepCard, Verdict, step_id};
use crate::model::date::duration;
use crate::model::progress::Progress;
use crate::model::sentence::{self, Tone, count};
use crate::route::{Route, default_target, direction_word};
use crate::source::{RunEvents, SourceError, StreamNews};
use crate::state::{News, Session, use_session};

/// Name of the page in the document.
const RUN: &str = "run";

#[derive(Properties, PartialEq)]
pub(crate) struct RunPageProps {
    pub id: u64,
}

/// What changes the run on screen.
enum Change {
    /// The server's whole answer.
    Loaded(Box<Run>),
    /// The server has none, or does not answer.
    Refused(SourceError),
    /// One event of the stream and its number, from 1.
    Event(u64, Event),
}

/// The run on screen; none until the first answer.
#[derive(Default, PartialEq)]
struct View {
    run: Option<Rc<Run>>,
    progress: Progress,
    /// Events that `progress` holds; the stream starts from the first one, so those it repeats are passed over.
    seen: u64,
    /// Milliseconds from its start to the last event, by the visitor's clock, if this page saw it end.
    watched: Option<u64>,
    error: Option<SourceError>,
}

impl Reducible for View {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let (run, watched) = (self.run.clone(), self.watched);
        match change {
            Change::Loaded(run) => {
                let progress = Progress::of(&run);
                let seen = run.events.len() as u64;
                Rc::new(Self { run: Some(Rc::new(*run)), progress, seen, watched, error: None })
            }
            Change::Refused(error) => {
                Rc::new(Self { run, progress: self.progress.clone(), seen: self.seen, watched, error: Some(error) })
            }
            Change::Event(number, _) if number <= self.seen => self,
            Change::Event(number, event) => {
                let mut progress = self.progress.clone();
                progress.apply(&event);
                let started = run.as_ref().filter(|_| progress.ended).map(|run| &run.started_at);
                let watched = started.and_then(|at| browser::millis_since(at)).or(watched);
                Rc::new(Self { run, progress, seen: number, watched, error: None })
            }
        }
    }
}

#[component]
pub(crate) fn RunPage(props: &RunPageProps) -> Html {
    let session = use_session();
    let view = use_reducer(View::default);
    // Changes whenever the whole run is to be asked for again.
    let asked = use_state(|| 0_u32);
    let again = {
        let asked = asked.clone();
        Callback::from(move |()| asked.set(*asked + 1))
    };

    use_effect_with((props.id, *asked), {
        let (view, source) = (view.dispatcher(), session.source.clone());
        move |(id, _)| {
            let id = *id;
            wasm_bindgen_futures::spawn_local(async move {
                view.dispatch(match source.run(id).await {
                    Ok(run) => Change::Loaded(Box::new(run)),
                    Err(error) => Change::Refused(error),
                });
            });
        }
    });
    let running = |run: &Rc<Run>| run.id == props.id && run.state == RunState::Running && !view.progress.ended;
    let live = view.run.as_ref().is_some_and(running);
    // What was asked for by the button is said where the button was, and goes with the run.
    let stopping = use_state(|| false);
    use_effect_with((props.id, live), {
        let (view, source, again) = (view.dispatcher(), session.source.clone(), again.clone());
        let reload = session.reload.clone();
        move |(id, live)| {
            let listen = move |news| match news {
                StreamNews::Event(number, event) => {
                    let last = matches!(event, Event::Finished { .. } | Event::Failed { .. });
                    view.dispatch(Change::Event(number, event));
                    if last {
                        // The run's document says how it ended and when. Whoever goes on at once shall not meet the
                        // version rows of before.
                        again.emit(());
                        reload.emit(());
                    }
                }
                StreamNews::Interrupted => {}
                StreamNews::Closed => again.emit(()),
            };
            let stream: Option<RunEvents> = live.then(|| source.events(*id, listen).ok()).flatten();
            move || drop(stream)
        }
    });
    // Whoever watches the step at work sees the next one too.
    let watching = use_mut_ref(|| 0_usize);
    let at = view.progress.at().map(|(step, _)| step).filter(|_| live);
    use_effect_with((at, view.progress.ended), move |(at, ended)| {
        let before = at.map_or_else(|| *watching.borrow(), |at| watching.replace(at));
        match at {
            // How it ended stands above the steps.
            _ if *ended => browser::follow(&step_id(before), RUN),
            Some(at) => browser::follow(&step_id(before), &step_id(*at)),
            None => {}
        }
    });
    // A second hand while it runs, and the version rows for all pages, when it begins and once it ended.
    let tick = use_state(|| 0_u32);
    use_effect_with((live, view.run.is_some()), {
        let (tick, reload) = (tick.clone(), session.reload.clone());
        move |(live, known)| {
            let timer = live.then(|| {
                let count = std::cell::Cell::new(0);
                gloo::timers::callback::Interval::new(1_000, move || {
                    count.set(count.get() + 1);
                    tick.set(count.get());
                })
            });
            // The header and the history say that it is at work; one that has ended may have done so before this page
            // first heard of it.
            if *known {
                reload.emit(());
            }
            move || drop(timer)
        }
    });

    let Some(run) = view.run.clone().filter(|run| run.id == props.id) else {
        return match &view.error {
            None => html! { <div class="column" aria-busy="true"></div> },
            Some(error) => html! {
                <div class="column">
                    <Failed error={explained(error)} />
                    <p><Link to={Route::Runs} class="button">{ "All runs" }</Link></p>
                </div>
            },
        };
    };
    let progress = &view.progress;
    let (sentence, tone) = sentence::run(&run, progress);
    let statements: usize = run.plan.steps.iter().map(|step| step.statements.len()).sum();
    let plan = Rc::new(run.plan.clone());
    let ended = if run.state == RunState::Failed { "failed here" } else { "stopped here" };
    let card = |(step, progress): (usize, &crate::model::progress::StepProgress)| {
        let key = plan.steps.get(step).map(|s| s.revision.clone()).unwrap_or_default();
        html! { <StepCard {key} plan={plan.clone()} {step} progress={progress.clone()} {ended} unjudged=true /> }
    };
    html! {
        <div id={RUN} class="column">
            <Phases at={Phase::Run}
                changes={format!("{}, {}", count(run.plan.steps.len(), "revision", "revisions"), count(statements, "statement", "statements"))}
                review="runs as it was read" run={state_of(&run, progress).1} />
            <Verdict {tone} {sentence} detail={detail(&run, progress, view.watched)}>
                { actions(&session, &run, progress, &stopping) }
            </Verdict>
            { bar(&run, progress) }
            if let Some(error) = &view.error {
                <Failed error={explained(error)} />
            }
            if let Some(error) = &progress.failure {
                <Failed tone={if run.state == RunState::Failed { Tone::Bad } else { Tone::Warn }} error={placed(&run, progress, error)} />
            }
            <div class="beside">
                <div>{ for progress.steps.iter().enumerate().map(card) }</div>
                <aside>{ beside(&run, progress) }</aside>
            </div>
        </div>
    }
}

/// What a person needs to know of runs where the server does not answer or forgot one.
fn explained(error: &SourceError) -> FailureDetail {
    let hint = match error {
        SourceError::Offline => {
            "Start it again with `limbeck serve` and open the address that it prints: its token is a new one, and it has forgotten its runs. What they committed is in the database."
        }
        SourceError::Refused { status: 404, .. } => {
            "It remembers only what ran since it was started. The history says where the database stands now."
        }
        _ => return error.detail(),
    };
    FailureDetail { hint: Some(hint.into()), ..error.detail() }
}

/// The failure, with the revision and the line where it happened in front unless it names them itself.
fn placed(run: &Run, progress: &Progress, error: &FailureDetail) -> FailureDetail {
    let place = progress.at().and_then(|(step, statement)| {
        let step = run.plan.steps.get(step)?;
        let line = statement.and_then(|at| step.statements.get(at)).map(|s| format!(", line {}", s.line));
        Some((format!("in {}{}: ", step.revision, line.unwrap_or_default()), step))
    });
    let named = place.filter(|(_, step)| !error.message.contains(&step.revision)).map(|(place, _)| place);
    FailureDetail { message: named.unwrap_or_default() + &error.message, ..error.clone() }
}

fn detail(run: &Run, progress: &Progress, watched: Option<u64>) -> Html {
    let took = match &run.finished_at {
        // The server's dates are whole seconds: a short run is told by its steps, and what was counted up on screen is
        // not taken back.
        Some(finished) => browser::millis_between(&run.started_at, finished)
            .map(|span| span.max(progress.millis()).max(watched.unwrap_or_default())),
        None => watched.or_else(|| browser::millis_since(&run.started_at)),
    };
    html! {
        <>
            { format!("Run {} · ", run.id) }{ direction_word(run.direction) }{ " to " }<code>{ &run.target }</code>
            if let Some(took) = took {
                { " · " }{ duration(took) }
            }
            { " · the database is at " }
            if let Some(rows) = &progress.rows {
                <Rows rows={rows.clone()} />
            } else if progress.failure.is_some() {
                { "a place that it can no longer tell" }
            } else {
                <Rows rows={run.plan.from.clone()} />
            }
        </>
    }
}

fn actions(session: &Session, run: &Run, progress: &Progress, stopping: &UseStateHandle<bool>) -> Html {
    if run.state != RunState::Running || progress.ended {
        // The event that it ended comes before the document that says so.
        let state = match run.state {
            RunState::Running if progress.failure.is_some() => RunState::Failed,
            RunState::Running => RunState::Done,
            told => told,
        };
        let plan = match state {
            RunState::Done if run.direction == Direction::Upgrade => Route::plan(Direction::Downgrade, way_back(run)),
            RunState::Done => Route::upgrade_all(),
            _ => Route::plan(run.direction, run.target.clone()),
        };
        let words = match state {
            RunState::Done if run.direction == Direction::Upgrade => "Plan the way back",
            RunState::Done => "Plan the upgrade again",
            _ => "Plan what is left",
        };
        return html! {
            <>
                <Link to={plan} class="button">{ words }</Link>
                <Link to={Route::history()} class="button go">{ "To the history" }</Link>
            </>
        };
    }
    if !session.workspace.may_run() {
        return Html::default();
    }
    if **stopping {
        return html! {
            <p class="quiet small" role="status">{ "The run is asked to stop. It ends at the next safe point; what is done stays." }</p>
        };
    }
    let (session, id, stopping) = (session.clone(), run.id, stopping.setter());
    let cancel = Callback::from(move |_: MouseEvent| {
        let (session, stopping) = (session.clone(), stopping.clone());
        wasm_bindgen_futures::spawn_local(async move {
            match session.source.cancel(id).await {
                Ok(()) => stopping.set(true),
                Err(error) => session.tell.emit(News::failure(error.detail())),
            }
        });
    });
    html! { <button type="button" onclick={cancel}>{ "Cancel" }</button> }
}

/// Where a run of an upgrade came from, as the target of a downgrade.
fn way_back(run: &Run) -> String {
    match run.plan.from.as_slice() {
        [] => "base".into(),
        [row] => row.clone(),
        _ => default_target(Direction::Downgrade).to_owned(),
    }
}

/// Done steps as a bar; the words are in the sentence.
fn bar(run: &Run, progress: &Progress) -> Html {
    let total = run.plan.steps.len().max(1);
    let share = progress.done() as f64 / total as f64 * 100.0;
    let bad = (run.state == RunState::Failed).then_some("bad");
    html! {
        <svg class="bar-of-steps" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" width="100" height="6" />
            <rect class={classes!("fill", bad)} width={share.to_string()} height="6" />
        </svg>
    }
}

fn beside(run: &Run, progress: &Progress) -> Html {
    let (tone, word) = state_of(run, progress);
    html! {
        <section class="card">
            <h3>{ "Run" }</h3>
            <dl class="kv">
                <dt>{ "state" }</dt><dd><Chip {tone}>{ word }</Chip></dd>
                <dt>{ "before" }</dt><dd><Rows rows={run.plan.from.clone()} /></dd>
                <dt>{ "planned" }</dt><dd><Rows rows={run.plan.to.clone()} /></dd>
                if let Some(rows) = &progress.rows {
                    <dt>{ "now" }</dt><dd><Rows rows={rows.clone()} /></dd>
                }
                if let Some(holder) = &progress.waiting_for {
                    <dt>{ "lock" }</dt><dd>{ format!("held by {holder}") }</dd>
                }
                <dt>{ "started" }</dt><dd>{ &run.started_at }</dd>
                if let Some(finished) = &run.finished_at {
                    <dt>{ "ended" }</dt><dd>{ finished }</dd>
                }
                <dt>{ "by" }</dt><dd>{ &run.who }</dd>
                <dt>{ "plan" }</dt><dd><code>{ run.digest.get(..15).unwrap_or(&run.digest) }{ "…" }</code></dd>
            </dl>
        </section>
    }
}
