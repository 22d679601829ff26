//! `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`. The catalog keeps no privileges: what counts is whether the statement
//! runs.

use super::role::Role;
use super::routine::Said;
use super::syntax::{name, names, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Oid, QualifiedName, Relation, RelationKind, SqlState, schema_named};
use crate::sql::ast::{self, PrivilegeObjects as O};
use crate::sql::tree;

/// `invalid_grant_operation`
const INVALID_GRANT: SqlState = SqlState("0LP01");

/// Kinds of objects by the privileges that there are for them.
const OF_TABLES: [&str; 8] = ["maintain", "select", "insert", "update", "delete", "truncate", "references", "trigger"];
const OF_SEQUENCES: [&str; 3] = ["usage", "select", "update"];
const OF_SCHEMAS: [&str; 2] = ["create", "usage"];
const OF_ROUTINES: [&str; 1] = ["execute"];
const OF_TYPES: [&str; 1] = ["usage"];
/// Every privilege that there is.
const ALL: [&str; 16] = [
    "maintain",
    "select",
    "insert",
    "update",
    "delete",
    "truncate",
    "references",
    "trigger",
    "usage",
    "create",
    "execute",
    "connect",
    "temporary",
    "temp",
    "set",
    "alter system",
];

/// A privilege, with the columns that it is for.
struct Privilege {
    word: String,
    columns: Vec<String>,
}

/// What privileges are granted on.
struct Objects {
    /// The privileges that there are for it.
    allowed: &'static [&'static str],
    /// What messages call it.
    word: &'static str,
    /// Relations, if it is such.
    tables: Vec<Oid>,
    /// The statement says that they are sequences.
    is_sequence: bool,
}

