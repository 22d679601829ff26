//! Roles: `CREATE ROLE`, `ALTER ROLE`, `DROP ROLE`, and which role a statement names.
//!
//! All databases of a server share its roles, so that no revision need have made one: what names a role that none made
//! runs where there is such a role.

use std::sync::Arc;

use super::syntax::{name, part};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Oid, Relation, SqlState};
use crate::sql::ast;

/// A role that a statement names.
pub(super) enum Role {
    /// `PUBLIC`: all of them.
    Public,
    /// The one that runs the statement, by whatever name.
    Own,
    /// One of this name.
    Named(String),
}

/// Roles that every server has, from some version on.
const EVERYWHERE: [(PostgresVersion, &[&str]); 6] = [
    (
        PostgresVersion::V12,
        &[
            "pg_execute_server_program",
            "pg_monitor",
            "pg_read_all_settings",
            "pg_read_all_stats",
            "pg_read_server_files",
            "pg_signal_backend",
            "pg_stat_scan_tables",
            "pg_write_server_files",
        ],
    ),
    (PostgresVersion::V14, &["pg_database_owner", "pg_read_all_data", "pg_write_all_data"]),
    (PostgresVersion::V15, &["pg_checkpoint"]),
    (PostgresVersion::V16, &["pg_create_subscription", "pg_use_reserved_connections"]),
    (PostgresVersion::V17, &["pg_maintain"]),
    (PostgresVersion::V18, &["pg_signal_autovacuum_worker"]),
];

