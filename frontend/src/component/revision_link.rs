//! Identifiers that lead to their revision.

use yew::prelude::*;

use super::Link;
use crate::route::Route;
use crate::state::use_session;

#[derive(Properties, PartialEq)]
pub(crate) struct RevisionLinkProps {
    pub id: AttrValue,
}

/// A short identifier; its message shows when the pointer rests on it.
#[component]
pub(crate) fn RevisionLink(props: &RevisionLinkProps) -> Html {
    let workspace = use_session().workspace;
    let short = workspace.short(&props.id).to_owned();
    if workspace.index_of(&props.id).is_none() {
        return html! { <code title="No revision of this project">{ short }</code> };
    }
    let title = format!("{} {}", props.id, workspace.title(&props.id));
    let to = Route::History { revision: props.id.to_string(), find: String::new() };
    html! { <Link {to} class="mono" {title}>{ short }</Link> }
}

#[derive(Properties, PartialEq)]
pub(crate) struct RowsProps {
    /// Version rows, sorted.
    pub rows: Vec<String>,
}

/// Version rows as the page names them: `base` when there is none.
#[component]
pub(crate) fn Rows(props: &RowsProps) -> Html {
    if props.rows.is_empty() {
        return html! { <code title="No revision is applied">{ "base" }</code> };
    }
    let row = |(at, id): (usize, &String)| {
        let comma = if at > 0 { ", " } else { "" };
        html! { <>{ comma }<RevisionLink id={id.clone()} /></> }
    };
    html! { <span>{ for props.rows.iter().enumerate().map(row) }</span> }
}
