//! A section outside a transaction that cannot be run again when it fails half-way.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::sql;

rule! {
    /// A section outside a transaction cannot be run again when it fails half-way.
    ///
    /// ## What it finds
    ///
    /// In a section with `transaction:false`, a statement that changes the schema, is followed by another, and would fail
    /// the second time: it has no IF EXISTS, IF NOT EXISTS or OR REPLACE.
    ///
    /// ## Why it hurts
    ///
    /// When the statement behind it fails, this one stays done and the revision is not applied. The next attempt fails at
    /// once, and somebody has to mend the database by hand.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text);
    /// ```
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// ALTER TABLE account ADD COLUMN name text;
    /// CREATE INDEX CONCURRENTLY account_name_idx ON account (name);
    /// ```
    ///
    /// ## Instead
    ///
    /// A revision for each, or statements that can run twice:
    ///
    /// ```sql
    /// ALTER TABLE account ADD COLUMN name text;
    /// ```
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// DROP INDEX CONCURRENTLY IF EXISTS account_name_idx;
    /// CREATE INDEX CONCURRENTLY account_name_idx ON account (name);
    /// ```
    "partial-section", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    let Some((_, all_but_last)) = step.statements.split_last() else { return };
    for statement in all_but_last.iter().filter(|statement| statement.transaction.is_none()) {
        if fails_twice(statement) {
            let message = "if a statement behind it fails, this one stays done and the section cannot be run again";
            findings
                .at(statement, message)
                .helped("a revision for each, or IF [NOT] EXISTS where a leftover does no harm");
        }
    }
}

fn fails_twice(statement: &Statement) -> bool {
    let changes = ["create_", "drop_", "alter_"].iter().any(|verb| statement.kind.starts_with(verb));
    if !changes || matches!(statement.kind.as_str(), "alter_default_privileges" | "alter_system" | "alter_role") {
        return false;
    }
    let words: Vec<String> = sql::tokens(&statement.sql)
        .into_iter()
        .filter(|token| token.kind != sql::TokenKind::Comment)
        .filter_map(|token| Some(statement.sql.get(token.range)?.to_ascii_uppercase()))
        .collect();
    let says = |phrase: &[&str]| words.windows(phrase.len()).any(|window| window == phrase);
    // What is set to a value may be set again.
    let may_repeat: [&[&str]; 9] = [
        &["IF", "EXISTS"],
        &["IF", "NOT", "EXISTS"],
        &["OR", "REPLACE"],
        &["VALIDATE", "CONSTRAINT"],
        &["SET", "DEFAULT"],
        &["SET", "NOT", "NULL"],
        &["DROP", "NOT", "NULL"],
        &["DROP", "DEFAULT"],
        &["SET", "STATISTICS"],
    ];
    !may_repeat.iter().any(|phrase| says(phrase))
}
