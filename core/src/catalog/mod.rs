//! What a statement finds in a database: the types, functions and operators that every one has, with the rules by which
//! Postgres chooses among them, and the objects that its revisions made, with what stands on what. The test binary
//! `judge` of the server asks a real one the same questions.

mod address;
mod builtin;
pub(crate) mod collation;
mod constraint;
mod drop;
pub mod expression;
mod extension;
mod formula;
pub mod function;
mod index;
mod known;
mod map;
pub mod naming;
pub mod operator;
mod operator_class;
mod partition;
mod policy;
mod polymorphic;
pub mod query;
mod relation;
mod routine;
mod rule;
mod search;
mod sequence;
mod statistics;
mod store;
mod together;
mod touched;
mod trigger;
pub mod types;
mod user_cast;
mod user_operator;
mod user_type;

use std::fmt;

pub(crate) use address::Dependencies;
pub use address::{Address, Class, Dependence, Edge};
pub use builtin::Context;
pub use collation::{Collation, Provider, Rules};
pub use constraint::{Constraint, ConstraintKind, Key};
pub use extension::{Extension, functions_of};
pub use formula::Formula;
pub use index::{Index, IndexKey, KeyClass, KeyOf};
pub use known::{Known, KnownRow, KnownRows};
pub use operator_class::{AccessMethod, OperatorClass};
pub use partition::{Bound, Conflict, Datum, Edge as RangeEdge, Order};
pub use policy::Policy;
pub use relation::{
    Column, Default, Identity, PartitionKey, Persistence, Relation, RelationKind, ReplicaIdentity, Rows, View,
};
pub(crate) use routine::{ANY, ANYARRAY, ANYCOMPATIBLEARRAY};
pub use routine::{Aggregation, Body, Mode, Parallel, Parameter, Routine};
pub use rule::{Action, Changing, Form, OF_VIEW, Rule, RuleEvent, row_columns};
pub use search::{Names, QualifiedName, schema_named};
pub use sequence::{BIGINT, Placed, Sequence, SequenceOptions};
pub use statistics::Statistics;
pub use store::{Catalog, PG_CATALOG, PUBLIC, Space, TEMPORARY};
pub use together::Together;
pub use trigger::{ConstraintTrigger, Enabled, Events, NEW, OLD, Timing, Trigger};
pub use types::Type;
pub use user_cast::UserCast;
pub use user_operator::UserOperator;
pub use user_type::{Domain, Range, UserType, UserTypeKind};

/// The number by which Postgres knows an object; no rename changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(pub u32);

/// What happens to what depends on an object that is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behavior {
    /// It keeps the object from being dropped.
    #[default]
    Restrict,
    /// It is dropped too.
    Cascade,
}

/// What Postgres would say instead of doing it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sqlstate}: {message}")]
pub struct Refusal {
    /// The state that it would raise.
    pub sqlstate: SqlState,
    /// What is wrong, in words near to those of Postgres; only the state is compared with a server.
    pub message: String,
}

impl Refusal {
    /// Returns a refusal.
    pub fn new(sqlstate: SqlState, message: impl Into<String>) -> Self {
        Self { sqlstate, message: message.into() }
    }
}

/// Five characters that say which kind of error it is; the documentation of Postgres lists them in appendix A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SqlState(pub &'static str);

impl SqlState {
    /// `25001`
    pub const ACTIVE_SQL_TRANSACTION: Self = Self("25001");
    /// `42723`
    pub const DUPLICATE_FUNCTION: Self = Self("42723");
    /// `42725`
    pub const AMBIGUOUS_FUNCTION: Self = Self("42725");
    /// `42883`
    pub const UNDEFINED_FUNCTION: Self = Self("42883");
    /// `42P13`
    pub const INVALID_FUNCTION_DEFINITION: Self = Self("42P13");
    /// `0A000`
    pub const FEATURE_NOT_SUPPORTED: Self = Self("0A000");
    /// `2BP01`
    pub const DEPENDENT_OBJECTS_STILL_EXIST: Self = Self("2BP01");
    /// `3F000`
    pub const INVALID_SCHEMA_NAME: Self = Self("3F000");
    /// `42P06`
    pub const DUPLICATE_SCHEMA: Self = Self("42P06");
    /// `42P07`
    pub const DUPLICATE_TABLE: Self = Self("42P07");
    /// `42701`
    pub const DUPLICATE_COLUMN: Self = Self("42701");
    /// `42710`
    pub const DUPLICATE_OBJECT: Self = Self("42710");
    /// `42703`
    pub const UNDEFINED_COLUMN: Self = Self("42703");
    /// `42P01`
    pub const UNDEFINED_TABLE: Self = Self("42P01");
    /// `42809`
    pub const WRONG_OBJECT_TYPE: Self = Self("42809");
    /// `42P16`
    pub const INVALID_TABLE_DEFINITION: Self = Self("42P16");
    /// `42P17`
    pub const INVALID_OBJECT_DEFINITION: Self = Self("42P17");
    /// `42830`
    pub const INVALID_FOREIGN_KEY: Self = Self("42830");
    /// `42804`
    pub const DATATYPE_MISMATCH: Self = Self("42804");
    /// `42939`
    pub const RESERVED_NAME: Self = Self("42939");
    /// `42P10`
    pub const INVALID_COLUMN_REFERENCE: Self = Self("42P10");
    /// `55000`
    pub const OBJECT_NOT_IN_PREREQUISITE_STATE: Self = Self("55000");
    /// `23502`
    pub const NOT_NULL_VIOLATION: Self = Self("23502");
    /// `23503`
    pub const FOREIGN_KEY_VIOLATION: Self = Self("23503");
    /// `23505`
    pub const UNIQUE_VIOLATION: Self = Self("23505");
    /// `23514`
    pub const CHECK_VIOLATION: Self = Self("23514");
    /// `23P01`
    pub const EXCLUSION_VIOLATION: Self = Self("23P01");
    /// `42602`
    pub const INVALID_NAME: Self = Self("42602");
    /// `42601`
    pub const SYNTAX_ERROR: Self = Self("42601");
    /// `42704`
    pub const UNDEFINED_OBJECT: Self = Self("42704");
    /// `54011`
    pub const TOO_MANY_COLUMNS: Self = Self("54011");
    /// `54001`
    pub const STATEMENT_TOO_COMPLEX: Self = Self("54001");
    /// `22023`
    pub const INVALID_PARAMETER_VALUE: Self = Self("22023");
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
