//! What operators, casts and functions make of values. All that is computed here depends on nothing but the values.

use std::cmp::Ordering;

use super::comparison::{self, ORDERED_AS_PRINTED, compare, order};
use super::number::Decimal;
use super::pattern::like;
use super::regular::{self, Odd};
use super::{Answer, boolean, function, length, vague};
use crate::catalog::expression::{Call, Expression, Form, Operation};
use crate::catalog::function::{builtin_name, builtin_of};
use crate::catalog::types::{self, Type, Types, length_function};
use crate::catalog::{Known, Oid, Refusal, SqlState};
use crate::expression::literal::{self, Literal};

pub(super) const BOOL: u32 = 16;
pub(super) const TEXTS: [u32; 3] = [19, 25, 1043];
pub(super) const BPCHAR: u32 = 1042;
pub(super) const VARCHAR: u32 = 1043;
const NAME: u32 = 19;
pub(super) const TEXT: u32 = 25;
const BIT: u32 = 1560;
pub(super) const NUMERIC: u32 = 1700;
/// smallint, integer, bigint
pub(super) const WHOLE: [u32; 3] = [20, 21, 23];
pub(super) const NUMBERS: [u32; 4] = [20, 21, 23, NUMERIC];
pub(super) const FLOATS: [u32; 2] = [700, 701];
/// So long is what stands before the letters in the modifier of a type.
pub(super) const HEADER: i32 = 4;

/// Functions that give no null where their arguments are none.
const NEVER_NULL: [&str; 44] = [
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
    "div",
    "encode",
    "floor",
    "format",
    "gen_random_uuid",
    "greatest",
    "initcap",
    "jsonb_build_object",
    "left",
    "length",
    "ln",
    "log",
    "log10",
    "lower",
    "ltrim",
    "make_date",
    "md5",
    "mod",
    "nextval",
    "now",
    "random",
    "repeat",
    "replace",
    "right",
    "round",
    "row_number",
    "rtrim",
    "sqrt",
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
    let is_minus = &*operation.name == "-";
    match (right.text(), right.text().and_then(Decimal::read)) {
        (_, Some(number)) if is_minus && NUMBERS.contains(&of.oid.0) => number.minus().become_number(of.oid.0),
        (Some(text), _) if is_minus && FLOATS.contains(&of.oid.0) && text != "NaN" => {
            let other = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
            Ok(Known::Is(other.into()))
        }
        _ => Ok(vague(right.clone())),
    }
}

/// Computes an operator of a type between the values of its operands.
pub(super) fn infix(types: &dyn Types, operation: &Operation, of: Type, left: &Known, right: &Known) -> Answer {
    let left_of = operation.left.as_ref().map_or(Oid(0), |left| left.of.oid);
    between(types, operation, of, (left_of, operation.right.of.oid), (left, right))
}

