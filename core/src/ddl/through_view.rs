//! What is changed through views: which table it reaches, and what Postgres refuses. `rewriteTargetView`

use super::through_rule::Left;
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::function::builtin_of;
use crate::catalog::query::{Body, Distinct, Query, Select, SourceOf};
use crate::catalog::{Column, Identity, Oid, Refusal, Relation, RelationKind, SqlState, Timing};
use crate::query::{Arbiter, Change, Overriding, Row, Rows};

/// What a statement does to a view.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Insert,
    Update,
    Delete,
}

impl Command {
    fn of(change: &Change) -> Self {
        match (&change.rows, &change.updates) {
            (Rows::None, Some(_)) => Self::Update,
            (Rows::None, None) => Self::Delete,
            _ => Self::Insert,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Insert => "insert into",
            Self::Update => "update",
            Self::Delete => "delete from",
        }
    }
}

impl Play<'_> {
    /// Returns what a change comes to behind the views that it is written for, and locks what it meets on its way. Where
    /// triggers stand in for a view, that is the end. None where rules leave nothing of it. `runs`: it is not only
    /// looked at.
    pub(super) fn rewritten(&mut self, mut change: Change, runs: bool) -> Result<Option<Change>, Stop> {
        if let Some(refusal) = change.refused.take() {
            return Err(refusal.into());
        }
        let (mut checked, mut through) = (false, false);
        while let Some(view) = self.catalog.relation(change.target).cloned() {
            if self.left_by_rules(&change)? == Left::Nothing {
                return match (through, change.inside) {
                    (true, _) => unknown("a rule of the table behind a view"),
                    (false, true) => {
                        let message =
                            "DO INSTEAD NOTHING rules are not supported for data-modifying statements in WITH";
                        refused(SqlState::FEATURE_NOT_SUPPORTED, message)
                    }
                    (false, false) => Ok(None),
                };
            }
            let RelationKind::View(shown) = &view.kind else { break };
            if change.merges {
                return unknown("MERGE into a view");
            }
            let command = Command::of(&change);
            if self.has_instead(&view, command) {
                if command != Command::Insert {
                    self.read_inside(&shown.query, runs)?;
                }
                return Ok(Some(change));
            }
            if let Some(why) = self.not_updatable(&shown.query, command != Command::Delete) {
                let message = format!("cannot {} view \"{}\": {why}", command.words(), view.name);
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
            let Body::Select(select) = &shown.query.body else { break };
            let Some(base) = base_of(select) else { break };
            self.lock(base, LockMode::RowExclusive);
            let mut inside = (*shown.query).clone();
            if let Body::Select(select) = &mut inside.body {
                select.sources.clear();
            }
            let option = view.options.iter().find(|(name, _)| name == "check_option").map(|(_, level)| level.as_str());
            // Which rows a view shows matters to an INSERT only where that is checked.
            let asks = command != Command::Insert || checked || option.is_some();
            self.read_inside(&inside, runs && asks)?;
            if (checked || option.is_some()) && select.condition.is_some() && command != Command::Delete {
                let message = format!("new row violates check option for view \"{}\"", view.name);
                self.ledger.may_raise.push((Refusal::new(SqlState("44000"), message), base));
            }
            checked |= option == Some("cascaded");
            through = true;
            change = Through { view: &view, query: &shown.query }.reach(change, base)?;
        }
        if let Some(table) = self.catalog.relation(change.target) {
            only_generated(&change, table, through)?;
        }
        Ok(Some(change))
    }

    fn has_instead(&self, view: &Relation, command: Command) -> bool {
        self.catalog.triggers_of(view.oid).any(|trigger| {
            let by = match command {
                Command::Insert => trigger.events.insert,
                Command::Update => trigger.events.update,
                Command::Delete => trigger.events.delete,
            };
            trigger.timing == Timing::InsteadOf && by
        })
    }

    fn read_inside(&mut self, query: &Query, runs: bool) -> Result<(), Stop> {
        self.lock_read(query);
        if runs {
            return self.run_query(query);
        }
        self.lock_shown(query);
        Ok(())
    }

    /// Returns why rows cannot be changed through a view that shows this. `columns`: some has to be that of a table.
    /// `view_query_is_auto_updatable`
    pub(super) fn not_updatable(&self, query: &Query, columns: bool) -> Option<&'static str> {
        let Body::Select(select) = &query.body else {
            return Some("it contains UNION, INTERSECT, or EXCEPT");
        };
        let (mut aggregates, mut windows, mut sets) = (false, false, false);
        for target in &query.targets {
            target.value.visit(&mut |part| match &part.node {
                Node::Aggregate(aggregate) if aggregate.over.is_some() => windows = true,
                Node::Aggregate(_) => aggregates = true,
                Node::Call(call) => {
                    let own = || self.catalog.routine(call.function).is_some_and(|routine| routine.returns_set);
                    let known = builtin_of(self.catalog.version(), call.function);
                    sets |= known.map_or_else(own, |known| known.returns_set);
                }
                _ => {}
            });
        }
        let reasons = [
            (select.distinct != Distinct::No, "it contains DISTINCT"),
            (!select.groups.is_empty(), "it contains GROUP BY"),
            (select.having.is_some(), "it contains HAVING"),
            (!query.with.is_empty(), "it contains WITH"),
            (query.limit.is_some() || query.offset.is_some(), "it contains LIMIT or OFFSET"),
            (aggregates, "it returns aggregate functions"),
            (windows, "it returns window functions"),
            (sets, "it returns set-returning functions"),
        ];
        if let Some((_, why)) = reasons.into_iter().find(|(is_so, _)| *is_so) {
            return Some(why);
        }
        let base = base_of(select).and_then(|base| self.catalog.relation(base)).map(|base| &base.kind);
        if !matches!(base, Some(RelationKind::Table | RelationKind::Partitioned(_) | RelationKind::View(_))) {
            return Some("it does not select from a single table or view");
        }
        let is_column = |at| column_behind(query, at).is_some();
        if columns && !(1..).zip(query.outputs()).any(|(at, _)| is_column(at)) {
            return Some("it has no updatable columns");
        }
        None
    }
}

