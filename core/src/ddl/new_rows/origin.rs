//! Where the values come from that a query puts into columns: from which columns of which tables, and whether they may
//! be null.

use std::sync::Arc;

use super::distinct::is_series;
use super::guards::{bare, guards};
use super::outputs::{self, Commons, Written};
use super::{NewRow, value_of};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, From, JoinKind, Link, Query, Select, SetTree, Source, SourceOf};
use crate::catalog::{Catalog, Index, Known, KnownRow, Oid, Refusal, Rows};
use crate::expression::{evaluate, normal_form};
use crate::query::Change;

/// The sources that expressions mention.
#[derive(Default)]
pub(super) struct Origin {
    /// Sources that are tables, by number.
    tables: Vec<(Oid, Oid)>,
    /// Those whose columns a join may fill up with nulls.
    padded: Vec<Oid>,
    /// Sources that are queries, or rows which are written there.
    known: Vec<(Oid, Arc<Written>)>,
    /// What computing the rows of queries raises that stand inside.
    pub(super) raised: Vec<Refusal>,
    /// Columns of sources that the condition takes no nulls of.
    filled: Vec<(Oid, i16)>,
    /// Rows may come of it.
    pub(super) has_rows: bool,
    /// The table whose rows decide what comes of it.
    pub(super) decides: Option<Oid>,
    /// Tables of which its condition says that rows are not there, with the columns by which it tells them, and what
    /// these are compared with.
    guards: Vec<(Oid, Vec<(i16, Expression)>)>,
}

