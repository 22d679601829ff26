//! Whether the tree of sqlparser is the one that Postgres would make of the same text.
//!
//! A tree stands for a text without further parentheses just where each operand binds at least as strongly as its
//! place asks for. Where the two grammars differ in how strongly an operator binds, the tree breaks that rule.

use super::{Answer, Stop};
use crate::sql::query::ast::{
    self, AccessExpr, BinaryOperator, CastKind, Expr, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, Subscript, UnaryOperator, WindowType,
};

/// How strongly something binds, by the grammar of Postgres; what is not listed stands for itself.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARISON: u8 = 5;
const LIKE: u8 = 6;
const OTHER: u8 = 7;
const PLUS: u8 = 8;
const TIMES: u8 = 9;
const POWER: u8 = 10;
const ZONE: u8 = 11;
const COLLATE: u8 = 12;
const SIGN: u8 = 13;
const SUBSCRIPT: u8 = 14;
const CAST: u8 = 15;
const ATOM: u8 = 20;

/// Refuses what Postgres cannot read, and stops where it reads a text otherwise.
///
/// Walks without recursion: a chain of operators is a tree as deep as the chain is long.
pub(super) fn check(tree: &Expr) -> Answer<()> {
    let mut waiting = vec![tree];
    while let Some(tree) = waiting.pop() {
        if let Expr::CompoundFieldAccess { root, .. } = tree
            && !matches!(**root, Expr::Nested(_) | Expr::Identifier(_) | Expr::CompoundIdentifier(_))
            && !matches!(&**root, Expr::Value(value) if matches!(value.value, ast::Value::Placeholder(_)))
        {
            return Err(Stop::refused("42601", "syntax error at or near \"[\""));
        }
        if !agrees(tree) {
            return Err(Stop::unknown("operators whose order is not told by parentheses"));
        }
        waiting.extend(parts(tree));
    }
    Ok(())
}

