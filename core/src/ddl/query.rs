//! Queries inside statements: what they read and lock, and the columns that they give to a relation.

use super::{LockMode, Play, Stop, refused, unknown};
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
    fn collation_of_output(&self, query: &Query, at: usize, of: Type) -> Result<Option<std::sync::Arc<str>>, Stop> {
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
            return Ok(column.and_then(|column| column.collation.clone()));
        }
        let mut plain = true;
        query.visit_queries(&mut |query| {
            if let Body::Select(select) = &query.body {
                for source in &select.sources {
                    if let SourceOf::Relation(oid, _) = source.of
                        && let Some(relation) = self.catalog.relation(oid)
                    {
                        plain &= relation.live().all(|column| column.collation.is_none());
                    }
                }
            }
            for value in query.expressions() {
                plain &= !value.any(&mut |part: &Expression| {
                    matches!(part.node, Node::Collate(..)) || (part.of.oid == NAME && of.oid != NAME)
                });
            }
        });
        match plain {
            true => Ok(None),
            false => unknown("the collation of an output"),
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
