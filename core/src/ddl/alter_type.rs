//! `ALTER TYPE`

use std::sync::Arc;

use super::enum_type::label;
use super::syntax::{name, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::expression::{Node, Value};
use crate::catalog::{Address, Class, ConstraintKind, Formula, KeyOf, Oid, RelationKind, SqlState, UserTypeKind};
use crate::sql::ast::{self, AlterTypeAction as A};

impl Play<'_> {
    pub(super) fn alter_type(&mut self, tree: &ast::AlterType) -> Result<(), Stop> {
        let written = qualified(tree.type_name_ref())?;
        let action = part(tree.action())?;
        match &action {
            A::AlterTypeAttributeActionList(list) => return self.alter_composite(&written, list),
            A::RenameAttribute(rename) => {
                let (from, to) = (name(rename.composite_field_ref())?, name(rename.composite_field())?);
                return self.rename_attribute(&written, &from, &to);
            }
            _ => {}
        }
        let oid = self.type_named(&written)?;
        match action {
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
            A::SetSchema(action) => self.set_schema_of_type(oid, &name(action.schema_ref())?),
            A::OwnerTo(to) => {
                self.own(to.role_ref())?;
                let found = part(self.catalog.user_type(oid))?;
                if matches!(found.kind, UserTypeKind::Multirange(_)) && self.catalog.version() >= PostgresVersion::V17 {
                    let message = format!("cannot alter multirange type {}", found.name);
                    return refused(SqlState::WRONG_OBJECT_TYPE, message);
                }
                if let UserTypeKind::Row(relation) = found.kind
                    && self.catalog.relation(relation).is_some_and(|it| !matches!(it.kind, RelationKind::Composite))
                {
                    let message = format!("{} is a table's row type", found.name);
                    return refused(SqlState::WRONG_OBJECT_TYPE, message);
                }
                Ok(())
            }
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
        // Up to 16 it is no matter where the type comes from.
        let is_older = |first: Oid| oid < first || self.catalog.version() < PostgresVersion::V17;
        if self.new_from.is_some_and(is_older) {
            self.catalog.add_new_label(oid, new);
        }
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
        self.catalog.rename_new_label(oid, from, to);
        self.rename_label_in_values(oid, from, to)
    }

    /// Writes a label anew where it is a value: Postgres keeps the number of the label there.
    fn rename_label_in_values(&mut self, of: Oid, from: &str, to: &str) -> Result<(), Stop> {
        let array = part(self.catalog.user_type(of))?.array;
        let anew = |formula: &Formula| -> Result<Formula, Stop> {
            let (mut tree, mut inside) = ((*formula.tree).clone(), false);
            tree.change(&mut |it| {
                let Node::Constant(Value::Text(text)) = &mut it.node else { return };
                if it.of.oid == of && text == from {
                    to.clone_into(text);
                }
                inside |= it.of.oid == array && text.contains(from);
            });
            match inside {
                true => unknown("a label that is renamed inside of an array"),
                false => Ok(Formula { tree: Arc::new(tree), ..formula.clone() }),
            }
        };
        let edges: Vec<Address> =
            self.catalog.dependencies.dependents(Address::of(Class::Type, of)).map(|edge| edge.dependent).collect();
        for dependent in edges {
            match dependent.class {
                Class::Default => {
                    let Some((table, number)) = self.catalog.default_owner(dependent.oid) else { continue };
                    let column = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number));
                    if let Some(default) = column.and_then(|column| column.default.as_mut()) {
                        default.formula = anew(&default.formula)?;
                    }
                }
                Class::Constraint => {
                    let found = self.catalog.constraint_mut(dependent.oid).map(|found| &mut found.kind);
                    if let Some(ConstraintKind::Check(formula)) = found {
                        *formula = anew(formula)?;
                    }
                }
                Class::Policy => {
                    if let Some(policy) = self.catalog.policy_mut(dependent.oid) {
                        for formula in policy.using.iter_mut().chain(&mut policy.check) {
                            *formula = anew(formula)?;
                        }
                    }
                }
                Class::Trigger => {
                    if let Some(formula) = self.catalog.trigger_mut(dependent.oid).and_then(|it| it.when.as_mut()) {
                        *formula = anew(formula)?;
                    }
                }
                Class::Relation if dependent.column == 0 => {
                    if let Some(RelationKind::Index(index)) =
                        self.catalog.relation_mut(dependent.oid).map(|relation| &mut relation.kind)
                    {
                        for key in &mut index.keys {
                            if let KeyOf::Expression(formula) = &mut key.of {
                                *formula = anew(formula)?;
                            }
                        }
                        if let Some(formula) = &mut index.predicate {
                            *formula = anew(formula)?;
                        }
                    }
                }
                Class::Relation if self.in_partition_key(dependent.oid, dependent.column) => {
                    return unknown("a label that is renamed in the bounds of partitions");
                }
                Class::Rule | Class::Routine => return unknown("a label that is renamed in a view or a function"),
                _ => {}
            }
        }
        let has_default = |kind: &UserTypeKind| matches!(kind, UserTypeKind::Domain(it) if it.default.is_some());
        let over: Vec<Oid> =
            self.catalog.user_types().filter(|found| has_default(&found.kind)).map(|found| found.oid).collect();
        for oid in over {
            if let Some(UserTypeKind::Domain(domain)) = self.catalog.user_type_mut(oid).map(|found| &mut found.kind)
                && let Some(default) = &mut domain.default
            {
                *default = anew(default)?;
            }
        }
        Ok(())
    }
}
