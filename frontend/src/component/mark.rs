//! Limbeck's mark: an alembic and its drop. The same drawing stands in index.html, for the moment before the page.

use yew::prelude::*;

/// The mark and the name.
#[component]
pub(crate) fn Brand() -> Html {
    html! { <><Mark size={20} />{ "limbeck" }</> }
}

#[derive(Properties, PartialEq)]
pub(crate) struct MarkProps {
    /// Edge length in CSS pixels.
    pub size: u32,
}

#[component]
pub(crate) fn Mark(props: &MarkProps) -> Html {
    let size = props.size.to_string();
    html! {
        <svg class="mark" width={size.clone()} height={size} viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="7" cy="12" r="5" />
            <path d="M7 7V3.5M7 3.5c5 0 8 2 9.5 8.5" />
            <circle class="drop" cx="16.5" cy="15" r="1.8" />
        </svg>
    }
}
