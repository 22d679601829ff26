//! What is wrong, where, and what to do: one finding under the other.

use limbeck_core::diagnostic::{Diagnostic, Level};
use yew::prelude::*;

use super::{Notice, RevisionLink, words};
use crate::model::sentence::Tone;
use crate::state::sentence;

#[derive(Properties, PartialEq)]
pub(crate) struct FindingsProps {
    pub findings: Vec<Diagnostic>,
    /// They stand at their place already, so that it is not named.
    #[prop_or_default]
    pub in_place: bool,
}

#[component]
pub(crate) fn Findings(props: &FindingsProps) -> Html {
    html! { <>{ for props.findings.iter().map(|one| finding(one, props.in_place)) }</> }
}

fn finding(finding: &Diagnostic, in_place: bool) -> Html {
    let tone = match finding.level {
        Level::Error => Tone::Bad,
        Level::Warning => Tone::Warn,
        Level::Info => Tone::Plain,
    };
    let place = match (&finding.path, finding.start) {
        _ if in_place => None,
        (Some(path), Some(start)) => Some(format!("{path}:{}:{}", start.line, start.column)),
        (Some(path), None) => Some(path.clone()),
        (None, _) => None,
    };
    html! {
        <Notice {tone} title={sentence(&finding.message)}>
            if let Some(help) = &finding.help {
                <p>{ words(&sentence(help)) }</p>
            }
            if !in_place {
                <p class="where line">
                    if let Some(place) = place {
                        <code>{ place }</code>
                    }
                    if let Some(revision) = &finding.revision {
                        <RevisionLink id={revision.clone()} />
                    }
                </p>
            }
        </Notice>
    }
}
