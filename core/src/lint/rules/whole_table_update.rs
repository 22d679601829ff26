//! All rows of a table in use are changed at once.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::Rows;
use crate::sql::ast::Stmt;

rule! {
    /// One statement changes every row of a table that others may be using.
    ///
    /// ## What it finds
    ///
    /// UPDATE and DELETE without WHERE on a table that was there before the revision.
    ///
    /// ## Why it hurts
    ///
    /// Each row stays locked until the transaction ends, so that whoever changes one of them waits for all of them.
    /// UPDATE writes each row a second time, to the write-ahead log and to each replica too, and the old ones stay in
    /// the table until they are vacuumed. What fails in the last row undoes all others.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, active boolean);
    /// ```
    ///
    /// ```sql
    /// UPDATE account SET active = true;
    /// ```
    ///
    /// ## Instead
    ///
    /// In batches, each of which is committed for itself; for more than a few of them, by a program that goes on until
    /// no row is left. A column with a constant default needs no UPDATE at all.
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// UPDATE account SET active = true WHERE active IS NULL AND id BETWEEN 1 AND 10000;
    /// UPDATE account SET active = true WHERE active IS NULL AND id BETWEEN 10001 AND 20000;
    /// ```
    "whole-table-update", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in &step.statements {
        let Some((verb, in_batches)) = changes_all(statement) else { continue };
        let has_rows = |lock: &&super::super::review::Lock| {
            statement
                .before
                .relation(lock.on)
                .is_some_and(|relation| relation.is_table() && relation.rows != Rows::None)
        };
        let target = crate::sql::target(&statement.sql, &statement.kind);
        let of_target = |lock: &&super::super::review::Lock| {
            let relation = statement.before.relation(lock.on);
            relation.is_some_and(|relation| Some(&*relation.name) == target.as_deref())
        };
        if let Some(lock) = statement.locks.iter().filter(has_rows).find(of_target) {
            let message = format!("{verb} every row of {} in one transaction, and locks each until it ends", lock.name);
            findings.at(statement, message).helped(in_batches);
        }
    }
}

/// Returns what a statement does to all rows of its table, and what to do instead.
fn changes_all(statement: &Statement) -> Option<(&'static str, &'static str)> {
    match statement.tree()? {
        Stmt::Update(tree) if tree.where_clause_or_current_of().is_none() => {
            Some(("writes", "go in batches: `WHERE id BETWEEN 1 AND 10000`, each committed for itself"))
        }
        Stmt::Delete(tree) if tree.where_clause_or_current_of().is_none() => Some((
            "deletes",
            "TRUNCATE if all are to go and nobody reads; else go in batches, each committed for itself",
        )),
        _ => None,
    }
}
