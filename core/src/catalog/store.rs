//! The catalog: all objects of a database, by number and by name.

use std::sync::Arc;

use super::builtin::Context;
use super::function::Signature;
use super::map::{Key, Map};
use super::operator::Operator;
use super::types::{Cast, Method, OwnKind, OwnType, Types};
use super::{
    Address, Class, Collation, Constraint, Default, Dependence, Dependencies, Extension, Oid, Persistence, Policy,
    Range, Refusal, Relation, RelationKind, Routine, Rows, Rule, SqlState, Statistics, Trigger, Type, UserCast,
    UserOperator, UserType, UserTypeKind, types,
};
use crate::PostgresVersion;

/// The number of `pg_catalog`.
pub const PG_CATALOG: Oid = Oid(11);
/// The number of `public`.
pub const PUBLIC: Oid = Oid(2200);
/// The schema of temporary objects; its real name depends on the session.
pub const TEMPORARY: Oid = Oid(16_383);
/// The first number that an object of a database's own gets.
const FIRST: u32 = 16_384;

/// A schema of a database: all objects and what they stand on. A copy shares with its original what both have.
#[derive(Debug, Clone)]
pub struct Catalog {
    version: PostgresVersion,
    next: u32,
    pub(super) schemas: Map<Oid, Arc<str>>,
    pub(super) relations: Map<Oid, Arc<Relation>>,
    pub(super) types: Map<Oid, Arc<UserType>>,
    /// From the type of arrays to the type of their elements.
    elements: Map<Oid, Oid>,
    pub(super) constraints: Map<Oid, Arc<Constraint>>,
    /// By name: those of all tables and domains.
    named_constraints: Map<Arc<str>, Arc<[Oid]>>,
    /// By number of a default: the column that has it.
    defaults: Map<Oid, (Oid, i16)>,
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
    new_labels: Vec<(Oid, Arc<str>)>,
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

impl std::default::Default for Catalog {
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

    /// Says that the open transaction added a label to an enum.
    pub(crate) fn add_new_label(&mut self, of: Oid, label: &str) {
        self.new_labels.push((of, label.into()));
    }

    /// Gives a label that the open transaction added another name.
    pub(crate) fn rename_new_label(&mut self, of: Oid, from: &str, to: &str) {
        for (oid, label) in &mut self.new_labels {
            if *oid == of && **label == *from {
                *label = to.into();
            }
        }
    }

    /// Says that the transaction ended, and its labels can be used.
    pub(crate) fn settle_new_labels(&mut self) {
        self.new_labels.clear();
    }

    /// Refuses a label as a value where the open transaction added it. `check_safe_enum_use`
    pub(crate) fn label_may_be_used(&self, of: Oid, label: &str) -> Result<(), Refusal> {
        if !self.new_labels.iter().any(|(oid, new)| *oid == of && **new == *label) {
            return Ok(());
        }
        let name = self.user_type(of).map(|found| found.name.to_string()).unwrap_or_default();
        Err(Refusal::new(SqlState("55P04"), format!("unsafe use of new value \"{label}\" of enum type {name}")))
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
        self.names.insert((Space::Relation, (schema, name)), oid);
        self.relations.insert(oid, Arc::new(relation));
        oid
    }

    /// Records that something depends on a collation of the database's own.
    pub fn depend_on_collation(&mut self, dependent: Address, of: Option<Oid>) {
        if let Some(found) = of.filter(|oid| self.collation(*oid).is_some()) {
            self.dependencies.add(dependent, Address::of(Class::Collation, found), Dependence::Normal);
        }
    }

    /// Records that something depends on a type of the database's own.
    pub fn depend_on_type(&mut self, dependent: Address, of: Type) {
        if let Some(found) = self.user_type(of.oid).map(|found| found.oid) {
            self.dependencies.add(dependent, Address::of(Class::Type, found), Dependence::Normal);
        }
    }

    /// Gives a relation another schema or name, and the type of its rows with it.
    pub fn move_relation(&mut self, oid: Oid, schema: Oid, name: &str) {
        let Some(relation) = self.relation(oid) else { return };
        let (old_schema, old, row_type) = (relation.schema, Arc::clone(&relation.name), relation.row_type);
        self.names.remove(&(Space::Relation, (old_schema, old)));
        self.names.insert((Space::Relation, (schema, name.into())), oid);
        if let Some(relation) = self.relation_mut(oid) {
            relation.schema = schema;
            relation.name = name.into();
        }
        self.move_dependency(Address::of(Class::Relation, oid), old_schema, schema);
        if let Some(row_type) = row_type {
            self.move_type(row_type, schema, name);
        }
    }

    pub(crate) fn move_dependency(&mut self, address: Address, old: Oid, new: Oid) {
        if old != new && self.dependencies.take(address, Address::of(Class::Schema, old)) {
            self.dependencies.add(address, Address::of(Class::Schema, new), Dependence::Normal);
        }
    }

    /// Returns a type of the database's own, or the one whose arrays it is the type of.
    pub fn user_type(&self, oid: Oid) -> Option<&UserType> {
        if oid.0 < FIRST {
            return None;
        }
        let oid = self.elements.get(&oid).copied().unwrap_or(oid);
        self.types.get(&oid).map(|found| &**found)
    }

