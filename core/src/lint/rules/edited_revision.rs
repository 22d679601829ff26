//! A revision that others have runs something else now.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;

rule! {
    /// A revision that was published is edited.
    ///
    /// ## What it finds
    ///
    /// With `--new-since`, a revision that was there at that commit and whose SQL is another now. New comments in its
    /// header, a new name of its file and another parent are no edit.
    ///
    /// ## Why it hurts
    ///
    /// A database that has the revision never gets what was changed: from now on databases differ by the day on which
    /// they were upgraded, and no tool tells.
    ///
    /// ## Example
    ///
    /// ```sql published
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text);
    /// ```
    ///
    /// ## Instead
    ///
    /// ```sql published
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN email text;
    /// ```
    "edited-revision", Error, Revision(check)
}

fn check(step: &Step<'_>, review: &Review<'_>, findings: &mut Findings<'_, '_>) {
    let revision = step.revision;
    let is_edited = review.published.iter().any(|old| old.id == revision.id && old.checksum != revision.checksum);
    if is_edited {
        let message = format!("revision {} was published and runs something else now", revision.id);
        let help = "put it back as it was, and write the change as a new revision";
        findings.place(step.marker(revision.up.start_line), message).helped(help);
    }
}
