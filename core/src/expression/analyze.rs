//! From the tree of sqlparser to the tree that Postgres would keep: `parse_expr.c`.

use super::call;
use super::coerce::{self, plain};
use super::precedence;
use super::volatility;
use super::{Answer, Clause, Place, Queries, Scope, Stop};
use crate::catalog::expression::{Expression, Form, Node, Operation, Value};
use crate::catalog::function::Signature;
use crate::catalog::operator::{self, Found, NoOperator};
use crate::catalog::query::Window;
use crate::catalog::types::{self, Type, UNKNOWN};
use crate::catalog::{Context, Oid};
use crate::sql::TypeName;
use crate::sql::query;
use crate::sql::query::ast::{self, BinaryOperator, CastKind, Expr, Ident, ObjectName, ObjectNamePart, UnaryOperator};

const INT4: Oid = Oid(23);
const INT8: Oid = Oid(20);
const NUMERIC: Oid = Oid(1700);
const BIT: Oid = Oid(1560);
const TEXT: Oid = Oid(25);

/// Trees that nest deeper are not followed.
const DEPTH: usize = 120;

/// Returns the tree that Postgres would keep of an expression that stands somewhere.
pub fn analyze(text: &str, place: Place, scope: &dyn Scope) -> Answer {
    whole(text, place, scope, None)
}

/// Returns the tree that Postgres would keep of the condition of a policy.
pub(crate) fn policy(text: &str, scope: &dyn Scope, queries: &dyn Queries) -> Answer {
    whole(text, Place::Policy, scope, Some(queries))
}

fn whole(text: &str, place: Place, scope: &dyn Scope, queries: Option<&dyn Queries>) -> Answer {
    let tree = query::expression(text).map_err(|error| Stop::unknown(error.to_string()))?;
    precedence::check(&tree)?;
    let mut analysis = Analysis { scope, queries, place, depth: 0, called: Vec::new() };
    let value = analysis.expression(&tree)?;
    analysis.finished(value)
}

/// Returns the tree that Postgres would keep of an expression of a query. A literal without a type stays one.
pub(crate) fn within(tree: &Expr, clause: Clause, scope: &dyn Scope, queries: &dyn Queries) -> Answer {
    precedence::check(tree)?;
    let queries = Some(queries);
    let place = Place::Query(clause);
    Analysis { scope, queries, place, depth: 0, called: Vec::new() }.expression(tree)
}

/// Returns what a window means.
pub(crate) fn window(tree: &ast::WindowSpec, scope: &dyn Scope, queries: &dyn Queries) -> Answer<Window> {
    for value in tree.partition_by.iter().chain(tree.order_by.iter().map(|sort| &sort.expr)) {
        precedence::check(value)?;
    }
    let (queries, place) = (Some(queries), Place::Query(Clause::Window));
    Analysis { scope, queries, place, depth: 0, called: Vec::new() }.window(tree)
}

const OWN_OPERATOR: &str = "an operator of the database's own";

/// An expression on the way.
pub(super) struct Analysis<'a> {
    pub(super) scope: &'a dyn Scope,
    pub(super) queries: Option<&'a dyn Queries>,
    pub(super) place: Place,
    pub(super) depth: usize,
    /// The functions of the database's own that are called.
    pub(super) called: Vec<Signature>,
}

