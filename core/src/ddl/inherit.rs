//! What a table has from its parents: columns and checks, merged with its own.

use std::collections::BTreeSet;

use super::column::{Computed, NewColumn};
use super::syntax::{part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::expression::{Form, Node};
use crate::catalog::{
    Address, Class, Column, Constraint, ConstraintKind, Default, Dependence, Formula, Oid, Persistence, Relation,
    RelationKind, SqlState,
};
use crate::sql::ast;

/// Over so many levels tables inherit at most, for what changes is carried from one to the next.
const DEEPEST: usize = 100;

/// The columns of a table that is to be made, its own and those of its parents.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) columns: Vec<Column>,
    /// The parent's column whose default a column gets, by place.
    pub(super) defaults: Vec<Option<(Oid, i16)>>,
    /// The column's own definition, by place.
    pub(super) own: Vec<Option<usize>>,
    /// Places of columns to which parents give different defaults.
    conflicts: Vec<usize>,
    /// Checks of the parents, with how many have each.
    checks: Vec<(Oid, usize)>,
}

/// Returns the number of the column that has the name of another table's.
pub(super) fn moved_number(number: i16, from: &Relation, to: &Relation) -> Result<i16, Stop> {
    let column = part(from.numbered(number))?;
    Ok(part(to.column(&column.name))?.number)
}

/// Returns an expression over the columns of the same names in another table.
pub(super) fn moved(formula: &Formula, from: &Relation, to: &Relation) -> Result<Formula, Stop> {
    let mut tree = (*formula.tree).clone();
    let mut missing = false;
    tree.change(&mut |it| {
        if let Node::Column { relation, number } = &mut it.node
            && *relation == from.oid
        {
            match moved_number(*number, from, to) {
                Ok(moved) => (*relation, *number) = (to.oid, moved),
                Err(_) => missing = true,
            }
        }
    });
    if missing {
        return unknown("an expression over a whole row");
    }
    Ok(Formula::new(&formula.written, tree, Some(to.oid)))
}

/// Returns whether two expressions over one table are the same, however they were asked for.
pub(super) fn same(a: &Formula, b: &Formula) -> bool {
    let bare = |formula: &Formula| {
        let mut tree = (*formula.tree).clone();
        tree.change(&mut |it| match &mut it.node {
            Node::Call(call) if call.form != Form::Syntax => call.form = Form::Call,
            Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => {
                cast.implicit = false;
            }
            _ => {}
        });
        tree
    };
    a.tree == b.tree || bare(a) == bare(b)
}

impl Merged {
    /// Returns the place of a column.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    fn push(&mut self, column: Column, default: Option<(Oid, i16)>, own: Option<usize>) {
        let number = i16::try_from(self.columns.len() + 1).unwrap_or(i16::MAX);
        self.columns.push(Column { number, default: None, ..column });
        self.defaults.push(default);
        self.own.push(own);
    }
}

