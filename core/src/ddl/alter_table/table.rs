//! Actions on a table as a whole: row security, storage parameters, persistence, replica identity.

use crate::catalog::{ConstraintKind, Oid, Persistence, ReplicaIdentity, Sequence, SqlState};
use crate::ddl::syntax::{options, part};
use crate::ddl::{Play, Stop, refused, unknown};
use crate::sql::ast::{self, AlterTableAction as A};

impl Play<'_> {
    pub(super) fn alter_whole(&mut self, table: Oid, action: &A) -> Result<(), Stop> {
        match action {
            A::InheritTable(action) => return self.inherit(table, action),
            A::NoInheritTable(action) => return self.no_inherit(table, action),
            _ => {}
        }
        let is_partitioned = part(self.catalog.relation(table))?.is_partitioned();
        let is_plain = matches!(
            action,
            A::EnableRls(_) | A::DisableRls(_) | A::ForceRls(_) | A::NoForceRls(_) | A::ReplicaIdentity(_)
        );
        if let A::SetOptions(action) = action
            && is_partitioned
            && let Some((name, _)) = options(action.attribute_list())?.first()
        {
            return refused(SqlState::INVALID_PARAMETER_VALUE, format!("unrecognized parameter \"{name}\""));
        }
        if is_partitioned && !is_plain {
            return unknown("this form of ALTER TABLE of a partitioned table");
        }
        if let Some(done) = self.enable_trigger(table, action) {
            return done;
        }
        match action {
            A::EnableRls(_) => self.set(table, |relation| relation.row_security = true),
            A::DisableRls(_) => self.set(table, |relation| relation.row_security = false),
            A::ForceRls(_) => self.set(table, |relation| relation.force_row_security = true),
            A::NoForceRls(_) => self.set(table, |relation| relation.force_row_security = false),
            A::SetOptions(action) => {
                let new = options(action.attribute_list())?;
                if let Some((name, _)) = new.iter().find(|(name, _)| !is_storage_parameter(name)) {
                    let message = format!("unrecognized parameter \"{name}\"");
                    return refused(SqlState::INVALID_PARAMETER_VALUE, message);
                }
                self.set(table, |relation| {
                    for (name, value) in new {
                        relation.options.retain(|(other, _)| *other != name);
                        relation.options.push((name, value));
                    }
                })
            }
            A::ResetOptions(action) => {
                let gone = options(action.attribute_list())?;
                self.set(table, |relation| {
                    relation.options.retain(|(name, _)| !gone.iter().any(|(other, _)| other == name));
                })
            }
            A::SetLogged(_) => self.set_persistence(table, Persistence::Permanent),
            A::SetUnlogged(_) => self.set_persistence(table, Persistence::Unlogged),
            A::ReplicaIdentity(action) => {
                let identity = match part(action.replica_identity_option())? {
                    ast::ReplicaIdentityOption::ReplicaIdentityDefault(_) => ReplicaIdentity::Default,
                    ast::ReplicaIdentityOption::ReplicaIdentityFull(_) => ReplicaIdentity::Full,
                    ast::ReplicaIdentityOption::ReplicaIdentityNothing(_) => ReplicaIdentity::Nothing,
                    ast::ReplicaIdentityOption::UsingIndexName(_) => return unknown("REPLICA IDENTITY USING INDEX"),
                };
                self.set(table, |relation| relation.replica_identity = identity)
            }
            A::OwnerTo(to) => self.own(to.role_ref()),
            _ => unknown("this form of ALTER TABLE is outside the model"),
        }
    }

    fn set(&mut self, table: Oid, change: impl FnOnce(&mut crate::catalog::Relation)) -> Result<(), Stop> {
        change(part(self.catalog.relation_mut(table))?);
        Ok(())
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
        for constraint in self.catalog.constraints() {
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

fn is_storage_parameter(name: &str) -> bool {
    name == "fillfactor"
        || name == "toast_tuple_target"
        || name == "parallel_workers"
        || name == "user_catalog_table"
        || name == "vacuum_truncate"
        || name == "vacuum_index_cleanup"
        || name.starts_with("autovacuum_")
        || name == "log_autovacuum_min_duration"
}
