//! Whether rows of a query or of a source differ in some columns.

use super::keyring::Keyring;
use crate::catalog::expression::{Call, Expression, Node};
use crate::catalog::function::builtin_name;
use crate::catalog::query::{Body, Distinct, Query, SourceOf};
use crate::catalog::{Catalog, Known};
use crate::expression::evaluate;

pub(super) fn is_series(catalog: &Catalog, call: &Expression) -> bool {
    let is_it = |call: &Call| builtin_name(catalog.version(), call.function) == Some("generate_series");
    matches!(&call.node, Node::Call(call) if is_it(call))
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
    let returns_sets = targets.iter().any(|target| target.any(&mut |part| matches!(part.node, Node::Call(_))));
    let source = match select.sources.as_slice() {
        // Of nothing comes one row.
        [] => return !returns_sets,
        [source] => source,
        _ => return false,
    };
    let columns: Vec<i16> = outputs
        .iter()
        .filter_map(|at| match targets.get(*at).map(|target| &target.node) {
            Some(Node::Column { relation, number }) if *relation == source.number => Some(*number),
            _ => None,
        })
        .collect();
    !returns_sets && source_is_distinct(catalog, &source.of, &columns)
}

/// Returns whether no two rows of a source are equal in some of its columns.
pub(super) fn source_is_distinct(catalog: &Catalog, source: &SourceOf, columns: &[i16]) -> bool {
    let table = match source {
        SourceOf::Relation(table, _) => *table,
        SourceOf::Values(rows) => return are_distinct(catalog, rows, columns),
        SourceOf::Query(inner) => {
            let inside: Vec<usize> =
                columns.iter().filter_map(|number| usize::try_from(*number).ok()?.checked_sub(1)).collect();
            return !inside.is_empty() && is_distinct(catalog, inner, &inside);
        }
        SourceOf::Function(call, _) => return is_series(catalog, call) && columns.contains(&1),
        SourceOf::Common(_) | SourceOf::Join => return false,
    };
    let Some(relation) = catalog.relation(table).filter(|relation| relation.children.is_empty()) else { return false };
    relation.indexes.iter().filter_map(|oid| catalog.relation(*oid)?.as_index()).any(|index| {
        index.unique
            && index.valid
            && index.predicate.is_none()
            && index.key_columns().all(|column| column.is_some_and(|column| columns.contains(&column)))
    })
}

/// Returns whether no two rows that are written there are equal in some columns.
fn are_distinct(catalog: &Catalog, rows: &[Vec<Expression>], columns: &[i16]) -> bool {
    let of_columns = |row: &[Expression]| -> Vec<Expression> {
        let places = columns.iter().filter_map(|number| usize::try_from(*number).ok()?.checked_sub(1));
        places.filter_map(|at| row.get(at).cloned()).collect()
    };
    let Some(first) = rows.first() else { return true };
    let types = of_columns(first).iter().map(|value| Some(value.of.oid)).collect();
    let mut keys = Keyring::of(catalog, types, true, false);
    !columns.is_empty()
        && rows.iter().all(|row| {
            let key: Vec<Known> = of_columns(row)
                .iter()
                .map(|value| evaluate(catalog, value, &|_| Known::Perhaps).unwrap_or(Known::Perhaps))
                .collect();
            let is_new = keys.has(&key) == Some(false);
            keys.add(&key);
            is_new
        })
}
