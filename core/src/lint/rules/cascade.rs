//! CASCADE reaches further than the statement says.

use super::super::knowledge::{listed, mentions};
use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::{Catalog, Constraint, ConstraintKind, Index, Oid, Relation, RelationKind};
use crate::sql::{self, quote_identifier};

rule! {
    /// CASCADE drops what the statement does not name.
    ///
    /// ## What it finds
    ///
    /// A statement with CASCADE that drops tables, views, columns, constraints, functions, triggers or rules which it
    /// does not name, and which were there before the revision; it lists them.
    ///
    /// ## Why it hurts
    ///
    /// Whoever reads the file does not see what goes. What depends on an object changes over time, and so does what the
    /// statement drops.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// CREATE TABLE purchase (id bigint PRIMARY KEY, account_id bigint REFERENCES account);
    /// ```
    ///
    /// ```sql
    /// DROP TABLE account CASCADE;
    /// ```
    ///
    /// ## Instead
    ///
    /// Drop by name what is to go, and leave CASCADE out; then the database refuses what was forgotten:
    ///
    /// ```sql
    /// ALTER TABLE purchase DROP CONSTRAINT purchase_account_id_fkey;
    /// ```
    ///
    /// ```sql
    /// -- limbeck: allow data-loss: accounts live elsewhere since release 41
    /// DROP TABLE account;
    /// ```
    "cascade", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in step.statements.iter().filter(|statement| statement.effects.is_some()) {
        if !mentions(&statement.sql, "cascade") {
            continue;
        }
        let mut words = sql::tokens(&statement.sql).into_iter().filter_map(|token| statement.sql.get(token.range));
        if statement.kind == "truncate" || !words.any(|word| word.eq_ignore_ascii_case("cascade")) {
            continue;
        }
        let gone = unnamed(statement, step);
        if !gone.is_empty() {
            let message = format!("CASCADE also drops {}", listed(gone.iter().map(String::as_str)));
            findings.at(statement, message).helped("drop by name what is to go, and leave CASCADE out");
        }
    }
}

/// Returns what a statement drops and does not name, of what was there before the revision.
fn unnamed(statement: &Statement, step: &Step<'_>) -> Vec<String> {
    let (before, after) = (&statement.before, &statement.after);
    let named: Vec<String> = sql::identifiers(&statement.sql).collect();
    let is_named = |name: &str| named.iter().any(|word| word == name);
    let stays = |oid: Oid| after.relation(oid).is_some();
    let has_all = |index: &Index| {
        let table = after.relation(index.on);
        index.key_columns().flatten().all(|number| table.is_some_and(|table| table.numbered(number).is_some()))
    };
    let is_lost = |index: &Relation| index.as_index().is_some_and(|it| it.constraint.is_none() && has_all(it));
    let mut gone = Vec::new();
    let touched = before.touched(after).into_iter();
    for oid in touched.filter(|oid| step.before.next_oid() > *oid) {
        if let Some(relation) = before.relation(oid) {
            let is_whole =
                !matches!(relation.kind, RelationKind::Index(_) | RelationKind::Sequence(_) | RelationKind::Composite);
            match after.relation(oid) {
                None if is_whole && !is_named(&relation.name) => {
                    gone.push(format!("{} {}", relation.word(), before.qualified(oid)));
                }
                Some(now) => {
                    let dropped = relation.live().filter(|column| now.numbered(column.number).is_none());
                    // Elsewhere the word is the name of something else.
                    let is_named = |name: &str| statement.kind == "alter_table" && is_named(name);
                    let dropped = dropped.filter(|column| !is_named(&column.name));
                    let shown = |column: &crate::catalog::Column| {
                        format!("column {} of {}", quote_identifier(&column.name), before.qualified(oid))
                    };
                    gone.extend(dropped.map(shown));
                    let has_none = |number: i16| now.numbered(number).is_some_and(|column| column.default.is_none());
                    let defaults = relation.live().filter(|column| column.default.is_some() && has_none(column.number));
                    // Who drops a default or a sequence by name means that.
                    let defaults = defaults.filter(|column| !is_named(&column.name));
                    gone.extend(defaults.map(|column| format!("the default of {}", shown(column))));
                }
                // The index of a column goes with it, CASCADE or not.
                None if is_lost(relation) && statement.kind != "alter_table" && !is_named(&relation.name) => {
                    gone.push(format!("index {}", before.qualified(oid)));
                }
                None => {}
            }
        } else if let (Some(constraint), None) = (before.constraint(oid), after.constraint(oid))
            && stays(constraint.on)
            && !is_named(&constraint.name)
            && !goes_with_its_columns(constraint, after)
        {
            let (name, on) = (quote_identifier(&constraint.name), before.qualified(constraint.on));
            gone.push(format!("constraint {name} of {on}"));
        } else if let (Some(routine), None) = (before.routine(oid), after.routine(oid))
            && !is_named(&routine.name)
        {
            gone.push(format!("{} {}", routine.word(), before.routine_shown(oid)));
        } else if let (Some(trigger), None) = (before.trigger(oid), after.trigger(oid))
            && stays(trigger.on)
            && !is_named(&trigger.name)
        {
            let (name, on) = (quote_identifier(&trigger.name), before.qualified(trigger.on));
            gone.push(format!("trigger {name} of {on}"));
        } else if let (Some(policy), None) = (before.policy(oid), after.policy(oid))
            && stays(policy.on)
            && !is_named(&policy.name)
        {
            let (name, on) = (quote_identifier(&policy.name), before.qualified(policy.on));
            gone.push(format!("policy {name} of {on}"));
        } else if let (Some(rule), None) = (before.rule(oid), after.rule(oid))
            && stays(rule.on)
            && !is_named(&rule.name)
        {
            let (name, on) = (quote_identifier(&rule.name), before.qualified(rule.on));
            gone.push(format!("rule {name} of {on}"));
        }
    }
    gone
}

/// Returns whether a constraint goes because a column of its own table does, CASCADE or not.
fn goes_with_its_columns(constraint: &Constraint, after: &Catalog) -> bool {
    let columns = match &constraint.kind {
        ConstraintKind::Key { columns, .. } | ConstraintKind::Foreign { columns, .. } => columns.clone(),
        ConstraintKind::Check(formula) => formula.columns.clone(),
        ConstraintKind::NotNull(column) => vec![*column],
        ConstraintKind::Trigger(_) => Vec::new(),
    };
    let Some(table) = after.relation(constraint.on) else { return false };
    columns.iter().any(|number| *number != 0 && table.numbered(*number).is_none())
}
