//! One step of a plan or a run: the revision, its rows before and after, its statements.

use std::rc::Rc;

use limbeck_core::document::{Direction, Outcome, Plan, Statement, Step};
use yew::prelude::*;

use super::effects::{effects, remarks};
use super::sql::statement;
use super::{Chip, RevisionLink, Rows, StageMark};
use crate::model::date::duration;
use crate::model::progress::{Notice, Stage, StepProgress};
use crate::model::sentence::{Tone, count};
use crate::state::use_session;

/// Statements shown before the visitor asks for more.
const STATEMENTS: usize = 40;

#[derive(Properties, PartialEq)]
pub(crate) struct StepCardProps {
    pub plan: Rc<Plan>,
    /// Position in the plan, from 0.
    pub step: usize,
    /// How far it is, in a run.
    #[prop_or_default]
    pub progress: Option<StepProgress>,
    /// What is said of the statement at which a run ended.
    #[prop_or("failed here")]
    pub ended: &'static str,
    /// Not one statement of the plan was judged: the page said so once, the chips are left out.
    #[prop_or_default]
    pub unjudged: bool,
}

/// Returns the name in the document of the step at a position, from 0.
pub(crate) fn step_id(step: usize) -> String {
    format!("step-{}", step + 1)
}

#[component]
pub(crate) fn StepCard(props: &StepCardProps) -> Html {
    let workspace = use_session().workspace;
    let all = use_state(|| false);
    let Some(step) = props.plan.steps.get(props.step) else { return Html::default() };
    let stage = props.progress.as_ref().map(|progress| progress.stage);
    let class = match stage {
        Some(Stage::Failed) => Some("failed"),
        Some(Stage::Running) => Some("running"),
        _ => None,
    };
    let took = match stage {
        Some(Stage::Done(millis)) => Some(duration(millis)),
        _ => None,
    };
    let title = workspace.title(&step.revision).to_owned();
    let listed = {
        let most = if *all { usize::MAX } else { STATEMENTS };
        let hidden = step.statements.len().saturating_sub(most);
        let more = all.clone();
        let draw = |(at, one): (usize, &Statement)| {
            let stage = props.progress.as_ref().and_then(|p| p.statements.get(at)).copied();
            let notices = props.progress.iter().flat_map(|p| &p.notices).filter(|notice| notice.statement == at);
            html! {
                <>
                    { draw_statement(one, stage, props) }
                    { for notices.map(draw_notice) }
                </>
            }
        };
        html! {
            <div class="sql">
                { for step.statements.iter().take(most).enumerate().map(draw) }
                if hidden > 0 {
                    <div class="more">
                        <button type="button" onclick={move |_| more.set(true)}>
                            { format!("Show {hidden} more statements") }
                        </button>
                    </div>
                }
            </div>
        }
    };
    // In a run, only what is at work or failed needs to be read; the rest is there when asked for.
    let folded = stage.is_some_and(|stage| !matches!(stage, Stage::Running | Stage::Failed));
    html! {
        <section id={step_id(props.step)} class={classes!("card", "step", class)} aria-label={format!("Step {}: {title}", props.step + 1)}>
            <header>
                if let Some(stage) = stage {
                    <StageMark {stage} />
                }
                <span class="number">{ props.step + 1 }</span>
                <RevisionLink id={step.revision.clone()} />
                <h2>{ title }</h2>
                <span class="grow"></span>
                if !step.transaction {
                    <Chip tone={Tone::Warn} title="Runs statement by statement; a failure leaves what ran before it">
                        { "no transaction" }
                    </Chip>
                }
                if let Some(took) = took {
                    <span class="quiet small">{ took }</span>
                }
            </header>
            <p class="moves">{ moves(step) }</p>
            if step.statements.is_empty() {
                <p class="quiet small">{ "No statement: only the version rows move." }</p>
            } else if folded {
                <details>
                    <summary>{ count(step.statements.len(), "statement", "statements") }</summary>
                    { listed }
                </details>
            } else {
                { listed }
            }
        </section>
    }
}

fn moves(step: &Step) -> Html {
    let word = match step.direction {
        Direction::Upgrade => "Version rows: ",
        Direction::Downgrade => "Downgrade. Version rows: ",
    };
    html! { <>{ word }<Rows rows={step.rows_before.clone()} />{ " → " }<Rows rows={step.rows_after.clone()} /></> }
}

fn draw_notice(notice: &Notice) -> Html {
    let class = (notice.severity == "WARNING").then_some("warn");
    html! {
        <div class={classes!("note", "notice", class)}>
            <div><b>{ &notice.severity }</b>{ " · " }{ &notice.message }</div>
        </div>
    }
}

fn draw_statement(one: &Statement, stage: Option<Stage>, props: &StepCardProps) -> Html {
    let class = (stage == Some(Stage::Failed) || one.outcome == Outcome::Error).then_some("at");
    let time = match stage {
        Some(Stage::Done(millis)) => html! { <span class="quiet small">{ duration(millis) }</span> },
        Some(Stage::Running) => html! { <Chip tone={Tone::Head}>{ "running" }</Chip> },
        Some(Stage::Failed) => html! { <Chip tone={Tone::Bad}>{ props.ended }</Chip> },
        Some(Stage::Waiting) | None => Html::default(),
    };
    let aside = html! { <span class="line">{ effects(one, props.unjudged) }{ time }</span> };
    html! {
        <>
            { statement(&one.sql, one.line, class, &aside) }
            { remarks(one) }
        </>
    }
}
