//! An index that an earlier attempt left broken is taken for the one that is wanted.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;
use crate::sql::ast::Stmt;

rule! {
    /// CREATE INDEX CONCURRENTLY IF NOT EXISTS takes a broken leftover for the index.
    ///
    /// ## What it finds
    ///
    /// CREATE INDEX with both CONCURRENTLY and IF NOT EXISTS.
    ///
    /// ## Why it hurts
    ///
    /// A concurrent build that fails leaves an invalid index behind under its name. The second attempt finds the name,
    /// does nothing and succeeds: the revision counts as applied, and no query ever uses the index, while every write
    /// keeps it up to date.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text);
    /// ```
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// CREATE INDEX CONCURRENTLY IF NOT EXISTS account_email_idx ON account (email);
    /// ```
    ///
    /// ## Instead
    ///
    /// Take the leftover away first; then both statements can run again:
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// DROP INDEX CONCURRENTLY IF EXISTS account_email_idx;
    /// CREATE INDEX CONCURRENTLY account_email_idx ON account (email);
    /// ```
    "concurrent-if-not-exists", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in step.statements.iter().filter(|statement| statement.kind == "create_index") {
        let Some(Stmt::CreateIndex(tree)) = statement.tree() else { continue };
        if tree.concurrently_token().is_some() && tree.if_not_exists().is_some() {
            let message = "an invalid index that a failed build left behind counts as existing, and stays invalid";
            let help = "DROP INDEX CONCURRENTLY IF EXISTS before it, and no IF NOT EXISTS";
            findings.at(statement, message).helped(help);
        }
    }
}
