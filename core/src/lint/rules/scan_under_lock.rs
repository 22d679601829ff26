//! A table in use is read in full while it is locked.

use super::super::knowledge::{blocks_writes, disturbs, nobody_can};
use super::super::report::{Complete as _, Findings};
use super::super::review::{Lock, Review, Statement, Step};
use super::super::rule::rule;
use super::proof_dropped::dropped_proof;
use crate::PostgresVersion;
use crate::catalog::Relation;
use crate::sql::ast::{AlterColumnOption, AlterTableAction, Constraint, Stmt};

rule! {
    /// A statement reads a table in use in full while nobody can write to it.
    ///
    /// ## What it finds
    ///
    /// Statements that must look at every row of a table that others may be using, while they or an earlier statement of
    /// their transaction hold a lock that keeps writers out: a constraint that is checked at once, SET NOT NULL without
    /// a check that proves it, VALIDATE CONSTRAINT in the transaction that added the constraint. Where the rows are
    /// written anew too, `table-rewrite` says so; for CREATE INDEX, `blocking-index-build` does.
    ///
    /// ## Why it hurts
    ///
    /// The lock lasts as long as the reading, which grows with the table, and everything that wants to write waits in
    /// line behind it.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE purchase (id bigint PRIMARY KEY, total numeric);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD CONSTRAINT purchase_total_check CHECK (total >= 0);
    /// ```
    ///
    /// ## Instead
    ///
    /// Two revisions. The first holds for new rows at once, the second reads the old ones while everybody works:
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD CONSTRAINT purchase_total_check CHECK (total >= 0) NOT VALID;
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase VALIDATE CONSTRAINT purchase_total_check;
    /// ```
    "scan-under-lock", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in step.statements.iter().filter(|statement| statement.kind != "create_index") {
        let is_rewritten = |lock: &Lock| statement.rewrites().any(|rewritten| rewritten.on == lock.on);
        let matters =
            |lock: &&Lock| !is_rewritten(lock) && disturbs(&statement.before, lock.on, statement.mode_on(lock));
        if dropped_proof(statement).is_some() {
            continue;
        }
        let words = |lock: &Lock| format!("{} {}", nobody_can(statement.mode_on(lock)), help(statement, lock));
        for (lock, name) in statement.together(statement.scans().filter(matters), words) {
            let cannot = match statement.kind.as_str() {
                // The planner looks at all indexes of a table, the one that is locked too.
                "reindex" => "nobody can write to it, and hardly anybody read it,",
                _ => nobody_can(statement.mode_on(lock)),
            };
            let message = format!("reads all of {name}, and {cannot} until that is done");
            findings.at(statement, message).helped(help(statement, lock));
        }
    }
}

fn help(statement: &Statement, lock: &Lock) -> &'static str {
    if !blocks_writes(lock.mode) {
        return "an earlier statement of this transaction holds the lock: put this one into a revision of its own";
    }
    let tree = match statement.tree() {
        Some(Stmt::AlterTable(tree)) => tree,
        Some(Stmt::Reindex(_)) => return "REINDEX … CONCURRENTLY, in a revision that runs outside a transaction",
        Some(Stmt::Refresh(_)) => return "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index",
        Some(Stmt::CreateTable(tree)) if tree.partition_of().is_some() => {
            return "give the default partition a CHECK that keeps these rows out first, NOT VALID and then validated";
        }
        _ => return "look for a form of it that reads under a weaker lock",
    };
    for action in tree.actions() {
        match action {
            AlterTableAction::AddConstraint(add) => {
                return match add.constraint() {
                    Some(Constraint::UniqueConstraint(_) | Constraint::PrimaryKeyConstraint(_))
                        if is_of_partitioned(statement) =>
                    {
                        "add it to ONLY the table, to each partition USING an INDEX that was built CONCURRENTLY, and ALTER INDEX … ATTACH PARTITION these"
                    }
                    Some(Constraint::UniqueConstraint(_) | Constraint::PrimaryKeyConstraint(_)) => {
                        "build the unique index CONCURRENTLY in a revision before, then ADD CONSTRAINT … USING INDEX"
                    }
                    Some(Constraint::ExcludeConstraint(_)) => "no weaker form exists: choose a quiet hour",
                    // Before 18, a partitioned table cannot have one that is not valid.
                    Some(Constraint::ForeignKeyConstraint(_)) if alters_partitioned(statement) => {
                        "add it to each partition NOT VALID and VALIDATE it there, then to the table, which takes these over"
                    }
                    _ => "add the constraint NOT VALID, and VALIDATE it in a revision behind",
                };
            }
            AlterTableAction::AddColumn(_) => {
                return "add the column alone, fill it, then constrain it NOT VALID and VALIDATE in revisions behind";
            }
            AlterTableAction::AttachPartition(_) => {
                return "give the new partition a CHECK that implies its bounds first, NOT VALID and then validated";
            }
            AlterTableAction::AlterColumn(alter) if matches!(alter.option(), Some(AlterColumnOption::SetType(_))) => {
                return "add a column of the new type beside the old, fill it in batches, then exchange them";
            }
            AlterTableAction::AlterColumn(_) => {
                return "add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a revision behind, then SET NOT NULL reads nothing";
            }
            _ => {}
        }
    }
    "look for a form of it that reads under a weaker lock"
}

fn alters_partitioned(statement: &Statement) -> bool {
    statement.before.version() < PostgresVersion::V18 && is_of_partitioned(statement)
}

fn is_of_partitioned(statement: &Statement) -> bool {
    let is_partitioned = |lock: &Lock| statement.before.relation(lock.on).is_some_and(Relation::is_partitioned);
    statement.locks.iter().any(is_partitioned)
}
