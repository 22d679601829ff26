//! Queries in expressions: `EXISTS`, `IN`, `ANY`, and one that gives a value.

use super::analyze::{Analysis, boolean, unwrapped};
use super::coerce::{self, plain};
use super::{Answer, Place, Stop};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Link, Query, SubQuery};
use crate::catalog::types::{self, Type};
use crate::sql::query::ast::{self, Expr};

impl Analysis<'_> {
    pub(super) fn sub_query(&mut self, tree: &Expr) -> Answer {
        match tree {
            Expr::Exists { subquery, negated } => {
                let query = self.read(subquery)?;
                Ok(negated_if(*negated, linked(Link::Exists, query, plain(coerce::BOOL))))
            }
            Expr::Subquery(query) => {
                let query = self.read(query)?;
                let of = only_column(&query)?;
                Ok(linked(Link::Value, query, of))
            }
            Expr::InSubquery { expr, subquery, negated } => {
                Ok(negated_if(*negated, self.compared_with_query(expr, "=", true, subquery)?))
            }
            _ => Err(Stop::unknown("a query of such a form")),
        }
    }

    /// `ARRAY(SELECT …)`
    pub(super) fn array_of_query(&mut self, query: &ast::Query) -> Answer {
        let query = self.read(query)?;
        let of = only_column(&query)?;
        let array = match types::element(self.scope, of.oid) {
            Some(_) => of.oid,
            None => types::array_of(self.scope, of.oid)
                .ok_or_else(|| Stop::refused("42704", "could not find array type"))?,
        };
        Ok(linked(Link::Array, query, Type { oid: array, modifier: of.modifier }))
    }

    /// `a = ANY (SELECT …)`, `(a, b) <> ALL (SELECT …)`
    pub(super) fn compared_with_query(&mut self, left: &Expr, name: &str, any: bool, query: &ast::Query) -> Answer {
        let query = self.read(query)?;
        let left = match unwrapped(left) {
            Expr::Tuple(values) => self.expressions(values)?,
            left => vec![self.expression(left)?],
        };
        let columns: Vec<Type> = query.outputs().map(|target| target.value.of).collect();
        if left.len() < columns.len() {
            return Err(Stop::refused("42601", "subquery has too many columns"));
        }
        if left.len() > columns.len() {
            return Err(Stop::refused("42601", "subquery has too few columns"));
        }
        if left.len() > 1 && name != "=" && name != "<>" {
            return Err(Stop::unknown("the order of rows"));
        }
        let mut values = Vec::new();
        for (value, of) in left.into_iter().zip(columns) {
            let column = Expression { node: Node::Placeholder, of };
            let (operation, result) = self.operation(name, Some(value), column)?;
            if result != coerce::BOOL {
                return Err(Stop::refused("42804", "row comparison operator must yield type boolean"));
            }
            let left = operation.left.ok_or_else(|| Stop::unknown("an operator without a left side"))?;
            values.push(*left);
        }
        let name = name.to_owned();
        let link = if any { Link::Any(values, name) } else { Link::All(values, name) };
        Ok(linked(link, query, plain(coerce::BOOL)))
    }

    fn read(&mut self, query: &ast::Query) -> Answer<Query> {
        match (self.place, self.queries) {
            (Place::Query(_) | Place::Policy, Some(queries)) => queries.query(query),
            (place, _) => {
                let what = match place {
                    Place::Check => "in check constraint",
                    Place::Default(_) => "in DEFAULT expression",
                    Place::Generated(_) => "in column generation expression",
                    Place::IndexKey => "in index expression",
                    Place::IndexPredicate => "in index predicate",
                    Place::Statistics => "in statistics expression",
                    Place::Using(_) => "in transform expression",
                    Place::TriggerWhen => "in trigger WHEN condition",
                    Place::Policy | Place::Query(_) => "here",
                };
                Err(Stop::refused("0A000", format!("cannot use subquery {what}")))
            }
        }
    }
}

fn negated_if(negated: bool, value: Expression) -> Expression {
    if negated { boolean(Node::Not(Box::new(value))) } else { value }
}

fn linked(link: Link, query: Query, of: Type) -> Expression {
    Expression { node: Node::SubQuery(Box::new(SubQuery { link, query })), of }
}

fn only_column(query: &Query) -> Answer<Type> {
    let mut outputs = query.outputs();
    match (outputs.next(), outputs.next()) {
        (Some(target), None) => Ok(target.value.of),
        _ => Err(Stop::refused("42601", "subquery must return only one column")),
    }
}
