//! What is made of several values: `CASE`, `COALESCE`, arrays, rows, and what stands in brackets behind one.

use super::analyze::{Analysis, text};
use super::coerce::{self, plain};
use super::comparison::is_untyped;
use super::{Answer, Stop};
use crate::PostgresVersion;
use crate::catalog::expression::{Expression, Form, Node, Subscript, Value};
use crate::catalog::types::{self, Type, UNKNOWN};
use crate::catalog::{Context, Oid};
use crate::sql::query::ast::{self, AccessExpr, CaseWhen, Expr};

const INT4: Oid = Oid(23);
const JSONB: Oid = Oid(3802);
const RECORD: Oid = Oid(2249);

impl Analysis<'_> {
    pub(super) fn case(&mut self, operand: Option<&Expr>, branches: &[CaseWhen], otherwise: Option<&Expr>) -> Answer {
        let operand = match operand {
            None => None,
            Some(operand) => {
                let operand = self.expression(operand)?;
                // No placeholder could stand for a literal without a type.
                let of_text = is_untyped(&operand);
                Some(if of_text { coerce::to_common_of(self.scope, operand, text(), "CASE")? } else { operand })
            }
        };
        let (mut conditions, mut results) = (Vec::new(), Vec::new());
        for branch in branches {
            let condition = self.expression(&branch.condition)?;
            let condition = match &operand {
                Some(operand) => {
                    let placeholder = Expression { node: Node::Placeholder, of: operand.of };
                    self.compared("=", placeholder, condition)?
                }
                None => condition,
            };
            conditions.push(coerce::to_boolean(self.scope, condition, "CASE/WHEN")?);
            results.push(self.expression(&branch.result)?);
        }
        let null = || Expression { node: Node::Constant(Value::Null), of: plain(UNKNOWN) };
        let otherwise = otherwise.map_or_else(|| Ok(null()), |otherwise| self.expression(otherwise))?;
        // What stands behind ELSE counts first.
        results.insert(0, otherwise);
        let (mut results, of) = coerce::to_common(self.scope, results, "CASE")?;
        let otherwise = Box::new(results.remove(0));
        let branches = conditions.into_iter().zip(results).collect();
        Ok(Expression { node: Node::Case { operand: operand.map(Box::new), branches, otherwise }, of })
    }

    /// `COALESCE`, `GREATEST`, `LEAST`
    pub(super) fn first_or_best(&mut self, name: &str, arguments: Vec<Expression>) -> Answer {
        if arguments.is_empty() {
            return Err(Stop::unknown("a call of nothing"));
        }
        let (arguments, of) = coerce::to_common(self.scope, arguments, &name.to_ascii_uppercase())?;
        let node = match name {
            "coalesce" => Node::Coalesce(arguments),
            "greatest" => Node::Greatest(arguments),
            _ => Node::Least(arguments),
        };
        Ok(Expression { node, of })
    }

    pub(super) fn null_if(&mut self, left: Expression, right: Expression) -> Answer {
        let (operation, result) = self.operation("=", Some(left), right)?;
        if result != coerce::BOOL {
            return Err(Stop::refused("42804", "NULLIF requires = operator to yield boolean"));
        }
        let of = operation.left.as_ref().map_or(plain(UNKNOWN), |left| left.of);
        Ok(Expression { node: Node::NullIf(operation), of })
    }

    pub(super) fn row(&mut self, trees: &[Expr]) -> Answer {
        let values = self.expressions(trees)?;
        Ok(Expression { node: Node::Row(values), of: plain(RECORD) })
    }

    /// `ARRAY[…]`, maybe one that is cast right away. `transformArrayExpr`
    pub(super) fn array(&mut self, trees: &[Expr], to: Option<Type>) -> Answer {
        let under = to.map(|to| types::base_type(self.scope, to));
        let array = self.elements(trees, under)?;
        match to {
            Some(to) => self.cast(array, to),
            None => Ok(array),
        }
    }

    fn elements(&mut self, trees: &[Expr], to: Option<Type>) -> Answer {
        let mut values = Vec::new();
        let mut nested = false;
        for tree in trees {
            let value = match tree {
                Expr::Array(array) => {
                    nested = true;
                    self.elements(&array.elem, to)?
                }
                tree => self.expression(tree)?,
            };
            nested |= types::element(self.scope, value.of.oid).is_some();
            values.push(value);
        }
        let Some(to) = to else {
            if values.is_empty() {
                return Err(Stop::refused("42P18", "cannot determine type of empty array"));
            }
            let (values, common) = coerce::to_common(self.scope, values, "ARRAY")?;
            let of = if nested { Some(common.oid) } else { types::array_of(self.scope, common.oid) };
            let of = of.ok_or_else(|| Stop::refused("42704", "could not find array type"))?;
            return Ok(Expression { of: Type { oid: of, modifier: common.modifier }, node: Node::Array(values) });
        };
        let element = types::element(self.scope, to.oid).ok_or_else(|| Stop::unknown("an array of another type"))?;
        let each = Type { oid: if nested { to.oid } else { element }, modifier: to.modifier };
        let values = values.into_iter().map(|value| self.cast(value, each)).collect::<Answer<Vec<_>>>()?;
        let modifier = coerce::common_modifier(&values);
        Ok(Expression { of: Type { oid: to.oid, modifier }, node: Node::Array(values) })
    }

    pub(super) fn subscript(&mut self, root: &Expr, chain: &[AccessExpr]) -> Answer {
        let value = self.expression(root)?;
        let base = types::base_type(self.scope, value.of);
        let mut subscripts = Vec::new();
        for access in chain {
            match access {
                AccessExpr::Subscript(ast::Subscript::Index { index }) => {
                    let upper = Some(self.place_in(base.oid, index)?);
                    subscripts.push(Subscript { lower: None, upper, slice: false });
                }
                AccessExpr::Subscript(ast::Subscript::Slice { lower_bound, upper_bound, stride: None })
                    if base.oid != JSONB =>
                {
                    let mut bound =
                        |bound: &Option<Expr>| bound.as_ref().map(|bound| self.place_in(base.oid, bound)).transpose();
                    let (lower, upper) = (bound(lower_bound)?, bound(upper_bound)?);
                    subscripts.push(Subscript { lower, upper, slice: true });
                }
                _ => return Err(Stop::unknown("a field of a row")),
            }
        }
        let slices = subscripts.iter().filter(|subscript| subscript.slice).count();
        if slices != 0 && slices != subscripts.len() {
            return Err(Stop::unknown("a slice beside a place"));
        }
        let of = match types::element(self.scope, base.oid) {
            _ if base.oid == JSONB && self.scope.version() < PostgresVersion::V14 => {
                return Err(Stop::refused("42804", "cannot subscript type jsonb because it is not an array"));
            }
            _ if base.oid == JSONB || slices > 0 => base,
            Some(element) => Type { oid: element, modifier: base.modifier },
            None => return Err(Stop::refused("42804", "cannot subscript the type")),
        };
        let value = if value.of == base || base.oid == value.of.oid {
            value
        } else {
            coerce::coerced(self.scope, value, base.oid, -1, Context::Implicit, Form::Implicit)?
        };
        Ok(Expression { node: Node::Subscript { value: Box::new(value), subscripts }, of })
    }

    /// A place in an array is a number; a key of a document may be a text, too.
    fn place_in(&mut self, of: Oid, tree: &Expr) -> Answer {
        let place = self.expression(tree)?;
        if of == JSONB {
            return match place.of.oid {
                INT4 => Ok(place),
                oid if oid == text() => Ok(place),
                UNKNOWN => coerce::coerced(self.scope, place, text(), -1, Context::Implicit, Form::Implicit),
                _ => Err(Stop::unknown("a key of such a type")),
            };
        }
        if types::element(self.scope, of).is_none() {
            return Err(Stop::refused("42804", "cannot subscript the type"));
        }
        coerce::to_type(self.scope, place, plain(INT4), Context::Assignment, Form::Implicit)?
            .ok_or_else(|| Stop::refused("42804", "array subscript must have type integer"))
    }
}
