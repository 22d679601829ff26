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
    /// A range, with the type of its bounds and its multirange.
    Range {
        /// Type of the bounds.
        of: Type,
        /// Name of the multirange type.
        multirange: Arc<str>,
    },
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
    pub collation: Option<Arc<str>>,
    /// Its check constraints.
    pub constraints: Vec<Oid>,
}
