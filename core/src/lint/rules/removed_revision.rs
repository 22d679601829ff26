//! A revision that others have is gone.

use super::super::review::Review;
use super::super::rule::rule;
use crate::diagnostic::{Diagnostic, Level};
use crate::script::Revision;

rule! {
    /// A revision that was published is gone.
    ///
    /// ## What it finds
    ///
    /// With `--new-since`, a revision whose file was there at that commit and whose identifier no file has any more. A
    /// file that only moved or changed its name is not found.
    ///
    /// ## Why it hurts
    ///
    /// A database that has the revision has a version row that nobody knows: it cannot be upgraded or downgraded until
    /// somebody puts the row right by hand.
    ///
    /// ## Example
    ///
    /// ```sql published
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ## Instead
    ///
    /// Keep it, and undo in a new revision what it did:
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
    /// -- limbeck: allow data-loss: nothing was ever written to it
    /// DROP TABLE account;
    /// ```
    "removed-revision", Error, History(check)
}

fn check(review: &Review<'_>) -> Vec<Diagnostic> {
    let is_gone = |old: &&Revision| !review.revisions.iter().any(|revision| revision.id == old.id);
    let finding = |old: &Revision| {
        Diagnostic::new(RULE.name, Level::Error, format!("revision {} was published and is gone", old.id))
            .path(&old.path)
            .revision(old.id.as_str())
            .help("put it back, and undo in a new revision what it did")
    };
    review.published.iter().filter(is_gone).map(finding).collect()
}
