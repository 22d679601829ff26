//! What checks say of the rows of a partition: where they prove that all are in the right one, Postgres reads none.
//! Of keys of one column, and of the forms in which people write such checks.

use std::cmp::Ordering;

use super::partition_bound::Constant;
use super::{Play, Stop, unknown};
use crate::catalog::expression::{Expression, Node, Operation, Value};
use crate::catalog::{Bound, Constraint, ConstraintKind, Datum, KeyOf, Oid, RangeEdge, RelationKind, Type};

/// What a check says of a column.
enum Says {
    /// All of these.
    All(Vec<Says>),
    /// One of these.
    One(Vec<Says>),
    /// It compares with a value so.
    Compares(Comparison, Datum),
    /// It is one of these values.
    In(Vec<Datum>),
    /// It is none of these values.
    NotIn(Vec<Datum>),
    Null,
    NotNull,
    /// What is not read here.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    GreaterOrEqual,
    Greater,
}

impl Play<'_> {
    /// Returns whether the checks of a table prove that none of its rows is outside of a bound, or none inside where
    /// the table is the default partition.
    pub(super) fn is_proven(&self, table: Oid, parent: Oid, bound: &Bound, is_default: bool) -> Result<bool, Stop> {
        let Some((column, of, columns)) = self.key_in(table, parent) else { return Ok(false) };
        let mut said = Vec::new();
        for check in self.catalog.constraints_of(table) {
            let ConstraintKind::Check(formula) = &check.kind else { continue };
            if check.validated && check.enforced && formula.columns.iter().any(|number| columns.contains(number)) {
                said.push(match column {
                    Some(column) => self.said(&formula.tree, column, of, false),
                    None => Says::Other,
                });
            }
        }
        if said.is_empty() {
            return Ok(false);
        }
        let not_null = column.is_some_and(|it| self.is_sure_not_null(table, it));
        let proven = match (bound, is_default) {
            (_, true) => said.iter().any(|said| keeps_out(said, bound)),
            (Bound::Range(from, to), false) => {
                let all = flat(said.iter());
                let has_value = not_null || all.iter().any(|it| matches!(it, Says::NotNull));
                has_value && all.iter().any(|it| is_above(it, from)) && all.iter().any(|it| is_below(it, to))
            }
            (Bound::List(values), false) => {
                let all = flat(said.iter());
                let has_value = not_null || all.iter().any(|it| matches!(it, Says::NotNull));
                let within = |said: &&Says| match said {
                    Says::In(those) => those.iter().all(|that| values.iter().any(|value| value.is(that))),
                    _ => false,
                };
                has_value && all.iter().any(within)
            }
            (Bound::Default | Bound::Hash { .. }, false) => false,
        };
        // Several may say together what none of them says alone.
        let one_is_read = matches!(said.as_slice(), [only] if !has_other(only));
        match proven {
            true => Ok(true),
            false if one_is_read && is_default && matches!(bound, Bound::Range(..)) => Ok(false),
            false => unknown("whether a check says that no row is in the wrong partition"),
        }
    }

    /// Returns whether no row has a null in a column, as Postgres knows it.
    fn is_sure_not_null(&self, table: Oid, column: i16) -> bool {
        let is_waiting = |constraint: &&Constraint| match constraint.kind {
            ConstraintKind::NotNull(number) => number == column && !constraint.validated,
            _ => false,
        };
        let found = self.catalog.relation(table).and_then(|table| table.numbered(column));
        found.is_some_and(|column| column.not_null) && !self.catalog.constraints_of(table).iter().any(is_waiting)
    }

    /// Returns the column of a table that is the key of another, where it is one column whose values are compared here,
    /// its type, and all columns of the key.
    fn key_in(&self, table: Oid, parent: Oid) -> Option<(Option<i16>, Type, Vec<i16>)> {
        let above = self.catalog.relation(parent)?;
        let RelationKind::Partitioned(by) = &above.kind else { return None };
        // No check says anything of a hash.
        if by.strategy == "HASH" {
            return None;
        }
        let own = |number: i16| {
            let name = &above.numbered(number)?.name;
            self.catalog.relation(table)?.column(name).map(|column| column.number)
        };
        let columns: Vec<i16> = by.columns().filter_map(own).collect();
        let (only, of) = match by.parts.as_slice() {
            [KeyOf::Column(number)] => (own(*number), above.numbered(*number)?.of),
            _ => (None, above.live().next()?.of),
        };
        Some((only, of, columns))
    }

    /// Returns what an expression says of a column, or what its opposite says.
    fn said(&self, tree: &Expression, column: i16, of: Type, opposite: bool) -> Says {
        let is_it = |side: &Expression| column_of(side) == Some(column);
        let all = |parts: &[Expression]| parts.iter().map(|part| self.said(part, column, of, opposite)).collect();
        match &tree.node {
            Node::Not(inner) => self.said(inner, column, of, !opposite),
            Node::And(parts) if opposite => Says::One(all(parts)),
            Node::Or(parts) if opposite => Says::All(all(parts)),
            Node::And(parts) => Says::All(all(parts)),
            Node::Or(parts) => Says::One(all(parts)),
            Node::Null { value, negated } if is_it(value) && *negated == opposite => Says::Null,
            Node::Null { value, .. } if is_it(value) => Says::NotNull,
            Node::Operator(Operation { name, left: Some(left), right, .. }) if is_it(left) => {
                let Some(value) = self.value_of(right, of) else { return Says::Other };
                compared(name, value, opposite)
            }
            Node::Operator(Operation { name, left: Some(left), right, .. }) if is_it(right) => {
                let Some(value) = self.value_of(left, of) else { return Says::Other };
                compared(turned(name), value, opposite)
            }
            Node::Quantified { operation: Operation { name, left: Some(left), right, .. }, any } if is_it(left) => {
                let Node::Array(elements) = &right.node else { return Says::Other };
                let values: Option<Vec<Datum>> = elements.iter().map(|element| self.value_of(element, of)).collect();
                match (&**name, any, opposite, values) {
                    ("=", true, false, Some(values)) | ("<>", false, true, Some(values)) => Says::In(values),
                    ("=", true, true, Some(values)) | ("<>", false, false, Some(values)) => Says::NotIn(values),
                    _ => Says::Other,
                }
            }
            _ => Says::Other,
        }
    }

    fn value_of(&self, tree: &Expression, of: Type) -> Option<Datum> {
        const WHOLE: [u32; 3] = [20, 21, 23];
        let is_of = tree.of.oid == of.oid || WHOLE.contains(&tree.of.oid.0) && WHOLE.contains(&of.oid.0);
        match &tree.node {
            Node::Constant(Value::Text(text)) if is_of => self.value(of, Constant::Quoted(text.clone())).ok(),
            _ => None,
        }
    }
}

