//! What a statement reads and writes, in names: numbers differ from one history to another, names do not.
//!
//! Two statements whose footprints do not meet can run in either order: both run or neither does, and what they leave is
//! the same. The other way round is not promised: a footprint says rather too much than too little.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Effects, LockMode};
use crate::catalog::{Address, Body, Catalog, Class, ConstraintKind, Key, Oid, Relation, RelationKind, View};
use crate::sql;

/// Something that statements may make, change or drop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A schema.
    Schema(String),
    /// An extension.
    Extension(String),
    /// A table, a view, an index, a sequence: that it is there under this name, and all that is not listed below.
    Relation(String),
    /// A column of a relation.
    Column {
        /// The relation.
        of: String,
        /// Its name.
        name: String,
    },
    /// Which columns a relation has, in which order.
    Columns(String),
    /// The primary key of a table, whatever its name.
    PrimaryKey(String),
    /// A constraint of a table or a domain.
    Constraint {
        /// The table or the domain.
        of: String,
        /// Its name.
        name: String,
    },
    /// An index of a table.
    Index {
        /// The table.
        of: String,
        /// Its name.
        name: String,
    },
    /// A trigger of a table.
    Trigger {
        /// The table.
        of: String,
        /// Its name.
        name: String,
    },
    /// A rule of a table or a view.
    Rule {
        /// The table.
        of: String,
        /// Its name.
        name: String,
    },
    /// A policy of a table.
    Policy {
        /// The table.
        of: String,
        /// Its name.
        name: String,
    },
    /// A type.
    Type(String),
    /// All routines of one name: which of them a call means depends on all.
    Routine(String),
    /// Extended statistics.
    Statistics(String),
    /// A collation.
    Collation(String),
    /// The comment of something.
    Comment(String),
    /// The rows of a table.
    Rows(String),
}

/// What a statement reads and writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footprint {
    /// What it makes, changes or drops.
    pub writes: BTreeSet<Object>,
    /// Tables whose rows it reads.
    pub reads_rows: BTreeSet<String>,
    /// Every name in it, and in what it runs or reads through.
    names: BTreeSet<String>,
    /// Relations that it takes with all that belongs to them.
    whole: BTreeSet<String>,
    /// It may reach anything.
    all: bool,
}

impl Footprint {
    /// Returns the footprint of a statement that was played; `kind` as its [`sql::Statement`] has it.
    pub fn of(statement: &str, kind: &str, before: &Catalog, after: &Catalog, effects: &Effects) -> Self {
        let mut footprint = Self { all: reaches_all(statement, kind), ..Self::default() };
        footprint.write(before, after);
        footprint.know(sql::identifiers_inside(statement), before);
        footprint.rows(kind, effects);
        // One table is named to have something done to a part of it; every other statement may mean all of what it names.
        const OF_A_PART: [&str; 6] =
            ["alter_table", "create_index", "comment_on", "create_trigger", "create_policy", "create_rule"];
        let part = OF_A_PART.contains(&kind);
        let target = part.then(|| effects.locks.iter().max_by_key(|(_, mode)| **mode)).flatten().map(|(name, _)| name);
        let named = before.relations().filter(|relation| footprint.names.contains(&*relation.name));
        let named: Vec<Oid> = named.map(|relation| relation.oid).collect();
        for oid in named {
            if target != Some(&before.qualified(oid)) {
                footprint.take_whole(oid, before);
            }
        }
        footprint
    }

    /// Returns the footprint of a statement that nothing is known of.
    pub fn unknown() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Returns what one of two statements writes and the other reads or writes. Of a statement that may reach anything
    /// this is only a part: [`Self::may_meet`] says whether the order matters.
    pub fn meets(&self, other: &Self) -> BTreeSet<Object> {
        let one_way = |writer: &Self, reader: &Self| {
            let seen = |object: &&Object| reader.writes.contains(*object) || reader.sees(object);
            writer.writes.iter().filter(seen).cloned().collect::<BTreeSet<_>>()
        };
        let mut met = one_way(self, other);
        met.append(&mut one_way(other, self));
        met
    }

    /// Returns whether the order of two statements may matter.
    pub fn may_meet(&self, other: &Self) -> bool {
        self.all || other.all || !self.meets(other).is_empty()
    }

    fn sees(&self, object: &Object) -> bool {
        let named = |name: &str| last(name).is_some_and(|name| self.names.contains(&name));
        let part = |of: &str, name: &str| self.whole.contains(of) || (named(of) && self.names.contains(name));
        match object {
            Object::Schema(name)
            | Object::Extension(name)
            | Object::Relation(name)
            | Object::Type(name)
            | Object::Routine(name)
            | Object::Statistics(name)
            | Object::Collation(name) => named(name),
            Object::Column { of, name }
            | Object::Constraint { of, name }
            | Object::Index { of, name }
            | Object::Trigger { of, name }
            | Object::Rule { of, name }
            | Object::Policy { of, name } => part(of, name),
            Object::Columns(of) | Object::PrimaryKey(of) => self.whole.contains(of),
            Object::Comment(_) => false,
            Object::Rows(of) => self.reads_rows.contains(of),
        }
    }

