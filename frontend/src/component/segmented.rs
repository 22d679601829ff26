//! A choice of few, all of them visible.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct SegmentedProps {
    /// What the choice is about, for those who do not see it.
    pub label: AttrValue,
    pub choices: Vec<AttrValue>,
    pub chosen: usize,
    pub choose: Callback<usize>,
}

#[component]
pub(crate) fn Segmented(props: &SegmentedProps) -> Html {
    let button = |(at, text): (usize, &AttrValue)| {
        let pressed = if at == props.chosen { "true" } else { "false" };
        let onclick = props.choose.reform(move |_: MouseEvent| at);
        html! { <button type="button" aria-pressed={pressed} {onclick}>{ text.clone() }</button> }
    };
    html! {
        <div class="seg" role="group" aria-label={props.label.clone()}>
            { for props.choices.iter().enumerate().map(button) }
        </div>
    }
}
