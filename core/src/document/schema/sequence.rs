//! Sequences.

use serde::{Deserialize, Serialize};

use super::left_out::is_false;

/// A sequence. Where it stands is data, and not part of the document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sequence {
    /// Qualified name.
    pub name: String,
    /// `smallint`, `integer` or `bigint`.
    #[serde(rename = "type")]
    pub data_type: String,
    /// First value.
    pub start: i64,
    /// Distance between values; negative in one that descends.
    pub increment: i64,
    /// Least value.
    pub min: i64,
    /// Greatest value.
    pub max: i64,
    /// How many values a session takes at once.
    pub cache: i64,
    /// It begins anew at its end.
    pub cycle: bool,
    /// The column it goes with, for example `public.users.id`.
    pub owned_by: Option<String>,
    /// It is the sequence of an identity column.
    #[serde(skip_serializing_if = "is_false")]
    pub identity: bool,
    /// It is not written ahead to the log.
    #[serde(skip_serializing_if = "is_false")]
    pub unlogged: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
