//! Tables that inherit from others: who may, from whom, and who does.

mod attribute_map;
mod merge;

pub(super) use attribute_map::{moved, moved_number, same};
pub(super) use merge::Merged;

use std::collections::BTreeSet;

use super::syntax::{part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{
    Address, Class, Column, Constraint, ConstraintKind, Dependence, Oid, Persistence, Relation, RelationKind, SqlState,
};
use crate::sql::ast;

/// Over so many levels tables inherit at most, for what changes is carried from one to the next.
const DEEPEST: usize = 100;

impl Play<'_> {
    /// Returns the tables that a new one inherits from, and locks them.
    pub(super) fn inherited_from(&mut self, written: &ast::Inherits, own: Persistence) -> Result<Vec<Oid>, Stop> {
        let mut parents = Vec::new();
        for name in written.table_name_refs() {
            let parent = self.relation_found(&qualified(Some(name))?)?;
            self.lock(parent, LockMode::ShareUpdateExclusive);
            let relation = part(self.catalog.relation(parent))?;
            if parents.contains(&parent) {
                let message = format!("relation \"{}\" would be inherited from more than once", relation.name);
                return refused(SqlState::DUPLICATE_TABLE, message);
            }
            parents.push(parent);
        }
        for parent in &parents {
            self.may_inherit_from(*parent, own)?;
        }
        Ok(parents)
    }

    fn may_inherit_from(&self, parent: Oid, own: Persistence) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(parent))?;
        let wrong = |message: String| refused(SqlState::WRONG_OBJECT_TYPE, message);
        if relation.is_partitioned() {
            return wrong(format!("cannot inherit from partitioned table \"{}\"", relation.name));
        }
        if !relation.is_table() {
            return wrong(format!("inherited relation \"{}\" is not a table or foreign table", relation.name));
        }
        if relation.is_partition() {
            return wrong(format!("cannot inherit from partition \"{}\"", relation.name));
        }
        if relation.persistence == Persistence::Temporary && own != Persistence::Temporary {
            return wrong(format!("cannot inherit from temporary relation \"{}\"", relation.name));
        }
        Ok(())
    }

    /// `ALTER TABLE … INHERIT`
    pub(super) fn inherit(&mut self, table: Oid, written: &ast::InheritTable) -> Result<(), Stop> {
        self.inheritance_may_change(table)?;
        let parent = self.relation_found(&qualified(written.table_name_ref())?)?;
        self.lock(parent, LockMode::ShareUpdateExclusive);
        let own = part(self.catalog.relation(table))?.persistence;
        self.may_inherit_from(parent, own)?;
        let below = self.inheritors(table);
        for oid in &below {
            self.lock(*oid, LockMode::AccessShare);
        }
        if parent == table || below.contains(&parent) {
            return refused(SqlState::DUPLICATE_TABLE, "circular inheritance not allowed");
        }
        if part(self.catalog.relation(table))?.parents.contains(&parent) {
            let name = &part(self.catalog.relation(parent))?.name;
            let message = format!("relation \"{name}\" would be inherited from more than once");
            return refused(SqlState::DUPLICATE_TABLE, message);
        }
        if self.catalog.triggers_of(table).any(|trigger| trigger.each_row) {
            return unknown("the row triggers of a child");
        }
        self.merge_into_existing(table, parent)?;
        self.add_parent(table, parent)
    }

    /// `ALTER TABLE … NO INHERIT`
    pub(super) fn no_inherit(&mut self, table: Oid, written: &ast::NoInheritTable) -> Result<(), Stop> {
        self.inheritance_may_change(table)?;
        let parent = self.relation_found(&qualified(written.table_name_ref())?)?;
        self.lock(parent, LockMode::AccessShare);
        let (above, relation) = (part(self.catalog.relation(parent))?, part(self.catalog.relation(table))?);
        if !relation.parents.contains(&parent) {
            let message = format!("relation \"{}\" is not a parent of relation \"{}\"", above.name, relation.name);
            return refused(SqlState::UNDEFINED_TABLE, message);
        }
        self.remove_parent(table, parent)
    }

    fn inheritance_may_change(&self, table: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        if relation.is_partition() || relation.is_partitioned() {
            let message = "cannot change inheritance of a partition or a partitioned table";
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        Ok(())
    }

    /// Makes one table the child of another.
    pub(super) fn add_parent(&mut self, child: Oid, parent: Oid) -> Result<(), Stop> {
        let above = self.levels(parent, |relation| &relation.parents);
        let below = self.levels(child, |relation| &relation.children);
        if above + below > DEEPEST {
            return unknown("tables that inherit over so many levels");
        }
        let is_partition = self.catalog.relation(parent).is_some_and(Relation::is_partitioned);
        let how = if is_partition { Dependence::Auto } else { Dependence::Normal };
        let (from, to) = (Address::of(Class::Relation, child), Address::of(Class::Relation, parent));
        self.catalog.dependencies.add(from, to, how);
        if let Some(relation) = self.catalog.relation_mut(child) {
            relation.parents.push(parent);
        }
        if let Some(relation) = self.catalog.relation_mut(parent) {
            relation.children.push(child);
        }
        Ok(())
    }

    /// Returns over how many levels tables stand on one another, this one included, as far as that matters.
    fn levels(&self, from: Oid, next: impl Fn(&Relation) -> &Vec<Oid>) -> usize {
        let mut level = BTreeSet::from([from]);
        let mut count = 0;
        while !level.is_empty() && count <= DEEPEST {
            count += 1;
            let relations = level.iter().filter_map(|oid| self.catalog.relation(*oid));
            level = relations.flat_map(|relation| next(relation).iter().copied()).collect();
        }
        count
    }

    /// Makes a table no child of another anymore; what it had from it becomes its own. `RemoveInheritance`
    pub(super) fn remove_parent(&mut self, child: Oid, parent: Oid) -> Result<(), Stop> {
        let of_parent = part(self.catalog.relation(parent))?;
        let names: Vec<_> = of_parent.live().map(|column| column.name.clone()).collect();
        let checks: Vec<_> = self
            .catalog
            .constraints_of(parent)
            .into_iter()
            .filter(|it| matches!(it.kind, ConstraintKind::Check(_)) && !it.no_inherit)
            .map(|it| it.name.clone())
            .collect();
        let (from, to) = (Address::of(Class::Relation, child), Address::of(Class::Relation, parent));
        self.catalog.dependencies.take(from, to);
        if let Some(relation) = self.catalog.relation_mut(parent) {
            relation.children.retain(|oid| *oid != child);
        }
        if let Some(relation) = self.catalog.relation_mut(child) {
            relation.parents.retain(|oid| *oid != parent);
            for column in relation.columns.iter_mut().filter(|it| !it.dropped && it.inherited > 0) {
                if names.contains(&column.name) {
                    column.inherited -= 1;
                    column.local |= column.inherited == 0;
                }
            }
        }
        let inherited: Vec<Oid> = self
            .catalog
            .constraints_of(child)
            .into_iter()
            .filter(|it| matches!(it.kind, ConstraintKind::Check(_)) && it.inherited > 0 && checks.contains(&it.name))
            .map(|it| it.oid)
            .collect();
        for oid in inherited {
            if let Some(check) = self.catalog.constraint_mut(oid) {
                check.inherited -= 1;
                check.local |= check.inherited == 0;
            }
        }
        Ok(())
    }

    /// Makes an existing table a child: it must have all columns and checks of the parent; `CreateInheritance`.
    pub(super) fn merge_into_existing(&mut self, child: Oid, parent: Oid) -> Result<(), Stop> {
        let (above, below) = (part(self.catalog.relation(parent))?, part(self.catalog.relation(child))?);
        self.all_not_nulls_hold(parent)?;
        self.all_not_nulls_hold(child)?;
        let (is_partition, has_identity) = (above.is_partitioned(), self.partitions_have_identity());
        let since_16 = self.catalog.version() >= PostgresVersion::V16;
        let mut columns = Vec::new();
        for column in above.live() {
            let name = &column.name;
            let Some(own) = below.column(name) else {
                return refused(SqlState::DATATYPE_MISMATCH, format!("child table is missing column \"{name}\""));
            };
            if own.of != column.of {
                let message = format!("child table \"{}\" has different type for column \"{name}\"", below.name);
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
            if own.collation != column.collation {
                return unknown("a collation that differs from the parent's");
            }
            if column.not_null && !own.not_null {
                let message = format!("column \"{name}\" in child table must be marked NOT NULL");
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
            let generated = |column: &Column| column.default.clone().filter(|it| it.generated);
            match (generated(column), generated(own)) {
                (None, None) => {}
                (Some(a), Some(b)) if a.is_virtual != b.is_virtual => {
                    let message = format!("column \"{name}\" inherits from generated column of different kind");
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                (Some(_), Some(_)) if since_16 => {}
                (Some(a), Some(b)) => {
                    if !same(&moved(&a.formula, above, below)?, &b.formula) {
                        let message =
                            format!("column \"{name}\" in child table has a conflicting generation expression");
                        return refused(SqlState::DATATYPE_MISMATCH, message);
                    }
                }
                (Some(_), None) => {
                    let message = format!("column \"{name}\" in child table must be a generated column");
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                (None, Some(_)) if since_16 => {
                    let message = format!("column \"{name}\" in child table must not be a generated column");
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                (None, Some(_)) => {
                    // Postgres 15 lets some of these pass.
                    return unknown("a generated column whose parent's is none");
                }
            }
            columns.push((own.number, column.identity.filter(|_| is_partition && has_identity)));
        }
        let mut checks = Vec::new();
        for wanted in self.catalog.constraints_of(parent) {
            let ConstraintKind::Check(formula) = &wanted.kind else { continue };
            if wanted.no_inherit {
                continue;
            }
            let own = self.catalog.constraints_of(child).into_iter().find(|it| it.name == wanted.name);
            let Some(Constraint { oid, kind: ConstraintKind::Check(own), no_inherit, validated, enforced, .. }) = own
            else {
                let message = format!("child table is missing constraint \"{}\"", wanted.name);
                return refused(SqlState::DATATYPE_MISMATCH, message);
            };
            if !same(&moved(formula, above, below)?, own) {
                let message = format!("child table has a different definition for constraint \"{}\"", wanted.name);
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
            let conflicts = [
                (*no_inherit, "non-inherited"),
                (wanted.validated && *enforced && !validated, "NOT VALID"),
                (wanted.enforced && !enforced, "NOT ENFORCED"),
            ];
            if let Some((_, what)) = conflicts.into_iter().find(|(is, _)| *is) {
                let message = format!("constraint \"{}\" conflicts with {what} constraint on child table", wanted.name);
                return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
            }
            checks.push(*oid);
        }
        if let Some(relation) = self.catalog.relation_mut(child) {
            for (number, identity) in columns {
                if let Some(column) = relation.numbered_mut(number) {
                    column.inherited += 1;
                    column.local &= !is_partition;
                    column.identity = identity.or(column.identity);
                }
            }
        }
        for oid in checks {
            if let Some(check) = self.catalog.constraint_mut(oid) {
                check.inherited += 1;
                check.local &= !is_partition;
            }
        }
        Ok(())
    }

    /// Returns all that inherits from a table, whatever how far below; `find_all_inheritors` without the table itself.
    pub(super) fn inheritors(&self, table: Oid) -> Vec<Oid> {
        let mut found = self.children(table);
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            at += 1;
            for child in self.children(next) {
                if !found.contains(&child) {
                    found.push(child);
                }
            }
        }
        found
    }

    /// Returns the children of a table, by number.
    pub(super) fn children(&self, table: Oid) -> Vec<Oid> {
        let mut children = self.catalog.relation(table).map(|it| it.children.clone()).unwrap_or_default();
        children.sort_unstable();
        children
    }

    /// Returns the default partition of a table.
    pub(super) fn default_partition(&self, table: Oid) -> Option<Oid> {
        let is_default = |oid: &Oid| {
            let bound = self.catalog.relation(*oid).and_then(|it| it.bound.as_ref());
            bound == Some(&crate::catalog::Bound::Default)
        };
        self.children(table).into_iter().find(is_default)
    }

    /// Returns whether a column is what a table is partitioned by.
    pub(super) fn in_partition_key(&self, table: Oid, number: i16) -> bool {
        match self.catalog.relation(table).map(|it| &it.kind) {
            Some(RelationKind::Partitioned(by)) => by.columns().any(|column| column == number),
            _ => false,
        }
    }
}
