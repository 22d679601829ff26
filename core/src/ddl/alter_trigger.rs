//! `ALTER TRIGGER`, and ENABLE and DISABLE TRIGGER of ALTER TABLE

use std::collections::BTreeSet;

use super::syntax::{name, part};
use super::trigger::{cannot_have_triggers, no_such_trigger};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{ConstraintKind, Enabled, Oid, RelationKind, SqlState, Trigger};
use crate::sql::ast::{self, AlterTableAction};

impl Play<'_> {
    pub(super) fn alter_trigger(&mut self, tree: &ast::AlterTrigger) -> Result<(), Stop> {
        let from = name(tree.trigger_ref())?;
        let Some(ast::AlterTriggerAction::TriggerRenameTo(to)) = tree.action() else {
            return unknown("a dependency on an extension");
        };
        let to = name(to.trigger())?;
        let on = self.locked_relation(part(tree.on_relation())?.relation_name_ref(), LockMode::AccessExclusive)?;
        let relation = part(self.catalog.relation(on))?;
        if !relation.is_table() && !matches!(relation.kind, RelationKind::View(_)) {
            return cannot_have_triggers(relation);
        }
        let Some(oid) = self.catalog.triggers_of(on).find(|it| *it.name == *from).map(|it| it.oid) else {
            return no_such_trigger(&from, relation);
        };
        let is_part = self.catalog.trigger(oid).is_some_and(|it| it.parent.is_some());
        // Before 15 each partition calls its own as it likes.
        let together = self.catalog.version() >= PostgresVersion::V15;
        if together && is_part {
            return refused(
                SqlState("XX000"),
                format!("cannot rename trigger \"{from}\" on table \"{}\"", relation.name),
            );
        }
        let is_partitioned = relation.is_partitioned();
        let below = if together && is_partitioned { self.inheritors(on) } else { Vec::new() };
        for table in below {
            self.lock(table, LockMode::AccessExclusive);
        }
        if from == to {
            return Ok(());
        }
        let clones = if together { self.clones_of(oid) } else { Vec::new() };
        for oid in std::iter::once(oid).chain(clones) {
            let on = part(self.catalog.trigger(oid))?.on;
            if self.catalog.triggers_of(on).any(|it| *it.name == *to) {
                let relation = part(self.catalog.relation(on))?;
                let message = format!("trigger \"{to}\" for relation \"{}\" already exists", relation.name);
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
            if let Some(trigger) = self.catalog.trigger_mut(oid) {
                trigger.name = to.as_str().into();
            }
        }
        Ok(())
    }

    /// `ENABLE TRIGGER`, `DISABLE TRIGGER` of ALTER TABLE; none when the action is another.
    pub(super) fn enable_trigger(
        &mut self,
        table: Oid,
        action: &AlterTableAction,
        only: bool,
    ) -> Option<Result<(), Stop>> {
        use ast::TriggerTarget as T;
        let (named, enabled) = match action {
            AlterTableAction::EnableTrigger(action) => (action.trigger_target(), Enabled::Origin),
            AlterTableAction::DisableTrigger(action) => (action.trigger_target(), Enabled::Disabled),
            AlterTableAction::EnableReplicaTrigger(it) => (it.trigger_ref().map(T::TriggerRef), Enabled::Replica),
            AlterTableAction::EnableAlwaysTrigger(it) => (it.trigger_ref().map(T::TriggerRef), Enabled::Always),
            _ => return None,
        };
        Some(self.set_enabled(table, named, enabled, only))
    }

    fn set_enabled(
        &mut self,
        table: Oid,
        named: Option<ast::TriggerTarget>,
        enabled: Enabled,
        only: bool,
    ) -> Result<(), Stop> {
        let wanted = match part(named)? {
            ast::TriggerTarget::All(_) => {
                self.set_foreign_keys_enabled(table, enabled);
                None
            }
            ast::TriggerTarget::User(_) => None,
            ast::TriggerTarget::TriggerRef(named) => Some(name(Some(named))?),
        };
        let fits = |it: &&Trigger| wanted.as_ref().is_none_or(|wanted| **wanted == *it.name);
        let chosen: Vec<Oid> = self.catalog.triggers_of(table).filter(fits).map(|it| it.oid).collect();
        if let (Some(wanted), true) = (&wanted, chosen.is_empty()) {
            return no_such_trigger(wanted, part(self.catalog.relation(table))?);
        }
        let clones = if only { Vec::new() } else { chosen.iter().flat_map(|oid| self.clones_of(*oid)).collect() };
        for oid in clones.iter().filter_map(|oid| self.catalog.trigger(*oid)).map(|it| it.on).collect::<BTreeSet<_>>() {
            self.lock(oid, LockMode::ShareRowExclusive);
        }
        for oid in chosen.into_iter().chain(clones) {
            if let Some(trigger) = self.catalog.trigger_mut(oid) {
                trigger.enabled = enabled;
            }
        }
        Ok(())
    }

    /// Foreign keys ask by triggers of both tables.
    fn set_foreign_keys_enabled(&mut self, table: Oid, enabled: Enabled) {
        let own = self.catalog.constraints_of(table).into_iter().map(|constraint| constraint.oid);
        let others = self.catalog.referencing(table).map(|constraint| constraint.oid);
        for oid in own.chain(others).collect::<BTreeSet<_>>() {
            let Some(constraint) = self.catalog.constraint_mut(oid) else { continue };
            let on = constraint.on;
            if let ConstraintKind::Foreign { references, asks, guards, .. } = &mut constraint.kind {
                if on == table {
                    *asks = enabled;
                }
                if *references == table {
                    *guards = enabled;
                }
            }
        }
    }
}
