//! `TRUNCATE`

use super::syntax::{behavior, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Behavior, Oid, Rows, SqlState};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn truncate(&mut self, tree: &ast::Truncate) -> Result<(), Stop> {
        let mut tables: Vec<Oid> = Vec::new();
        for table in part(tree.table_list())?.table_relation_names() {
            let only = table.only_token().is_some();
            let written = qualified(table.table_name_ref())?;
            let oid = self.relation_found(&written)?;
            let relation = part(self.catalog.relation(oid))?;
            if !relation.is_table() {
                return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a table", written.name));
            }
            if only && relation.is_partitioned() {
                return refused(SqlState::WRONG_OBJECT_TYPE, "cannot truncate only a partitioned table");
            }
            let below = if only { Vec::new() } else { self.inheritors(oid) };
            for oid in std::iter::once(oid).chain(below) {
                if !tables.contains(&oid) {
                    tables.push(oid);
                }
            }
        }
        self.add_referencing(&mut tables, behavior(tree.drop_behavior()))?;
        for table in &tables {
            self.no_checks_wait(*table, "TRUNCATE")?;
            self.lock(*table, LockMode::AccessExclusive);
            if let Some(relation) = self.catalog.relation_mut(*table) {
                (relation.rows, relation.known) = (Rows::None, None);
            }
        }
        tables.into_iter().try_for_each(|table| self.fire(table, |trigger| trigger.events.truncate))
    }

    /// What references a table that is emptied is emptied too, or keeps it from being so.
    fn add_referencing(&self, tables: &mut Vec<Oid>, behavior: Behavior) -> Result<(), Stop> {
        let (mut at, mut is_sure) = (0, true);
        while let Some(table) = tables.get(at).copied() {
            at += 1;
            for constraint in self.catalog.referencing(table) {
                if tables.contains(&constraint.on) {
                    continue;
                }
                // That depends on whether the table has, or had, triggers too.
                if behavior == Behavior::Restrict && !constraint.enforced {
                    is_sure = false;
                    continue;
                }
                if behavior == Behavior::Restrict {
                    let message = "cannot truncate a table referenced in a foreign key constraint";
                    return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                }
                tables.push(constraint.on);
                for below in self.partitions_below(constraint.on) {
                    if !tables.contains(&below) {
                        tables.push(below);
                    }
                }
            }
        }
        if is_sure { Ok(()) } else { unknown("whether a foreign key that is not enforced matters to TRUNCATE") }
    }
}
