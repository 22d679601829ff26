//! A transaction locks several tables in use.

use std::collections::BTreeSet;

use super::super::knowledge::{disturbs, keeps_rows, listed, some};
use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;
use crate::ddl::LockMode;
use crate::diagnostic::Level;

rule! {
    /// One transaction locks several tables in use, one after the other.
    ///
    /// ## What it finds
    ///
    /// A statement that takes a lock under which nobody can write, while earlier statements of its transaction hold such
    /// locks on other tables that others may be using. It is a note where others can still read all of them.
    ///
    /// ## Why it hurts
    ///
    /// All of them stay locked until the transaction ends: whoever uses the first waits while this one waits for the
    /// second. And a transaction that uses them in another order deadlocks with it.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// CREATE TABLE purchase (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN note text;
    /// ALTER TABLE purchase ADD COLUMN note text;
    /// ```
    ///
    /// ## Instead
    ///
    /// A revision for each table; each runs in a transaction of its own:
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN note text;
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD COLUMN note text;
    /// ```
    "locks-together", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    let mut said = BTreeSet::new();
    for statement in &step.statements {
        if said.contains(&statement.transaction) {
            continue;
        }
        let mine = |on| statement.locks.iter().any(|lock| lock.on == on);
        let strong = |on, mode| disturbs(&statement.before, on, mode) && keeps_rows(&statement.before, on);
        let is_new = |on| !statement.held.get(&on).is_some_and(|mode| disturbs(&statement.before, on, *mode));
        let new = statement.locks.iter().filter(|lock| strong(lock.on, lock.mode) && is_new(lock.on));
        let new: Vec<&str> = new.map(|lock| lock.name.as_str()).collect();
        if new.is_empty() {
            continue;
        }
        let held = statement.held.iter().filter(|(on, mode)| strong(**on, **mode) && !mine(**on));
        let held: Vec<String> = held.map(|(on, _)| statement.before.qualified(*on)).collect();
        if held.is_empty() {
            continue;
        }
        said.insert(statement.transaction);
        let mut all = statement.held.values().chain(statement.locks.iter().map(|lock| &lock.mode));
        // Under the weaker ones, which a foreign key takes on the table that it references, others still read.
        let level = if all.any(|mode| *mode == LockMode::AccessExclusive) { Level::Warning } else { Level::Info };
        let (new, held) = (listed(new.into_iter()), some(held.iter().map(String::as_str)));
        let message = format!("locks {new} while this transaction holds {held} locked");
        findings.at(statement, message).helped("put it into a revision of its own").matters(level);
    }
}
