//! Values of variables in blocks, and what expressions make of them: names and statements are put together so.

use super::block_time::{self, Point, date_text, to_char};
use crate::PostgresVersion;
use crate::catalog::SqlState;
use crate::ddl::syntax::part;
use crate::ddl::{Play, Stop, refused, unknown};
use crate::expression::calendar::{self, Span};
use crate::expression::folded;
use crate::sql::query::ast::{
    BinaryOperator, CastKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Interval, UnaryOperator,
    Value as Written,
};
use crate::sql::{quote_identifier_of, quote_literal};

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Text(String),
    Number(i32),
    Truth(bool),
    /// A date, by the number of its day.
    Date(i64),
    /// A timestamp without a zone.
    Point(Point),
    /// An interval.
    Span(Span),
    /// The fields of a row.
    Row(Vec<(String, Value)>),
}

/// The variables of a block, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Variables(pub(super) Vec<(String, Value)>);

impl Variables {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) -> bool {
        let found = self.0.iter_mut().rev().find(|(known, _)| known == name);
        found.map(|(_, held)| *held = value).is_some()
    }

    /// Returns what an expression that is nothing but a variable stands for.
    fn named(&self, tree: &Expr) -> Option<&Value> {
        match tree {
            Expr::Identifier(name) => self.get(&folded(name)),
            Expr::CompoundIdentifier(names) => {
                let [row, field] = names.as_slice() else { return None };
                let Value::Row(fields) = self.get(&folded(row))? else { return None };
                let field = folded(field);
                fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// Returns what a variable of one value is written as; none for a row.
    pub(super) fn literal(&self, tree: &Expr) -> Option<Expr> {
        let literal = match self.named(tree)? {
            Value::Null => Written::Null,
            Value::Text(text) => Written::SingleQuotedString(text.clone()),
            Value::Number(number) => Written::Number(number.to_string(), false),
            Value::Truth(truth) => Written::Boolean(*truth),
            Value::Row(_) | Value::Date(_) | Value::Point(_) | Value::Span(_) => return None,
        };
        Some(Expr::Value(literal.into()))
    }
}

impl Value {
    /// The type of a value that stands for a time.
    fn time(&self) -> &'static str {
        if matches!(self, Self::Date(_)) { "date" } else { "timestamp" }
    }

    /// Returns the value as its type prints it; none for null.
    fn text(&self) -> Result<Option<String>, Stop> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text.clone())),
            Self::Number(number) => Ok(Some(number.to_string())),
            Self::Truth(truth) => Ok(Some(if *truth { "t" } else { "f" }.to_owned())),
            Self::Date(day) => date_text(*day).map(Some),
            Self::Point(point) => point.text().map(Some),
            Self::Span(span) => Ok(Some(calendar::shown_span(span))),
            Self::Row(_) => unknown("a row in a block"),
        }
    }
}

