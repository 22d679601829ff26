//! A slow statement runs while an earlier one's lock is held.

use super::super::knowledge::{disturbs, keeps_rows, mentions, nobody_can, some};
use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::Oid;
use crate::sql;

rule! {
    /// A slow statement runs while its transaction holds a lock that it does not need.
    ///
    /// ## What it finds
    ///
    /// A change of many rows, or a statement that reads or writes a table in full, behind a statement of the same
    /// transaction that locked a table that others may be using.
    ///
    /// ## Why it hurts
    ///
    /// A lock is held until its transaction ends. ADD COLUMN takes a moment, and the UPDATE behind it minutes: for all
    /// that time nobody can read the table.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN active boolean;
    /// UPDATE account SET active = true;
    /// ```
    ///
    /// ## Instead
    ///
    /// Two revisions; the second holds locks on the rows that it changes, and on nothing else:
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN active boolean;
    /// ```
    ///
    /// ```sql
    /// UPDATE account SET active = true WHERE id BETWEEN 1 AND 10000;
    /// ```
    "slow-under-lock", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in &step.statements {
        let read: Vec<Oid> = statement.scans().chain(statement.rewrites()).map(|lock| lock.on).collect();
        if read.is_empty() && !changes_many_rows(statement) {
            continue;
        }
        // What it reads under a lock on itself is `scan-under-lock`.
        let strong = statement.held.iter().filter(|(on, mode)| {
            disturbs(&statement.before, **on, **mode) && keeps_rows(&statement.before, **on) && !read.contains(on)
        });
        let strong: Vec<_> = strong.map(|(on, mode)| (statement.before.qualified(*on), *mode)).collect();
        let Some(mode) = strong.iter().map(|(_, mode)| *mode).max() else { continue };
        let strong = statement.before.together(strong, |(name, _)| name, |_| String::new());
        let names = some(strong.iter().map(|one| one.name.as_str()));
        let message = format!("takes long while this transaction holds {names} locked: {} meanwhile", nobody_can(mode));
        findings.at(statement, message).helped("put it into a revision of its own");
    }
}

fn changes_many_rows(statement: &Statement) -> bool {
    match statement.kind.as_str() {
        "update" | "delete" | "merge" | "copy" | "create_table_as" => true,
        "insert" => {
            let mut words = sql::tokens(&statement.sql).into_iter().filter_map(|token| statement.sql.get(token.range));
            mentions(&statement.sql, "select") && words.any(|word| word.eq_ignore_ascii_case("select"))
        }
        _ => false,
    }
}
