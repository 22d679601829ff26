//! Constraints: what `pg_constraint` lists.

use std::sync::Arc;

use super::{Address, Catalog, Class, Enabled, Formula, Oid, UserTypeKind};
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
        /// In which sessions rows that are written are held to it.
        asks: Enabled,
        /// In which sessions rows that are referenced are kept.
        guards: Enabled,
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
    /// Returns a constraint.
    pub fn constraint(&self, oid: Oid) -> Option<&Constraint> {
        self.constraints.get(&oid).map(|constraint| &**constraint)
    }

    /// Returns a constraint, to be changed; its name is changed by [`Self::rename_constraint`].
    pub fn constraint_mut(&mut self, oid: Oid) -> Option<&mut Constraint> {
        self.constraints.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the constraints of a table or domain, in the order in which they came.
    pub fn constraints_of(&self, oid: Oid) -> Vec<&Constraint> {
        let of_relation = self.relation(oid).map(|relation| relation.constraints.as_slice());
        let of_domain = || match self.types.get(&oid).map(|found| &found.kind) {
            Some(UserTypeKind::Domain(domain)) => domain.constraints.as_slice(),
            _ => &[],
        };
        let listed = of_relation.unwrap_or_else(of_domain);
        listed.iter().filter_map(|oid| self.constraint(*oid)).collect()
    }

    /// Returns all constraints, by number.
    pub fn constraints(&self) -> impl Iterator<Item = &Constraint> {
        self.constraints.sorted().into_iter().map(|(_, constraint)| &**constraint)
    }

    /// Returns whether a constraint in a schema has a name, one of its tables or of its domains.
    pub fn has_constraint(&self, schema: Oid, name: &str) -> bool {
        let lies_there = |constraint: &Constraint| {
            let of_table = self.relation(constraint.on).map(|relation| relation.schema);
            of_table.or_else(|| self.types.get(&constraint.on).map(|found| found.schema)) == Some(schema)
        };
        let named = self.named_constraints.get(&Arc::from(name)).map(|oids| &**oids).unwrap_or_default();
        named.iter().filter_map(|oid| self.constraint(*oid)).any(lies_there)
    }

    /// Gives a constraint another name.
    pub fn rename_constraint(&mut self, oid: Oid, name: &str) {
        let Some(old) = self.constraint(oid).map(|constraint| Arc::clone(&constraint.name)) else { return };
        self.unname_constraint(oid, &old);
        self.name_constraint(oid, name.into());
        if let Some(constraint) = self.constraint_mut(oid) {
            constraint.name = name.into();
        }
    }

    /// Adds a constraint to its table or domain; what it depends on is recorded by who adds it.
    pub fn add_constraint(&mut self, constraint: Constraint) {
        let (oid, on) = (constraint.oid, constraint.on);
        if let Some(relation) = self.relation_mut(on) {
            relation.constraints.push(oid);
        } else if let Some(UserTypeKind::Domain(domain)) = self.user_type_mut(on).map(|found| &mut found.kind) {
            domain.constraints.push(oid);
        }
        self.name_constraint(oid, Arc::clone(&constraint.name));
        self.constraints.insert(oid, Arc::new(constraint));
    }

    fn name_constraint(&mut self, oid: Oid, name: Arc<str>) {
        let others = self.named_constraints.get(&name).map(|oids| &**oids).unwrap_or_default();
        let all: Arc<[Oid]> = others.iter().copied().chain([oid]).collect();
        self.named_constraints.insert(name, all);
    }

    fn unname_constraint(&mut self, oid: Oid, name: &Arc<str>) {
        let all = self.named_constraints.get(name).map(|oids| &**oids).unwrap_or_default();
        let left: Arc<[Oid]> = all.iter().copied().filter(|other| *other != oid).collect();
        if left.is_empty() {
            self.named_constraints.remove(name);
        } else {
            self.named_constraints.insert(Arc::clone(name), left);
        }
    }

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

    pub(super) fn forget_constraint(&mut self, oid: Oid) {
        let Some(constraint) = self.constraints.remove(&oid) else { return };
        self.unname_constraint(oid, &constraint.name);
        if let Some(relation) = self.relation_mut(constraint.on) {
            relation.constraints.retain(|other| *other != oid);
        } else if let Some(UserTypeKind::Domain(domain)) =
            self.user_type_mut(constraint.on).map(|found| &mut found.kind)
        {
            domain.constraints.retain(|other| *other != oid);
        }
    }
}

impl Constraint {
    /// Returns whether it is the primary key.
    pub fn is_primary(&self) -> bool {
        matches!(self.kind, ConstraintKind::Key { key: Key::Primary, .. })
    }
}
