//! What compares: `IN`, `ANY`, `BETWEEN`, `LIKE`, `IS …`, and rows side by side.

use super::analyze::{Analysis, boolean, operator_name, unwrapped};
use super::coerce::{self, plain};
use super::{Answer, Stop};
use crate::catalog::expression::{Expression, Form, Node, Operation, Value};
use crate::catalog::types::{self, UNKNOWN};
use crate::catalog::{Context, Oid};
use crate::sql::query::ast::{self, Expr};

const RECORD: Oid = Oid(2249);

impl Analysis<'_> {
    pub(super) fn comparison(&mut self, tree: &Expr) -> Answer {
        match tree {
            Expr::IsNull(value) => self.null_test(value, false),
            Expr::IsNotNull(value) => self.null_test(value, true),
            Expr::IsTrue(value) => self.truth(value, Some(true), false),
            Expr::IsNotTrue(value) => self.truth(value, Some(true), true),
            Expr::IsFalse(value) => self.truth(value, Some(false), false),
            Expr::IsNotFalse(value) => self.truth(value, Some(false), true),
            Expr::IsUnknown(value) => self.truth(value, None, false),
            Expr::IsNotUnknown(value) => self.truth(value, None, true),
            Expr::IsDistinctFrom(left, right) => self.distinct(left, right, false),
            Expr::IsNotDistinctFrom(left, right) => self.distinct(left, right, true),
            Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            Expr::Between { expr, negated, low, high } => self.between(expr, *negated, low, high),
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(if *negated { "!~~" } else { "~~" }, "like_escape", expr, pattern, escape_char.as_deref())
            }
            Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like(if *negated { "!~~*" } else { "~~*" }, "like_escape", expr, pattern, escape_char.as_deref())
            }
            Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                let name = if *negated { "!~" } else { "~" };
                self.like(name, "similar_to_escape", expr, pattern, escape_char.as_deref())
            }
            Expr::AnyOp { left, compare_op, right, .. } => self.quantified(left, compare_op, right, true),
            Expr::AllOp { left, compare_op, right } => self.quantified(left, compare_op, right, false),
            _ => Err(Stop::unknown("a comparison of such a form")),
        }
    }

    fn null_test(&mut self, value: &Expr, negated: bool) -> Answer {
        let value = self.expression(value)?;
        if coerce::is_row(self.scope, value.of.oid) && !matches!(value.node, Node::Row(_)) {
            return Err(Stop::unknown("a test of a row"));
        }
        Ok(boolean(Node::Null { value: Box::new(value), negated }))
    }

    fn truth(&mut self, value: &Expr, is: Option<bool>, negated: bool) -> Answer {
        let value = self.expression(value)?;
        let value = Box::new(coerce::to_boolean(self.scope, value, "IS")?);
        Ok(boolean(Node::Truth { value, is, negated }))
    }

    fn distinct(&mut self, left: &Expr, right: &Expr, negated: bool) -> Answer {
        // Beside a NULL it asks for just that.
        for (null, other) in [(right, left), (left, right)] {
            if matches!(unwrapped(null), Expr::Value(value) if value.value == ast::Value::Null) {
                return self.null_test(other, !negated);
            }
        }
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        if matches!((&left.node, &right.node), (Node::Row(_), Node::Row(_))) {
            return Err(Stop::unknown("rows that are distinct"));
        }
        let (operation, result) = self.operation("=", Some(left), right)?;
        if result != coerce::BOOL {
            return Err(Stop::refused("42804", "IS DISTINCT FROM requires = operator to yield boolean"));
        }
        let distinct = boolean(Node::Distinct(operation));
        Ok(if negated { boolean(Node::Not(Box::new(distinct))) } else { distinct })
    }

    /// Puts an operator between two values or two rows.
    pub(super) fn compared(&self, name: &str, left: Expression, right: Expression) -> Answer {
        match (left.node, right.node) {
            (Node::Row(left), Node::Row(right)) => self.rows(name, left, right),
            (a, b) => {
                let (left, right) = (Expression { node: a, of: left.of }, Expression { node: b, of: right.of });
                self.operator(name, left, right)
            }
        }
    }

    /// `make_row_comparison_op`
    fn rows(&self, name: &str, left: Vec<Expression>, right: Vec<Expression>) -> Answer {
        if left.len() != right.len() {
            return Err(Stop::refused("42601", "unequal number of entries in row expressions"));
        }
        if left.is_empty() {
            return Err(Stop::refused("0A000", "cannot compare rows of zero length"));
        }
        let pairs = left.into_iter().zip(right);
        let mut parts = Vec::new();
        for (left, right) in pairs {
            let part = self.operator(name, left, right)?;
            if part.of.oid != coerce::BOOL {
                return Err(Stop::refused("42804", "row comparison operator must yield type boolean"));
            }
            parts.push(part);
        }
        match (name, parts.len()) {
            (_, 1) => parts.pop().ok_or_else(|| Stop::unknown("a row of nothing")),
            ("=", _) => Ok(boolean(Node::And(parts))),
            ("<>", _) => Ok(boolean(Node::Or(parts))),
            _ => Err(Stop::unknown("the order of two rows")),
        }
    }

    fn in_list(&mut self, value: &Expr, list: &[Expr], negated: bool) -> Answer {
        let name = if negated { "<>" } else { "=" };
        let value = self.expression(value)?;
        let items = self.expressions(list)?;
        let all: Vec<Oid> = [value.of.oid]
            .into_iter()
            .chain(items.iter().filter(|item| !has_column(item)).map(|item| item.of.oid))
            .collect();
        let mut result = None;
        let mut rest = items;
        if all.len() > 2
            && let Some(common) = types::common(self.scope, &all)
            && all.iter().all(|oid| types::can_become(self.scope, *oid, common, Context::Implicit))
            && common != RECORD
            && let Some(array) = types::array_of(self.scope, common)
        {
            let (columns, constants): (Vec<_>, Vec<_>) = rest.into_iter().partition(has_column);
            let elements = constants
                .into_iter()
                .map(|item| coerce::to_common_of(self.scope, item, common, "IN"))
                .collect::<Answer<Vec<_>>>()?;
            let array = Expression { node: Node::Array(elements), of: plain(array) };
            result = Some(self.any_or_all(name, !negated, value.clone(), array)?);
            rest = columns;
        }
        for item in rest {
            let next = self.compared(name, value.clone(), item)?;
            let next = coerce::to_boolean(self.scope, next, "IN")?;
            result = Some(match result {
                None => next,
                Some(before) if negated => boolean(Node::And(vec![before, next])),
                Some(before) => boolean(Node::Or(vec![before, next])),
            });
        }
        result.ok_or_else(|| Stop::unknown("an empty list"))
    }

    fn quantified(&mut self, left: &Expr, operator: &ast::BinaryOperator, right: &Expr, any: bool) -> Answer {
        let name = operator_name(operator)?;
        if let Expr::Subquery(query) = right {
            return self.compared_with_query(left, &name, any, query);
        }
        let left = self.expression(left)?;
        let right = self.expression(right)?;
        self.any_or_all(&name, any, left, right)
    }

    /// `make_scalar_array_op`
    fn any_or_all(&self, name: &str, any: bool, left: Expression, array: Expression) -> Answer {
        let wrong = |what: &str| Stop::refused("42809", format!("op ANY/ALL (array) requires {what}"));
        let of = types::base(self.scope, array.of.oid);
        let element = match of {
            UNKNOWN => UNKNOWN,
            of => types::element(self.scope, of).ok_or_else(|| wrong("array on right side"))?,
        };
        let found = self.find(name, Some(left.of.oid), element)?;
        if found.result != coerce::BOOL {
            return Err(wrong("operator to yield boolean"));
        }
        let to = match found.right {
            right if right == element => of,
            right => {
                types::array_of(self.scope, right).ok_or_else(|| Stop::refused("42704", "could not find array type"))?
            }
        };
        let becomes =
            |value: Expression, to: Oid| coerce::coerced(self.scope, value, to, -1, Context::Implicit, Form::Implicit);
        let operation = Operation {
            operator: found.oid,
            name: name.to_owned().into(),
            function: found.function,
            left: Some(Box::new(becomes(left, found.left.unwrap_or(UNKNOWN))?)),
            right: Box::new(becomes(array, to)?),
        };
        Ok(boolean(Node::Quantified { operation, any }))
    }

    fn between(&mut self, value: &Expr, negated: bool, low: &Expr, high: &Expr) -> Answer {
        let mut part = |name: &str, bound: &Expr| {
            let (value, bound) = (self.expression(value)?, self.expression(bound)?);
            let part = self.compared(name, value, bound)?;
            coerce::to_boolean(self.scope, part, if negated { "OR" } else { "AND" })
        };
        Ok(if negated {
            let parts = vec![part("<", low)?, part(">", high)?];
            boolean(Node::Or(parts))
        } else {
            let parts = vec![part(">=", low)?, part("<=", high)?];
            boolean(Node::And(parts))
        })
    }

    fn like(&mut self, name: &str, escape: &str, value: &Expr, pattern: &Expr, by: Option<&Expr>) -> Answer {
        let value = self.expression(value)?;
        let mut pattern = self.expression(pattern)?;
        if by.is_some() || escape == "similar_to_escape" {
            let mut arguments = vec![pattern];
            if let Some(by) = by {
                arguments.push(self.expression(by)?);
            }
            pattern = self.builtin(escape, arguments, Form::Call)?;
        }
        self.operator(name, value, pattern)
    }
}

fn has_column(value: &Expression) -> bool {
    value.any(&mut |it| matches!(it.node, Node::Column { .. }))
}

/// Returns whether a value is a literal without a type.
pub(super) fn is_untyped(value: &Expression) -> bool {
    value.of.oid == UNKNOWN && matches!(value.node, Node::Constant(Value::Text(_) | Value::Null))
}