impl Play<'_> {
    /// Computes an expression over the variables of a block; unknown where that takes more than is known here.
    pub(super) fn value_in_block(&self, variables: &Variables, tree: &Expr) -> Result<Value, Stop> {
        let value = |tree: &Expr| self.value_in_block(variables, tree);
        match tree {
            Expr::Nested(inner) => value(inner),
            Expr::Value(written) => match &written.value {
                Written::Null => Ok(Value::Null),
                Written::Boolean(truth) => Ok(Value::Truth(*truth)),
                Written::Number(number, false) => number.parse().map_or_else(|_| beyond(), |it| Ok(Value::Number(it))),
                other => part(other.clone().into_string()).map(Value::Text),
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match value(expr)? {
                Value::Number(number) => number.checked_neg().map_or_else(beyond, |it| Ok(Value::Number(it))),
                _ => beyond(),
            },
            Expr::BinaryOp { left, op, right } => {
                let is_literal = |tree: &Expr| matches!(tree, Expr::Value(_));
                match (value(left)?, value(right)?) {
                    // A literal is of the type of what it is compared with.
                    (at @ (Value::Date(_) | Value::Point(_)), Value::Text(text))
                        if is_literal(right) && compares(op) =>
                    {
                        binary(op, &at, &cast(Value::Text(text), at.time())?)
                    }
                    (Value::Text(text), at @ (Value::Date(_) | Value::Point(_)))
                        if is_literal(left) && compares(op) =>
                    {
                        binary(op, &cast(Value::Text(text), at.time())?, &at)
                    }
                    (left, right) => binary(op, &left, &right),
                }
            }
            Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
                cast(value(expr)?, &data_type.to_string())
            }
            Expr::TypedString(typed) => {
                let text = part(typed.value.value.clone().into_string())?;
                cast(Value::Text(text), &typed.data_type.to_string())
            }
            Expr::Interval(Interval {
                value: written,
                leading_field: None,
                last_field: None,
                fractional_seconds_precision: None,
                ..
            }) => cast(value(written)?, "interval"),
            Expr::Function(call) => self.call_in_block(variables, call),
            Expr::Case { operand, conditions, else_result, .. } => {
                let operand = operand.as_deref().map(value).transpose()?;
                for branch in conditions {
                    let found = value(&branch.condition)?;
                    let holds = match &operand {
                        Some(operand) => binary(&BinaryOperator::Eq, operand, &found)?,
                        None => found,
                    };
                    match holds {
                        Value::Truth(true) => return value(&branch.result),
                        Value::Truth(false) | Value::Null => {}
                        _ => return beyond(),
                    }
                }
                else_result.as_deref().map_or(Ok(Value::Null), value)
            }
            _ => variables.named(tree).cloned().map_or_else(beyond, Ok),
        }
    }

    /// Returns the values of `ARRAY[…]`.
    pub(super) fn array_in_block(&self, variables: &Variables, tree: &Expr) -> Result<Vec<Value>, Stop> {
        match tree {
            Expr::Nested(inner) => self.array_in_block(variables, inner),
            Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
                let of = data_type.to_string();
                let Some(of) = of.strip_suffix("[]") else { return beyond() };
                let values = match &**expr {
                    // Only what needs no quotes inside.
                    Expr::Value(written) => plain_array(&part(written.value.clone().into_string())?)?,
                    other => self.array_in_block(variables, other)?,
                };
                values.into_iter().map(|value| cast(value, of)).collect()
            }
            Expr::Array(array) => {
                let values = array.elem.iter().map(|element| self.value_in_block(variables, element));
                values.collect()
            }
            _ => beyond(),
        }
    }

    fn call_in_block(&self, variables: &Variables, call: &Function) -> Result<Value, Stop> {
        let name = call.name.to_string().to_ascii_lowercase();
        let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
        // One of the database's own may be meant.
        if self.catalog.has_object(name) {
            return beyond();
        }
        let arguments = arguments(call).ok_or_else(|| Stop::unknown("a call of such a form in a block"))?;
        let values: Vec<Value> =
            arguments.into_iter().map(|it| self.value_in_block(variables, it)).collect::<Result<_, _>>()?;
        let version = self.catalog.version();
        match (name, values.as_slice()) {
            ("format", [Value::Text(pattern), values @ ..]) => format(version, pattern, values).map(Value::Text),
            ("concat", values) => {
                let texts = values.iter().map(|value| Ok(value.text()?.unwrap_or_default()));
                Ok(Value::Text(texts.collect::<Result<String, Stop>>()?))
            }
            ("quote_ident", [Value::Text(text)]) => Ok(Value::Text(quoted_name(version, text)?)),
            ("quote_literal", [Value::Text(text)]) => Ok(Value::Text(quote_literal(text))),
            ("lower", [Value::Text(text)]) if text.is_ascii() => Ok(Value::Text(text.to_ascii_lowercase())),
            ("upper", [Value::Text(text)]) if text.is_ascii() => Ok(Value::Text(text.to_ascii_uppercase())),
            ("lpad", [Value::Text(text), Value::Number(width), Value::Text(fill)]) => {
                let width = usize::try_from(*width).unwrap_or_default();
                let missing = width.saturating_sub(text.chars().count());
                if width > LONGEST || (fill.is_empty() && missing > 0) {
                    return beyond();
                }
                Ok(Value::Text(fill.chars().cycle().take(missing).chain(text.chars()).take(width).collect()))
            }
            ("make_date", [Value::Number(year), Value::Number(month), Value::Number(day)]) => {
                cast(Value::Text(format!("{year:04}-{month:02}-{day:02}")), "date")
            }
            ("to_char", [Value::Date(day), Value::Text(pattern)]) => to_char(Point { day: *day, micros: 0 }, pattern),
            ("to_char", [Value::Point(point), Value::Text(pattern)]) => to_char(*point, pattern),
            ("to_char", [Value::Number(number), Value::Text(pattern)]) => {
                let digits = pattern.strip_prefix("FM").filter(|digits| digits.chars().all(|digit| digit == '0'));
                match digits.map(str::len) {
                    Some(digits) if *number >= 0 && (1..=9).contains(&digits) => {
                        let text = format!("{number:0digits$}");
                        Ok(Value::Text(if text.len() > digits { "#".repeat(digits) } else { text }))
                    }
                    _ => beyond(),
                }
            }
            _ => beyond(),
        }
    }
}

