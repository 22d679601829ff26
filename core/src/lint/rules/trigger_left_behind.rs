//! The function of a trigger mentions a column that its table has no more.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::{Catalog, Oid, Trigger};
use crate::ddl::fields_amiss;

rule! {
    /// A column goes that the function of a trigger still mentions.
    ///
    /// ## What it finds
    ///
    /// A column that is dropped or renamed while a trigger of its table calls a function in PL/pgSQL that says `NEW` or
    /// `OLD` with that name, and that no later statement of the revision mends.
    ///
    /// ## Why it hurts
    ///
    /// Postgres looks into the function only when it runs. The migration goes through, and from then on every statement
    /// that fires the trigger fails: `record "new" has no field`.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE account (id bigint PRIMARY KEY, changed timestamptz);
    /// CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    ///     'BEGIN NEW.changed := now(); RETURN NEW; END';
    /// CREATE TRIGGER touched BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION touch();
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE account RENAME COLUMN changed TO changed_at;
    /// ```
    ///
    /// ## Instead
    ///
    /// The function changes in the same revision:
    ///
    /// ```sql
    /// -- limbeck: allow renaming-column: nothing but the trigger uses it
    /// ALTER TABLE account RENAME COLUMN changed TO changed_at;
    /// CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    ///     'BEGIN NEW.changed_at := now(); RETURN NEW; END';
    /// ```
    "trigger-left-behind", Warning, Revision(check)
}

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    let Some(last) = step.statements.last().map(|statement| &statement.after) else { return };
    for statement in step.statements.iter().filter(|statement| statement.kind == "alter_table") {
        for (trigger, fields) in left_behind(statement, last) {
            let (function, on) = (last.routine_shown(trigger.function), last.qualified(trigger.on));
            let message = format!(
                "{function}, which trigger {} of {on} calls, still mentions {}: it fails when it runs",
                trigger.name,
                fields.join(", ")
            );
            findings.at(statement, message).helped("replace the function in this revision too");
        }
    }
}

/// Returns the triggers whose functions mention what a statement takes away and nothing gives back, with the fields.
fn left_behind<'a>(statement: &Statement, last: &'a Catalog) -> Vec<(&'a Trigger, Vec<String>)> {
    let tables: Vec<Oid> =
        statement.before.touched(&statement.after).into_iter().filter(|oid| last.relation(*oid).is_some()).collect();
    let triggers = tables.into_iter().flat_map(|table| last.triggers_of(table)).filter(|trigger| trigger.each_row);
    let fields = |trigger: &'a Trigger| {
        let had =
            |field: &String| statement.before.relation(trigger.on).is_some_and(|table| table.column(field).is_some());
        let fields: Vec<String> = fields_amiss(last, trigger).into_iter().filter(had).collect();
        (!fields.is_empty()).then_some((trigger, fields))
    };
    triggers.filter_map(fields).collect()
}
