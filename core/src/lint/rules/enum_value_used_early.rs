//! A new label of an enum is used in the transaction that adds it.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::{Oid, UserTypeKind};
use crate::sql::{self, TokenKind};

rule! {
    /// A new label of an enum is used in the transaction that adds it.
    ///
    /// ## What it finds
    ///
    /// A statement with the text of a label that an earlier statement of its transaction added, where it names the enum
    /// or a table with a column of it.
    ///
    /// ## Why it hurts
    ///
    /// Postgres refuses it with 55P04, unsafe use of a new value, and the revision fails. Where the dry run sees that
    /// itself it says so, without this rule, which is for the text that becomes a label only as the statement runs.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TYPE mood AS ENUM ('calm');
    /// CREATE TABLE animal (id bigint PRIMARY KEY, mood mood);
    /// ```
    ///
    /// ```sql
    /// ALTER TYPE mood ADD VALUE 'wild';
    /// INSERT INTO animal VALUES (1, 'wild'::text::mood);
    /// ```
    ///
    /// ## Instead
    ///
    /// Two revisions:
    ///
    /// ```sql
    /// ALTER TYPE mood ADD VALUE 'wild';
    /// ```
    ///
    /// ```sql
    /// INSERT INTO animal VALUES (1, 'wild'::text::mood);
    /// ```
    "enum-value-used-early", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    // By transaction: the enum, and its new label.
    let mut added: Vec<(usize, Oid, String)> = Vec::new();
    for statement in &step.statements {
        let Some(transaction) = statement.transaction else { continue };
        let used = added.iter().find(|(of, oid, label)| *of == transaction && uses(statement, *oid, label));
        // What the dry run knows to fail needs no second word.
        if let (Some((_, oid, label)), true) = (used, !statement.fails) {
            let name = statement.before.user_type(*oid).map(|found| found.name.to_string()).unwrap_or_default();
            let message =
                format!("uses '{label}' in the transaction that adds it to {name}, which Postgres refuses with 55P04");
            findings.at(statement, message).helped("put it into a revision of its own");
        }
        if statement.kind == "alter_type" {
            added.extend(new_labels(statement, step).into_iter().map(|(oid, label)| (transaction, oid, label)));
        }
    }
}

/// Returns the labels that a statement adds to enums which are older than the revision.
fn new_labels(statement: &Statement, step: &Step<'_>) -> Vec<(Oid, String)> {
    let mut found = Vec::new();
    for oid in statement.before.touched(&statement.after) {
        let labels = |catalog: &crate::catalog::Catalog| match &catalog.user_type(oid)?.kind {
            UserTypeKind::Enum(labels) => Some(labels.iter().map(ToString::to_string).collect::<Vec<_>>()),
            _ => None,
        };
        if let (Some(_), Some(before), Some(after)) =
            (labels(&step.before), labels(&statement.before), labels(&statement.after))
        {
            // A label that is renamed may be used at once.
            if after.len() > before.len() {
                found.extend(after.into_iter().filter(|label| !before.contains(label)).map(|label| (oid, label)));
            }
        }
    }
    found
}

fn uses(statement: &Statement, oid: Oid, label: &str) -> bool {
    let literal = sql::quote_literal(label);
    let tokens = sql::tokens(&statement.sql);
    let is_it = |token: &sql::Token| {
        token.kind == TokenKind::String && statement.sql.get(token.range.clone()) == Some(&literal)
    };
    if statement.kind == "comment" || !tokens.iter().any(is_it) {
        return false;
    }
    let catalog = &statement.before;
    let of_type = catalog.user_type(oid).map(|found| found.name.to_string());
    let has_it = |name: &str| {
        catalog
            .relations()
            .filter(|relation| *relation.name == *name)
            .any(|relation| relation.live().any(|column| column.of.oid == oid))
    };
    sql::identifiers(&statement.sql).any(|name| of_type.as_ref() == Some(&name) || has_it(&name))
}
