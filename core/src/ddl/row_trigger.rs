//! Triggers that fire for each row that a statement changes: which, and what of them is known without running them.

use std::collections::BTreeSet;

use super::Play;
use crate::catalog::function::builtin_name;
use crate::catalog::{Body as RoutineBody, Catalog, Events, Oid, Relation, Rows, Trigger};
use crate::query::{Change, Rows as Inserted};
use crate::sql::plpgsql::{only_sets_fields, row_fields};

/// Columns that every table has beside its own.
const OF_SYSTEM: [&str; 6] = ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"];

/// Functions of Postgres for triggers that change nothing but the row.
const OF_POSTGRES: [&str; 3] =
    ["suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column"];

/// Returns the fields of NEW and OLD that the function of a trigger mentions and its table does not have.
pub(crate) fn fields_amiss(catalog: &Catalog, trigger: &Trigger) -> Vec<String> {
    let (Some(table), Some(body)) = (catalog.relation(trigger.on), body(catalog, trigger)) else { return Vec::new() };
    let is_amiss = |field: &String| table.column(field).is_none() && !OF_SYSTEM.contains(&field.as_str());
    row_fields(body).into_iter().filter(is_amiss).collect()
}

/// Returns the body of the function of a trigger, where it is PL/pgSQL.
fn body<'a>(catalog: &'a Catalog, trigger: &Trigger) -> Option<&'a str> {
    let routine = catalog.routine(trigger.function)?;
    match &routine.body {
        RoutineBody::Text(text) if &*routine.language == "plpgsql" => Some(text),
        _ => None,
    }
}

impl Play<'_> {
    /// Takes note of the triggers that a change fires for each row, unless they do no more than set fields of it.
    pub(super) fn note_row_triggers(&mut self, change: &Change, below: &[Oid]) {
        let inserts = !matches!(change.rows, Inserted::None);
        let has_rows = |oid: Oid| self.catalog.relation(oid).is_some_and(|table| table.rows == Rows::Perhaps);
        let is_partitioned = self.catalog.relation(change.target).is_some_and(Relation::is_partitioned);
        let mut found = BTreeSet::new();
        for table in std::iter::once(change.target).chain(below.iter().copied()) {
            let gets_rows = inserts && (table == change.target || is_partitioned);
            for trigger in self.catalog.triggers_of(table) {
                let Events { insert, delete, update, .. } = trigger.events;
                let is_of = |columns: &Vec<i16>| {
                    trigger.columns.is_empty() || trigger.columns.iter().any(|column| columns.contains(column))
                };
                let changes = change.deletes && delete || update && change.updates.as_ref().is_some_and(is_of);
                let fires = gets_rows && insert || has_rows(table) && changes;
                if trigger.each_row && self.is_on(trigger.enabled) && fires && !self.is_plain(trigger) {
                    found.insert(trigger.oid);
                }
            }
        }
        // Those of partitions do what that of the partitioned table says.
        let whole: Vec<Oid> = found
            .iter()
            .copied()
            .filter(|oid| {
                let above = self.catalog.trigger(*oid).and_then(|trigger| trigger.parent);
                above.is_none_or(|above| !found.contains(&above))
            })
            .collect();
        self.ledger.row_triggers.extend(whole);
    }

    /// Returns whether a trigger does no more than set fields of its row, which it has.
    fn is_plain(&self, trigger: &Trigger) -> bool {
        let name = builtin_name(self.catalog.version(), trigger.function);
        if name.is_some_and(|name| OF_POSTGRES.contains(&name)) {
            return true;
        }
        body(&self.catalog, trigger).is_some_and(only_sets_fields) && fields_amiss(&self.catalog, trigger).is_empty()
    }
}
