//! Collations: which one a clause names, and which one an expression has.

use super::syntax::qualified;
use super::{Play, Stop, refused, unknown};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::types::is_collatable;
use crate::catalog::{Column, Oid, QualifiedName, Relation, SqlState, Type, UserTypeKind};
use crate::sql::{ast, fold};

/// The collation of the database, which every text has that names no other.
const DEFAULT: &str = "default";

/// `name`, whose own collation is `C`.
const NAME: Oid = Oid(19);

/// Which collation an expression has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derived {
    /// This one; that of the database where nothing names another.
    One(String),
    /// It has parts of several, and it takes more to say which one is meant.
    Several,
}

impl Play<'_> {
    /// Returns the collation of a column.
    pub(super) fn collation_of_column(&self, column: &Column) -> String {
        column.collation.as_deref().unwrap_or_else(|| self.collation_of_type(column.of)).to_owned()
    }

    /// Returns the name of a collation for values of a type, as the catalog keeps it; none where it is the type's own.
    pub(super) fn collation(&self, collate: &ast::Collate, of: Type) -> Result<Option<String>, Stop> {
        self.collation_of_name(&qualified(collate.collation_ref())?, of)
    }

    /// Returns the same of a name that stands without the word COLLATE.
    pub(super) fn collation_of_name(&self, written: &QualifiedName, of: Type) -> Result<Option<String>, Stop> {
        let named = self.collation_found(written)?;
        if !is_collatable(&self.catalog, of.oid) {
            if self.catalog.user_type(of.oid).is_some_and(|it| matches!(it.kind, UserTypeKind::Base)) {
                return unknown("a collation of this type");
            }
            let of = self.names.spelled(&self.catalog, of);
            return refused(SqlState::DATATYPE_MISMATCH, format!("collations are not supported by type {of}"));
        }
        Ok((named != self.collation_of_type(of)).then_some(named))
    }

    fn collation_of_type(&self, of: Type) -> &str {
        match self.catalog.user_type(of.oid).map(|found| &found.kind) {
            _ if of.oid == NAME => "C",
            Some(UserTypeKind::Domain(domain)) => domain.collation.as_deref().unwrap_or(DEFAULT),
            _ => DEFAULT,
        }
    }

    /// Returns the name of a collation, as the catalog keeps it.
    pub(super) fn collation_named(&self, collate: &ast::Collate) -> Result<String, Stop> {
        self.collation_found(&qualified(collate.collation_ref())?)
    }

    fn collation_found(&self, written: &QualifiedName) -> Result<String, Stop> {
        const KNOWN: [&str; 4] = ["C", "POSIX", DEFAULT, "ucs_basic"];
        if let Some(schema) = written.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        let in_catalog = written.schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
        if !in_catalog || !KNOWN.contains(&written.name.as_str()) {
            return unknown("a collation that is not known here");
        }
        Ok(written.name.clone())
    }

    /// Returns the collation of an expression over the columns of a relation; `assign_collations_walker`. Where columns
    /// with different ones meet, it is [`Derived::Several`].
    pub(super) fn collation_of(&self, tree: &Expression, relation: &Relation) -> Derived {
        let mut found: Vec<String> = Vec::new();
        self.collations_in(tree, relation, &mut found);
        found.retain(|name| name != DEFAULT);
        found.dedup();
        match found.as_slice() {
            [] => Derived::One(DEFAULT.to_owned()),
            [one] => Derived::One(one.clone()),
            _ => Derived::Several,
        }
    }

    fn collations_in(&self, tree: &Expression, relation: &Relation, found: &mut Vec<String>) {
        if !is_collatable(&self.catalog, tree.of.oid) {
            return;
        }
        match &tree.node {
            Node::Column { number, .. } => {
                found.extend(relation.numbered(*number).map(|column| self.collation_of_column(column)));
            }
            Node::Collate(_, collation) => found.push(unquoted(collation)),
            _ => tree.parts().into_iter().for_each(|part| self.collations_in(part, relation, found)),
        }
    }
}

/// Returns the name of a collation without quotes.
pub(super) fn unquoted(spelled: &str) -> String {
    fold(spelled).unwrap_or_else(|| spelled.to_owned())
}
