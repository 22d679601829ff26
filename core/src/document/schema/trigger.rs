//! Triggers.

use serde::{Deserialize, Serialize};

use super::left_out::is_false;

/// A trigger that a user made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The statement that makes it, as `pg_get_triggerdef` spells it.
    pub definition: String,
    /// `disabled`, `replica` or `always`, where it is not the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<String>,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