impl Analysis<'_> {
    /// Makes what stands at the place what it must come to.
    fn finished(&self, value: Expression) -> Answer {
        let immutable = || volatility::is_immutable(&value, self.scope, &self.called);
        match self.place {
            Place::Check => coerce::to_boolean(self.scope, value, "CHECK"),
            Place::TriggerWhen => coerce::to_boolean(self.scope, value, "WHEN"),
            Place::Policy => coerce::to_boolean(self.scope, value, "POLICY"),
            Place::Statistics => Ok(value),
            Place::IndexPredicate => {
                let value = coerce::to_boolean(self.scope, value, "WHERE")?;
                match volatility::is_immutable(&value, self.scope, &self.called)? {
                    true => Ok(value),
                    false => Err(Stop::refused("42P17", "functions in index predicate must be marked IMMUTABLE")),
                }
            }
            Place::IndexKey => match immutable()? {
                true => Ok(value),
                false => Err(Stop::refused("42P17", "functions in index expression must be marked IMMUTABLE")),
            },
            Place::Generated(_) if !immutable()? => {
                Err(Stop::refused("42P17", "generation expression is not immutable"))
            }
            // What it fails at while it computes comes before the type.
            Place::Generated(to)
                if volatility::computes(&value, self.scope)
                    && !types::can_become(self.scope, value.of.oid, to.oid, Context::Assignment) =>
            {
                Err(Stop::unknown("a value that is computed, and is not of the type of the column"))
            }
            Place::Default(to) | Place::Generated(to) | Place::Using(to) => {
                let own = value.of.oid;
                coerce::to_type(self.scope, value, to, Context::Assignment, Form::Implicit)?.ok_or_else(|| {
                    let (to, own) = (self.scope.type_name(to.oid), self.scope.type_name(own));
                    Stop::refused("42804", format!("column is of type {to} but default expression is of type {own}"))
                })
            }
            Place::Query(_) => Ok(value),
        }
    }

    pub(super) fn expression(&mut self, tree: &Expr) -> Answer {
        let whole = self.queries.map(Queries::depth);
        if self.depth > DEPTH || whole.is_some_and(|whole| whole.get() > DEPTH) {
            return Err(Stop::unknown("an expression nested so deep"));
        }
        self.depth += 1;
        if let Some(whole) = whole {
            whole.set(whole.get() + 1);
        }
        let result = self.node(tree);
        self.depth -= 1;
        if let Some(whole) = whole {
            whole.set(whole.get() - 1);
        }
        result
    }

    pub(super) fn expressions<'t>(&mut self, trees: impl IntoIterator<Item = &'t Expr>) -> Answer<Vec<Expression>> {
        trees.into_iter().map(|tree| self.expression(tree)).collect()
    }

    fn node(&mut self, tree: &Expr) -> Answer {
        match tree {
            Expr::Nested(inner) => self.expression(inner),
            // It is a value since 16, and an ordinary name before.
            Expr::Identifier(name) if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("system_user") => {
                Err(Stop::unknown("SYSTEM_USER"))
            }
            Expr::Identifier(name) if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("default") => {
                Err(Stop::refused("42601", "DEFAULT is not allowed in this context"))
            }
            Expr::Identifier(name) => match call::bare_keyword(name) {
                Some(value) => Ok(value),
                None => self.column(None, name),
            },
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [table, name] => self.column(Some(table), name),
                _ => Err(Stop::unknown("a column by schema, table and name")),
            },
            // `old.*` is the row as a whole.
            Expr::QualifiedWildcard(name, _) if self.place == Place::TriggerWhen => match parts(name)?.as_slice() {
                [row] => self.scope.column(None, row)?.ok_or_else(|| Stop::unknown("a row of something else")),
                _ => Err(Stop::unknown("a row of something else")),
            },
            Expr::Value(value) => match argument(&value.value) {
                Some(number) => self.scope.argument(number, None),
                None => constant(&value.value),
            },
            Expr::TypedString(typed) => {
                let to = self.type_named(&typed.data_type.to_string())?;
                self.cast(constant(&typed.value.value)?, to)
            }
            Expr::Interval(interval) => self.interval(interval),
            Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
                let to = self.type_named(&data_type.to_string())?;
                let mut inner = &**expr;
                while let Expr::Nested(nested) = inner {
                    inner = nested;
                }
                match inner {
                    Expr::Array(array) if types::element(self.scope, types::base(self.scope, to.oid)).is_some() => {
                        self.array(&array.elem, Some(to))
                    }
                    _ => {
                        let value = self.expression(expr)?;
                        self.cast(value, to)
                    }
                }
            }
            Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
                self.junction(left, op, right)
            }
            Expr::BinaryOp { left, op: BinaryOperator::Overlaps, right } => self.overlaps(left, right),
            Expr::BinaryOp { left, op, right } => self.binary(left, &operator_name(op)?, right),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                let value = self.expression(expr)?;
                let value = coerce::to_boolean(self.scope, value, "NOT")?;
                Ok(boolean(Node::Not(Box::new(value))))
            }
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match negated(expr) {
                Some(value) => constant(&value),
                None => self.unary("-", expr),
            },
            Expr::UnaryOp { op, expr } => self.unary(unary_name(*op)?, expr),
            Expr::Array(array) => self.array(&array.elem, None),
            Expr::Collate { expr, collation } => self.collate(expr, collation),
            Expr::CompoundFieldAccess { root, access_chain } => match (&**root, access_chain.as_slice()) {
                (Expr::Value(value), [ast::AccessExpr::Dot(Expr::Identifier(field))]) => match argument(&value.value) {
                    Some(number) => self.scope.argument(number, Some(&folded(field))),
                    None => self.subscript(root, access_chain),
                },
                _ => self.subscript(root, access_chain),
            },
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            Expr::Tuple(trees) => self.row(trees),
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => self.sub_query(tree),
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::InList { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::ILike { .. }
            | Expr::SimilarTo { .. }
            | Expr::AnyOp { .. }
            | Expr::AllOp { .. } => self.comparison(tree),
            Expr::Function(_)
            | Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Overlay { .. }
            | Expr::AtTimeZone { .. } => self.call(tree),
            _ => Err(Stop::unknown("a form of expression that is not modeled")),
        }
    }

    fn column(&mut self, table: Option<&Ident>, name: &Ident) -> Answer {
        if let Place::Default(_) = self.place {
            return Err(Stop::refused("0A000", "cannot use column reference in DEFAULT expression"));
        }
        let (table, name) = (table.map(folded), folded(name));
        let found = self.scope.column(table.as_deref(), &name)?;
        found.ok_or_else(|| {
            let named = table.map_or_else(|| format!("\"{name}\""), |table| format!("{table}.{name}"));
            Stop::refused("42703", format!("column {named} does not exist"))
        })
    }

    /// Returns the type that a name means.
    pub(super) fn type_named(&self, spelled: &str) -> Answer<Type> {
        let Some(name) = TypeName::read(spelled).filter(|name| !name.set_of) else {
            return Err(Stop::Unknown(format!("a type {spelled}")));
        };
        if let Some(found) = Type::builtin(self.scope.version(), &name) {
            return Ok(found?);
        }
        let found = self.scope.own_type(&name)?;
        found.ok_or_else(|| Stop::refused("42704", format!("type \"{}\" does not exist", name.name)))
    }

    pub(super) fn cast(&self, value: Expression, to: Type) -> Answer {
        let from = value.of.oid;
        coerce::to_type(self.scope, value, to, Context::Explicit, Form::Explicit)?.ok_or_else(|| {
            let shown = |oid: Oid| plain(oid).spelled().unwrap_or_else(|| "a type".to_owned());
            Stop::refused("42846", format!("cannot cast type {} to {}", shown(from), shown(to.oid)))
        })
    }

    fn interval(&mut self, interval: &ast::Interval) -> Answer {
        let value = self.expression(&interval.value)?;
        if value.of.oid != UNKNOWN || interval.leading_precision.is_some() {
            return Err(Stop::unknown("an interval of such a form"));
        }
        let mut spelled = "interval".to_owned();
        for (word, field) in [(" ", &interval.leading_field), (" to ", &interval.last_field)] {
            if let Some(field) = field {
                spelled = format!("{spelled}{word}{field}");
            }
        }
        if let Some(precision) = interval.fractional_seconds_precision {
            spelled = format!("{spelled}({precision})");
        }
        let to = self.type_named(&spelled)?;
        self.cast(value, to)
    }

    /// `a AND b AND c`: what stands in parentheses on the left is one with it, as the grammar makes it.
    fn junction(&mut self, left: &Expr, operator: &BinaryOperator, right: &Expr) -> Answer {
        let mut trees = vec![right];
        let mut rest = left;
        loop {
            let inner = unwrapped(rest);
            match inner {
                Expr::BinaryOp { left, op, right } if op == operator => {
                    trees.push(right);
                    rest = left;
                }
                other => {
                    trees.push(other);
                    break;
                }
            }
        }
        let shown = if *operator == BinaryOperator::And { "AND" } else { "OR" };
        let mut parts = Vec::new();
        for tree in trees.into_iter().rev() {
            let value = self.expression(tree)?;
            parts.push(coerce::to_boolean(self.scope, value, shown)?);
        }
        Ok(boolean(if shown == "AND" { Node::And(parts) } else { Node::Or(parts) }))
    }

    fn binary(&mut self, left: &Expr, name: &str, right: &Expr) -> Answer {
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        self.compared(name, left, right)
    }

    fn unary(&mut self, name: &str, operand: &Expr) -> Answer {
        let operand = self.expression(operand)?;
        let operation = self.operation(name, None, operand)?;
        Ok(Expression { of: plain(operation.1), node: Node::Operator(operation.0) })
    }

    /// Puts an operator between two values. `make_op`
    pub(super) fn operator(&self, name: &str, left: Expression, right: Expression) -> Answer {
        let (operation, result) = self.operation(name, Some(left), right)?;
        Ok(Expression { node: Node::Operator(operation), of: plain(result) })
    }

    pub(super) fn operation(
        &self,
        name: &str,
        left: Option<Expression>,
        right: Expression,
    ) -> Answer<(Operation, Oid)> {
        let found = self.find(name, left.as_ref().map(|left| left.of.oid), right.of.oid)?;
        let becomes =
            |value: Expression, to: Oid| coerce::coerced(self.scope, value, to, -1, Context::Implicit, Form::Implicit);
        let left = match (left, found.left) {
            (Some(left), Some(to)) => Some(Box::new(becomes(left, to)?)),
            _ => None,
        };
        let right = Box::new(becomes(right, found.right)?);
        if let (Some(one), Some(other)) =
            (left.as_deref().and_then(|left| self.named_collation(left)), self.named_collation(&right))
            && one != other
        {
            return Err(Stop::refused("42P21", "collation mismatch between explicit collations"));
        }
        let name = name.to_owned().into();
        Ok((Operation { operator: found.oid, name, function: found.function, left, right }, found.result))
    }

    /// Returns the collation that is named somewhere in a value and decides about it.
    fn named_collation(&self, value: &Expression) -> Option<Oid> {
        match &value.node {
            Node::Collate(_, collation) => Some(*collation),
            _ if !types::is_collatable(self.scope, value.of.oid) => None,
            _ => value.parts().into_iter().find_map(|part| self.named_collation(part)),
        }
    }

    pub(super) fn find(&self, name: &str, left: Option<Oid>, right: Oid) -> Answer<Found> {
        let found = operator::find(self.scope, name, left, right);
        let is_own = |of: Oid| self.scope.own_operators(name).iter().any(|own| own.oid == of);
        match &found {
            Ok(found) if is_own(found.oid) => return Err(Stop::unknown(OWN_OPERATOR)),
            Err(NoOperator::Ambiguous | NoOperator::Mismatch) if !self.scope.own_operators(name).is_empty() => {
                return Err(Stop::unknown(OWN_OPERATOR));
            }
            _ => {}
        }
        let shown = || {
            let of = |of: Oid| self.scope.type_name(of);
            match left {
                Some(left) => format!("{} {name} {}", of(left), of(right)),
                None => format!("{name} {}", of(right)),
            }
        };
        found.map_err(|no| match no {
            NoOperator::Undefined => Stop::refused("42883", format!("operator does not exist: {}", shown())),
            NoOperator::Ambiguous => Stop::refused("42725", format!("operator is not unique: {}", shown())),
            NoOperator::Mismatch => Stop::refused("42804", "could not determine polymorphic type"),
            NoOperator::NoArray => Stop::refused("42704", "could not find array type"),
        })
    }

    fn collate(&mut self, value: &Expr, collation: &ObjectName) -> Answer {
        let value = self.expression(value)?;
        if !types::is_collatable(self.scope, value.of.oid) && value.of.oid != UNKNOWN {
            return Err(Stop::refused("42804", "collations are not supported by the type"));
        }
        let names = parts(collation)?;
        let collation = match names.as_slice() {
            [name] => self.scope.collation(None, name)?,
            [schema, name] => self.scope.collation(Some(schema), name)?,
            _ => return Err(Stop::unknown("a name of a collation")),
        };
        let of = value.of;
        Ok(Expression { node: Node::Collate(Box::new(value), collation), of })
    }
}

