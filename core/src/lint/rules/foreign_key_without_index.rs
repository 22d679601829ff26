//! A foreign key whose columns no index covers.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Step, is_covered};
use super::super::rule::rule;
use crate::catalog::{Catalog, ConstraintKind, Oid};
use crate::sql::quote_identifier;

rule! {
    /// A foreign key has no index on its columns.
    ///
    /// ## What it finds
    ///
    /// A foreign key on a table that, at the heads, has no index that begins with the key's columns. Postgres makes one
    /// for the columns that are referenced, and none for those that reference.
    ///
    /// ## Why it hurts
    ///
    /// Every DELETE of a referenced row, and every UPDATE of its key, reads the whole referencing table.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// CREATE TABLE purchase (id bigint PRIMARY KEY, account_id bigint);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD CONSTRAINT purchase_account_fk
    ///     FOREIGN KEY (account_id) REFERENCES account NOT VALID;
    /// ALTER TABLE purchase VALIDATE CONSTRAINT purchase_account_fk; -- limbeck: allow scan-under-lock
    /// ```
    ///
    /// ## Instead
    ///
    /// The index first:
    ///
    /// ```sql
    /// -- migrate:up transaction:false
    /// CREATE INDEX CONCURRENTLY purchase_account_idx ON purchase (account_id);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase ADD CONSTRAINT purchase_account_fk
    ///     FOREIGN KEY (account_id) REFERENCES account NOT VALID;
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE purchase VALIDATE CONSTRAINT purchase_account_fk;
    /// ```
    "foreign-key-without-index", Warning, Heads(check)
}

fn check(step: &Step<'_>, review: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for (statement, oid) in step.new_constraints() {
        let is_dropped = review.steps.iter().any(|step| step.uncovered().any(|(_, constraint)| constraint == oid));
        let Some(Missing { table, name, list, columns, message }) = missing(oid, review).filter(|_| !is_dropped) else {
            continue;
        };
        // Nobody uses a table that the revision itself makes; what it makes cannot be indexed before.
        let help = match step.before.relation(table) {
            None => format!("CREATE INDEX ON {name} ({list}) behind it"),
            Some(before) if columns.iter().any(|number| before.numbered(*number).is_none()) => {
                format!("CREATE INDEX CONCURRENTLY ON {name} ({list}) in the next revision")
            }
            Some(_) => format!("CREATE INDEX CONCURRENTLY ON {name} ({list}) in a revision before"),
        };
        findings.at(statement, message).helped(help);
    }
    for (statement, oid) in step.uncovered() {
        if let Some(Missing { message, name, list, .. }) = missing(oid, review) {
            let help = format!("keep it, or CREATE INDEX CONCURRENTLY ON {name} ({list}) in a revision before");
            findings.at(statement, format!("drops the last index for a foreign key: {message}")).helped(help);
        }
    }
}

/// A foreign key without an index.
struct Missing {
    table: Oid,
    /// What the table is called.
    name: String,
    /// Its columns, as a list.
    list: String,
    columns: Vec<i16>,
    message: String,
}

/// Returns what is missing of a foreign key at the heads.
fn missing(oid: Oid, review: &Review<'_>) -> Option<Missing> {
    let constraint = review.last.constraint(oid).filter(|constraint| constraint.parent.is_none())?;
    let ConstraintKind::Foreign { columns, .. } = &constraint.kind else { return None };
    let table = review.last.relation(constraint.on).filter(|_| !is_covered(&review.last, constraint))?;
    let names: Vec<_> = columns.iter().filter_map(|number| table.numbered(*number)).collect();
    let names: Vec<_> = names.iter().map(|column| quote_identifier(&column.name)).collect();
    let (name, list) = (review.last.qualified(table.oid), names.join(", "));
    let target = target(constraint, &review.last);
    let message = format!("no index of {name} begins with ({list}): every change of a key of {target} reads all of it");
    Some(Missing { table: table.oid, name, list, columns: columns.clone(), message })
}

fn target(constraint: &crate::catalog::Constraint, catalog: &Catalog) -> String {
    match &constraint.kind {
        ConstraintKind::Foreign { references, .. } => catalog.qualified(*references),
        _ => String::new(),
    }
}
