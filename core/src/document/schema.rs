//! SCHEMA: what a database holds, as the server tells it or as the revisions make it.
//!
//! Both makers fill these types and end with [`Schema::in_order`], so that equal schemas are equal bytes. The fields
//! that the contract lists are always there; every other one is there only where it says something.

use serde::{Deserialize, Serialize};

pub use super::conversion::{Cast, Operator};

/// SCHEMA: all objects of a database, but none of its rows, owners or privileges.
///
/// Names are schema-qualified, members of a table and columns bare; all are quoted where SQL needs it, as by
/// `quote_ident`. Types and expressions are spelled as `format_type` and `pg_get_expr` spell them when `search_path`
/// is `public`, which is the default of every role after which no schema is named. Left out are the version table,
/// Limbeck's own schema, Postgres's own schemas, temporary objects, `plpgsql`, and all members of extensions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Schemas, by name.
    pub schemas: Vec<Namespace>,
    /// Extensions, by name.
    pub extensions: Vec<Extension>,
    /// Tables and what can be queried like one, by name.
    pub tables: Vec<Table>,
    /// Enum types, by name.
    pub enums: Vec<Enum>,
    /// Domains, by name.
    pub domains: Vec<Domain>,
    /// Composite types that are no table's row type, by name.
    pub composites: Vec<Composite>,
    /// Range types, by name.
    pub ranges: Vec<Range>,
    /// Collations, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub collations: Vec<Collation>,
    /// Sequences, those of serial and identity columns too, by name.
    pub sequences: Vec<Sequence>,
    /// Functions, procedures and aggregates, by name and arguments.
    pub functions: Vec<Function>,
    /// Casts, by their types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub casts: Vec<Cast>,
    /// Operators, by name and operands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<Operator>,
}

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// Its comment; the one that `public` is born with counts as none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An extension. Its version and comment are the server's choice, so they are no part of the document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Schema of its objects.
    pub schema: String,
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

/// When a deferrable constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deferrable {
    /// Behind each statement, unless a transaction asks for later.
    Immediate,
    /// At the end of the transaction.
    Deferred,
}

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

/// A policy of row security.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// It allows; a restrictive one takes away.
    pub permissive: bool,
    /// Roles it is for, sorted; `public` stands for all.
    pub roles: Vec<String>,
    /// Which rows are seen.
    pub using: Option<String>,
    /// Which rows may be written.
    pub check: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

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

/// A collation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Collation {
    /// Qualified name.
    pub name: String,
    /// Who knows the locale: `libc`, `icu` or `builtin`.
    pub provider: String,
    /// The locale, as its provider calls it.
    pub locale: String,
    /// The locale of characters, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctype: Option<String>,
    /// Two texts are equal only if their bytes are.
    #[serde(skip_serializing_if = "is_true")]
    pub deterministic: bool,
    /// Rules of ICU beyond those of the locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Default for Collation {
    fn default() -> Self {
        Self {
            name: String::new(),
            provider: String::new(),
            locale: String::new(),
            ctype: None,
            deterministic: true,
            rules: None,
            comment: None,
        }
    }
}

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

impl Schema {
    /// Returns the same schema with everything by name, byte by byte; columns, attributes and labels stay as they are.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.schemas.sort_by(|a, b| a.name.cmp(&b.name));
        self.extensions.sort_by(|a, b| a.name.cmp(&b.name));
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut self.tables {
            table.unique.sort_by(|a, b| a.name.cmp(&b.name));
            table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
            table.checks.sort_by(|a, b| a.name.cmp(&b.name));
            table.exclusions.sort_by(|a, b| a.name.cmp(&b.name));
            table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
            table.triggers.sort_by(|a, b| a.name.cmp(&b.name));
            table.policies.sort_by(|a, b| a.name.cmp(&b.name));
            table.policies.iter_mut().for_each(|policy| policy.roles.sort());
            table.not_nulls.sort_by(|a, b| a.name.cmp(&b.name));
            table.rules.sort_by(|a, b| a.name.cmp(&b.name));
            table.statistics.sort_by(|a, b| a.name.cmp(&b.name));
            for list in [&mut table.with, &mut table.server_options] {
                list.sort();
            }
            table.columns.iter_mut().for_each(|column| column.options.sort());
            table.indexes.iter_mut().for_each(|index| index.with.sort());
            table.primary_key.iter_mut().chain(&mut table.unique).for_each(|key| key.with.sort());
        }
        self.enums.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.iter_mut().for_each(|domain| domain.checks.sort_by(|a, b| a.name.cmp(&b.name)));
        self.composites.sort_by(|a, b| a.name.cmp(&b.name));
        self.ranges.sort_by(|a, b| a.name.cmp(&b.name));
        self.collations.sort_by(|a, b| a.name.cmp(&b.name));
        self.sequences.sort_by(|a, b| a.name.cmp(&b.name));
        self.functions.sort_by(|a, b| (&a.name, &a.arguments).cmp(&(&b.name, &b.arguments)));
        self.casts.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        self.operators.sort_by(|a, b| (&a.name, &a.left, &a.right).cmp(&(&b.name, &b.left, &b.right)));
        self
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_true(value: &bool) -> bool {
    *value
}