impl Play<'_> {
    pub(super) fn grant(&mut self, tree: &ast::Grant) -> Result<(), Stop> {
        let Some(on) = tree.on_privilege_objects_clause() else {
            for option in tree
                .grant_with_clause()
                .and_then(|with| with.grant_role_option_list())
                .into_iter()
                .flat_map(|list| list.grant_role_options().collect::<Vec<_>>())
            {
                let option = name(option.grant_role_option_name())?;
                if !["admin", "inherit", "set"].contains(&option.as_str()) {
                    return refused(SqlState::SYNTAX_ERROR, format!("unrecognized role option \"{option}\""));
                }
            }
            let to = tree.role_ref_list().into_iter().flat_map(|list| list.role_refs()).collect();
            return self.membership(part(tree.privileges())?, to, tree.granted_by_clause(), true);
        };
        let objects = self.objects(part(on.privilege_objects())?)?;
        let with_option = tree.grant_with_clause().is_some();
        for role in tree.role_ref_list().into_iter().flat_map(|list| list.role_refs()) {
            if matches!(self.role(&role)?, Role::Public) && with_option {
                return refused(INVALID_GRANT, "grant options can only be granted to roles");
            }
        }
        self.granted_by(tree.granted_by_clause())?;
        self.check_privileges(part(tree.privileges())?, &objects)
    }

    /// `GRANT role TO role`, `REVOKE role FROM role`: who is a member of what is not kept.
    fn membership(
        &mut self,
        granted: ast::Privileges,
        to: Vec<ast::RoleRef>,
        by: Option<ast::GrantedByClause>,
        grants: bool,
    ) -> Result<(), Stop> {
        let ast::Privileges::RevokeCommandList(list) = granted else { return unknown("ALL as a role") };
        let mut roles = Vec::new();
        for command in list.revoke_commands() {
            roles.push(self.role(&part(command.role_ref())?)?);
        }
        self.granted_by(by)?;
        let is_of_owner = |role: &Role| grants && matches!(role, Role::Named(name) if name == "pg_database_owner");
        let is_late = self.catalog.version() >= PostgresVersion::V18;
        let state = if is_late { SqlState::FEATURE_NOT_SUPPORTED } else { SqlState("XX000") };
        let cannot = |what: &str| refused(state, format!("role \"pg_database_owner\" cannot {what}"));
        for role in to {
            match self.role(&role)? {
                Role::Public => return refused(SqlState::UNDEFINED_OBJECT, "role \"public\" does not exist"),
                _ if roles.iter().any(is_of_owner) => return cannot("have explicit members"),
                role if is_of_owner(&role) => return cannot("be a member of any role"),
                Role::Named(member) if roles.iter().any(|role| matches!(role, Role::Named(it) if *it == member)) => {
                    let message = format!("role \"{member}\" is a member of role \"{member}\"");
                    return refused(INVALID_GRANT, message);
                }
                Role::Own | Role::Named(_) => {}
            }
        }
        Ok(())
    }

    pub(super) fn revoke(&mut self, tree: &ast::Revoke) -> Result<(), Stop> {
        let Some(on) = tree.on_privilege_objects_clause() else {
            let from = tree.role_ref_list().into_iter().flat_map(|list| list.role_refs()).collect();
            return self.membership(part(tree.privileges())?, from, tree.granted_by_clause(), false);
        };
        let objects = self.objects(part(on.privilege_objects())?)?;
        for role in tree.role_ref_list().into_iter().flat_map(|list| list.role_refs()) {
            if matches!(self.role(&role)?, Role::Public) && tree.revoke_option_for().is_some() {
                return unknown("a grant option of PUBLIC");
            }
        }
        self.granted_by(tree.granted_by_clause())?;
        self.check_privileges(part(tree.privileges())?, &objects)
    }

    pub(super) fn alter_default_privileges(&mut self, tree: &ast::AlterDefaultPrivileges) -> Result<(), Stop> {
        use ast::{AlterDefaultPrivilegesAction as A, PrivilegeTarget as T};
        let (privileges, target, roles) = match part(tree.action())? {
            A::GrantDefaultPrivileges(action) => {
                super::syntax::none(action.grant_with_clause(), "WITH GRANT OPTION of default privileges")?;
                (action.privileges(), action.privilege_target(), action.role_ref_list())
            }
            A::RevokeDefaultPrivileges(action) => {
                super::syntax::none(action.grant_option_for(), "GRANT OPTION of default privileges")?;
                (action.privileges(), action.privilege_target(), action.role_ref_list())
            }
        };
        for role in tree.for_roles().and_then(|it| it.role_ref_list()).into_iter().flat_map(|list| list.role_refs()) {
            if matches!(self.role(&role)?, Role::Public) {
                return unknown("default privileges of PUBLIC");
            }
        }
        for role in roles.into_iter().flat_map(|list| list.role_refs()) {
            self.role(&role)?;
        }
        let schemas = match tree.in_schemas() {
            Some(schemas) => names(schemas.schema_refs())?,
            None => Vec::new(),
        };
        let (allowed, word): (&[&str], _) = match part(target)? {
            T::PrivilegeTargetTables(_) => (&OF_TABLES, "relation"),
            T::PrivilegeTargetSequences(_) => (&OF_SEQUENCES, "sequence"),
            T::PrivilegeTargetFunctions(_) | T::PrivilegeTargetRoutines(_) => (&OF_ROUTINES, "function"),
            T::PrivilegeTargetTypes(_) => (&OF_TYPES, "type"),
            T::PrivilegeTargetSchemas(_) => (&OF_SCHEMAS, "schema"),
            T::PrivilegeTargetLargeObjects(_) => return unknown("default privileges on large objects"),
        };
        for privilege in read(self.catalog.version(), part(privileges)?)?.unwrap_or_default() {
            is_for(&privilege, allowed, word)?;
        }
        if word == "schema" && !schemas.is_empty() {
            let message = "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS";
            return refused(INVALID_GRANT, message);
        }
        for schema in schemas {
            schema_named(&self.catalog, &schema)?;
        }
        Ok(())
    }

    /// Returns the objects of GRANT and REVOKE. They are looked for before the roles, and these before the privileges.
    fn objects(&mut self, objects: O) -> Result<Objects, Stop> {
        let mut tables: Vec<Oid> = Vec::new();
        let mut is_sequence = false;
        let (allowed, word): (&'static [&'static str], _) = match objects {
            O::PrivilegeDefault(on) => {
                for named in on.relation_name_refs() {
                    tables.push(self.granted_relation(&qualified(Some(named))?)?);
                }
                (&OF_TABLES, "relation")
            }
            O::PrivilegeTable(on) => {
                for named in on.relation_name_refs() {
                    tables.push(self.granted_relation(&qualified(Some(named))?)?);
                }
                (&OF_TABLES, "relation")
            }
            O::PrivilegeSequence(on) => {
                for named in on.sequence_refs() {
                    tables.push(self.granted_relation(&qualified(Some(named))?)?);
                }
                is_sequence = true;
                (&OF_SEQUENCES, "sequence")
            }
            O::PrivilegeSchema(on) => {
                self.all_schemas(on.schema_refs())?;
                (&OF_SCHEMAS, "schema")
            }
            O::PrivilegeAllTablesInSchema(on) => {
                self.all_schemas(on.schema_refs())?;
                (&OF_TABLES, "relation")
            }
            O::PrivilegeAllSequencesInSchema(on) => {
                self.all_schemas(on.schema_refs())?;
                (&OF_SEQUENCES, "sequence")
            }
            O::PrivilegeAllFunctionsInSchema(on) => {
                self.all_schemas(on.schema_refs())?;
                (&OF_ROUTINES, "function")
            }
            O::PrivilegeAllProceduresInSchema(on) => {
                self.all_schemas(on.schema_refs())?;
                (&OF_ROUTINES, "procedure")
            }
            O::PrivilegeAllRoutinesInSchema(on) => {
                self.all_schemas(on.schema_refs())?;
                (&OF_ROUTINES, "routine")
            }
            O::PrivilegeFunction(on) => {
                for named in on.function_sig_list().into_iter().flat_map(|list| list.function_sigs()) {
                    self.commented_routine(Said::Function, named.function_name_ref(), named.param_list())?;
                }
                (&OF_ROUTINES, "function")
            }
            O::PrivilegeProcedure(on) => {
                for named in on.procedure_sig_list().into_iter().flat_map(|list| list.procedure_sigs()) {
                    self.commented_routine(Said::Procedure, named.procedure_name_ref(), named.param_list())?;
                }
                (&OF_ROUTINES, "procedure")
            }
            O::PrivilegeRoutine(on) => {
                for named in on.routine_sig_list().into_iter().flat_map(|list| list.routine_sigs()) {
                    self.commented_routine(Said::Routine, named.routine_name_ref(), named.param_list())?;
                }
                (&OF_ROUTINES, "routine")
            }
            O::PrivilegeType(on) => {
                for named in on.type_name_refs() {
                    self.type_named(&qualified(Some(named))?)?;
                }
                (&OF_TYPES, "type")
            }
            O::PrivilegeDomain(on) => {
                for named in on.domain_refs() {
                    let written = qualified(Some(named))?;
                    let oid = self.type_named(&written)?;
                    if !self.is_domain(oid) {
                        return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a domain", written.name));
                    }
                }
                (&OF_TYPES, "domain")
            }
            _ => return unknown("privileges on this kind of object"),
        };
        Ok(Objects { allowed, word, tables, is_sequence })
    }

    fn granted_relation(&mut self, name: &QualifiedName) -> Result<Oid, Stop> {
        let found = self.relation_found(name)?;
        if self.catalog.version() >= PostgresVersion::V18 {
            self.lock(found, LockMode::AccessShare);
        }
        Ok(found)
    }

    /// Refuses privileges that there are not for these objects.
    fn check_privileges(&self, privileges: ast::Privileges, objects: &Objects) -> Result<(), Stop> {
        let Objects { allowed, word, tables, is_sequence } = objects;
        let wanted = read(self.catalog.version(), privileges)?;
        for privilege in wanted.iter().flatten() {
            let may_be_both = *word == "relation" && OF_SEQUENCES.contains(&privilege.word.as_str());
            if !may_be_both {
                is_for(privilege, allowed, word)?;
            }
        }
        for oid in tables {
            let relation = part(self.catalog.relation(*oid))?;
            self.grantable(relation, *is_sequence, wanted.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }

    fn grantable(&self, relation: &Relation, as_sequence: bool, wanted: &[Privilege]) -> Result<(), Stop> {
        let wrong = |what: &str| refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is {what}", relation.name));
        let is_sequence = relation.as_sequence().is_some();
        match &relation.kind {
            RelationKind::Index(_) => return wrong("an index"),
            RelationKind::Composite => return wrong("a composite type"),
            _ if as_sequence && !is_sequence => return wrong("not a sequence"),
            _ => {}
        }
        for privilege in wanted {
            if privilege.word == "usage" && !is_sequence {
                return refused(INVALID_GRANT, "invalid privilege type USAGE for table");
            }
            if let Some(missing) = privilege.columns.iter().find(|column| relation.column(column).is_none()) {
                let message = format!("column \"{missing}\" of relation \"{}\" does not exist", relation.name);
                return refused(SqlState::UNDEFINED_COLUMN, message);
            }
        }
        Ok(())
    }

    fn all_schemas(&self, schemas: impl Iterator<Item = ast::SchemaRef>) -> Result<(), Stop> {
        for schema in schemas {
            schema_named(&self.catalog, &name(Some(schema))?)?;
        }
        Ok(())
    }

    fn granted_by(&mut self, clause: Option<ast::GrantedByClause>) -> Result<(), Stop> {
        match clause.map(|clause| part(clause.role_ref())).transpose()? {
            None => Ok(()),
            Some(role) => match self.role(&role)? {
                Role::Own => Ok(()),
                _ => unknown("who grants"),
            },
        }
    }
}

/// Returns the privileges that are named; none for all.
fn read(version: PostgresVersion, privileges: ast::Privileges) -> Result<Option<Vec<Privilege>>, Stop> {
    let list = match privileges {
        ast::Privileges::AllPrivileges(all) => {
            super::syntax::none(all.column_ref_list(), "ALL on columns")?;
            return Ok(None);
        }
        ast::Privileges::RevokeCommandList(list) => list,
    };
    let mut wanted = Vec::new();
    for command in list.revoke_commands() {
        let words = tree::words(&command).join(" ").to_ascii_lowercase();
        let word = words.split('(').next().unwrap_or_default().trim().to_owned();
        let since = |known: &str| match known {
            "maintain" => PostgresVersion::V17,
            "set" | "alter system" => PostgresVersion::V15,
            _ => PostgresVersion::V12,
        };
        if ALL.contains(&word.as_str()) && version < since(&word) {
            return refused(SqlState::SYNTAX_ERROR, format!("unrecognized privilege type \"{word}\""));
        }
        if !ALL.contains(&word.as_str()) {
            // Later versions have others.
            return unknown("a privilege that is not known here");
        }
        let columns = match command.column_ref_list() {
            Some(list) => names(list.column_name_refs())?,
            None => Vec::new(),
        };
        wanted.push(Privilege { word, columns });
    }
    Ok(Some(wanted))
}

fn is_for(privilege: &Privilege, allowed: &[&str], word: &str) -> Result<(), Stop> {
    if !allowed.contains(&privilege.word.as_str()) {
        let message = format!("invalid privilege type {} for {word}", privilege.word.to_ascii_uppercase());
        return refused(INVALID_GRANT, message);
    }
    if !privilege.columns.is_empty() && word != "relation" {
        return refused(INVALID_GRANT, "column privileges are only valid for relations");
    }
    Ok(())
}
