//! Parts of SCHEMA that say what expressions mean: casts and operators.

use serde::{Deserialize, Serialize};

/// A cast.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cast {
    /// Type of the value.
    pub from: String,
    /// Type that it becomes.
    pub to: String,
    /// The function that does it, as `regproc` spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// How it is done: `function`, `inout` or `binary`.
    pub method: String,
    /// Where it applies: `explicit`, `assignment` or `implicit`.
    pub context: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Operator {
    /// Qualified name.
    pub name: String,
    /// Type of the operand before it; null where there is none.
    pub left: Option<String>,
    /// Type of the operand behind it.
    pub right: String,
    /// The function behind it, as `regproc` spells it; null where another operator only named it.
    pub function: Option<String>,
    /// Qualified name of what it is with its operands the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commutator: Option<String>,
    /// Qualified name of what says the opposite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negator: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
