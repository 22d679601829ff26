//! UPDATE and DELETE: `transformUpdateStmt`, `transformDeleteStmt`.

use super::Answer;
use super::change::{Change, Changed, Row, is_default, may_be_given};
use super::level::{Level, SYSTEM};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Link, Query, SubQuery};
use crate::catalog::{Column, Oid, Relation, Type};
use crate::expression::{Clause, Queries, Stop, parts};
use crate::sql::query::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, ObjectName, TableAlias, TableFactor, TableWithJoins, Update,
    UpdateTableFromKind, With,
};

const RECORD: Type = Type { oid: Oid(2249), modifier: -1 };

/// What is put into columns that are named together.
enum Put {
    /// One for each; none is its default.
    Values(Vec<Option<Expression>>),
    /// What a query puts out.
    Query(Box<SubQuery>),
}

/// What `SET …` changes.
pub(super) struct Assigned {
    /// What each column gets.
    pub(super) row: Row,
    /// A query gives values to several of them.
    pub(super) together: bool,
}

impl<'a> Level<'a> {
    /// Reads an UPDATE; returns what it reads.
    pub(super) fn update(mut self, tree: &Update, with: Option<&With>) -> Answer<Query> {
        if tree.output.is_some() || tree.or.is_some() || !tree.order_by.is_empty() || tree.limit.is_some() {
            return Err(Stop::unknown("an UPDATE of such a form"));
        }
        let with = with.map(|with| self.with(with)).transpose()?.unwrap_or_default();
        let target = self.only_table(&tree.table)?;
        let from = match &tree.from {
            None => Vec::new(),
            Some(UpdateTableFromKind::AfterSet(from)) => self.from(from)?,
            Some(UpdateTableFromKind::BeforeSet(_)) => return Err(Stop::refused("42601", "syntax error")),
        };
        let Changed { relation, item } = target;
        let change = Change::of(relation.oid).over(&item);
        self.with_target(item)?;
        let condition = tree.selection.as_ref().map(|tree| self.condition(tree, Clause::Where, "WHERE")).transpose()?;
        let returning = self.returning(tree.returning.as_ref())?;
        let mut values = Vec::new();
        let Assigned { row: assigned, together } = self.assignments(&tree.assignments, relation, &mut values)?;
        let changed = assigned.iter().map(|(number, _)| *number).collect();
        let change = Change { updates: Some(changed), assigned, together, ..change };
        Ok(self.changing(change, with, from, condition, values, returning))
    }

    /// Reads a DELETE; returns what it reads.
    pub(super) fn delete(mut self, tree: &Delete, with: Option<&With>) -> Answer<Query> {
        let odd = !tree.tables.is_empty() || tree.output.is_some() || !tree.order_by.is_empty() || tree.limit.is_some();
        let (FromTable::WithFromKeyword(tables), false) = (&tree.from, odd) else {
            return Err(Stop::unknown("a DELETE of such a form"));
        };
        let [table] = tables.as_slice() else { return Err(Stop::unknown("a DELETE of such a form")) };
        let with = with.map(|with| self.with(with)).transpose()?.unwrap_or_default();
        let Changed { relation, item } = self.only_table(table)?;
        let from = tree.using.as_ref().map(|using| self.from(using)).transpose()?.unwrap_or_default();
        let change = Change { deletes: true, ..Change::of(relation.oid) }.over(&item);
        self.with_target(item)?;
        let condition = tree.selection.as_ref().map(|tree| self.condition(tree, Clause::Where, "WHERE")).transpose()?;
        let returning = self.returning(tree.returning.as_ref())?;
        Ok(self.changing(change, with, from, condition, Vec::new(), returning))
    }

