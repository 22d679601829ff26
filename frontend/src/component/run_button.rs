//! The button that carries a plan out, and the question before it where something is lost.

use std::rc::Rc;

use limbeck_core::document::{Direction, Plan, RunRequest};
use yew::prelude::*;

use super::Dialog;
use crate::analysis::Losses;
use crate::model::plan_change;
use crate::model::sentence::count;
use crate::route::Route;
use crate::source::SourceError;
use crate::state::{News, use_session};

/// Losses listed before the visitor asks for more.
const LOSSES: usize = 12;

#[derive(Properties, PartialEq)]
pub(crate) struct RunButtonProps {
    pub plan: Rc<Plan>,
    /// What it takes away.
    pub losses: Rc<Losses>,
    pub direction: Direction,
    /// Called when the plan is no longer the reviewed one.
    pub stale: Callback<()>,
}

/// Carries the plan out. A downgrade, and whatever loses data, says first what is lost.
#[component]
pub(crate) fn RunButton(props: &RunButtonProps) -> Html {
    let session = use_session();
    let asking = use_state(|| false);
    let busy = use_state(|| false);
    let start = {
        let (session, plan, direction, stale) =
            (session.clone(), props.plan.clone(), props.direction, props.stale.clone());
        let (asking, busy) = (asking.clone(), busy.clone());
        Callback::from(move |()| {
            let request = RunRequest { digest: plan.digest.clone(), direction, target: plan.target.clone() };
            let (session, stale, asking, busy) = (session.clone(), stale.clone(), asking.clone(), busy.clone());
            busy.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                let answer = session.source.start(&request).await;
                busy.set(false);
                asking.set(false);
                match answer {
                    Ok(run) => session.navigator.push(Route::Run(run.id)),
                    Err(SourceError::Refused { error, .. }) if error.code == "stale-plan" => {
                        stale.emit(());
                        session.reload.emit(());
                    }
                    Err(error) => session.tell.emit(News::failure(error.detail())),
                }
            });
        })
    };
    let asks = asks(props.direction, &props.losses);
    let press = {
        let (start, asking) = (start.clone(), asking.clone());
        Callback::from(move |_: MouseEvent| if asks { asking.set(true) } else { start.emit(()) })
    };
    let close = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(false))
    };
    let steps = props.plan.steps.len();
    let (name, title, agree) = match props.direction {
        Direction::Upgrade => ("Run the upgrade of", "Run this upgrade?", "Run"),
        Direction::Downgrade => ("Run the downgrade of", "Run this downgrade?", "Undo"),
    };
    html! {
        <>
            <button type="button" class="go" disabled={*busy} onclick={press}>
                { format!("{name} {steps}{}", if asks { "…" } else { "" }) }
            </button>
            if *asking {
                <Dialog {title} close={close.clone()}>
                    { question(&props.plan, &props.losses, props.direction) }
                    <div class="actions">
                        <button type="button" onclick={close.reform(|_| ())}>{ "Keep everything" }</button>
                        <button type="button" class="danger" disabled={*busy} onclick={start.reform(|_| ())}>
                            { format!("{agree} {}", count(steps, "revision", "revisions")) }
                        </button>
                    </div>
                </Dialog>
            }
        </>
    }
}

/// Returns whether the visitor has to agree before a plan runs.
fn asks(direction: Direction, losses: &Losses) -> bool {
    direction == Direction::Downgrade || !losses.data.is_empty()
}

/// What a plan takes away, in words.
fn question(plan: &Plan, losses: &Losses, direction: Direction) -> Html {
    let statements: usize = plan.steps.iter().map(|step| step.statements.len()).sum();
    let (first, left) = listed(losses, direction);
    let list = |words: &[&String]| {
        html! { <ul class="losses">{ for words.iter().map(|words| html! { <li>{ words }</li> }) }</ul> }
    };
    let to = match direction {
        Direction::Upgrade => " to ",
        Direction::Downgrade => " back to ",
    };
    html! {
        <>
            <p>{ "It takes " }<code>{ plan_change::rows(&plan.from) }</code>{ to }<code>{ plan_change::rows(&plan.to) }</code>{ "." }</p>
            if statements == 0 {
                <p>{ "It runs no statement." }</p>
            } else if first.is_empty() {
                <p>{ format!("No statement of it drops or deletes anything by name; {}.", count(statements, "statement runs", "statements run")) }</p>
            } else {
                <p>{ "Gone afterwards, with all they hold:" }</p>
                { list(&first) }
                if !left.is_empty() {
                    <details>
                        <summary>{ format!("and {} more", left.len()) }</summary>
                        { list(&left) }
                    </details>
                }
                <p class="quiet">{ format!("The plan runs {} in all.", count(statements, "statement", "statements")) }</p>
            }
        </>
    }
}

/// Returns what is asked about, and what of it is left for a second look. Of an upgrade that is the older data; the
/// rest is what a downgrade is for.
fn listed(losses: &Losses, direction: Direction) -> (Vec<&String>, Vec<&String>) {
    let rest = losses.rest.iter().filter(|_| direction == Direction::Downgrade);
    let mut words: Vec<&String> = losses.data.iter().chain(rest).collect();
    let left = words.split_off(LOSSES.min(words.len()));
    (words, left)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn losses(data: &[&str], rest: &[&str]) -> Losses {
        let owned = |words: &[&str]| words.iter().map(|&words| words.to_owned()).collect();
        Losses { data: owned(data), rest: owned(rest) }
    }

    #[test]
    fn a_downgrade_is_always_asked_about_and_an_upgrade_that_loses_data() {
        let cases = [
            (losses(&[], &[]), false),
            (losses(&[], &["index i"]), false),
            (losses(&["column note of product"], &[]), true),
        ];
        for (losses, upgrade) in cases {
            assert_eq!(asks(Direction::Upgrade, &losses), upgrade, "{losses:?}");
            assert!(asks(Direction::Downgrade, &losses), "{losses:?}");
        }
    }

    #[test]
    fn older_data_is_read_first_and_of_an_upgrade_alone() {
        let losses = losses(&["table product", "rows of audit"], &["index i"]);
        assert_eq!(listed(&losses, Direction::Downgrade).0, ["table product", "rows of audit", "index i"]);
        assert_eq!(listed(&losses, Direction::Upgrade).0, ["table product", "rows of audit"]);
    }

    #[test]
    fn a_long_list_says_how_much_is_left() {
        let data = (0..LOSSES + 3).map(|n| format!("table t{n}")).collect();
        let losses = Losses { data, rest: vec!["index i".into()] };
        let (first, left) = listed(&losses, Direction::Downgrade);
        assert_eq!((first.len(), left.len()), (LOSSES, 4));
    }
}
