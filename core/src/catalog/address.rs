//! Which object, or which column of it, and what stands on what: the `pg_depend` of the model.

use std::sync::Arc;

use super::Oid;
use super::map::Map;

/// The catalog of Postgres that an object is a row of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// `pg_namespace`
    Schema,
    /// `pg_extension`
    Extension,
    /// `pg_class`: tables, views, indexes, sequences, composite types.
    Relation,
    /// `pg_type`
    Type,
    /// `pg_proc`
    Routine,
    /// `pg_constraint`
    Constraint,
    /// `pg_attrdef`: the default of a column, or what it is generated from.
    Default,
    /// `pg_rewrite`: the query of a view, or a rule.
    Rule,
    /// `pg_trigger`
    Trigger,
    /// `pg_policy`
    Policy,
    /// `pg_statistic_ext`
    Statistics,
    /// `pg_collation`
    Collation,
    /// `pg_cast`
    Cast,
    /// `pg_operator`
    Operator,
}

/// An object or a column of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Which catalog it stands in.
    pub class: Class,
    /// Its number; no two objects share one, whatever their class.
    pub oid: Oid,
    /// Number of the column, or 0 for the whole object.
    pub column: i16,
}

impl Address {
    /// Returns the address of a whole object.
    pub fn of(class: Class, oid: Oid) -> Self {
        Self { class, oid, column: 0 }
    }

    /// Returns the address of a column.
    pub fn column(relation: Oid, column: i16) -> Self {
        Self { class: Class::Relation, oid: relation, column }
    }
}

/// How one object depends on another: `pg_depend.deptype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dependence {
    /// Without CASCADE the other cannot be dropped while this one is there.
    Normal,
    /// It is dropped together with the other.
    Auto,
    /// It is part of the other, and cannot be dropped alone.
    Internal,
    /// As `Auto` and `Internal` together, for what belongs to a partition and to its parent's object.
    Partition,
    /// It belongs to an extension.
    Extension,
}

/// One line of `pg_depend`, seen from the object that is depended on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What depends.
    pub dependent: Address,
    /// Which column of the referenced object it depends on, or 0 for the whole.
    pub on_column: i16,
    /// How.
    pub dependence: Dependence,
}

/// What depends, on what, and how.
type Line = (Address, Address, Dependence);

/// All dependencies, to be followed both ways.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dependencies {
    /// By what is depended on.
    dependents: Map<Oid, Edges>,
    /// By what depends.
    references: Map<Oid, Arc<[Line]>>,
}

/// What depends on one object, in the order in which it came to. All that a schema holds depends on it, so that a copy
/// shares what it can.
#[derive(Debug, Clone, Default)]
struct Edges(Arc<Vec<Arc<Vec<Edge>>>>);

impl Edges {
    /// So many stand in one part.
    const PART: usize = 64;

    fn iter(&self) -> impl Iterator<Item = &Edge> {
        self.0.iter().flat_map(|part| part.iter())
    }

    fn push(&mut self, edge: Edge) {
        let parts = Arc::make_mut(&mut self.0);
        match parts.last_mut().filter(|part| part.len() < Self::PART) {
            Some(part) => Arc::make_mut(part).push(edge),
            None => parts.push(Arc::new(vec![edge])),
        }
    }

    /// Takes out what is gone.
    fn retain(&mut self, stays: impl Fn(&Edge) -> bool) {
        if self.iter().all(&stays) {
            return;
        }
        let parts = Arc::make_mut(&mut self.0);
        for part in parts.iter_mut().filter(|part| !part.iter().all(&stays)) {
            Arc::make_mut(part).retain(&stays);
        }
        parts.retain(|part| !part.is_empty());
    }
}

impl Dependencies {
    /// Records that `dependent` depends on `referenced`. Saying it twice is saying it once.
    pub(crate) fn add(&mut self, dependent: Address, referenced: Address, dependence: Dependence) {
        let line = (dependent, referenced, dependence);
        let known = self.references.get(&dependent.oid).map(|lines| &**lines).unwrap_or_default();
        // Both ways tell the same, and what depends on many is rarer than what many depend on.
        if known.contains(&line) {
            return;
        }
        let lines: Vec<Line> = known.iter().copied().chain([line]).collect();
        self.references.insert(dependent.oid, lines.into());
        let edge = Edge { dependent, on_column: referenced.column, dependence };
        match self.dependents.get_mut(&referenced.oid) {
            Some(edges) => edges.push(edge),
            None => {
                let mut edges = Edges::default();
                edges.push(edge);
                self.dependents.insert(referenced.oid, edges);
            }
        }
    }

