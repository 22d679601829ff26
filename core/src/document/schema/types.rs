//! Types that users made, but for the row types of tables.

use serde::{Deserialize, Serialize};

use super::constraint::Check;

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Enum {
    /// Qualified name.
    pub name: String,
    /// Labels, in their order; texts, so never quoted.
    pub labels: Vec<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Domain {
    /// Qualified name.
    pub name: String,
    /// The type below it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// It may be null.
    pub nullable: bool,
    /// Default expression.
    pub default: Option<String>,
    /// Check constraints, by name.
    pub checks: Vec<Check>,
    /// Collation, where it is not the type's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Composite {
    /// Qualified name.
    pub name: String,
    /// Attributes, in their order.
    pub attributes: Vec<Attribute>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An attribute of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Collation, where it is not the type's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A range type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Range {
    /// Qualified name.
    pub name: String,
    /// Type of its bounds.
    pub subtype: String,
    /// Qualified name of its multirange type; none before Postgres 14.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multirange: Option<String>,
    /// Operator class of the bounds, where it is not the type's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype_opclass: Option<String>,
    /// Collation of the bounds, where it is not the type's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Function that makes a range canonical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Function that says how far two bounds are apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype_diff: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
