//! What one SELECT sees.

use std::cell::Cell;
use std::sync::Arc;

use super::{Answer, World};
use crate::PostgresVersion;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::function::Signature;
use crate::catalog::operator::Operator;
use crate::catalog::query::{Query, Source, Window};
use crate::catalog::types::{Cast, OwnType, Type, Types};
use crate::catalog::{Oid, Relation, types};
use crate::expression::{self, Clause, Literal, Queries, Scope, Stop};
use crate::sql::TypeName;
use crate::sql::query::ast;

/// Columns that every table has.
pub(super) const SYSTEM: [&str; 6] = ["ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"];

/// What one SELECT sees: `ParseState`.
pub(super) struct Level<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) outer: Option<&'a Level<'a>>,
    /// It stands in FROM without LATERAL: the sources beside it are not seen.
    blind: bool,
    /// It is read what stands in RETURNING, where `old` and `new` may be the row before and after.
    pub(super) has_old_and_new: bool,
    pub(super) common: Vec<Seen>,
    pub(super) sources: Vec<Source>,
    pub(super) items: Vec<Item>,
    /// In an action of a rule: the rows that it is for, which are found by their names only.
    pub(super) rows: Vec<Item>,
    pub(super) windows: Vec<(Arc<str>, Window)>,
}

/// A query of WITH, as those see it who read from it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) name: Arc<str>,
    pub(super) columns: Vec<(Arc<str>, Type)>,
    /// It changes rows, and gives none back.
    pub(super) is_silent: bool,
}

/// A name by which columns are found: `ParseNamespaceItem`.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// None for a join.
    pub(super) name: Option<Arc<str>>,
    /// The relation, where it has no other name.
    pub(super) relation: Option<Oid>,
    pub(super) columns: Vec<(Arc<str>, Expression)>,
    /// Columns are found without its name.
    pub(super) is_open: bool,
}

impl<'a> Level<'a> {
    pub(super) fn new(world: &'a World<'a>, outer: Option<&'a Level<'a>>, blind: bool) -> Self {
        let (common, sources, items, windows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let rows = Vec::new();
        Self { world, outer, blind, has_old_and_new: false, common, sources, items, rows, windows }
    }

    pub(super) fn is_blind(&self) -> bool {
        self.blind
    }

    /// Returns the levels around, from the innermost, and whether the sources of each are seen.
    fn around(&self) -> impl Iterator<Item = (&Level<'a>, bool)> {
        let mut next = Some((self, true));
        std::iter::from_fn(move || {
            let (level, sees) = next?;
            next = level.outer.map(|outer| (outer, !level.blind));
            Some((level, sees))
        })
    }

    /// Returns the levels whose sources are seen, from the innermost.
    fn seeing(&self) -> impl Iterator<Item = &Level<'a>> {
        self.around().filter_map(|(level, sees)| sees.then_some(level))
    }

    /// Returns the row that a rule is for of a name.
    pub(super) fn row(&self, name: &str) -> Option<&Item> {
        self.rows.iter().find(|row| row.name.as_deref() == Some(name))
    }

    /// Returns the query of WITH that a name means.
    pub(super) fn common_named(&self, name: &str) -> Option<&Seen> {
        let mut level = Some(self);
        while let Some(here) = level {
            if let Some(found) = here.common.iter().find(|common| &*common.name == name) {
                return Some(found);
            }
            level = here.outer;
        }
        None
    }

    /// Returns what a part of the query means.
    pub(super) fn value(&self, tree: &ast::Expr, clause: Clause) -> Answer<Expression> {
        expression::within(tree, clause, self, self)
    }

    pub(super) fn condition(&self, tree: &ast::Expr, clause: Clause, shown: &str) -> Answer<Expression> {
        expression::to_boolean(self, self.value(tree, clause)?, shown)
    }

    /// Returns the column of a name that is found without the name of a source, here and not around.
    pub(super) fn own_column(&self, name: &str) -> Answer<Option<Expression>> {
        let open = self.items.iter().filter(|item| item.is_open);
        let mut found = open.flat_map(|item| &item.columns).filter(|(known, _)| &**known == name);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(Stop::refused("42702", format!("column reference \"{name}\" is ambiguous"))),
            (found, _) => Ok(found.map(|(_, value)| value.clone())),
        }
    }

    /// Returns what a name of a source means, here and not around.
    pub(super) fn own_item(&self, name: &str) -> Answer<Option<&Item>> {
        let mut found = self.items.iter().filter(|item| item.name.as_deref() == Some(name));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(Stop::unknown("two sources of one name")),
            (found, _) => Ok(found),
        }
    }
}

impl Item {
    /// The columns of a relation, as those of a source.
    pub(super) fn over(relation: &Relation, source: Oid, name: Arc<str>) -> Self {
        let columns = relation.live().map(|column| {
            let node = Node::Column { relation: source, number: column.number };
            (Arc::clone(&column.name), Expression { node, of: column.of })
        });
        Self { name: Some(name), relation: None, columns: columns.collect(), is_open: true }
    }

