//! What operators, casts and functions make of values. All that is computed here depends on nothing but the values.

use std::cmp::Ordering;

use super::comparison::{ORDERED_AS_PRINTED, compare, order};
use super::number::Decimal;
use super::pattern::like;
use super::regular;
use super::{Answer, boolean, vague};
use crate::catalog::expression::{Call, Expression, Form, Operation};
use crate::catalog::function::{builtin_name, builtin_of};
use crate::catalog::types::{self, Type, Types, length_function};
use crate::catalog::{Known, Oid, Refusal, SqlState};
use crate::expression::literal::{self, Literal};

pub(super) const BOOL: u32 = 16;
pub(super) const TEXTS: [u32; 3] = [19, 25, 1043];
pub(super) const BPCHAR: u32 = 1042;
const VARCHAR: u32 = 1043;
const BIT: u32 = 1560;
const NUMERIC: u32 = 1700;
/// smallint, integer, bigint
pub(super) const WHOLE: [u32; 3] = [20, 21, 23];
pub(super) const NUMBERS: [u32; 4] = [20, 21, 23, NUMERIC];
const FLOATS: [u32; 2] = [700, 701];
/// So long is what stands before the letters in the modifier of a type.
const HEADER: i32 = 4;

/// Functions that give no null where their arguments are none.
const NEVER_NULL: [&str; 36] = [
    "abs",
    "age",
    "btrim",
    "ceil",
    "char_length",
    "character_length",
    "clock_timestamp",
    "concat",
    "concat_ws",
    "count",
    "date_trunc",
    "encode",
    "floor",
    "format",
    "gen_random_uuid",
    "greatest",
    "initcap",
    "jsonb_build_object",
    "left",
    "length",
    "lower",
    "ltrim",
    "md5",
    "nextval",
    "now",
    "random",
    "replace",
    "right",
    "round",
    "row_number",
    "rtrim",
    "statement_timestamp",
    "to_char",
    "transaction_timestamp",
    "upper",
    "uuidv7",
];

/// Operators that give no null where their operands are none.
const NEVER_NULL_OPERATORS: [&str; 20] = [
    "+", "-", "*", "/", "%", "||", "=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*",
];

/// Computes an operator before its operand, of a type.
pub(super) fn prefix(types: &dyn Types, operation: &Operation, of: Type, right: &Known) -> Answer {
    if builtin_name(types.version(), operation.function).is_none() {
        return Ok(Known::Perhaps);
    }
    match right.text().and_then(Decimal::read) {
        Some(number) if &*operation.name == "-" && NUMBERS.contains(&of.oid.0) => {
            number.minus().become_number(of.oid.0)
        }
        _ => Ok(vague(right.clone())),
    }
}

/// Computes an operator of a type between two values; the left is of `left_of`.
pub(super) fn infix(
    types: &dyn Types,
    operation: &Operation,
    of: Type,
    left_of: Oid,
    left: &Known,
    right: &Known,
) -> Answer {
    let is_own = builtin_name(types.version(), operation.function).is_none();
    let name = if is_own { "" } else { &*operation.name };
    let is_known = NEVER_NULL_OPERATORS.contains(&name);
    let (left_of, right_of) = (types::base(types, left_of).0, types::base(types, operation.right.of.oid).0);
    if matches!(name, "/" | "%") && divides_by_zero(left_of, left, right_of, right) {
        return Err(Refusal::new(SqlState("22012"), "division by zero"));
    }
    let (Known::Is(one), Known::Is(two)) = (left, right) else {
        return Ok(match (left, right) {
            (Known::Null, _) | (_, Known::Null) if is_known => Known::Null,
            (left, right) if is_known && left.is_some() && right.is_some() => Known::Some,
            _ => Known::Perhaps,
        });
    };
    let are_numbers = [left_of, right_of].iter().all(|of| NUMBERS.contains(of));
    let alike = left_of == right_of || are_numbers;
    let compared = Oid(left_of.max(right_of));
    let equal = || alike.then(|| compare(types, compared, one, two)).flatten().map(Ordering::is_eq);
    let ordered = || alike.then(|| order(types, compared, one, two)).flatten();
    let found = match name {
        "=" => equal().map(boolean),
        "<>" => equal().map(|equal| boolean(!equal)),
        "<" => ordered().map(|it| boolean(it.is_lt())),
        "<=" => ordered().map(|it| boolean(it.is_le())),
        ">" => ordered().map(|it| boolean(it.is_gt())),
        ">=" => ordered().map(|it| boolean(it.is_ge())),
        "+" | "-" | "*" | "/" | "%" if are_numbers => match Decimal::read(one).zip(Decimal::read(two)) {
            Some((one, two)) => one.computed(name, two, of.oid.0)?,
            None => None,
        },
        _ if name.contains('~') && TEXTS.contains(&left_of) => {
            matched(name, one, two).map(|is| boolean(is != name.starts_with('!')))
        }
        "||" if TEXTS.contains(&left_of) && TEXTS.contains(&right_of) => Some(Known::Is(format!("{one}{two}").into())),
        _ => None,
    };
    Ok(found.unwrap_or(if is_known { Known::Some } else { Known::Perhaps }))
}

/// Returns whether a text is as a pattern says, whatever stands before the operator.
fn matched(name: &str, text: &str, pattern: &str) -> Option<bool> {
    let any_case = name.ends_with('*');
    match name.trim_matches(['!', '*']) {
        "~" => regular::matches(text, pattern, any_case),
        "~~" if !any_case => like(text, pattern),
        "~~" if text.is_ascii() && pattern.is_ascii() => {
            like(&text.to_ascii_lowercase(), &pattern.to_ascii_lowercase())
        }
        _ => None,
    }
}

