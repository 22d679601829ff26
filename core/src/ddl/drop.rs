//! `DROP` of relations and types: what is named, what goes with it, and what is locked.

use super::syntax::{behavior, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, Behavior, Class, ConstraintKind, Oid, PG_CATALOG, QualifiedName, Relation, RelationKind, Space, SqlState,
    Type, UserTypeKind,
};
use crate::sql::TypeName;
use crate::sql::ast::{self, AstNode};

impl Play<'_> {
    pub(super) fn drop_table(&mut self, tree: &ast::DropTable) -> Result<(), Stop> {
        let names = tree.table_name_refs().map(|name| qualified(Some(name)));
        self.drop_relations(
            names,
            Relation::is_table,
            "table",
            tree.if_exists().is_some(),
            behavior(tree.drop_behavior()),
        )
    }

    pub(super) fn drop_index(&mut self, tree: &ast::DropIndex) -> Result<(), Stop> {
        if tree.concurrently_token().is_some() {
            return self.drop_index_concurrently(tree);
        }
        let names = tree.index_refs().map(|name| qualified(Some(name)));
        let is_index = |relation: &Relation| relation.as_index().is_some();
        self.drop_relations(names, is_index, "index", tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    /// One index, alone, while others go on writing.
    fn drop_index_concurrently(&mut self, tree: &ast::DropIndex) -> Result<(), Stop> {
        let names: Vec<QualifiedName> =
            tree.index_refs().map(|name| qualified(Some(name))).collect::<Result<_, Stop>>()?;
        let [name] = names.as_slice() else {
            let message = "DROP INDEX CONCURRENTLY does not support dropping multiple objects";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        };
        if behavior(tree.drop_behavior()) == Behavior::Cascade {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "DROP INDEX CONCURRENTLY does not support CASCADE");
        }
        let found = self.names.find(&self.catalog, Space::Relation, name);
        let Some((oid, index)) = found.and_then(|oid| Some((oid, self.catalog.relation(oid)?.as_index()?.clone())))
        else {
            let is_index = |relation: &Relation| relation.as_index().is_some();
            let named = std::iter::once(Ok(name.clone()));
            return self.drop_relations(named, is_index, "index", tree.if_exists().is_some(), Behavior::Restrict);
        };
        if self.catalog.relation(index.on).is_some_and(Relation::is_partitioned) {
            let message = format!("cannot drop partitioned index \"{}\" concurrently", name.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if index.constraint.is_some() {
            return self.drop_objects(&[Address::of(Class::Relation, oid)], Behavior::Restrict);
        }
        self.outside_transactions("DROP INDEX CONCURRENTLY")?;
        self.catalog.drop_all(&[Address::of(Class::Relation, oid)], Behavior::Restrict)?;
        self.lock(index.on, LockMode::ShareUpdateExclusive);
        Ok(())
    }

    pub(super) fn drop_sequence(&mut self, tree: &ast::DropSequence) -> Result<(), Stop> {
        let names = tree.sequence_refs().map(|name| qualified(Some(name)));
        let is_sequence = |relation: &Relation| relation.as_sequence().is_some();
        self.drop_relations(names, is_sequence, "sequence", tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    pub(super) fn drop_type(&mut self, tree: &ast::DropType) -> Result<(), Stop> {
        self.drop_types(tree.type_name_refs(), "type", tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    pub(super) fn drop_domain(&mut self, tree: &ast::DropDomain) -> Result<(), Stop> {
        for domain in tree.domain_refs() {
            let written = qualified(Some(domain))?;
            if let Some(oid) = self.names.find(&self.catalog, Space::Type, &written)
                && !self.is_domain(oid)
            {
                return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a domain", written.name));
            }
        }
        self.drop_types(tree.domain_refs(), "domain", tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    fn drop_types(
        &mut self,
        names: impl Iterator<Item = impl AstNode>,
        word: &str,
        if_exists: bool,
        behavior: Behavior,
    ) -> Result<(), Stop> {
        let mut named = Vec::new();
        for name in names {
            let name = qualified(Some(name))?;
            let missing_schema = name.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none());
            let Some(oid) = self.names.find(&self.catalog, Space::Type, &name) else {
                self.is_not_of_postgres(&name, word)?;
                if if_exists {
                    continue;
                }
                if let Some(schema) = missing_schema {
                    return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
                }
                return refused(SqlState::UNDEFINED_OBJECT, format!("{word} \"{}\" does not exist", name.name));
            };
            let row_of_table = match self.catalog.user_type(oid).map(|found| &found.kind) {
                Some(UserTypeKind::Row(relation)) => {
                    self.catalog.relation(*relation).filter(|it| !matches!(it.kind, RelationKind::Composite))
                }
                _ => None,
            };
            if let Some(relation) = row_of_table {
                let message =
                    format!("cannot drop type {0} because {1} {0} requires it", relation.name, relation.word());
                return refused(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message);
            }
            named.push(Address::of(Class::Type, oid));
        }
        self.drop_objects(&named, behavior)
    }

    /// Refuses to drop a type that every database has.
    fn is_not_of_postgres(&self, name: &QualifiedName, word: &str) -> Result<(), Stop> {
        let schema = name.schema.as_deref();
        let is_own = schema.is_none_or(|schema| schema == "pg_catalog");
        if schema == Some("information_schema") || (is_own && name.name.starts_with("pg_")) {
            return unknown("a type of Postgres's own");
        }
        let spelled = crate::sql::TypeName::read(&name.name);
        let found = spelled.and_then(|spelled| crate::catalog::Type::builtin(self.catalog.version(), &spelled));
        if !is_own || !matches!(found, Some(Ok(_))) {
            return Ok(());
        }
        match word {
            "domain" => refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a domain", name.name)),
            _ => {
                let message = format!("cannot drop type {} because it is required by the database system", name.name);
                refused(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message)
            }
        }
    }

    pub(super) fn drop_relations(
        &mut self,
        names: impl Iterator<Item = Result<QualifiedName, Stop>>,
        fits: impl Fn(&Relation) -> bool,
        word: &str,
        if_exists: bool,
        behavior: Behavior,
    ) -> Result<(), Stop> {
        let mut named = Vec::new();
        for name in names {
            let name = name?;
            let missing_schema = name.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none());
            let Some(oid) = self.names.find(&self.catalog, Space::Relation, &name) else {
                if if_exists {
                    continue;
                }
                if let Some(schema) = missing_schema {
                    return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
                }
                let state = if word == "index" { SqlState::UNDEFINED_OBJECT } else { SqlState::UNDEFINED_TABLE };
                return refused(state, format!("{word} \"{}\" does not exist", name.name));
            };
            let Some(relation) = self.catalog.relation(oid).filter(|relation| fits(relation)) else {
                return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a {word}", name.name));
            };
            let parent = relation.parents.first().copied().filter(|_| relation.is_partition());
            let indexed = relation.as_index().map(|index| index.on);
            // Of an index of a partitioned table, all partitions.
            let below = indexed
                .filter(|on| self.catalog.relation(*on).is_some_and(Relation::is_partitioned))
                .map(|on| self.inheritors(on))
                .unwrap_or_default();
            for locked in parent.into_iter().chain(indexed).chain(below).chain([oid]) {
                self.lock(locked, LockMode::AccessExclusive);
            }
            named.push(Address::of(Class::Relation, oid));
        }
        self.drop_objects(&named, behavior)
    }

    /// Drops objects with what goes with them, and takes the locks that this takes.
    pub(super) fn drop_objects(&mut self, named: &[Address], behavior: Behavior) -> Result<(), Stop> {
        let gone = self.catalog.dropped_with(named, behavior)?;
        for address in &gone {
            self.lock_dropped(*address);
        }
        self.catalog.drop_all(named, behavior)?;
        Ok(())
    }

    fn lock_dropped(&mut self, gone: Address) {
        let all = LockMode::AccessExclusive;
        match gone.class {
            Class::Relation => {
                if let Some(index) = self.catalog.relation(gone.oid).and_then(|it| it.as_index()).map(|it| it.on) {
                    self.lock(index, all);
                }
                self.lock(gone.oid, all);
                let parent = self.catalog.relation(gone.oid).filter(|it| it.is_partition());
                if let Some(parent) = parent.and_then(|it| it.parents.first().copied()) {
                    self.lock(parent, all);
                    // It may get more rows to take.
                    if let Some(default) = self.default_partition(parent) {
                        self.lock(default, all);
                    }
                }
            }
            Class::Constraint => {
                let Some(constraint) = self.catalog.constraint(gone.oid) else { return };
                let mut tables: Vec<Oid> = vec![constraint.on];
                // That of a partition has nothing on the other side: what its parent has does for both.
                let is_own = constraint.parent.is_none() || self.catalog.is_for_a_partition(constraint);
                let is_own = is_own && constraint.enforced;
                if let ConstraintKind::Foreign { references, .. } = &constraint.kind
                    && is_own
                {
                    tables.push(*references);
                }
                for table in tables {
                    if self.catalog.relation(table).is_some() {
                        self.lock(table, all);
                    }
                }
            }
            Class::Default => {
                if let Some((table, _)) = self.catalog.default_owner(gone.oid) {
                    self.lock(table, all);
                }
            }
            Class::Trigger => {
                if let Some(table) = self.catalog.trigger(gone.oid).map(|trigger| trigger.on) {
                    self.lock(table, all);
                }
            }
            Class::Rule => {
                if let Some(table) = self.catalog.rule(gone.oid).map(|rule| rule.on) {
                    self.lock(table, all);
                }
            }
            Class::Statistics => {
                if let Some(table) = self.catalog.statistics(gone.oid).map(|found| found.on) {
                    self.lock(table, LockMode::ShareUpdateExclusive);
                }
            }
            Class::Policy => {
                if let Some(table) = self.catalog.policy(gone.oid).map(|policy| policy.on) {
                    self.lock(table, all);
                }
            }
            _ => {}
        }
    }

    /// Refuses a name that a relation of the schema has.
    /// Refuses a new relation among those that Postgres brings. `heap_create`
    pub(super) fn relation_may_be_in(&self, schema: Oid, name: &str) -> Result<(), Stop> {
        if schema != PG_CATALOG {
            return Ok(());
        }
        let written = TypeName {
            set_of: false,
            schema: None,
            name: name.to_owned(),
            modifiers: Vec::new(),
            fields: None,
            array: false,
        };
        if name.starts_with("pg_") || Type::builtin(self.catalog.version(), &written).is_some() {
            return unknown("whether Postgres brings a relation or a type of this name");
        }
        refused(SqlState("42501"), format!("permission denied to create \"pg_catalog.{name}\""))
    }

    pub(super) fn relation_name_is_free(&self, schema: Oid, name: &str) -> Result<(), Stop> {
        if self.catalog.named(Space::Relation, schema, name).is_some() {
            return refused(SqlState::DUPLICATE_TABLE, format!("relation \"{name}\" already exists"));
        }
        Ok(())
    }
}
