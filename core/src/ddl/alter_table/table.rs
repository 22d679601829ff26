//! Actions on a table as a whole: row security, storage parameters, persistence, replica identity.

use crate::catalog::{ConstraintKind, Oid, Persistence, Relation, ReplicaIdentity, Sequence, Space, SqlState};
use crate::ddl::index::change_options;
use crate::ddl::storage::{Storage, of_partitioned};
use crate::ddl::syntax::{name, part};
use crate::ddl::{Play, Stop, refused, unknown};
use crate::sql::ast::{self, AlterTableAction as A};

impl Play<'_> {
    pub(super) fn alter_whole(&mut self, table: Oid, action: &A, only: bool) -> Result<(), Stop> {
        match action {
            A::InheritTable(action) => return self.inherit(table, action),
            A::NoInheritTable(action) => return self.no_inherit(table, action),
            _ => {}
        }
        let is_partitioned = part(self.catalog.relation(table))?.is_partitioned();
        let is_plain = matches!(
            action,
            A::EnableRls(_)
                | A::DisableRls(_)
                | A::ForceRls(_)
                | A::NoForceRls(_)
                | A::ReplicaIdentity(_)
                | A::OwnerTo(_)
                | A::EnableTrigger(_)
                | A::DisableTrigger(_)
                | A::EnableReplicaTrigger(_)
                | A::EnableAlwaysTrigger(_)
        );
        match action {
            A::SetOptions(action) if is_partitioned => {
                return of_partitioned(action.attribute_list(), self.catalog.version());
            }
            A::ResetOptions(action) if is_partitioned => {
                return Storage::Table.names(action.attribute_list()).map(|_| ());
            }
            _ => {}
        }
        if is_partitioned && matches!(action, A::ClusterOn(_) | A::SetWithoutCluster(_)) {
            let message = "cannot mark index clustered in partitioned table";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if is_partitioned && !is_plain {
            return unknown("this form of ALTER TABLE of a partitioned table");
        }
        if let Some(done) = self.enable_rule(table, action).or_else(|| self.enable_trigger(table, action, only)) {
            return done;
        }
        match action {
            A::EnableRls(_) => self.set(table, |relation| relation.row_security = true),
            A::DisableRls(_) => self.set(table, |relation| relation.row_security = false),
            A::ForceRls(_) => self.set(table, |relation| relation.force_row_security = true),
            A::NoForceRls(_) => self.set(table, |relation| relation.force_row_security = false),
            A::SetOptions(action) => {
                let new = self.storage_parameters(table, action.attribute_list())?;
                self.set(table, |relation| change_options(&mut relation.options, new, &[]))
            }
            A::ResetOptions(action) => {
                let gone = Storage::Table.names(action.attribute_list())?;
                self.set(table, |relation| change_options(&mut relation.options, Vec::new(), &gone))
            }
            A::SetLogged(_) => self.set_persistence(table, Persistence::Permanent),
            A::SetUnlogged(_) => self.set_persistence(table, Persistence::Unlogged),
            A::ReplicaIdentity(action) => {
                let identity = match part(action.replica_identity_option())? {
                    ast::ReplicaIdentityOption::ReplicaIdentityDefault(_) => ReplicaIdentity::Default,
                    ast::ReplicaIdentityOption::ReplicaIdentityFull(_) => ReplicaIdentity::Full,
                    ast::ReplicaIdentityOption::ReplicaIdentityNothing(_) => ReplicaIdentity::Nothing,
                    ast::ReplicaIdentityOption::UsingIndexName(using) => {
                        ReplicaIdentity::Index(self.identity_index(table, &name(using.index_ref())?)?)
                    }
                };
                self.set(table, |relation| relation.replica_identity = identity)
            }
            A::ClusterOn(on) => self.cluster_on(table, &name(on.index_ref())?),
            A::SetWithoutCluster(_) => {
                self.set_clustered(table, None);
                Ok(())
            }
            A::OwnerTo(to) => self.give_to(table, to.role_ref()),
            _ => unknown("this form of ALTER TABLE is outside the model"),
        }
    }

    fn set(&mut self, table: Oid, change: impl FnOnce(&mut crate::catalog::Relation)) -> Result<(), Stop> {
        change(part(self.catalog.relation_mut(table))?);
        Ok(())
    }

    /// Returns the index by which replication is to tell rows apart; `ATExecReplicaIdentity`.
    fn identity_index(&self, table: Oid, name: &str) -> Result<Oid, Stop> {
        let relation = part(self.catalog.relation(table))?;
        let Some(oid) = self.catalog.named(Space::Relation, relation.schema, name) else {
            let message = format!("index \"{name}\" for table \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_OBJECT, message);
        };
        let index = self.catalog.relation(oid).and_then(Relation::as_index).filter(|index| index.on == table);
        let wrong = |what: &str| refused(SqlState::WRONG_OBJECT_TYPE, format!("cannot use index \"{name}\": {what}"));
        let Some(index) = index else { return wrong("it is not an index of this table") };
        let constraint = index.constraint.and_then(|oid| self.catalog.constraint(oid));
        if !index.unique {
            return wrong("it is not unique");
        }
        if constraint.is_some_and(|constraint| constraint.deferrable.is_some()) {
            let message = format!("cannot use non-immediate index \"{name}\" as replica identity");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let not_supported = [
            (index.key_columns().any(|column| column.is_none()), "expression"),
            (index.predicate.is_some(), "partial"),
        ];
        if let Some((_, what)) = not_supported.into_iter().find(|(is, _)| *is) {
            let message = format!("cannot use {what} index \"{name}\" as replica identity");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if !index.valid {
            return unknown("an index that is not valid as replica identity");
        }
        let takes_nulls = |number: i16| relation.numbered(number).is_some_and(|column| !column.not_null);
        if index.key_columns().flatten().any(takes_nulls) {
            return wrong("a column of it takes nulls");
        }
        Ok(oid)
    }

    fn set_persistence(&mut self, table: Oid, to: Persistence) -> Result<(), Stop> {
        let from = part(self.catalog.relation(table))?.persistence;
        if from == Persistence::Temporary {
            let message = "cannot change logged status of a table because it is temporary";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        if from == to {
            return Ok(());
        }
        for constraint in self.catalog.constraints_of(table).into_iter().chain(self.catalog.referencing(table)) {
            let ConstraintKind::Foreign { references, .. } = &constraint.kind else { continue };
            let other = match (constraint.on == table, *references == table) {
                (true, true) | (false, false) => continue,
                (true, false) => (*references, to == Persistence::Permanent),
                (false, true) => (constraint.on, to == Persistence::Unlogged),
            };
            let persistence = self.catalog.relation(other.0).map(|relation| relation.persistence);
            let wrong = match to {
                Persistence::Permanent => other.1 && persistence == Some(Persistence::Unlogged),
                _ => other.1 && persistence == Some(Persistence::Permanent),
            };
            if wrong {
                let message = "could not change table: it references or is referenced by a table that does not change";
                return refused(SqlState::INVALID_TABLE_DEFINITION, message);
            }
        }
        self.ledger.rewrite(table);
        self.ledger.scan(table);
        let indexes = part(self.catalog.relation(table))?.indexes.clone();
        let is_its = |sequence: &Sequence| sequence.owner.is_some_and(|(owner, _)| owner == table);
        let relations = self.catalog.relations().filter(|relation| relation.as_sequence().is_some_and(is_its));
        let sequences: Vec<Oid> = relations.map(|relation| relation.oid).collect();
        for oid in indexes.into_iter().chain(sequences).chain([table]) {
            if let Some(relation) = self.catalog.relation_mut(oid) {
                relation.persistence = to;
            }
        }
        Ok(())
    }
}
