//! `SET`, `RESET`: which settings change what statements mean, and what is known of that.

use super::syntax::part;
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Enabled, Names, SqlState};
use crate::sql::ast::{self, AstNode};
use crate::sql::tree;

/// Settings whose values change nothing that is played here.
const HARMLESS: [&str; 15] = [
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "client_min_messages",
    "work_mem",
    "maintenance_work_mem",
    "client_encoding",
    "xmloption",
    "row_security",
    "application_name",
    "synchronous_commit",
    "max_parallel_maintenance_workers",
    "log_statement",
    "deadlock_timeout",
    "jit",
];

/// As those, and since when there are some.
const LATER: [(&str, PostgresVersion); 3] = [
    ("idle_session_timeout", PostgresVersion::V14),
    ("transaction_timeout", PostgresVersion::V17),
    ("vacuum_truncate", PostgresVersion::V18),
];

/// Those of them whose values are times in milliseconds.
const TIMES: [&str; 3] = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"];

/// Settings that change what statements mean, with the values under which they mean what is played here.
const AS_PLAYED: [(&str, &[&str]); 4] = [
    ("standard_conforming_strings", &["on", "true"]),
    ("default_table_access_method", &["heap"]),
    ("timezone", &["utc", "etc/utc", "gmt"]),
    ("intervalstyle", &["postgres"]),
];

/// Settings of a session that change what statements do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switches {
    /// `check_function_bodies`
    pub(super) check_bodies: bool,
    /// TimeZone was set to UTC.
    pub(super) in_utc: bool,
    /// `session_replication_role` is `replica`: triggers and what stands on them are silent.
    pub(super) replicates: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { check_bodies: true, in_utc: false, replicates: false }
    }
}