impl Play<'_> {
    /// Merges the columns and checks of parents, then the table's own; `MergeAttributes`.
    pub(super) fn merge_columns(
        &self,
        parents: &[Oid],
        own: &[NewColumn],
        made: Vec<Column>,
        is_partition: bool,
    ) -> Result<Merged, Stop> {
        let mut merged = Merged::default();
        for oid in parents {
            self.all_not_nulls_hold(*oid)?;
            let parent = part(self.catalog.relation(*oid))?;
            for column in parent.live() {
                self.merge_inherited(&mut merged, parent, column)?;
            }
            for constraint in self.catalog.constraints_of(*oid) {
                if matches!(constraint.kind, ConstraintKind::Check(_)) && !constraint.no_inherit {
                    self.merge_check(&mut merged, constraint)?;
                }
            }
        }
        for (at, (column, new)) in made.into_iter().zip(own).enumerate() {
            let Some(place) = merged.place(&column.name) else {
                if is_partition {
                    return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{}\" does not exist", column.name));
                }
                merged.push(column, None, Some(at));
                continue;
            };
            let inherited = &mut merged.columns[place];
            if !is_partition {
                if inherited.of != column.of {
                    let message = format!("column \"{}\" has a type conflict", column.name);
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                if inherited.collation != column.collation {
                    return unknown("a collation that differs from the parent's");
                }
                inherited.local = true;
            }
            self.generated_as_above(merged.defaults[place], new, is_partition)?;
            inherited.not_null |= column.not_null;
            if !is_partition || column.identity.is_some() {
                inherited.identity = column.identity;
            }
            if new.default.is_some() || new.generated.is_some() || new.serial {
                merged.defaults[place] = None;
            }
            if new.default.is_some() || new.generated.is_some() {
                merged.conflicts.retain(|conflict| *conflict != place);
            }
            merged.own[place] = Some(at);
        }
        if let Some(place) = merged.conflicts.first() {
            let column = &merged.columns[*place].name;
            let message = format!("column \"{column}\" inherits conflicting default values");
            return refused(SqlState("42611"), message);
        }
        Ok(merged)
    }

    /// Refuses a column that says of its values what does not go with what its parent's says; `MergeChildAttribute`.
    fn generated_as_above(&self, above: Option<(Oid, i16)>, new: &NewColumn, is_partition: bool) -> Result<(), Stop> {
        let column = |(oid, number): (Oid, i16)| self.catalog.relation(oid)?.numbered(number)?.default.as_ref();
        let above = above.and_then(column).and_then(Default::computed);
        let own = new.generated.is_some().then(|| new.computed());
        let own_since_16 = self.catalog.version() >= PostgresVersion::V16;
        let wrong = |what: &str| refused(SqlState("42611"), format!("column \"{}\" {what}", new.name));
        match (above, own) {
            (_, Some(_)) if is_partition && !own_since_16 => {
                refused(SqlState::FEATURE_NOT_SUPPORTED, "generated columns are not supported on partitions")
            }
            (Some(_), None) if is_partition && !own_since_16 && (new.default.is_some() || new.identity.is_some()) => {
                unknown("a column whose parent's is generated")
            }
            (Some(_), None) if new.default.is_some() || new.serial => {
                wrong("inherits from generated column but specifies default")
            }
            (Some(_), None) if new.identity.is_some() => wrong("inherits from generated column but specifies identity"),
            (Some(_), Some(_)) if !own_since_16 => wrong("specifies a generation expression"),
            (None, Some(_)) if own_since_16 => wrong("specifies a generation expression"),
            (Some(above), Some(own)) if above != own => wrong("inherits from generated column of different kind"),
            _ => Ok(()),
        }
    }

    fn is_generated(&self, table: Oid, number: i16) -> Option<Computed> {
        let column = self.catalog.relation(table)?.numbered(number)?;
        column.default.as_ref().and_then(Default::computed)
    }

    fn merge_inherited(&self, merged: &mut Merged, parent: &Relation, column: &Column) -> Result<(), Stop> {
        let default = column.default.is_some().then_some((parent.oid, column.number));
        let Some(place) = merged.place(&column.name) else {
            let has_identity = parent.is_partitioned() && self.partitions_have_identity();
            let inherited = Column {
                identity: column.identity.filter(|_| has_identity),
                statistics: None,
                options: Vec::new(),
                local: false,
                inherited: 1,
                ..column.clone()
            };
            merged.push(inherited, default, None);
            return Ok(());
        };
        let known = &mut merged.columns[place];
        if known.of != column.of {
            let message = format!("inherited column \"{}\" has a type conflict", column.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        if known.collation != column.collation || known.compression != column.compression {
            return unknown("parents whose columns have different collations");
        }
        known.inherited += 1;
        known.not_null |= column.not_null;
        let generated = |of: Option<(Oid, i16)>| of.and_then(|(oid, number)| self.is_generated(oid, number));
        if generated(merged.defaults[place]) != generated(default) {
            let message = format!("inherited column \"{}\" has a generation conflict", column.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        match (merged.defaults[place], default) {
            (None, other) => {
                merged.defaults[place] = other;
                Ok(())
            }
            (Some(_), None) => Ok(()),
            (Some((first, number)), Some(other)) => {
                let default = |of: (Oid, i16)| {
                    let relation = self.catalog.relation(of.0)?;
                    Some((relation, relation.numbered(of.1)?.default.as_ref()?))
                };
                let ((known, one), (new, other)) = (part(default((first, number)))?, part(default(other))?);
                if !moved(&other.formula, new, known).is_ok_and(|moved| same(&moved, &one.formula)) {
                    merged.conflicts.push(place);
                }
                Ok(())
            }
        }
    }

    fn merge_check(&self, merged: &mut Merged, constraint: &Constraint) -> Result<(), Stop> {
        let ConstraintKind::Check(formula) = &constraint.kind else { return Ok(()) };
        for (oid, times) in &mut merged.checks {
            let Some(Constraint { name, on, kind: ConstraintKind::Check(other), enforced, .. }) =
                self.catalog.constraint(*oid)
            else {
                continue;
            };
            if *name == constraint.name {
                if *enforced != constraint.enforced {
                    return unknown("a check that one parent enforces and another does not");
                }
                let (from, to) = (part(self.catalog.relation(constraint.on))?, part(self.catalog.relation(*on))?);
                if !moved(formula, from, to).is_ok_and(|moved| same(&moved, other)) {
                    let message = format!("check constraint name \"{name}\" appears multiple times");
                    return refused(SqlState::DUPLICATE_OBJECT, message);
                }
                *times += 1;
                return Ok(());
            }
        }
        merged.checks.push((constraint.oid, 1));
        Ok(())
    }

    /// Gives a new table the checks of its parents.
    pub(super) fn inherit_checks(&mut self, table: Oid, merged: &Merged) -> Result<(), Stop> {
        for (oid, times) in &merged.checks {
            self.inherit_check(*oid, table, *times)?;
        }
        Ok(())
    }

    /// Gives a table the check of a parent.
    pub(super) fn inherit_check(&mut self, check: Oid, table: Oid, times: usize) -> Result<(), Stop> {
        let found = part(self.catalog.constraint(check))?.clone();
        let ConstraintKind::Check(formula) = &found.kind else { return Ok(()) };
        let (from, to) = (part(self.catalog.relation(found.on))?, part(self.catalog.relation(table))?);
        let formula = moved(formula, from, to)?;
        let oid = self.catalog.allocate();
        self.check_depends(oid, table, &formula);
        self.catalog.add_constraint(Constraint {
            oid,
            on: table,
            kind: ConstraintKind::Check(formula),
            validated: found.enforced,
            local: false,
            inherited: times,
            ..found
        });
        Ok(())
    }

    /// Records which columns a check goes with.
    pub(super) fn check_depends(&mut self, check: Oid, table: Oid, formula: &Formula) {
        let address = Address::of(Class::Constraint, check);
        self.depend_on_formula(address, formula);
        for column in &formula.columns {
            self.catalog.dependencies.add(address, Address::column(table, *column), Dependence::Auto);
        }
        if formula.columns.is_empty() {
            self.catalog.dependencies.add(address, Address::of(Class::Relation, table), Dependence::Auto);
        }
    }

    /// Gives a column the default of a parent's, or what that is generated from.
    pub(super) fn inherit_default(&mut self, from: (Oid, i16), table: Oid, number: i16) -> Result<(), Stop> {
        let (parent, to) = (part(self.catalog.relation(from.0))?, part(self.catalog.relation(table))?);
        let Some(default) = part(parent.numbered(from.1))?.default.clone() else { return Ok(()) };
        let formula = moved(&default.formula, parent, to)?;
        let oid = self.catalog.allocate();
        let mentioned = formula.columns.clone();
        self.depend_on_formula(Address::of(Class::Default, oid), &formula);
        self.catalog.set_default(table, number, Default { oid, formula, ..default });
        if default.generated {
            for column in mentioned {
                let (dependent, on) = (Address::column(table, number), Address::column(table, column));
                self.catalog.dependencies.add(dependent, on, Dependence::Normal);
            }
        }
        Ok(())
    }

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
