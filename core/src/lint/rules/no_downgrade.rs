//! A revision that cannot be undone.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;
use crate::dry_run::Undone;

rule! {
    /// A revision cannot be undone.
    ///
    /// ## What it finds
    ///
    /// A revision without `-- migrate:down`.
    ///
    /// ## Why it hurts
    ///
    /// A deployment that goes wrong cannot go back over it: a downgrade past it is blocked before anything runs.
    ///
    /// ## Example
    ///
    /// ```sql
    /// -- migrate:up
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ## Instead
    ///
    /// ```sql
    /// -- migrate:up
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    ///
    /// -- migrate:down
    /// DROP TABLE account;
    /// ```
    "no-downgrade", Info, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    if matches!(step.undone, Undone::Never) && !step.statements.is_empty() {
        let message = format!("revision {} cannot be undone: it has no down section", step.revision.id);
        let help = "write `-- migrate:down` with what undoes it, or allow it for the file and say why";
        findings.place(step.marker(step.revision.up.start_line), message).helped(help);
    }
}