/// Computes an operator of a type between two values of types, left and right.
pub(super) fn between(
    types: &dyn Types,
    operation: &Operation,
    of: Type,
    (left_of, right_of): (Oid, Oid),
    (left, right): (&Known, &Known),
) -> Answer {
    let Some(builtin) = builtin_of(types.version(), operation.function) else { return Ok(Known::Perhaps) };
    let name = &*operation.name;
    if !builtin.strict {
        return Ok(function::lenient(builtin_name(types.version(), operation.function), &[left, right]));
    }
    let is_known = NEVER_NULL_OPERATORS.contains(&name);
    let (left_of, right_of) = (types::base(types, left_of).0, types::base(types, right_of).0);
    if matches!(name, "/" | "%") && divides_by_zero(left_of, left, right_of, right) {
        return Err(Refusal::new(SqlState("22012"), "division by zero"));
    }
    let (Known::Is(one), Known::Is(two)) = (left, right) else {
        if left.is_some() && right.text().is_some_and(|pattern| refuses_pattern(name, pattern)) {
            return Err(invalid_pattern());
        }
        return Ok(match (left, right) {
            (Known::Null, _) | (_, Known::Null) => Known::Null,
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
            matched(name, one, two)?.map(|is| boolean(is != name.starts_with('!')))
        }
        "||" if of.oid.0 == TEXT => printed(types, left_of, one)
            .zip(printed(types, right_of, two))
            .map(|(one, two)| Known::Is(format!("{one}{two}").into())),
        _ => None,
    };
    Ok(found.unwrap_or(if is_known { Known::Some } else { Known::Perhaps }))
}

/// Returns whether a text is as a pattern says, whatever stands before the operator.
fn matched(name: &str, text: &str, pattern: &str) -> Result<Option<bool>, Refusal> {
    let any_case = name.ends_with('*');
    Ok(match name.trim_matches(['!', '*']) {
        "~" => match regular::matches(text, pattern, any_case) {
            Ok(is) => Some(is),
            Err(Odd::Unknown) => None,
            Err(Odd::Invalid) => return Err(invalid_pattern()),
        },
        "~~" if !any_case => like(text, pattern),
        "~~" if text.is_ascii() && pattern.is_ascii() => {
            like(&text.to_ascii_lowercase(), &pattern.to_ascii_lowercase())
        }
        _ => None,
    })
}

/// Returns whether an operator of regular expressions refuses a pattern, whatever stands before it.
pub(in crate::expression) fn refuses_pattern(name: &str, pattern: &str) -> bool {
    ["~", "!~", "~*", "!~*"].contains(&name) && matched(name, "", pattern).is_err()
}

fn invalid_pattern() -> Refusal {
    Refusal::new(SqlState("2201B"), "invalid regular expression")
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
    if let Some((argument, known)) = call.arguments.first().zip(arguments.first())
        && matches!(call.form, Form::Implicit | Form::Explicit)
    {
        let Known::Is(text) = known else {
            return match known.is_some() && length::is_too_long(types, it, call) {
                true => Err(too_long(it.of)),
                false => Ok(known.clone()),
            };
        };
        return cast(it, call, base(it.of), base(argument.value.of), text);
    }
    let of: Vec<u32> = call.arguments.iter().map(|argument| base(argument.value.of)).collect();
    if let Some(found) = function::computed(types, name, base(it.of), &of, arguments)? {
        return Ok(found);
    }
    Ok(match NEVER_NULL.contains(&name) && arguments.iter().all(Known::is_some) {
        true => Known::Some,
        false if is_strict => Known::Perhaps,
        false => function::lenient(Some(name), &arguments.iter().collect::<Vec<_>>()),
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
    let is_text = |of: u32| [TEXT, VARCHAR, BPCHAR].contains(&of);
    match from {
        _ if NUMBERS.contains(&from) && NUMBERS.contains(&to) => {
            Decimal::read(text).map_or(Ok(Known::Some), |number| number.become_number(to))
        }
        _ if NUMBERS.contains(&from) && FLOATS.contains(&to) => read(to, text),
        BOOL if is_text(to) => Ok(Known::Is(spelled_out(text).into())),
        BOOL if WHOLE.contains(&to) => Ok(Known::Is(if text == "t" { "1" } else { "0" }.into())),
        NAME if is_text(to) => Ok(Known::Is(text.into())),
        BPCHAR if is_text(to) => Ok(Known::Is(text.trim_end_matches(' ').into())),
        _ => Ok(Known::Some),
    }
}

/// Computes what becomes of a value of `from` that is printed, and read as a value of `to`.
pub(super) fn via_text(types: &dyn Types, to: Oid, from: Oid, value: Known) -> Answer {
    let Known::Is(text) = value else { return Ok(value) };
    let (to, from) = (types::base(types, to), types::base(types, from).0);
    if to.0 == from {
        return Ok(Known::Is(text));
    }
    let Some(text) = printed(types, from, &text) else { return Ok(Known::Some) };
    match types.is_label(to, text) {
        Some(true) => Ok(Known::Is(text.into())),
        Some(false) => {
            let message = format!("invalid input value for enum: \"{text}\"");
            Err(Refusal::new(SqlState("22P02"), message))
        }
        None => read(to.0, text),
    }
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
        return Err(too_long(it.of));
    }
    Ok(Known::Is(kept.into()))
}

fn too_long(of: Type) -> Refusal {
    let kind = of.spelled().unwrap_or_default();
    Refusal::new(SqlState("22001"), format!("value too long for type {kind}"))
}

/// Returns what a value of a type becomes as a text; none where that is not known: a point in time depends on the
/// session's time zone.
fn printed<'t>(types: &dyn Types, of: u32, text: &'t str) -> Option<&'t str> {
    const AS_IT_IS: [u32; 10] = [18, 26, 114, 700, 701, 1083, 1186, BIT, 1562, 3802];
    let is_known = NUMBERS.contains(&of)
        || TEXTS.contains(&of)
        || ORDERED_AS_PRINTED.contains(&of)
        || AS_IT_IS.contains(&of)
        || comparison::is_enum(types, Oid(of))
        || types::element(types, Oid(of)).is_some_and(|element| function::is_plain_element(types, element));
    match of {
        BPCHAR => Some(text.trim_end_matches(' ')),
        BOOL => Some(spelled_out(text)),
        _ => is_known.then_some(text),
    }
}

/// A truth as a text: not as it is printed.
fn spelled_out(text: &str) -> &'static str {
    if text == "t" { "true" } else { "false" }
}
