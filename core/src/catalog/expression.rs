//! Expressions as Postgres keeps them: every name is a number, every cast is a node, and every node has a type.

use std::borrow::Cow;

use super::Oid;
use super::query::{Aggregate, Link, SubQuery};
use super::types::Type;

/// A node with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// What it is.
    pub node: Node,
    /// What it comes to.
    pub of: Type,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A column; number 0 is the whole row.
    Column {
        /// `pg_class.oid`
        relation: Oid,
        /// `pg_attribute.attnum`
        number: i16,
    },
    /// `VALUE` in the check of a domain.
    DomainValue,
    /// What stands at the place of the value in `CASE value WHEN …`, or of an element in a cast of an array.
    Placeholder,
    /// A value.
    Constant(Value),
    /// `a + b`, `- a`
    Operator(Operation),
    /// `a IS DISTINCT FROM b`, with the operator `=`.
    Distinct(Operation),
    /// `NULLIF(a, b)`, with the operator `=`.
    NullIf(Operation),
    /// `a = ANY (b)`, `a = ALL (b)`
    Quantified {
        /// The operator between the value and an element.
        operation: Operation,
        /// It is `ANY`.
        any: bool,
    },
    /// A function.
    Call(Call),
    /// The bytes are taken for another type.
    Relabel(Cast),
    /// Through text.
    ViaText(Cast),
    /// Each element of an array.
    Elements {
        /// The array.
        cast: Cast,
        /// What is done to [`Node::Placeholder`].
        element: Box<Expression>,
    },
    /// A value is checked by a domain.
    ToDomain(Cast),
    /// `a COLLATE b`: the value and the collation.
    Collate(Box<Expression>, Oid),
    /// `a AND b AND c`
    And(Vec<Expression>),
    /// `a OR b OR c`
    Or(Vec<Expression>),
    /// `NOT a`
    Not(Box<Expression>),
    /// `a IS NULL`, `a IS NOT NULL`
    Null {
        /// What is looked at.
        value: Box<Expression>,
        /// It is `IS NOT NULL`.
        negated: bool,
    },
    /// `a IS TRUE`, `a IS NOT UNKNOWN`
    Truth {
        /// What is looked at.
        value: Box<Expression>,
        /// Which; none is `UNKNOWN`.
        is: Option<bool>,
        /// It is `IS NOT`.
        negated: bool,
    },
    /// `CASE`
    Case {
        /// The value behind `CASE`.
        operand: Option<Box<Expression>>,
        /// Conditions with their results; with an operand, they compare [`Node::Placeholder`].
        branches: Vec<(Expression, Expression)>,
        /// The result behind `ELSE`.
        otherwise: Box<Expression>,
    },
    /// `COALESCE(a, b)`
    Coalesce(Vec<Expression>),
    /// `GREATEST(a, b)`
    Greatest(Vec<Expression>),
    /// `LEAST(a, b)`
    Least(Vec<Expression>),
    /// `ARRAY[a, b]`
    Array(Vec<Expression>),
    /// `ROW(a, b)`
    Row(Vec<Expression>),
    /// `a[1]`, `a[1:2]`
    Subscript {
        /// What is looked into.
        value: Box<Expression>,
        /// In order.
        subscripts: Vec<Subscript>,
    },
    /// `CURRENT_DATE`, `CURRENT_TIMESTAMP(3)`: the word, and the precision.
    Keyword(&'static str, Option<i32>),
    /// `sum(a)`, `row_number() OVER (…)`
    Aggregate(Box<Aggregate>),
    /// `(SELECT …)`; the parts of the query are no parts of the expression.
    SubQuery(Box<SubQuery>),
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `NULL`
    Null,
    /// As its type writes it.
    Text(String),
    /// A value of `regclass`: renaming the relation changes its text.
    Relation(Oid),
}

/// An operator between its operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// `pg_operator.oid`
    pub operator: Oid,
    /// No operator can be renamed.
    pub name: Cow<'static, str>,
    /// The function behind it.
    pub function: Oid,
    /// None before a single operand.
    pub left: Option<Box<Expression>>,
    /// The operand behind it.
    pub right: Box<Expression>,
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `pg_proc.oid`
    pub function: Oid,
    /// Of a cast only the first: the others follow from the type.
    pub arguments: Vec<Argument>,
    /// The last argument is an array of all that the function takes there.
    pub variadic: bool,
    /// How it was asked for.
    pub form: Form,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// In `name => value`.
    pub name: Option<String>,
    /// The value.
    pub value: Expression,
}

/// A value that becomes of another type, without a function of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// The value before.
    pub value: Box<Expression>,
    /// It was not asked for.
    pub implicit: bool,
}

/// How a call was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `f(a)`
    Call,
    /// `a::t`
    Explicit,
    /// Nobody did.
    Implicit,
    /// With words of its own, `EXTRACT(year FROM a)`.
    Syntax,
}

