//! A link to another page of Limbeck: an ordinary one, followed without loading the document again.

use yew::prelude::*;

use crate::browser;
use crate::route::Route;
use crate::state::use_navigator;

#[derive(Properties, PartialEq)]
pub(crate) struct LinkProps {
    pub to: Route,
    #[prop_or_default]
    pub class: Classes,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// It leads to what is on screen.
    #[prop_or_default]
    pub current: bool,
    pub children: Html,
}

#[component]
pub(crate) fn Link(props: &LinkProps) -> Html {
    let navigator = use_navigator();
    let to = props.to.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        // With a key held, or another button, the visitor wants another tab.
        let other_tab =
            event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.button() != 0;
        if !other_tab {
            event.prevent_default();
            navigator.push(to.clone());
        }
    });
    let current = props.current.then_some("page");
    html! {
        <a href={browser::href(&props.to)} class={props.class.clone()} title={props.title.clone()} aria-current={current} {onclick}>
            { props.children.clone() }
        </a>
    }
}
