//! A plan: what will run, in which order, from where to where; reviewed here and then carried out as it stands.

use std::rc::Rc;
use std::time::Duration;

use limbeck_core::diagnostic::Level;
use limbeck_core::document::{Direction, Plan, Verdict as PlanVerdict};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::analysis::Start;
use crate::answers::{PlanAnswer, Planned, use_plan};
use crate::component::{
    Copy, Empty, Failed, Findings, Link, Notice, Phase, Phases, Rows, RunButton, Segmented, StepCard, Verdict, words,
};
use crate::model::date::duration;
use crate::model::plan_change;
use crate::model::sentence::{self, Tone, count};
use crate::model::workspace::Connection;
use crate::route::{Route, default_start, default_target};
use crate::state::{Session, use_session};

const SHARE: &str = "This address holds direction and target; the plan is made anew from the files and the database. \
                     The digest names what was read: with another one, Limbeck says so and runs nothing.";
const SHARE_COPY: &str = "This address holds direction, start and target; the plan is made anew from the files. The \
                          digest names what was read: `limbeck upgrade --plan` with it runs this plan and no other.";

/// Steps drawn before the visitor asks for more.
const STEPS: usize = 50;

#[derive(Properties, Clone, PartialEq)]
pub(crate) struct PlanPageProps {
    pub direction: Direction,
    pub target: String,
    /// Start rows instead of the database's.
    pub from: Option<String>,
}

