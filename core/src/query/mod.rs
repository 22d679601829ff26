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
mod merge;
mod naming;
mod order;
mod rule;
mod select;
mod set;
mod update;
mod with;

use std::cell::{Cell, RefCell};

use crate::catalog::expression::Expression;
use crate::catalog::query::{Query, SOURCES};
use crate::catalog::{Catalog, Names, Oid, Refusal, Relation, Type};
use crate::expression::{self, Scope, Stop};
use crate::sql::query::ast;

pub(crate) use change::{Arbiter, Change, Row, Rows};
pub(crate) use insert::Overriding;

pub(crate) use rule::{action as rule_action, condition as rule_condition};

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
    /// What statements in it change, in the order in which they are read.
    changes: RefCell<Vec<Change>>,
    /// What Postgres refuses of the change that is being read, but not before all is read.
    late: RefCell<Option<Refusal>>,
}

/// A statement that reads rows, and may change some.
#[derive(Debug)]
pub(crate) struct Reading {
    /// What it reads and puts out.
    pub(crate) query: Query,
    /// What it changes, that of WITH first.
    pub(crate) changes: Vec<Change>,
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
        let (next, depth) = (Cell::new(SOURCES), Cell::new(0));
        let (changes, late) = (RefCell::default(), RefCell::default());
        Self { catalog, names, scope, arguments: None, next, depth, changes, late }
    }

    /// Looks for arguments too.
    pub(crate) fn with_arguments(self, arguments: Arguments<'a>) -> Self {
        Self { arguments: Some(arguments), ..self }
    }

    /// Keeps what the rewriter refuses, which sees a statement when all of it is read.
    fn later(&self, checked: Answer<()>) {
        if let Err(Stop::Refused(refusal)) = checked {
            self.late.borrow_mut().get_or_insert(refusal);
        }
    }

    /// Returns a number that no source has.
    fn number(&self) -> Oid {
        let number = self.next.get();
        self.next.set(number + 1);
        Oid(number)
    }
}

/// Returns what a query means.
pub(crate) fn read(world: World<'_>, tree: &ast::Query) -> Answer<Reading> {
    let level = Level::new(&world, None, false);
    let query = match with::changed_by(tree) {
        Some(change) => level.change(change, tree.with.as_ref())?,
        None => level.query(tree, true)?,
    };
    Ok(Reading { query, changes: world.changes.into_inner() })
}

/// Returns what a statement means.
pub(crate) fn read_statement(world: World<'_>, tree: &ast::Statement) -> Answer<Reading> {
    match tree {
        ast::Statement::Query(query) => read(world, query),
        change => {
            let query = Level::new(&world, None, false).change(change, None)?;
            Ok(Reading { query, changes: world.changes.into_inner() })
        }
    }
}

/// Returns what the condition of a policy means, over the columns of its table; queries inside see them too.
pub(crate) fn policy(world: &World<'_>, on: &Relation, written: &str) -> Answer<Expression> {
    let mut level = Level::new(world, None, false);
    level.items.push(Item::over(on, on.oid, std::sync::Arc::clone(&on.name)));
    expression::policy(written, &level, &level)
}
