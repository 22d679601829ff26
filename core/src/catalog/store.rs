//! The catalog: all objects of a database, by number and by name.

use std::sync::Arc;

use super::function::Signature;
use super::map::{Key, Map};
use super::{
    Address, Class, Collation, Constraint, Dependence, Dependencies, Extension, Oid, Policy, Relation, Routine, Rule,
    Statistics, Trigger, UserCast, UserOperator, UserType,
};
use crate::PostgresVersion;

/// The number of `pg_catalog`.
pub const PG_CATALOG: Oid = Oid(11);
/// The number of `public`.
pub const PUBLIC: Oid = Oid(2200);
/// The schema of temporary objects; its real name depends on the session.
pub const TEMPORARY: Oid = Oid(16_383);
/// The first number that an object of a database's own gets.
pub(super) const FIRST: u32 = 16_384;

/// A schema of a database: all objects and what they stand on. A copy shares with its original what both have.
#[derive(Debug, Clone)]
pub struct Catalog {
    version: PostgresVersion,
    next: u32,
    pub(super) schemas: Map<Oid, Arc<str>>,
    pub(super) relations: Map<Oid, Arc<Relation>>,
    pub(super) types: Map<Oid, Arc<UserType>>,
    /// From the type of arrays to the type of their elements.
    pub(super) elements: Map<Oid, Oid>,
    pub(super) constraints: Map<Oid, Arc<Constraint>>,
    /// By name: those of all tables and domains.
    pub(super) named_constraints: Map<Arc<str>, Arc<[Oid]>>,
    /// By number of a default: the column that has it.
    pub(super) defaults: Map<Oid, (Oid, i16)>,
    names: Map<Name, Oid>,
    pub(super) comments: Map<(Oid, Oid), Arc<str>>,
    pub(super) routines: Map<Oid, Arc<Routine>>,
    /// What a call finds under a name in a schema.
    pub(super) signatures: Map<(Oid, Arc<str>), Arc<[Signature]>>,
    pub(super) triggers: Map<Oid, Arc<Trigger>>,
    pub(super) policies: Map<Oid, Arc<Policy>>,
    pub(super) rules: Map<Oid, Arc<Rule>>,
    pub(super) extensions: Map<Oid, Arc<Extension>>,
    pub(super) statistics: Map<Oid, Arc<Statistics>>,
    pub(super) collations: Map<Oid, Arc<Collation>>,
    /// By their types.
    pub(super) casts: Map<(Oid, Oid), Arc<UserCast>>,
    pub(super) operators: Map<Oid, Arc<UserOperator>>,
    /// Something outside the model may use one of them.
    pub(super) operators_may_be_used: bool,
    /// The roles that statements made, and whether others named them since.
    roles: Map<Arc<str>, bool>,
    /// The labels that the open transaction added to enums, which cannot be used until it ends.
    pub(super) new_labels: Vec<(Oid, Arc<str>)>,
    /// What stands on what.
    pub(crate) dependencies: Dependencies,
}

/// A name of one space, in one schema.
type Name = (Space, (Oid, Arc<str>));

/// Objects of one space in one schema have distinct names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Schemas; they lie in no schema.
    Schema,
    /// Relations.
    Relation,
    /// Types. The types of arrays are not listed: Postgres moves them out of the way.
    Type,
    /// Extended statistics.
    Statistics,
    /// Collations.
    Collation,
}

impl Key for Space {
    fn spread(&self) -> usize {
        *self as usize
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new(PostgresVersion::default())
    }
}

impl Catalog {
    /// Returns the catalog of a database as `CREATE DATABASE` makes it on a server of a version.
    pub fn new(version: PostgresVersion) -> Self {
        let mut catalog = Self {
            version,
            next: FIRST,
            schemas: Map::default(),
            relations: Map::default(),
            types: Map::default(),
            elements: Map::default(),
            constraints: Map::default(),
            named_constraints: Map::default(),
            defaults: Map::default(),
            names: Map::default(),
            comments: Map::default(),
            routines: Map::default(),
            signatures: Map::default(),
            triggers: Map::default(),
            policies: Map::default(),
            rules: Map::default(),
            extensions: Map::default(),
            statistics: Map::default(),
            collations: Map::default(),
            casts: Map::default(),
            operators: Map::default(),
            operators_may_be_used: false,
            roles: Map::default(),
            new_labels: Vec::new(),
            dependencies: Dependencies::default(),
        };
        catalog.add_schema(PUBLIC, "public");
        catalog
    }

    /// Returns the version of the server.
    pub fn version(&self) -> PostgresVersion {
        self.version
    }

    /// Returns a number that no object has.
    pub fn allocate(&mut self) -> Oid {
        let oid = Oid(self.next);
        self.next += 1;
        oid
    }

    /// Returns the number that the next new object gets.
    pub fn next_oid(&self) -> Oid {
        Oid(self.next)
    }

    /// Returns whether a role that a statement made was named by others since; none where no statement made it.
    pub fn role(&self, name: &str) -> Option<bool> {
        self.roles.get(&Arc::from(name)).copied()
    }

    /// Adds a role, or says whether others named it since.
    pub fn set_role(&mut self, name: &str, used: bool) {
        self.roles.insert(name.into(), used);
    }