impl Play<'_> {
    /// Returns whether what is enabled so fires in this session.
    pub(super) fn is_on(&self, enabled: Enabled) -> bool {
        enabled.fires(self.switches.replicates)
    }

    pub(super) fn set_setting(&mut self, tree: &ast::Set) -> Result<(), Stop> {
        refuse_no_time(tree)?;
        if matches!(tree.set_scope(), Some(ast::SetScope::LocalScope(_))) && self.new_from.is_none() {
            // Without a transaction there is nothing that it would be local to; Postgres warns.
            return Ok(());
        }
        let config = match part(tree.set_target())? {
            ast::SetTarget::SetConfig(config) => config,
            ast::SetTarget::SetTimeZone(zone) => {
                let word = tree::words(&zone).pop().unwrap_or_default();
                is_as_played("timezone", &word)?;
                self.switches.in_utc = true;
                return Ok(());
            }
            _ => return unknown("this form of SET is outside the model"),
        };
        let name = part(tree::parts(&part(config.config_parameter_ref())?))?.join(".");
        if HARMLESS.contains(&name.as_str()) {
            return Ok(());
        }
        if let Some((_, since)) = LATER.iter().find(|(setting, _)| *setting == name) {
            if self.catalog.version() >= *since {
                return Ok(());
            }
            let message = format!("unrecognized configuration parameter \"{name}\"");
            return refused(SqlState::UNDEFINED_OBJECT, message);
        }
        if AS_PLAYED.iter().any(|(setting, _)| *setting == name) {
            is_as_played(&name, &tree::words(&config).pop().unwrap_or_default())?;
            self.switches.in_utc |= name == "timezone";
            return Ok(());
        }
        if name == "check_function_bodies" {
            let word = tree::words(&config).pop().unwrap_or_default();
            self.switches.check_bodies = match word.trim_matches('\'').to_ascii_lowercase().as_str() {
                "off" | "false" | "no" | "0" => false,
                "on" | "true" | "yes" | "1" | "default" => true,
                _ => return unknown("a value that is not read here"),
            };
            return Ok(());
        }
        if name == "session_replication_role" {
            let word = tree::words(&config).pop().unwrap_or_default();
            self.switches.replicates = match word.trim_matches('\'').to_ascii_lowercase().as_str() {
                "replica" => true,
                "origin" | "local" | "default" => false,
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
        if matches!(target, ast::ResetTarget::All(_) | ast::ResetTarget::ResetTimeZone(_)) || name == "timezone" {
            self.switches.in_utc = false;
        }
        if matches!(target, ast::ResetTarget::All(_)) || name == "check_function_bodies" {
            self.switches.check_bodies = true;
        }
        if matches!(target, ast::ResetTarget::All(_)) || name == "session_replication_role" {
            self.switches.replicates = false;
        }
        if is_path {
            self.names = Names::of(default_path());
        } else if !["check_function_bodies", "session_replication_role"].contains(&name.as_str())
            && !HARMLESS.contains(&name.as_str())
            && !AS_PLAYED.iter().any(|(setting, _)| *setting == name)
            && !matches!(target, ast::ResetTarget::ResetTimeZone(_))
            && !target.syntax().text().to_string().is_empty()
        {
            return unknown("what this setting changes");
        }
        Ok(())
    }
}

/// Refuses a value of a setting for times that is no time; `parse_int`.
fn refuse_no_time(tree: &ast::Set) -> Result<(), Stop> {
    let Some(ast::SetTarget::SetConfig(config)) = tree.set_target() else { return Ok(()) };
    let name = part(tree::parts(&part(config.config_parameter_ref())?))?.join(".");
    if !TIMES.contains(&name.as_str()) {
        return Ok(());
    }
    let Some(ast::ConfigAssignment::ToConfigValue(value)) = config.config_assignment() else { return Ok(()) };
    if value.default_token().is_some() {
        return Ok(());
    }
    let mut values = value.config_values();
    let written = match (values.next(), values.next()) {
        (Some(ast::ConfigValue::Literal(literal)), None) => match tree::text(&literal) {
            text if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') => text,
            _ => part(literal.string_value())?,
        },
        (Some(value), None) => tree::text(&value),
        _ => return refused(SqlState::INVALID_PARAMETER_VALUE, format!("SET {name} takes only one argument")),
    };
    if is_no_time(&written) {
        let message = format!("invalid value for parameter \"{name}\": \"{written}\"");
        return refused(SqlState::INVALID_PARAMETER_VALUE, message);
    }
    Ok(())
}

/// Returns whether a text is certainly no time of up to 2^31 milliseconds. What `strtol` and `strtod` read beside
/// decimal digits is let be.
fn is_no_time(text: &str) -> bool {
    const UNITS: [(&str, f64); 7] =
        [("", 1.0), ("us", 0.001), ("ms", 1.0), ("s", 1e3), ("min", 6e4), ("h", 3.6e6), ("d", 8.64e7)];
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = unsigned.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = unsigned.strip_suffix(digits).unwrap_or_default();
    if number.is_empty() {
        return !["inf", "nan"].iter().any(|word| unsigned.to_ascii_lowercase().starts_with(word));
    }
    if digits.starts_with(['e', 'E', 'x', 'X']) {
        return false;
    }
    let unit = digits.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else { return true };
    let most = f64::from(i32::MAX) + 0.5;
    number.parse::<f64>().is_ok_and(|number| {
        let millis = number * factor;
        millis > most || (text.starts_with('-') && millis > 0.5)
    })
}

/// Refuses to judge what comes behind a value under which statements mean something else.
fn is_as_played(setting: &str, value: &str) -> Result<(), Stop> {
    let value = value.trim_matches('\'').to_ascii_lowercase();
    let known = AS_PLAYED.iter().find(|(name, _)| *name == setting);
    match known.is_some_and(|(_, values)| values.contains(&value.as_str())) {
        true => Ok(()),
        false => unknown("what statements mean under this setting"),
    }
}

/// Where names are looked for unless a statement says otherwise.
pub(super) fn default_path() -> Vec<String> {
    vec!["public".to_owned()]
}
