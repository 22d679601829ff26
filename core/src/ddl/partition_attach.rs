//! `ATTACH PARTITION`, `DETACH PARTITION`

use super::syntax::{part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Address, Bound, Class, Column, ConstraintKind, Oid, Persistence, RelationKind, Rows, SqlState};
use crate::sql::ast;

impl Play<'_> {
    /// Makes an existing table a partition; `ATExecAttachPartition`.
    pub(super) fn attach_partition(&mut self, parent: Oid, action: &ast::AttachPartition) -> Result<(), Stop> {
        let written = qualified(action.table_name_ref())?;
        let bound = self.bound(parent, &part(action.partition_type())?)?;
        let default = self.default_partition(parent);
        if let Some(default) = default {
            self.lock(default, LockMode::AccessExclusive);
        }
        let table = self.relation_found(&written)?;
        self.lock(table, LockMode::AccessExclusive);
        self.may_be_attached(table, parent)?;
        self.bound_is_free(table, parent, &bound)?;
        self.merge_into_existing(table, parent)?;
        self.add_parent(table, parent)?;
        let is_default = bound == Bound::Default;
        let has_siblings = part(self.catalog.relation(parent))?.children.len() > 1;
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.bound = Some(bound.clone());
        }
        let mut indexes = part(self.catalog.relation(parent))?.indexes.clone();
        indexes.sort_unstable();
        for index in indexes {
            if !self.adopt_index(index, parent, table)? {
                self.clone_index(index, parent, table, LockMode::AccessExclusive)?;
            }
        }
        self.clone_triggers(parent, table)?;
        self.clone_foreign_keys(table, parent, true)?;
        // A default partition without others takes all rows.
        if !is_default || has_siblings {
            self.scan_for_bound(table, parent, &bound, false)?;
        }
        if let Some(default) = default {
            self.scan_for_bound(default, parent, &bound, true)?;
        }
        let rows = part(self.catalog.relation(table))?.rows;
        let mut above = Some(parent);
        while let Some(relation) =
            above.filter(|_| rows == Rows::Perhaps).and_then(|oid| self.catalog.relation_mut(oid))
        {
            relation.may_have_rows();
            above = relation.parents.first().copied();
        }
        Ok(())
    }

    fn may_be_attached(&mut self, table: Oid, parent: Oid) -> Result<(), Stop> {
        let (relation, above) = (part(self.catalog.relation(table))?, part(self.catalog.relation(parent))?);
        let wrong = |message: String| refused(SqlState::WRONG_OBJECT_TYPE, message);
        let name = &relation.name;
        if !relation.is_table() {
            return wrong(format!("\"{name}\" is not a table or foreign table"));
        }
        if relation.is_partition() {
            return wrong(format!("\"{name}\" is already a partition"));
        }
        if !relation.parents.is_empty() {
            return wrong("cannot attach inheritance child as partition".to_owned());
        }
        if !relation.children.is_empty() && !relation.is_partitioned() {
            return wrong("cannot attach inheritance parent as partition".to_owned());
        }
        let below = self.inheritors(table);
        if table == parent || below.contains(&parent) {
            return refused(SqlState::DUPLICATE_TABLE, "circular inheritance not allowed");
        }
        let temporary = |persistence| persistence == Persistence::Temporary;
        if temporary(relation.persistence) != temporary(above.persistence) {
            return wrong(format!("cannot attach a relation as partition of relation \"{}\"", above.name));
        }
        let has_identity = |column: &Column| column.identity.is_some() && self.partitions_have_identity();
        let wrong = |column: &&Column| has_identity(column) || above.column(&column.name).is_none();
        if let Some(column) = relation.live().find(wrong) {
            if has_identity(column) {
                let message =
                    format!("table \"{name}\" being attached contains an identity column \"{}\"", column.name);
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
            let message = format!("table \"{name}\" contains column \"{}\" not found in parent", column.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        for oid in below {
            self.lock(oid, LockMode::AccessExclusive);
        }
        Ok(())
    }

    /// Makes a partition a table of its own; `ATExecDetachPartition`.
    pub(super) fn detach_partition(&mut self, parent: Oid, action: &ast::DetachPartition) -> Result<(), Stop> {
        let written = qualified(action.table_name_ref())?;
        let default = self.default_partition(parent);
        if let Some(option) = action.detach_partition_option() {
            if default.is_some() && matches!(option, ast::DetachPartitionOption::DetachConcurrently(_)) {
                let message = "cannot detach partitions concurrently when a default partition exists";
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
            let table = self.relation_found(&written)?;
            self.is_partition_of(table, parent)?;
            return match option {
                // What began with CONCURRENTLY is unknown, so that nothing here waits to be ended.
                ast::DetachPartitionOption::DetachFinalize(_) => {
                    let message = format!("cannot complete detaching partition \"{}\"", written.name);
                    refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
                }
                ast::DetachPartitionOption::DetachConcurrently(_) => unknown("DETACH PARTITION CONCURRENTLY"),
            };
        }
        if let Some(default) = default {
            self.lock(default, LockMode::AccessExclusive);
        }
        let table = self.relation_found(&written)?;
        self.lock(table, LockMode::AccessExclusive);
        self.is_partition_of(table, parent)?;
        self.drop_cloned_triggers(table);
        for below in self.inheritors(table) {
            self.lock(below, LockMode::AccessExclusive);
        }
        self.remove_parent(table, parent)?;
        self.leave_identity(table)?;
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.bound = None;
        }
        let relation = part(self.catalog.relation(table))?;
        for index in relation.indexes.clone() {
            let found = part(self.catalog.relation(index).and_then(|it| it.as_index()))?.clone();
            let Some(of_parent) = found.parent else { continue };
            if let Some(RelationKind::Index(index)) = self.catalog.relation_mut(index).map(|it| &mut it.kind) {
                index.parent = None;
            }
            self.belongs_no_more(Address::of(Class::Relation, index), Address::of(Class::Relation, of_parent), table);
        }
        let mut parts: Vec<(Oid, Oid, Option<Oid>)> = Vec::new();
        for constraint in self.catalog.constraints_of(table) {
            let references = match constraint.kind {
                ConstraintKind::Foreign { references, .. } => Some(references),
                _ => None,
            };
            if let Some(of_parent) = constraint.parent.filter(|_| !self.catalog.is_for_a_partition(constraint)) {
                parts.push((constraint.oid, of_parent, references));
            }
        }
        for (constraint, of_parent, references) in parts {
            // A foreign key of its own has triggers of its own there.
            if let Some(references) = references {
                self.lock(references, LockMode::ShareRowExclusive);
            }
            if let Some(found) = self.catalog.constraint_mut(constraint) {
                found.parent = None;
                found.inherited = found.inherited.saturating_sub(1);
                found.local = found.inherited == 0;
            }
            let address = |oid| Address::of(Class::Constraint, oid);
            self.belongs_no_more(address(constraint), address(of_parent), table);
            if references.is_some() {
                self.refer_to_partitions(constraint)?;
            }
        }
        self.end_references(table, parent)
    }

    fn is_partition_of(&self, table: Oid, parent: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        if relation.parents.contains(&parent) {
            return Ok(());
        }
        let above = part(self.catalog.relation(parent))?;
        let message = format!("relation \"{}\" is not a partition of relation \"{}\"", relation.name, above.name);
        refused(SqlState::UNDEFINED_TABLE, message)
    }

    pub(super) fn belongs_no_more(&mut self, object: Address, parent: Address, partition: Oid) {
        self.catalog.dependencies.take(object, parent);
        // What else binds it to the partition stays.
        let whole = Address::of(Class::Relation, partition);
        let also: Vec<_> =
            self.catalog.dependencies.references(object).filter(|(on, _)| *on == whole).map(|(_, how)| how).collect();
        self.catalog.dependencies.take(object, whole);
        for how in also {
            if how != crate::catalog::Dependence::Partition {
                self.catalog.dependencies.add(object, whole, how);
            }
        }
    }
}