    /// Notes what differs between two catalogs, and what the new of it stands on.
    fn write(&mut self, before: &Catalog, after: &Catalog) {
        for oid in before.touched(after) {
            match (before.relation(oid), after.relation(oid)) {
                (Some(old), Some(new)) => self.changed_relation(old, new, before, after),
                (old, new) => {
                    for (relation, catalog) in [(old, before), (new, after)] {
                        let Some(relation) = relation else { continue };
                        self.writes.insert(Object::Relation(catalog.qualified(oid)));
                        self.writes.extend(relation.as_index().map(|index| Object::Index {
                            of: catalog.qualified(index.on),
                            name: relation.name.to_string(),
                        }));
                    }
                }
            }
            for catalog in [before, after] {
                self.writes.extend(other_objects(oid, catalog));
            }
            let mut parts = vec![oid];
            if let Some(relation) = after.relation(oid) {
                parts.extend(relation.live().filter_map(|column| Some(column.default.as_ref()?.oid)));
                parts.extend(view_of(relation).map(|view| view.rule));
            }
            let below = parts.into_iter().flat_map(|part| after.dependencies.stands_on(part));
            self.names.extend(below.filter_map(|on| name_of(on, after)));
        }
        for (of, part) in before.commented_otherwise(after) {
            let catalog = if before.relation(of).is_some() { before } else { after };
            let name = name_of(Address::of(Class::Relation, of), catalog).unwrap_or_default();
            self.writes.insert(Object::Comment(format!("{name} {} {}", of.0, part.0)));
        }
        // They decide what expressions mean that name neither.
        self.all |= !before.has_same_conversions(after);
        self.writes.extend(before.schemas_otherwise(after).into_iter().map(Object::Schema));
    }

    fn changed_relation(&mut self, old: &Relation, new: &Relation, before: &Catalog, after: &Catalog) {
        let (was, is) = (before.qualified(old.oid), after.qualified(new.oid));
        if was != is || !same_apart_from_parts(old, new) {
            self.writes.extend([Object::Relation(was.clone()), Object::Relation(is.clone())]);
        }
        let count = old.columns.len().max(new.columns.len());
        for at in 0..count {
            let (old, new) = (old.columns.get(at), new.columns.get(at));
            if old == new {
                continue;
            }
            let live = |column: &&crate::catalog::Column| !column.dropped;
            let (old, new) = (old.filter(live), new.filter(live));
            if old.is_some() != new.is_some() {
                self.writes.insert(Object::Columns(was.clone()));
            }
            for column in [old, new].into_iter().flatten() {
                self.writes.insert(Object::Column { of: was.clone(), name: column.name.to_string() });
            }
        }
    }

    /// Notes names, and those in the routines that they may stand for.
    fn know(&mut self, names: impl IntoIterator<Item = String>, catalog: &Catalog) {
        let mut new: Vec<String> = names.into_iter().collect();
        while let Some(name) = new.pop() {
            if !self.names.insert(name.clone()) {
                continue;
            }
            for routine in catalog.routines().filter(|routine| *routine.name == *name) {
                match &routine.body {
                    Body::Text(body) => new.extend(sql::identifiers(body)),
                    Body::Aggregate(aggregation) => {
                        let called = aggregation.functions().filter_map(|function| catalog.routine(function));
                        new.extend(called.map(|function| function.name.to_string()));
                    }
                    Body::Object(..) => {}
                }
            }
        }
    }

    /// Takes a relation with all that belongs to it and what that stands on: what a view reads, the other side of a
    /// foreign key, what a trigger runs.
    fn take_whole(&mut self, oid: Oid, catalog: &Catalog) {
        let mut next = vec![oid];
        while let Some(oid) = next.pop() {
            let Some(relation) = catalog.relation(oid) else { continue };
            if !self.whole.insert(catalog.qualified(oid)) {
                continue;
            }
            self.names.insert(relation.name.to_string());
            next.extend(relation.parents.iter().chain(&relation.children).copied());
            let mut parts = vec![Address::of(Class::Relation, oid)];
            parts.extend(relation.live().map(|column| Address::column(oid, column.number)));
            parts.extend(view_of(relation).map(|view| Address::of(Class::Rule, view.rule)));
            // Triggers, constraints, defaults and policies depend on their table, and on no other does a rule like that.
            let own = catalog.dependencies.dependents(Address::of(Class::Relation, oid)).map(|edge| edge.dependent);
            let is_part = |part: &Address| match part.class {
                Class::Relation | Class::Type => false,
                Class::Rule => catalog.rule(part.oid).is_some_and(|rule| rule.on == oid),
                _ => true,
            };
            parts.extend(own.filter(is_part));
            for part in parts {
                for on in catalog.dependencies.stands_on(part.oid) {
                    match on.class {
                        Class::Relation => next.push(on.oid),
                        _ => self.know(name_of(on, catalog), catalog),
                    }
                }
            }
        }
    }