#[component]
pub(crate) fn PlanPage(props: &PlanPageProps) -> Html {
    let session = use_session();
    let workspace = session.workspace.clone();
    let from = props.from.clone().or_else(|| workspace.is_copy().then(|| default_start(props.direction).to_owned()));
    let start = match &from {
        None => workspace.connection.rows().map(|rows| Start::Rows(rows.to_vec())),
        Some(from) => Some(Start::Named(from.clone())),
    };
    let unknown = start.is_none();
    let Planned { answer, fresh, judging, judged } = use_plan(&session, start, props.direction, &props.target);
    // How the plan differs from the one that was read; none where it is the same.
    let changed = use_state(|| None::<Vec<String>>);
    // Files and database move while somebody reads: what was read last, and as an answer to what.
    let read = use_mut_ref(|| None::<(PlanPageProps, Rc<Plan>)>);
    let known = match &answer {
        PlanAnswer::Plan { plan, .. } if fresh => Some(plan.clone()),
        _ => None,
    };
    use_effect_with((props.clone(), known.as_ref().map(|plan| plan.digest.clone())), {
        let changed = changed.setter();
        move |(props, _)| {
            if let Some(plan) = known {
                let before = read.borrow_mut().replace((props.clone(), plan.clone()));
                match before.filter(|(asked, _)| asked == props) {
                    Some((_, before)) if before.digest == plan.digest => {}
                    before => changed.set(before.map(|(_, before)| plan_change::sentences(&before, &plan))),
                }
            }
        }
    });

    let choose = {
        let (navigator, reload) = (session.navigator.clone(), session.reload.clone());
        Callback::from(move |(direction, target, from): (Direction, String, Option<String>)| {
            // Somebody who asks for a plan wants one from where the database stands now.
            reload.emit(());
            navigator.push(Route::Plan { direction, target, from });
        })
    };
    let (plan, losses, markdown, (sentence, tone)) = match &answer {
        _ if unknown => return no_rows(&session, props),
        PlanAnswer::Asking => {
            return html! {
                <div class="column" aria-busy="true">
                    <Choice direction={props.direction} target={props.target.clone()} from={from.clone()} {choose} />
                    <div class="verdict"><div><h1>{ "Reading the scripts…" }</h1><p>{ "…and looking for what would be lost." }</p></div></div>
                </div>
            };
        }
        PlanAnswer::Refused(error) => {
            let (direction, start, push) = (props.direction, props.from.clone(), choose.clone());
            let pick = Callback::from(move |target| push.emit((direction, target, start.clone())));
            // Where one of several can be meant, it is a question and no mistake.
            let tone = if error.candidates.is_empty() { Tone::Bad } else { Tone::Warn };
            return html! {
                <div class="column">
                    <Choice direction={props.direction} target={props.target.clone()} from={from.clone()} {choose} />
                    <Failed error={error.clone()} {tone} choose={pick} />
                    if workspace.project.is_broken() {
                        <Findings findings={workspace.findings.to_vec()} />
                    }
                </div>
            };
        }
        PlanAnswer::Plan { plan, losses, markdown, verdict } => {
            (plan.clone(), losses.clone(), markdown.clone(), verdict.clone())
        }
    };

    let unjudged = sentence::unjudged(&plan);
    let statements: usize = plan.steps.iter().map(|step| step.statements.len()).sum();
    let runnable =
        fresh && !judging && props.from.is_none() && plan.verdict != PlanVerdict::Blocked && !plan.steps.is_empty();
    let markdown = Callback::from(move |()| markdown.to_string());
    let dismiss = {
        let changed = changed.clone();
        Callback::from(move |()| changed.set(None))
    };
    let stale = {
        let changed = changed.setter();
        // What it was is said when the new plan is here.
        Callback::from(move |()| changed.set(Some(Vec::new())))
    };
    html! {
        <div class="column">
            <Phases at={Phase::Changes}
                changes={format!("{}, {}", count(plan.steps.len(), "revision", "revisions"), count(statements, "statement", "statements"))}
                review={if judging { "being judged".to_owned() } else { review_line(&plan) }}
                run={run_line(&session, props, &plan)} />
            <Choice direction={props.direction} target={props.target.clone()} from={from.clone()} {choose} />
            if let Some(changes) = &*changed {
                <Notice tone={Tone::Warn} title="The plan changed since you read it." {dismiss}>
                    <p>{ changes.join(" ") }{ " Nothing ran from here; this is the plan as it is now." }</p>
                </Notice>
            }
            <Verdict {tone} {sentence} detail={detail(&plan)}>
                <Copy text={markdown} done="The plan is copied as Markdown.">{ "Copy as Markdown" }</Copy>
                if workspace.may_run() && runnable {
                    <RunButton plan={plan.clone()} {losses} direction={props.direction} {stale} />
                }
            </Verdict>
            <div class="beside">
                <div>
                    if judging {
                        <p class="quiet small judged" role="status">
                            { "Checked: order, version rows and syntax. What the statements do is being judged…" }
                        </p>
                    } else if fresh && !judged {
                        <p class="quiet small judged">
                            { "Checked: order, version rows and syntax. What judges the statements has not answered; reload the page to try again." }
                        </p>
                    } else if unjudged {
                        <p class="quiet small judged">
                            { "Checked: order, version rows and syntax. What these statements do is outside what Limbeck judges." }
                        </p>
                    }
                    if !plan.findings.is_empty() {
                        <Findings findings={plan.findings.clone()} />
                    }
                    <Steps plan={plan.clone()} {unjudged} />
                </div>
                <aside>{ beside(&session, &plan, from.is_none()) }</aside>
            </div>
        </div>
    }
}

/// The steps, in the order in which they run.
#[derive(Properties, PartialEq)]
struct StepsProps {
    plan: Rc<Plan>,
    unjudged: bool,
}

