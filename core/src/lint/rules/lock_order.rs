//! Two revisions that may run at the same time lock the same tables in opposite orders.

use std::collections::BTreeSet;

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;
use crate::revision::{Graph, Index};

rule! {
    /// Two revisions on different branches lock the same tables in opposite orders.
    ///
    /// ## What it finds
    ///
    /// Two revisions, neither of which stands on the other, each of which locks two tables in use in one transaction, one
    /// of them in the opposite order of the other.
    ///
    /// ## Why it hurts
    ///
    /// Run from two deployments at the same time, each holds the table that the other waits for: Postgres ends one of
    /// them with a deadlock. Limbeck runs one after the other; other tools that share the version table may not.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// CREATE TABLE purchase (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql beside
    /// -- limbeck: allow-file locks-together
    /// ALTER TABLE account ADD COLUMN note text;
    /// ALTER TABLE purchase ADD COLUMN note text;
    /// ```
    ///
    /// ```sql beside
    /// -- limbeck: allow-file locks-together
    /// ALTER TABLE purchase ADD COLUMN paid boolean;
    /// ALTER TABLE account ADD COLUMN active boolean;
    /// ```
    ///
    /// ## Instead
    ///
    /// The same order everywhere, for example by name, or a revision for each table:
    ///
    /// ```sql beside
    /// -- limbeck: allow-file locks-together
    /// ALTER TABLE account ADD COLUMN note text;
    /// ALTER TABLE purchase ADD COLUMN note text;
    /// ```
    ///
    /// ```sql beside
    /// -- limbeck: allow-file locks-together
    /// ALTER TABLE account ADD COLUMN active boolean;
    /// ALTER TABLE purchase ADD COLUMN paid boolean;
    /// ```
    "lock-order", Warning, Heads(check)
}

fn check(step: &Step<'_>, review: &Review<'_>, findings: &mut Findings<'_, '_>) {
    let mut said = BTreeSet::new();
    for ((first, second), at) in step.orders() {
        let Some(others) = review.orders.get(&(second, first)) else { continue };
        let others = others.iter().filter_map(|other| review.steps.get(*other));
        let apart = |other: &&Step<'_>| {
            !stands_on(review.graph, step.index, other.index) && !stands_on(review.graph, other.index, step.index)
        };
        let Some(other) = others.filter(|other| other.index != step.index).find(apart) else { continue };
        if let (Some(statement), true) = (step.statements.get(at), said.insert(other.index)) {
            let (first, second) = (step.locked_name(first), step.locked_name(second));
            let message =
                format!("locks {second} behind {first}; revision {} locks them the other way round", other.revision.id);
            findings.at(statement, message).helped("lock them in one order everywhere, or in a transaction each");
        }
    }
}

/// Returns whether a revision needs another.
fn stands_on(graph: &Graph, revision: Index, other: Index) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![revision];
    while let Some(next) = open.pop() {
        if next == other {
            return true;
        }
        if seen.insert(next) {
            open.extend(graph.parents(next).iter().chain(graph.dependencies(next)));
        }
    }
    false
}