    /// Takes out a role; returns whether others named it since it was made, and none where no statement made it.
    pub fn take_role(&mut self, name: &str) -> Option<bool> {
        self.roles.remove(&Arc::from(name))
    }

    /// Adds a schema.
    pub fn add_schema(&mut self, oid: Oid, name: &str) {
        self.schemas.insert(oid, name.into());
        self.names.insert((Space::Schema, (Oid(0), name.into())), oid);
    }

    /// Returns the schema of a name.
    pub fn schema(&self, name: &str) -> Option<Oid> {
        if name == "pg_catalog" {
            return Some(PG_CATALOG);
        }
        self.names.get(&(Space::Schema, (Oid(0), name.into()))).copied()
    }

    /// Returns the name of a schema.
    pub fn schema_name(&self, oid: Oid) -> &str {
        match oid {
            PG_CATALOG => "pg_catalog",
            TEMPORARY => "pg_temp",
            _ => self.schemas.get(&oid).map(|name| &**name).unwrap_or_default(),
        }
    }

    /// Returns the schemas by number.
    pub fn schemas(&self) -> Vec<(Oid, &str)> {
        self.schemas.sorted().into_iter().map(|(oid, name)| (*oid, &**name)).collect()
    }

    /// Gives a schema another name.
    pub fn rename_schema(&mut self, oid: Oid, name: &str) {
        let old = self.schema_name(oid).to_owned();
        self.names.remove(&(Space::Schema, (Oid(0), old.as_str().into())));
        self.add_schema(oid, name);
    }

    /// Gives a name to an object.
    pub(super) fn name(&mut self, space: Space, schema: Oid, name: &str, oid: Oid) {
        self.names.insert((space, (schema, name.into())), oid);
    }

    /// Takes a name away.
    pub(super) fn unname(&mut self, space: Space, schema: Oid, name: &str) {
        self.names.remove(&(space, (schema, name.into())));
    }

    /// Returns the object of a name.
    pub fn named(&self, space: Space, schema: Oid, name: &str) -> Option<Oid> {
        self.names.get(&(space, (schema, name.into()))).copied()
    }

    pub(crate) fn move_dependency(&mut self, address: Address, old: Oid, new: Oid) {
        if old != new && self.dependencies.take(address, Address::of(Class::Schema, old)) {
            self.dependencies.add(address, Address::of(Class::Schema, new), Dependence::Normal);
        }
    }

    /// Returns whether a schema, a relation, a type, a routine or an extension has a name, in whatever schema.
    pub fn has_object(&self, name: &str) -> bool {
        const SPACES: [Space; 4] = [Space::Relation, Space::Type, Space::Statistics, Space::Collation];
        let schemas = self.schemas.sorted().into_iter().map(|(oid, _)| *oid).chain([PG_CATALOG, TEMPORARY]);
        let lies_in = |schema| {
            let any = SPACES.iter().any(|space| self.named(*space, schema, name).is_some());
            any || !self.signatures(schema, name).is_empty()
        };
        self.schema(name).is_some() || self.extension(name).is_some() || schemas.into_iter().any(lies_in)
    }

    /// Returns the comment on an object, or on the column of a relation.
    pub fn comment(&self, of: Address) -> Option<&str> {
        self.comments.get(&comment_key(of)).map(|comment| &**comment)
    }

    /// Sets or takes away a comment.
    pub fn set_comment(&mut self, of: Address, comment: Option<&str>) {
        match comment {
            Some(comment) => self.comments.insert(comment_key(of), comment.into()),
            None => self.comments.remove(&comment_key(of)),
        };
    }

    /// Takes one object or column out, with its names, comment and place in others; what depends on it is not looked at.
    pub(crate) fn forget(&mut self, gone: Address) {
        self.dependencies.forget(gone);
        self.set_comment(gone, None);
        match gone.class {
            Class::Relation if gone.column != 0 => self.forget_column(gone),
            Class::Relation => self.forget_relation(gone.oid),
            Class::Schema => {
                let name = self.schema_name(gone.oid).into();
                self.names.remove(&(Space::Schema, (Oid(0), name)));
                self.schemas.remove(&gone.oid);
            }
            Class::Type => self.forget_type(gone.oid),
            Class::Constraint => self.forget_constraint(gone.oid),
            Class::Default => self.forget_default(gone.oid),
            Class::Routine => self.forget_routine(gone.oid),
            Class::Trigger => {
                self.triggers.remove(&gone.oid);
            }
            Class::Policy => {
                self.policies.remove(&gone.oid);
            }
            Class::Extension => {
                self.extensions.remove(&gone.oid);
            }
            Class::Statistics => self.forget_statistics(gone.oid),
            // That of a view is a part of it.
            Class::Rule => {
                self.rules.remove(&gone.oid);
            }
            Class::Collation => self.forget_collation(gone.oid),
            Class::Cast => self.forget_cast(gone.oid),
            Class::Operator => self.forget_operator(gone.oid),
        }
    }
}

fn comment_key(of: Address) -> (Oid, Oid) {
    (of.oid, Oid(u32::from(of.column.unsigned_abs())))
}
