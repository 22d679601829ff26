//! An index is built while nobody can write.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step};
use super::super::rule::rule;

rule! {
    /// An index of a table in use is built while nobody can write to it.
    ///
    /// ## What it finds
    ///
    /// CREATE INDEX without CONCURRENTLY on a table that others may be using.
    ///
    /// ## Why it hurts
    ///
    /// The build holds a lock that keeps all writers out, and reads the whole table under it.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text);
    /// ```
    ///
    /// ```sql
    /// CREATE INDEX account_email_idx ON account (email);
    /// ```
    ///
    /// ## Instead
    ///
    /// Concurrently, in a revision of its own that runs outside a transaction:
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// CREATE INDEX CONCURRENTLY account_email_idx ON account (email);
    /// ```
    "blocking-index-build", Warning, Revision(check)
}

const HELP: &str =
    "CREATE INDEX CONCURRENTLY, in a revision of its own that opens with `-- migrate:up transaction:false`";
const PARTITIONED: &str =
    "CREATE INDEX … ON ONLY the parent, CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION";

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in step.statements.iter().filter(|statement| statement.kind == "create_index") {
        let Some(lock) = statement.scans().find(|lock| super::super::knowledge::blocks_writes(lock.mode)) else {
            continue;
        };
        let message = format!("builds an index of {}, and nobody can write to it until that is done", lock.name);
        let is_parent = |name: &super::super::review::Lock| {
            statement.before.relation(name.on).is_some_and(crate::catalog::Relation::is_partitioned)
        };
        let help = if statement.locks.iter().any(is_parent) { PARTITIONED } else { HELP };
        findings.at(statement, message).helped(help);
    }
}