    /// Reads `SET …`, adds what is read for it, and returns what it puts into which columns.
    pub(super) fn assignments(
        &self,
        assignments: &[Assignment],
        relation: &Relation,
        values: &mut Vec<Expression>,
    ) -> Answer<Assigned> {
        let mut read: Vec<(Vec<&Column>, Put)> = Vec::new();
        for assignment in assignments {
            match &assignment.target {
                AssignmentTarget::ColumnName(name) => {
                    let value = self.put_value(&assignment.value)?;
                    read.push((vec![self.updated_column(relation, name)?], Put::Values(vec![value])));
                }
                AssignmentTarget::Tuple(names) => {
                    let put = self.put_values(&assignment.value, names.len())?;
                    let columns = names.iter().map(|name| self.updated_column(relation, name));
                    read.push((columns.collect::<Answer<_>>()?, put));
                }
            }
        }
        let (mut changed, mut assigned) = (Vec::new(), Row::new());
        for (columns, put) in &read {
            let given = match put {
                Put::Values(values) => values.clone(),
                Put::Query(query) => {
                    values.push(Expression { node: Node::SubQuery(query.clone()), of: RECORD });
                    let outputs = query.query.outputs();
                    outputs.map(|it| Some(Expression { node: Node::Placeholder, of: it.value.of })).collect()
                }
            };
            for (column, value) in columns.iter().zip(given) {
                let value = value.map(|value| self.put(value, column)).transpose()?;
                values.extend(value.clone());
                assigned.push((column.number, value));
            }
        }
        for column in read.iter().flat_map(|(columns, _)| columns) {
            self.changed_once(column, &mut changed);
        }
        for (columns, put) in &read {
            for (at, column) in columns.iter().enumerate() {
                let is_given = match put {
                    Put::Values(values) => values.get(at).is_some_and(Option::is_some),
                    Put::Query(_) => true,
                };
                if is_given {
                    self.world.later(may_be_given(column));
                }
            }
        }
        let together = read.iter().any(|(_, put)| matches!(put, Put::Query(_)));
        Ok(Assigned { row: assigned, together })
    }

    /// Adds a column that is changed, and refuses one that is already.
    pub(super) fn changed_once(&self, column: &Column, changed: &mut Vec<i16>) {
        if changed.contains(&column.number) {
            let message = format!("multiple assignments to same column \"{}\"", column.name);
            self.world.later(Err(Stop::refused("42601", message)));
        }
        changed.push(column.number);
    }

    fn updated_column<'r>(&self, relation: &'r Relation, name: &ObjectName) -> Answer<&'r Column> {
        self.target_column(relation, name).map_err(|stop| match parts(name).ok().as_deref() {
            Some([name]) if SYSTEM.contains(&name.as_str()) => {
                Stop::refused("0A000", format!("cannot assign to system column \"{name}\""))
            }
            _ => stop,
        })
    }

    pub(super) fn only_table(&self, table: &TableWithJoins) -> Answer<Changed<'a>> {
        let unread = || Stop::unknown("a table of such a form");
        let TableFactor::Table { name, alias, args: None, with_ordinality: false, sample: None, .. } = &table.relation
        else {
            return Err(unread());
        };
        if !table.joins.is_empty() {
            return Err(Stop::refused("42601", "syntax error"));
        }
        match alias {
            None => self.target(name, None),
            Some(TableAlias { name: alias, columns, at: None, .. }) if columns.is_empty() => {
                self.target(name, Some(alias))
            }
            Some(_) => Err(unread()),
        }
    }

    /// Lets the columns of the changed table be seen, before all others.
    fn with_target(&mut self, item: super::level::Item) -> Answer<()> {
        if let Some(name) = &item.name
            && let Some(other) = self.items.iter().find(|other| other.name.as_ref() == Some(name))
            && item.relation.zip(other.relation).is_none_or(|(one, two)| one == two)
        {
            return Err(Stop::refused("42712", format!("table name \"{name}\" specified more than once")));
        }
        self.items.insert(0, item);
        Ok(())
    }

    fn put_value(&self, tree: &Expr) -> Answer<Option<Expression>> {
        match is_default(tree) {
            true => Ok(None),
            false => self.value(tree, Clause::Values).map(Some),
        }
    }

    /// `SET (a, b) = …`
    fn put_values(&self, tree: &Expr, count: usize) -> Answer<Put> {
        let wrong = || Stop::refused("42601", "number of columns does not match number of values");
        match tree {
            Expr::Tuple(values) if values.len() == count => {
                Ok(Put::Values(values.iter().map(|value| self.put_value(value)).collect::<Answer<_>>()?))
            }
            Expr::Tuple(_) => Err(wrong()),
            Expr::Subquery(query) => {
                let query = Queries::query(self, query)?;
                if query.outputs().count() != count {
                    return Err(wrong());
                }
                Ok(Put::Query(Box::new(SubQuery { link: Link::Value, query })))
            }
            _ => Err(Stop::unknown("what is put into several columns")),
        }
    }
}
