//! One word that says why something matters.

use yew::prelude::*;

use crate::model::sentence::Tone;

#[derive(Properties, PartialEq)]
pub(crate) struct ChipProps {
    #[prop_or_default]
    pub tone: Tone,
    /// The longer words behind the short one.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// Left out where there is little room.
    #[prop_or_default]
    pub aside: bool,
    pub children: Html,
}

#[component]
pub(crate) fn Chip(props: &ChipProps) -> Html {
    let class = classes!("chip", props.tone.class(), props.aside.then_some("aside"));
    html! { <span {class} title={props.title.clone()}>{ props.children.clone() }</span> }
}