/// Returns the plain queries of which a query is made.
pub(in crate::ddl) fn leaves<'q>(query: &'q Query, found: &mut Vec<&'q Query>) {
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

    /// Of what an UPDATE puts into columns; `inserted` are the rows of which ON CONFLICT may take some.
    pub(super) fn of_update(catalog: &Catalog, change: &Change, inserted: &[KnownRow]) -> Self {
        let mut origin = Self::nowhere();
        origin.tables.push((change.number, change.target));
        if let Some(select) = &change.from {
            origin.add(catalog, select, &mut Commons::new());
        }
        if let Some(excluded) = change.excluded {
            let columns = inserted.iter().flatten().map(|(number, _)| *number).max().unwrap_or(0);
            let known = |number: i16| {
                let values = inserted.iter().map(|row| value_of(row, number).clone());
                values.reduce(Known::or).unwrap_or(Known::Perhaps)
            };
            let merged = (1..=columns).map(known).collect();
            origin.known.push((excluded, Arc::new(Written { rows: Vec::new(), merged })));
        }
        origin
    }

    /// Of what a MERGE inserts: what it asks of counterparts says nothing of rows that have none.
    pub(super) fn of_merge(catalog: &Catalog, change: &Change) -> Self {
        let mut origin = Self::nowhere();
        if let Some(select) = &change.from {
            origin.add(catalog, &Select { condition: None, ..(**select).clone() }, &mut Commons::new());
            let source = tables_of(select).into_iter().find(|(number, _)| *number != change.number);
            origin.decides = source.map(|(_, table)| table);
        }
        origin
    }

    /// Of what a query puts out.
    pub(super) fn of_query(catalog: &Catalog, query: Option<&Query>) -> Self {
        query.map_or_else(Self::nowhere, |query| Self::among(catalog, query, &mut Commons::new()))
    }

    /// Of what a query puts out that stands behind queries of WITH.
    fn among(catalog: &Catalog, query: &Query, commons: &mut Commons) -> Self {
        let mut origin = Self::default();
        let before = commons.len();
        if query.recursive {
            // What they are may follow from themselves.
            let names = query.with.iter().map(|common| Arc::clone(&common.name));
            commons.extend(names.map(|name| (name, Arc::default(), Vec::new())));
        }
        for common in &query.with {
            // Each is looked at once, and does not see itself.
            let (written, raised) = Self::written(catalog, &common.query, commons);
            commons.push((Arc::clone(&common.name), Arc::new(written), raised));
        }
        let mut found = Vec::new();
        leaves(query, &mut found);
        for leaf in found {
            let Body::Select(select) = &leaf.body else { continue };
            origin.add(catalog, select, commons);
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
        commons.truncate(before);
        origin
    }

    /// Each query is looked at once, however often what is around it mentions its columns.
    fn written(catalog: &Catalog, query: &Query, commons: &mut Commons) -> (Written, Vec<Refusal>) {
        let mut origin = Self::among(catalog, query, commons);
        let (written, raised) = outputs::written(catalog, query, &origin, &[]);
        origin.raised.extend(raised);
        (written, origin.raised)
    }

    fn add(&mut self, catalog: &Catalog, select: &Select, commons: &mut Commons) {
        for source in &select.sources {
            let known = match &source.of {
                SourceOf::Relation(oid, _) => {
                    self.tables.push((source.number, *oid));
                    continue;
                }
                SourceOf::Values(rows) => Arc::new(of_values(catalog, rows)),
                SourceOf::Query(query) => {
                    let (written, raised) = Self::written(catalog, query, commons);
                    self.raised.extend(raised);
                    Arc::new(written)
                }
                SourceOf::Function(call, false) if is_series(catalog, call) => {
                    Arc::new(Written { rows: Vec::new(), merged: vec![Known::Some] })
                }
                SourceOf::Common(name) => match commons.iter().rev().find(|(known, ..)| known == name) {
                    Some((_, written, raised)) => {
                        self.raised.extend(raised.iter().cloned());
                        Arc::clone(written)
                    }
                    None => continue,
                },
                SourceOf::Function(..) | SourceOf::Join => continue,
            };
            self.known.push((source.number, known));
        }
        for from in &select.from {
            padded(from, false, &mut self.padded);
        }
        if let Some(condition) = &select.condition {
            guards(condition, &mut self.guards);
            filled(condition, &mut self.filled);
        }
    }

    /// Returns what a query puts into columns, one by one: where it is made of several, that is not one expression.
    pub(super) fn outputs(query: &Query, put: &[Expression]) -> Vec<Expression> {
        match &query.body {
            Body::Select(_) => {
                let outputs = query.outputs().map(|target| &target.value);
                let put = put.iter().map(Some).chain(std::iter::repeat(None));
                outputs
                    .zip(put)
                    .map(|(value, put)| put.map_or_else(|| value.clone(), |put| outputs::substituted(put, value)))
                    .collect()
            }
            Body::Set(_) => query.outputs().map(|_| Expression::anything()).collect(),
        }
    }

    /// Returns the rows of a source that are written there.
    pub(super) fn written_of(&self, source: Oid) -> Option<&Written> {
        self.known.iter().find(|(of, _)| *of == source).map(|(_, written)| &**written)
    }

    /// Returns what is known of a column of a source.
    pub(super) fn leaf(&self, catalog: &Catalog, leaf: &Expression) -> Known {
        self.leaf_of(catalog, leaf, None)
    }

    /// The same of a row that is `picked` of one source.
    pub(super) fn leaf_of(&self, catalog: &Catalog, leaf: &Expression, picked: Option<(Oid, &Vec<Known>)>) -> Known {
        let Node::Column { relation: source, number } = leaf.node else { return Known::Perhaps };
        let is_filled = self.filled.contains(&(source, number));
        if self.padded.contains(&source) {
            return if is_filled { Known::Some } else { Known::Perhaps };
        }
        if let Some(written) = self.written_of(source) {
            let row = picked.filter(|(of, _)| *of == source).map_or(&written.merged, |(_, row)| row);
            let at = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
            return match row.get(at).cloned().unwrap_or(Known::Perhaps) {
                // A row of which it is null does not come through.
                Known::Null | Known::Perhaps if is_filled => Known::Some,
                known => known,
            };
        }
        if is_filled {
            return Known::Some;
        }
        let not_null = self.column(leaf).is_some_and(|(table, number)| {
            let column = catalog.relation(table).and_then(|relation| relation.numbered(number));
            column.is_some_and(|column| column.not_null)
        });
        if not_null { Known::Some } else { Known::Perhaps }
    }

    /// Returns the column of a table whose values an expression has, unless they are null.
    pub(super) fn column(&self, it: &Expression) -> Option<(Oid, i16)> {
        match &it.node {
            Node::Column { relation: source, number } => {
                let (_, table) = self.tables.iter().find(|(of, _)| of == source)?;
                Some((*table, *number))
            }
            Node::Relabel(_) | Node::Call(_) => {
                let inner = bare(it);
                if std::ptr::eq(inner, it) { None } else { self.column(inner) }
            }
            Node::SubQuery(inner) if matches!(inner.link, Link::Value) => {
                let Body::Select(select) = &inner.query.body else { return None };
                let inside = Self { tables: tables_of(select), ..Self::default() };
                inside.column(&inner.query.outputs().next()?.value)
            }
            _ => None,
        }
    }

    /// Returns whether the condition says that nothing in a table has the key of an index that a row has.
    pub(super) fn guards(&self, catalog: &Catalog, index: &Index, row: &NewRow) -> bool {
        let is_same = |with: &Expression, number: i16| {
            let Some(put) = row.tree(number) else { return false };
            if bare(put).node == bare(with).node {
                return true;
            }
            let form = |of: Oid, known: Option<&str>| normal_form(catalog, of, known?);
            let asked = evaluate(catalog, with, &|leaf| self.leaf(catalog, leaf)).ok();
            let asked = form(with.of.oid, asked.as_ref().and_then(Known::text));
            asked.is_some() && asked == form(put.of.oid, row.value(number).text())
        };
        let is_asked = |columns: &[(i16, Expression)], number: i16| {
            columns.iter().any(|(of, with)| *of == number && is_same(with, number))
        };
        let key: Vec<Option<i16>> = index.key_columns().collect();
        self.guards.iter().filter(|(table, _)| *table == index.on).any(|(_, columns)| {
            // With what is no part of the key, the condition says less.
            key.iter().all(|number| number.is_some_and(|number| is_asked(columns, number)))
                && columns.iter().all(|(number, _)| key.contains(&Some(*number)))
        })
    }
}

/// Returns the sources of a query that are tables, by number.
fn tables_of(select: &Select) -> Vec<(Oid, Oid)> {
    let table = |source: &Source| match source.of {
        SourceOf::Relation(oid, _) => Some((source.number, oid)),
        _ => None,
    };
    select.sources.iter().filter_map(table).collect()
}

fn of_values(catalog: &Catalog, rows: &[Vec<Expression>]) -> Written {
    let known = |value: &Expression| evaluate(catalog, value, &|_| Known::Perhaps).unwrap_or(Known::Perhaps);
    Written::of(rows.iter().map(|row| row.iter().map(known).collect()).collect())
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