    /// Returns the number by which the columns of a relation name it.
    pub(super) fn source(&self) -> Oid {
        let of = |(_, value): &(Arc<str>, Expression)| match value.node {
            Node::Column { relation, .. } => Some(relation),
            _ => None,
        };
        self.columns.first().and_then(of).unwrap_or(Oid(0))
    }

    fn column(&self, name: &str) -> Answer<Option<Expression>> {
        let mut found = self.columns.iter().filter(|(known, _)| &**known == name);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(Stop::refused("42702", format!("column reference \"{name}\" is ambiguous"))),
            (found, _) => Ok(found.map(|(_, value)| value.clone())),
        }
    }
}

impl Types for Level<'_> {
    fn version(&self) -> PostgresVersion {
        self.world.scope.version()
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        self.world.scope.own(oid)
    }

    fn own_cast(&self, from: Oid, to: Oid) -> Option<Cast> {
        self.world.scope.own_cast(from, to)
    }

    fn own_operators(&self, name: &str) -> Vec<Operator> {
        self.world.scope.own_operators(name)
    }
}

impl Scope for Level<'_> {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Option<Expression>, Stop> {
        for (level, sees) in self.around() {
            let Some(table) = table else {
                if sees && let Some(found) = level.own_column(name)? {
                    return Ok(Some(found));
                }
                continue;
            };
            let own = if sees { level.own_item(table)? } else { None };
            if let Some(item) = own.or_else(|| level.row(table)) {
                let found = item.column(name)?;
                let takes_row = || {
                    !crate::catalog::function::builtin(self.version(), name).is_empty()
                        || self.own_functions(None, name).into_iter().any(|found| !found.is_empty())
                };
                if found.is_none()
                    && let Some(argument) = self.world.argument(Some(table), name)?
                {
                    return Ok(Some(argument));
                }
                if found.is_none() && (SYSTEM.contains(&name) || takes_row()) {
                    return Err(Stop::unknown("what stands behind the name of a row"));
                }
                return Ok(found);
            }
        }
        if ["old", "new"].contains(&table.unwrap_or(name)) && self.seeing().any(|level| level.has_old_and_new) {
            return Err(Stop::unknown("a row before or after its change"));
        }
        let is_row = |level: &Level<'_>| level.items.iter().any(|item| item.name.as_deref() == Some(name));
        let of_rule = self.around().any(|(level, _)| level.row(name).is_some());
        let has_system = |level: &Level<'_>| !level.items.is_empty() && SYSTEM.contains(&name);
        if table.is_none() && (of_rule || self.seeing().any(|level| is_row(level) || has_system(level))) {
            return Err(Stop::unknown("a row as a whole, or a column that every table has"));
        }
        if let Some(found) = self.world.argument(table, name)? {
            return Ok(Some(found));
        }
        if let Some(table) = table {
            // Postgres takes a column for the row that it holds, if it is one.
            let row = self.column(None, table).ok().flatten();
            if row.is_some_and(|row| types::is_composite(self, row.of.oid)) {
                return Err(Stop::unknown("a field of a row"));
            }
            return Err(Stop::refused("42P01", format!("missing FROM-clause entry for table \"{table}\"")));
        }
        Ok(None)
    }

    fn argument(&self, number: usize, field: Option<&str>) -> Result<Expression, Stop> {
        match field {
            Some(field) => self.world.field_of_numbered(number, field),
            None => self.world.numbered_argument(number),
        }
    }

    fn own_type(&self, name: &TypeName) -> Result<Option<Type>, Stop> {
        self.world.scope.own_type(name)
    }

    fn own_functions(&self, schema: Option<&str>, name: &str) -> Vec<&[Signature]> {
        self.world.scope.own_functions(schema, name)
    }

    fn relation(&self, name: &str) -> Result<Oid, Stop> {
        self.world.scope.relation(name)
    }

    fn own_literal(&self, of: Oid, text: &str) -> Literal {
        self.world.scope.own_literal(of, text)
    }

    fn type_name(&self, of: Oid) -> String {
        self.world.scope.type_name(of)
    }

    fn collation(&self, schema: Option<&str>, name: &str) -> Result<Oid, Stop> {
        self.world.scope.collation(schema, name)
    }

    fn is_utc(&self) -> bool {
        self.world.scope.is_utc()
    }
}

impl Queries for Level<'_> {
    fn query(&self, tree: &ast::Query) -> Result<Query, Stop> {
        Level::new(self.world, Some(self), false).query(tree, true)
    }

    fn window(&self, name: &str) -> Result<&Window, Stop> {
        let found = self.windows.iter().find(|(known, _)| &**known == name).map(|(_, window)| window);
        found.ok_or_else(|| Stop::refused("42704", format!("window \"{name}\" does not exist")))
    }

    fn depth(&self) -> &Cell<usize> {
        &self.world.depth
    }
}
