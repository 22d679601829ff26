//! `ADD CONSTRAINT`, `DROP CONSTRAINT`, `VALIDATE CONSTRAINT`, `ALTER CONSTRAINT`

use crate::catalog::{Address, Class, ConstraintKind, Oid, Refusal, Rows, SqlState};
use crate::ddl::constraint::{Options, Wanted};
use crate::ddl::syntax::{behavior, name, part};
use crate::ddl::{LockMode, Play, Stop, key, refused, unknown};
use crate::sql::ast::{self, AlterTableAction as A};

impl Play<'_> {
    /// Refuses a second primary key, which Postgres does before anything else is done.
    pub(super) fn check_primary_keys<'a>(&self, _table: Oid, actions: impl Iterator<Item = &'a A>) -> Result<(), Stop> {
        let primary = actions.filter(|action| {
            matches!(action, A::AddConstraint(action) if matches!(action.constraint(), Some(ast::Constraint::PrimaryKeyConstraint(_))))
        });
        if primary.count() > 1 {
            return unknown("two primary keys in one statement");
        }
        Ok(())
    }

    pub(super) fn add_constraint(&mut self, table: Oid, action: &ast::AddConstraint) -> Result<(), Stop> {
        let mut wanted = Wanted::default();
        wanted.read(part(action.constraint())?, None)?;
        let keys = key::in_order(std::mem::take(&mut wanted.keys));
        if !keys.is_empty() {
            let relation = part(self.catalog.relation(table))?;
            let has_primary = self.catalog.constraints_of(table).iter().any(|constraint| constraint.is_primary());
            let has_primary = has_primary && keys.iter().any(|key| key.primary);
            self.check_keys(&keys, &relation.name, has_primary, |name| relation.column(name).is_some())?;
        }
        for key in &keys {
            self.add_key(table, key)?;
        }
        self.add_checks(table, &wanted.checks, true)?;
        for foreign in &wanted.foreign_keys {
            self.add_foreign_key(table, foreign, false)?;
        }
        Ok(())
    }

    pub(super) fn drop_constraint(&mut self, table: Oid, action: &ast::DropConstraint) -> Result<(), Stop> {
        let constraint = name(action.constraint_name_ref())?;
        let Some(oid) = self.find_constraint(table, &constraint) else {
            if action.if_exists().is_some() {
                return Ok(());
            }
            return refused(SqlState::UNDEFINED_OBJECT, self.missing_constraint(table, &constraint));
        };
        self.drop_objects(&[Address::of(Class::Constraint, oid)], behavior(action.drop_behavior()))
    }

    pub(super) fn validate_constraint(&mut self, table: Oid, action: &ast::ValidateConstraint) -> Result<(), Stop> {
        let written = name(action.constraint_name_ref())?;
        let Some(oid) = self.find_constraint(table, &written) else {
            return refused(SqlState::UNDEFINED_OBJECT, self.missing_constraint(table, &written));
        };
        let constraint = part(self.catalog.constraint(oid))?;
        let (other, state) = match &constraint.kind {
            ConstraintKind::Foreign { references, .. } => (Some(*references), SqlState::FOREIGN_KEY_VIOLATION),
            ConstraintKind::Check(_) => (None, SqlState::CHECK_VIOLATION),
            ConstraintKind::Key { .. } | ConstraintKind::Trigger(_) => {
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
        self.ledger.scan(table);
        if let Some(other) = other {
            self.lock(other, LockMode::RowShare);
        }
        if part(self.catalog.relation(table))?.rows == Rows::Perhaps {
            let message = format!("constraint \"{written}\" is violated by some row");
            self.ledger.may_raise.push((Refusal::new(state, message), table));
        }
        Ok(())
    }

    pub(super) fn alter_constraint(&mut self, table: Oid, action: &ast::AlterConstraint) -> Result<(), Stop> {
        let written = name(action.constraint_name_ref())?;
        let options = Options::read(action.constraint_options())?;
        let Some(oid) = self.find_constraint(table, &written) else {
            return refused(SqlState::UNDEFINED_OBJECT, self.missing_constraint(table, &written));
        };
        if options.not_valid || options.no_inherit {
            return unknown("this option of ALTER CONSTRAINT");
        }
        if let Some(constraint) = self.catalog.constraint_mut(oid) {
            if !matches!(constraint.kind, ConstraintKind::Foreign { .. }) {
                let message = format!("constraint \"{written}\" is not a foreign key constraint");
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
            constraint.deferrable = options.deferrable;
        }
        Ok(())
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