fn compares(op: &BinaryOperator) -> bool {
    use BinaryOperator as B;
    matches!(op, B::Eq | B::NotEq | B::Lt | B::LtEq | B::Gt | B::GtEq)
}

/// Longest text that is filled up.
const LONGEST: usize = 1_000;

pub(super) fn beyond<T>() -> Result<T, Stop> {
    unknown("a value that a block computes")
}

fn arguments(call: &Function) -> Option<Vec<&Expr>> {
    let FunctionArguments::List(list) = &call.args else { return None };
    let plain = list.duplicate_treatment.is_none() && list.clauses.is_empty();
    if !plain || call.over.is_some() || call.filter.is_some() || !call.within_group.is_empty() {
        return None;
    }
    let one = |argument| match argument {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref value)) => Some(value),
        _ => None,
    };
    list.args.iter().map(one).collect()
}

fn binary(op: &BinaryOperator, left: &Value, right: &Value) -> Result<Value, Stop> {
    use BinaryOperator as B;
    if matches!(op, B::StringConcat) {
        return match (left, right) {
            (Value::Null, _) | (_, Value::Null) => Ok(Value::Null),
            (Value::Text(_), _) | (_, Value::Text(_)) => {
                let both = left.text()?.zip(right.text()?).map(|(left, right)| left + &right);
                Ok(both.map_or(Value::Null, Value::Text))
            }
            _ => beyond(),
        };
    }
    if let Some(computed) = block_time::binary(op, left, right) {
        return computed;
    }
    let number = |found: Option<i32>| found.map_or_else(beyond, |it| Ok(Value::Number(it)));
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match op {
            B::Plus => number(left.checked_add(*right)),
            B::Minus => number(left.checked_sub(*right)),
            B::Multiply => number(left.checked_mul(*right)),
            B::Divide => number(left.checked_div(*right)),
            B::Modulo => number(left.checked_rem(*right)),
            B::Eq => Ok(Value::Truth(left == right)),
            B::NotEq => Ok(Value::Truth(left != right)),
            B::Lt => Ok(Value::Truth(left < right)),
            B::LtEq => Ok(Value::Truth(left <= right)),
            B::Gt => Ok(Value::Truth(left > right)),
            B::GtEq => Ok(Value::Truth(left >= right)),
            _ => beyond(),
        },
        (Value::Text(left), Value::Text(right)) => match op {
            B::Eq => Ok(Value::Truth(left == right)),
            B::NotEq => Ok(Value::Truth(left != right)),
            _ => beyond(),
        },
        _ => beyond(),
    }
}

