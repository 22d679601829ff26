//! The overlay that lists the keys.

use yew::prelude::*;

use crate::component::Dialog;

/// Every key that the page takes, by where it works.
pub(crate) const KEYS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Everywhere",
        &[
            ("/", "search"),
            ("g h", "history"),
            ("g p", "plan"),
            ("g d", "draft"),
            ("g m", "merge"),
            ("g r", "runs"),
            ("?", "this list"),
            ("Esc", "close, or clear the search"),
        ],
    ),
    (
        "In the history",
        &[
            ("↑ ↓", "one row up or down"),
            ("→", "to the parent"),
            ("←", "to the child"),
            ("PgUp PgDn", "one screen up or down"),
            ("Home End", "newest, oldest"),
            ("h", "where the database is"),
            ("Enter", "open the revision"),
            ("p", "plan to the selected revision"),
        ],
    ),
    ("In the search", &[("Enter ↓", "to what was found"), ("Esc", "clear")]),
];

#[derive(Properties, PartialEq)]
pub(crate) struct HelpProps {
    pub close: Callback<()>,
}

#[component]
pub(crate) fn Help(props: &HelpProps) -> Html {
    let key = |(keys, does): &(&'static str, &'static str)| {
        let words = keys.split(' ').map(|key| html! { <><kbd class="kbd">{ key }</kbd>{ " " }</> });
        html! { <><dt>{ for words }</dt><dd>{ *does }</dd></> }
    };
    let part = |(name, keys): &(&'static str, &[(&'static str, &'static str)])| {
        html! { <><h3 class="caption">{ *name }</h3><dl class="keys">{ for keys.iter().map(key) }</dl></> }
    };
    html! {
        <Dialog title="Keys" close={props.close.clone()}>
            { for KEYS.iter().map(part) }
        </Dialog>
    }
}