impl Play<'_> {
    /// `CREATE ROLE`, `CREATE USER`, `CREATE GROUP`
    pub(super) fn create_role(&mut self, role: Option<ast::Role>) -> Result<(), Stop> {
        let role = name(role)?;
        if role.starts_with("pg_") || role == "public" || role == "none" {
            return refused(SqlState::RESERVED_NAME, format!("role name \"{role}\" is reserved"));
        }
        if self.catalog.role(&role).is_some() {
            return refused(SqlState::DUPLICATE_OBJECT, format!("role \"{role}\" already exists"));
        }
        self.catalog.set_role(&role, false);
        Ok(())
    }

    /// `ALTER ROLE`, `ALTER USER`: the options of a role are not kept.
    pub(super) fn alter_role(&mut self, role: Option<ast::RoleRef>, to: Option<ast::RoleRenameTo>) -> Result<(), Stop> {
        // ALL
        let Some(role) = role else { return Ok(()) };
        let found = self.role(&role)?;
        let Some(to) = to else {
            return match found {
                Role::Public => public_is_none(),
                Role::Own | Role::Named(_) => Ok(()),
            };
        };
        let Role::Named(from) = found else { return unknown("another name for the role that runs this") };
        let to = name(to.role())?;
        if self.catalog.role(&to).is_some() {
            return refused(SqlState::DUPLICATE_OBJECT, format!("role \"{to}\" already exists"));
        }
        let used = self.catalog.take_role(&from).unwrap_or(true);
        self.catalog.set_role(&to, used);
        Ok(())
    }

    /// `DROP ROLE`, `DROP USER`, `DROP GROUP`
    pub(super) fn drop_role(&mut self, roles: impl Iterator<Item = ast::RoleRef>, if_exists: bool) -> Result<(), Stop> {
        for role in roles {
            match self.role_named(&role)? {
                Role::Public | Role::Own => {
                    return refused(
                        SqlState::INVALID_PARAMETER_VALUE,
                        "cannot use special role specifier in DROP ROLE",
                    );
                }
                Role::Named(role) => match self.catalog.take_role(&role) {
                    Some(false) => {}
                    Some(true) => return unknown("whether a role still owns something, or may do something"),
                    None if if_exists => return unknown("whether there is such a role"),
                    None => return unknown("whether there is such a role, and what it owns"),
                },
            }
        }
        Ok(())
    }

    /// Returns the role that is named, and remembers that it must be there.
    pub(super) fn role(&mut self, written: &ast::RoleRef) -> Result<Role, Stop> {
        let role = self.role_named(written)?;
        if let Role::Named(role) = &role {
            self.needs_role(role)?;
        }
        Ok(role)
    }

    /// Remembers that a role must be there.
    pub(super) fn needs_role(&mut self, role: &str) -> Result<(), Stop> {
        let version = self.catalog.version();
        let mut known = EVERYWHERE.iter().filter(|(since, _)| version >= *since);
        match self.catalog.role(role) {
            Some(_) => self.catalog.set_role(role, true),
            None if known.any(|(_, roles)| roles.contains(&role)) => {}
            // Nobody can make one of such a name.
            None if role.starts_with("pg_") => {
                return refused(SqlState::UNDEFINED_OBJECT, format!("role \"{role}\" does not exist"));
            }
            None => self.ledger.roles.push(role.to_owned()),
        }
        Ok(())
    }

    fn role_named(&self, written: &ast::RoleRef) -> Result<Role, Stop> {
        Ok(match part(written.role_ref_value())? {
            ast::RoleRefValue::RoleRefCurrentRole(_)
            | ast::RoleRefValue::RoleRefCurrentUser(_)
            | ast::RoleRefValue::RoleRefSessionUser(_) => Role::Own,
            ast::RoleRefValue::RoleNameRef(role) => {
                let role = name(Some(role))?;
                if role == "none" {
                    return refused(SqlState::RESERVED_NAME, "role name \"none\" is reserved");
                }
                if role == "public" { Role::Public } else { Role::Named(role) }
            }
        })
    }

    /// Gives a relation to a role, and the sequences of a table with it; `ATExecChangeOwner`.
    pub(super) fn give_to(&mut self, oid: Oid, role: Option<ast::RoleRef>) -> Result<(), Stop> {
        self.lock(oid, LockMode::AccessExclusive);
        let role: Option<Arc<str>> = match self.role(&part(role)?)? {
            Role::Own => None,
            Role::Named(role) => Some(role.into()),
            Role::Public => return public_is_none(),
        };
        let relation = part(self.catalog.relation(oid))?;
        // An index has the owner of its table: Postgres warns.
        if relation.as_index().is_some() {
            return Ok(());
        }
        if relation.as_sequence().is_some_and(|sequence| sequence.owner.is_some()) {
            return match same_role(relation.owner.as_deref(), role.as_deref()) {
                Some(true) => Ok(()),
                Some(false) => {
                    let message = format!("cannot change owner of sequence \"{}\"", relation.name);
                    refused(SqlState::FEATURE_NOT_SUPPORTED, message)
                }
                None => unknown("another owner of a sequence that a column owns"),
            };
        }
        let is_its =
            |it: &&Relation| it.as_sequence().is_some_and(|it| it.owner.is_some_and(|(table, _)| table == oid));
        let sequences: Vec<Oid> = match relation.is_table() {
            true => self.catalog.relations().filter(is_its).map(|it| it.oid).collect(),
            false => Vec::new(),
        };
        for oid in sequences.into_iter().chain([oid]) {
            if let Some(relation) = self.catalog.relation_mut(oid) {
                relation.owner.clone_from(&role);
            }
        }
        Ok(())
    }

    /// Gives another object to a role. Their owners are not kept.
    pub(super) fn own(&mut self, role: Option<ast::RoleRef>) -> Result<(), Stop> {
        match self.role(&part(role)?)? {
            Role::Own | Role::Named(_) => Ok(()),
            Role::Public => public_is_none(),
        }
    }
}

/// Returns whether two owners are one, if that is certain: the role that runs what is played may have any name that is
/// not Postgres's own, and so may one that got another name.
pub(super) fn same_role(one: Option<&str>, other: Option<&str>) -> Option<bool> {
    let is_reserved = |role: Option<&str>| role.is_some_and(|role| role.starts_with("pg_"));
    match one == other {
        true => Some(true),
        false => (is_reserved(one) || is_reserved(other)).then_some(false),
    }
}

fn public_is_none() -> Result<(), Stop> {
    refused(SqlState::UNDEFINED_OBJECT, "role \"public\" does not exist")
}
