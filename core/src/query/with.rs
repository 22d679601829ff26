//! WITH: `parse_cte.c`.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::Answer;
use super::level::{Level, Seen};
use super::select::Tail;
use super::set::Set;
use crate::PostgresVersion;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Common, Query, Target};
use crate::catalog::types::{Type, Types};
use crate::expression::{Stop, folded};
use crate::sql::query::ast::{
    self, Cte, CteAsMaterialized, JoinOperator, SetExpr, SetOperator, SetQuantifier, With, visit_relations,
};

impl Level<'_> {
    /// Reads the queries of WITH; each sees those before it.
    pub(super) fn with(&mut self, with: &With) -> Answer<Vec<Common>> {
        let names: Vec<String> = with.cte_tables.iter().map(|cte| folded(&cte.alias.name)).collect();
        for (at, name) in names.iter().enumerate() {
            if names.iter().take(at).any(|before| before == name) {
                let message = format!("WITH query name \"{name}\" specified more than once");
                return Err(Stop::refused("42712", message));
            }
        }
        let merges = |cte: &Cte| matches!(*cte.query.body, SetExpr::Merge(_));
        if Types::version(self) < PostgresVersion::V17 && with.cte_tables.iter().any(merges) {
            return Err(Stop::refused("0A000", "MERGE not supported in WITH query"));
        }
        let mut made = Vec::new();
        for (at, (cte, name)) in with.cte_tables.iter().zip(&names).enumerate() {
            if cte.from.is_some() {
                return Err(Stop::unknown("a query of WITH of such a form"));
            }
            let mentions = |name: &str| mentions(&cte.query, name);
            if with.recursive && names.iter().skip(at + 1).any(|later| mentions(later) > 0) {
                return Err(Stop::unknown("a query of WITH that looks at a later one"));
            }
            let columns = columns_of(cte)?;
            let recurs = with.recursive && mentions(name) > 0;
            let change = changed_by(&cte.query);
            let query = match change {
                Some(_) if recurs => {
                    let message = format!("recursive query \"{name}\" must not contain data-modifying statements");
                    return Err(Stop::refused("42P19", message));
                }
                Some(change) => Level::new(self.world, Some(self), false).change(change, cte.query.with.as_ref())?,
                None if recurs => self.recursive(cte, name, &columns)?,
                None => Level::new(self.world, Some(self), false).query(&cte.query, true)?,
            };
            if change.is_some()
                && let Some(made) = self.world.changes.borrow_mut().last_mut()
            {
                made.inside = true;
            }
            if change.is_some() && self.outer.is_some() {
                let message = "WITH clause containing a data-modifying statement must be at the top level";
                return Err(Stop::refused("0A000", message));
            }
            let types: Vec<(Arc<str>, Type)> =
                query.outputs().map(|target| (Arc::clone(&target.name), target.value.of)).collect();
            let is_silent = change.is_some() && types.is_empty();
            let seen = self.seen(name, &columns, &types)?;
            self.common.push(Seen { is_silent, ..seen });
            let materialized = cte.materialized.as_ref().map(|it| *it == CteAsMaterialized::Materialized);
            made.push(Common { name: name.as_str().into(), columns, materialized, query });
        }
        Ok(made)
    }

    fn seen(&self, name: &str, columns: &[Arc<str>], outputs: &[(Arc<str>, Type)]) -> Answer<Seen> {
        if columns.len() > outputs.len() {
            let message = format!("WITH query \"{name}\" has {} columns available", outputs.len());
            return Err(Stop::refused("42P10", message));
        }
        let own = outputs.iter().enumerate();
        let named = own.map(|(at, (name, of))| (Arc::clone(columns.get(at).unwrap_or(name)), *of));
        Ok(Seen { name: name.into(), columns: named.collect(), is_silent: false })
    }

    /// A query that looks at itself: what it starts with, UNION, and what it goes on with.
    fn recursive(&mut self, cte: &Cte, name: &str, columns: &[Arc<str>]) -> Answer<Query> {
        let wrong = |what: &str| Stop::refused("42P19", format!("recursive query \"{name}\" {what}"));
        let tail = Tail::of(&cte.query)?;
        if cte.query.with.is_some() || !tail.is_empty() {
            return Err(Stop::unknown("a recursive query with an order, a limit or queries of its own"));
        }
        let SetExpr::SetOperation { left, op: SetOperator::Union, set_quantifier, right } = &*cte.query.body else {
            return Err(wrong("does not have the form non-recursive-term UNION [ALL] recursive-term"));
        };
        if mentions(&crate::sql::query::alone((**left).clone()), name) > 0 {
            return Err(wrong("does not have the form non-recursive-term UNION [ALL] recursive-term"));
        }
        let SetExpr::Select(select) = &**right else {
            return Err(Stop::unknown("a recursive query that goes on with other than a SELECT"));
        };
        if !looks_once(select, name) || mentions(&cte.query, name) != 1 {
            return Err(Stop::unknown("how a recursive query looks at itself"));
        }
        let level = Level::new(self.world, Some(self), false);
        let start = level.set_tree(left)?;
        let mut leftmost = &start.tree;
        while let crate::catalog::query::SetTree::Node { left, .. } = leftmost {
            leftmost = left;
        }
        let crate::catalog::query::SetTree::Leaf(first) = leftmost else {
            return Err(Stop::unknown("a set of nothing"));
        };
        let outputs = first.outputs().map(|target| Arc::clone(&target.name)).zip(start.resolved());
        let outputs: Vec<(Arc<str>, Type)> = outputs.collect();
        let seen = self.seen(name, columns, &outputs)?;
        let mut level = Level::new(self.world, Some(self), false);
        level.common.push(seen);
        let rest = level.set_tree(right)?;
        let sums = |query: &Query| super::grouping::sums_up(query);
        if let crate::catalog::query::SetTree::Leaf(query) = &rest.tree
            && sums(query)
        {
            return Err(Stop::refused(
                "42P19",
                "aggregate functions are not allowed in a recursive query's recursive term",
            ));
        }
        let all = *set_quantifier == SetQuantifier::All;
        let Set { tree, types } = level.put_together("UNION", all, start, rest)?;
        for ((_, expected), found) in outputs.iter().zip(&types) {
            if expected != found {
                let message = format!("recursive query \"{name}\" has a column of one type first, and of another then");
                return Err(Stop::refused("42804", message));
            }
        }
        let number = self.world.number();
        let targets = outputs.iter().zip(1..).map(|((name, of), at)| Target {
            name: Arc::clone(name),
            value: Expression { node: Node::Column { relation: number, number: at }, of: *of },
            junk: false,
        });
        Ok(Query {
            with: Vec::new(),
            recursive: false,
            body: Body::Set(Box::new(tree)),
            targets: targets.collect(),
            order: Vec::new(),
            offset: None,
            limit: None,
            with_ties: false,
            locks: Vec::new(),
        })
    }
}

