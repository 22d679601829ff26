//! Where a step stands, as a shape: ring, dotted ring, filled.

use yew::prelude::*;

use crate::model::progress::Stage;

#[derive(Properties, PartialEq)]
pub(crate) struct StageMarkProps {
    pub stage: Stage,
}

#[component]
pub(crate) fn StageMark(props: &StageMarkProps) -> Html {
    let (class, word) = match props.stage {
        Stage::Waiting => ("pending", "waiting"),
        Stage::Running => ("running", "running"),
        Stage::Done(_) => ("done", "done"),
        Stage::Failed => ("failed", "failed"),
    };
    html! {
        <svg class={classes!("state", class)} viewBox="0 0 14 14" role="img" aria-label={word}>
            <circle cx="7" cy="7" r="5" />
            if props.stage == Stage::Running {
                <circle class="core" cx="7" cy="7" r="2.4" />
            }
            if props.stage == Stage::Failed {
                <path d="M4.8 4.8l4.4 4.4M9.2 4.8l-4.4 4.4" class="cross" />
            }
        </svg>
    }
}
