//! Where the values come from that a query puts into columns: from which columns of which tables, and whether they may
//! be null.

use crate::catalog::expression::{Call, Expression, Node};
use crate::catalog::function::builtin_name;
use crate::catalog::query::{Body, Distinct, From, JoinKind, Link, Query, Select, SetTree, SourceOf};
use crate::catalog::{Catalog, Known, Oid, Rows};
use crate::expression::evaluate;
use crate::query::Change;

/// The sources that expressions mention.
#[derive(Default)]
pub(super) struct Origin {
    /// Sources that are tables, by number.
    tables: Vec<(Oid, Oid)>,
    /// Those whose columns a join may fill up with nulls.
    padded: Vec<Oid>,
    /// Sources that are rows which are written there.
    written: Vec<(Oid, Vec<Vec<Expression>>)>,
    /// Sources that are queries.
    queries: Vec<(Oid, Query)>,
    /// Sources that are functions which give no nulls.
    series: Vec<Oid>,
    /// Columns of sources that the condition takes no nulls of.
    filled: Vec<(Oid, i16)>,
    /// Rows may come of it.
    pub(super) has_rows: bool,
    /// The table whose rows decide what comes of it.
    pub(super) decides: Option<Oid>,
    /// The tables in NOT EXISTS of its condition.
    guards: Vec<Oid>,
}

/// Returns the plain queries of which a query is made.
fn leaves<'q>(query: &'q Query, found: &mut Vec<&'q Query>) {
    fn of_set<'q>(tree: &'q SetTree, found: &mut Vec<&'q Query>) {
        match tree {
            SetTree::Leaf(query) => leaves(query, found),
            SetTree::Node { left, right, .. } => {
                of_set(left, found);
                of_set(right, found);
            }
        }
    }
    match &query.body {
        Body::Select(_) => found.push(query),
        Body::Set(tree) => of_set(tree, found),
    }
}

impl Origin {
    /// Of values that are written there.
    pub(super) fn nowhere() -> Self {
        Self { has_rows: true, ..Self::default() }
    }

    /// Of what an UPDATE puts into columns.
    pub(super) fn of_update(catalog: &Catalog, change: &Change) -> Self {
        let mut origin = Self::nowhere();
        origin.tables.push((change.number, change.target));
        if let Some(select) = &change.from {
            origin.add(catalog, select);
        }
        origin
    }

    /// Of what a query puts out.
    pub(super) fn of_query(catalog: &Catalog, query: Option<&Query>) -> Self {
        let mut origin = Self::default();
        let mut found = Vec::new();
        let Some(query) = query else { return Self::nowhere() };
        leaves(query, &mut found);
        for leaf in found {
            let Body::Select(select) = &leaf.body else { continue };
            origin.add(catalog, select);
            let tables: Vec<Oid> = select
                .sources
                .iter()
                .filter_map(|source| match source.of {
                    SourceOf::Relation(oid, _) => Some(oid),
                    _ => None,
                })
                .collect();
            let is_empty = |oid: &Oid| {
                catalog
                    .relation(*oid)
                    .is_some_and(|it| it.is_table() && it.rows == Rows::None && it.children.is_empty())
            };
            let joins_all = !select.from.iter().any(pads);
            let puts_out = select.groups.is_empty() && !leaf.outputs().any(|target| has_aggregate(&target.value));
            origin.has_rows |= !(joins_all && puts_out && tables.iter().any(is_empty));
            origin.decides = origin.decides.or(tables.iter().copied().find(|oid| !is_empty(oid)));
        }
        origin
    }

    fn add(&mut self, catalog: &Catalog, select: &Select) {
        for source in &select.sources {
            match &source.of {
                SourceOf::Relation(oid, _) => self.tables.push((source.number, *oid)),
                SourceOf::Values(rows) => self.written.push((source.number, rows.clone())),
                SourceOf::Query(query) => self.queries.push((source.number, (**query).clone())),
                SourceOf::Function(call, false) => {
                    let is_series =
                        |call: &Call| builtin_name(catalog.version(), call.function) == Some("generate_series");
                    if matches!(&call.node, Node::Call(call) if is_series(call)) {
                        self.series.push(source.number);
                    }
                }
                SourceOf::Function(..) | SourceOf::Common(_) | SourceOf::Join => {}
            }
        }
        for from in &select.from {
            padded(from, false, &mut self.padded);
        }
        if let Some(condition) = &select.condition {
            guards(condition, &mut self.guards);
            filled(condition, &mut self.filled);
        }
    }

    /// Returns the outputs of a query: where it is made of several, only what all of them are.
    pub(super) fn outputs(&self, query: Option<&Query>) -> Vec<Expression> {
        let mut found = Vec::new();
        if let Some(query) = query {
            leaves(query, &mut found);
        }
        match found.as_slice() {
            [one] => one.outputs().map(|target| target.value.clone()).collect(),
            [first, ..] => first.outputs().map(|_| Expression::anything()).collect(),
            [] => Vec::new(),
        }
    }

