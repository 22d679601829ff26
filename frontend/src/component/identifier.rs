//! An identifier that copies itself in full.

use yew::prelude::*;

use super::Copy;

#[derive(Properties, PartialEq)]
pub(crate) struct IdentifierProps {
    pub id: AttrValue,
}

#[component]
pub(crate) fn Identifier(props: &IdentifierProps) -> Html {
    let id = props.id.clone();
    let text = Callback::from(move |()| id.to_string());
    html! {
        <Copy {text} class="id" title="Copy the identifier" done={format!("{} is copied.", props.id)}>{ &props.id }</Copy>
    }
}