/// What stands in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscript {
    /// The lower bound, in `[1:2]`.
    pub lower: Option<Expression>,
    /// The upper bound, or the place.
    pub upper: Option<Expression>,
    /// There is a colon.
    pub slice: bool,
}

impl Expression {
    /// Returns one of which nothing is known.
    pub(crate) fn anything() -> Self {
        Self { node: Node::Placeholder, of: Type { oid: Oid(0), modifier: -1 } }
    }

    /// Returns the expressions right inside, in order.
    pub fn parts(&self) -> Vec<&Expression> {
        match &self.node {
            Node::Column { .. } | Node::DomainValue | Node::Placeholder | Node::Constant(_) | Node::Keyword(..) => {
                Vec::new()
            }
            Node::Operator(operation)
            | Node::Distinct(operation)
            | Node::NullIf(operation)
            | Node::Quantified { operation, .. } => {
                operation.left.iter().map(AsRef::as_ref).chain([operation.right.as_ref()]).collect()
            }
            Node::Call(call) => call.arguments.iter().map(|argument| &argument.value).collect(),
            Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) => vec![&cast.value],
            Node::Elements { cast, element } => vec![&cast.value, element],
            Node::Collate(value, _) | Node::Not(value) | Node::Null { value, .. } | Node::Truth { value, .. } => {
                vec![value]
            }
            Node::And(parts)
            | Node::Or(parts)
            | Node::Coalesce(parts)
            | Node::Greatest(parts)
            | Node::Least(parts)
            | Node::Array(parts)
            | Node::Row(parts) => parts.iter().collect(),
            Node::Case { operand, branches, otherwise } => {
                let branches = branches.iter().flat_map(|(condition, result)| [condition, result]);
                operand.iter().map(AsRef::as_ref).chain(branches).chain([otherwise.as_ref()]).collect()
            }
            Node::Subscript { value, subscripts } => {
                let bounds = subscripts.iter().flat_map(|subscript| subscript.lower.iter().chain(&subscript.upper));
                [value.as_ref()].into_iter().chain(bounds).collect()
            }
            Node::Aggregate(aggregate) => aggregate.parts(),
            Node::SubQuery(inner) => match &inner.link {
                Link::Any(values, _) | Link::All(values, _) => values.iter().collect(),
                Link::Exists | Link::Value | Link::Array => Vec::new(),
            },
        }
    }

    /// Returns the expressions right inside, in order, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Expression> {
        match &mut self.node {
            Node::Column { .. } | Node::DomainValue | Node::Placeholder | Node::Constant(_) | Node::Keyword(..) => {
                Vec::new()
            }
            Node::Operator(operation)
            | Node::Distinct(operation)
            | Node::NullIf(operation)
            | Node::Quantified { operation, .. } => {
                operation.left.iter_mut().map(AsMut::as_mut).chain([operation.right.as_mut()]).collect()
            }
            Node::Call(call) => call.arguments.iter_mut().map(|argument| &mut argument.value).collect(),
            Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) => vec![&mut cast.value],
            Node::Elements { cast, element } => vec![&mut cast.value, element],
            Node::Collate(value, _) | Node::Not(value) | Node::Null { value, .. } | Node::Truth { value, .. } => {
                vec![value]
            }
            Node::And(parts)
            | Node::Or(parts)
            | Node::Coalesce(parts)
            | Node::Greatest(parts)
            | Node::Least(parts)
            | Node::Array(parts)
            | Node::Row(parts) => parts.iter_mut().collect(),
            Node::Case { operand, branches, otherwise } => {
                let branches = branches.iter_mut().flat_map(|(condition, result)| [condition, result]);
                operand.iter_mut().map(AsMut::as_mut).chain(branches).chain([otherwise.as_mut()]).collect()
            }
            Node::Subscript { value, subscripts } => {
                let bounds =
                    subscripts.iter_mut().flat_map(|subscript| subscript.lower.iter_mut().chain(&mut subscript.upper));
                [value.as_mut()].into_iter().chain(bounds).collect()
            }
            Node::Aggregate(aggregate) => aggregate.parts_mut(),
            Node::SubQuery(inner) => match &mut inner.link {
                Link::Any(values, _) | Link::All(values, _) => values.iter_mut().collect(),
                Link::Exists | Link::Value | Link::Array => Vec::new(),
            },
        }
    }

    /// Changes it and each inside, from the outermost.
    pub fn change(&mut self, change: &mut dyn FnMut(&mut Expression)) {
        change(self);
        for part in self.parts_mut() {
            part.change(change);
        }
    }

    /// Returns whether it, or one inside, is such a one.
    pub fn any(&self, is: &mut dyn FnMut(&Expression) -> bool) -> bool {
        is(self) || self.parts().into_iter().any(|part| part.any(is))
    }

    /// Calls a function with it and with each inside, from the outermost.
    pub fn visit(&self, see: &mut dyn FnMut(&Expression)) {
        self.any(&mut |it| {
            see(it);
            false
        });
    }
}