    /// Returns a type of the database's own, to be changed.
    pub fn user_type_mut(&mut self, oid: Oid) -> Option<&mut UserType> {
        self.types.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the types of the database's own, by number.
    pub fn user_types(&self) -> impl Iterator<Item = &UserType> {
        self.types.sorted().into_iter().map(|(_, found)| &**found)
    }

    /// Returns what a range type of the database's own is a range of.
    pub fn range(&self, oid: Oid) -> Option<&Range> {
        match self.types.get(&oid).map(|found| &found.kind) {
            Some(UserTypeKind::Range(range)) => Some(range),
            _ => None,
        }
    }

    /// Adds a type, with what it stands on. Its name must be free.
    pub fn add_type(&mut self, new: UserType) {
        let address = Address::of(Class::Type, new.oid);
        if new.schema != TEMPORARY {
            self.dependencies.add(address, Address::of(Class::Schema, new.schema), Dependence::Normal);
        }
        match &new.kind {
            UserTypeKind::Domain(domain) => {
                self.depend_on_type(address, domain.base);
                self.depend_on_collation(address, domain.collation);
            }
            UserTypeKind::Range(range) => {
                self.depend_on_type(address, range.of);
                self.depend_on_collation(address, range.collation);
            }
            UserTypeKind::Multirange(range) => {
                self.dependencies.add(address, Address::of(Class::Type, *range), Dependence::Internal);
            }
            _ => {}
        }
        self.names.insert((Space::Type, (new.schema, Arc::clone(&new.name))), new.oid);
        self.elements.insert(new.array, new.oid);
        self.types.insert(new.oid, Arc::new(new));
    }

    /// Gives a type another schema or name.
    pub fn move_type(&mut self, oid: Oid, schema: Oid, name: &str) {
        let Some(found) = self.user_type(oid) else { return };
        let (old_schema, old) = (found.schema, Arc::clone(&found.name));
        self.names.remove(&(Space::Type, (old_schema, old)));
        self.names.insert((Space::Type, (schema, name.into())), oid);
        if let Some(found) = self.user_type_mut(oid) {
            found.schema = schema;
            found.name = name.into();
        }
        self.move_dependency(Address::of(Class::Type, oid), old_schema, schema);
    }

    /// Returns the element type of a type of arrays.
    pub fn element(&self, array: Oid) -> Option<Oid> {
        types::element(self, array)
    }

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

    /// Returns whether a relation has a column of a name.
    pub fn has_column(&self, name: &str) -> bool {
        self.relations.values().any(|relation| relation.column(name).is_some())
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

    /// Returns a name for messages: quoted and, unless it is found without, with its schema.
    pub fn qualified(&self, oid: Oid) -> String {
        match self.relation(oid) {
            Some(relation) => {
                crate::sql::quote_name_of(self.version, Some(self.schema_name(relation.schema)), &relation.name)
            }
            None => String::new(),
        }
    }

    /// Returns whether a relation is temporary.
    pub fn is_temporary(&self, oid: Oid) -> bool {
        self.relation(oid).is_some_and(|relation| relation.persistence == Persistence::Temporary)
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
            Class::Type => {
                let Some(found) = self.types.remove(&gone.oid) else { return };
                self.elements.remove(&found.array);
                self.names.remove(&(Space::Type, (found.schema, Arc::clone(&found.name))));
            }
            Class::Constraint => {
                let Some(constraint) = self.constraints.remove(&gone.oid) else { return };
                self.unname_constraint(gone.oid, &constraint.name);
                if let Some(relation) = self.relation_mut(constraint.on) {
                    relation.constraints.retain(|oid| *oid != gone.oid);
                } else if let Some(UserTypeKind::Domain(domain)) =
                    self.user_type_mut(constraint.on).map(|found| &mut found.kind)
                {
                    domain.constraints.retain(|oid| *oid != gone.oid);
                }
            }
            Class::Default => {
                if let Some((relation, number)) = self.defaults.remove(&gone.oid)
                    && let Some(column) = self.relation_mut(relation).and_then(|it| it.numbered_mut(number))
                {
                    column.default = None;
                }
            }
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

    fn forget_column(&mut self, gone: Address) {
        let Some(column) = self.relation_mut(gone.oid).and_then(|it| it.numbered_mut(gone.column)) else { return };
        // Its number and type stay, as Postgres keeps them; nothing else does.
        column.dropped = true;
        column.not_null = false;
        column.identity = None;
        column.default = None;
        column.storage = None;
    }

    fn forget_relation(&mut self, oid: Oid) {
        let Some(relation) = self.relations.remove(&oid) else { return };
        self.names.remove(&(Space::Relation, (relation.schema, Arc::clone(&relation.name))));
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
}

impl Types for Catalog {
    fn version(&self) -> PostgresVersion {
        self.version
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        if oid.0 < FIRST {
            return None;
        }
        if let Some(element) = self.elements.get(&oid) {
            return Some(OwnType { kind: OwnKind::Array(*element), array: None });
        }
        let found = self.types.get(&oid)?;
        let kind = match &found.kind {
            UserTypeKind::Enum(_) => OwnKind::Enum,
            UserTypeKind::Domain(domain) => OwnKind::Domain(domain.base),
            UserTypeKind::Row(_) => OwnKind::Composite,
            UserTypeKind::Range(range) => OwnKind::Range { of: range.of.oid, multirange: range.multirange },
            UserTypeKind::Multirange(range) => OwnKind::Multirange { of: self.range(*range)?.of.oid, range: *range },
            UserTypeKind::Base => return None,
        };
        Some(OwnType { kind, array: Some(found.array) })
    }

    fn own_cast(&self, from: Oid, to: Oid) -> Option<Cast> {
        if let Some(made) = self.user_cast(from, to) {
            return Some(Cast { context: made.context, method: made.method });
        }
        let range = self.range(from).filter(|range| range.multirange == Some(to))?;
        Some(Cast { context: Context::Explicit, method: Method::Function(range.to_multirange?) })
    }

    fn own_operators(&self, name: &str) -> Vec<Operator> {
        self.operators_called(name)
    }
}

fn comment_key(of: Address) -> (Oid, Oid) {
    (of.oid, Oid(u32::from(of.column.unsigned_abs())))
}
