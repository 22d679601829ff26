//! Triggers, as `pg_get_triggerdef` spells them, policies, and rules.

use super::Reflection;
use super::functions::quoted;
use crate::PostgresVersion;
use crate::catalog::types::{OwnType, Types};
use crate::catalog::{self, Address, Class, Enabled, Oid, QualifiedName, Space, Timing, Type};
use crate::document::schema::{Deferrable, Definition, Policy, Table, Trigger};
use crate::expression::{self, spell};

impl Reflection<'_> {
    pub(super) fn triggers(&self, table: &mut Table, relation: Oid) {
        table.triggers.extend(self.catalog.triggers_of(relation).map(|trigger| Trigger {
            name: self.quoted(&trigger.name).into_owned(),
            definition: self.trigger_definition(trigger),
            enabled: enabled(trigger.enabled),
            inherited: trigger.parent.is_some(),
            comment: self.comment(Address::of(Class::Trigger, trigger.oid)),
        }));
    }

    pub(super) fn policies(&self, table: &mut Table, relation: Oid) {
        let condition = |formula: &catalog::Formula| {
            let on = self.catalog.relation(relation);
            let spelled = on.and_then(|on| self.spelling().condition(formula, on).ok());
            spelled.unwrap_or_else(|| formula.written.to_string())
        };
        table.policies.extend(self.catalog.policies_of(relation).map(|policy| Policy {
            name: self.quoted(&policy.name).into_owned(),
            command: policy.command.to_owned(),
            permissive: policy.permissive,
            roles: policy.roles.iter().map(|role| self.quoted(role).into_owned()).collect(),
            using: policy.using.as_ref().map(condition),
            check: policy.check.as_ref().map(condition),
            comment: self.comment(Address::of(Class::Policy, policy.oid)),
        }));
    }

    pub(super) fn rules(&self, table: &mut Table, relation: Oid) {
        table.rules.extend(self.catalog.rules_of(relation).map(|rule| Definition {
            name: self.quoted(&rule.name).into_owned(),
            definition: self.spelling().rule(rule).unwrap_or_else(|_| rule.written.to_string()),
            inherited: false,
            enabled: enabled(rule.enabled),
            comment: self.comment(Address::of(Class::Rule, rule.oid)),
        }));
    }

    fn trigger_definition(&self, trigger: &catalog::Trigger) -> String {
        let constraint = if trigger.constraint.is_some() { "CONSTRAINT " } else { "" };
        let timing = match trigger.timing {
            Timing::Before => "BEFORE",
            Timing::After => "AFTER",
            Timing::InsteadOf => "INSTEAD OF",
        };
        let mut text = format!(
            "CREATE {constraint}TRIGGER {} {timing} {} ON {} ",
            self.quoted(&trigger.name),
            self.events(trigger),
            self.qualified(trigger.on)
        );
        if let Some(constraint) = &trigger.constraint {
            if let Some(from) = constraint.from {
                text.push_str(&format!("FROM {} ", self.found_without_schema(from)));
            }
            text.push_str(match constraint.deferrable {
                None => "NOT DEFERRABLE INITIALLY IMMEDIATE ",
                Some(Deferrable::Immediate) => "DEFERRABLE INITIALLY IMMEDIATE ",
                Some(Deferrable::Deferred) => "DEFERRABLE INITIALLY DEFERRED ",
            });
        }
        if trigger.old_table.is_some() || trigger.new_table.is_some() {
            text.push_str("REFERENCING ");
            for (word, name) in [("OLD", &trigger.old_table), ("NEW", &trigger.new_table)] {
                if let Some(name) = name {
                    text.push_str(&format!("{word} TABLE AS {} ", self.quoted(name)));
                }
            }
        }
        text.push_str(if trigger.each_row { "FOR EACH ROW " } else { "FOR EACH STATEMENT " });
        if let Some(when) = &trigger.when {
            let rows = Rows { reflection: self, on: trigger.on };
            let when = spell(&when.tree, &rows).unwrap_or_else(|_| when.written.to_string());
            text.push_str(&format!("WHEN ({when}) "));
        }
        let arguments: Vec<String> = trigger.arguments.iter().map(|argument| quoted(argument)).collect();
        text.push_str(&format!("EXECUTE FUNCTION {}({})", self.called(trigger.function), arguments.join(", ")));
        text
    }

    fn events(&self, trigger: &catalog::Trigger) -> String {
        let columns = self.columns(trigger.on, &trigger.columns);
        let update = if columns.is_empty() { "UPDATE".to_owned() } else { format!("UPDATE OF {}", columns.join(", ")) };
        let events = [
            (trigger.events.insert, "INSERT"),
            (trigger.events.delete, "DELETE"),
            (trigger.events.update, update.as_str()),
            (trigger.events.truncate, "TRUNCATE"),
        ];
        let events: Vec<&str> = events.into_iter().filter_map(|(fires, event)| fires.then_some(event)).collect();
        events.join(" OR ")
    }

    /// Returns a relation with its schema only where it is not found without.
    fn found_without_schema(&self, oid: Oid) -> String {
        let Some(relation) = self.catalog.relation(oid) else { return String::new() };
        let bare = QualifiedName { schema: None, name: relation.name.to_string() };
        match self.names.find(self.catalog, Space::Relation, &bare) == Some(oid) {
            true => self.quoted_name(None, &relation.name),
            false => self.qualified(oid),
        }
    }

    /// Returns a function without arguments as a call of it is spelled.
    fn called(&self, oid: Oid) -> String {
        let Some(routine) = self.catalog.routine(oid) else { return String::new() };
        let bare = QualifiedName { schema: None, name: routine.name.to_string() };
        let found = self.names.functions(self.catalog, &bare).into_iter().flatten();
        let is_found = found.into_iter().find(|it| it.arguments.is_empty()).is_some_and(|it| it.oid == oid);
        let schema = (!is_found).then(|| self.catalog.schema_name(routine.schema));
        self.quoted_name(schema, &routine.name)
    }
}

fn enabled(in_sessions: Enabled) -> Option<String> {
    match in_sessions {
        Enabled::Origin => None,
        Enabled::Disabled => Some("disabled".to_owned()),
        Enabled::Replica => Some("replica".to_owned()),
        Enabled::Always => Some("always".to_owned()),
    }
}

/// Names the columns that the condition of a trigger mentions.
struct Rows<'a> {
    reflection: &'a Reflection<'a>,
    /// The relation of both rows.
    on: Oid,
}

impl Types for Rows<'_> {
    fn version(&self) -> PostgresVersion {
        self.reflection.version()
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        self.reflection.own(oid)
    }
}

impl expression::Names for Rows<'_> {
    fn column(&self, _: Oid, number: i16) -> Option<String> {
        expression::Names::column(self.reflection, self.on, number)
    }

    fn row(&self, relation: Oid) -> Option<&'static str> {
        Some(if relation == catalog::OLD { "old" } else { "new" })
    }

    fn own_type(&self, of: Type) -> Option<String> {
        self.reflection.own_type(of)
    }

    fn own_function(&self, oid: Oid) -> Option<String> {
        self.reflection.own_function(oid)
    }

    fn relation(&self, oid: Oid) -> Option<String> {
        expression::Names::relation(self.reflection, oid)
    }
}