/// Returns the only relation that a view selects from.
fn base_of(select: &Select) -> Option<Oid> {
    match select.sources.as_slice() {
        [source] => match source.of {
            SourceOf::Relation(oid, _) => Some(oid),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the column of the table behind one of a view.
fn column_behind(query: &Query, number: i16) -> Option<i16> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    match query.outputs().nth(at)?.value.node {
        Node::Column { number, .. } if number > 0 => Some(number),
        _ => None,
    }
}

/// A view, on the way to the table behind it.
struct Through<'a> {
    view: &'a Relation,
    query: &'a Query,
}

impl Through<'_> {
    fn reach(&self, change: Change, base: Oid) -> Result<Change, Stop> {
        let Change { rows, mut inserts, updates, assigned, arbiter, .. } = change;
        let has_default = |column: &&Column| column.default.is_some();
        let defaults: Vec<i16> = self.view.live().filter(has_default).map(|column| column.number).collect();
        let rows = match rows {
            Rows::Written(_) | Rows::Query(_) if !defaults.is_empty() => Rows::Query(None),
            Rows::Merged(_) => Rows::Query(None),
            rows => rows,
        };
        if !matches!(rows, Rows::None) {
            inserts.extend(defaults.into_iter().filter(|default| !inserts.contains(default)).collect::<Vec<_>>());
        }
        let inserts = self.columns(&inserts, "insert into")?;
        let verb = if matches!(rows, Rows::None) { "update" } else { "insert into" };
        let updates = updates.map(|columns| self.columns(&columns, verb)).transpose()?;
        let rows = match rows {
            Rows::Written(rows) => {
                let is_one = rows.len() == 1;
                let mut rows: Vec<Row> = rows.into_iter().map(|row| self.row(row)).collect::<Result<_, _>>()?;
                for row in &mut rows {
                    // Of a single row, what is only a default is left out.
                    row.retain(|(_, value)| !is_one || value.is_some());
                    once(&row.iter().map(|(number, _)| *number).collect::<Vec<_>>())?;
                }
                Rows::Written(rows)
            }
            rows => {
                once(&inserts)?;
                rows
            }
        };
        once(updates.as_deref().unwrap_or_default())?;
        let assigned = assigned.into_iter().map(|(number, value)| {
            let own = self.view.numbered(number).is_some_and(|column| column.default.is_some());
            let value = value.or(own.then(Expression::anything));
            Ok((self.column(number, verb)?, value))
        });
        let assigned = assigned.collect::<Result<Row, Stop>>()?;
        let of_base = |columns: Vec<i16>| {
            let of_base =
                |number| column_behind(self.query, number).ok_or_else(|| Stop::unknown("ON CONFLICT of a view"));
            columns.into_iter().map(of_base).collect::<Result<_, Stop>>()
        };
        let arbiter = match arbiter {
            Arbiter::Columns(columns) => Arbiter::Columns(of_base(columns)?),
            arbiter => arbiter,
        };
        Ok(Change { target: base, rows, inserts, updates, assigned, arbiter, ..change })
    }

    fn row(&self, row: Row) -> Result<Row, Stop> {
        row.into_iter().map(|(number, value)| Ok((self.column(number, "insert into")?, value))).collect()
    }

    fn columns(&self, columns: &[i16], verb: &str) -> Result<Vec<i16>, Stop> {
        columns.iter().map(|number| self.column(*number, verb)).collect()
    }

    fn column(&self, number: i16, verb: &str) -> Result<i16, Stop> {
        if let Some(found) = column_behind(self.query, number) {
            return Ok(found);
        }
        let name = self.view.numbered(number).map_or("", |column| &column.name);
        let message = format!("cannot {verb} column \"{name}\" of view \"{}\"", self.view.name);
        refused(SqlState::FEATURE_NOT_SUPPORTED, message)
    }
}

/// Refuses columns of a view that are one behind it.
fn once(columns: &[i16]) -> Result<(), Stop> {
    let mut sorted = columns.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    match sorted.len() == columns.len() {
        true => Ok(()),
        false => refused(SqlState::SYNTAX_ERROR, "multiple assignments to same column"),
    }
}

/// Refuses values for columns that take none, where they come through a view. `rewriteTargetListIU`
fn only_generated(change: &Change, table: &Relation, through: bool) -> Result<(), Stop> {
    let takes_none = |number: &i16| {
        table.numbered(*number).is_some_and(|column| {
            column.default.as_ref().is_some_and(|default| default.generated)
                || column.identity == Some(Identity::Always) && change.overriding != Overriding::System
        })
    };
    if !through {
        return Ok(());
    }
    if change.overriding == Overriding::User {
        return unknown("OVERRIDING USER VALUE through a view");
    }
    let wrong = match &change.rows {
        Rows::None => false,
        Rows::Query(_) | Rows::Merged(_) => change.inserts.iter().any(takes_none),
        Rows::Written(rows) => rows.iter().flatten().any(|(number, value)| value.is_some() && takes_none(number)),
    };
    if wrong {
        return refused(SqlState("428C9"), "cannot insert a non-DEFAULT value into a generated column");
    }
    if change.updates.iter().flatten().any(takes_none) {
        return refused(SqlState("428C9"), "a generated column can only be updated to DEFAULT");
    }
    Ok(())
}
