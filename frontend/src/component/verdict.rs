//! The sentence that opens a page, with what can be done about it.

use yew::prelude::*;

use crate::model::sentence::Tone;

#[derive(Properties, PartialEq)]
pub(crate) struct VerdictProps {
    pub tone: Tone,
    pub sentence: AttrValue,
    /// The line below the sentence.
    #[prop_or_default]
    pub detail: Html,
    /// Buttons.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub(crate) fn Verdict(props: &VerdictProps) -> Html {
    html! {
        <div class={classes!("verdict", props.tone.class())}>
            <div>
                <h1 aria-live="polite">{ &props.sentence }</h1>
                <p>{ props.detail.clone() }</p>
            </div>
            if props.children != Html::default() {
                <div class="line">{ props.children.clone() }</div>
            }
        </div>
    }
}
