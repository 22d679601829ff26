//! A page that has nothing to show, and what to do about it.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct EmptyProps {
    pub title: AttrValue,
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub(crate) fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="empty">
            <h1>{ props.title.clone() }</h1>
            { props.children.clone() }
        </div>
    }
}
