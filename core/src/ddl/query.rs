//! Queries inside statements: what they read and lock, and the columns that they give to a relation.

use super::collation::Derived;
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::collation::DEFAULT;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Query, SourceOf};
use crate::catalog::types::{self, Type};
use crate::catalog::{Address, Class, Column, Dependence, Oid, SqlState};
use crate::query::Reading;
use crate::sql::query as syntax;

/// `name`, whose values have a collation of their own.
const NAME: Oid = Oid(19);

impl Play<'_> {
    /// Reads a query that a view keeps, and locks what it reads.
    pub(super) fn query(&mut self, written: &str) -> Result<Query, Stop> {
        let tree = syntax::query(written).map_err(|error| Stop::unknown(error.to_string()))?;
        let Reading { query, changes } = self.reading_of(&tree, None)?;
        if !changes.is_empty() {
            let message = "views must not contain data-modifying statements in WITH";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        self.lock_read(&query);
        Ok(query)
    }

    /// Locks what a statement reads and changes, as whoever parses it does.
    pub(super) fn lock_reading(&mut self, reading: &Reading) {
        self.lock_read(&reading.query);
        for change in &reading.changes {
            self.lock(change.target, LockMode::RowExclusive);
        }
    }

    /// Locks what a query reads, as whoever parses it does.
    pub(super) fn lock_read(&mut self, query: &Query) {
        let mut locks = Vec::new();
        query.visit_queries(&mut |query| {
            let Body::Select(select) = &query.body else { return };
            for source in &select.sources {
                let SourceOf::Relation(oid, _) = source.of else { continue };
                let is_locked = |of: &Vec<Oid>| of.contains(&source.number);
                let mode = match query.locks.iter().any(|lock| is_locked(&lock.of)) {
                    true => LockMode::RowShare,
                    false => LockMode::AccessShare,
                };
                locks.push((oid, mode));
            }
        });
        for (oid, mode) in locks {
            self.lock(oid, mode);
        }
    }

    /// Returns the columns of a relation that holds or shows what a query puts out. `names`: those that are written
    /// behind its name.
    pub(super) fn columns_from(&self, query: &Query, names: &[String]) -> Result<Vec<Column>, Stop> {
        let mut columns: Vec<Column> = Vec::new();
        for (at, target) in query.outputs().enumerate() {
            let name = names.get(at).map_or(&*target.name, String::as_str);
            let mut column = Column::plain(at, name, target.value.of);
            column.collation = self.collation_of_output(query, at, target.value.of)?;
            columns.push(column);
        }
        if columns.len() > 1600 {
            return unknown("so many columns");
        }
        Ok(columns)
    }

    /// Refuses what no relation can have as columns.
    pub(super) fn columns_may_be_made(&self, columns: &[Column]) -> Result<(), Stop> {
        for (at, column) in columns.iter().enumerate() {
            if columns.iter().take(at).any(|before| before.name == column.name) {
                let message = format!("column \"{}\" specified more than once", column.name);
                return refused(SqlState::DUPLICATE_COLUMN, message);
            }
        }
        for column in columns {
            super::column::may_be_named(&column.name)?;
            self.column_may_be_of(&column.name, column.of)?;
        }
        Ok(())
    }

    /// Returns the collation of an output where it is not that of its type.
    fn collation_of_output(&self, query: &Query, at: usize, of: Type) -> Result<Option<Oid>, Stop> {
        if !types::is_collatable(&self.catalog, of.oid) {
            return Ok(None);
        }
        if let Body::Select(select) = &query.body
            && let Some(target) = query.targets.get(at)
            && let Node::Column { relation, number } = target.value.node
            && let Some(source) = select.sources.iter().find(|source| source.number == relation)
            && let SourceOf::Relation(oid, _) = source.of
        {
            let column = self.catalog.relation(oid).and_then(|relation| relation.numbered(number));
            return Ok(column.and_then(|column| column.collation));
        }
        let mut sources: Vec<(Oid, Oid)> = Vec::new();
        query.visit_queries(&mut |query| {
            if let Body::Select(select) = &query.body {
                let of = |of: &SourceOf| if let SourceOf::Relation(oid, _) = of { Some(*oid) } else { None };
                sources.extend(select.sources.iter().filter_map(|source| Some((source.number, of(&source.of)?))));
            }
        });
        let is_plain = |relation: Oid, number: i16| {
            let Some((_, oid)) = sources.iter().find(|(source, _)| *source == relation) else { return true };
            let column = self.catalog.relation(*oid).and_then(|relation| relation.numbered(number));
            column.is_none_or(|column| {
                column.collation.is_none() && (column.of.oid == NAME || self.collation_of_column(column) == DEFAULT)
            })
        };
        let mut plain = true;
        query.visit_queries(&mut |query| {
            for value in query.expressions() {
                plain &= !value.any(&mut |part: &Expression| match part.node {
                    Node::Collate(..) => true,
                    Node::Column { relation, number } if !is_plain(relation, number) => true,
                    _ => part.of.oid == NAME && of.oid != NAME,
                });
            }
        });
        if plain {
            return Ok(None);
        }
        let Some(value) = query.targets.get(at).map(|target| &target.value).filter(|_| {
            // What other queries put out is not looked through.
            matches!(query.body, Body::Select(_))
        }) else {
            return unknown("the collation of an output");
        };
        let resolved = |relation: Oid, number: i16| {
            let (_, oid) = sources.iter().find(|(source, _)| *source == relation)?;
            Some(self.collation_of_column(self.catalog.relation(*oid)?.numbered(number)?))
        };
        let is_dark = value.any(&mut |part: &Expression| match part.node {
            Node::Column { relation, number } => resolved(relation, number).is_none(),
            Node::SubQuery(_) | Node::ToDomain(_) => true,
            _ => false,
        });
        match self.derived(value, &resolved) {
            _ if is_dark => unknown("the collation of an output"),
            Derived::One(found) => Ok((found != self.collation_of_type(of)).then_some(found)),
            Derived::Several => refused(SqlState("42P22"), "could not determine which collation to use for a column"),
        }
    }

    /// Records what a query makes something stand on: the rule of a view, or a policy.
    pub(super) fn depend_on_query(&mut self, dependent: Address, query: &Query) {
        for address in query.references() {
            if address.class == Class::Type {
                self.catalog.depend_on_type(dependent, Type { oid: address.oid, modifier: -1 });
            } else {
                if address.class == Class::Relation {
                    self.lock_mentioned(address.oid);
                }
                self.catalog.dependencies.add(dependent, address, Dependence::Normal);
            }
        }
    }
}
