//! Collations: which one a clause names, and which one an expression has.

use super::syntax::qualified;
use super::{Play, Stop, refused, unknown};
use crate::catalog::collation::{C, DEFAULT, may_come_with_the_server};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::types::is_collatable;
use crate::catalog::{Catalog, Column, Names, Oid, QualifiedName, Relation, SqlState, Type, UserTypeKind};
use crate::sql::ast;

/// `name`, whose own collation is `C`.
const NAME: Oid = Oid(19);

/// Which collation an expression has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derived {
    /// This one; that of the database where nothing names another.
    One(Oid),
    /// It has parts of several, and it takes more to say which one is meant.
    Several,
}

/// Returns the collation of a name; `get_collation_oid`.
pub(super) fn found(catalog: &Catalog, names: &Names, written: &QualifiedName) -> Result<Oid, Stop> {
    if let Some(schema) = written.schema.as_deref().filter(|schema| catalog.schema(schema).is_none()) {
        return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
    }
    if let Some(found) = names.collation(catalog, written) {
        return Ok(found);
    }
    let in_catalog = written.schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
    if in_catalog && may_come_with_the_server(&written.name) {
        return unknown("a collation that the server may have");
    }
    refused(SqlState::UNDEFINED_OBJECT, format!("collation \"{}\" does not exist", written.name))
}

impl Play<'_> {
    /// Returns the collation of a column.
    pub(super) fn collation_of_column(&self, column: &Column) -> Oid {
        column.collation.unwrap_or_else(|| self.collation_of_type(column.of))
    }

    /// Returns the collation for values of a type, as the catalog keeps it; none where it is the type's own.
    pub(super) fn collation(&self, collate: &ast::Collate, of: Type) -> Result<Option<Oid>, Stop> {
        self.collation_of_name(&qualified(collate.collation_ref())?, of)
    }

    /// Returns the same of a name that stands without the word COLLATE.
    pub(super) fn collation_of_name(&self, written: &QualifiedName, of: Type) -> Result<Option<Oid>, Stop> {
        let named = found(&self.catalog, &self.names, written)?;
        if !is_collatable(&self.catalog, of.oid) {
            if self.catalog.user_type(of.oid).is_some_and(|it| matches!(it.kind, UserTypeKind::Base)) {
                return unknown("a collation of this type");
            }
            let of = self.names.spelled(&self.catalog, of);
            return refused(SqlState::DATATYPE_MISMATCH, format!("collations are not supported by type {of}"));
        }
        Ok((named != self.collation_of_type(of)).then_some(named))
    }

    pub(super) fn collation_of_type(&self, of: Type) -> Oid {
        match self.catalog.user_type(of.oid).map(|found| &found.kind) {
            _ if of.oid == NAME => C,
            Some(UserTypeKind::Domain(domain)) => {
                domain.collation.unwrap_or_else(|| self.collation_of_type(domain.base))
            }
            _ => DEFAULT,
        }
    }

    /// Returns the collation that a clause names.
    pub(super) fn collation_named(&self, collate: &ast::Collate) -> Result<Oid, Stop> {
        found(&self.catalog, &self.names, &qualified(collate.collation_ref())?)
    }

    /// Returns the collation of an expression over the columns of a relation.
    pub(super) fn collation_of(&self, tree: &Expression, relation: &Relation) -> Derived {
        self.derived(tree, &|_, number| relation.numbered(number).map(|column| self.collation_of_column(column)))
    }

    /// Returns the collation of an expression whose columns have these; `assign_collations_walker`.
    pub(super) fn derived(&self, tree: &Expression, column: &dyn Fn(Oid, i16) -> Option<Oid>) -> Derived {
        let (mut named, mut own) = (Vec::new(), Vec::new());
        self.collations_in(tree, column, &mut named, &mut own);
        // What is named wins over what columns have, and that over the collation of the database.
        own.retain(|oid| *oid != DEFAULT);
        let found = if named.is_empty() { &mut own } else { &mut named };
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [] => Derived::One(DEFAULT),
            [one] => Derived::One(*one),
            _ => Derived::Several,
        }
    }

    fn collations_in(
        &self,
        tree: &Expression,
        column: &dyn Fn(Oid, i16) -> Option<Oid>,
        named: &mut Vec<Oid>,
        own: &mut Vec<Oid>,
    ) {
        if !is_collatable(&self.catalog, tree.of.oid) {
            return;
        }
        match &tree.node {
            Node::Column { relation, number } => own.extend(column(*relation, *number)),
            Node::Collate(_, collation) => named.push(*collation),
            _ => tree.parts().into_iter().for_each(|part| self.collations_in(part, column, named, own)),
        }
    }
}
