//! What Postgres computes before it looks at any row: parts of an expression that hold no column, of whole numbers, their
//! casts and lengths. `eval_const_expressions`
//!
//! What is not computed here is taken to be computed without an error.

use super::literal::number as decimal;
use crate::catalog::expression::{Call, Expression, Form, Node, Operation, Value};
use crate::catalog::types::Type;
use crate::catalog::{Oid, Refusal, SqlState};

const BIT: Oid = Oid(1560);
const BOOL: Oid = Oid(16);
const BPCHAR: Oid = Oid(1042);
const INT2: Oid = Oid(21);
const INT4: Oid = Oid(23);
const INT8: Oid = Oid(20);
const NUMERIC: Oid = Oid(1700);
const TEXT: Oid = Oid(25);
const VARCHAR: Oid = Oid(1043);
/// So long is what stands before the digits or letters in the modifier of a type.
const HEADER: i32 = 4;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
enum Folded {
    Null,
    Truth(bool),
    /// Of smallint, integer or bigint.
    Whole(i64),
    /// Of numeric, as it is written.
    Decimal(String),
    Text(String),
    /// It depends on a row, or is not computed here.
    Open,
}

use Folded::{Decimal, Null, Open, Text, Truth, Whole};

/// Refuses an expression whose constant parts cannot be computed.
pub(crate) fn folds(tree: &Expression) -> Result<(), Refusal> {
    fold(tree).map(|_| ())
}

/// Returns the whole number that an expression without columns comes to; none where that is not known here.
pub(crate) fn whole_number(tree: &Expression) -> Result<Option<i64>, Refusal> {
    Ok(match fold(tree)? {
        Whole(number) => Some(number),
        _ => None,
    })
}

fn fold(tree: &Expression) -> Result<Folded, Refusal> {
    match &tree.node {
        Node::Constant(value) => Ok(constant(value, tree.of)),
        Node::Operator(operation) => operator(operation, tree.of),
        Node::Call(call) => cast(call, tree.of),
        Node::Relabel(cast) => fold(&cast.value),
        Node::ViaText(cast) => match fold(&cast.value)? {
            Null => Ok(Null),
            Text(text) => read(&text, tree.of),
            Whole(number) if [TEXT, VARCHAR, BPCHAR].contains(&tree.of.oid) => Ok(Text(number.to_string())),
            Decimal(text) if [TEXT, VARCHAR, BPCHAR].contains(&tree.of.oid) => Ok(Text(text)),
            _ => Ok(Open),
        },
        Node::And(parts) => junction(parts, false),
        Node::Or(parts) => junction(parts, true),
        Node::Not(value) => Ok(match fold(value)? {
            Truth(is) => Truth(!is),
            other => other,
        }),
        Node::Case { operand: None, branches, otherwise } => {
            let mut is_open = false;
            for (condition, result) in branches {
                match fold(condition)? {
                    Truth(false) | Null => {}
                    Truth(true) if !is_open => return fold(result),
                    Truth(true) => return fold(result).map(|_| Open),
                    _ => {
                        is_open = true;
                        fold(result)?;
                    }
                }
            }
            let otherwise = fold(otherwise)?;
            Ok(if is_open { Open } else { otherwise })
        }
        Node::Coalesce(values) => {
            let mut is_open = false;
            for value in values {
                match fold(value)? {
                    Null => {}
                    Open => is_open = true,
                    value => return Ok(if is_open { Open } else { value }),
                }
            }
            Ok(if is_open { Open } else { Null })
        }
        // A query is planned by itself.
        Node::SubQuery(_) => Ok(Open),
        _ => {
            tree.parts().into_iter().try_for_each(folds)?;
            Ok(Open)
        }
    }
}

/// `simplify_and_arguments`, `simplify_or_arguments`: what stands behind the deciding value is not looked at.
fn junction(parts: &[Expression], decides: bool) -> Result<Folded, Refusal> {
    let mut whole = Truth(!decides);
    for part in parts {
        match fold(part)? {
            Truth(is) if is == decides => return Ok(Truth(decides)),
            Truth(_) => {}
            Null if whole != Open => whole = Null,
            _ => whole = Open,
        }
    }
    Ok(whole)
}

fn constant(value: &Value, of: Type) -> Folded {
    match (value, of.oid) {
        (Value::Null, _) => Null,
        (Value::Text(text), BOOL) => Truth(text == "t"),
        (Value::Text(text), INT2 | INT4 | INT8) => text.parse().map_or(Open, Whole),
        (Value::Text(text), NUMERIC) => Decimal(text.clone()),
        (Value::Text(text), TEXT | VARCHAR | BPCHAR | BIT) => Text(text.clone()),
        _ => Open,
    }
}

