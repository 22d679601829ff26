//! Types that a database brings beside those of `pg_catalog`.

use std::sync::Arc;

use super::builtin::Context;
use super::operator::Operator;
use super::store::FIRST;
use super::types::{self, Cast, Method, OwnKind, OwnType, Types};
use super::{Address, Catalog, Class, Dependence, Formula, Oid, Refusal, Space, SqlState, TEMPORARY, Type};
use crate::PostgresVersion;

/// A type of the database's own.
#[derive(Debug, Clone)]
pub struct UserType {
    /// Its number.
    pub oid: Oid,
    /// Its schema.
    pub schema: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// The type of its arrays.
    pub array: Oid,
    /// What it is.
    pub kind: UserTypeKind,
}

/// What a type is.
#[derive(Debug, Clone)]
pub enum UserTypeKind {
    /// An enum, with its labels in their order.
    Enum(Vec<Arc<str>>),
    /// A domain.
    Domain(Domain),
    /// Rows of a relation, or a composite type.
    Row(Oid),
    /// A range.
    Range(Range),
    /// Several ranges in one value: the multirange of a range type.
    Multirange(Oid),
    /// What an extension brings.
    Base,
}

/// What a domain asks of its values.
#[derive(Debug, Clone)]
pub struct Domain {
    /// The type below it, which may be a domain too.
    pub base: Type,
    /// It takes no nulls.
    pub not_null: bool,
    /// Default expression.
    pub default: Option<Formula>,
    /// Collation, where one is named.
    pub collation: Option<Oid>,
    /// Its check constraints.
    pub constraints: Vec<Oid>,
}

/// What a range is a range of.
#[derive(Debug, Clone)]
pub struct Range {
    /// Type of the bounds.
    pub of: Type,
    /// Its multirange type; none before Postgres 14.
    pub multirange: Option<Oid>,
    /// The function that makes a multirange of one range.
    pub to_multirange: Option<Oid>,
    /// Schema and name of the operator class of the bounds, where it is not the type's default.
    pub class: Option<(Oid, Arc<str>)>,
    /// Collation of the bounds, where it is not the type's own.
    pub collation: Option<Oid>,
    /// The function that says how far two bounds are apart.
    pub difference: Option<Oid>,
}

impl Catalog {
    /// Returns a type of the database's own, or the one whose arrays it is the type of.
    pub fn user_type(&self, oid: Oid) -> Option<&UserType> {
        if oid.0 < FIRST {
            return None;
        }
        let oid = self.elements.get(&oid).copied().unwrap_or(oid);
        self.types.get(&oid).map(|found| &**found)
    }

