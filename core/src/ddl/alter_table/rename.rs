//! `RENAME COLUMN`, `RENAME CONSTRAINT`

use super::is_system;
use crate::catalog::{Oid, RelationKind, SqlState};
use crate::ddl::column::may_be_named;
use crate::ddl::syntax::part;
use crate::ddl::{LockMode, Play, Stop, refused, unknown};

impl Play<'_> {
    pub(super) fn rename_column(&mut self, table: Oid, from: &str, to: &str) -> Result<(), Stop> {
        self.lock(table, LockMode::AccessExclusive);
        let relation = part(self.catalog.relation(table))?;
        match relation.kind {
            RelationKind::Table | RelationKind::Partitioned(_) | RelationKind::View(_) => {}
            RelationKind::MaterializedView(_) | RelationKind::Index(_) => {}
            RelationKind::Composite => return unknown("a column of a composite type"),
            RelationKind::Sequence(_) => {
                let message = format!("cannot rename columns of relation \"{}\"", relation.name);
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
        }
        if !relation.children.is_empty() || !relation.parents.is_empty() {
            return unknown("a column of a table that inherits");
        }
        let Some(number) = relation.column(from).map(|column| column.number) else {
            if is_system(from) {
                let message = format!("cannot rename system column \"{from}\"");
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{from}\" does not exist"));
        };
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

    pub(super) fn rename_constraint(&mut self, table: Oid, from: &str, to: &str) -> Result<(), Stop> {
        self.lock(table, LockMode::AccessExclusive);
        let Some(oid) = self.find_constraint(table, from) else {
            let relation = part(self.catalog.relation(table))?;
            let message = format!("constraint \"{from}\" for table \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_OBJECT, message);
        };
        self.rename_constraint_to(oid, to)
    }
}
