//! Row security without a policy.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;

rule! {
    /// Row security is turned on, and no policy lets anybody see a row.
    ///
    /// ## What it finds
    ///
    /// ENABLE ROW LEVEL SECURITY on a table that has no policy at the heads.
    ///
    /// ## Why it hurts
    ///
    /// Without a policy nobody sees a row or may write one, but the owner of the table and superusers. No statement
    /// fails: queries find nothing.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, tenant text);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ENABLE ROW LEVEL SECURITY;
    /// ```
    ///
    /// ## Instead
    ///
    /// The policy first; it does nothing until row security is on:
    ///
    /// ```sql
    /// CREATE POLICY account_tenant ON account USING (tenant = current_user);
    /// ALTER TABLE account ENABLE ROW LEVEL SECURITY;
    /// ```
    "row-security-without-policy", Warning, Heads(check)
}

fn check(step: &Step<'_>, review: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for (statement, oid) in step.newly_secured() {
        let Some(table) = review.last.relation(oid).filter(|table| table.row_security) else { continue };
        if review.last.policies_of(oid).next().is_none() {
            let name = review.last.qualified(table.oid);
            let message = format!("{name} has no policy: nobody but its owner sees a row of it or writes one");
            findings.at(statement, message).helped(format!("CREATE POLICY … ON {name} before it"));
        }
    }
}