/// Returns a node that is true or false.
pub(super) fn boolean(node: Node) -> Expression {
    Expression { node, of: plain(coerce::BOOL) }
}

/// Returns what stands inside of parentheses.
pub(super) fn unwrapped(mut tree: &Expr) -> &Expr {
    while let Expr::Nested(inner) = tree {
        tree = inner;
    }
    tree
}

/// Returns the name that an identifier means.
pub(crate) fn folded(name: &Ident) -> String {
    match name.quote_style {
        None => crate::sql::fold(&name.value).unwrap_or_else(|| name.value.to_ascii_lowercase()),
        Some(_) => {
            let quoted = format!("\"{}\"", name.value.replace('"', "\"\""));
            crate::sql::fold(&quoted).unwrap_or_else(|| name.value.clone())
        }
    }
}

/// Returns the parts of a name.
pub(crate) fn parts(name: &ObjectName) -> Answer<Vec<String>> {
    let part =
        |part: &ObjectNamePart| part.as_ident().map(folded).ok_or_else(|| Stop::unknown("a name with arguments"));
    name.0.iter().map(part).collect()
}

/// Returns a value as it is written.
/// Returns the number of an argument, `$1`.
fn argument(value: &ast::Value) -> Option<usize> {
    match value {
        ast::Value::Placeholder(written) => written.strip_prefix('$')?.parse().ok(),
        _ => None,
    }
}

