//! UPDATE and DELETE: `transformUpdateStmt`, `transformDeleteStmt`.

use super::change::{Change, Changed, Rows, is_default, may_be_given};
use super::level::Level;
use super::{Answer, World};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Link, SubQuery};
use crate::catalog::{Column, Oid, Type};
use crate::expression::{Clause, Queries, Stop};
use crate::sql::query::ast::{
    AssignmentTarget, Delete, Expr, FromTable, TableAlias, TableFactor, TableWithJoins, Update, UpdateTableFromKind,
    With,
};

const RECORD: Type = Type { oid: Oid(2249), modifier: -1 };

/// Returns what an UPDATE does.
pub(crate) fn update(world: &World<'_>, tree: &Update, with: Option<&With>) -> Answer<Change> {
    if tree.output.is_some() || tree.or.is_some() || !tree.order_by.is_empty() || tree.limit.is_some() {
        return Err(Stop::unknown("an UPDATE of such a form"));
    }
    let mut level = Level::new(world, None, false);
    let with = with.map(|with| level.with(with)).transpose()?.unwrap_or_default();
    let target = level.only_table(&tree.table)?;
    let from = match &tree.from {
        None => Vec::new(),
        Some(UpdateTableFromKind::AfterSet(from)) => level.from(from)?,
        Some(UpdateTableFromKind::BeforeSet(_)) => return Err(Stop::refused("42601", "syntax error")),
    };
    let Changed { relation, item } = target;
    level.with_target(item)?;
    let condition = tree.selection.as_ref().map(|tree| level.condition(tree, Clause::Where, "WHERE")).transpose()?;
    let returning = level.returning(tree.returning.as_ref())?;
    let mut read: Vec<(Vec<&Column>, Put)> = Vec::new();
    for assignment in &tree.assignments {
        match &assignment.target {
            AssignmentTarget::ColumnName(name) => {
                let value = level.put_value(&assignment.value)?;
                read.push((vec![level.target_column(relation, name)?], Put::Values(vec![value])));
            }
            AssignmentTarget::Tuple(names) => {
                let put = level.put_values(&assignment.value, names.len())?;
                let columns = names.iter().map(|name| level.target_column(relation, name));
                read.push((columns.collect::<Answer<_>>()?, put));
            }
        }
    }
    let (mut values, mut changed) = (Vec::new(), Vec::new());
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
            if let Some(value) = value {
                values.push(level.put(value, column)?);
            }
        }
    }
    for (columns, put) in &read {
        for (at, column) in columns.iter().enumerate() {
            if changed.contains(&column.number) {
                let message = format!("multiple assignments to same column \"{}\"", column.name);
                return Err(Stop::refused("42601", message));
            }
            changed.push(column.number);
            let is_given = match put {
                Put::Values(values) => values.get(at).is_some_and(Option::is_some),
                Put::Query(_) => true,
            };
            if is_given {
                may_be_given(column)?;
            }
        }
    }
    let reads = level.reading(with, from, condition, values, returning);
    Ok(Change { target: relation.oid, reads, rows: Rows::None, may_skip: true, updates: Some(changed) })
}

/// Returns what a DELETE does.
pub(crate) fn delete(world: &World<'_>, tree: &Delete, with: Option<&With>) -> Answer<Change> {
    let odd = !tree.tables.is_empty() || tree.output.is_some() || !tree.order_by.is_empty() || tree.limit.is_some();
    let (FromTable::WithFromKeyword(tables), false) = (&tree.from, odd) else {
        return Err(Stop::unknown("a DELETE of such a form"));
    };
    let [table] = tables.as_slice() else { return Err(Stop::unknown("a DELETE of such a form")) };
    let mut level = Level::new(world, None, false);
    let with = with.map(|with| level.with(with)).transpose()?.unwrap_or_default();
    let Changed { relation, item } = level.only_table(table)?;
    let from = tree.using.as_ref().map(|using| level.from(using)).transpose()?.unwrap_or_default();
    level.with_target(item)?;
    let condition = tree.selection.as_ref().map(|tree| level.condition(tree, Clause::Where, "WHERE")).transpose()?;
    let returning = level.returning(tree.returning.as_ref())?;
    let reads = level.reading(with, from, condition, Vec::new(), returning);
    Ok(Change { target: relation.oid, reads, rows: Rows::None, may_skip: true, updates: None })
}

/// What is put into columns that are named together.
enum Put {
    /// One for each; none is its default.
    Values(Vec<Option<Expression>>),
    /// What a query puts out.
    Query(Box<SubQuery>),
}

impl<'a> Level<'a> {
    fn only_table(&self, table: &TableWithJoins) -> Answer<Changed<'a>> {
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
