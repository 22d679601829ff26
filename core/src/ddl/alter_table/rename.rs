//! `RENAME COLUMN`, `RENAME CONSTRAINT`

use super::is_system;
use crate::catalog::{ConstraintKind, Oid, RelationKind, SqlState};
use crate::ddl::column::may_be_named;
use crate::ddl::syntax::part;
use crate::ddl::{LockMode, Play, Stop, refused, unknown};

impl Play<'_> {
    /// Renames a column in all that has it from the same parent; `renameatt_internal`.
    pub(in crate::ddl) fn rename_column(&mut self, table: Oid, from: &str, to: &str, only: bool) -> Result<(), Stop> {
        self.lock(table, LockMode::AccessExclusive);
        let relation = part(self.catalog.relation(table))?;
        match relation.kind {
            RelationKind::Table | RelationKind::Partitioned(_) | RelationKind::View(_) => {}
            RelationKind::MaterializedView(_) | RelationKind::Index(_) => {}
            RelationKind::Composite => return unknown("a column of a composite type"),
            RelationKind::Sequence(_) => return self.is_no_sequence(table),
        }
        let below = self.inheritors(table);
        if only && !below.is_empty() {
            let message = format!("inherited column \"{from}\" must be renamed in child tables too");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for child in &below {
            self.lock(*child, LockMode::AccessExclusive);
            let parents = self.parents_among(*child, table, &below);
            self.rename_column_of(*child, from, to, parents)?;
        }
        self.rename_column_of(table, from, to, 0)
    }

    /// Refuses new names inside of a sequence.
    fn is_no_sequence(&self, oid: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(oid))?;
        match relation.as_sequence() {
            Some(_) => {
                let message = format!("cannot rename columns of relation \"{}\"", relation.name);
                refused(SqlState::WRONG_OBJECT_TYPE, message)
            }
            None => Ok(()),
        }
    }

    /// Returns how many parents of a table are another or one below it.
    fn parents_among(&self, child: Oid, table: Oid, below: &[Oid]) -> usize {
        let parents = self.catalog.relation(child).map(|it| it.parents.clone()).unwrap_or_default();
        parents.iter().filter(|parent| **parent == table || below.contains(parent)).count()
    }

    fn rename_column_of(&mut self, table: Oid, from: &str, to: &str, parents: usize) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let Some(column) = relation.column(from) else {
            if is_system(from) {
                let message = format!("cannot rename system column \"{from}\"");
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{from}\" does not exist"));
        };
        let number = column.number;
        if column.inherited > parents {
            let message = format!("cannot rename inherited column \"{from}\"");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        may_be_named(to)?;
        if relation.column(to).is_some() {
            let message = format!("column \"{to}\" of relation \"{}\" already exists", relation.name);
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
        if let Some(column) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            column.name = to.into();
        }
        Ok(())
    }

    /// Renames a constraint; a check in all that has it from the same parent. `rename_constraint_internal`
    pub(super) fn rename_constraint(&mut self, table: Oid, from: &str, to: &str, only: bool) -> Result<(), Stop> {
        self.lock(table, LockMode::AccessExclusive);
        self.is_no_sequence(table)?;
        let is_inherited_check = |play: &Self, oid| {
            play.catalog.constraint(oid).is_some_and(|it| {
                matches!(it.kind, ConstraintKind::Check(_) | ConstraintKind::NotNull(_)) && !it.no_inherit
            })
        };
        let of_table = self.find_constraint(table, from).filter(|oid| is_inherited_check(self, *oid));
        if of_table.is_some() {
            let below = self.inheritors(table);
            if only && !below.is_empty() {
                let message = format!("inherited constraint \"{from}\" must be renamed in child tables too");
                return refused(SqlState::INVALID_TABLE_DEFINITION, message);
            }
            for child in &below {
                self.lock(*child, LockMode::AccessExclusive);
                let parents = self.parents_among(*child, table, &below);
                self.rename_constraint_of(*child, from, to, parents)?;
            }
        }
        self.rename_constraint_of(table, from, to, 0)
    }

    fn rename_constraint_of(&mut self, table: Oid, from: &str, to: &str, parents: usize) -> Result<(), Stop> {
        let Some(oid) = self.find_constraint(table, from) else {
            let relation = part(self.catalog.relation(table))?;
            let message = format!("constraint \"{from}\" for table \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_OBJECT, message);
        };
        let found = part(self.catalog.constraint(oid))?;
        if matches!(found.kind, ConstraintKind::Check(_) | ConstraintKind::NotNull(_))
            && !found.no_inherit
            && found.inherited > parents
        {
            let message = format!("cannot rename inherited constraint \"{from}\"");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        self.rename_constraint_to(oid, to)
    }
}
