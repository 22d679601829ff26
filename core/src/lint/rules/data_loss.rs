//! Rows or columns in use that are gone for good.

use super::super::knowledge::listed;
use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::dry_run;
use crate::sql::ast::Stmt;
use crate::sql::{self, quote_identifier};

rule! {
    /// Data is gone for good.
    ///
    /// ## What it finds
    ///
    /// A table or column that is dropped, a table that is emptied by TRUNCATE or by DELETE without WHERE, where what is
    /// lost was there before the revision. CASCADE is followed.
    ///
    /// ## Why it hurts
    ///
    /// No downgrade brings the rows back.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, nickname text);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account DROP COLUMN nickname;
    /// ```
    ///
    /// ## Instead
    ///
    /// Stop reading and writing it in a release before. Then say in the file that it is meant, and why:
    ///
    /// ```sql
    /// -- limbeck: allow data-loss: nothing reads it since release 41
    /// ALTER TABLE account DROP COLUMN nickname;
    /// ```
    "data-loss", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in &step.statements {
        let mut lost = if statement.effects.is_some() { known(statement) } else { Vec::new() };
        // Of the rows that a block deletes, its words tell.
        if statement.effects.is_none() || lost.is_empty() && statement.kind == "do" {
            lost = written(statement, step);
        }
        if !lost.is_empty() {
            let help = "if it is meant, say so: `-- limbeck: allow data-loss: why`";
            let lost = listed(lost.iter().map(String::as_str));
            findings.at(statement, format!("loses {lost} for good")).helped(help);
        }
    }
}

/// Returns what a statement takes away, where the model knows.
fn known(statement: &Statement) -> Vec<String> {
    let mut lost = Vec::new();
    for lock in &statement.locks {
        // What a materialized view shows can be read again.
        let Some(before) = statement.before.relation(lock.on).filter(|relation| relation.is_table()) else { continue };
        let Some(after) = statement.after.relation(lock.on) else {
            lost.push(format!("{} {}", before.word(), lock.name));
            continue;
        };
        let dropped = before.live().filter(|column| after.numbered(column.number).is_none());
        // A generated column can be computed again.
        let dropped = dropped.filter(|column| !column.default.as_ref().is_some_and(|default| default.generated));
        lost.extend(dropped.map(|column| format!("column {} of {}", quote_identifier(&column.name), lock.name)));
        let is_emptied = statement.kind == "truncate" && lock.mode == crate::ddl::LockMode::AccessExclusive;
        // A DELETE locks those that reference the table too.
        let is_named = || sql::target(&statement.sql, &statement.kind).as_deref() == Some(&*before.name);
        if is_emptied || deletes_all(statement) && is_named() {
            lost.push(format!("every row of {}", lock.name));
        }
    }
    lost
}

/// Returns what the words of a statement take away that is outside the model.
fn written(statement: &Statement, step: &Step<'_>) -> Vec<String> {
    let may_lose = ["drop_", "alter_"].iter().any(|verb| statement.kind.starts_with(verb))
        || matches!(statement.kind.as_str(), "truncate" | "delete" | "merge" | "do");
    if !may_lose || statement.fails {
        return Vec::new();
    }
    if sql::target(&statement.sql, &statement.kind).is_some_and(|name| step.makes(statement.at, &name)) {
        return Vec::new();
    }
    if statement.kind == "delete" && !deletes_all(statement) {
        return Vec::new();
    }
    let losses = dry_run::losses_of(&statement.sql).into_iter();
    losses.filter(|loss| loss.data).map(|loss| loss.words).collect()
}

fn deletes_all(statement: &Statement) -> bool {
    statement.kind == "delete"
        && matches!(statement.tree(), Some(Stmt::Delete(tree))
            if tree.where_clause_or_current_of().is_none() && tree.using_clause().is_none())
}