pub(super) fn constant(value: &ast::Value) -> Answer {
    use ast::Value as Written;
    let literal =
        |text: &str, oid: Oid| Expression { node: Node::Constant(Value::Text(text.to_owned())), of: plain(oid) };
    Ok(match value {
        Written::Null => Expression { node: Node::Constant(Value::Null), of: plain(UNKNOWN) },
        Written::Boolean(value) => literal(if *value { "t" } else { "f" }, coerce::BOOL),
        Written::Number(digits, false) => number(digits)?,
        Written::SingleQuotedString(text)
        | Written::EscapedStringLiteral(text)
        | Written::UnicodeStringLiteral(text) => literal(text, UNKNOWN),
        Written::DollarQuotedString(text) => literal(&text.value, UNKNOWN),
        Written::SingleQuotedByteStringLiteral(bits) => match bits.bytes().all(|bit| matches!(bit, b'0' | b'1')) {
            true => literal(bits, BIT),
            false => return Err(Stop::refused("22P02", "not a valid binary digit")),
        },
        _ => return Err(Stop::unknown("a literal of such a form")),
    })
}

fn number(digits: &str) -> Answer {
    let oid = match (digits.parse::<i32>(), digits.parse::<i64>()) {
        (Ok(_), _) => INT4,
        (_, Ok(_)) => INT8,
        _ => NUMERIC,
    };
    let text = super::literal::number(digits).ok_or_else(|| Stop::unknown("a number of such a form"))?;
    Ok(Expression { node: Node::Constant(Value::Text(text)), of: plain(oid) })
}

