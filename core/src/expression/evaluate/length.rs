//! How long texts are at least, whatever the values of which they are made.

use super::compute::{BOOL, BPCHAR, HEADER, TEXT, TEXTS, VARCHAR};
use crate::catalog::Oid;
use crate::catalog::expression::{Call, Expression, Form, Node, Operation, Value};
use crate::catalog::function::builtin_name;
use crate::catalog::types::{self, Types, length_function};

/// Types of which each value is printed with so many characters at least, whatever the settings: date, time, timestamp,
/// timestamptz, uuid.
const SHORTEST: [(u32, usize); 5] = [(1082, 8), (1083, 8), (1114, 8), (1184, 8), (2950, 36)];

const DATE: u32 = 1082;
/// timestamp, timestamptz: what the clock says is no infinity, which is shorter.
const TIMESTAMPS: [u32; 2] = [1114, 1184];

/// Returns whether what is brought to the length of its type is sure to be longer, if it is not null.
pub(in crate::expression) fn is_too_long(types: &dyn Types, it: &Expression, call: &Call) -> bool {
    let to = types::base(types, it.of.oid);
    let (true, Ok(most)) = (it.of.modifier >= HEADER, usize::try_from(it.of.modifier - HEADER)) else { return false };
    call.form == Form::Implicit
        && [VARCHAR, BPCHAR].contains(&to.0)
        && length_function(to) == Some(call.function)
        && call.arguments.first().is_some_and(|argument| shortest(types, &argument.value) > most)
}

/// Returns at which place the last character that is no blank stands at least, from 1.
fn shortest(types: &dyn Types, it: &Expression) -> usize {
    let of = types::base(types, it.of.oid).0;
    let is_text = of == BPCHAR || TEXTS.contains(&of);
    let printed = SHORTEST.iter().find(|(known, _)| *known == of).map(|(_, length)| *length);
    match (&it.node, printed) {
        (Node::Constant(Value::Text(text)), _) if is_text => text.trim_end_matches(' ').chars().count(),
        (Node::Constant(Value::Text(text)), _) if of != BOOL => printed.unwrap_or(0).min(text.chars().count()),
        (Node::Keyword(..), Some(_)) if of == DATE => 10,
        (Node::Keyword(..), Some(_)) if TIMESTAMPS.contains(&of) => 19,
        (Node::Call(call), Some(length)) => match builtin_name(types.version(), call.function) {
            Some("now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp") => 22,
            _ => length,
        },
        (_, Some(length)) => length,
        (Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast), None) if is_text => {
            shortest(types, &cast.value)
        }
        (Node::Operator(operation), None) if of == TEXT => both(types, operation),
        (Node::Call(call), None) if is_text => of_call(types, it, call),
        _ => 0,
    }
}

fn both(types: &dyn Types, operation: &Operation) -> usize {
    match (&*operation.name, &operation.left) {
        ("||", Some(left)) if builtin_name(types.version(), operation.function).is_some() => {
            shortest(types, left) + shortest(types, &operation.right)
        }
        _ => 0,
    }
}

fn of_call(types: &dyn Types, it: &Expression, call: &Call) -> usize {
    let name = builtin_name(types.version(), call.function);
    match call.arguments.as_slice() {
        // What is longer than a type takes is cut off where it is asked for.
        [first, ..] if matches!(call.form, Form::Implicit | Form::Explicit) => {
            let length = shortest(types, &first.value);
            let most = usize::try_from(it.of.modifier - HEADER).ok().filter(|_| it.of.modifier >= HEADER);
            most.map_or(length, |most| length.min(most))
        }
        [_] if name == Some("md5") => 32,
        [only] if matches!(name, Some("lower" | "upper")) && only.value.of.oid == Oid(TEXT) => {
            // One letter may become several, but none becomes nothing.
            shortest(types, &only.value)
        }
        _ => 0,
    }
}
