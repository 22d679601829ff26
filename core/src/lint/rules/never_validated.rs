//! A constraint that is never validated.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;

rule! {
    /// A constraint is added NOT VALID, and no revision validates it.
    ///
    /// ## What it finds
    ///
    /// A constraint that is still not validated at the heads.
    ///
    /// ## Why it hurts
    ///
    /// Old rows may break it. No query can rely on it, SET NOT NULL takes no proof from it, and a restored dump fails if
    /// they do.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE purchase (id bigint PRIMARY KEY, total numeric);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD CONSTRAINT purchase_total_check CHECK (total >= 0) NOT VALID;
    /// ```
    ///
    /// ## Instead
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD CONSTRAINT purchase_total_check CHECK (total >= 0) NOT VALID;
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase VALIDATE CONSTRAINT purchase_total_check;
    /// ```
    "never-validated", Warning, Heads(check)
}

fn check(step: &Step<'_>, review: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for (statement, oid) in step.new_constraints() {
        let Some(constraint) = review.last.constraint(oid) else { continue };
        if constraint.enforced && !constraint.validated && constraint.parent.is_none() {
            let message = format!("no revision validates the constraint {}", constraint.name);
            findings.at(statement, message).helped("ALTER TABLE … VALIDATE CONSTRAINT in a revision behind");
        }
    }
}
