//! Constraints: what `pg_constraint` lists.

use std::sync::Arc;

use super::{Address, Catalog, Class, Formula, Oid};
use crate::document::schema::{Action, Deferrable};

/// A constraint of a table or a domain.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Its number.
    pub oid: Oid,
    /// Its name: unique among the constraints of one table or domain.
    pub name: Arc<str>,
    /// The table or domain that it holds for.
    pub on: Oid,
    /// What it asks.
    pub kind: ConstraintKind,
    /// When it is checked, where that can be put off.
    pub deferrable: Option<Deferrable>,
    /// All rows are known to hold it.
    pub validated: bool,
    /// What is written is held to it.
    pub enforced: bool,
    /// It was made for this very table.
    pub local: bool,
    /// How many parents have it.
    pub inherited: usize,
    /// Children do not get it.
    pub no_inherit: bool,
    /// The constraint of the parent that it is a part of.
    pub parent: Option<Oid>,
}

/// What a constraint asks.
#[derive(Debug, Clone)]
pub enum ConstraintKind {
    /// PRIMARY KEY, UNIQUE or EXCLUDE, kept by an index of the same name.
    Key {
        /// Which of them.
        key: Key,
        /// Columns, in the order of the key; 0 stands for an expression.
        columns: Vec<i16>,
        /// The index.
        index: Oid,
    },
    /// FOREIGN KEY
    Foreign {
        /// Columns that reference.
        columns: Vec<i16>,
        /// The table that is referenced.
        references: Oid,
        /// Its columns, in the order of `columns`.
        referenced: Vec<i16>,
        /// The index that makes them unique.
        index: Oid,
        /// When the referenced row is deleted.
        on_delete: Action,
        /// Columns that `on_delete` sets, where not all.
        on_delete_columns: Vec<i16>,
        /// When the referenced key changes.
        on_update: Action,
        /// `MATCH FULL`
        match_full: bool,
    },
    /// CHECK
    Check(Formula),
    /// NOT NULL of a column; a constraint since Postgres 18.
    NotNull(i16),
    /// What a constraint trigger asks.
    Trigger(Oid),
}

/// What a constraint with an index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// PRIMARY KEY
    Primary,
    /// UNIQUE
    Unique,
    /// EXCLUDE, with the operator of each part.
    Exclude(Vec<Arc<str>>),
}

impl Catalog {
    /// Returns whether a constraint is what a foreign key of its table has for one partition of what it references.
    pub fn is_for_a_partition(&self, constraint: &Constraint) -> bool {
        let parent = constraint.parent.and_then(|parent| self.constraint(parent));
        parent.is_some_and(|parent| parent.on == constraint.on)
    }

    /// Returns the foreign keys that reference a table, by number.
    pub fn referencing(&self, table: Oid) -> impl Iterator<Item = &Constraint> {
        let edges = self.dependencies.dependents(Address::of(Class::Relation, table));
        let of_constraints = edges.map(|edge| edge.dependent).filter(|it| it.class == Class::Constraint);
        let mut oids: Vec<Oid> = of_constraints.map(|it| it.oid).collect();
        oids.sort_unstable();
        oids.dedup();
        let is_it = move |constraint: &&Constraint| matches!(&constraint.kind, ConstraintKind::Foreign { references, .. } if *references == table);
        oids.into_iter().filter_map(|oid| self.constraint(oid)).filter(is_it)
    }

    /// Returns what became of a constraint below its table, in partitions of either side.
    pub fn constraints_below(&self, oid: Oid) -> Vec<Oid> {
        let mut found = vec![oid];
        let mut at = 0;
        while let Some(above) = found.get(at).copied() {
            at += 1;
            let below = self.dependencies.dependents(Address::of(Class::Constraint, above)).map(|edge| edge.dependent);
            found.extend(below.filter(|it| it.class == Class::Constraint).map(|it| it.oid));
        }
        found.split_off(1)
    }
}

impl Constraint {
    /// Returns whether it is the primary key.
    pub fn is_primary(&self) -> bool {
        matches!(self.kind, ConstraintKind::Key { key: Key::Primary, .. })
    }
}
