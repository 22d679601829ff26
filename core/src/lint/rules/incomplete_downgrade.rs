//! A down section that does not undo its up section.

use super::super::difference::differences;
use super::super::knowledge::mentions;
use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::dry_run::Undone;
use crate::reflection;

rule! {
    /// A downgrade leaves another schema than the upgrade found.
    ///
    /// ## What it finds
    ///
    /// A revision whose down section, played behind its up section, fails, or does not give the schema back: something
    /// is left over, missing or different. The order of columns does not count, for no downgrade can put a column back
    /// in the middle.
    ///
    /// ## Why it hurts
    ///
    /// The next upgrade fails on what is left over, or runs on something that no file describes.
    ///
    /// ## Example
    ///
    /// ```sql
    /// -- migrate:up
    /// CREATE TYPE mood AS ENUM ('calm', 'wild');
    /// CREATE TABLE animal (id bigint PRIMARY KEY, mood mood);
    ///
    /// -- migrate:down
    /// DROP TABLE animal;
    /// ```
    ///
    /// ## Instead
    ///
    /// ```sql
    /// -- migrate:up
    /// CREATE TYPE mood AS ENUM ('calm', 'wild');
    /// CREATE TABLE animal (id bigint PRIMARY KEY, mood mood);
    ///
    /// -- migrate:down
    /// DROP TABLE animal;
    /// DROP TYPE mood;
    /// ```
    "incomplete-downgrade", Warning, Revision(check)
}

/// Differences that are named at most.
const MOST: usize = 4;

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    match &step.undone {
        Undone::Refused { place, refusal, elsewhere } => {
            let unless = if *elsewhere { ", unless the database has it from elsewhere" } else { "" };
            let message = format!("behind its upgrade, Postgres refuses this with {refusal}{unless}");
            findings.place(*place, message).helped("undo in the opposite order what the up section does");
        }
        Undone::Made(catalog) => {
            let (before, after) = reflection::difference(&step.before, catalog);
            if before == after {
                return;
            }
            let mut found = differences(&before, &after);
            let (Some(down), false) = (&step.revision.down, found.is_empty()) else { return };
            let more = found.len().saturating_sub(MOST);
            found.truncate(MOST);
            let mut message = format!("the downgrade does not undo the upgrade: {}", found.join(", "));
            if more > 0 {
                message.push_str(&format!(" (and {more} more)"));
            }
            let adds_label = |statement: &Statement| mentions(&statement.sql, "add value");
            let help = match step.statements.iter().any(adds_label) {
                true => "Postgres takes no label out of an enum: allow this rule here, if the label may stay behind",
                false => "complete the down section",
            };
            findings.place(step.marker(down.start_line), message).helped(help);
        }
        Undone::Never | Undone::Unknown => {}
    }
}
