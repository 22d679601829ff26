//! `SELECT`, `INSERT`, `UPDATE`, `DELETE`

use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::expression::{Expression, Node, Value};
use crate::catalog::function::{Volatility, builtin_name};
use crate::catalog::query::{Body, From, JoinKind, Query, SourceOf};
use crate::catalog::{
    Body as RoutineBody, ConstraintKind, Events, Index, IndexKey, KeyOf, Oid, Placed, Relation, RelationKind, Rows,
    SqlState, Timing, Trigger,
};
use crate::document::schema::Action;
use crate::query::{Arbiter, Change, Rows as Inserted};

/// What `setval` says of a sequence.
struct Said {
    value: i64,
    /// It gave that value already.
    is_called: bool,
}

impl Play<'_> {
    /// Plays a statement that reads or changes rows.
    pub(super) fn read_or_change(&mut self, written: &str) -> Result<(), Stop> {
        let reading = self.reading(written, None)?;
        self.lock_reading(&reading);
        self.run(&reading.query, reading.changes)
    }

    /// Plays what a statement reads and changes when it runs.
    pub(super) fn run(&mut self, query: &Query, changes: Vec<Change>) -> Result<(), Stop> {
        let count = changes.len();
        let changes = changes.into_iter().map(|change| self.rewritten(change, true));
        let changes: Vec<Option<Change>> = changes.collect::<Result<_, _>>()?;
        let mut changes: Vec<Change> = changes.into_iter().flatten().collect();
        if changes.len() < count {
            // All that stands in it goes with it.
            return if count == 1 { Ok(()) } else { unknown("WITH of a statement that rules leave nothing of") };
        }
        changes.iter().try_for_each(|change| self.plans_change(change))?;
        // WITH is done as it is asked for.
        changes.reverse();
        changes.iter().try_for_each(|change| self.finds_arbiter(change))?;
        self.run_query(query)?;
        changes.iter().try_for_each(|change| self.run_change(change))
    }

    fn run_change(&mut self, change: &Change) -> Result<(), Stop> {
        let inserts = !matches!(change.rows, Inserted::None);
        let below = self.inheritors(change.target);
        if !inserts || change.merges {
            for child in &below {
                self.lock(*child, LockMode::RowExclusive);
            }
        }
        if let Some(target) = self.catalog.relation(change.target)
            && matches!(target.kind, RelationKind::MaterializedView(_))
        {
            let message = format!("cannot change materialized view \"{}\"", target.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        self.no_rules_behind(change, &std::iter::once(change.target).chain(below.iter().copied()).collect::<Vec<_>>())?;
        if let Inserted::Query(Some(query)) = &change.rows {
            self.takes_rows(query)?;
        }
        let known = self.check_new_rows(change, &below)?;
        self.fear_values(change, &below);
        self.note_row_triggers(change, &below);
        self.check_arbiters(change)?;
        self.lock_referenced(change);
        self.lock_followers(change, &below);
        if change.deletes {
            self.cascade(std::iter::once(change.target).chain(below.iter().copied()).collect());
        }
        self.put_off(change, &below);
        if change.updates.is_some() || change.deletes {
            self.forget_known(std::iter::once(change.target).chain(below.iter().copied()).collect());
        }
        self.forget_rows_of(change, &below);
        if let Some(table) = self.catalog.relation_mut(change.target).filter(|_| known.is_some()) {
            table.known = known;
        }
        self.fire(change.target, |trigger| {
            let is_of = |columns: &Vec<i16>| {
                trigger.columns.is_empty() || trigger.columns.iter().any(|column| columns.contains(column))
            };
            let Events { insert, delete, update, .. } = trigger.events;
            inserts && insert || change.deletes && delete || update && change.updates.as_ref().is_some_and(is_of)
        })
    }

    /// Refuses ON CONFLICT where nothing says that a row is there already; `infer_arbiter_indexes`.
    fn finds_arbiter(&self, change: &Change) -> Result<(), Stop> {
        let Arbiter::Columns(columns) = &change.arbiter else { return Ok(()) };
        let mut beside = false;
        for index in self.indexes_of(change.target).filter(|index| is_over(index, columns)) {
            let special = index.keys.iter().any(|key| key.collation.is_some() || key.class.is_some());
            match index.valid && !special {
                true => return Ok(()),
                false => beside = true,
            }
        }
        if beside {
            return unknown("which index tells that a row is there already");
        }
        let message = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
        refused(SqlState("42P10"), message)
    }

    /// Refuses a row of ON CONFLICT where a key that is checked later would have to tell now whether it is there already;
    /// `ExecCheckIndexConstraints`.
    fn check_arbiters(&self, change: &Change) -> Result<(), Stop> {
        let is_asked = |index: &&Index| match &change.arbiter {
            Arbiter::None | Arbiter::Constraint(_) => false,
            Arbiter::Any => true,
            Arbiter::Columns(columns) => is_over(index, columns),
        };
        let mut keys = self.indexes_of(change.target).filter(is_asked).filter_map(|index| index.constraint);
        if !keys.any(|key| self.catalog.constraint(key).is_some_and(|key| key.deferrable.is_some())) {
            return Ok(());
        }
        let is_sure = match &change.rows {
            Inserted::Written(rows) => rows.first().is_some_and(|row| is_plain(row)),
            Inserted::Query(_) | Inserted::Merged(_) | Inserted::None => false,
        };
        let has_trigger = self.catalog.triggers_of(change.target).any(|trigger| trigger.timing == Timing::Before);
        if !is_sure || has_trigger {
            return unknown("whether there is a row for ON CONFLICT with a deferrable key");
        }
        let message = "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters";
        refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
    }

    fn indexes_of(&self, table: Oid) -> impl Iterator<Item = &Index> {
        let indexes = self.catalog.relation(table).map(|relation| relation.indexes.as_slice());
        indexes.unwrap_or_default().iter().filter_map(|oid| self.catalog.relation(*oid)?.as_index())
    }

    /// Plays the triggers that fire once for a statement.
    pub(super) fn fire(&mut self, on: Oid, by: impl Fn(&Trigger) -> bool) -> Result<(), Stop> {
        let fires = |trigger: &&Trigger| {
            !trigger.each_row && trigger.timing != Timing::InsteadOf && self.is_on(trigger.enabled) && by(trigger)
        };
        let triggers: Vec<Trigger> = self.catalog.triggers_of(on).filter(fires).cloned().collect();
        for trigger in triggers {
            if trigger.when.is_some() {
                return unknown("the condition of a trigger");
            }
            self.run_trigger(trigger.function)?;
        }
        Ok(())
    }

    /// Locks what a query reads when it runs, and stops where it may do more than read.
    pub(super) fn run_query(&mut self, query: &Query) -> Result<(), Stop> {
        self.plans(query)?;
        self.only_reads(query)?;
        self.place_sequences(query);
        let mut waiting: Vec<(Oid, LockMode)> = sources(query);
        let mut seen: Vec<Oid> = Vec::new();
        while let Some((oid, mode)) = waiting.pop() {
            let Some(relation) = self.catalog.relation(oid).cloned() else { continue };
            for child in self.inheritors(oid) {
                self.lock(child, mode);
            }
            if relation.as_view().is_some_and(|view| !view.filled) {
                let message = format!("materialized view \"{}\" has not been populated", relation.name);
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
            let Some(view) = relation.as_view().filter(|_| is_view(&relation) && !seen.contains(&oid)) else {
                continue;
            };
            seen.push(oid);
            self.only_reads(&view.query)?;
            self.lock_read(&view.query);
            waiting.extend(sources(&view.query));
        }
        self.takes_rows(query)
    }

    /// Takes note of sequences whose next value a query says.
    fn place_sequences(&mut self, query: &Query) {
        // Which sequence, and where to.
        let mut placed: Vec<(Option<Oid>, Option<Said>)> = Vec::new();
        query.visit_queries(&mut |query| {
            for value in query.expressions() {
                value.visit(&mut |part| {
                    let Node::Call(call) = &part.node else { return };
                    if builtin_name(self.catalog.version(), call.function) == Some("setval") {
                        let constant = |at: usize| match call.arguments.get(at).map(|argument| &argument.value.node) {
                            Some(Node::Constant(Value::Text(text))) => Some(text.as_str()),
                            _ => None,
                        };
                        let of = match call.arguments.first().map(|argument| &argument.value.node) {
                            Some(Node::Constant(Value::Relation(oid))) => Some(*oid),
                            _ => None,
                        };
                        let is_called = if call.arguments.len() > 2 { constant(2) } else { Some("t") };
                        let value = constant(1).and_then(|text| text.parse().ok());
                        let is_called = is_called.map(|called| called == "t");
                        placed.push((of, value.zip(is_called).map(|(value, is_called)| Said { value, is_called })));
                    }
                });
            }
        });
        if placed.is_empty() {
            return;
        }
        let all = self.catalog.relations().filter(|it| it.as_sequence().is_some()).map(|it| it.oid);
        for oid in all.collect::<Vec<_>>() {
            let said = placed.iter().rfind(|(of, _)| of.is_none_or(|of| of == oid));
            let Some(mut sequence) = self.catalog.relation(oid).and_then(|it| it.as_sequence()).cloned() else {
                continue;
            };
            let Some((of, at)) = said else { continue };
            sequence.placed = Some(match (of, at) {
                (Some(_), Some(Said { value, is_called })) if sequence.increment > 0 => {
                    Placed::At(if *is_called { value.saturating_add(sequence.increment) } else { *value })
                }
                _ => Placed::Elsewhere,
            });
            self.set_sequence(oid, sequence);
        }
    }

    /// Stops where a query may do more than read, or fails whatever the rows are.
    fn only_reads(&self, query: &Query) -> Result<(), Stop> {
        let mut why: Option<&str> = None;
        query.visit_queries(&mut |query| {
            if let Body::Select(select) = &query.body {
                let full = select.from.iter().any(joins_in_full);
                why = why.or(full.then_some("how a FULL JOIN finds its counterparts"));
            }
            for value in query.expressions() {
                value.visit(&mut |part| why = why.or_else(|| self.does_more(part)));
                if why.is_none() && self.may_divide_by_zero(value) {
                    why = Some("a division by zero");
                }
            }
        });
        match why {
            Some(why) => unknown(why),
            None => Ok(()),
        }
    }

    fn does_more(&self, part: &Expression) -> Option<&'static str> {
        let called = match &part.node {
            Node::Call(call) => call.function,
            Node::Aggregate(aggregate) => aggregate.function,
            _ => return None,
        };
        if builtin_name(self.catalog.version(), called).is_some_and(|name| name == "set_config") {
            return Some("a call that changes settings");
        }
        let acts = |function: Oid| {
            let own = self.catalog.routine(function)?;
            Some(own.volatility == Volatility::Volatile && !self.only_computes(function))
        };
        let does = match &self.catalog.routine(called)?.body {
            RoutineBody::Aggregate(aggregation) => aggregation.functions().any(|it| acts(it) == Some(true)),
            _ => acts(called) == Some(true),
        };
        does.then_some("what a function of the database does when it is called")
    }

    /// What a row references is looked at when the row is sure to be there.
    fn lock_referenced(&mut self, change: &Change) {
        let Inserted::Written(rows) = &change.rows else { return };
        let has_trigger = self.catalog.triggers_of(change.target).any(|trigger| trigger.timing == Timing::Before);
        if rows.is_empty() || change.may_skip || has_trigger {
            return;
        }
        let is_given = |row: &[(i16, Option<Expression>)], column: i16| {
            row.iter().any(|(number, value)| {
                let is_value = |value: &Expression| matches!(value.node, Node::Constant(Value::Text(_)));
                *number == column && value.as_ref().is_some_and(is_value)
            })
        };
        // In which partition it is looked for, the value decides.
        let references =
            self.catalog.constraints_of(change.target).into_iter().filter_map(|constraint| match &constraint.kind {
                ConstraintKind::Foreign { columns, references, asks, .. }
                    if constraint.enforced
                        && self.is_on(*asks)
                        && !self.catalog.is_for_a_partition(constraint)
                        && rows.iter().any(|row| columns.iter().all(|column| is_given(row, *column))) =>
                {
                    Some(*references)
                }
                _ => None,
            });
        for oid in references.collect::<Vec<_>>() {
            self.lock(oid, LockMode::RowShare);
        }
    }

    /// Takes note of whose rows go with those that are deleted, for they refer to them.
    fn cascade(&mut self, mut deleted: Vec<Oid>) {
        while let Some(table) = deleted.pop() {
            for constraint in self.catalog.referencing(table) {
                let ConstraintKind::Foreign { on_delete, guards, .. } = &constraint.kind else { continue };
                let has_rows = self.catalog.relation(constraint.on).is_some_and(|it| it.rows == Rows::Perhaps);
                let goes = *on_delete == Action::Cascade && has_rows && self.is_on(*guards);
                if goes && !self.ledger.cascades.contains(&constraint.on) {
                    self.ledger.cascades.push(constraint.on);
                    deleted.push(constraint.on);
                }
            }
        }
    }

    /// Rows that are changed, and those that follow them by a foreign key, are not known any more.
    fn forget_known(&mut self, mut changed: Vec<Oid>) {
        let mut at = 0;
        while let Some(table) = changed.get(at).copied() {
            at += 1;
            let following = self.catalog.referencing(table).map(|constraint| constraint.on);
            let new: Vec<Oid> = following.filter(|on| !changed.contains(on)).collect();
            changed.extend(new);
        }
        for table in changed {
            if self.catalog.relation(table).is_some_and(|relation| relation.known.is_some())
                && let Some(relation) = self.catalog.relation_mut(table)
            {
                relation.known = None;
            }
        }
    }

    /// What has no rows may have some from now on.
    fn forget_rows_of(&mut self, change: &Change, below: &[Oid]) {
        let fires = |oid: Oid| self.catalog.triggers_of(oid).next().is_some();
        let referencing = self.catalog.referencing(change.target).filter(|constraint| constraint.enforced);
        let referencing = referencing.map(|constraint| constraint.on);
        if std::iter::once(change.target).chain(below.iter().copied()).chain(referencing).any(fires) {
            self.catalog.forget_rows();
            return;
        }
        let has_rows = |oid: &Oid| self.catalog.relation(*oid).is_some_and(|it| it.rows == Rows::Perhaps);
        let inserts = !matches!(change.rows, Inserted::None);
        // Rows go into partitions, and from one to another; what inherits otherwise gets none.
        let is_partitioned = self.catalog.relation(change.target).is_some_and(Relation::is_partitioned);
        let below = if is_partitioned { below } else { &[] };
        let moves = change.updates.is_some() && below.iter().any(has_rows);
        if !inserts && !moves {
            return;
        }
        for oid in std::iter::once(change.target).chain(below.iter().copied()) {
            if let Some(relation) = self.catalog.relation_mut(oid) {
                relation.may_have_rows();
            }
        }
    }
}

/// Returns whether a row is made of constants and defaults alone.
fn is_plain(row: &[(i16, Option<Expression>)]) -> bool {
    let is_constant = |value: &Expression| matches!(value.node, Node::Constant(_));
    row.iter().all(|(_, value)| value.as_ref().is_none_or(is_constant))
}

/// Returns whether an index keeps all rows from being equal in just these columns.
fn is_over(index: &Index, columns: &[i16]) -> bool {
    let sorted = |mut numbers: Vec<i16>| {
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    let number = |key: &IndexKey| match &key.of {
        KeyOf::Column(number) => Some(*number),
        KeyOf::Expression(_) => None,
    };
    let keys: Option<Vec<i16>> = index.keys.iter().map(number).collect();
    let wanted = sorted(columns.to_vec());
    index.unique && index.predicate.is_none() && keys.is_some_and(|keys| sorted(keys) == wanted)
}

/// Returns the relations in FROM of a query and those inside, with the locks on them.
fn sources(query: &Query) -> Vec<(Oid, LockMode)> {
    let mut found = Vec::new();
    query.visit_queries(&mut |query| {
        let Body::Select(select) = &query.body else { return };
        for source in &select.sources {
            if let SourceOf::Relation(oid, false) = source.of {
                let is_locked = |of: &Vec<Oid>| of.contains(&source.number);
                let mode = match query.locks.iter().any(|lock| is_locked(&lock.of)) {
                    true => LockMode::RowShare,
                    false => LockMode::AccessShare,
                };
                found.push((oid, mode));
            }
        }
    });
    found
}

/// Returns whether it shows what a query says whenever it is read.
pub(super) fn is_view(relation: &Relation) -> bool {
    matches!(relation.kind, RelationKind::View(_))
}

/// Returns whether rows without a counterpart are kept on both sides of a join whose condition is more than that two
/// columns are equal: Postgres may have no way to do it.
fn joins_in_full(from: &From) -> bool {
    let From::Join(join) = from else { return false };
    let equal = |condition: &Expression| match &condition.node {
        Node::Operator(operation) if operation.name == "=" => {
            let is_column = |side: &Expression| matches!(side.node, Node::Column { .. });
            let sources = |side: &Expression| match side.node {
                Node::Column { relation, .. } => Some(relation),
                _ => None,
            };
            let left = operation.left.as_deref();
            left.is_some_and(is_column)
                && is_column(&operation.right)
                && left.and_then(sources) != sources(&operation.right)
        }
        _ => false,
    };
    let met = join.condition.as_ref().is_none_or(equal);
    (join.kind == JoinKind::Full && !met) || joins_in_full(&join.left) || joins_in_full(&join.right)
}
