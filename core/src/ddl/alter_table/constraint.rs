//! `ADD CONSTRAINT`, `DROP CONSTRAINT`, `VALIDATE CONSTRAINT`, `ALTER CONSTRAINT`

use super::{Later, Other, Reach};
use crate::PostgresVersion;
use crate::catalog::{Address, Behavior, Class, ConstraintKind, Oid, Refusal, Rows, SqlState};
use crate::ddl::constraint::{Options, Wanted};
use crate::ddl::key::in_order;
use crate::ddl::syntax::{behavior, name, part};
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn add_constraint(
        &mut self,
        table: Oid,
        action: &ast::AddConstraint,
        reach: Reach,
        later: &mut Later,
    ) -> Result<(), Stop> {
        let mut wanted = Wanted::default();
        wanted.read(part(action.constraint())?, None)?;
        // Since 18, also where nothing of it reaches them.
        if self.names_not_nulls() && !reach.only {
            for child in self.inheritors(table) {
                self.lock(child, reach.mode);
            }
        }
        let relation = part(self.catalog.relation(table))?;
        if !wanted.keys.is_empty() {
            // That there is a primary key already is seen only when the index is made.
            self.check_keys(&wanted.keys, &relation.name, relation.is_partitioned(), |name| {
                relation.column(name).is_some()
            })?;
        }
        for key in &wanted.keys {
            if let Some(index) = &key.using_index {
                self.may_be_taken(table, key, index)?;
            }
        }
        for key in wanted.keys.iter().filter(|key| key.primary && reach.only) {
            for column in &key.columns {
                let relation = part(self.catalog.relation(table))?;
                if relation.is_partitioned() && !part(relation.column(column))?.not_null {
                    self.set_not_null_of_only(table, column, reach)?;
                }
            }
        }
        let Wanted { keys, checks, foreign_keys, not_nulls } = wanted;
        later.keys.extend(in_order(keys));
        if !checks.is_empty() || !foreign_keys.is_empty() || !not_nulls.is_empty() {
            later.others.push(Other { checks, foreign_keys, not_nulls, of_new_column: false });
        }
        Ok(())
    }

    pub(super) fn drop_constraint(
        &mut self,
        table: Oid,
        action: &ast::DropConstraint,
        reach: Reach,
    ) -> Result<(), Stop> {
        let constraint = name(action.constraint_name_ref())?;
        if self.find_constraint(table, &constraint).is_none() {
            if action.if_exists().is_some() {
                return Ok(());
            }
            return refused(SqlState::UNDEFINED_OBJECT, self.missing_constraint(table, &constraint));
        }
        let kind = self.find_constraint(table, &constraint).and_then(|oid| self.catalog.constraint(oid));
        if let Some(ConstraintKind::NotNull(column)) = kind.map(|found| &found.kind) {
            return self.drop_kept_not_null(table, *column, reach, false);
        }
        self.drop_constraint_of(table, &constraint, behavior(action.drop_behavior()), reach, false)
    }

    /// Drops a constraint, and a check from children that have it from nobody else; `ATExecDropConstraint`.
    fn drop_constraint_of(
        &mut self,
        table: Oid,
        name: &str,
        behavior: Behavior,
        reach: Reach,
        recursing: bool,
    ) -> Result<(), Stop> {
        let oid = part(self.find_constraint(table, name))?;
        let (found, relation) = (part(self.catalog.constraint(oid))?, part(self.catalog.relation(table))?);
        if found.inherited > 0 && !recursing {
            let message = format!("cannot drop inherited constraint \"{name}\" of relation \"{}\"", relation.name);
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        let reaches_children = matches!(found.kind, ConstraintKind::Check(_)) && !found.no_inherit;
        let is_partitioned = relation.is_partitioned();
        if let ConstraintKind::Foreign { references, .. } = found.kind
            && !found.enforced
        {
            self.lock(references, LockMode::AccessExclusive);
        }
        self.drop_objects(&[Address::of(Class::Constraint, oid)], behavior)?;
        let children = if reaches_children { self.children(table) } else { Vec::new() };
        if reach.only && is_partitioned && !children.is_empty() {
            let message = "cannot remove constraint from only the partitioned table when partitions exist";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for child in children {
            self.lock(child, reach.mode);
            let oid = part(self.find_constraint(child, name))?;
            let below = part(self.catalog.constraint_mut(oid))?;
            if !reach.only && below.inherited == 1 && !below.local {
                self.drop_constraint_of(child, name, behavior, reach, true)?;
                continue;
            }
            below.inherited = below.inherited.saturating_sub(1);
            below.local |= reach.only;
        }
        Ok(())
    }

    pub(super) fn validate_constraint(
        &mut self,
        table: Oid,
        action: &ast::ValidateConstraint,
        reach: Reach,
    ) -> Result<(), Stop> {
        let written = name(action.constraint_name_ref())?;
        let Some(oid) = self.find_constraint(table, &written) else {
            return refused(SqlState::UNDEFINED_OBJECT, self.missing_constraint(table, &written));
        };
        let constraint = part(self.catalog.constraint(oid))?;
        if let ConstraintKind::NotNull(number) = constraint.kind {
            return self.validate_not_null(table, number);
        }
        let has_rows = matches!(constraint.kind, ConstraintKind::Check(_) | ConstraintKind::Foreign { .. });
        if has_rows && !constraint.enforced {
            let message = "cannot validate NOT ENFORCED constraint";
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        if constraint.validated {
            return match &constraint.kind {
                ConstraintKind::Key { .. } => self.validate_constraint_of(table, oid),
                _ => Ok(()),
            };
        }
        if matches!(constraint.kind, ConstraintKind::Check(_)) && !constraint.no_inherit {
            for child in self.inheritors(table) {
                if reach.only {
                    let message = "constraint must be validated on child tables too";
                    return refused(SqlState::INVALID_TABLE_DEFINITION, message);
                }
                self.lock(child, reach.mode);
                let oid = part(self.find_constraint(child, &written))?;
                self.validate_constraint_of(child, oid)?;
            }
        }
        self.validate_constraint_of(table, oid)
    }

    /// Since 18, what a foreign key is in partitions is validated with it.
    fn validate_keys_below(&mut self, table: Oid, oid: Oid) -> Result<(), Stop> {
        let of_table = |play: &Self, oid| play.catalog.constraint(oid).map(|it| it.on);
        for below in self.catalog.constraints_below(oid) {
            let on = part(of_table(self, below))?;
            if on == table {
                part(self.catalog.constraint_mut(below))?.validated = true;
            } else {
                self.lock(on, LockMode::ShareUpdateExclusive);
                self.validate_constraint_of(on, below)?;
            }
        }
        Ok(())
    }

    pub(in crate::ddl) fn validate_constraint_of(&mut self, table: Oid, oid: Oid) -> Result<(), Stop> {
        let constraint = part(self.catalog.constraint(oid))?;
        let written = constraint.name.clone();
        let (other, state) = match &constraint.kind {
            ConstraintKind::Foreign { references, .. } => (Some(*references), SqlState::FOREIGN_KEY_VIOLATION),
            ConstraintKind::Check(_) => (None, SqlState::CHECK_VIOLATION),
            _ => {
                let message = format!("constraint \"{written}\" is not a foreign key or check constraint");
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
        };
        if constraint.validated {
            return Ok(());
        }
        if let Some(constraint) = self.catalog.constraint_mut(oid) {
            constraint.validated = true;
        }
        if let Some(other) = other {
            self.lock(other, LockMode::RowShare);
            self.look_above(other);
            for below in self.partitions_below(other) {
                self.lock(below, LockMode::AccessShare);
            }
            if self.catalog.version() >= PostgresVersion::V18 {
                self.validate_keys_below(table, oid)?;
            }
        }
        let relation = part(self.catalog.relation(table))?;
        if !relation.is_partitioned() {
            if relation.rows == Rows::Perhaps {
                let refusal = Refusal::new(state, format!("constraint \"{written}\" is violated by some row"));
                match part(self.catalog.constraint(oid))?.kind.clone() {
                    ConstraintKind::Check(formula) => self.check_rows(table, &formula, refusal)?,
                    _ => self.by_rows(table, self.some_row_refers_to_none(table, oid), refusal)?,
                }
            }
            self.ledger.scan(table);
        }
        Ok(())
    }

    pub(super) fn alter_constraint(
        &mut self,
        table: Oid,
        action: &ast::AlterConstraint,
        reach: Reach,
    ) -> Result<(), Stop> {
        let written = name(action.constraint_name_ref())?;
        let options = Options::read(action.constraint_options())?;
        let Some(oid) = self.find_constraint(table, &written) else {
            return refused(SqlState::UNDEFINED_OBJECT, self.missing_constraint(table, &written));
        };
        if options.not_valid || options.no_inherit {
            return unknown("this option of ALTER CONSTRAINT");
        }
        let is_new = self.catalog.version() >= PostgresVersion::V18;
        if is_new && reach.only && part(self.catalog.relation(table))?.is_partitioned() {
            let message = "constraint must be altered in child tables too";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        let constraint = part(self.catalog.constraint(oid))?;
        if !matches!(constraint.kind, ConstraintKind::Foreign { .. }) {
            let message = format!("constraint \"{written}\" is not a foreign key constraint");
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if constraint.parent.is_some() {
            let state = if is_new { SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE } else { SqlState("XX000") };
            return refused(state, format!("cannot alter constraint \"{written}\", which another brought"));
        }
        if let Some(enforced) = options.enforced {
            return self.enforce(table, oid, enforced, &options);
        }
        for oid in std::iter::once(oid).chain(self.catalog.constraints_below(oid)) {
            let constraint = part(self.catalog.constraint_mut(oid))?;
            constraint.deferrable = options.deferrable;
            let on = constraint.on;
            self.lock(on, LockMode::AccessExclusive);
        }
        Ok(())
    }

    /// Makes what is written held to a foreign key, and all rows with it, or free of it.
    fn enforce(&mut self, table: Oid, key: Oid, enforced: bool, options: &Options) -> Result<(), Stop> {
        let constraint = part(self.catalog.constraint(key))?;
        let ConstraintKind::Foreign { references, .. } = constraint.kind else { return Ok(()) };
        let of_partitions = [table, references].into_iter().filter_map(|oid| self.catalog.relation(oid));
        if options.says_when || of_partitions.into_iter().any(|it| it.is_partitioned() || it.is_partition()) {
            return unknown("whether this foreign key is enforced");
        }
        if constraint.enforced == enforced {
            return Ok(());
        }
        self.lock(references, if enforced { LockMode::ShareRowExclusive } else { LockMode::AccessExclusive });
        let constraint = part(self.catalog.constraint_mut(key))?;
        (constraint.enforced, constraint.validated) = (enforced, false);
        if enforced { self.validate_constraint_of(table, key) } else { Ok(()) }
    }

    pub(super) fn find_constraint(&self, table: Oid, name: &str) -> Option<Oid> {
        let constraints = self.catalog.constraints_of(table);
        constraints.into_iter().find(|constraint| *constraint.name == *name).map(|constraint| constraint.oid)
    }

    pub(super) fn missing_constraint(&self, table: Oid, name: &str) -> String {
        let table = self.catalog.relation(table).map(|relation| relation.name.to_string()).unwrap_or_default();
        format!("constraint \"{name}\" of relation \"{table}\" does not exist")
    }
}
