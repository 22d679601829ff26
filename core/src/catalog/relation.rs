//! Relations: what `pg_class` lists. Tables, views, indexes, sequences and composite types share one space of names.

use std::sync::Arc;

use super::{
    Address, Bound, Catalog, Class, Dependence, Formula, Index, KeyOf, KnownRows, Oid, Sequence, Space, TEMPORARY,
    Type, UserType, UserTypeKind,
};

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

impl Catalog {
    /// Returns a relation.
    pub fn relation(&self, oid: Oid) -> Option<&Relation> {
        self.relations.get(&oid).map(|relation| &**relation)
    }

    /// Returns a relation, to be changed; its name and schema are changed by [`Self::move_relation`].
    pub fn relation_mut(&mut self, oid: Oid) -> Option<&mut Relation> {
        self.relations.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the relations by number.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.relations.sorted().into_iter().map(|(_, relation)| &**relation)
    }

    /// Adds a relation and the type of its rows, with what they stand on. Its names must be free.
    pub fn add_relation(&mut self, mut relation: Relation) -> Oid {
        let (oid, schema, name) = (relation.oid, relation.schema, Arc::clone(&relation.name));
        let address = Address::of(Class::Relation, oid);
        let has_rows = !matches!(relation.kind, RelationKind::Index(_) | RelationKind::Sequence(_));
        if has_rows {
            let row = self.allocate();
            relation.row_type = Some(row);
            let array = self.allocate();
            let kind = UserTypeKind::Row(oid);
            self.add_type(UserType { oid: row, schema, name: Arc::clone(&name), array, kind });
            self.dependencies.forget(Address::of(Class::Type, row));
            // A composite type is named by its type; any other row type by its relation.
            let composite = matches!(relation.kind, RelationKind::Composite);
            let (part, whole) = if composite {
                (address, Address::of(Class::Type, row))
            } else {
                (Address::of(Class::Type, row), address)
            };
            self.dependencies.add(part, whole, Dependence::Internal);
            if composite {
                self.dependencies.add(whole, Address::of(Class::Schema, schema), Dependence::Normal);
            }
        }
        let in_schema = !matches!(relation.kind, RelationKind::Index(_) | RelationKind::Composite);
        if in_schema && schema != TEMPORARY {
            self.dependencies.add(address, Address::of(Class::Schema, schema), Dependence::Normal);
        }
        for column in relation.live() {
            self.depend_on_type(Address::column(oid, column.number), column.of);
            self.depend_on_collation(Address::column(oid, column.number), column.collation);
        }
        self.name(Space::Relation, schema, &name, oid);
        self.relations.insert(oid, Arc::new(relation));
        oid
    }

    /// Gives a relation another schema or name, and the type of its rows with it.
    pub fn move_relation(&mut self, oid: Oid, schema: Oid, name: &str) {
        let Some(relation) = self.relation(oid) else { return };
        let (old_schema, old, row_type) = (relation.schema, Arc::clone(&relation.name), relation.row_type);
        self.unname(Space::Relation, old_schema, &old);
        self.name(Space::Relation, schema, name, oid);
        if let Some(relation) = self.relation_mut(oid) {
            relation.schema = schema;
            relation.name = name.into();
        }
        self.move_dependency(Address::of(Class::Relation, oid), old_schema, schema);
        if let Some(row_type) = row_type {
            self.move_type(row_type, schema, name);
        }
    }

    /// Returns whether a relation has a column of a name.
    pub fn has_column(&self, name: &str) -> bool {
        self.relations.values().any(|relation| relation.column(name).is_some())
    }

    /// Returns a name for messages: quoted and, unless it is found without, with its schema.
    pub fn qualified(&self, oid: Oid) -> String {
        match self.relation(oid) {
            Some(relation) => {
                crate::sql::quote_name_of(self.version(), Some(self.schema_name(relation.schema)), &relation.name)
            }
            None => String::new(),
        }
    }

    /// Returns whether a relation is temporary.
    pub fn is_temporary(&self, oid: Oid) -> bool {
        self.relation(oid).is_some_and(|relation| relation.persistence == Persistence::Temporary)
    }

    /// Gives a column a default, or what it is generated from; what that mentions is recorded by who gives it.
    pub fn set_default(&mut self, relation: Oid, number: i16, default: Default) {
        self.defaults.insert(default.oid, (relation, number));
        let address = Address::of(Class::Default, default.oid);
        self.dependencies.add(address, Address::column(relation, number), Dependence::Auto);
        if let Some(column) = self.relation_mut(relation).and_then(|it| it.numbered_mut(number)) {
            column.default = Some(default);
        }
    }

    /// Returns the column whose default has a number.
    pub fn default_owner(&self, default: Oid) -> Option<(Oid, i16)> {
        self.defaults.get(&default).copied()
    }

    /// Says that nothing is known of the rows of any table.
    pub fn forget_rows(&mut self) {
        let known: Vec<Oid> =
            self.relations().filter(|it| it.rows == Rows::None || it.known.is_some()).map(|it| it.oid).collect();
        for oid in known {
            if let Some(relation) = self.relation_mut(oid) {
                relation.may_have_rows();
            }
        }
    }

    pub(super) fn forget_relation(&mut self, oid: Oid) {
        let Some(relation) = self.relations.remove(&oid) else { return };
        self.unname(Space::Relation, relation.schema, &relation.name);
        for parent in &relation.parents {
            if let Some(parent) = self.relation_mut(*parent) {
                parent.children.retain(|child| *child != oid);
            }
        }
        for child in &relation.children {
            if let Some(child) = self.relation_mut(*child) {
                child.parents.retain(|parent| *parent != oid);
            }
        }
        if let RelationKind::Index(index) = &relation.kind
            && let Some(table) = self.relation_mut(index.on)
        {
            table.indexes.retain(|index| *index != oid);
        }
        for column in relation.live() {
            self.set_comment(Address::column(oid, column.number), None);
        }
    }

    pub(super) fn forget_column(&mut self, gone: Address) {
        let Some(column) = self.relation_mut(gone.oid).and_then(|it| it.numbered_mut(gone.column)) else { return };
        // Its number and type stay, as Postgres keeps them; nothing else does.
        column.dropped = true;
        column.not_null = false;
        column.identity = None;
        column.default = None;
        column.storage = None;
    }

    pub(super) fn forget_default(&mut self, oid: Oid) {
        if let Some((relation, number)) = self.defaults.remove(&oid)
            && let Some(column) = self.relation_mut(relation).and_then(|it| it.numbered_mut(number))
        {
            column.default = None;
        }
    }
}
