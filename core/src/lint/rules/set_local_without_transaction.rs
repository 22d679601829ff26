//! `SET LOCAL` where there is no transaction.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::sql;

rule! {
    /// SET LOCAL sets nothing, for no transaction is open.
    ///
    /// ## What it finds
    ///
    /// SET LOCAL in a section that runs outside a transaction, unless the section has opened one itself.
    ///
    /// ## Why it hurts
    ///
    /// Postgres warns (25P01) and goes on as if the statement were not there: the limit or the path that it sets does
    /// not hold for what comes behind it.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text);
    /// ```
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// SET LOCAL lock_timeout = '3s';
    /// DROP INDEX CONCURRENTLY IF EXISTS account_email_idx;
    /// ```
    ///
    /// ## Instead
    ///
    /// SET, which holds to the end of the section:
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// SET lock_timeout = '3s';
    /// DROP INDEX CONCURRENTLY IF EXISTS account_email_idx;
    /// ```
    "set-local-without-transaction", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in step.statements.iter().filter(|statement| sets_nothing(statement)) {
        let message = "sets nothing: SET LOCAL holds in a transaction, and none is open";
        findings.at(statement, message).helped("SET without LOCAL; it holds to the end of the section");
    }
}

/// Returns whether a statement would set something for the transaction that is open, and none is.
pub(super) fn sets_nothing(statement: &Statement) -> bool {
    let mut words = sql::tokens(&statement.sql).into_iter().filter_map(|token| statement.sql.get(token.range));
    statement.kind == "set"
        && statement.transaction.is_none()
        && words.nth(1).is_some_and(|word| word.eq_ignore_ascii_case("local"))
}