/// Returns the value behind a minus: the grammar makes it part of the number.
fn negated(operand: &Expr) -> Option<ast::Value> {
    let digits = match unwrapped(operand) {
        Expr::Value(value) => match &value.value {
            ast::Value::Number(digits, false) => digits.clone(),
            _ => return None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match negated(expr)? {
            ast::Value::Number(digits, false) => digits,
            _ => return None,
        },
        _ => return None,
    };
    let digits = digits.strip_prefix('-').map_or_else(|| format!("-{digits}"), str::to_owned);
    Some(ast::Value::Number(digits, false))
}

/// Returns the name of an operator between two operands.
pub(super) fn operator_name(operator: &BinaryOperator) -> Answer<String> {
    Ok(match operator {
        BinaryOperator::PGCustomBinaryOperator(names) => match names.as_slice() {
            [schema, name] if schema.eq_ignore_ascii_case("pg_catalog") => name.clone(),
            [name] => name.clone(),
            _ => return Err(Stop::unknown("an operator of another schema")),
        },
        BinaryOperator::NotEq => "<>".to_owned(),
        BinaryOperator::Xor
        | BinaryOperator::Assignment
        | BinaryOperator::DuckIntegerDivide
        | BinaryOperator::MyIntegerDivide
        | BinaryOperator::Match
        | BinaryOperator::Regexp
        | BinaryOperator::Glob => {
            return Err(Stop::unknown("an operator that is not of Postgres"));
        }
        other => other.to_string(),
    })
}

fn unary_name(operator: UnaryOperator) -> Answer<&'static str> {
    Ok(match operator {
        UnaryOperator::Plus => "+",
        UnaryOperator::Minus => "-",
        UnaryOperator::BitwiseNot => "~",
        UnaryOperator::PGAbs => "@",
        UnaryOperator::PGCubeRoot => "||/",
        UnaryOperator::PGSquareRoot => "|/",
        UnaryOperator::Hash => "#",
        UnaryOperator::AtDashAt => "@-@",
        UnaryOperator::DoubleAt => "@@",
        UnaryOperator::QuestionDash => "?-",
        UnaryOperator::QuestionPipe => "?|",
        _ => return Err(Stop::unknown("an operator before its operand")),
    })
}

/// The type of texts.
pub(super) const fn text() -> Oid {
    TEXT
}
