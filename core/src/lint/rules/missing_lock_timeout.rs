//! A strong lock is waited for without end.

use super::super::knowledge::disturbs;
use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use super::set_local_without_transaction::sets_nothing;
use crate::sql;

rule! {
    /// A strong lock on a table in use is waited for without end.
    ///
    /// ## What it finds
    ///
    /// A statement that takes a lock under which nobody can write to a table that others may be using, with no limit to
    /// its waiting: `lock_timeout` is off in `limbeck.toml` and not set in the section, or the section turns it off.
    ///
    /// ## Why it hurts
    ///
    /// While the statement waits for one long query to end, everybody who wants the table waits behind it.
    ///
    /// ## Example
    ///
    /// ```toml
    /// lock_timeout = "off"
    /// ```
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN note text;
    /// ```
    ///
    /// ## Instead
    ///
    /// Leave `lock_timeout` on in `limbeck.toml` (it is three seconds by default), or set it in the section:
    ///
    /// ```sql
    /// SET LOCAL lock_timeout = '3s';
    /// ALTER TABLE account ADD COLUMN note text;
    /// ```
    "missing-lock-timeout", Warning, Revision(check)
}

fn check(step: &Step<'_>, review: &Review<'_>, findings: &mut Findings<'_, '_>) {
    let mut limited = review.settings.lock_timeout.is_some();
    for statement in &step.statements {
        if let Some(limit) = sets_limit(statement) {
            limited = limit;
        }
        let Some(lock) = statement.locks.iter().find(|lock| disturbs(&statement.before, lock.on, lock.mode)) else {
            continue;
        };
        if !limited {
            let message = format!("waits for its lock on {} without end, and everybody behind it", lock.name);
            findings.at(statement, message).helped("SET LOCAL lock_timeout = '3s' before it");
            return;
        }
    }
}

/// Returns whether a statement sets a limit to waiting, or takes it away; none when it does neither.
fn sets_limit(statement: &Statement) -> Option<bool> {
    if !matches!(statement.kind.as_str(), "set" | "reset") || sets_nothing(statement) {
        return None;
    }
    let words: Vec<String> = sql::tokens(&statement.sql)
        .into_iter()
        .filter_map(|token| statement.sql.get(token.range))
        .map(|word| word.trim_matches('\'').to_ascii_lowercase())
        .collect();
    if !words.iter().any(|word| word == "lock_timeout") {
        return None;
    }
    let value = words.last()?;
    let is_none = ["0", "0ms", "0s", "default", "lock_timeout"].contains(&value.as_str());
    Some(!is_none)
}
