//! `SET`, `RESET`: of all settings only `search_path` changes what statements mean here.

use super::syntax::part;
use super::{Play, Stop, unknown};
use crate::catalog::Names;
use crate::sql::ast::{self, AstNode};
use crate::sql::tree;

/// Settings whose values change nothing that is played here.
const HARMLESS: [&str; 21] = [
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "client_min_messages",
    "work_mem",
    "maintenance_work_mem",
    "client_encoding",
    "standard_conforming_strings",
    "xmloption",
    "row_security",
    "default_table_access_method",
    "application_name",
    "timezone",
    "synchronous_commit",
    "max_parallel_maintenance_workers",
    "log_statement",
    "deadlock_timeout",
    "datestyle",
    "intervalstyle",
    "jit",
    "session_replication_role",
];

impl Play<'_> {
    pub(super) fn set_setting(&mut self, tree: &ast::Set) -> Result<(), Stop> {
        let config = match part(tree.set_target())? {
            ast::SetTarget::SetConfig(config) => config,
            ast::SetTarget::SetTimeZone(_) => return Ok(()),
            _ => return unknown("this form of SET is outside the model"),
        };
        let name = part(tree::parts(&part(config.config_parameter_ref())?))?.join(".");
        if HARMLESS.contains(&name.as_str()) {
            return Ok(());
        }
        if name == "check_function_bodies" {
            let word = tree::words(&config).pop().unwrap_or_default();
            self.check_bodies = match word.trim_matches('\'').to_ascii_lowercase().as_str() {
                "off" | "false" | "no" | "0" => false,
                "on" | "true" | "yes" | "1" | "default" => true,
                _ => return unknown("a value that is not read here"),
            };
            return Ok(());
        }
        if name != "search_path" {
            return unknown("what this setting changes");
        }
        let Some(ast::ConfigAssignment::ToConfigValue(value)) = config.config_assignment() else {
            return unknown("this form of SET is outside the model");
        };
        let mut path = Vec::new();
        for value in value.config_values() {
            match value {
                ast::ConfigValue::Literal(literal) => path.push(part(literal.string_value())?),
                ast::ConfigValue::ConfigValueName(name) => path.push(super::syntax::name(Some(name))?),
                ast::ConfigValue::PrefixExpr(_) => return unknown("a value that is not read here"),
            }
        }
        if value.default_token().is_some() {
            path = default_path();
        }
        // There is no schema named like the role unless somebody makes one.
        path.retain(|name| name != "$user" && !name.is_empty());
        self.names = Names::of(path);
        Ok(())
    }

    pub(super) fn reset_setting(&mut self, tree: &ast::Reset) -> Result<(), Stop> {
        let target = part(tree.reset_target())?;
        let name = tree::parts(&target).unwrap_or_default().join(".");
        let is_path = matches!(target, ast::ResetTarget::All(_)) || name == "search_path";
        if matches!(target, ast::ResetTarget::All(_)) || name == "check_function_bodies" {
            self.check_bodies = true;
        }
        if is_path {
            self.names = Names::of(default_path());
        } else if name != "check_function_bodies"
            && !HARMLESS.contains(&name.as_str())
            && !target.syntax().text().to_string().is_empty()
        {
            return unknown("what this setting changes");
        }
        Ok(())
    }
}

/// Where names are looked for unless a statement says otherwise.
pub(super) fn default_path() -> Vec<String> {
    vec!["public".to_owned()]
}