#[component]
fn Steps(props: &StepsProps) -> Html {
    let most = use_state(|| STEPS);
    let total = props.plan.steps.len();
    let more = {
        let most = most.clone();
        Callback::from(move |_: MouseEvent| most.set(*most * 4))
    };
    let card = |step: usize| {
        let key = props.plan.steps.get(step).map(|s| s.revision.clone()).unwrap_or_default();
        html! { <StepCard {key} plan={props.plan.clone()} {step} unjudged={props.unjudged} /> }
    };
    html! {
        <>
            { for (0..total.min(*most)).map(card) }
            if total > *most {
                <button type="button" onclick={more}>{ format!("Show more ({} steps are left)", total - *most) }</button>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ChoiceProps {
    direction: Direction,
    target: String,
    /// Start that the visitor chose or may choose; none where the database says it.
    from: Option<String>,
    choose: Callback<(Direction, String, Option<String>)>,
}

/// Which way, where from and where to.
#[component]
fn Choice(props: &ChoiceProps) -> Html {
    let workspace = use_session().workspace;
    let field = use_node_ref();
    let start = use_node_ref();
    // Written once for each plan: given as a value, each drawing would take back what is being typed.
    use_effect_with(
        (field.clone(), props.target.clone(), start.clone(), props.from.clone()),
        |(field, target, start, from)| {
            for (node, text) in [(field, target), (start, from.as_ref().unwrap_or(target))] {
                if let Some(input) = node.cast::<HtmlInputElement>() {
                    input.set_value(text);
                }
            }
        },
    );
    let directions = [Direction::Upgrade, Direction::Downgrade];
    // A start that was chosen for one way says nothing about the other. One step back with several current revisions
    // is a question: the exact forms are offered, none is taken for the visitor.
    let turn = props.choose.reform(move |at: usize| {
        let direction = directions.get(at).copied().unwrap_or(Direction::Upgrade);
        (direction, default_target(direction).to_owned(), None)
    });
    let onsubmit = {
        let (field, start, choose, direction) = (field.clone(), start.clone(), props.choose.clone(), props.direction);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = field.cast::<HtmlInputElement>() {
                let target = input.value().trim().to_owned();
                let target = if target.is_empty() { default_target(direction).to_owned() } else { target };
                let from = start.cast::<HtmlInputElement>().map(|input| input.value().trim().to_owned());
                choose.emit((direction, target, from.filter(|from| !from.is_empty())));
            }
        })
    };
    let graph = workspace.project.graph();
    let words = match props.direction {
        Direction::Upgrade => ["heads", "+1"],
        Direction::Downgrade => ["-1", "base"],
    };
    let heads = graph.heads().into_iter().map(|i| {
        let id = graph.node(i).id.to_string();
        let title = workspace.title(&id).to_owned();
        html! { <option value={id}>{ title }</option> }
    });
    let chosen = directions.iter().position(|d| *d == props.direction).unwrap_or_default();
    html! {
        <form class="choose" {onsubmit}>
            <Segmented label="Direction" choices={vec!["Upgrade".into(), "Downgrade".into()]} {chosen} choose={turn} />
            if let Some(from) = &props.from {
                <label class="line">
                    <span>{ "from" }</span>
                    <input key={from.clone()} ref={start} spellcheck="false" autocomplete="off"
                        aria-label="Start: base, heads, or revisions separated by commas" />
                </label>
            }
            <label class="line">
                <span>{ "to" }</span>
                <input key={props.target.clone()} ref={field} list="targets" spellcheck="false" autocomplete="off"
                    aria-label="Target: heads, an id, a label, +1 or -1" />
            </label>
            <datalist id="targets">
                { for words.into_iter().map(|word| html! { <option value={word}></option> }) }
                { for heads }
            </datalist>
            <button type="submit">{ "Plan" }</button>
        </form>
    }
}

fn detail(plan: &Plan) -> Html {
    let short = plan.digest.get(..15).unwrap_or(&plan.digest).to_owned();
    html! {
        <>
            { "From " }<Rows rows={plan.from.clone()} />{ " to " }<Rows rows={plan.to.clone()} />
            { " · plan " }<code title={plan.digest.clone()}>{ short }{ "…" }</code>
        </>
    }
}

fn review_line(plan: &Plan) -> String {
    let findings: Vec<_> =
        plan.findings.iter().chain(plan.steps.iter().flat_map(|s| &s.statements).flat_map(|s| &s.findings)).collect();
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    match (errors, findings.len()) {
        (0, 0) => "read it, then run it".into(),
        (0, n) => count(n, "remark", "remarks"),
        (n, _) => count(n, "error", "errors"),
    }
}

fn run_line(session: &Session, props: &PlanPageProps, plan: &Plan) -> &'static str {
    if plan.verdict == PlanVerdict::Blocked {
        "blocked"
    } else if plan.steps.is_empty() {
        "nothing to run"
    } else if session.workspace.is_copy() {
        "on the command line"
    } else if props.from.is_some() {
        "only from where the database stands"
    } else if session.workspace.may_run() {
        "ready"
    } else {
        "needs an operator"
    }
}

