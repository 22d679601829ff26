//! Functions, procedures and aggregates.

use serde::{Deserialize, Serialize};

/// A function, procedure or aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Function {
    /// Qualified name.
    pub name: String,
    /// Arguments, as `pg_get_function_identity_arguments` spells them.
    pub arguments: String,
    /// What it is.
    pub kind: FunctionKind,
    /// What it returns, as `pg_get_function_result` spells it; null for a procedure.
    pub returns: Option<String>,
    /// Language.
    pub language: String,
    /// The statement that makes it: as `pg_get_functiondef` spells it, for an aggregate put together likewise.
    pub definition: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What a [`Function`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FunctionKind {
    /// A function.
    #[default]
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate.
    Aggregate,
    /// A window function.
    Window,
}
