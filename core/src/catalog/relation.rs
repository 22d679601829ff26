//! Relations: what `pg_class` lists. Tables, views, indexes, sequences and composite types share one space of names.

use std::sync::Arc;

use super::{Bound, Formula, Index, KeyOf, KnownRows, Oid, Sequence, Type};

/// A relation.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its number.
    pub oid: Oid,
    /// Its schema.
    pub schema: Oid,
    /// Its name, as kept: at most 63 bytes.
    pub name: Arc<str>,
    /// What it is.
    pub kind: RelationKind,
    /// How long its rows last.
    pub persistence: Persistence,
    /// Columns by number, the first first; dropped ones stay, for numbers are never given again.
    pub columns: Vec<Column>,
    /// The type of its rows; none for an index or a sequence.
    pub row_type: Option<Oid>,
    /// Its constraints, in the order in which they came.
    pub constraints: Vec<Oid>,
    /// Its indexes, in the order in which they came.
    pub indexes: Vec<Oid>,
    /// What it inherits from or is a partition of, in order.
    pub parents: Vec<Oid>,
    /// What inherits from it or is a partition of it, in the order in which they came.
    pub children: Vec<Oid>,
    /// Which rows of its parent it takes, where it is a partition.
    pub bound: Option<Bound>,
    /// The role that has it; none is the one that runs what is played.
    pub owner: Option<Arc<str>>,
    /// Storage parameters and the options of a view.
    pub options: Vec<(String, String)>,
    /// Policies apply.
    pub row_security: bool,
    /// Policies apply to the owner too.
    pub force_row_security: bool,
    /// How replication tells rows apart.
    pub replica_identity: ReplicaIdentity,
    /// What is known of its rows.
    pub rows: Rows,
    /// All of them, where there may be some and each was written by a statement that was played.
    pub known: Option<Arc<KnownRows>>,
}

/// What a relation is.
#[derive(Debug, Clone)]
pub enum RelationKind {
    /// An ordinary table.
    Table,
    /// A partitioned table, with its key as `pg_get_partkeydef` spells it.
    Partitioned(PartitionKey),
    /// A view.
    View(View),
    /// A materialized view.
    MaterializedView(View),
    /// An index; of a partitioned table it has no storage.
    Index(Index),
    /// A sequence.
    Sequence(Sequence),
    /// A composite type that is no table's.
    Composite,
}

/// How long the rows of a relation last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// Through crashes.
    Permanent,
    /// Until a crash.
    Unlogged,
    /// As long as the session.
    Temporary,
}

/// By what a partitioned table chooses the partition of a row.
#[derive(Debug, Clone)]
pub struct PartitionKey {
    /// `RANGE`, `LIST` or `HASH`.
    pub strategy: &'static str,
    /// What it is made of, in order.
    pub parts: Vec<KeyOf>,
}

impl PartitionKey {
    /// Returns every column that it mentions.
    pub fn columns(&self) -> impl Iterator<Item = i16> + '_ {
        self.parts
            .iter()
            .flat_map(|part| match part {
                KeyOf::Column(number) => std::slice::from_ref(number),
                KeyOf::Expression(formula) => formula.columns.as_slice(),
            })
            .copied()
    }
}

/// What a view shows.
#[derive(Debug, Clone)]
pub struct View {
    /// `pg_rewrite.oid`: what depends on what the query mentions.
    pub rule: Oid,
    /// As it was written.
    pub written: Arc<str>,
    /// What it means.
    pub query: Arc<super::query::Query>,
    /// It can be read: a materialized view cannot until it is filled.
    pub filled: bool,
}

/// How replication tells rows apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplicaIdentity {
    /// By the primary key.
    #[default]
    Default,
    /// By all columns.
    Full,
    /// Not at all.
    Nothing,
    /// By an index.
    Index(Oid),
}