    /// Returns what is known of a column of a source.
    pub(super) fn leaf(&self, catalog: &Catalog, leaf: &Expression) -> Known {
        let Node::Column { relation: source, number } = leaf.node else { return Known::Perhaps };
        if self.filled.contains(&(source, number)) {
            return Known::Some;
        }
        if self.padded.contains(&source) {
            return Known::Perhaps;
        }
        if let Some((_, rows)) = self.written.iter().find(|(of, _)| *of == source) {
            let at = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
            let each = rows.iter().map(|row| {
                let known = row.get(at).map(|value| evaluate(catalog, value, &|_| Known::Perhaps));
                known.and_then(Result::ok).unwrap_or(Known::Perhaps)
            });
            return each.reduce(Known::or).unwrap_or(Known::Perhaps);
        }
        if self.series.contains(&source) {
            return Known::Some;
        }
        if let Some((_, query)) = self.queries.iter().find(|(of, _)| *of == source) {
            let at = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
            let inside = Self::of_query(catalog, Some(query));
            let output = inside.outputs(Some(query)).into_iter().nth(at);
            let known = output.map(|output| evaluate(catalog, &output, &|leaf| inside.leaf(catalog, leaf)));
            return known.and_then(Result::ok).unwrap_or(Known::Perhaps);
        }
        let not_null = self.column(catalog, leaf).is_some_and(|(table, number)| {
            let column = catalog.relation(table).and_then(|relation| relation.numbered(number));
            column.is_some_and(|column| column.not_null)
        });
        if not_null { Known::Some } else { Known::Perhaps }
    }

    /// Returns the column of a table whose values an expression has, unless they are null.
    pub(super) fn column(&self, catalog: &Catalog, it: &Expression) -> Option<(Oid, i16)> {
        match &it.node {
            Node::Column { relation: source, number } => {
                let (_, table) = self.tables.iter().find(|(of, _)| of == source)?;
                Some((*table, *number))
            }
            Node::Relabel(cast) => self.column(catalog, &cast.value),
            Node::SubQuery(inner) if matches!(inner.link, Link::Value) => {
                let Body::Select(select) = &inner.query.body else { return None };
                let mut inside = Self::default();
                inside.add(catalog, select);
                inside.column(catalog, &inner.query.outputs().next()?.value)
            }
            // A sum is no value of the column; the greatest and the least are.
            Node::Coalesce(parts) => match parts.as_slice() {
                [only] => self.column(catalog, only),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns whether the condition says that there is no such row in a table yet.
    pub(super) fn guards(&self, table: Oid) -> bool {
        self.guards.contains(&table)
    }
}

/// Returns whether no two rows that a query puts out are equal in some outputs, as the query or a table says it.
pub(super) fn is_distinct(catalog: &Catalog, query: &Query, outputs: &[usize]) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let targets: Vec<&Expression> = query.outputs().map(|target| &target.value).collect();
    let is_given = |at: &usize| outputs.contains(at);
    if !select.groups.is_empty() {
        return select.groups.iter().all(is_given);
    }
    match &select.distinct {
        Distinct::All => {
            let is_fixed = |target: &&Expression| matches!(target.node, Node::Constant(_));
            return (0..).zip(&targets).all(|(at, target)| is_given(&at) || is_fixed(target));
        }
        Distinct::On(places) => return places.iter().all(is_given),
        Distinct::No => {}
    }
    let [source] = select.sources.as_slice() else { return false };
    let SourceOf::Relation(table, _) = source.of else { return false };
    let Some(relation) = catalog.relation(table).filter(|relation| relation.children.is_empty()) else { return false };
    let columns: Vec<i16> = outputs
        .iter()
        .filter_map(|at| match targets.get(*at).map(|target| &target.node) {
            Some(Node::Column { relation, number }) if *relation == source.number => Some(*number),
            _ => None,
        })
        .collect();
    let returns_sets = targets.iter().any(|target| target.any(&mut |part| matches!(part.node, Node::Call(_))));
    !returns_sets
        && relation.indexes.iter().filter_map(|oid| catalog.relation(*oid)?.as_index()).any(|index| {
            index.unique
                && index.valid
                && index.predicate.is_none()
                && index.key_columns().all(|column| column.is_some_and(|column| columns.contains(&column)))
        })
}

/// Returns whether a join puts out rows that have no counterpart.
fn pads(from: &From) -> bool {
    let From::Join(join) = from else { return false };
    join.kind != JoinKind::Inner || pads(&join.left) || pads(&join.right)
}

fn padded(from: &From, by: bool, found: &mut Vec<Oid>) {
    match from {
        From::Source(source) => {
            if by {
                found.push(*source);
            }
        }
        From::Join(join) => {
            let left = by || matches!(join.kind, JoinKind::Right | JoinKind::Full);
            let right = by || matches!(join.kind, JoinKind::Left | JoinKind::Full);
            padded(&join.left, left, found);
            padded(&join.right, right, found);
        }
    }
}

fn has_aggregate(it: &Expression) -> bool {
    it.any(&mut |part| matches!(part.node, Node::Aggregate(_)))
}

/// Finds the columns that are not null where a condition holds: `column IS NOT NULL`, `column = …`.
fn filled(condition: &Expression, found: &mut Vec<(Oid, i16)>) {
    let mut take = |side: &Expression| {
        if let Node::Column { relation, number } = side.node {
            found.push((relation, number));
        }
    };
    match &condition.node {
        Node::And(parts) => parts.iter().for_each(|part| filled(part, found)),
        Node::Null { value, negated: true } => take(value),
        Node::Operator(operation) if ["=", "<>", "<", "<=", ">", ">="].contains(&&*operation.name) => {
            operation.left.as_deref().into_iter().chain([&*operation.right]).for_each(take);
        }
        _ => {}
    }
}

/// Finds the tables of which a condition says that rows are not there: `NOT EXISTS (SELECT … FROM table …)`.
fn guards(condition: &Expression, found: &mut Vec<Oid>) {
    match &condition.node {
        Node::And(parts) => parts.iter().for_each(|part| guards(part, found)),
        Node::Not(inside) => {
            let Node::SubQuery(sub) = &inside.node else { return };
            let Body::Select(select) = &sub.query.body else { return };
            if matches!(sub.link, Link::Exists | Link::Any(..)) {
                found.extend(select.sources.iter().filter_map(|source| match source.of {
                    SourceOf::Relation(oid, _) => Some(oid),
                    _ => None,
                }));
            }
        }
        _ => {}
    }
}