/// Returns the expressions right inside; none in forms that are not modeled.
fn parts(tree: &Expr) -> Vec<&Expr> {
    match tree {
        Expr::Nested(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Cast { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::Extract { expr: inner, .. }
        | Expr::Ceil { expr: inner, .. }
        | Expr::Floor { expr: inner, .. }
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner) => vec![inner],
        Expr::BinaryOp { left, right, .. }
        | Expr::AnyOp { left, right, .. }
        | Expr::AllOp { left, right, .. }
        | Expr::IsDistinctFrom(left, right)
        | Expr::IsNotDistinctFrom(left, right)
        | Expr::AtTimeZone { timestamp: left, time_zone: right }
        | Expr::Position { expr: left, r#in: right } => vec![left, right],
        Expr::InList { expr, list, .. } => [expr.as_ref()].into_iter().chain(list).collect(),
        Expr::InSubquery { expr, .. } => vec![expr],
        Expr::Between { expr, low, high, .. } => vec![expr, low, high],
        Expr::Like { expr, pattern, escape_char, .. }
        | Expr::ILike { expr, pattern, escape_char, .. }
        | Expr::SimilarTo { expr, pattern, escape_char, .. } => {
            [expr, pattern].into_iter().chain(escape_char).map(AsRef::as_ref).collect()
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            [expr].into_iter().chain(substring_from).chain(substring_for).map(AsRef::as_ref).collect()
        }
        Expr::Trim { trim_what, expr, trim_characters, .. } => {
            let named = [expr].into_iter().chain(trim_what).map(AsRef::as_ref);
            named.chain(trim_characters.iter().flatten()).collect()
        }
        Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
            [expr, overlay_what, overlay_from].into_iter().chain(overlay_for).map(AsRef::as_ref).collect()
        }
        Expr::Case { operand, conditions, else_result, .. } => {
            let branches = conditions.iter().flat_map(|branch| [&branch.condition, &branch.result]);
            operand.iter().chain(else_result).map(AsRef::as_ref).chain(branches).collect()
        }
        Expr::Tuple(parts) => parts.iter().collect(),
        Expr::Array(array) => array.elem.iter().collect(),
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut parts = vec![root.as_ref()];
            for access in access_chain {
                match access {
                    AccessExpr::Subscript(Subscript::Index { index }) => parts.push(index),
                    AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, .. }) => {
                        parts.extend(lower_bound.iter().chain(upper_bound));
                    }
                    AccessExpr::Dot(_) => {}
                }
            }
            parts
        }
        Expr::Function(call) => match &call.args {
            FunctionArguments::List(list) => {
                let ordered = list.clauses.iter().flat_map(|clause| match clause {
                    FunctionArgumentClause::OrderBy(order) => order.as_slice(),
                    _ => &[],
                });
                let mut parts: Vec<&Expr> = list.args.iter().filter_map(argument).collect();
                parts.extend(ordered.chain(&call.within_group).map(|sort| &sort.expr));
                parts.extend(call.filter.as_deref());
                if let Some(WindowType::WindowSpec(window)) = &call.over {
                    parts.extend(window.partition_by.iter().chain(window.order_by.iter().map(|sort| &sort.expr)));
                }
                parts
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Returns whether the operands of a node, not those inside them, bind as they stand.
fn agrees(tree: &Expr) -> bool {
    let at_least = |operand: &Expr, least: u8| strength(operand) >= least;
    let own = strength(tree);
    match tree {
        // An argument by name, as it was written before `=>`.
        Expr::BinaryOp { op: BinaryOperator::Assignment, .. } => true,
        Expr::BinaryOp { left, right, .. } if own == COMPARISON => at_least(left, own + 1) && at_least(right, own + 1),
        Expr::BinaryOp { left, right, .. } => at_least(left, own) && at_least(right, own + 1),
        Expr::AnyOp { left, .. } | Expr::AllOp { left, .. } => at_least(left, own),
        Expr::UnaryOp { expr, .. } => at_least(expr, own),
        Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
            at_least(left, own + 1) && at_least(right, own + 1)
        }
        Expr::IsNull(value)
        | Expr::IsNotNull(value)
        | Expr::IsTrue(value)
        | Expr::IsNotTrue(value)
        | Expr::IsFalse(value)
        | Expr::IsNotFalse(value)
        | Expr::IsUnknown(value)
        | Expr::IsNotUnknown(value) => at_least(value, own + 1),
        Expr::InList { expr, .. } | Expr::InSubquery { expr, .. } => at_least(expr, own + 1),
        Expr::Between { expr, low, high, .. } => {
            at_least(expr, own + 1) && at_least(low, own + 1) && at_least(high, own + 1) && is_restricted(low)
        }
        Expr::Like { expr, pattern, .. }
        | Expr::ILike { expr, pattern, .. }
        | Expr::SimilarTo { expr, pattern, .. } => at_least(expr, own + 1) && at_least(pattern, own + 1),
        Expr::AtTimeZone { timestamp, time_zone } => at_least(timestamp, own) && at_least(time_zone, own + 1),
        Expr::Collate { expr, .. } => at_least(expr, own),
        Expr::CompoundFieldAccess { root, .. } => at_least(root, own),
        Expr::Position { expr, r#in } => is_restricted(expr) && is_restricted(r#in),
        Expr::Cast { expr, .. } if own == CAST => at_least(expr, own),
        _ => true,
    }
}

/// Returns whether it may stand where the grammar takes fewer operators, `b_expr`.
fn is_restricted(tree: &Expr) -> bool {
    match tree {
        Expr::BinaryOp { left, right, .. } => {
            strength(tree) >= COMPARISON && is_restricted(left) && is_restricted(right)
        }
        Expr::UnaryOp { expr, .. } => strength(tree) != NOT && is_restricted(expr),
        Expr::Cast { expr, .. } if strength(tree) == CAST => is_restricted(expr),
        _ => !matches!(strength(tree), IS | LIKE | ZONE | COLLATE | OTHER),
    }
}

fn strength(tree: &Expr) -> u8 {
    match tree {
        Expr::BinaryOp { op, .. } => match op {
            BinaryOperator::Or => OR,
            BinaryOperator::And => AND,
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq => COMPARISON,
            BinaryOperator::Plus | BinaryOperator::Minus => PLUS,
            BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Modulo => TIMES,
            BinaryOperator::PGExp => POWER,
            BinaryOperator::Overlaps => ATOM,
            _ => OTHER,
        },
        Expr::AnyOp { .. } | Expr::AllOp { .. } => OTHER,
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => NOT,
        Expr::UnaryOp { op: UnaryOperator::Plus | UnaryOperator::Minus, .. } => SIGN,
        Expr::UnaryOp { .. } => OTHER,
        Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotUnknown(_)
        | Expr::IsNormalized { .. } => IS,
        Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::ILike { .. }
        | Expr::SimilarTo { .. } => LIKE,
        Expr::AtTimeZone { .. } => ZONE,
        Expr::Collate { .. } => COLLATE,
        Expr::CompoundFieldAccess { .. } => SUBSCRIPT,
        Expr::Cast { kind: CastKind::DoubleColon, .. } => CAST,
        _ => ATOM,
    }
}

fn argument(argument: &FunctionArg) -> Option<&Expr> {
    match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value))
        | FunctionArg::Named { arg: FunctionArgExpr::Expr(value), .. }
        | FunctionArg::ExprNamed { arg: FunctionArgExpr::Expr(value), .. } => Some(value),
        _ => None,
    }
}