/// What is known of the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rows {
    /// There are none: the table was made, or emptied, by what was played.
    None,
    /// There may be some.
    #[default]
    Perhaps,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its number, from 1.
    pub number: i16,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub of: Type,
    /// It takes no nulls.
    pub not_null: bool,
    /// Its default, or what it is generated from.
    pub default: Option<Default>,
    /// Who gives its values, where a sequence does.
    pub identity: Option<Identity>,
    /// Collation, where one is named.
    pub collation: Option<Oid>,
    /// How long values are kept, where it is not the type's own way.
    pub storage: Option<&'static str>,
    /// `pglz` or `lz4`, where one is named.
    pub compression: Option<Arc<str>>,
    /// Statistics target, where one is set.
    pub statistics: Option<i32>,
    /// Options such as `n_distinct`.
    pub options: Vec<(String, String)>,
    /// It was named for this very table.
    pub local: bool,
    /// How many parents have it.
    pub inherited: usize,
    /// It is no more.
    pub dropped: bool,
}

/// The default of a column, or what it is generated from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// `pg_attrdef.oid`
    pub oid: Oid,
    /// The expression.
    pub formula: Formula,
    /// The column is generated: nobody else gives its values.
    pub generated: bool,
    /// It is generated when it is read, and no row holds its values.
    pub is_virtual: bool,
}

/// Who may give the value of an identity column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Only the sequence.
    Always,
    /// The sequence, if an INSERT does not.
    ByDefault,
}

impl Column {
    /// Returns whether its values are computed when they are read, and no row holds them.
    pub fn is_virtual(&self) -> bool {
        self.default.as_ref().is_some_and(|default| default.is_virtual)
    }
}

impl Relation {
    /// Returns the column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| !column.dropped && &*column.name == name)
    }

    /// Returns the column of a number, unless it was dropped.
    pub fn numbered(&self, number: i16) -> Option<&Column> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.columns.get(at).filter(|column| !column.dropped)
    }

    /// Returns the column of a number, to be changed.
    pub fn numbered_mut(&mut self, number: i16) -> Option<&mut Column> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.columns.get_mut(at).filter(|column| !column.dropped)
    }

    /// Returns the columns that are there.
    pub fn live(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !column.dropped)
    }

    /// Says that there may be rows of which nothing is known.
    pub fn may_have_rows(&mut self) {
        (self.rows, self.known) = (Rows::Perhaps, None);
    }

    /// Returns whether it is a table that holds rows or whose partitions do.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, RelationKind::Table | RelationKind::Partitioned(_))
    }

    /// Returns whether it takes rows through partitions only.
    pub fn is_partitioned(&self) -> bool {
        matches!(self.kind, RelationKind::Partitioned(_))
    }

    /// Returns whether it is a partition.
    pub fn is_partition(&self) -> bool {
        self.bound.is_some()
    }

    /// Returns what it is as an index.
    pub fn as_index(&self) -> Option<&Index> {
        match &self.kind {
            RelationKind::Index(index) => Some(index),
            _ => None,
        }
    }

    /// Returns what it is as a sequence.
    pub fn as_sequence(&self) -> Option<&Sequence> {
        match &self.kind {
            RelationKind::Sequence(sequence) => Some(sequence),
            _ => None,
        }
    }

    /// Returns what it shows as a view or a materialized view.
    pub fn as_view(&self) -> Option<&View> {
        match &self.kind {
            RelationKind::View(view) | RelationKind::MaterializedView(view) => Some(view),
            _ => None,
        }
    }

    /// Returns the word of messages for what it is.
    pub fn word(&self) -> &'static str {
        match self.kind {
            RelationKind::Table | RelationKind::Partitioned(_) => "table",
            RelationKind::View(_) => "view",
            RelationKind::MaterializedView(_) => "materialized view",
            RelationKind::Index(_) => "index",
            RelationKind::Sequence(_) => "sequence",
            RelationKind::Composite => "composite type",
        }
    }
}