/// What stands beside the steps; `live` where the plan starts at the database.
fn beside(session: &Session, plan: &Plan, live: bool) -> Html {
    let workspace = &session.workspace;
    let database = workspace.connection.database();
    let digest = {
        let digest = plan.digest.clone();
        Callback::from(move |()| digest.clone())
    };
    let without = plan.steps.iter().filter(|step| !step.transaction).count();
    html! {
        <>
            <section class="card">
                <h3>{ "Database" }</h3>
                <dl class="kv">
                    <dt>{ if live { "now" } else { "before" } }</dt><dd><Rows rows={plan.from.clone()} /></dd>
                    <dt>{ "after" }</dt><dd><Rows rows={plan.to.clone()} /></dd>
                    if live {
                        if let Some(database) = database {
                            <dt>{ "name" }</dt><dd>{ &database.name }</dd>
                            if let Some(version) = &database.server_version {
                                <dt>{ "server" }</dt><dd>{ format!("PostgreSQL {version}") }</dd>
                            }
                            <dt>{ "lock" }</dt>
                            <dd>{ database.lock_holder.as_ref().map_or_else(|| "free".to_owned(), |who| format!("held by {who}")) }</dd>
                        }
                    }
                </dl>
            </section>
            <section class="card">
                <h3>{ "How it runs" }</h3>
                <p class="small quiet">
                    { "Each revision commits with its version rows. If one fails, the database stays at the last whole revision." }
                    if without > 0 {
                        { format!(" {} without a transaction: a failure there leaves what ran before it.", count(without, "revision runs", "revisions run")) }
                    }
                </p>
                <p class="small quiet">{ words(&waits(workspace.project.settings().lock_timeout)) }</p>
            </section>
            <section class="card">
                <h3>{ "Share" }</h3>
                <p class="small quiet">{ words(if workspace.is_copy() { SHARE_COPY } else { SHARE }) }</p>
                <Copy text={digest} done="The digest is copied.">{ "Copy the digest" }</Copy>
            </section>
        </>
    }
}

/// Says how long a statement waits for a lock.
fn waits(limit: Option<Duration>) -> String {
    match limit.and_then(|limit| u64::try_from(limit.as_millis()).ok()) {
        Some(limit) => {
            let limit = duration(limit);
            format!(
                "A statement that waits {limit} for a lock gives up, so that nobody queues behind it. Only what builds CONCURRENTLY waits longer."
            )
        }
        None => "A statement waits for its locks as long as it takes, and others queue behind it; `lock_timeout` in \
                 limbeck.toml sets a limit."
            .into(),
    }
}

/// The database does not say where it stands: why, and a plan that needs no database.
fn no_rows(session: &Session, props: &PlanPageProps) -> Html {
    let connection = &session.workspace.connection;
    if *connection == Connection::Asking {
        return html! { <div class="column" aria-busy="true"><p class="quiet">{ "Asking the database where it stands…" }</p></div> };
    }
    let again = session.reload.reform(|_: MouseEvent| ());
    let from_base =
        Route::Plan { direction: Direction::Upgrade, target: props.target.clone(), from: Some("base".into()) };
    html! {
        <Empty title="The database does not say where it stands">
            if let Some(error) = connection.error() {
                <Failed error={error.clone()} />
            }
            <p class="line">
                <button type="button" class="go" onclick={again}>{ "Ask again" }</button>
                if props.direction == Direction::Upgrade {
                    <Link to={from_base} class="button">{ "Plan for an empty database" }</Link>
                }
            </p>
        </Empty>
    }
}
