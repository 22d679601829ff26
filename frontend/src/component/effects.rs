//! What a statement does, as the model says it: beside its first line, and below its last.

use limbeck_core::diagnostic::Level;
use limbeck_core::document::{Lock, Outcome, Statement};
use yew::prelude::*;

use super::{Chip, Findings};
use crate::model::sentence::Tone;

/// Lock modes that stop whoever writes, or reads too.
const STRONG: [&str; 4] = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

/// Draws outcome, rewrites, scans and locks in a line; `quiet` says nothing of what was not judged.
pub(crate) fn effects(of: &Statement, quiet: bool) -> Html {
    let outcome = match of.outcome {
        Outcome::Error => html! { <Chip tone={Tone::Bad}>{ "fails" }</Chip> },
        Outcome::Unknown if !quiet => {
            html! { <Chip title="Valid, but outside what Limbeck can judge">{ "not judged" }</Chip> }
        }
        Outcome::Ok | Outcome::Unknown => Html::default(),
    };
    let rewrite = |name: &String| html! { <Chip tone={Tone::Bad}>{ format!("rewrites {name}") }</Chip> };
    // What is rewritten is read as well.
    let scans = of.scans.iter().filter(|name| !of.rewrites.contains(name));
    let scan = |name: &String| {
        html! { <Chip tone={Tone::Warn} title="Every row is read while the lock is held">{ format!("reads {name}") }</Chip> }
    };
    // A lock beside the making of a table is of another one.
    let named = of.locks.len() > 1 || of.kind.starts_with("create_table");
    html! {
        <>
            { outcome }
            { for of.rewrites.iter().map(rewrite) }
            { for scans.map(scan) }
            { for of.locks.iter().map(|it| lock(it, named)) }
        </>
    }
}

/// Draws the error and what else is to be said.
pub(crate) fn remarks(of: &Statement) -> Html {
    // The finding says the same, with its place and what to do.
    let said = of.findings.iter().any(|finding| finding.level == Level::Error);
    html! {
        <>
            if let Some(error) = of.error.as_ref().filter(|_| !said) {
                <div class="note notice bad"><div>{ format!("{} · {}", error.sqlstate, error.message) }</div></div>
            }
            if !of.findings.is_empty() {
                <div class="note"><Findings findings={of.findings.clone()} in_place=true /></div>
            }
        </>
    }
}

/// Draws a lock; `named` says on what, which goes without saying where the statement is about that alone.
fn lock(lock: &Lock, named: bool) -> Html {
    let tone = if STRONG.contains(&lock.mode.as_str()) { Tone::Warn } else { Tone::Plain };
    let short = lock.mode.trim_end_matches("Lock").to_owned();
    let relation = lock.relation.strip_prefix("public.").unwrap_or(&lock.relation);
    let text = if named { format!("{relation} {short}") } else { short };
    html! { <Chip {tone} title={format!("{} on {}", lock.mode, lock.relation)}>{ text }</Chip> }
}
