//! SCHEMA: what a database holds, as the server tells it or as the revisions make it.
//!
//! Both makers fill these types and end with [`Schema::in_order`], so that equal schemas are equal bytes. The fields
//! that the contract lists are always there; every other one is there only where it says something.

mod collation;
mod constraint;
mod conversion;
mod function;
mod index;
mod left_out;
mod policy;
mod sequence;
mod table;
mod trigger;
mod types;

pub use collation::Collation;
pub use constraint::{Action, Check, Deferrable, ForeignKey, Key, NotNull};
pub use conversion::{Cast, Operator};
pub use function::{Function, FunctionKind};
pub use index::Index;
pub use policy::Policy;
pub use sequence::Sequence;
pub use table::{Column, Definition, Generated, GeneratedKind, Identity, Table, TableKind};
pub use trigger::Trigger;
pub use types::{Attribute, Composite, Domain, Enum, Range};

use serde::{Deserialize, Serialize};

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
