//! `CREATE POLICY`, `ALTER POLICY`, `DROP POLICY`

use std::sync::Arc;

use super::role::Role;
use super::syntax::{behavior, name, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Address, Class, Dependence, Formula, Oid, Policy, Relation, Space, SqlState};
use crate::expression::Spelling;
use crate::sql::ast::{self, PolicyCommandKind as Command};
use crate::sql::{quote_identifier_of, tree};

impl Play<'_> {
    /// In the order of `CreatePolicy`, for of several errors the first is raised.
    pub(super) fn create_policy(&mut self, tree: &ast::CreatePolicy) -> Result<(), Stop> {
        let policy = name(tree.policy())?;
        let command = match tree.policy_command() {
            Some(written) => match part(written.command())? {
                Command::PolicyCommandAll(_) => "all",
                Command::PolicyCommandSelect(_) => "select",
                Command::PolicyCommandInsert(_) => "insert",
                Command::PolicyCommandUpdate(_) => "update",
                Command::PolicyCommandDelete(_) => "delete",
            },
            None => "all",
        };
        let permissive = match tree.as_policy_type().and_then(|it| it.ident_token()) {
            None => true,
            Some(word) if word.text().eq_ignore_ascii_case("permissive") => true,
            Some(word) if word.text().eq_ignore_ascii_case("restrictive") => false,
            Some(word) => {
                let message = format!("unrecognized row security option \"{}\"", word.text());
                return refused(SqlState::SYNTAX_ERROR, message);
            }
        };
        if ["select", "delete"].contains(&command) && tree.with_check_expr_clause().is_some() {
            return refused(SqlState::SYNTAX_ERROR, "WITH CHECK cannot be applied to SELECT or DELETE");
        }
        if command == "insert" && tree.using_expr_clause().is_some() {
            return refused(SqlState::SYNTAX_ERROR, "only WITH CHECK expression allowed for INSERT");
        }
        let roles = self.policy_roles(tree.policy_roles())?;
        let on = self.policy_table(tree.on_table())?;
        let using = self.policy_formula(on, tree.using_expr_clause().and_then(|it| it.expr()))?;
        let check = self.policy_formula(on, tree.with_check_expr_clause().and_then(|it| it.expr()))?;
        if self.catalog.policies_of(on).any(|it| *it.name == *policy) {
            return exists(&policy, part(self.catalog.relation(on))?);
        }
        let oid = self.catalog.allocate();
        let roles = roles.unwrap_or_else(|| vec!["public".into()]);
        let new = Policy { oid, name: policy.into(), on, command, permissive, roles, using, check };
        self.record_policy(&new);
        self.catalog.add_policy(new);
        Ok(())
    }

    pub(super) fn alter_policy(&mut self, tree: &ast::AlterPolicy) -> Result<(), Stop> {
        let policy = name(tree.policy_ref())?;
        match part(tree.action())? {
            ast::AlterPolicyAction::PolicyRenameTo(to) => {
                let on = self.policy_table(tree.on_table())?;
                let to = name(to.policy())?;
                if self.catalog.policies_of(on).any(|it| *it.name == *to) {
                    return exists(&to, part(self.catalog.relation(on))?);
                }
                let found = self.policy_named(on, &policy)?;
                if let Some(found) = self.catalog.policy_mut(found) {
                    found.name = to.into();
                }
                Ok(())
            }
            ast::AlterPolicyAction::AlterPolicyTo(to) => {
                let roles = self.policy_roles(to.policy_roles())?;
                let on = self.policy_table(tree.on_table())?;
                let using = self.policy_formula(on, to.using_expr_clause().and_then(|it| it.expr()))?;
                let check = self.policy_formula(on, to.with_check_expr_clause().and_then(|it| it.expr()))?;
                let found = self.policy_named(on, &policy)?;
                let mut altered = part(self.catalog.policy(found))?.clone();
                if ["select", "delete"].contains(&altered.command) && check.is_some() {
                    return refused(SqlState::SYNTAX_ERROR, "only USING expression allowed for SELECT, DELETE");
                }
                if altered.command == "insert" && using.is_some() {
                    return refused(SqlState::SYNTAX_ERROR, "only WITH CHECK expression allowed for INSERT");
                }
                altered.roles = roles.unwrap_or(altered.roles);
                altered.using = using.or(altered.using);
                altered.check = check.or(altered.check);
                self.record_policy(&altered);
                self.catalog.add_policy(altered);
                Ok(())
            }
        }
    }

    pub(super) fn drop_policy(&mut self, tree: &ast::DropPolicy) -> Result<(), Stop> {
        let policy = name(tree.policy_ref())?;
        let written = qualified(part(tree.on_table())?.table_name_ref())?;
        let if_exists = tree.if_exists().is_some();
        if if_exists && self.names.find(&self.catalog, Space::Relation, &written).is_none() {
            return Ok(());
        }
        let on = self.relation_found(&written)?;
        if if_exists && !self.catalog.policies_of(on).any(|it| *it.name == *policy) {
            return Ok(());
        }
        let found = self.policy_named(on, &policy)?;
        self.drop_objects(&[Address::of(Class::Policy, found)], behavior(tree.drop_behavior()))
    }

    /// Returns the policy that COMMENT ON names.
    pub(super) fn commented_policy(&mut self, on: &ast::ObjectPolicy) -> Result<Address, Stop> {
        let policy = name(on.policy_ref())?;
        let table = self.locked_relation(on.table_name_ref(), LockMode::AccessShare)?;
        Ok(Address::of(Class::Policy, self.policy_named(table, &policy)?))
    }

    fn policy_table(&mut self, on: Option<ast::OnTable>) -> Result<Oid, Stop> {
        let oid = self.relation_found(&qualified(part(on)?.table_name_ref())?)?;
        let relation = part(self.catalog.relation(oid))?;
        if !relation.is_table() {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a table", relation.name));
        }
        self.lock(oid, LockMode::AccessExclusive);
        Ok(oid)
    }

    fn policy_named(&self, on: Oid, policy: &str) -> Result<Oid, Stop> {
        match self.catalog.policies_of(on).find(|it| *it.name == *policy) {
            Some(found) => Ok(found.oid),
            None => {
                let table = part(self.catalog.relation(on))?;
                let message = format!("policy \"{policy}\" for table \"{}\" does not exist", table.name);
                refused(SqlState::UNDEFINED_OBJECT, message)
            }
        }
    }

    fn policy_formula(&mut self, on: Oid, expression: Option<ast::Expr>) -> Result<Option<Formula>, Stop> {
        let Some(expression) = expression else { return Ok(None) };
        let formula = self.formula_of_policy(&tree::text(&expression), part(self.catalog.relation(on))?)?;
        for query in formula.queries() {
            self.lock_read(query);
        }
        // What cannot be spelled could not be shown as Postgres shows it.
        let table = part(self.catalog.relation(on))?;
        Spelling { catalog: &self.catalog, names: &self.names }.condition(&formula, table)?;
        Ok(Some(formula))
    }

    /// Records what a policy stands on.
    fn record_policy(&mut self, policy: &Policy) {
        let address = Address::of(Class::Policy, policy.oid);
        self.catalog.dependencies.forget(address);
        self.catalog.dependencies.add(address, Address::of(Class::Relation, policy.on), Dependence::Auto);
        for column in policy.using.iter().chain(&policy.check).flat_map(|formula| &formula.columns) {
            self.catalog.dependencies.add(address, Address::column(policy.on, *column), Dependence::Normal);
        }
        for formula in policy.using.iter().chain(&policy.check) {
            self.depend_on_formula(address, formula);
            for query in formula.queries() {
                self.depend_on_query(address, query);
            }
        }
    }

    /// Returns the roles that a policy is for, as the document names them; none where none are named.
    fn policy_roles(&mut self, written: Option<ast::PolicyRoles>) -> Result<Option<Vec<Arc<str>>>, Stop> {
        let Some(list) = written.and_then(|written| written.role_ref_list()) else { return Ok(None) };
        let mut roles: Vec<Arc<str>> = Vec::new();
        for role in list.role_refs() {
            match self.role(&role)? {
                Role::Public => roles.push("public".into()),
                Role::Named(name) => roles.push(quote_identifier_of(self.catalog.version(), &name).into()),
                Role::Own => return unknown("the name of the role that runs this"),
            }
        }
        // Who is for all is for each.
        if roles.iter().any(|role| **role == *"public") {
            roles = vec!["public".into()];
        }
        Ok(Some(roles))
    }
}

fn exists(policy: &str, table: &Relation) -> Result<(), Stop> {
    let message = format!("policy \"{policy}\" for table \"{}\" already exists", table.name);
    refused(SqlState::DUPLICATE_OBJECT, message)
}