/// Returns a value as one of another type, by its name.
pub(super) fn cast(value: Value, of: &str) -> Result<Value, Stop> {
    let of = of.to_ascii_lowercase();
    if let Some(cast) = block_time::cast(&value, &of) {
        return cast;
    }
    match (of.as_str(), value) {
        (_, Value::Null) => Ok(Value::Null),
        (
            "text" | "varchar" | "character varying",
            value @ (Value::Text(_) | Value::Number(_) | Value::Date(_) | Value::Point(_)),
        ) => Ok(value.text()?.map_or(Value::Null, Value::Text)),
        ("int" | "integer" | "int4" | "bigint" | "int8", Value::Number(number)) => Ok(Value::Number(number)),
        ("int" | "integer" | "int4" | "bigint" | "int8", Value::Text(text)) => {
            let digits = text.strip_prefix('-').unwrap_or(&text);
            match text.parse() {
                Ok(number) if digits.chars().all(|digit| digit.is_ascii_digit()) => Ok(Value::Number(number)),
                _ => beyond(),
            }
        }
        ("bool" | "boolean", Value::Truth(truth)) => Ok(Value::Truth(truth)),
        _ => beyond(),
    }
}

/// `{a,b}`
fn plain_array(text: &str) -> Result<Vec<Value>, Stop> {
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let Some(inner) = inner.filter(|inner| !inner.contains(['"', '{', '}', '\\'])) else { return beyond() };
    if inner.trim().is_empty() {
        return Ok(Vec::new());
    }
    let one = |element: &str| match element.trim() {
        "" => beyond(),
        null if null.eq_ignore_ascii_case("null") => Ok(Value::Null),
        text => Ok(Value::Text(text.to_owned())),
    };
    inner.split(',').map(one).collect()
}

/// `quote_ident`; an empty name is no name, but text.
fn quoted_name(version: PostgresVersion, text: &str) -> Result<String, Stop> {
    if text.is_empty() { beyond() } else { Ok(quote_identifier_of(version, text).into_owned()) }
}

/// `format` of Postgres, without widths.
fn format(version: PostgresVersion, pattern: &str, values: &[Value]) -> Result<String, Stop> {
    const INVALID: SqlState = SqlState("22023");
    let (mut out, mut next, mut rest) = (String::new(), 0, pattern);
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(behind) = behind.strip_prefix('%') {
            out.push('%');
            rest = behind;
            continue;
        }
        let position =
            behind.split_once('$').and_then(|(digits, behind)| Some((digits.parse::<usize>().ok()?, behind)));
        let (at, behind) = match position {
            Some((0, _)) => {
                return refused(INVALID, "format specifies argument 0, but arguments are numbered from 1");
            }
            Some((position, behind)) => (position - 1, behind),
            None => (next, behind),
        };
        let mut letters = behind.chars();
        let kind = letters.next();
        match kind {
            Some('s' | 'I' | 'L') => {}
            None => return refused(INVALID, "unterminated format() type specifier"),
            Some('-' | '*' | '0'..='9') => return beyond(),
            Some(other) => return refused(INVALID, format!("unrecognized format() type specifier \"{other}\"")),
        }
        let Some(value) = values.get(at) else { return refused(INVALID, "too few arguments for format()") };
        match (kind, value.text()?) {
            (Some('I'), None) => {
                return refused(SqlState("22004"), "null values cannot be formatted as an SQL identifier");
            }
            (Some('I'), Some(text)) => out.push_str(&quoted_name(version, &text)?),
            (Some('L'), text) => out.push_str(&text.map_or_else(|| "NULL".to_owned(), |text| quote_literal(&text))),
            (_, text) => out.push_str(&text.unwrap_or_default()),
        }
        next = at + 1;
        rest = letters.as_str();
    }
    out.push_str(rest);
    Ok(out)
}
