//! Changes, Review, Run: the three phases of one plan, each with a line that sums it up.

use yew::prelude::*;

/// Which phase is on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Changes,
    Review,
    Run,
}

#[derive(Properties, PartialEq)]
pub(crate) struct PhasesProps {
    pub at: Phase,
    pub changes: AttrValue,
    pub review: AttrValue,
    pub run: AttrValue,
}

#[component]
pub(crate) fn Phases(props: &PhasesProps) -> Html {
    let phases = [
        (Phase::Changes, "Changes", &props.changes),
        (Phase::Review, "Review", &props.review),
        (Phase::Run, "Run", &props.run),
    ];
    let phase = |(phase, name, line): (Phase, &'static str, &AttrValue)| {
        let current = (phase == props.at).then_some("step");
        html! { <li aria-current={current}><b>{ name }</b>{ " · " }{ line.clone() }</li> }
    };
    html! { <ol class="phases">{ for phases.into_iter().map(phase) }</ol> }
}
