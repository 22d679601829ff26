//! INSERT: `transformInsertStmt`.

use std::sync::Arc;

use super::Answer;
use super::change::{Arbiter, Change, Changed, Row, Rows, is_default, may_be_given};
use super::level::{Item, Level};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Common, Query};
use crate::catalog::types::UNKNOWN;
use crate::catalog::{Column, ConstraintKind, Index, Oid, Relation};
use crate::expression::{Clause, Stop, folded, parts};
use crate::sql::query::ast::{
    AssignmentTarget, ConflictTarget, DoUpdate, Expr, Insert, OnConflict, OnConflictAction, OnInsert, SetExpr,
    TableObject, With,
};
use crate::sql::query::{SYSTEM_VALUE, USER_VALUE};

impl Level<'_> {
    /// Reads an INSERT; returns what it reads.
    pub(super) fn insert(mut self, tree: &Insert, with: Option<&With>) -> Answer<Query> {
        no_dialect(tree)?;
        if tree.source.as_ref().is_some_and(|source| super::with::changed_by(source).is_some()) {
            return Err(Stop::refused("42601", "syntax error"));
        }
        let with = with.map(|with| self.with(with)).transpose()?.unwrap_or_default();
        let TableObject::TableName(name) = &tree.table else {
            return Err(Stop::unknown("an INSERT into other than a table"));
        };
        let target = self.target(name, tree.table_alias.as_ref().map(|alias| &alias.alias))?;
        let relation = target.relation;
        let columns = self.target_columns(relation, &tree.columns)?;
        let named = !tree.columns.is_empty();
        let overriding = Overriding::of(tree)?;
        if overriding != Overriding::None {
            if tree.source.is_none() {
                return Err(Stop::refused("42601", "syntax error at or near \"DEFAULT\""));
            }
            if !self.rows.is_empty() {
                return Err(Stop::unknown("OVERRIDING in a rule"));
            }
        }
        let mut values: Vec<Expression> = Vec::new();
        let mut common: Vec<Common> = with;
        let (mut width, mut puts) = (0, Vec::new());
        let rows = match &tree.source {
            None => Rows::Written(vec![Vec::new()]),
            Some(source) => {
                let plain = source.with.is_none()
                    && source.order_by.is_none()
                    && source.limit_clause.is_none()
                    && source.fetch.is_none();
                match &*source.body {
                    SetExpr::Values(written) if plain => {
                        let rows: Vec<&[Expr]> = written.rows.iter().map(|row| row.content.as_slice()).collect();
                        let rows = self.rows_of(&rows, &columns, named, overriding)?;
                        width = rows.first().map_or(0, Vec::len);
                        Rows::Written(rows)
                    }
                    _ => {
                        let mut inner = Level::new(self.world, Some(&self), false);
                        inner.rows.clone_from(&self.rows);
                        let query = inner.query(source, false)?;
                        width = query.outputs().count();
                        puts = self.fits(&query, &columns, named, overriding)?;
                        // It may name what stands before it.
                        let with = common.iter().chain(&query.with).cloned().collect();
                        let rows = Rows::Query(Some(Box::new(Query { with, ..query.clone() })));
                        common.push(Common {
                            name: Arc::from("*SELECT*"),
                            columns: Vec::new(),
                            materialized: None,
                            query,
                        });
                        rows
                    }
                }
            }
        };
        if let Rows::Written(rows) = &rows {
            values.extend(rows.iter().flatten().filter_map(|(_, value)| value.clone()));
        }
        let Changed { item, .. } = target;
        // What stands behind the values sees no rows of a rule.
        self.rows.clear();
        let inserts = columns.iter().take(width).map(|column| column.number).collect();
        let (mut may_skip, mut asks, mut arbiter, mut updates, mut assigned) =
            (false, false, Arbiter::None, None, Row::new());
        let mut excluded = None;
        if let Some(on) = &tree.on {
            let OnInsert::OnConflict(conflict) = on else { return Err(Stop::unknown("ON DUPLICATE KEY")) };
            self.items = vec![item.clone()];
            arbiter = self.arbiter(conflict, relation)?;
            may_skip = true;
            if let OnConflictAction::DoUpdate(update) = &conflict.action {
                asks = update.selection.is_some();
                let other = Item::over(relation, self.world.number(), "excluded".into());
                excluded = Some(other.source());
                self.items.push(other);
                assigned = self.do_update(update, relation, &mut values)?;
                updates = Some(assigned.iter().map(|(number, _)| *number).collect());
            }
        }
        let change = Change::of(relation.oid);
        let change =
            Change { rows, inserts, puts, overriding, arbiter, may_skip, asks, updates, assigned, excluded, ..change };
        let change = change.over(&item);
        self.items = vec![item];
        let returning = self.returning(tree.returning.as_ref())?;
        Ok(self.changing(change, common, Vec::new(), None, values, returning))
    }

    /// Reads the rows of VALUES as what is put into columns.
    pub(super) fn rows_of(
        &self,
        rows: &[&[Expr]],
        columns: &[&Column],
        named: bool,
        overriding: Overriding,
    ) -> Answer<Vec<Row>> {
        let mut read: Vec<Vec<Option<Expression>>> = Vec::new();
        for row in rows {
            let mut values = Vec::new();
            for tree in *row {
                match tree {
                    Expr::QualifiedWildcard(name, _) if !self.rows.is_empty() => {
                        let targets = self.star(parts(name)?.first().map(String::as_str))?;
                        values.extend(targets.into_iter().map(|target| Some(target.value)));
                    }
                    tree if is_default(tree) => values.push(None),
                    tree => values.push(Some(self.value(tree, Clause::Values)?)),
                }
            }
            if read.first().is_some_and(|first| first.len() != values.len()) {
                return Err(Stop::refused("42601", "VALUES lists must all be the same length"));
            }
            read.push(values);
        }
        let width = read.first().map_or(0, Vec::len);
        many_enough(width, columns.len(), named)?;
        let mut made = Vec::new();
        for row in read {
            let mut put = Vec::new();
            for (value, column) in row.into_iter().zip(columns) {
                let value = value.map(|value| self.put(value, column)).transpose()?;
                put.push((column.number, value.filter(|_| !overriding.drops(column))));
            }
            made.push(put);
        }
        for row in &made {
            for ((_, value), column) in row.iter().zip(columns) {
                if value.is_some() {
                    self.world.later(overriding.may_be_given(column));
                }
            }
        }
        Ok(made)
    }

    /// Refuses a query whose outputs the columns cannot hold; returns how they become what the columns hold.
    fn fits(&self, query: &Query, columns: &[&Column], named: bool, overriding: Overriding) -> Answer<Vec<Expression>> {
        let mut puts = Vec::new();
        let outputs: Vec<Expression> = query.outputs().map(|target| target.value.clone()).collect();
        many_enough(outputs.len(), columns.len(), named)?;
        for (value, column) in outputs.into_iter().zip(columns) {
            // What is a literal of a plain query becomes of the type of the column.
            let is_literal = value.of.oid == UNKNOWN && matches!(query.body, Body::Select(_));
            let value = match is_literal {
                true => value,
                false => Expression { node: Node::Placeholder, of: value.of },
            };
            puts.push(self.put(value, column)?);
        }
        for column in columns.iter().take(query.outputs().count()) {
            if overriding.drops(column) {
                return Err(Stop::unknown("what a query gives for a column that takes its default"));
            }
            self.world.later(overriding.may_be_given(column));
        }
        Ok(puts)
    }

    /// Returns what tells that a row is there already; `transformOnConflictArbiter`.
    fn arbiter(&self, conflict: &OnConflict, relation: &Relation) -> Answer<Arbiter> {
        let catalog = self.world.catalog;
        match &conflict.conflict_target {
            None if matches!(conflict.action, OnConflictAction::DoUpdate(_)) => {
                let message = "ON CONFLICT DO UPDATE requires inference specification or constraint name";
                Err(Stop::refused("42601", message))
            }
            None => Ok(Arbiter::Any),
            Some(ConflictTarget::OnConstraint(name)) => {
                let [name] = parts(name)?.try_into().map_err(|_| Stop::unknown("a name of a constraint"))?;
                let of_table = catalog.constraints_of(relation.oid);
                let Some(found) = of_table.into_iter().find(|constraint| *constraint.name == *name) else {
                    let message = format!("constraint \"{name}\" for table \"{}\" does not exist", relation.name);
                    return Err(Stop::refused("42704", message));
                };
                let index = match found.kind {
                    ConstraintKind::Key { index, .. } => catalog.relation(index).and_then(Relation::as_index),
                    _ => None,
                };
                if index.is_some_and(Index::is_temporal) {
                    return Err(Stop::unknown("ON CONFLICT on a key without overlaps"));
                }
                match &found.kind {
                    ConstraintKind::Key { .. } if found.deferrable.is_none() && !relation.is_partitioned() => {
                        Ok(Arbiter::Constraint(found.oid))
                    }
                    _ => Err(Stop::unknown("ON CONFLICT ON CONSTRAINT of such a constraint")),
                }
            }
            Some(ConflictTarget::Columns(names)) => {
                let mut wanted: Vec<i16> = Vec::new();
                for name in names {
                    let name = folded(name);
                    let found = relation
                        .column(&name)
                        .ok_or_else(|| Stop::refused("42703", format!("column \"{name}\" does not exist")))?;
                    wanted.push(found.number);
                }
                let temporal = |oid: &Oid| catalog.relation(*oid)?.as_index().filter(|index| index.is_temporal());
                let mut keys = relation.indexes.iter().filter_map(temporal);
                if keys.any(|index| index.key_columns().flatten().all(|column| wanted.contains(&column))) {
                    return Err(Stop::unknown("ON CONFLICT beside a key without overlaps"));
                }
                Ok(Arbiter::Columns(wanted))
            }
        }
    }

    /// `DO UPDATE`: what it puts into which columns; `transformOnConflictClause`.
    fn do_update(&mut self, update: &DoUpdate, relation: &Relation, values: &mut Vec<Expression>) -> Answer<Row> {
        let (mut changed, mut given, mut assigned) = (Vec::new(), Vec::new(), Row::new());
        for assignment in &update.assignments {
            let AssignmentTarget::ColumnName(name) = &assignment.target else {
                return Err(Stop::unknown("several columns that are changed together"));
            };
            let value = match is_default(&assignment.value) {
                true => None,
                false => Some(self.value(&assignment.value, Clause::Values)?),
            };
            let column = self.target_column(relation, name)?;
            let value = value.map(|value| self.put(value, column)).transpose()?;
            if value.is_some() {
                given.push(column);
            }
            values.extend(value.clone());
            assigned.push((column.number, value));
            self.changed_once(column, &mut changed);
        }
        given.into_iter().for_each(|column| self.world.later(may_be_given(column)));
        if let Some(condition) = &update.selection {
            values.push(self.condition(condition, Clause::Where, "WHERE")?);
        }
        Ok(assigned)
    }
}

