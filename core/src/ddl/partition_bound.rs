//! `FOR VALUES …`: constants become values of the partition key; `transformPartitionBound`.

use std::sync::Arc;

use super::syntax::part;
use super::{Play, Stop, refused, unknown};
use crate::catalog::expression::{Node, Value};
use crate::catalog::{
    Bound, Datum, KeyOf, Oid, Order, PartitionKey, RangeEdge, RelationKind, SqlState, Type, UserTypeKind,
};
use crate::expression::{Place, folds, whole_number};
use crate::sql::ast::{self, AstNode};
use crate::sql::{quote_literal, tree};

const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const VARCHAR: u32 = 1043;
const DATE: u32 = 1082;
const TIMESTAMP: u32 = 1114;
const TIMESTAMPTZ: u32 = 1184;
const NUMERIC: u32 = 1700;
const UUID: u32 = 2950;

/// Most digits of a number that is read here, on both sides of its point together.
const DIGITS: usize = 30;

/// A constant as it is written.
pub(super) enum Constant {
    Null,
    Truth(bool),
    /// With its sign, if it is negative.
    Number(String),
    Quoted(String),
}

impl Play<'_> {
    /// Returns the bound that a statement writes for a partition of a table.
    pub(super) fn bound(&self, parent: Oid, written: &ast::PartitionType) -> Result<Bound, Stop> {
        let relation = part(self.catalog.relation(parent))?;
        let RelationKind::Partitioned(by) = &relation.kind else {
            let message = format!("\"{}\" is not partitioned", relation.name);
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        };
        let invalid = |message: &str| refused(SqlState::INVALID_TABLE_DEFINITION, message);
        match (written, by.strategy) {
            (ast::PartitionType::PartitionDefault(_), "HASH") => {
                invalid("a hash-partitioned table may not have a default partition")
            }
            (ast::PartitionType::PartitionDefault(_), _) => Ok(Bound::Default),
            (ast::PartitionType::PartitionForValuesWith(with), "HASH") => hash(with),
            (ast::PartitionType::PartitionForValuesIn(list), "LIST") => {
                let mut values: Vec<Datum> = Vec::new();
                for value in list.exprs() {
                    let value = self.datum(parent, by, 0, &value)?;
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                Ok(Bound::List(values))
            }
            (ast::PartitionType::PartitionForValuesFrom(range), "RANGE") => {
                let mut ends =
                    range.syntax().children().map(|end| end.children().filter_map(ast::Expr::cast).collect::<Vec<_>>());
                let (from, to) = (part(ends.next())?, part(ends.next())?);
                for (word, end) in [("FROM", &from), ("TO", &to)] {
                    if end.len() != by.parts.len() {
                        return invalid(&format!("{word} must specify exactly one value per partitioning column"));
                    }
                }
                Ok(Bound::Range(self.edges(parent, by, &from)?, self.edges(parent, by, &to)?))
            }
            (_, strategy) => invalid(&format!("invalid bound specification for a {strategy} partition")),
        }
    }

    fn edges(&self, parent: Oid, by: &PartitionKey, written: &[ast::Expr]) -> Result<Vec<RangeEdge>, Stop> {
        let mut edges = Vec::with_capacity(written.len());
        for (at, value) in written.iter().enumerate() {
            let edge = match tree::text(value).to_ascii_lowercase().as_str() {
                "minvalue" => RangeEdge::Least,
                "maxvalue" => RangeEdge::Greatest,
                _ => RangeEdge::At(self.datum(parent, by, at, value)?),
            };
            if matches!(&edge, RangeEdge::At(Datum { order: Order::Null, .. })) {
                return refused(SqlState::INVALID_OBJECT_DEFINITION, "cannot specify NULL in range bound");
            }
            edges.push(edge);
        }
        // What stands behind an end of all values must be the same end.
        for pair in edges.windows(2) {
            let word = match pair {
                [RangeEdge::Least, other] if *other != RangeEdge::Least => "MINVALUE",
                [RangeEdge::Greatest, other] if *other != RangeEdge::Greatest => "MAXVALUE",
                _ => continue,
            };
            let message = format!("every bound following {word} must also be {word}");
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        Ok(edges)
    }

    /// Returns a value of a part of the key.
    fn datum(&self, parent: Oid, by: &PartitionKey, at: usize, written: &ast::Expr) -> Result<Datum, Stop> {
        let relation = part(self.catalog.relation(parent))?;
        let Some(KeyOf::Column(number)) = by.parts.get(at) else {
            return unknown("a bound of an expression");
        };
        let of = part(relation.numbered(*number))?.of;
        let text = tree::text(written);
        let read = constant(&text).and_then(|constant| match constant {
            Constant::Null => Ok(Datum { order: Order::Null, spelled: "NULL".into() }),
            constant => self.value(of, constant),
        });
        match read {
            Err(Stop::Unknown(why)) => self.computed(of, &text, why),
            read => read,
        }
    }

    /// Returns the value that Postgres computes before it keeps it; `transformPartitionBoundValue`.
    fn computed(&self, of: Type, written: &str, why: Arc<str>) -> Result<Datum, Stop> {
        let formula = match self.formula_of_domain(written, None, Place::Default(of)) {
            Err(Stop::Refused(refusal)) if refusal.sqlstate == SqlState::UNDEFINED_COLUMN => {
                let message = "cannot use column reference in partition bound expression";
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            formula => formula?,
        };
        folds(&self.catalog, &formula.tree)?;
        match (whole_number(&self.catalog, &formula.tree)?, &formula.tree.node) {
            (Some(number), _) if formula.tree.of.oid == of.oid => self.value(of, Constant::Number(number.to_string())),
            (_, Node::Constant(Value::Text(text))) if of.oid.0 == BOOL => self.value(of, Constant::Truth(text == "t")),
            (_, Node::Constant(Value::Text(text))) if *text != *written.trim_matches('\'') => {
                self.value(of, Constant::Quoted(text.clone()))
            }
            _ => unknown(why),
        }
    }

    pub(super) fn value(&self, of: Type, constant: Constant) -> Result<Datum, Stop> {
        let datum = |order, spelled: String| Ok(Datum { order, spelled: spelled.into() });
        let quoted = |order, text: &str| datum(order, quote_literal(text));
        let not_cast = || {
            let message = format!("specified value cannot be cast to type {}", self.names.spelled(&self.catalog, of));
            refused(SqlState::DATATYPE_MISMATCH, message)
        };
        match (of.oid.0, constant) {
            (INT2 | INT4 | INT8, Constant::Truth(_)) => not_cast(),
            (INT2 | INT4 | INT8, Constant::Number(text) | Constant::Quoted(text)) => {
                let Ok(number) = text.trim().parse::<i128>() else {
                    return unknown("a bound that is no whole number");
                };
                let fits = match of.oid.0 {
                    INT2 => i16::try_from(number).is_ok(),
                    INT4 => i32::try_from(number).is_ok(),
                    _ => i64::try_from(number).is_ok(),
                };
                if !fits {
                    return refused(SqlState("22003"), "value is out of range for the type of the partition key");
                }
                let text = number.to_string();
                if of.oid.0 == INT4 && number >= 0 {
                    return datum(Order::Number(number), text);
                }
                quoted(Order::Number(number), &text)
            }
            (BOOL, Constant::Truth(truth)) => datum(Order::Number(truth.into()), truth.to_string()),
            (BOOL, Constant::Number(_)) => not_cast(),
            (BOOL, Constant::Quoted(text)) => match text.to_ascii_lowercase().as_str() {
                "t" | "true" => datum(Order::Number(1), "true".to_owned()),
                "f" | "false" => datum(Order::Number(0), "false".to_owned()),
                _ => unknown("a bound that is neither true nor false"),
            },
            (TEXT | VARCHAR, Constant::Number(text) | Constant::Quoted(text)) => {
                // The length of a type stands in its modifier with four bytes for its header.
                let longest = usize::try_from(of.modifier - 4).unwrap_or(usize::MAX);
                if text.chars().count() > longest {
                    return unknown("a bound that is too long");
                }
                if text.contains('\\') {
                    return unknown("a bound with a backslash");
                }
                quoted(Order::Text(text.as_str().into()), &text)
            }
            (NUMERIC, Constant::Number(text) | Constant::Quoted(text)) if of.modifier < 0 => {
                let (number, text) = part(decimal(text.trim()))?;
                let plain = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.');
                if plain { datum(Order::Number(number), text) } else { quoted(Order::Number(number), &text) }
            }
            (DATE, Constant::Quoted(text)) => match date(text.trim()) {
                Some((days, text)) => quoted(Order::Number(days.into()), &text),
                None => unknown("a date that is not read here"),
            },
            (TIMESTAMP | TIMESTAMPTZ, Constant::Quoted(text)) if of.modifier < 0 => {
                let with_zone = of.oid.0 == TIMESTAMPTZ;
                match moment(text.trim(), with_zone) {
                    Some((seconds, text)) => quoted(Order::Number(seconds.into()), &text),
                    None => unknown("a time that is not read here"),
                }
            }
            (DATE | TIMESTAMP | TIMESTAMPTZ | UUID, Constant::Number(_) | Constant::Truth(_)) => not_cast(),
            (UUID, Constant::Quoted(text)) => {
                let text = text.to_ascii_lowercase();
                let groups: Vec<usize> = text.split('-').map(str::len).collect();
                let is_hex = text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
                if groups != [8, 4, 4, 4, 12] || !is_hex {
                    return unknown("a uuid that is not read here");
                }
                quoted(Order::Bytes(text.as_str().into()), &text)
            }
            (_, Constant::Quoted(text)) => {
                let own = self.catalog.user_type(of.oid).filter(|found| found.oid == of.oid).map(|found| &found.kind);
                let Some(UserTypeKind::Enum(labels)) = own else {
                    return unknown("a bound of this type");
                };
                if !labels.iter().any(|label| **label == *text) {
                    let named = self.names.spelled(&self.catalog, of);
                    return refused(SqlState("22P02"), format!("invalid input value for enum {named}: \"{text}\""));
                }
                self.catalog.label_may_be_used(of.oid, &text)?;
                quoted(Order::Text(text.as_str().into()), &text)
            }
            _ => unknown("a bound of this type"),
        }
    }
}

fn hash(with: &ast::PartitionForValuesWith) -> Result<Bound, Stop> {
    let (mut modulus, mut remainder) = (None, None);
    for bound in with.bounds() {
        let text = tree::text(&bound);
        let mut words = text.split_whitespace();
        let (name, number) = (part(words.next())?, part(words.next())?);
        let number: u32 = number.parse().map_err(|_| Stop::unknown("a number that is not read here"))?;
        match name.to_ascii_lowercase().as_str() {
            "modulus" if modulus.is_none() => modulus = Some(number),
            "remainder" if remainder.is_none() => remainder = Some(number),
            _ => return unknown("the bound of a hash partition"),
        }
    }
    let (Some(modulus), Some(remainder)) = (modulus, remainder) else {
        return unknown("half a bound of a hash partition");
    };
    let invalid = |message: &str| refused(SqlState::INVALID_TABLE_DEFINITION, message);
    if modulus == 0 {
        return invalid("modulus for hash partition must be an integer value greater than zero");
    }
    if remainder >= modulus {
        return invalid("remainder for hash partition must be less than modulus");
    }
    Ok(Bound::Hash { modulus, remainder })
}

/// Reads a constant: a number, a text in plain quotes, `true`, `null`.
fn constant(text: &str) -> Result<Constant, Stop> {
    let not_read = || unknown("a bound that is no plain constant");
    match text.to_ascii_lowercase().as_str() {
        "null" => return Ok(Constant::Null),
        "true" => return Ok(Constant::Truth(true)),
        "false" => return Ok(Constant::Truth(false)),
        _ => {}
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        let inside = inner.replace("''", "");
        if inside.contains('\'') {
            return not_read();
        }
        return Ok(Constant::Quoted(inner.replace("''", "'")));
    }
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let digits = bare.strip_prefix('-').unwrap_or(&bare);
    if digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Ok(Constant::Number(bare));
    }
    not_read()
}

/// Returns a number as so many parts of 10 to the power of -15, and as Postgres prints it.
fn decimal(text: &str) -> Option<(i128, String)> {
    const SCALE: usize = 15;
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(rest) || rest.len() > SCALE || whole.len() > DIGITS - SCALE {
        return None;
    }
    let number: i128 = format!("{whole}{rest:0<SCALE$}").parse().ok()?;
    let whole = Some(whole.trim_start_matches('0')).filter(|it| !it.is_empty()).unwrap_or("0");
    let point = if rest.is_empty() { "" } else { "." };
    let minus = if sign < 0 && number != 0 { "-" } else { "" };
    Some((sign * number, format!("{minus}{whole}{point}{rest}")))
}

/// Returns a date as days, and as Postgres prints it.
fn date(text: &str) -> Option<(i64, String)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number =
        |part: &str, most: usize| !part.is_empty() && part.len() <= most && part.chars().all(|c| c.is_ascii_digit());
    if parts.next().is_some() || year.len() != 4 || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    let (year, month, day): (i64, i64, i64) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year == 0 || day == 0 || day > days {
        return None;
    }
    // Only their order matters, and that a day has one number.
    Some(((year * 12 + month) * 31 + day, format!("{year:04}-{month:02}-{day:02}")))
}

/// Returns a point in time as seconds, and as Postgres prints it where the clock is in UTC.
fn moment(text: &str, with_zone: bool) -> Option<(i64, String)> {
    let text = ["+00:00", "+00", "Z"].iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text);
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let (days, day) = date(day)?;
    let parts: Vec<&str> = time.split(':').collect();
    let two = |part: &&str, below: i64| {
        let number = Some(part).filter(|it| it.len() == 2 && it.chars().all(|c| c.is_ascii_digit()));
        number.and_then(|it| it.parse::<i64>().ok()).filter(|it| *it < below)
    };
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (two(hour, 24)?, two(minute, 60)?, 0),
        [hour, minute, second] => (two(hour, 24)?, two(minute, 60)?, two(second, 60)?),
        _ => return None,
    };
    let zone = if with_zone { "+00" } else { "" };
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    Some((seconds, format!("{day} {hour:02}:{minute:02}:{second:02}{zone}")))
}
