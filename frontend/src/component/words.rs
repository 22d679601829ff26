//! Text that names commands in backticks, as the hints of core and server do.

use yew::prelude::*;

/// Draws a text; what stands between two backticks is code.
pub(crate) fn words(text: &str) -> Html {
    let part = |(at, part): (usize, &str)| {
        let part = part.to_owned();
        // Every second part was between backticks; an odd one at the end opens code that nothing closes, and is code
        // too.
        if at % 2 == 1 {
            html! { <code>{ part }</code> }
        } else {
            html! { { part } }
        }
    };
    text.split('`').enumerate().map(part).collect()
}
