//! Queries: from the tree of sqlparser to the one that Postgres would keep, `parser/analyze.c` and its neighbors.
//!
//! [`read`] is the way in. A [`level::Level`] is what one SELECT sees: its sources, the queries of its WITH, and the
//! queries around it.

mod arguments;
mod change;
mod from;
mod grouping;
mod insert;
mod level;
mod naming;
mod order;
mod select;
mod set;
mod update;
mod with;

use std::cell::Cell;

use crate::catalog::expression::Expression;
use crate::catalog::query::{Query, SOURCES};
use crate::catalog::{Catalog, Names, Oid, Relation, Type};
use crate::expression::{self, Scope, Stop};
use crate::sql::query::ast;

pub(crate) use change::{Change, Rows};
pub(crate) use insert::insert;
pub(crate) use update::{delete, update};

use level::{Item, Level};

type Answer<T> = Result<T, Stop>;

/// What is around every query of a statement.
pub(crate) struct World<'a> {
    catalog: &'a Catalog,
    names: &'a Names,
    /// Types, functions and literals.
    scope: &'a dyn Scope,
    arguments: Option<Arguments<'a>>,
    next: Cell<u32>,
    depth: Cell<usize>,
}

/// What the body of a function may mention beside columns: what it is called with.
pub(crate) struct Arguments<'a> {
    /// The name of the function.
    pub(crate) function: &'a str,
    /// Those that a call gives values for, in order: the name, if there is one, and the type.
    pub(crate) given: Vec<(Option<&'a str>, Type)>,
}

impl<'a> World<'a> {
    /// Looks for relations in a catalog, and for all else where expressions look.
    pub(crate) fn new(catalog: &'a Catalog, names: &'a Names, scope: &'a dyn Scope) -> Self {
        Self { catalog, names, scope, arguments: None, next: Cell::new(SOURCES), depth: Cell::new(0) }
    }

    /// Looks for arguments too.
    pub(crate) fn with_arguments(self, arguments: Arguments<'a>) -> Self {
        Self { arguments: Some(arguments), ..self }
    }

    /// Returns a number that no source has.
    fn number(&self) -> Oid {
        let number = self.next.get();
        self.next.set(number + 1);
        Oid(number)
    }
}

/// Returns what a query means. Where `resolve` is false, literals without a type stay so in its output.
pub(crate) fn read(world: &World<'_>, tree: &ast::Query, resolve: bool) -> Answer<Query> {
    Level::new(world, None, false).query(tree, resolve)
}

/// Returns what the condition of a policy means, over the columns of its table; queries inside see them too.
pub(crate) fn policy(world: &World<'_>, on: &Relation, written: &str) -> Answer<Expression> {
    let mut level = Level::new(world, None, false);
    level.items.push(Item::over(on, on.oid, std::sync::Arc::clone(&on.name)));
    expression::policy(written, &level, &level)
}