fn operator(operation: &Operation, of: Type) -> Result<Folded, Refusal> {
    let left = operation.left.as_ref().map(|left| fold(left)).transpose()?;
    let right = fold(&operation.right)?;
    let is_of_pg_catalog = operation.operator < Oid(16_384);
    match (left, &*operation.name, right) {
        (Some(Whole(_) | Decimal(_)), "/" | "%", right) if is_zero(&right) && is_of_pg_catalog => {
            Err(Refusal::new(SqlState("22012"), "division by zero"))
        }
        (Some(Whole(left)), name, Whole(right)) if is_of_pg_catalog => whole(left, name, right, of),
        (Some(Text(left)), "||", Text(right)) if is_of_pg_catalog && of.oid == TEXT => Ok(Text(left + &right)),
        (None, "-", Whole(right)) if is_of_pg_catalog => within(right.checked_neg(), of),
        _ => Ok(Open),
    }
}

fn is_zero(value: &Folded) -> bool {
    match value {
        Whole(number) => *number == 0,
        Decimal(text) => text.parse::<f64>().is_ok_and(|number| number == 0.0),
        _ => false,
    }
}

fn whole(left: i64, name: &str, right: i64, of: Type) -> Result<Folded, Refusal> {
    let computed = match name {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => Some(left.checked_rem(right).unwrap_or(0)),
        "=" => return Ok(Truth(left == right)),
        "<>" => return Ok(Truth(left != right)),
        "<" => return Ok(Truth(left < right)),
        ">" => return Ok(Truth(left > right)),
        "<=" => return Ok(Truth(left <= right)),
        ">=" => return Ok(Truth(left >= right)),
        _ => return Ok(Open),
    };
    within(computed, of)
}

/// Refuses a number that its type does not hold.
fn within(number: Option<i64>, of: Type) -> Result<Folded, Refusal> {
    let fits = |number: &i64| match of.oid {
        INT2 => i16::try_from(*number).is_ok(),
        INT4 => i32::try_from(*number).is_ok(),
        _ => true,
    };
    match number.filter(fits) {
        Some(_) if ![INT2, INT4, INT8].contains(&of.oid) => Ok(Open),
        Some(number) => Ok(Whole(number)),
        None => Err(Refusal::new(SqlState("22003"), "a number is out of range")),
    }
}

/// Casts among numbers, and those that give a value its length.
fn cast(call: &Call, of: Type) -> Result<Folded, Refusal> {
    let values = call.arguments.iter().map(|argument| fold(&argument.value)).collect::<Result<Vec<_>, _>>()?;
    let (Form::Implicit | Form::Explicit, Some(value), Some(argument)) =
        (call.form, values.into_iter().next(), call.arguments.first())
    else {
        return Ok(Open);
    };
    let length = of.modifier - HEADER;
    match (value, of.oid) {
        (Null, _) => Ok(Null),
        (Whole(number), INT2 | INT4 | INT8) => within(Some(number), of),
        (Decimal(text), INT2 | INT4 | INT8) => match text.parse::<f64>() {
            Ok(number) if number.abs() < 9e15 => within(Some(rounded(number)), of),
            Ok(_) if of.oid == INT8 => Ok(Open),
            _ => within(None, of),
        },
        (Whole(number), NUMERIC) if of.modifier < HEADER => Ok(Decimal(number.to_string())),
        (Decimal(text), NUMERIC) if of.modifier >= HEADER => scaled(&text, of.modifier),
        (Text(text), VARCHAR | BPCHAR) if of.modifier >= HEADER && call.form == Form::Implicit => {
            match i32::try_from(text.trim_end_matches(' ').chars().count()) {
                Ok(count) if count <= length => Ok(Text(text)),
                _ => Err(Refusal::new(SqlState("22001"), "value too long for its type")),
            }
        }
        (Text(text), BIT) if argument.value.of.oid == BIT && call.form == Form::Implicit => {
            match i32::try_from(text.len()) {
                Ok(count) if count == of.modifier => Ok(Text(text)),
                _ => Err(Refusal::new(SqlState("22026"), "bit string length does not match its type")),
            }
        }
        _ => Ok(Open),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the number is below 9e15, and was rounded")]
fn rounded(number: f64) -> i64 {
    number.round() as i64
}

/// Refuses a number with more digits before the point than its type has.
fn scaled(text: &str, modifier: i32) -> Result<Folded, Refusal> {
    let coded = modifier - HEADER;
    let (digits, scale) = ((coded >> 16) & 0xFFFF, ((coded & 0x7FF) ^ 1024) - 1024);
    let half = 0.5 * 10f64.powi(-scale);
    match text.parse::<f64>().is_ok_and(|it| it.abs() >= 10f64.powi(digits - scale) - half) {
        true => Err(Refusal::new(SqlState("22003"), "numeric field overflow")),
        false => Ok(Open),
    }
}

/// A text as a number.
fn read(text: &str, of: Type) -> Result<Folded, Refusal> {
    if ![INT2, INT4, INT8].contains(&of.oid) {
        return Ok(Open);
    }
    let digits = text.trim();
    match digits.parse::<i64>() {
        Ok(number) => within(Some(number), of),
        Err(_) if decimal(digits.trim_start_matches(['+', '-'])).is_some_and(|it| !it.contains('.')) => {
            within(None, of)
        }
        // Later versions take other bases and underscores.
        Err(_) if digits.starts_with(|first: char| first.is_ascii_digit()) => Ok(Open),
        Err(_) => Err(Refusal::new(SqlState("22P02"), format!("invalid input syntax for a whole number: \"{text}\""))),
    }
}
