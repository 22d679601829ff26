//! Constraints: what tables and domains ask of their rows and values.

use serde::{Deserialize, Serialize};

use super::left_out::{is_false, is_true};

/// A primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Columns, in the order of the key.
    pub columns: Vec<String>,

    /// Columns that its index carries beside the key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Two nulls are equal.
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// The last column is a range that must not overlap.
    #[serde(skip_serializing_if = "is_false")]
    pub without_overlaps: bool,
    /// It can be deferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Storage parameters of its index, as `name=value`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Tablespace of its index, where it is not the database's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// Columns that reference.
    pub columns: Vec<String>,
    /// Qualified name of the table that is referenced.
    pub references: String,
    /// Columns that are referenced, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// When the referenced row is deleted.
    pub on_delete: Action,
    /// When the referenced key changes.
    pub on_update: Action,
    /// All rows are known to hold it.
    pub validated: bool,

    /// Columns that `on_delete` sets, where not all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub on_delete_columns: Vec<String>,
    /// `MATCH FULL`.
    #[serde(skip_serializing_if = "is_false")]
    pub match_full: bool,
    /// The last column is a period that the referenced rows must cover.
    #[serde(skip_serializing_if = "is_false")]
    pub period: bool,
    /// Whether it is enforced.
    #[serde(skip_serializing_if = "is_true")]
    pub enforced: bool,
    /// It can be deferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Default for ForeignKey {
    fn default() -> Self {
        Self {
            name: String::new(),
            columns: Vec::new(),
            references: String::new(),
            referenced_columns: Vec::new(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            validated: true,
            on_delete_columns: Vec::new(),
            match_full: false,
            period: false,
            enforced: true,
            deferrable: None,
            inherited: false,
            comment: None,
        }
    }
}

/// What happens to a row when the row that it references goes or changes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// An error at the end of the statement or transaction.
    #[default]
    #[serde(rename = "no action")]
    NoAction,
    /// An error at once.
    Restrict,
    /// The same.
    Cascade,
    /// The columns become null.
    #[serde(rename = "set null")]
    SetNull,
    /// The columns get their defaults.
    #[serde(rename = "set default")]
    SetDefault,
}

/// A check constraint of a table or domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The condition, as `pg_get_expr` spells it: without the word CHECK.
    pub expression: String,
    /// All rows are known to hold it.
    pub validated: bool,

    /// Children do not get it.
    #[serde(skip_serializing_if = "is_false")]
    pub no_inherit: bool,
    /// Whether it is enforced.
    #[serde(skip_serializing_if = "is_true")]
    pub enforced: bool,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Default for Check {
    fn default() -> Self {
        Self {
            name: String::new(),
            expression: String::new(),
            validated: true,
            no_inherit: false,
            enforced: true,
            inherited: false,
            comment: None,
        }
    }
}

/// A not-null constraint with a name of its own, not validated, or not for children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotNull {
    /// Its name.
    pub name: String,
    /// The column.
    pub column: String,
    /// All rows are known to hold it.
    pub validated: bool,
    /// Children do not get it.
    #[serde(skip_serializing_if = "is_false")]
    pub no_inherit: bool,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Default for NotNull {
    fn default() -> Self {
        Self {
            name: String::new(),
            column: String::new(),
            validated: true,
            no_inherit: false,
            inherited: false,
            comment: None,
        }
    }
}

/// When a deferrable constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deferrable {
    /// Behind each statement, unless a transaction asks for later.
    Immediate,
    /// At the end of the transaction.
    Deferred,
}
