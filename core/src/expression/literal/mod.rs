//! Literals: what a text means as a value of a type, and how that value is printed anew.

mod array;
mod json;
mod number;
pub(crate) mod time;

use super::Scope;
use crate::catalog::types::{self, Type};
use crate::catalog::{Refusal, SqlState};

pub(super) use array::quoted as quoted_element;
pub(super) use number::numeric as number;

/// What a text means as a value of some type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A value, as its type prints it.
    Value(String),
    /// No value of the type.
    Refused(Refusal),
    /// The model does not know.
    Unknown,
}

impl Literal {
    fn invalid(kind: &str, text: &str) -> Self {
        Self::refused("22P02", format!("invalid input syntax for type {kind}: \"{text}\""))
    }

    fn refused(state: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(SqlState(state), message))
    }
}

/// White space as C has it.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}'])
}

/// Reads a text as a value of a type that is no domain.
pub(super) fn read(scope: &dyn Scope, of: Type, text: &str) -> Literal {
    if let Some(read) = read_alike(of.oid.0, text) {
        return read;
    }
    match of.oid.0 {
        17 => bytes(text),
        18 => match text.chars().next() {
            Some(first) if first.is_ascii() && first != '\\' => Literal::Value(first.to_string()),
            None => Literal::Value(String::new()),
            Some(_) => Literal::Unknown,
        },
        19 => match text.len() {
            0..64 => Literal::Value(text.to_owned()),
            _ => Literal::Unknown,
        },
        114 => match json::check(text) {
            Some(true) => Literal::Value(text.to_owned()),
            Some(false) => Literal::invalid("json", text),
            None => Literal::Unknown,
        },
        3802 => json::normal(text),
        869 => address(text),
        1082 => time::date(text),
        1083 => time::time(text),
        1114 => time::timestamp(text),
        1184 => time::timestamptz(text, scope.is_utc()),
        1186 if of.modifier == -1 => time::interval(text),
        1560 | 1562 if text.starts_with(['b', 'B', 'x', 'X']) => Literal::Unknown,
        1560 | 1562 => match text.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
            true => Literal::Value(text.to_owned()),
            false => Literal::refused("22P02", "not a valid binary digit"),
        },
        3614 | 3615 if text.is_empty() => Literal::Value(String::new()),
        3734 if CONFIGURATIONS.contains(&text) => Literal::Value(text.to_owned()),
        _ => match types::element(scope, of.oid) {
            Some(element) => array::read(scope, element, text),
            None if of.spelled().is_none() => scope.own_literal(of.oid, text),
            None => Literal::Unknown,
        },
    }
}

/// Reads a text as a value of a type that reads it the same at all times and in all places; none for other types.
pub(super) fn read_alike(of: u32, text: &str) -> Option<Literal> {
    Some(match of {
        16 => boolean(text),
        20 => number::integer(text, "bigint", i64::MIN, i64::MAX),
        21 => number::integer(text, "smallint", i16::MIN.into(), i16::MAX.into()),
        23 => number::integer(text, "integer", i32::MIN.into(), i32::MAX.into()),
        // Text, what is read like it, and what is a literal still.
        25 | 705 | 1042 | 1043 => Literal::Value(text.to_owned()),
        700 => number::float4(text),
        701 => number::float8(text),
        1700 => number::read_numeric(text),
        2950 => uuid(text),
        _ => return None,
    })
}

/// Configurations of text search that every database has.
const CONFIGURATIONS: [&str; 6] = ["simple", "english", "german", "french", "spanish", "italian"];

/// A word may be cut short, as long as it is one.
fn boolean(text: &str) -> Literal {
    let word = trimmed(text).to_ascii_lowercase();
    let is = |whole: &str, least: usize| word.len() >= least && whole.starts_with(&word);
    if is("true", 1) || is("yes", 1) || word == "on" || word == "1" {
        Literal::Value("t".to_owned())
    } else if is("false", 1) || is("no", 1) || is("off", 2) || word == "0" {
        Literal::Value("f".to_owned())
    } else {
        Literal::invalid("boolean", text)
    }
}

fn bytes(text: &str) -> Literal {
    use std::fmt::Write;
    let Some(digits) = text.strip_prefix("\\x") else {
        if text.contains('\\') {
            return Literal::Unknown;
        }
        let mut shown = "\\x".to_owned();
        for byte in text.bytes() {
            let _ = write!(shown, "{byte:02x}");
        }
        return Literal::Value(shown);
    };
    if digits.contains(|c: char| c.is_ascii_whitespace()) {
        return Literal::Unknown;
    }
    match digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits.len().is_multiple_of(2) {
        true => Literal::Value(format!("\\x{}", digits.to_ascii_lowercase())),
        false => Literal::refused("22023", "invalid hexadecimal data"),
    }
}

/// An address of four numbers, maybe with the length of its network.
fn address(text: &str) -> Literal {
    let (host, length) = text.split_once('/').map_or((text, None), |(host, length)| (host, Some(length)));
    let is_digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = |part: &str| if is_digits(part) { part.parse::<u16>().ok() } else { None };
    let parts: Vec<Option<u16>> = host.split('.').map(number).collect();
    let [Some(a @ 0..=255), Some(b @ 0..=255), Some(c @ 0..=255), Some(d @ 0..=255)] = parts.as_slice() else {
        return Literal::Unknown;
    };
    match length.map(number) {
        None | Some(Some(32)) => Literal::Value(format!("{a}.{b}.{c}.{d}")),
        Some(Some(length @ 0..=31)) => Literal::Value(format!("{a}.{b}.{c}.{d}/{length}")),
        Some(_) => Literal::Unknown,
    }
}

fn uuid(text: &str) -> Literal {
    let inner = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}'),
        None => Some(text),
    };
    let Some(inner) = inner else { return Literal::invalid("uuid", text) };
    let mut digits = String::new();
    for character in inner.chars() {
        match character {
            '-' if digits.len().is_multiple_of(4) && !digits.is_empty() && digits.len() < 32 => {}
            digit if digit.is_ascii_hexdigit() => digits.push(digit.to_ascii_lowercase()),
            _ => return Literal::invalid("uuid", text),
        }
    }
    if digits.len() != 32 || inner.contains("--") {
        return Literal::invalid("uuid", text);
    }
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    let groups: Vec<&str> = groups.into_iter().filter_map(|range| digits.get(range)).collect();
    Literal::Value(groups.join("-"))
}
