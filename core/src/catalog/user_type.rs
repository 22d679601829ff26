//! Types that a database brings beside those of `pg_catalog`.

use std::sync::Arc;

use super::{Formula, Oid, Type};

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
