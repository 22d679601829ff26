//! What comes of the rows of a query, as far as they are written there: constants, VALUES, and what WITH, queries in
//! FROM and UNION make of them.

use std::sync::Arc;

use super::origin::Origin;
use crate::catalog::expression::{Call, Expression, Node};
use crate::catalog::function::builtin_of;
use crate::catalog::query::{Body, Distinct, From, Query, Select, SetTree, SourceOf};
use crate::catalog::{Catalog, Known, Oid, Refusal};
use crate::expression::evaluate;

/// Rows of which each that comes is one.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    pub(super) rows: Vec<Vec<Known>>,
    /// What is known of each column in all of them.
    pub(super) merged: Vec<Known>,
}

/// The queries of WITH that may be named, the last one last, with what computing their rows raises.
pub(super) type Commons = Vec<(Arc<str>, Arc<Written>, Vec<Refusal>)>;

impl Written {
    /// So many rows are told apart.
    const MOST: usize = 500;

    pub(super) fn of(rows: Vec<Vec<Known>>) -> Self {
        let either = |one: Vec<Known>, two: &Vec<Known>| {
            one.into_iter().zip(two).map(|(one, two)| one.or(two.clone())).collect::<Vec<Known>>()
        };
        let first = rows.first().cloned().unwrap_or_default();
        let merged = rows.iter().skip(1).fold(first, either);
        let rows = if rows.len() > Self::MOST { vec![merged.clone()] } else { rows };
        Self { rows, merged }
    }
}

/// Returns the rows that a query puts out, and what computing them raises; `put` is what becomes of each output, at the
/// place of [`Node::Placeholder`].
pub(super) fn written(
    catalog: &Catalog,
    query: &Query,
    origin: &Origin,
    put: &[Expression],
) -> (Written, Vec<Refusal>) {
    let (mut rows, mut raised) = (Vec::new(), Vec::new());
    let mut leaves = Vec::new();
    super::origin::leaves(query, &mut leaves);
    for leaf in leaves {
        let Body::Select(select) = &leaf.body else { continue };
        let outputs: Vec<Expression> = leaf
            .outputs()
            .enumerate()
            .map(|(at, target)| match put.get(at) {
                Some(put) => substituted(put, &target.value),
                None => target.value.clone(),
            })
            .collect();
        let one = |picked: Option<(Oid, &Vec<Known>)>, raised: &mut Vec<Refusal>| -> Vec<Known> {
            let leaf = |leaf: &Expression| origin.leaf_of(catalog, leaf, picked);
            let value = |output: &Expression| match evaluate(catalog, output, &leaf) {
                Ok(known) => known,
                Err(refusal) => {
                    if !raised.contains(&refusal) {
                        raised.push(refusal);
                    }
                    Known::Perhaps
                }
            };
            outputs.iter().map(value).collect()
        };
        let mut several = select.sources.iter().filter_map(|source| {
            let rows = origin.written_of(source.number).filter(|written| written.rows.len() > 1)?;
            Some((source.number, &rows.rows))
        });
        match several.next() {
            Some((number, all)) => rows.extend(all.iter().map(|row| one(Some((number, row)), &mut raised))),
            None => rows.push(one(None, &mut raised)),
        }
        for (number, all) in several {
            all.iter().for_each(|row| drop(one(Some((number, row)), &mut raised)));
        }
    }
    (Written::of(rows), raised)
}

/// Returns of each output of a query whether all its values are written there, and can be computed.
pub(in crate::ddl) fn are_written(catalog: &Catalog, query: &Query, put: &[Expression]) -> Vec<bool> {
    let (written, _) = written(catalog, query, &Origin::of_query(catalog, Some(query)), put);
    let is_written = |at: usize| {
        let mut values = written.rows.iter().map(|row| row.get(at));
        values.all(|value| matches!(value, Some(Known::Is(_) | Known::Null)))
    };
    (0..written.merged.len()).map(is_written).collect()
}

/// Returns what becomes of a value, which stands at the place of [`Node::Placeholder`].
pub(in crate::ddl) fn substituted(put: &Expression, value: &Expression) -> Expression {
    let mut made = put.clone();
    let mut place: Option<&mut Expression> = Some(&mut made);
    // It stands below casts alone.
    while let Some(at) = place.take() {
        if at.node == Node::Placeholder {
            *at = value.clone();
            break;
        }
        place = at.parts_mut().into_iter().next();
    }
    made
}

/// Returns whether the planner puts the outputs of a query into the place where its columns are used, as
/// `is_simple_subquery` tells.
pub(in crate::ddl) fn is_pulled_up(catalog: &Catalog, query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let is_plain = query.with.is_empty()
        && query.order.is_empty()
        && query.offset.is_none()
        && query.limit.is_none()
        && query.locks.is_empty()
        && select.groups.is_empty()
        && select.having.is_none()
        && select.distinct == Distinct::No;
    is_plain && !query.outputs().any(|target| is_summed_up(catalog, &target.value))
}

/// Returns whether rows are sure to come of a query, and all its outputs to be computed.
pub(in crate::ddl) fn puts_out_rows(catalog: &Catalog, query: &Query) -> bool {
    if query.offset.is_some() || query.limit.is_some() || query.recursive {
        return false;
    }
    match &query.body {
        Body::Select(select) => {
            !query.outputs().any(|target| is_summed_up(catalog, &target.value)) && has_rows(catalog, query, select)
        }
        Body::Set(tree) => is_union(catalog, tree),
    }
}

fn has_rows(catalog: &Catalog, query: &Query, select: &Select) -> bool {
    let comes = |of: &SourceOf| match of {
        SourceOf::Values(_) => true,
        SourceOf::Query(inner) => puts_out_rows(catalog, inner),
        SourceOf::Common(name) => {
            let common = query.with.iter().rev().find(|common| common.name == *name);
            common.is_some_and(|common| puts_out_rows(catalog, &common.query))
        }
        SourceOf::Relation(..) | SourceOf::Function(..) | SourceOf::Join => false,
    };
    select.condition.is_none()
        && select.having.is_none()
        && select.groups.is_empty()
        && !matches!(select.distinct, Distinct::On(_))
        && select.from.iter().all(|from| matches!(from, From::Source(_)))
        && select.sources.iter().all(|source| comes(&source.of))
}

fn is_union(catalog: &Catalog, tree: &SetTree) -> bool {
    match tree {
        SetTree::Leaf(query) => puts_out_rows(catalog, query),
        SetTree::Node { operation, left, right, .. } => {
            *operation == "UNION" && is_union(catalog, left) && is_union(catalog, right)
        }
    }
}

/// Returns whether an output is none of a row: of several, or of none at all.
fn is_summed_up(catalog: &Catalog, it: &Expression) -> bool {
    let returns_set = |call: &Call| {
        let known = builtin_of(catalog.version(), call.function).map(|it| it.returns_set);
        known.or_else(|| Some(catalog.routine(call.function)?.returns_set)).unwrap_or(true)
    };
    it.any(&mut |part| match &part.node {
        Node::Aggregate(_) => true,
        Node::Call(call) => returns_set(call),
        _ => false,
    })
}