    /// Notes whose rows are read and written.
    fn rows(&mut self, kind: &str, effects: &Effects) {
        for (relation, mode) in &effects.locks {
            let writes = match kind {
                // A query may change rows in its WITH.
                "insert" | "update" | "delete" | "merge" | "copy" | "select" | "select_into" | "create_table_as" => {
                    *mode == LockMode::RowExclusive
                }
                "truncate" => true,
                _ => false,
            };
            if writes {
                self.writes.insert(Object::Rows(relation.clone()));
            }
            self.reads_rows.insert(relation.clone());
        }
    }
}

/// Returns whether a statement may reach what nothing in it names.
fn reaches_all(statement: &str, kind: &str) -> bool {
    let of_a_schema =
        || statement.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ").contains(" in schema ");
    match kind {
        "grant" | "revoke" => of_a_schema(),
        "do" | "call" | "execute" | "alter_default_privileges" | "drop_owned" | "reassign_owned" | "unknown" => true,
        _ => false,
    }
}

/// Returns whether a relation differs in nothing but its columns, what is known of its rows, and what has an entry of
/// its own: constraints and indexes.
fn same_apart_from_parts(old: &Relation, new: &Relation) -> bool {
    let same_kind = match (&old.kind, &new.kind) {
        (RelationKind::Table, RelationKind::Table)
        | (RelationKind::Partitioned(_), RelationKind::Partitioned(_))
        | (RelationKind::Composite, RelationKind::Composite) => true,
        (RelationKind::Sequence(old), RelationKind::Sequence(new)) => old == new,
        (RelationKind::View(old), RelationKind::View(new)) => Arc::ptr_eq(&old.query, &new.query),
        _ => false,
    };
    same_kind
        && old.persistence == new.persistence
        && (&old.parents, &old.children) == (&new.parents, &new.children)
        && old.bound.is_some() == new.bound.is_some()
        && old.options == new.options
        && (old.row_security, old.force_row_security) == (new.row_security, new.force_row_security)
        && old.replica_identity == new.replica_identity
}

fn view_of(relation: &Relation) -> Option<&View> {
    match &relation.kind {
        RelationKind::View(view) | RelationKind::MaterializedView(view) => Some(view),
        _ => None,
    }
}

/// Returns the last part of a qualified name, without its quotes.
fn last(name: &str) -> Option<String> {
    sql::identifiers(name).last()
}

fn qualified(catalog: &Catalog, schema: Oid, name: &str) -> String {
    sql::quote_name(Some(catalog.schema_name(schema)), name)
}

/// Returns the bare name of an object, where it has one.
fn name_of(of: Address, catalog: &Catalog) -> Option<String> {
    let oid = of.oid;
    let relation = || catalog.relation(oid).map(|relation| &relation.name);
    let of_type = || catalog.user_type(oid).map(|found| &found.name);
    let routine = || catalog.routine(oid).map(|routine| &routine.name);
    let constraint = || catalog.constraint(oid).map(|constraint| &constraint.name);
    let collation = || catalog.collation(oid).map(|collation| &collation.name);
    let found = relation().or_else(of_type).or_else(routine).or_else(constraint).or_else(collation);
    found.map(ToString::to_string)
}

/// Returns what has a number beside relations.
fn other_objects(oid: Oid, catalog: &Catalog) -> Vec<Object> {
    let mut objects = Vec::new();
    if let Some(found) = catalog.user_type(oid) {
        objects.push(Object::Type(qualified(catalog, found.schema, &found.name)));
    }
    if let Some(routine) = catalog.routine(oid) {
        objects.push(Object::Routine(qualified(catalog, routine.schema, &routine.name)));
    }
    let owner = |oid: Oid| match catalog.user_type(oid) {
        Some(found) => qualified(catalog, found.schema, &found.name),
        None => catalog.qualified(oid),
    };
    if let Some(constraint) = catalog.constraint(oid) {
        let of = owner(constraint.on);
        if matches!(constraint.kind, ConstraintKind::Key { key: Key::Primary, .. }) {
            objects.push(Object::PrimaryKey(of.clone()));
        }
        objects.push(Object::Constraint { of, name: constraint.name.to_string() });
    }
    if let Some(trigger) = catalog.trigger(oid) {
        objects.push(Object::Trigger { of: catalog.qualified(trigger.on), name: trigger.name.to_string() });
    }
    if let Some(rule) = catalog.rule(oid) {
        objects.push(Object::Rule { of: catalog.qualified(rule.on), name: rule.name.to_string() });
    }
    if let Some(extension) = catalog.extensions().find(|extension| extension.oid == oid) {
        objects.push(Object::Extension(extension.name.to_string()));
    }
    if let Some(found) = catalog.statistics(oid) {
        objects.push(Object::Statistics(qualified(catalog, found.schema, &found.name)));
    }
    if let Some(found) = catalog.collation(oid) {
        objects.push(Object::Collation(qualified(catalog, found.schema, &found.name)));
    }
    if let Some(policy) = catalog.policy(oid) {
        objects.push(Object::Policy { of: catalog.qualified(policy.on), name: policy.name.to_string() });
    }
    objects
}
