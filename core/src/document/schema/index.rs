//! Indexes that no constraint owns.

use serde::{Deserialize, Serialize};

use super::left_out::is_false;

/// An index that no constraint owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// Its name; its schema is the table's.
    pub name: String,
    /// It is unique.
    pub unique: bool,
    /// Access method.
    pub method: String,
    /// Keys as `pg_get_indexdef` spells them, with what is not default: `lower(name) COLLATE "C" DESC NULLS LAST`.
    pub keys: Vec<String>,
    /// Columns that it carries beside the keys.
    pub include: Vec<String>,
    /// Predicate of a partial index.
    #[serde(rename = "where")]
    pub predicate: Option<String>,
    /// Queries may use it; not so after a concurrent build that failed.
    pub valid: bool,

    /// Two nulls are equal.
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// Storage parameters, as `name=value`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Tablespace, where it is not the database's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// CLUSTER goes by it.
    #[serde(skip_serializing_if = "is_false")]
    pub clustered: bool,
    /// Replication identifies rows by it.
    #[serde(skip_serializing_if = "is_false")]
    pub replica_identity: bool,
    /// The partitioned index that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_of: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            name: String::new(),
            unique: false,
            method: "btree".to_owned(),
            keys: Vec::new(),
            include: Vec::new(),
            predicate: None,
            valid: true,
            nulls_not_distinct: false,
            with: Vec::new(),
            tablespace: None,
            clustered: false,
            replica_identity: false,
            partition_of: None,
            comment: None,
        }
    }
}
