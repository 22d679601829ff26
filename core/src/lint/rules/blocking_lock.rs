//! A table in use is locked against readers or writers.

use super::super::knowledge::{disturbs, keeps_rows, listed, nobody_can};
use super::super::report::{Complete as _, Findings};
use super::super::review::{Lock, Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::Relation;
use crate::ddl::LockMode;
use crate::diagnostic::Level;
use crate::sql::ast::{AlterTableAction, Stmt};

rule! {
    /// A statement locks a table in use against readers or writers.
    ///
    /// ## What it finds
    ///
    /// Statements that take a lock on a table that others may be using, under which nobody can write. Where a form of
    /// the same statement takes a weaker lock it is a warning; else a note, for a lock that is held for a moment does no
    /// harm as long as it is not waited for. Statements that also read or rewrite the table are the business of other
    /// rules.
    ///
    /// ## Why it hurts
    ///
    /// A strong lock waits for every transaction that uses the table, and while it waits, everybody who comes later
    /// waits behind it. That is what `lock_timeout` is for.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text);
    /// CREATE INDEX account_email_idx ON account (email);
    /// ```
    ///
    /// ```sql
    /// DROP INDEX account_email_idx;
    /// ```
    ///
    /// ## Instead
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// DROP INDEX CONCURRENTLY account_email_idx;
    /// ```
    "blocking-lock", Info, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in &step.statements {
        let is_slow = |lock: &Lock| statement.scans().chain(statement.rewrites()).any(|slow| slow.on == lock.on);
        let goes = |lock: &Lock| statement.after.relation(lock.on).is_none();
        let matters = |lock: &&Lock| {
            disturbs(&statement.before, lock.on, lock.mode)
                && keeps_rows(&statement.before, lock.on)
                && !is_slow(lock)
                && !goes(lock)
        };
        let strong: Vec<&Lock> = statement.locks.iter().filter(matters).collect();
        let Some(mode) = strong.iter().map(|lock| lock.mode).max() else { continue };
        let together: Vec<_> = statement.together(strong.iter().copied(), |_| String::new()).collect();
        let names = listed(together.iter().map(|(_, name)| name.as_str()));
        let found = findings.at(statement, format!("locks {names}: {} meanwhile", words(mode, strong.len())));
        match weaker(statement) {
            Some(weaker) => drop(found.helped(weaker).matters(Level::Warning)),
            None => {
                in_two_steps(statement).map(|steps| found.helped(steps));
            }
        }
    }
}

fn words(mode: LockMode, count: usize) -> &'static str {
    match (mode, count) {
        (mode, 1) => nobody_can(mode),
        (LockMode::AccessExclusive, _) => "nobody can read or write them",
        _ => "nobody can write to them",
    }
}

/// Returns what the form of a statement is called that takes a weaker lock.
fn weaker(statement: &Statement) -> Option<&'static str> {
    match statement.tree()? {
        Stmt::DropIndex(_) => Some("DROP INDEX CONCURRENTLY, in a revision that runs outside a transaction"),
        Stmt::Reindex(_) => Some("REINDEX … CONCURRENTLY, in a revision that runs outside a transaction"),
        Stmt::Refresh(_) => Some("REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index"),
        Stmt::AlterTable(tree) => {
            let detaches = |action| matches!(action, AlterTableAction::DetachPartition(_));
            let concurrently = "DETACH PARTITION … CONCURRENTLY, in a revision that runs outside a transaction";
            tree.actions().any(detaches).then_some(concurrently)
        }
        _ => None,
    }
}

/// Returns how partitions come and go under a weaker lock on their table, in two statements.
fn in_two_steps(statement: &Statement) -> Option<&'static str> {
    match statement.tree()? {
        Stmt::CreateTable(tree) if tree.partition_of().is_some() => {
            Some("CREATE TABLE … (LIKE …) and ATTACH PARTITION lock the partitioned table less")
        }
        Stmt::DropTable(_) => {
            let goes = |relation: &&Relation| statement.after.relation(relation.oid).is_none();
            let touched = statement.before.touched(&statement.after).into_iter();
            let mut gone = touched.filter_map(|oid| statement.before.relation(oid)).filter(goes);
            let stays = |relation: &Relation| relation.parents.iter().any(|it| statement.after.relation(*it).is_some());
            gone.any(|relation| relation.is_partition() && stays(relation))
                .then_some("DETACH PARTITION … CONCURRENTLY before it, in a revision that runs outside a transaction")
        }
        _ => None,
    }
}
