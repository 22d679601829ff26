//! `CREATE RULE`, `ALTER RULE`, `DROP RULE`, and ENABLE and DISABLE RULE of ALTER TABLE

use std::sync::Arc;

use super::syntax::{behavior, name, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::query::{Body, Query, Source, SourceOf};
use crate::catalog::{
    Action, Address, Changing, Class, Dependence, Enabled, Form, Formula, NEW, OF_VIEW, OLD, Oid, Relation,
    RelationKind, Rule, RuleEvent, Space, SqlState, Type, row_columns,
};
use crate::expression::Spelling;
use crate::query::{Arbiter, Change, Reading, Rows};
use crate::sql::ast::{self, AlterTableAction};
use crate::sql::tree;

/// A rule as it is written.
struct Written {
    name: String,
    on: Relation,
    /// None is SELECT.
    event: Option<RuleEvent>,
    instead: bool,
    condition: Option<Formula>,
    actions: Vec<Action>,
}

impl Play<'_> {
    /// In the order of `transformRuleStmt` and `DefineQueryRewrite`, for of several errors the first is raised.
    pub(super) fn create_rule(&mut self, tree: &ast::CreateRule) -> Result<(), Stop> {
        let (on, does) = (part(tree.rule_on())?, part(tree.rule_do())?);
        let event = part(on.rule_event())?;
        let event = match () {
            () if event.insert_token().is_some() => Some(RuleEvent::Insert),
            () if event.update_token().is_some() => Some(RuleEvent::Update),
            () if event.delete_token().is_some() => Some(RuleEvent::Delete),
            () => None,
        };
        let table = self.locked_relation(on.relation_name_ref(), LockMode::AccessExclusive)?;
        let relation = part(self.catalog.relation(table))?.clone();
        match relation.kind {
            RelationKind::MaterializedView(_) => {
                return refused(SqlState::FEATURE_NOT_SUPPORTED, "rules on materialized views are not supported");
            }
            RelationKind::Index(_) | RelationKind::Composite => {
                let message = format!("cannot open relation \"{}\"", relation.name);
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
            RelationKind::Sequence(_) if on.where_clause().is_some() => return unknown("a condition over a sequence"),
            _ => {}
        }
        let condition = match on.where_clause() {
            Some(clause) => {
                let formula = self.formula_of_rule(&tree::text(&part(clause.expr())?), &relation, event)?;
                formula.queries().into_iter().for_each(|query| self.lock_read(query));
                Some(formula)
            }
            None => None,
        };
        let mut actions = Vec::new();
        for statement in statements(&does)? {
            actions.push(self.action(&statement, &relation, event, condition.as_ref())?);
        }
        let name = name(tree.rule())?;
        let instead = does.instead_token().is_some();
        let written = Written { name, on: relation, event, instead, condition, actions };
        if matches!(written.on.kind, RelationKind::Sequence(_)) {
            return cannot_have_rules(&written.on);
        }
        let Some(event) = written.event else {
            return self.rule_of_view(&written, tree.or_replace().is_some());
        };
        self.gives_back(&written)?;
        if written.name == OF_VIEW {
            let message = format!("non-view rule for \"{}\" must not be named \"{OF_VIEW}\"", written.on.name);
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        let existing = self.catalog.rules_of(table).find(|it| *it.name == *written.name).cloned();
        if existing.is_some() && tree.or_replace().is_none() {
            return exists(&written.name, &written.on);
        }
        let rule = Rule {
            oid: existing.as_ref().map_or_else(|| self.catalog.allocate(), |existing| existing.oid),
            name: written.name.into(),
            on: table,
            event,
            instead: written.instead,
            condition: written.condition,
            actions: written.actions,
            enabled: existing.map(|existing| existing.enabled).unwrap_or_default(),
            written: tree::text(&does).into(),
        };
        // What cannot be spelled could not be shown as Postgres shows it.
        Spelling { catalog: &self.catalog, names: &self.names }.rule(&rule)?;
        self.record_table_rule(&rule);
        self.catalog.set_rule(rule);
        Ok(())
    }

    /// Reads an action, and refuses what it may not be.
    fn action(
        &mut self,
        tree: &ast::RuleStmt,
        on: &Relation,
        event: Option<RuleEvent>,
        condition: Option<&Formula>,
    ) -> Result<Action, Stop> {
        let invalid = |message: &str| refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        let action = match tree {
            ast::RuleStmt::Notify(_) if condition.is_some() => {
                let message = "rules with WHERE conditions can only have SELECT, INSERT, UPDATE, or DELETE actions";
                return invalid(message);
            }
            ast::RuleStmt::Notify(notify) => {
                let channel = name(notify.channel_ref())?;
                let payload = notify.literal().map(|literal| part(literal.string_value())).transpose()?;
                return Ok(Action::Notify(channel.into(), payload.map(Into::into)));
            }
            ast::RuleStmt::SelectVariant(ast::SelectVariant::SelectInto(_)) => {
                return unknown("a rule that makes a table");
            }
            other => {
                let written = tree::text(other);
                if written.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("with")) {
                    return unknown("WITH in a rule");
                }
                let reading = self.reading_of_rule(&written, on)?;
                self.lock_reading(&reading);
                self.kept(reading)?
            }
        };
        let sets = action.read().is_some_and(|query| matches!(query.body, Body::Set(_)));
        let unsupported = "conditional UNION/INTERSECT/EXCEPT statements are not implemented";
        let (has_old, has_new) = action.mentions();
        if sets && (has_old || has_new) {
            let message = "UNION/INTERSECT/EXCEPT member statement cannot refer to other relations of same query level";
            return refused(SqlState("42P10"), message);
        }
        if sets && condition.is_some() {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, unsupported);
        }
        let rows = condition.map(|condition| row_columns(&condition.tree)).unwrap_or_default();
        let of_condition = |row: Oid| rows.iter().any(|(of, _)| *of == row);
        let (has_old, has_new) = (has_old || of_condition(OLD), has_new || of_condition(NEW));
        match event {
            None if has_old => invalid("ON SELECT rule cannot use OLD"),
            None if has_new => invalid("ON SELECT rule cannot use NEW"),
            Some(RuleEvent::Insert) if has_old => invalid("ON INSERT rule cannot use OLD"),
            Some(RuleEvent::Delete) if has_new => invalid("ON DELETE rule cannot use NEW"),
            _ => Ok(action),
        }
    }

    /// Returns what was read as the catalog keeps it.
    fn kept(&self, reading: Reading) -> Result<Action, Stop> {
        let Reading { mut query, changes } = reading;
        let mut with_queries = 0;
        query.visit_queries(&mut |query| with_queries += query.with.len());
        let Some(change) = changes.into_iter().next() else {
            return match with_queries {
                0 => Ok(Action::Query(Arc::new(query))),
                _ => unknown("WITH in a rule"),
            };
        };
        let given = match (&change.rows, query.with.len()) {
            (Rows::Query(_), 1) => query.with.pop().map(|common| common.query),
            _ => None,
        };
        if with_queries > usize::from(given.is_some()) {
            return unknown("WITH in a rule");
        }
        if !matches!(change.arbiter, Arbiter::None) || change.updates.is_some() && !matches!(change.rows, Rows::None) {
            return unknown("ON CONFLICT in a rule");
        }
        let Change { target, rows, inserts, assigned, together, number, alias, deletes, .. } = change;
        let form = match (rows, given) {
            (Rows::Written(rows), _) => {
                let values = |row: Vec<(i16, Option<_>)>| row.into_iter().map(|(_, value)| value).collect();
                Form::Insert(inserts, rows.into_iter().map(values).collect())
            }
            (Rows::Query(_), Some(given)) => Form::InsertQuery(inserts, Box::new(given)),
            (Rows::Query(_), None) | (Rows::Merged(_), _) => return unknown("an INSERT of such a form"),
            (Rows::None, _) if deletes => Form::Delete,
            (Rows::None, _) if together => return unknown("a query that gives values to several columns"),
            (Rows::None, _) => Form::Update(assigned),
        };
        let relation = part(self.catalog.relation(target))?;
        let source = Source {
            number,
            name: Some(alias.clone().unwrap_or_else(|| Arc::clone(&relation.name))),
            named: alias.is_some(),
            renamed: Vec::new(),
            columns: relation.live().map(|it| (it.number, Arc::clone(&it.name), it.of)).collect(),
            lateral: false,
            of: SourceOf::Relation(target, false),
        };
        if let Body::Select(select) = &mut query.body {
            select.sources.insert(0, source);
        }
        Ok(Action::Change(Arc::new(Changing { target, query, form })))
    }

    /// A rule for SELECT is a view, and nothing else.
    fn rule_of_view(&self, written: &Written, replaces: bool) -> Result<(), Stop> {
        let unsupported = |message: &str| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        let is_view = matches!(written.on.kind, RelationKind::View(_));
        if !is_view && self.catalog.version() >= PostgresVersion::V16 {
            let message = format!("relation \"{}\" cannot have ON SELECT rules", written.on.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let query = match written.actions.as_slice() {
            [Action::Query(query)] if written.instead => query,
            [_, _, ..] => return unsupported("multiple actions for rules on SELECT are not implemented"),
            _ => return unsupported("rules on SELECT must have action INSTEAD SELECT"),
        };
        if written.condition.is_some() {
            return unsupported("event qualifications are not implemented for rules on SELECT");
        }
        fits(query, &written.on, true)?;
        if is_view && !replaces {
            let message = format!("\"{}\" is already a view", written.on.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        unknown("a rule that makes a table a view, or a view another one")
    }

    /// Refuses RETURNING where a rule cannot have it.
    fn gives_back(&self, written: &Written) -> Result<(), Stop> {
        let unsupported = |message: &str| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        let mut gives = false;
        for action in &written.actions {
            let Action::Change(change) = action else { continue };
            if change.query.outputs().next().is_none() {
                continue;
            }
            if gives {
                return unsupported("cannot have multiple RETURNING lists in a rule");
            }
            gives = true;
            if written.condition.is_some() {
                return unsupported("RETURNING lists are not supported in conditional rules");
            }
            if !written.instead {
                return unsupported("RETURNING lists are not supported in non-INSTEAD rules");
            }
            fits(&change.query, &written.on, false)?;
        }
        Ok(())
    }

    /// Records what a rule stands on.
    fn record_table_rule(&mut self, rule: &Rule) {
        let address = Address::of(Class::Rule, rule.oid);
        self.catalog.dependencies.forget(address);
        self.catalog.dependencies.add(address, Address::of(Class::Relation, rule.on), Dependence::Auto);
        let mut found = Vec::new();
        if let Some(condition) = &rule.condition {
            self.depend_on_formula(address, condition);
            found.extend(row_columns(&condition.tree).into_iter().map(|(row, column)| Address::column(row, column)));
            found.extend(condition.queries().into_iter().flat_map(Query::references));
        }
        found.extend(rule.actions.iter().flat_map(Action::references));
        for on in found {
            match on.class {
                Class::Type => self.catalog.depend_on_type(address, Type { oid: on.oid, modifier: -1 }),
                _ => {
                    let is_row = [OLD, NEW].contains(&on.oid);
                    let on = if is_row { Address::column(rule.on, on.column) } else { on };
                    if on.class == Class::Relation {
                        self.lock_mentioned(on.oid);
                    }
                    self.catalog.dependencies.add(address, on, Dependence::Normal);
                }
            }
        }
    }

    pub(super) fn drop_rule(&mut self, tree: &ast::DropRule) -> Result<(), Stop> {
        let rule = name(tree.rule_ref())?;
        let written = qualified(part(tree.on_relation())?.relation_name_ref())?;
        let if_exists = tree.if_exists().is_some();
        if if_exists && self.names.find(&self.catalog, Space::Relation, &written).is_none() {
            return Ok(());
        }
        let on = self.relation_found(&written)?;
        match self.rule_named(on, &rule) {
            Ok(found) => self.drop_objects(&[found], behavior(tree.drop_behavior())),
            Err(Stop::Refused(refusal)) if if_exists && refusal.sqlstate == SqlState::UNDEFINED_OBJECT => Ok(()),
            Err(stop) => Err(stop),
        }
    }

    pub(super) fn alter_rule(&mut self, tree: &ast::AlterRule) -> Result<(), Stop> {
        let from = name(tree.rule_ref())?;
        let to = name(part(tree.rule_rename_to())?.rule())?;
        let on = self.locked_relation(part(tree.on_relation())?.relation_name_ref(), LockMode::AccessExclusive)?;
        let relation = part(self.catalog.relation(on))?.clone();
        if !relation.is_table() && !matches!(relation.kind, RelationKind::View(_)) {
            return cannot_have_rules(&relation);
        }
        let found = self.rule_named(on, &from)?;
        if self.rule_named(on, &to).is_ok() {
            return exists(&to, &relation);
        }
        let Some(rule) = self.catalog.rule_mut(found.oid) else {
            return refused(SqlState::INVALID_OBJECT_DEFINITION, "renaming an ON SELECT rule is not allowed");
        };
        rule.name = to.as_str().into();
        match to == OF_VIEW {
            true if self.catalog.version() >= PostgresVersion::V18 => {
                let message = format!("non-view rule for \"{}\" must not be named \"{OF_VIEW}\"", relation.name);
                refused(SqlState::INVALID_OBJECT_DEFINITION, message)
            }
            true => unknown("a rule that is called as those of views"),
            false => Ok(()),
        }
    }

    /// `ENABLE RULE`, `DISABLE RULE` of ALTER TABLE; none when the action is another.
    pub(super) fn enable_rule(&mut self, table: Oid, action: &AlterTableAction) -> Option<Result<(), Stop>> {
        let (named, enabled) = match action {
            AlterTableAction::EnableRule(action) => (action.rule_ref(), Enabled::Origin),
            AlterTableAction::DisableRule(action) => (action.rule_ref(), Enabled::Disabled),
            AlterTableAction::EnableReplicaRule(action) => (action.rule_ref(), Enabled::Replica),
            AlterTableAction::EnableAlwaysRule(action) => (action.rule_ref(), Enabled::Always),
            _ => return None,
        };
        let found = name(named).and_then(|rule| self.rule_named(table, &rule));
        Some(found.map(|found| {
            if let Some(rule) = self.catalog.rule_mut(found.oid) {
                rule.enabled = enabled;
            }
        }))
    }

    /// Returns the rule that COMMENT ON names.
    pub(super) fn commented_rule(&mut self, on: &ast::ObjectRule) -> Result<Address, Stop> {
        let rule = name(on.rule_ref())?;
        let table = self.locked_relation(on.relation_name_ref(), LockMode::AccessShare)?;
        self.rule_named(table, &rule)
    }

    /// Returns the rule of a name, which may be that of a view.
    fn rule_named(&self, on: Oid, rule: &str) -> Result<Address, Stop> {
        let relation = part(self.catalog.relation(on))?;
        if matches!(relation.kind, RelationKind::Index(_) | RelationKind::Composite) {
            let message = format!("cannot open relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let of_view = relation.as_view().filter(|_| rule == OF_VIEW).map(|view| view.rule);
        let found = self.catalog.rules_of(on).find(|it| *it.name == *rule).map(|it| it.oid);
        match found.or(of_view) {
            Some(found) => Ok(Address::of(Class::Rule, found)),
            None => {
                let message = format!("rule \"{rule}\" for relation \"{}\" does not exist", relation.name);
                refused(SqlState::UNDEFINED_OBJECT, message)
            }
        }
    }
}

/// Returns the statements of a rule; none of NOTHING.
fn statements(does: &ast::RuleDo) -> Result<Vec<ast::RuleStmt>, Stop> {
    Ok(match part(does.rule_action())? {
        ast::RuleAction::Nothing(_) => Vec::new(),
        ast::RuleAction::RuleStmt(statement) => vec![statement],
        ast::RuleAction::RuleStmtList(list) => list.rule_stmts().collect(),
    })
}

/// Refuses outputs that are not the columns of the table. `checkRuleResultList`
fn fits(query: &Query, on: &Relation, selects: bool) -> Result<(), Stop> {
    let invalid = |message: String| refused(SqlState::INVALID_OBJECT_DEFINITION, message);
    let list = if selects { "SELECT rule's target list" } else { "RETURNING list" };
    let mut count = 0;
    for (at, target) in query.outputs().enumerate() {
        count = at + 1;
        let Some(column) = on.columns.get(at) else {
            return invalid(format!("{list} has too many entries"));
        };
        if column.dropped {
            let message = "cannot create a RETURNING list for a relation containing dropped columns";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if selects && target.name != column.name {
            return invalid(format!("{list} has a different column name from column \"{}\"", column.name));
        }
        let of = target.value.of;
        let same_length = of.modifier == column.of.modifier || of.modifier == -1 || column.of.modifier == -1;
        if of.oid != column.of.oid || !same_length {
            return invalid(format!("{list}'s entry {count} has a different type from column \"{}\"", column.name));
        }
    }
    if count < on.columns.len() {
        return invalid(format!("{list} has too few entries"));
    }
    Ok(())
}

fn cannot_have_rules(relation: &Relation) -> Result<(), Stop> {
    refused(SqlState::WRONG_OBJECT_TYPE, format!("relation \"{}\" cannot have rules", relation.name))
}

fn exists(rule: &str, relation: &Relation) -> Result<(), Stop> {
    let message = format!("rule \"{rule}\" for relation \"{}\" already exists", relation.name);
    refused(SqlState::DUPLICATE_OBJECT, message)
}
