//! SET NOT NULL together with the drop of the check that proves it.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::ConstraintKind;
use crate::sql::ast::{AlterColumnOption, AlterTableAction, Stmt};
use crate::sql::tree;

rule! {
    /// SET NOT NULL stands in one statement with the drop of the check that proves it.
    ///
    /// ## What it finds
    ///
    /// ALTER TABLE with both SET NOT NULL of a column and DROP CONSTRAINT of a valid check that the column is not null.
    ///
    /// ## Why it hurts
    ///
    /// Postgres drops in an earlier pass than it sets, whatever the order in the statement: the proof is gone when it is
    /// wanted, and the whole table is read while nobody can use it. That was what the check was for.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text,
    ///     CONSTRAINT account_email_set CHECK (email IS NOT NULL));
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account ALTER COLUMN email SET NOT NULL, DROP CONSTRAINT account_email_set;
    /// ```
    ///
    /// ## Instead
    ///
    /// Two statements:
    ///
    /// ```sql
    /// ALTER TABLE account ALTER COLUMN email SET NOT NULL;
    /// ALTER TABLE account DROP CONSTRAINT account_email_set;
    /// ```
    "proof-dropped", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in &step.statements {
        if let Some((column, check)) = dropped_proof(statement) {
            let message = format!("drops {check} before it sets {column} not null, and reads the whole table for that");
            findings.at(statement, message).helped("set NOT NULL first, and drop the check in a statement behind");
        }
    }
}

/// Returns the column that a statement sets not null, and the check that would have proved it if it were not dropped.
pub(super) fn dropped_proof(statement: &Statement) -> Option<(String, String)> {
    let table = statement.scans().next()?.on;
    let Stmt::AlterTable(tree) = statement.tree()? else { return None };
    let (mut set, mut dropped) = (Vec::new(), Vec::new());
    for action in tree.actions() {
        match action {
            AlterTableAction::AlterColumn(alter) => {
                if let Some(AlterColumnOption::SetNotNull(_)) = alter.option() {
                    set.extend(tree::parts(&alter.column_name_ref()?)?.pop());
                }
            }
            AlterTableAction::DropConstraint(drop) => {
                dropped.extend(tree::parts(&drop.constraint_name_ref()?)?.pop());
            }
            _ => {}
        }
    }
    let constraints = statement.before.constraints_of(table);
    for constraint in constraints.into_iter().filter(|it| it.validated && dropped.contains(&it.name.to_string())) {
        let ConstraintKind::Check(formula) = &constraint.kind else { continue };
        let columns = formula.columns.iter().filter_map(|number| statement.before.relation(table)?.numbered(*number));
        let proves = formula.written.to_ascii_uppercase().contains("IS NOT NULL");
        if let (Some(column), true) =
            (columns.map(|column| column.name.to_string()).find(|name| set.contains(name)), proves)
        {
            return Some((column, constraint.name.to_string()));
        }
    }
    None
}