    /// Returns a type of the database's own, to be changed.
    pub fn user_type_mut(&mut self, oid: Oid) -> Option<&mut UserType> {
        self.types.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the types of the database's own, by number.
    pub fn user_types(&self) -> impl Iterator<Item = &UserType> {
        self.types.sorted().into_iter().map(|(_, found)| &**found)
    }

    /// Returns what a range type of the database's own is a range of.
    pub fn range(&self, oid: Oid) -> Option<&Range> {
        match self.types.get(&oid).map(|found| &found.kind) {
            Some(UserTypeKind::Range(range)) => Some(range),
            _ => None,
        }
    }

    /// Adds a type, with what it stands on. Its name must be free.
    pub fn add_type(&mut self, new: UserType) {
        let address = Address::of(Class::Type, new.oid);
        if new.schema != TEMPORARY {
            self.dependencies.add(address, Address::of(Class::Schema, new.schema), Dependence::Normal);
        }
        match &new.kind {
            UserTypeKind::Domain(domain) => {
                self.depend_on_type(address, domain.base);
                self.depend_on_collation(address, domain.collation);
            }
            UserTypeKind::Range(range) => {
                self.depend_on_type(address, range.of);
                self.depend_on_collation(address, range.collation);
            }
            UserTypeKind::Multirange(range) => {
                self.dependencies.add(address, Address::of(Class::Type, *range), Dependence::Internal);
            }
            _ => {}
        }
        self.name(Space::Type, new.schema, &new.name, new.oid);
        self.elements.insert(new.array, new.oid);
        self.types.insert(new.oid, Arc::new(new));
    }

    /// Gives a type another schema or name.
    pub fn move_type(&mut self, oid: Oid, schema: Oid, name: &str) {
        let Some(found) = self.user_type(oid) else { return };
        let (old_schema, old) = (found.schema, Arc::clone(&found.name));
        self.unname(Space::Type, old_schema, &old);
        self.name(Space::Type, schema, name, oid);
        if let Some(found) = self.user_type_mut(oid) {
            found.schema = schema;
            found.name = name.into();
        }
        self.move_dependency(Address::of(Class::Type, oid), old_schema, schema);
    }

    /// Returns the element type of a type of arrays.
    pub fn element(&self, array: Oid) -> Option<Oid> {
        types::element(self, array)
    }

    /// Records that something depends on a type of the database's own.
    pub fn depend_on_type(&mut self, dependent: Address, of: Type) {
        if let Some(found) = self.user_type(of.oid).map(|found| found.oid) {
            self.dependencies.add(dependent, Address::of(Class::Type, found), Dependence::Normal);
        }
    }

    /// Says that the open transaction added a label to an enum.
    pub(crate) fn add_new_label(&mut self, of: Oid, label: &str) {
        self.new_labels.push((of, label.into()));
    }

    /// Gives a label that the open transaction added another name.
    pub(crate) fn rename_new_label(&mut self, of: Oid, from: &str, to: &str) {
        for (oid, label) in &mut self.new_labels {
            if *oid == of && **label == *from {
                *label = to.into();
            }
        }
    }

    /// Says that the transaction ended, and its labels can be used.
    pub(crate) fn settle_new_labels(&mut self) {
        self.new_labels.clear();
    }

    /// Refuses a label as a value where the open transaction added it. `check_safe_enum_use`
    pub(crate) fn label_may_be_used(&self, of: Oid, label: &str) -> Result<(), Refusal> {
        if !self.new_labels.iter().any(|(oid, new)| *oid == of && **new == *label) {
            return Ok(());
        }
        let name = self.user_type(of).map(|found| found.name.to_string()).unwrap_or_default();
        Err(Refusal::new(SqlState("55P04"), format!("unsafe use of new value \"{label}\" of enum type {name}")))
    }

    pub(super) fn forget_type(&mut self, oid: Oid) {
        let Some(found) = self.types.remove(&oid) else { return };
        self.elements.remove(&found.array);
        self.unname(Space::Type, found.schema, &found.name);
    }
}

impl Types for Catalog {
    fn version(&self) -> PostgresVersion {
        self.version()
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        if oid.0 < FIRST {
            return None;
        }
        if let Some(element) = self.elements.get(&oid) {
            return Some(OwnType { kind: OwnKind::Array(*element), array: None });
        }
        let found = self.types.get(&oid)?;
        let kind = match &found.kind {
            UserTypeKind::Enum(_) => OwnKind::Enum,
            UserTypeKind::Domain(domain) => OwnKind::Domain(domain.base),
            UserTypeKind::Row(_) => OwnKind::Composite,
            UserTypeKind::Range(range) => OwnKind::Range { of: range.of.oid, multirange: range.multirange },
            UserTypeKind::Multirange(range) => OwnKind::Multirange { of: self.range(*range)?.of.oid, range: *range },
            UserTypeKind::Base => return None,
        };
        Some(OwnType { kind, array: Some(found.array) })
    }

    fn own_cast(&self, from: Oid, to: Oid) -> Option<Cast> {
        if let Some(made) = self.user_cast(from, to) {
            return Some(Cast { context: made.context, method: made.method });
        }
        let range = self.range(from).filter(|range| range.multirange == Some(to))?;
        Some(Cast { context: Context::Explicit, method: Method::Function(range.to_multirange?) })
    }

    fn is_label(&self, of: Oid, text: &str) -> Option<bool> {
        match &self.user_type(of).filter(|found| found.oid == of)?.kind {
            UserTypeKind::Enum(labels) => {
                let is_one = labels.iter().any(|label| **label == *text);
                (!is_one || self.label_may_be_used(of, text).is_ok()).then_some(is_one)
            }
            _ => None,
        }
    }

    fn own_operators(&self, name: &str) -> Vec<Operator> {
        self.operators_called(name)
    }
}