/// Returns whether a division is sure to fail: its left side is no null, and not `NaN`, which whole numbers never are.
fn divides_by_zero(left_of: u32, left: &Known, right_of: u32, right: &Known) -> bool {
    let is_zero = || right.text().and_then(|text| text.parse::<f64>().ok()) == Some(0.0);
    let alike = |of: u32| [&WHOLE[..], &[NUMERIC], &FLOATS].iter().position(|all| all.contains(&of));
    match (alike(left_of), left) {
        (Some(kind), _) if alike(right_of) != Some(kind) => false,
        (Some(0), left) => left.is_some() && is_zero(),
        (Some(_), Known::Is(text)) => &**text != "NaN" && is_zero(),
        _ => false,
    }
}

/// Computes a function, or a cast by a function.
pub(super) fn call(types: &dyn Types, it: &Expression, call: &Call, arguments: &[Known]) -> Answer {
    let Some(name) = builtin_name(types.version(), call.function) else { return Ok(Known::Perhaps) };
    let is_strict = builtin_of(types.version(), call.function).is_some_and(|known| known.strict);
    if is_strict && arguments.contains(&Known::Null) {
        return Ok(Known::Null);
    }
    let base = |of: Type| types::base(types, of.oid).0;
    let first = call.arguments.first().zip(arguments.first());
    if let Some((argument, known)) = first
        && matches!(call.form, Form::Implicit | Form::Explicit)
    {
        let Known::Is(text) = known else { return Ok(known.clone()) };
        return cast(it, call, base(it.of), base(argument.value.of), text);
    }
    let only_text = first.and_then(|(argument, known)| {
        (call.arguments.len() == 1 && TEXTS.contains(&base(argument.value.of))).then(|| known.text())?
    });
    let found = match (name, only_text) {
        ("length" | "char_length" | "character_length", Some(text)) => Some(text.chars().count().to_string()),
        ("octet_length", Some(text)) => Some(text.len().to_string()),
        ("lower", Some(text)) if text.is_ascii() => Some(text.to_ascii_lowercase()),
        ("upper", Some(text)) if text.is_ascii() => Some(text.to_ascii_uppercase()),
        ("btrim", Some(text)) => Some(text.trim_matches(' ').to_owned()),
        _ => None,
    };
    Ok(match found {
        Some(found) => Known::Is(found.into()),
        None if NEVER_NULL.contains(&name) && arguments.iter().all(Known::is_some) => Known::Some,
        None => Known::Perhaps,
    })
}

/// Computes a cast between two types, or one to the length of a type.
fn cast(it: &Expression, call: &Call, to: u32, from: u32, text: &str) -> Answer {
    let modifier = it.of.modifier;
    if length_function(Oid(to)) == Some(call.function) && to == from {
        return match to {
            VARCHAR | BPCHAR if modifier >= HEADER => brought_to_length(text, it, call.form == Form::Explicit),
            BIT if call.form == Form::Implicit && i32::try_from(text.len()) != Ok(modifier) => {
                Err(Refusal::new(SqlState("22026"), "bit string length does not match its type"))
            }
            BIT if call.form == Form::Implicit => Ok(Known::Is(text.into())),
            NUMERIC => Decimal::read(text).map_or(Ok(Known::Some), |number| number.fit_numeric(modifier)),
            _ => Ok(Known::Some),
        };
    }
    match NUMBERS.contains(&from) {
        true if NUMBERS.contains(&to) => Decimal::read(text).map_or(Ok(Known::Some), |number| number.become_number(to)),
        true if FLOATS.contains(&to) => read(to, text),
        _ => Ok(Known::Some),
    }
}

/// Computes what becomes of a value of `from` that is printed, and read as a value of `to`.
pub(super) fn via_text(types: &dyn Types, to: Oid, from: Oid, value: Known) -> Answer {
    let Known::Is(text) = value else { return Ok(value) };
    let (to, from) = (types::base(types, to).0, types::base(types, from).0);
    let is_text = |of: u32| TEXTS.contains(&of) || of == BPCHAR;
    Ok(match to {
        _ if to == from => Known::Is(text),
        _ if is_text(from) => read(to, &text)?,
        _ if is_text(to) && is_printed(from) => Known::Is(text),
        _ => Known::Some,
    })
}

fn read(to: u32, text: &str) -> Answer {
    match literal::read_alike(to, text) {
        Some(Literal::Value(text)) => Ok(Known::Is(text.into())),
        Some(Literal::Refused(refusal)) => Err(refusal),
        Some(Literal::Unknown) | None => Ok(Known::Some),
    }
}

/// A text of a column with a length: cut off where it was asked for, or where only blanks go.
fn brought_to_length(text: &str, it: &Expression, explicit: bool) -> Answer {
    let most = usize::try_from(it.of.modifier - HEADER).unwrap_or(usize::MAX);
    let kept: String = text.chars().take(most).collect();
    let cut = text.chars().skip(most).any(|c| c != ' ');
    if cut && !explicit {
        let kind = it.of.spelled().unwrap_or_default();
        return Err(Refusal::new(SqlState("22001"), format!("value too long for type {kind}")));
    }
    Ok(Known::Is(kept.into()))
}

/// Returns whether values become text as they are printed here.
fn is_printed(of: u32) -> bool {
    NUMBERS.contains(&of) || TEXTS.contains(&of) || ORDERED_AS_PRINTED.contains(&of)
}
