//! What a statement finds in a database: the types and operators that every one has, with the rules by which Postgres
//! chooses among them. The test binary `judge` of the server asks a real one the same questions.

mod builtin;
pub mod function;
pub mod operator;
mod polymorphic;
pub mod types;

use std::fmt;

pub use builtin::Context;

/// The number by which Postgres knows an object; no rename changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(pub u32);

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
    /// `42601`
    pub const SYNTAX_ERROR: Self = Self("42601");
    /// `42704`
    pub const UNDEFINED_OBJECT: Self = Self("42704");
    /// `22023`
    pub const INVALID_PARAMETER_VALUE: Self = Self("22023");
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
