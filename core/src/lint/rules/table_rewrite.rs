//! A table in use is written anew.

use super::super::knowledge::nobody_can;
use super::super::report::{Complete as _, Findings};
use super::super::review::{Lock, Review, Step};
use super::super::rule::rule;

rule! {
    /// A statement writes a table in use anew while it is locked.
    ///
    /// ## What it finds
    ///
    /// Statements for which Postgres copies every row of a table that others may be using: a column with a volatile
    /// default, a change of type that changes what is stored, SET LOGGED, CLUSTER. A change of type that only widens
    /// (`varchar(20)` to `varchar(40)` or `text`) copies nothing and is not found.
    ///
    /// ## Why it hurts
    ///
    /// Nobody reads or writes the table until the copy and all its indexes are done, which takes minutes to hours on a
    /// large table, and twice its space.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN token uuid DEFAULT gen_random_uuid();
    /// ```
    ///
    /// ## Instead
    ///
    /// New rows first, the old ones in batches, each revision deployed for itself:
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN token uuid;
    /// ALTER TABLE account ALTER COLUMN token SET DEFAULT gen_random_uuid();
    /// ```
    ///
    /// ```sql
    /// UPDATE account SET token = gen_random_uuid() WHERE token IS NULL AND id BETWEEN 1 AND 10000;
    /// ```
    "table-rewrite", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in &step.statements {
        let words = |lock: &Lock| nobody_can(statement.mode_on(lock)).to_owned();
        for (lock, name) in statement.together(statement.rewrites(), words) {
            let message = format!("writes {name} anew, and {} until that is done", words(lock));
            let help = match statement.kind.as_str() {
                "vacuum" | "cluster" => "choose a quiet hour, or an extension that packs tables while they are in use",
                kind if kind.starts_with("refresh") => {
                    "REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index"
                }
                _ => "add what is new beside the old, fill it in batches, then exchange them",
            };
            findings.at(statement, message).helped(help);
        }
    }
}
