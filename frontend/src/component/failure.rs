//! A failure: what happened, what to do next, and among what to choose.

use limbeck_core::document::FailureDetail;
use yew::prelude::*;

use super::{Notice, words};
use crate::model::sentence::Tone;
use crate::state::sentence;

#[derive(Properties, PartialEq)]
pub(crate) struct FailedProps {
    pub error: FailureDetail,
    #[prop_or(Tone::Bad)]
    pub tone: Tone,
    /// Called with the candidate that the visitor chose; without it they are only listed.
    #[prop_or_default]
    pub choose: Option<Callback<String>>,
}

#[component]
pub(crate) fn Failed(props: &FailedProps) -> Html {
    let FailedProps { error, tone, choose } = props;
    let candidate = |candidate: &String| match choose {
        None => html! { <code>{ candidate }</code> },
        Some(choose) => {
            let (choose, text) = (choose.clone(), candidate.clone());
            html! { <button type="button" class="mono" onclick={move |_| choose.emit(text.clone())}>{ candidate }</button> }
        }
    };
    html! {
        <Notice tone={*tone} title={sentence(&error.message)}>
            if let Some(hint) = &error.hint {
                <p>{ words(&sentence(hint)) }</p>
            }
            if !error.candidates.is_empty() {
                <p class="line">{ for error.candidates.iter().map(candidate) }</p>
            }
        </Notice>
    }
}
