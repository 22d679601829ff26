//! What functions make of values, and arrays of their elements.

use std::sync::Arc;

use super::Answer;
use super::comparison::{ORDERED_AS_PRINTED, order};
use super::compute::{BOOL, FLOATS, NUMBERS, TEXTS, WHOLE};
use super::number::Decimal;
use crate::catalog::expression::Expression;
use crate::catalog::types::{self, Types, UNKNOWN};
use crate::catalog::{Known, Oid, Refusal, SqlState};
use crate::expression::literal::quoted_element;

/// What functions put out is computed up to so many bytes.
const MOST: usize = 10_000;
/// Functions that make ranges, and the types of the bounds: integer, bigint, numeric, date, timestamp
const RANGES: [(&str, u32); 5] =
    [("int4range", 23), ("int8range", 20), ("numrange", 1700), ("daterange", 1082), ("tsrange", 1114)];

/// Returns what a function comes to that is of a type, by its name and the types of its arguments; none where that is
/// not known here.
pub(super) fn computed(
    types: &dyn Types,
    name: &str,
    of: u32,
    taken: &[u32],
    arguments: &[Known],
) -> Result<Option<Known>, Refusal> {
    if let Some((_, bound)) = RANGES.iter().find(|(known, _)| *known == name) {
        return range(types, Oid(*bound), arguments).map(Some);
    }
    if name == "concat" {
        return Ok(Some(concatenated(taken, arguments)));
    }
    let values: Option<Vec<&str>> = arguments.iter().map(Known::text).collect();
    let Some(values) = values else { return Ok(None) };
    let are = |all: &[u32]| taken.iter().all(|of| all.contains(of));
    let text = |text: String| Ok(Some(Known::Is(text.into())));
    let decimals: Option<Vec<Decimal>> =
        if are(&NUMBERS) { values.iter().map(|value| Decimal::read(value)).collect() } else { None };
    match (name, values.as_slice(), decimals.as_deref()) {
        ("abs", _, Some([number])) => number.magnitude().become_number(of).map(Some),
        ("mod", _, Some([one, two])) => divided("%", *one, *two, of),
        ("div", _, Some([one, two])) if two.is_zero() => divided("/", *one, *two, of),
        ("sqrt", [value], _) if are(&NUMBERS) || are(&FLOATS) => match is_below_zero(value) {
            true => Err(Refusal::new(SqlState("2201F"), "cannot take square root of a negative number")),
            false => Ok(None),
        },
        ("ln" | "log" | "log10", values, _) if are(&NUMBERS) || are(&FLOATS) => {
            match values.iter().any(|value| is_below_zero(value) || is_zero(value)) {
                true => Err(Refusal::new(SqlState("2201E"), "cannot take logarithm of a number below or of zero")),
                false => Ok(None),
            }
        }
        ("make_date", [year, month, day], Some(_)) => match is_date(year, month, day) {
            Some(false) => Err(Refusal::new(SqlState("22008"), "date field value out of range")),
            _ => Ok(None),
        },
        ("length" | "char_length" | "character_length", [value], _) if are(&TEXTS) => {
            text(value.chars().count().to_string())
        }
        ("octet_length", [value], _) if are(&TEXTS) => text(value.len().to_string()),
        ("lower", [value], _) if are(&TEXTS) && value.is_ascii() => text(value.to_ascii_lowercase()),
        ("upper", [value], _) if are(&TEXTS) && value.is_ascii() => text(value.to_ascii_uppercase()),
        ("btrim", [value], _) if are(&TEXTS) => text(value.trim_matches(' ').to_owned()),
        ("ltrim", [value], _) if are(&TEXTS) => text(value.trim_start_matches(' ').to_owned()),
        ("rtrim", [value], _) if are(&TEXTS) => text(value.trim_end_matches(' ').to_owned()),
        ("repeat", [value, times], _) => {
            let times = usize::try_from(times.parse().unwrap_or(0_i32)).unwrap_or(0);
            match value.len().checked_mul(times).filter(|bytes| *bytes <= MOST) {
                Some(_) => text(value.repeat(times)),
                None => Ok(None),
            }
        }
        ("left" | "right", [value, count], _) if TEXTS.contains(taken.first().unwrap_or(&0)) => {
            let length = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
            let count: i64 = count.parse().unwrap_or(0);
            let kept = if count < 0 { (length + count).max(0) } else { count.min(length) };
            let skipped = if name == "left" { 0 } else { length - kept };
            let (kept, skipped) = (usize::try_from(kept).unwrap_or(0), usize::try_from(skipped).unwrap_or(0));
            text(value.chars().skip(skipped).take(kept).collect())
        }
        _ => Ok(None),
    }
}

