//! `ALTER TYPE` of a composite type: its attributes. It is `ALTER TABLE` of a relation without rows.

use super::column::may_be_named;
use super::syntax::{behavior, name, part, type_name};
use super::{Play, Stop, refused};
use crate::catalog::{Address, Behavior, Column, Oid, QualifiedName, RelationKind, Space, SqlState, Type};
use crate::sql::ast::{self, AlterTypeAttributeAction as A};

/// A change of one attribute, read.
enum Change {
    Drop(String, bool, Behavior),
    Retype(String, Type, Option<Oid>),
    Add(String, Type, Option<Oid>),
}

impl Change {
    /// Returns its place among the passes of `ALTER TABLE`.
    fn pass(&self) -> usize {
        match self {
            Self::Drop(..) => 0,
            Self::Retype(..) => 1,
            Self::Add(..) => 2,
        }
    }
}

impl Play<'_> {
    pub(super) fn alter_composite(
        &mut self,
        written: &QualifiedName,
        list: &ast::AlterTypeAttributeActionList,
    ) -> Result<(), Stop> {
        let oid = self.composite(written)?;
        let mut changes = Vec::new();
        for action in list.actions() {
            changes.push(match action {
                A::DropAttribute(drop) => Change::Drop(
                    name(drop.composite_field_ref())?,
                    drop.if_exists().is_some(),
                    behavior(drop.drop_behavior()),
                ),
                A::AlterAttribute(alter) => {
                    let attribute = name(alter.composite_field_ref())?;
                    self.attribute(oid, &attribute)?;
                    let (of, collation) = self.attribute_type(&attribute, alter.ty(), alter.collate())?;
                    self.is_no_member_of_itself(oid, of)?;
                    self.no_row_elsewhere(oid)?;
                    Change::Retype(attribute, of, collation)
                }
                A::AddAttribute(add) => {
                    let attribute = name(add.composite_field())?;
                    let (of, collation) = self.attribute_type(&attribute, add.ty(), add.collate())?;
                    Change::Add(attribute, of, collation)
                }
            });
        }
        changes.sort_by_key(Change::pass);
        changes.into_iter().try_for_each(|change| self.change_attribute(oid, change))
    }

    fn change_attribute(&mut self, oid: Oid, change: Change) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(oid))?;
        match change {
            Change::Drop(attribute, if_exists, behavior) => match relation.column(&attribute) {
                Some(column) => {
                    let gone = Address::column(oid, column.number);
                    self.drop_objects(&[gone], behavior)
                }
                None if if_exists => Ok(()),
                None => self.attribute(oid, &attribute).map(|_| ()),
            },
            Change::Retype(attribute, of, collation) => {
                let (number, old) = self.attribute(oid, &attribute)?;
                if let Some(column) = self.catalog.relation_mut(oid).and_then(|it| it.numbered_mut(number)) {
                    (column.of, column.collation) = (of, collation);
                }
                self.retype_dependency(oid, number, old, of);
                Ok(())
            }
            Change::Add(attribute, of, collation) => {
                if relation.column(&attribute).is_some() {
                    let message = format!("column \"{attribute}\" of relation \"{}\" already exists", relation.name);
                    return refused(SqlState::DUPLICATE_COLUMN, message);
                }
                may_be_named(&attribute)?;
                self.is_no_member_of_itself(oid, of)?;
                let at = part(self.catalog.relation(oid))?.columns.len();
                let mut column = Column::plain(at, &attribute, of);
                column.collation = collation;
                let number = column.number;
                part(self.catalog.relation_mut(oid))?.columns.push(column);
                self.catalog.depend_on_type(Address::column(oid, number), of);
                self.catalog.depend_on_collation(Address::column(oid, number), collation);
                Ok(())
            }
        }
    }

    /// `RENAME ATTRIBUTE`
    pub(super) fn rename_attribute(&mut self, written: &QualifiedName, from: &str, to: &str) -> Result<(), Stop> {
        let oid = self.composite(written)?;
        let relation = part(self.catalog.relation(oid))?;
        let Some(column) = relation.column(from) else {
            if may_be_named(from).is_err() {
                let message = format!("cannot rename system column \"{from}\"");
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{from}\" does not exist"));
        };
        let number = column.number;
        may_be_named(to)?;
        if relation.column(to).is_some() {
            let message = format!("column \"{to}\" of relation \"{}\" already exists", relation.name);
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
        if let Some(column) = self.catalog.relation_mut(oid).and_then(|it| it.numbered_mut(number)) {
            column.name = to.into();
        }
        Ok(())
    }

    /// Returns the relation of a composite type: it is looked for among relations.
    fn composite(&self, written: &QualifiedName) -> Result<Oid, Stop> {
        let oid = match self.names.find(&self.catalog, Space::Relation, written) {
            Some(oid) => oid,
            None => self.relation_found(written)?,
        };
        let relation = part(self.catalog.relation(oid))?;
        if !matches!(relation.kind, RelationKind::Composite) {
            let message = format!("\"{}\" is not a composite type", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        Ok(oid)
    }

    fn attribute(&self, oid: Oid, attribute: &str) -> Result<(i16, Type), Stop> {
        let relation = part(self.catalog.relation(oid))?;
        match relation.column(attribute) {
            Some(column) => Ok((column.number, column.of)),
            None if may_be_named(attribute).is_err() => {
                refused(SqlState::FEATURE_NOT_SUPPORTED, format!("cannot alter system column \"{attribute}\""))
            }
            None => {
                let message = format!("column \"{attribute}\" of relation \"{}\" does not exist", relation.name);
                refused(SqlState::UNDEFINED_COLUMN, message)
            }
        }
    }

    fn attribute_type(
        &self,
        attribute: &str,
        ty: Option<ast::Type>,
        collate: Option<ast::Collate>,
    ) -> Result<(Type, Option<Oid>), Stop> {
        let of = self.names.data_type(&self.catalog, &type_name(ty)?)?;
        self.column_may_be_of(attribute, of)?;
        let collation = collate.map(|collate| self.collation(&collate, of)).transpose()?.flatten();
        Ok((of, collation))
    }
}
