//! On what the value of an expression depends: indexes and generated columns take only what depends on nothing else.

use crate::catalog::expression::{Expression, Node, Value};
use crate::catalog::function::{self, Signature, Volatility};
use crate::catalog::types::{self, Method, Types, text_volatility};
use crate::catalog::{Context, Oid};

use super::{Answer, Stop};

const BOOL: Oid = Oid(16);
const TEXT: Oid = Oid(25);
/// `text || anything`, `anything || text`: the planner puts a cast to text in their place.
const CONCATENATIONS: [Oid; 2] = [Oid(2003), Oid(2004)];

/// Returns whether Postgres computes something, and may fail at it, when it plans the expression: a cast or a call of
/// values that are written there. It plans a check that is added to a table, a key of an index, a generated column.
pub fn computes(tree: &Expression, types: &dyn Types) -> bool {
    tree.any(&mut |it| {
        let is_computed = matches!(
            it.node,
            Node::Call(_)
                | Node::Operator(_)
                | Node::Distinct(_)
                | Node::NullIf(_)
                | Node::Quantified { .. }
                | Node::ViaText(_)
                | Node::ToDomain(_)
                | Node::Elements { .. }
                | Node::Array(_)
                | Node::Greatest(_)
                | Node::Least(_)
                | Node::Subscript { .. }
        );
        is_computed && may_be_known(it, types)
    })
}

/// Returns whether the value may be known without a row.
pub(super) fn may_be_known(tree: &Expression, types: &dyn Types) -> bool {
    if volatility(tree, types, &[]).is_some_and(|it| it != Volatility::Immutable) {
        return false;
    }
    match &tree.node {
        Node::Column { .. } | Node::DomainValue | Node::Aggregate(_) | Node::SubQuery(_) => false,
        Node::Coalesce(values) => values.first().is_some_and(|first| may_be_known(first, types)),
        // One part may tell the whole.
        Node::Case { .. } | Node::And(_) | Node::Or(_) => {
            tree.parts().into_iter().any(|part| may_be_known(part, types))
        }
        _ => tree.parts().into_iter().all(|part| may_be_known(part, types)),
    }
}

/// Returns whether the planner computes a node whose parts it knows.
pub(super) fn is_folded(it: &Expression, types: &dyn Types) -> bool {
    volatility(it, types, &[]).is_none_or(|found| found == Volatility::Immutable)
}

/// Returns on what a node depends beside its parts; none where a function is not known.
fn volatility(it: &Expression, types: &dyn Types, own: &[Signature]) -> Option<Volatility> {
    let of = |function: Oid| {
        let known =
            function::builtin_of(types.version(), function).or_else(|| own.iter().find(|it| it.oid == function));
        known.map(|signature| signature.volatility)
    };
    match &it.node {
        Node::Operator(operation) if CONCATENATIONS.contains(&operation.function) => {
            it.parts().into_iter().map(|part| to_text(types, part.of.oid)).max()
        }
        Node::Operator(operation)
        | Node::Distinct(operation)
        | Node::NullIf(operation)
        | Node::Quantified { operation, .. } => of(operation.function),
        Node::Call(call) => of(call.function),
        Node::ViaText(cast) => Some(text_volatility(types, cast.value.of.oid, it.of.oid)),
        Node::Keyword(..) => Some(Volatility::Stable),
        _ => Some(Volatility::Immutable),
    }
}

/// Returns whether the same row always gives the same value: `contain_mutable_functions` of Postgres, after planning.
pub(super) fn is_immutable(tree: &Expression, types: &dyn Types, own: &[Signature]) -> Answer<bool> {
    let mut unknown = false;
    let mutable = tree.any(&mut |it| {
        let found = volatility(it, types, own);
        unknown |= found.is_none();
        found.is_some_and(|found| found != Volatility::Immutable)
    });
    // Beside a null or a known condition the planner may drop what is mutable, or it fails before it is found.
    let may_vanish = tree.any(&mut |it| match &it.node {
        Node::Constant(value) => *value == Value::Null || it.of.oid == BOOL,
        Node::Case { .. } | Node::Coalesce(_) => true,
        _ => false,
    });
    let vanishes = mutable && (may_vanish || computes(tree, types));
    if vanishes || (unknown && !mutable) {
        return Err(Stop::unknown("whether the planner finds the expression immutable"));
    }
    Ok(!mutable)
}

fn to_text(types: &dyn Types, from: Oid) -> Volatility {
    match types::pathway(types, from, TEXT, Context::Explicit) {
        Some(Method::Function(function)) => function::builtin_of(types.version(), function)
            .map_or(Volatility::Volatile, |signature| signature.volatility),
        Some(Method::Text) => text_volatility(types, from, TEXT),
        Some(Method::Relabel) => Volatility::Immutable,
        _ => Volatility::Stable,
    }
}
