//! `CREATE SCHEMA`, `DROP SCHEMA`

use super::syntax::{behavior, name, none, part};
use super::{Play, Stop, refused, unknown};
use crate::catalog::{Address, Class, SqlState, schema_named};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn create_schema(&mut self, tree: &ast::CreateSchema) -> Result<(), Stop> {
        none(tree.schema_elements().next(), "an element of CREATE SCHEMA")?;
        let name = match part(tree.create_schema_target())? {
            ast::CreateSchemaTarget::NamedSchema(target) => {
                if let Some(role) = target.role_ref() {
                    self.own(Some(role))?;
                }
                name(target.schema())?
            }
            // It has the name of its owner.
            ast::CreateSchemaTarget::AuthorizationSchema(target) => {
                let role = name(target.role())?;
                if ["current_role", "current_user", "session_user"].contains(&role.as_str()) {
                    return unknown("the name of the role that runs this");
                }
                self.needs_role(&role)?;
                role
            }
        };
        if name.starts_with("pg_") {
            return refused(SqlState::RESERVED_NAME, format!("unacceptable schema name \"{name}\""));
        }
        if self.catalog.schema(&name).is_some() || name == "information_schema" {
            return match tree.if_not_exists() {
                Some(_) => Ok(()),
                None => refused(SqlState::DUPLICATE_SCHEMA, format!("schema \"{name}\" already exists")),
            };
        }
        let oid = self.catalog.allocate();
        self.catalog.add_schema(oid, &name);
        Ok(())
    }

    pub(super) fn alter_schema(&mut self, tree: &ast::AlterSchema) -> Result<(), Stop> {
        let from = name(tree.schema_ref())?;
        let oid = schema_named(&self.catalog, &from)?;
        let to = match part(tree.action())? {
            ast::AlterSchemaAction::SchemaRenameTo(to) => name(to.schema())?,
            ast::AlterSchemaAction::OwnerTo(to) => return self.own(to.role_ref()),
        };
        if self.catalog.schema(&to).is_some() {
            return refused(SqlState::DUPLICATE_SCHEMA, format!("schema \"{to}\" already exists"));
        }
        if to.starts_with("pg_") {
            return refused(SqlState::RESERVED_NAME, format!("unacceptable schema name \"{to}\""));
        }
        self.catalog.rename_schema(oid, &to);
        Ok(())
    }

    pub(super) fn drop_schema(&mut self, tree: &ast::DropSchema) -> Result<(), Stop> {
        let mut named = Vec::new();
        for schema in tree.schema_refs() {
            let name = name(Some(schema))?;
            if name == "information_schema" || name.starts_with("pg_") {
                return unknown("a schema of Postgres's own");
            }
            match self.catalog.schema(&name) {
                Some(oid) => named.push(Address::of(Class::Schema, oid)),
                None if tree.if_exists().is_some() => {}
                None => {
                    return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{name}\" does not exist"));
                }
            }
        }
        self.drop_objects(&named, behavior(tree.drop_behavior()))
    }
}