/// Returns what is known of what a function puts out that takes nulls as values.
pub(super) fn lenient(name: Option<&str>, arguments: &[&Known]) -> Known {
    let some = || arguments.iter().any(|argument| argument.is_some());
    match name {
        Some("array_append" | "array_prepend") => Known::Some,
        Some("array_cat") if some() => Known::Some,
        Some("array_cat") if arguments.iter().all(|argument| **argument == Known::Null) => Known::Null,
        _ => Known::Perhaps,
    }
}

/// Returns an array as it is printed; none where an element is not known, or its type is none that is printed here.
pub(super) fn array(types: &dyn Types, elements: &[Expression], values: &[Known]) -> Option<Arc<str>> {
    if !elements.iter().all(|element| is_plain_element(types, element.of.oid)) {
        return None;
    }
    let shown: Option<Vec<String>> = values
        .iter()
        .map(|value| match value {
            Known::Null => Some("NULL".to_owned()),
            Known::Is(text) => Some(quoted_element(text)),
            Known::Some | Known::Perhaps => None,
        })
        .collect();
    Some(format!("{{{}}}", shown?.join(",")).into())
}

/// Returns whether elements of a type are printed in an array as they are by themselves.
pub(super) fn is_plain_element(types: &dyn Types, of: Oid) -> bool {
    let of = types::base(types, of).0;
    of == BOOL || [&NUMBERS[..], &TEXTS, &FLOATS, &ORDERED_AS_PRINTED].iter().any(|all| all.contains(&of))
}

fn divided(name: &str, one: Decimal, two: Decimal, of: u32) -> Result<Option<Known>, Refusal> {
    match two.is_zero() {
        true => Err(Refusal::new(SqlState("22012"), "division by zero")),
        false => one.computed(name, two, of),
    }
}

fn is_below_zero(value: &str) -> bool {
    value.parse::<f64>().is_ok_and(|number| number < 0.0)
}

fn is_zero(value: &str) -> bool {
    value.parse::<f64>().is_ok_and(|number| number == 0.0)
}

/// Returns whether there is such a day; none where the calendar does not matter here.
fn is_date(year: &str, month: &str, day: &str) -> Option<bool> {
    let (year, month, day): (i32, u32, u32) =
        (year.parse().ok()?, month.parse().unwrap_or(0), day.parse().unwrap_or(0));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        // There is no year 0 before the first: what is below counts otherwise.
        2 if year < 0 => return None,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    Some(year != 0 && (1..=days).contains(&day))
}

/// Refuses a range whose bounds are the wrong way round, or not said to be in it or not.
fn range(types: &dyn Types, bound: Oid, arguments: &[Known]) -> Answer {
    let refused = |state, message: &str| Err(Refusal::new(SqlState(state), message));
    match arguments.get(2) {
        Some(Known::Null) => return refused("22000", "range constructor flags argument must not be null"),
        Some(Known::Is(flags)) if !["[]", "[)", "(]", "()"].contains(&&**flags) => {
            return refused("42601", "invalid range bound flags");
        }
        _ => {}
    }
    let (Some(Known::Is(lower)), Some(Known::Is(upper))) = (arguments.first(), arguments.get(1)) else {
        return Ok(Known::Some);
    };
    match order(types, bound, lower, upper) {
        Some(order) if order.is_gt() => {
            refused("22000", "range lower bound must be less than or equal to range upper bound")
        }
        _ => Ok(Known::Some),
    }
}

/// Nulls are left out, but for one in the place of all arguments.
fn concatenated(taken: &[u32], arguments: &[Known]) -> Known {
    let is_plain = |of: &u32| TEXTS.contains(of) || WHOLE.contains(of) || *of == UNKNOWN.0;
    let mut whole = String::new();
    for (of, value) in taken.iter().zip(arguments) {
        match value {
            Known::Null if is_plain(of) => {}
            Known::Null | Known::Perhaps => return Known::Perhaps,
            Known::Is(text) if is_plain(of) => whole.push_str(text),
            Known::Is(_) | Known::Some => return Known::Some,
        }
    }
    match taken.len() == arguments.len() && whole.len() <= MOST {
        true => Known::Is(whole.into()),
        false => Known::Some,
    }
}
