//! `CREATE TRIGGER`, `DROP TRIGGER`

use std::sync::Arc;

use super::constraint::Options;
use super::plpgsql::TRIGGER;
use super::syntax::{behavior, name, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, Class, Constraint, ConstraintKind, ConstraintTrigger, Dependence, Enabled, Events, Oid, QualifiedName,
    Relation, RelationKind, Space, SqlState, Timing, Trigger,
};
use crate::sql::ast::{self, AstNode};
use crate::sql::{fold, tree};

/// Functions for triggers that every database has.
const OF_POSTGRES: [&str; 3] =
    ["suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column"];

/// Columns that the condition of a trigger mentions.
#[derive(Default)]
struct Mentioned {
    old: bool,
    new: bool,
    /// NEW as a whole, or a generated column of it.
    new_generated: bool,
    columns: Vec<i16>,
}

/// The names under which a trigger sees the rows of before and after.
#[derive(Default)]
struct Transition {
    old: Option<Arc<str>>,
    new: Option<Arc<str>>,
}

impl Play<'_> {
    /// In the order of `CreateTriggerFiringOn`, for of several errors the first is raised.
    pub(super) fn create_trigger(&mut self, tree: &ast::CreateTrigger) -> Result<(), Stop> {
        let trigger_name = name(tree.trigger())?;
        let events: Vec<ast::TriggerEvent> =
            tree.trigger_event_list().into_iter().flat_map(|list| list.trigger_events()).collect();
        let (events, columns) = read_events(&events)?;
        let is_constraint = tree.constraint_token().is_some();
        let replaces = tree.or_replace().is_some();
        if replaces && is_constraint {
            let message = "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let options = Options::read(tree.constraint_options())?;
        if options.enforced.is_some() {
            let message = "constraint triggers cannot be marked ENFORCED or NOT ENFORCED";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let timing = match part(tree.timing())? {
            ast::Timing::TimingBefore(_) => Timing::Before,
            ast::Timing::TimingAfter(_) => Timing::After,
            ast::Timing::TimingInsteadOf(_) => Timing::InsteadOf,
        };
        let each_row = matches!(tree.trigger_level(), Some(ast::TriggerLevel::ForEachRow(_)));
        if is_constraint && (timing != Timing::After || !each_row) {
            return refused(SqlState::SYNTAX_ERROR, "a constraint trigger is AFTER and FOR EACH ROW");
        }
        let on = self.locked_relation(part(tree.on_relation())?.relation_name_ref(), LockMode::ShareRowExclusive)?;
        let relation = part(self.catalog.relation(on))?.clone();
        takes_triggers(&relation, timing, each_row, is_constraint, events)?;
        if relation.is_partitioned() && each_row && tree.referencing().is_some() {
            let message = "ROW triggers with transition tables are not supported on partitioned tables";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let from = match tree.from_table() {
            Some(from) => Some(self.locked_relation(from.table_name_ref(), LockMode::AccessShare)?),
            None => None,
        };
        let wrong = |message: &str| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        if each_row && events.truncate {
            return wrong("TRUNCATE FOR EACH ROW triggers are not supported");
        }
        if timing == Timing::InsteadOf {
            if !each_row {
                return wrong("INSTEAD OF triggers must be FOR EACH ROW");
            }
            if tree.when_condition().is_some() {
                return wrong("INSTEAD OF triggers cannot have WHEN conditions");
            }
            if !columns.is_empty() {
                return wrong("INSTEAD OF triggers cannot have column lists");
            }
        }
        let tables = match tree.referencing() {
            Some(written) => transition(&written, &relation, timing, events, !columns.is_empty(), each_row)?,
            None => Transition::default(),
        };
        let when = match tree.when_condition() {
            Some(when) => {
                let expression = part(when.expr())?;
                let mentioned = mentioned(&expression, &relation)?;
                check_condition(&mentioned, timing, events, each_row)?;
                Some(self.formula_of_trigger(&tree::text(&expression), &relation)?)
            }
            None => None,
        };
        let call = part(tree.call_expr())?;
        let function = self.trigger_function(&call)?;
        let arguments = call.arg_list().into_iter().flat_map(|list| list.args()).map(|it| argument(&it));
        let arguments: Vec<Arc<str>> = arguments.collect::<Result<_, _>>()?;
        let existing = self.catalog.triggers_of(on).find(|it| *it.name == *trigger_name).cloned();
        if let Some(existing) = &existing {
            if !replaces {
                let message = format!("trigger \"{trigger_name}\" for relation \"{}\" already exists", relation.name);
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
            if existing.parent.is_some() {
                let message = format!(
                    "trigger \"{trigger_name}\" for relation \"{}\" is an internal or a child trigger",
                    relation.name
                );
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
            if existing.constraint.is_some() {
                let message =
                    format!("trigger \"{trigger_name}\" for relation \"{}\" is a constraint trigger", relation.name);
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
        }
        if is_constraint && self.catalog.constraints_of(on).iter().any(|it| *it.name == *trigger_name) {
            let message = "duplicate key value violates unique constraint";
            return refused(SqlState::UNIQUE_VIOLATION, message);
        }
        let columns = numbers(&relation, &columns)?;
        let oid = existing.map_or_else(|| self.catalog.allocate(), |existing| existing.oid);
        let address = Address::of(Class::Trigger, oid);
        self.catalog.dependencies.forget(address);
        let constraint = is_constraint.then(|| {
            let constraint = self.catalog.allocate();
            ConstraintTrigger { oid: constraint, from, deferrable: options.deferrable }
        });
        if let Some(constraint) = &constraint {
            let part = Address::of(Class::Constraint, constraint.oid);
            self.catalog.dependencies.add(part, address, Dependence::Internal);
            self.catalog.add_constraint(Constraint {
                oid: constraint.oid,
                name: trigger_name.as_str().into(),
                on,
                kind: ConstraintKind::Trigger(oid),
                deferrable: options.deferrable,
                validated: true,
                enforced: true,
                local: true,
                inherited: 0,
                no_inherit: true,
                parent: None,
            });
        }
        let trigger = Trigger {
            oid,
            name: trigger_name.into(),
            on,
            timing,
            events,
            columns,
            each_row,
            constraint,
            old_table: tables.old,
            new_table: tables.new,
            when,
            function,
            arguments,
            enabled: Enabled::Origin,
            parent: None,
        };
        self.depend_as_trigger(&trigger);
        self.catalog.set_trigger(trigger.clone());
        self.clone_trigger_below(&trigger)
    }

    /// Records what a trigger stands on.
    pub(super) fn depend_as_trigger(&mut self, trigger: &Trigger) {
        let address = Address::of(Class::Trigger, trigger.oid);
        if self.catalog.routine(trigger.function).is_some() {
            self.catalog.dependencies.add(address, Address::of(Class::Routine, trigger.function), Dependence::Normal);
        }
        self.catalog.dependencies.add(address, Address::of(Class::Relation, trigger.on), Dependence::Auto);
        if let Some(from) = trigger.constraint.as_ref().and_then(|constraint| constraint.from) {
            self.catalog.dependencies.add(address, Address::of(Class::Relation, from), Dependence::Auto);
        }
        if let Some(when) = &trigger.when {
            self.depend_on_formula(address, when);
        }
        let of_condition = trigger.when.iter().flat_map(|when| &when.columns);
        for column in of_condition.chain(&trigger.columns).filter(|column| **column > 0) {
            self.catalog.dependencies.add(address, Address::column(trigger.on, *column), Dependence::Normal);
        }
    }

    pub(super) fn drop_trigger(&mut self, tree: &ast::DropTrigger) -> Result<(), Stop> {
        let trigger_name = name(tree.trigger_ref())?;
        let written = qualified(part(tree.on_relation())?.relation_name_ref())?;
        let if_exists = tree.if_exists().is_some();
        if if_exists && self.names.find(&self.catalog, Space::Relation, &written).is_none() {
            return Ok(());
        }
        let on = self.relation_found(&written)?;
        let found = self.catalog.triggers_of(on).find(|it| *it.name == *trigger_name).map(|it| it.oid);
        match found {
            Some(oid) => {
                self.lock(on, LockMode::AccessExclusive);
                self.drop_objects(&[Address::of(Class::Trigger, oid)], behavior(tree.drop_behavior()))
            }
            None if if_exists => Ok(()),
            None => no_such_trigger(&trigger_name, part(self.catalog.relation(on))?),
        }
    }

    /// Returns the trigger that COMMENT ON names.
    pub(super) fn commented_trigger(&mut self, on: &ast::ObjectTrigger) -> Result<Address, Stop> {
        let trigger = name(on.trigger_ref())?;
        let oid = self.locked_relation(on.relation_name_ref(), LockMode::AccessShare)?;
        match self.catalog.triggers_of(oid).find(|it| *it.name == *trigger) {
            Some(found) => Ok(Address::of(Class::Trigger, found.oid)),
            None => no_such_trigger(&trigger, part(self.catalog.relation(oid))?),
        }
    }

    /// Finds a relation and locks it.
    pub(super) fn locked_relation(&mut self, written: Option<impl AstNode>, mode: LockMode) -> Result<Oid, Stop> {
        let oid = self.relation_found(&qualified(written)?)?;
        self.lock(oid, mode);
        Ok(oid)
    }

    /// Returns the relation of a name. A schema that is not there is named before a relation that is not.
    pub(super) fn relation_found(&self, written: &QualifiedName) -> Result<Oid, Stop> {
        if let Some(schema) = &written.schema {
            crate::catalog::schema_named(&self.catalog, schema)?;
        }
        Ok(self.names.relation(&self.catalog, written)?)
    }

    fn trigger_function(&self, call: &ast::CallExpr) -> Result<Oid, Stop> {
        let written = qualified(call.expr())?;
        if let Some(schema) = &written.schema {
            crate::catalog::schema_named(&self.catalog, schema)?;
        }
        let found = self.names.functions(&self.catalog, &written);
        let Some(function) = found.into_iter().flatten().find(|it| it.arguments.is_empty()) else {
            if OF_POSTGRES.contains(&written.name.as_str()) {
                return unknown("a trigger function of Postgres's own");
            }
            return Err(self.no_function(format!("function {}() does not exist", written.name)));
        };
        if function.result != TRIGGER {
            let message = format!("function {} must return type trigger", written.name);
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        Ok(function.oid)
    }
}

/// Returns the events of a trigger, and the columns of `UPDATE OF`.
fn read_events(written: &[ast::TriggerEvent]) -> Result<(Events, Vec<String>), Stop> {
    let (mut events, mut columns) = (Events::default(), Vec::new());
    for event in written {
        let seen = match event {
            ast::TriggerEvent::TriggerEventInsert(_) => &mut events.insert,
            ast::TriggerEvent::TriggerEventDelete(_) => &mut events.delete,
            ast::TriggerEvent::TriggerEventTruncate(_) => &mut events.truncate,
            ast::TriggerEvent::TriggerEventUpdate(event) => {
                columns = super::syntax::names(event.column_name_refs())?;
                &mut events.update
            }
        };
        if std::mem::replace(seen, true) {
            return refused(SqlState::SYNTAX_ERROR, "duplicate trigger events specified");
        }
    }
    Ok((events, columns))
}

/// Refuses a trigger that this kind of relation cannot have.
fn takes_triggers(
    relation: &Relation,
    timing: Timing,
    each_row: bool,
    is_constraint: bool,
    events: Events,
) -> Result<(), Stop> {
    let wrong = |what: &str| {
        refused(
            SqlState::WRONG_OBJECT_TYPE,
            format!("\"{}\" is a {}: it cannot have {what}", relation.name, relation.word()),
        )
    };
    match relation.kind {
        RelationKind::Table | RelationKind::Partitioned(_) if timing == Timing::InsteadOf => {
            wrong("INSTEAD OF triggers")
        }
        RelationKind::Partitioned(_) if each_row && is_constraint => {
            unknown("a constraint trigger of a partitioned table")
        }
        RelationKind::Table | RelationKind::Partitioned(_) => Ok(()),
        RelationKind::View(_) if timing != Timing::InsteadOf && each_row => wrong("row-level BEFORE or AFTER triggers"),
        RelationKind::View(_) if events.truncate => wrong("TRUNCATE triggers"),
        RelationKind::View(_) if is_constraint => wrong("constraint triggers"),
        RelationKind::View(_) => Ok(()),
        _ => cannot_have_triggers(relation),
    }
}

pub(super) fn cannot_have_triggers<T>(relation: &Relation) -> Result<T, Stop> {
    refused(SqlState::WRONG_OBJECT_TYPE, format!("relation \"{}\" cannot have triggers", relation.name))
}

pub(super) fn no_such_trigger<T>(trigger: &str, relation: &Relation) -> Result<T, Stop> {
    let message = format!("trigger \"{trigger}\" for table \"{}\" does not exist", relation.name);
    refused(SqlState::UNDEFINED_OBJECT, message)
}

/// Reads `REFERENCING`.
fn transition(
    written: &ast::Referencing,
    relation: &Relation,
    timing: Timing,
    events: Events,
    has_columns: bool,
    each_row: bool,
) -> Result<Transition, Stop> {
    let wrong = |message: &str| refused(SqlState::INVALID_OBJECT_DEFINITION, message);
    let unsupported = |message: &str| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
    let mut tables = Transition::default();
    let count = usize::from(events.insert) + usize::from(events.update) + usize::from(events.delete);
    for table in written.referencing_tables() {
        let (is_new, named) = match &table {
            ast::ReferencingTable::NewTable(table) => (true, name(table.transition_relation_name())?),
            ast::ReferencingTable::OldTable(table) => (false, name(table.transition_relation_name())?),
        };
        if matches!(relation.kind, RelationKind::View(_)) {
            let message = format!("\"{}\" is a view: triggers on views cannot have transition tables", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if each_row && !relation.parents.is_empty() {
            return unsupported("ROW triggers with transition tables are not supported on children");
        }
        if timing != Timing::After {
            return wrong("transition table name can only be specified for an AFTER trigger");
        }
        if events.truncate {
            return unsupported("TRUNCATE triggers with transition tables are not supported");
        }
        if count > 1 {
            return unsupported("transition tables cannot be specified for triggers with more than one event");
        }
        if has_columns {
            return unsupported("transition tables cannot be specified for triggers with column lists");
        }
        let (kept, fits, word, statements) = match is_new {
            true => (&mut tables.new, events.insert || events.update, "NEW", "an INSERT or UPDATE"),
            false => (&mut tables.old, events.delete || events.update, "OLD", "a DELETE or UPDATE"),
        };
        if !fits {
            return wrong(&format!("{word} TABLE can only be specified for {statements} trigger"));
        }
        if kept.replace(named.as_str().into()).is_some() {
            return wrong(&format!("{word} TABLE cannot be specified multiple times"));
        }
    }
    if tables.old.is_some() && tables.old == tables.new {
        return wrong("OLD TABLE name and NEW TABLE name cannot be the same");
    }
    Ok(tables)
}

/// Returns what the condition of a trigger mentions.
fn mentioned(condition: &ast::Expr, relation: &Relation) -> Result<Mentioned, Stop> {
    let mut found = Mentioned::default();
    let is = |word: &str, text: &str| word.eq_ignore_ascii_case(text);
    if tree::words(condition).iter().any(|word| is(word, "select")) {
        return refused(SqlState::FEATURE_NOT_SUPPORTED, "cannot use subquery in trigger WHEN condition");
    }
    for node in condition.syntax().descendants().filter_map(ast::NameRef::cast) {
        let Some(parent) = node.syntax().parent() else { continue };
        // The name of a function, or of the schema before it.
        let is_called = parent.ancestors().take_while(|it| ast::FieldExpr::can_cast(it.kind())).last();
        let is_called = is_called.and_then(|it| it.parent()).or_else(|| Some(parent.clone()));
        let text = tree::text(&node);
        let is_row = is(&text, "old") || is(&text, "new");
        if !is_row && is_called.is_some_and(|it| ast::CallExpr::can_cast(it.kind())) {
            continue;
        }
        let is_field_of = ast::FieldExpr::cast(parent.clone());
        let first = is_field_of.as_ref().and_then(|field| field.syntax().children().find_map(ast::NameRef::cast));
        if first.as_ref().is_some_and(|first| first.syntax() != node.syntax()) {
            continue;
        }
        if !is_row {
            let name = fold(&text).unwrap_or_default();
            return match (is_field_of, relation.column(&name)) {
                (Some(_), _) => {
                    refused(SqlState::UNDEFINED_TABLE, format!("missing FROM-clause entry for table \"{name}\""))
                }
                (None, Some(_)) => refused(SqlState("42702"), format!("column reference \"{name}\" is ambiguous")),
                (None, None) => unknown("a name in the condition of a trigger"),
            };
        }
        let of_new = is(&text, "new");
        if of_new {
            found.new = true;
        } else {
            found.old = true;
        }
        let column = is_field_of.and_then(|field| field.syntax().children().filter_map(ast::NameRef::cast).nth(1));
        let Some(column) = column else {
            found.new_generated |= of_new && relation.live().any(is_generated);
            continue;
        };
        let column = fold(&tree::text(&column)).unwrap_or_default();
        let Some(known) = relation.column(&column) else {
            if super::column::may_be_named(&column).is_err() {
                return unknown("a system column in the condition of a trigger");
            }
            let message = format!("column {}.{column} does not exist", text.to_ascii_lowercase());
            return refused(SqlState::UNDEFINED_COLUMN, message);
        };
        found.new_generated |= of_new && is_generated(known);
        found.columns.push(known.number);
    }
    found.columns.sort_unstable();
    found.columns.dedup();
    Ok(found)
}

fn is_generated(column: &crate::catalog::Column) -> bool {
    column.default.as_ref().is_some_and(|default| default.generated)
}

fn check_condition(mentioned: &Mentioned, timing: Timing, events: Events, each_row: bool) -> Result<(), Stop> {
    let wrong = |message: &str| refused(SqlState::INVALID_OBJECT_DEFINITION, message);
    if (mentioned.old || mentioned.new) && !each_row {
        return wrong("statement trigger's WHEN condition cannot reference column values");
    }
    if mentioned.old && events.insert {
        return wrong("INSERT trigger's WHEN condition cannot reference OLD values");
    }
    if mentioned.new && events.delete {
        return wrong("DELETE trigger's WHEN condition cannot reference NEW values");
    }
    if mentioned.new_generated && timing == Timing::Before {
        return wrong("BEFORE trigger's WHEN condition cannot reference NEW generated columns");
    }
    Ok(())
}

fn numbers(relation: &Relation, columns: &[String]) -> Result<Vec<i16>, Stop> {
    let mut numbers = Vec::with_capacity(columns.len());
    for column in columns {
        let Some(number) = relation.column(column).map(|it| it.number) else {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_COLUMN, message);
        };
        if numbers.contains(&number) {
            let message = format!("column \"{column}\" specified more than once");
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
        numbers.push(number);
    }
    Ok(numbers)
}

/// Returns an argument of a trigger's function: whatever is written, it is a text.
fn argument(written: &ast::Arg) -> Result<Arc<str>, Stop> {
    let text = tree::text(written);
    let literal = written.syntax().children().find_map(ast::Literal::cast);
    if let Some(text) = literal.filter(|_| text.contains(['\'', '$'])).and_then(|literal| literal.string_value()) {
        return Ok(text.into());
    }
    if let Some(name) = fold(&text) {
        return Ok(name.into());
    }
    let is_number = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    match text.parse::<i32>() {
        Ok(number) if is_number => Ok(number.to_string().into()),
        _ if is_number => Ok(text.into()),
        _ => unknown("an argument of a trigger that is not read here"),
    }
}
