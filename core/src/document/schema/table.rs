//! Tables and what can be queried like one, with their columns.

use serde::{Deserialize, Serialize};

use super::constraint::{Check, ForeignKey, Key, NotNull};
use super::index::Index;
use super::left_out::is_false;
use super::policy::Policy;
use super::trigger::Trigger;

/// A table, or what can be queried like one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    /// Qualified name.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// Columns, in ordinal order.
    pub columns: Vec<Column>,
    /// The primary key.
    pub primary_key: Option<Key>,
    /// Unique constraints, by name.
    pub unique: Vec<Key>,
    /// Foreign keys, by name.
    pub foreign_keys: Vec<ForeignKey>,
    /// Check constraints, by name.
    pub checks: Vec<Check>,
    /// Exclusion constraints, by name.
    pub exclusions: Vec<Definition>,
    /// Indexes that no constraint owns, by name.
    pub indexes: Vec<Index>,
    /// Triggers that users made, by name.
    pub triggers: Vec<Trigger>,
    /// Policies of row security, by name.
    pub policies: Vec<Policy>,
    /// Its comment.
    pub comment: Option<String>,

    /// Not-null constraints that say more than that a column is not nullable, by name; none before Postgres 18.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_nulls: Vec<NotNull>,
    /// Rules, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Definition>,
    /// Extended statistics, by qualified name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statistics: Vec<Definition>,
    /// The query of a view or materialized view, as `pg_get_viewdef` spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// How it is partitioned, for example `RANGE (day)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_by: Option<String>,
    /// The table that it is a partition of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_of: Option<String>,
    /// Which rows the partition takes, for example `FOR VALUES IN (1)` or `DEFAULT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_bound: Option<String>,
    /// Tables that it inherits from, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherits: Vec<String>,
    /// The composite type that it is a table of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_type: Option<String>,
    /// It is not written ahead to the log.
    #[serde(skip_serializing_if = "is_false")]
    pub unlogged: bool,
    /// Policies apply.
    #[serde(skip_serializing_if = "is_false")]
    pub row_security: bool,
    /// Policies apply to the owner too.
    #[serde(skip_serializing_if = "is_false")]
    pub force_row_security: bool,
    /// `full`, `nothing` or `index`, where it is not the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replica_identity: Option<String>,
    /// Storage parameters and options of a view, as `name=value`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Access method, where it is not `heap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_method: Option<String>,
    /// Tablespace, where it is not the database's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// Server of a foreign table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Options of a foreign table, as `name=value`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub server_options: Vec<String>,
}

/// What a [`Table`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// An ordinary table.
    #[default]
    Table,
    /// A partitioned table that is no partition itself.
    Partitioned,
    /// A partition; one that is partitioned again has [`Table::partition_by`] too.
    Partition,
    /// A view.
    View,
    /// A materialized view.
    #[serde(rename = "materialized view")]
    MaterializedView,
    /// A foreign table; one that is a partition has [`Table::partition_of`] too.
    #[serde(rename = "foreign table")]
    ForeignTable,
}

/// A column of a table, or an attribute of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as `format_type` spells it.
    #[serde(rename = "type")]
    pub data_type: String,
    /// It may be null, as far as the column itself says.
    pub nullable: bool,
    /// Default expression; null for a generated column.
    pub default: Option<String>,
    /// What kind of identity column it is.
    pub identity: Option<Identity>,
    /// What a generated column computes.
    pub generated: Option<Generated>,

    /// Collation, where it is not the type's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// `plain`, `external`, `extended` or `main`, where it is not the type's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    /// `pglz` or `lz4`, where one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// Statistics target, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics_target: Option<i32>,
    /// Options such as `n_distinct`, and those of a foreign table's column, as `name=value`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// Who may give the value of an identity column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// Only the sequence: `GENERATED ALWAYS`.
    Always,
    /// The sequence, if an INSERT does not: `GENERATED BY DEFAULT`.
    #[serde(rename = "by default")]
    ByDefault,
}

/// What a generated column computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression.
    pub expression: String,
    /// When it is computed.
    pub kind: GeneratedKind,
}

/// When a generated column is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeneratedKind {
    /// On writing.
    Stored,
    /// On reading.
    Virtual,
}

/// What is told best in Postgres's own words: an exclusion constraint, a rule, extended statistics.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Definition {
    /// Its name; qualified for statistics, which live in a schema.
    pub name: String,
    /// What Postgres's function for this kind says: `pg_get_constraintdef`, `pg_get_ruledef`,
    /// `pg_get_statisticsobjdef`.
    pub definition: String,
    /// It exists only because a parent has it.
    #[serde(skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Of a rule: `disabled`, `replica` or `always`, where it is not the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