fn many_enough(values: usize, columns: usize, named: bool) -> Answer<()> {
    if values > columns {
        return Err(Stop::refused("42601", "INSERT has more expressions than target columns"));
    }
    if named && values < columns {
        return Err(Stop::refused("42601", "INSERT has more target columns than expressions"));
    }
    Ok(())
}

/// What `OVERRIDING` says of values for identity columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overriding {
    /// It does not stand there.
    None,
    /// `SYSTEM VALUE`: what is given is taken.
    System,
    /// `USER VALUE`: what is given is not.
    User,
}

impl Overriding {
    fn of(tree: &Insert) -> Answer<Self> {
        match tree.or {
            None => Ok(Self::None),
            Some(SYSTEM_VALUE) => Ok(Self::System),
            Some(USER_VALUE) => Ok(Self::User),
            _ => Err(Stop::unknown("an INSERT of such a form")),
        }
    }

    /// Returns whether a column takes its default, whatever is given for it.
    fn drops(self, column: &Column) -> bool {
        self == Self::User && column.identity.is_some()
    }

    /// Refuses a value of a column that is always generated, unless it may be given all the same.
    fn may_be_given(self, column: &Column) -> Answer<()> {
        match self == Self::System && column.identity.is_some() || self.drops(column) {
            true => Ok(()),
            false => may_be_given(column),
        }
    }
}

/// Refuses to read what other databases have beside.
fn no_dialect(tree: &Insert) -> Answer<()> {
    let odd = tree.ignore
        || tree.overwrite
        || !tree.assignments.is_empty()
        || tree.partitioned.is_some()
        || !tree.after_columns.is_empty()
        || tree.has_table_keyword
        || tree.replace_into
        || tree.priority.is_some()
        || tree.insert_alias.is_some()
        || tree.output.is_some()
        || tree.multi_table_insert_type.is_some()
        || !tree.multi_table_into_clauses.is_empty();
    if odd { Err(Stop::unknown("an INSERT of such a form")) } else { Ok(()) }
}