/// Returns the statement that changes rows, where a query of WITH is one.
pub(super) fn changed_by(query: &ast::Query) -> Option<&ast::Statement> {
    match &*query.body {
        SetExpr::Insert(change) | SetExpr::Update(change) | SetExpr::Delete(change) | SetExpr::Merge(change) => {
            Some(change)
        }
        _ => None,
    }
}

fn columns_of(cte: &Cte) -> Answer<Vec<Arc<str>>> {
    if cte.alias.columns.iter().any(|column| column.data_type.is_some()) {
        return Err(Stop::unknown("columns of WITH with their types"));
    }
    Ok(cte.alias.columns.iter().map(|column| folded(&column.name).into()).collect())
}

/// Returns how often a query names a relation.
fn mentions(query: &ast::Query, name: &str) -> usize {
    let mut count = 0;
    let _: ControlFlow<()> = visit_relations(query, |relation| {
        if let [part] = relation.0.as_slice()
            && part.as_ident().is_some_and(|part| folded(part) == name)
        {
            count += 1;
        }
        ControlFlow::Continue(())
    });
    count
}

/// Returns whether a query is right in FROM, joined with nothing that may lack a counterpart.
fn looks_once(select: &ast::Select, name: &str) -> bool {
    let is_it = |factor: &ast::TableFactor| match factor {
        ast::TableFactor::Table { name: relation, args: None, .. } => match relation.0.as_slice() {
            [part] => part.as_ident().is_some_and(|part| folded(part) == name),
            _ => false,
        },
        _ => false,
    };
    let inner = |join: &ast::Join| {
        matches!(join.join_operator, JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_))
    };
    select.from.iter().any(|table| {
        table.joins.iter().all(inner)
            && (is_it(&table.relation) || table.joins.iter().any(|join| is_it(&join.relation)))
    })
}
