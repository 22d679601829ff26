//! Indexes: what `pg_index` lists beside `pg_class`.

use std::sync::Arc;

use super::{Formula, Oid};

/// An index of a table.
#[derive(Debug, Clone)]
pub struct Index {
    /// The table.
    pub on: Oid,
    /// No two rows are equal in it.
    pub unique: bool,
    /// It keeps the primary key.
    pub primary: bool,
    /// Two nulls are equal.
    pub nulls_not_distinct: bool,
    /// Access method.
    pub method: Arc<str>,
    /// What it sorts or hashes by.
    pub keys: Vec<IndexKey>,
    /// What its columns were called when it was made: those of the keys, then the others.
    pub words: Vec<Arc<str>>,
    /// Columns that it carries beside the keys.
    pub include: Vec<i16>,
    /// Predicate of a partial index.
    pub predicate: Option<Formula>,
    /// Queries may use it.
    pub valid: bool,
    /// The constraint that it keeps.
    pub constraint: Option<Oid>,
    /// The partitioned index that it is a part of.
    pub parent: Option<Oid>,
    /// CLUSTER goes by it.
    pub clustered: bool,
}

impl Index {
    /// Returns whether it keeps a key whose last column is a period: what is alike but for that has periods that do not
    /// overlap.
    pub fn is_temporal(&self) -> bool {
        self.unique && &*self.method == "gist"
    }
}

/// One part of an index key.
#[derive(Debug, Clone)]
pub struct IndexKey {
    /// What it is made of.
    pub of: KeyOf,
    /// Collation, where it is not that of the column.
    pub collation: Option<Oid>,
    /// Operator class, where it is not the type's own or has parameters.
    pub class: Option<KeyClass>,
    /// Greatest first.
    pub descending: bool,
    /// Nulls first.
    pub nulls_first: bool,
}

/// The operator class of a part of an index key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyClass {
    /// Its name.
    pub name: Arc<str>,
    /// Its schema.
    pub schema: Oid,
    /// Its parameters.
    pub options: Vec<(String, String)>,
}

/// What a part of an index key is made of.
#[derive(Debug, Clone)]
pub enum KeyOf {
    /// A column.
    Column(i16),
    /// An expression.
    Expression(Formula),
}

impl Index {
    /// Returns the columns of the key; none where an expression stands.
    pub fn key_columns(&self) -> impl Iterator<Item = Option<i16>> + '_ {
        self.keys.iter().map(|key| match &key.of {
            KeyOf::Column(number) => Some(*number),
            KeyOf::Expression(_) => None,
        })
    }

    /// Returns the expressions of its key, and its predicate.
    pub fn formulas(&self) -> impl Iterator<Item = &Formula> {
        let keys = self.keys.iter().filter_map(|key| match &key.of {
            KeyOf::Column(_) => None,
            KeyOf::Expression(formula) => Some(formula),
        });
        keys.chain(&self.predicate)
    }

    /// Returns every column that it mentions, sorted, each once.
    pub fn columns(&self) -> Vec<i16> {
        let mut all: Vec<i16> = self.include.clone();
        for key in &self.keys {
            match &key.of {
                KeyOf::Column(number) => all.push(*number),
                KeyOf::Expression(formula) => all.extend(&formula.columns),
            }
        }
        all.extend(self.predicate.iter().flat_map(|formula| &formula.columns));
        all.sort_unstable();
        all.dedup();
        all
    }
}