    /// Returns what depends on an object or on one of its columns, in the order in which it came to.
    ///
    /// For a whole object that is also what depends on any of its columns; for a column only what depends on it.
    pub(crate) fn dependents(&self, of: Address) -> impl Iterator<Item = Edge> + '_ {
        let edges = self.dependents.get(&of.oid).into_iter().flat_map(Edges::iter);
        edges.copied().filter(move |edge| of.column == 0 || edge.on_column == of.column)
    }

    /// Returns what an object or a column depends on, and how.
    pub(crate) fn references(&self, of: Address) -> impl Iterator<Item = (Address, Dependence)> + '_ {
        let lines = self.references.get(&of.oid).map(|lines| &**lines).unwrap_or_default();
        let of_it = lines.iter().filter(move |(dependent, ..)| *dependent == of);
        of_it.map(|(_, referenced, dependence)| (*referenced, *dependence))
    }

    /// Returns what an object depends on with any of its columns.
    pub(crate) fn stands_on(&self, of: Oid) -> impl Iterator<Item = Address> + '_ {
        let lines = self.references.get(&of).map(|lines| &**lines).unwrap_or_default();
        lines.iter().map(|(_, referenced, _)| *referenced)
    }

    /// Takes back that `dependent` depends on `referenced`; returns whether it did.
    pub(crate) fn take(&mut self, dependent: Address, referenced: Address) -> bool {
        let lines = self.references.get(&dependent.oid).map(|lines| lines.to_vec()).unwrap_or_default();
        let is_it = |line: &Line| (line.0, line.1) == (dependent, referenced);
        if !lines.iter().any(is_it) {
            return false;
        }
        let left: Vec<_> = lines.into_iter().filter(|line| !is_it(line)).collect();
        self.references.insert(dependent.oid, left.into());
        let of_it = |edge: &Edge| (edge.dependent, edge.on_column) == (dependent, referenced.column);
        if let Some(edges) = self.dependents.get_mut(&referenced.oid) {
            edges.retain(|edge| !of_it(edge));
        }
        true
    }

    /// Forgets what a dropped object or column depended on.
    pub(crate) fn forget(&mut self, gone: Address) {
        let lines = self.references.get(&gone.oid).map(|lines| lines.to_vec()).unwrap_or_default();
        let is_gone = |dependent: &Address| dependent.oid == gone.oid && (gone.column == 0 || *dependent == gone);
        for (_, referenced, _) in lines.iter().filter(|(dependent, ..)| is_gone(dependent)) {
            if let Some(edges) = self.dependents.get_mut(&referenced.oid) {
                edges.retain(|edge| !is_gone(&edge.dependent));
                if edges.0.is_empty() {
                    self.dependents.remove(&referenced.oid);
                }
            }
        }
        let left: Vec<_> = lines.iter().copied().filter(|(dependent, ..)| !is_gone(dependent)).collect();
        if left.is_empty() {
            self.references.remove(&gone.oid);
        } else {
            self.references.insert(gone.oid, left.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(oid: u32) -> Address {
        Address::of(Class::Relation, Oid(oid))
    }

    #[test]
    fn what_depends_on_a_column_depends_on_its_table() {
        let mut dependencies = Dependencies::default();
        let (view, index) = (Address::of(Class::Rule, Oid(3)), table(4));
        dependencies.add(view, Address::column(Oid(1), 2), Dependence::Normal);
        dependencies.add(index, Address::column(Oid(1), 1), Dependence::Auto);
        dependencies.add(index, Address::column(Oid(1), 1), Dependence::Auto);
        let of = |address| dependencies.dependents(address).map(|edge| edge.dependent).collect::<Vec<_>>();
        assert_eq!(of(table(1)), [view, index]);
        assert_eq!(of(Address::column(Oid(1), 1)), [index]);
        assert_eq!(of(Address::column(Oid(1), 3)), []);
        let on: Vec<_> = dependencies.references(index).collect();
        assert_eq!(on, [(Address::column(Oid(1), 1), Dependence::Auto)]);
    }

    #[test]
    fn what_is_dropped_depends_on_nothing() {
        let mut dependencies = Dependencies::default();
        dependencies.add(table(2), table(1), Dependence::Normal);
        dependencies.add(Address::column(Oid(2), 1), table(5), Dependence::Normal);
        dependencies.forget(Address::column(Oid(2), 1));
        assert_eq!(dependencies.dependents(table(5)).count(), 0);
        assert_eq!(dependencies.dependents(table(1)).count(), 1);
        dependencies.forget(table(2));
        assert_eq!(dependencies.dependents(table(1)).count(), 0);
    }
}