/// Returns the column that an expression is, be it with a cast that changes no value.
fn column_of(tree: &Expression) -> Option<i16> {
    match &tree.node {
        Node::Column { number, .. } => Some(*number),
        Node::Relabel(cast) => column_of(&cast.value),
        _ => None,
    }
}

fn turned(name: &str) -> &str {
    match name {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

fn compared(name: &str, value: Datum, opposite: bool) -> Says {
    let is = match (name, opposite) {
        ("<", false) | (">=", true) => Comparison::Less,
        ("<=", false) | (">", true) => Comparison::LessOrEqual,
        (">=", false) | ("<", true) => Comparison::GreaterOrEqual,
        (">", false) | ("<=", true) => Comparison::Greater,
        ("=", false) | ("<>", true) => return Says::In(vec![value]),
        ("<>", false) | ("=", true) => return Says::NotIn(vec![value]),
        _ => return Says::Other,
    };
    Says::Compares(is, value)
}

/// Returns what is said for sure, each for itself.
fn flat<'s>(said: impl Iterator<Item = &'s Says>) -> Vec<&'s Says> {
    let mut all = Vec::new();
    for one in said {
        match one {
            Says::All(parts) => all.extend(flat(parts.iter())),
            other => all.push(other),
        }
    }
    all
}

fn has_other(said: &Says) -> bool {
    match said {
        Says::All(parts) | Says::One(parts) => parts.iter().any(has_other),
        Says::Other => true,
        _ => false,
    }
}

/// Returns whether no value within a bound is what is said.
fn keeps_out(said: &Says, bound: &Bound) -> bool {
    match (said, bound) {
        (Says::All(parts), _) => parts.iter().any(|part| keeps_out(part, bound)),
        (Says::One(parts), _) => parts.iter().all(|part| keeps_out(part, bound)),
        (Says::Null, Bound::Range(..)) => true,
        (said, Bound::Range(from, to)) => is_below(said, from) || is_above(said, to),
        (Says::NotIn(those), Bound::List(values)) => values.iter().all(|value| those.iter().any(|that| that.is(value))),
        _ => false,
    }
}

/// Returns whether what is said to be is less than an end of a range.
fn is_below(said: &Says, end: &[RangeEdge]) -> bool {
    let [RangeEdge::At(end)] = end else { return matches!(end, [RangeEdge::Greatest]) };
    match said {
        Says::Compares(Comparison::Less, value) => matches!(value.compare(end), Some(Ordering::Less | Ordering::Equal)),
        Says::Compares(Comparison::LessOrEqual, value) => value.compare(end) == Some(Ordering::Less),
        _ => false,
    }
}

/// Returns whether what is said to be is not less than an end of a range.
fn is_above(said: &Says, end: &[RangeEdge]) -> bool {
    let [RangeEdge::At(end)] = end else { return matches!(end, [RangeEdge::Least]) };
    match said {
        Says::Compares(Comparison::GreaterOrEqual | Comparison::Greater, value) => {
            matches!(value.compare(end), Some(Ordering::Greater | Ordering::Equal))
        }
        _ => false,
    }
}
