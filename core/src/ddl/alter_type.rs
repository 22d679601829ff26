//! `ALTER TYPE`

use std::sync::Arc;

use super::enum_type::label;
use super::syntax::{name, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::catalog::{Oid, SqlState, UserTypeKind};
use crate::sql::ast::{self, AlterTypeAction as A};

impl Play<'_> {
    pub(super) fn alter_type(&mut self, tree: &ast::AlterType) -> Result<(), Stop> {
        let written = qualified(tree.type_name_ref())?;
        let oid = self.type_named(&written)?;
        match part(tree.action())? {
            A::AddValue(action) => {
                let new = label(action.literal())?;
                let position = match action.value_position() {
                    None => None,
                    Some(ast::ValuePosition::BeforeValue(at)) => Some((label(at.literal())?, 0)),
                    Some(ast::ValuePosition::AfterValue(at)) => Some((label(at.literal())?, 1)),
                };
                self.add_label(oid, &new, position, action.if_not_exists().is_some())
            }
            A::RenameValue(action) => self.rename_label(oid, &label(action.from())?, &label(action.to())?),
            A::TypeRenameTo(action) => self.rename_type(oid, &name(action.type_name())?),
            A::SetSchema(action) => {
                if self.is_domain(oid) {
                    return unknown("ALTER TYPE of a domain");
                }
                self.set_schema_of_type(oid, &name(action.schema_ref())?)
            }
            A::OwnerTo(to) => self.own(to.role_ref()),
            _ => unknown("this form of ALTER TYPE is outside the model"),
        }
    }

    fn labels(&self, oid: Oid) -> Result<Vec<Arc<str>>, Stop> {
        let found = part(self.catalog.user_type(oid))?;
        match &found.kind {
            UserTypeKind::Enum(labels) => Ok(labels.clone()),
            _ => refused(SqlState::WRONG_OBJECT_TYPE, format!("{} is not an enum", found.name)),
        }
    }

    fn set_labels(&mut self, oid: Oid, labels: Vec<Arc<str>>) {
        if let Some(found) = self.catalog.user_type_mut(oid) {
            found.kind = UserTypeKind::Enum(labels);
        }
    }

    fn add_label(
        &mut self,
        oid: Oid,
        new: &str,
        position: Option<(String, usize)>,
        if_not_exists: bool,
    ) -> Result<(), Stop> {
        let mut labels = self.labels(oid)?;
        if labels.iter().any(|label| **label == *new) {
            if if_not_exists {
                return Ok(());
            }
            return refused(SqlState::DUPLICATE_OBJECT, format!("enum label \"{new}\" already exists"));
        }
        let at = match position {
            None => labels.len(),
            Some((neighbor, behind)) => match labels.iter().position(|label| **label == *neighbor) {
                Some(at) => at + behind,
                None => {
                    let message = format!("\"{neighbor}\" is not an existing enum label");
                    return refused(SqlState::INVALID_PARAMETER_VALUE, message);
                }
            },
        };
        labels.insert(at, new.into());
        self.set_labels(oid, labels);
        Ok(())
    }

    fn rename_label(&mut self, oid: Oid, from: &str, to: &str) -> Result<(), Stop> {
        let mut labels = self.labels(oid)?;
        let Some(at) = labels.iter().position(|label| **label == *from) else {
            let message = format!("\"{from}\" is not an existing enum label");
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        };
        if labels.iter().any(|label| **label == *to) {
            return refused(SqlState::DUPLICATE_OBJECT, format!("enum label \"{to}\" already exists"));
        }
        if let Some(label) = labels.get_mut(at) {
            *label = to.into();
        }
        self.set_labels(oid, labels);
        Ok(())
    }
}
