//! What a condition says of rows that are not there, and casts that keep values apart.

use crate::catalog::Oid;
use crate::catalog::expression::{Expression, Form, Node};
use crate::catalog::query::{Body, Link, SourceOf};
use crate::catalog::types::Type;

/// Finds the tables of which a condition says that rows are not there, by which columns:
/// `NOT EXISTS (SELECT … FROM table WHERE column = …)`, `NOT … IN (SELECT column FROM table)`.
pub(super) fn guards(condition: &Expression, found: &mut Vec<(Oid, Vec<(i16, Expression)>)>) {
    match &condition.node {
        Node::And(parts) => parts.iter().for_each(|part| guards(part, found)),
        Node::Not(inside) => {
            let Node::SubQuery(sub) = &inside.node else { return };
            let Body::Select(select) = &sub.query.body else { return };
            let [source] = select.sources.as_slice() else { return };
            let SourceOf::Relation(table, _) = source.of else { return };
            let columns = match (&sub.link, &select.condition) {
                (Link::Exists, Some(condition)) => compared(condition, source.number),
                (Link::Any(tested, _), None) => {
                    let outputs = sub.query.outputs().map(|target| column_of(&target.value, source.number));
                    outputs.zip(tested).map(|(column, tested)| Some((column?, tested.clone()))).collect()
                }
                _ => None,
            };
            found.extend(columns.map(|columns| (table, columns)));
        }
        _ => {}
    }
}

/// Returns the columns of a source that are compared by `=`, and with what; none where a condition asks anything else.
fn compared(condition: &Expression, source: Oid) -> Option<Vec<(i16, Expression)>> {
    match &condition.node {
        Node::And(parts) => {
            let each: Option<Vec<_>> = parts.iter().map(|part| compared(part, source)).collect();
            each.map(|each| each.concat())
        }
        Node::Operator(operation) if &*operation.name == "=" => {
            let (left, right) = (operation.left.as_deref()?, &*operation.right);
            let one = column_of(left, source).map(|column| (column, right.clone()));
            let other = column_of(right, source).map(|column| (column, left.clone()));
            let columns: Vec<_> = one.into_iter().chain(other).collect();
            (!columns.is_empty()).then_some(columns)
        }
        _ => None,
    }
}

pub(super) fn column_of(it: &Expression, source: Oid) -> Option<i16> {
    match bare(it).node {
        Node::Column { relation, number } if relation == source => Some(number),
        _ => None,
    }
}

/// Returns the value or column that an expression gives in another type, without losing anything of it.
pub(super) fn bare(it: &Expression) -> &Expression {
    match &it.node {
        Node::Relabel(cast) => bare(&cast.value),
        Node::Call(call) if call.form == Form::Implicit => match call.arguments.first() {
            Some(argument) if holds_all(it.of, argument.value.of) => bare(&argument.value),
            _ => it,
        },
        _ => it,
    }
}

/// Returns whether values that differ still do when they are put into a column, as `put` does it to a placeholder.
pub(super) fn keeps_apart(put: &Expression) -> bool {
    !put.any(&mut |part| part.node == Node::Placeholder) || bare(put).node == Node::Placeholder
}

/// Returns whether a type holds each value of another as it is.
fn holds_all(to: Type, from: Type) -> bool {
    /// smallint, integer, bigint, numeric
    const NUMBERS: [u32; 4] = [21, 23, 20, 1700];
    const VARCHAR: u32 = 1043;
    let rank = |of: Type| NUMBERS.iter().position(|number| *number == of.oid.0);
    match (rank(to), rank(from)) {
        (Some(to_rank), Some(from_rank)) => to_rank >= from_rank && to.modifier == -1,
        _ => to.oid.0 == VARCHAR && to.oid == from.oid && (0..=to.modifier).contains(&from.modifier),
    }
}
