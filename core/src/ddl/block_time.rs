//! Days and spans of time in blocks: what partitions by time are named after and bounded by.

use super::Stop;
use super::block_value::{Value, beyond};
use crate::expression::calendar::{self, Span};
use crate::sql::query::ast::BinaryOperator;

/// Microseconds of a day.
const DAY: i64 = 24 * 3600 * 1_000_000;

/// A point in time: a day, and microseconds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) day: i64,
    pub(super) micros: i64,
}

impl Point {
    /// Returns it as Postgres prints a timestamp.
    pub(super) fn text(self) -> Result<String, Stop> {
        Ok(format!("{} {}", date_text(self.day)?, calendar::shown_clock(self.micros)))
    }

    /// `timestamp_pl_interval`: months first, which keep the day where the month has it.
    fn plus(self, span: Span, sign: i64) -> Self {
        let (year, month, day) = calendar::of_days(self.day);
        let months = year * 12 + month - 1 + sign * span.months;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let day = calendar::days(year, month, day.min(calendar::month_length(year, month)));
        let micros = self.micros + sign * span.micros;
        Self { day: day + sign * span.days + micros.div_euclid(DAY), micros: micros.rem_euclid(DAY) }
    }
}

/// Returns a day as Postgres prints a date.
pub(super) fn date_text(day: i64) -> Result<String, Stop> {
    let date = calendar::of_days(day);
    if (1..=9999).contains(&date.0) { Ok(calendar::shown_date(date)) } else { beyond() }
}

/// Computes with days and spans; none where neither side is one.
pub(super) fn binary(op: &BinaryOperator, left: &Value, right: &Value) -> Option<Result<Value, Stop>> {
    use BinaryOperator as B;
    let sign = match op {
        B::Plus => 1,
        B::Minus => -1,
        _ => 0,
    };
    let ordered = |order: std::cmp::Ordering| match op {
        B::Eq => Ok(Value::Truth(order.is_eq())),
        B::NotEq => Ok(Value::Truth(order.is_ne())),
        B::Lt => Ok(Value::Truth(order.is_lt())),
        B::LtEq => Ok(Value::Truth(order.is_le())),
        B::Gt => Ok(Value::Truth(order.is_gt())),
        B::GtEq => Ok(Value::Truth(order.is_ge())),
        _ => beyond(),
    };
    let start = |day: i64| Point { day, micros: 0 };
    Some(match (left, right) {
        (Value::Date(day), Value::Number(count)) if sign != 0 => Ok(Value::Date(day + sign * i64::from(*count))),
        (Value::Date(a), Value::Date(b)) if sign == -1 => {
            i32::try_from(a - b).map_or_else(|_| beyond(), |days| Ok(Value::Number(days)))
        }
        (Value::Date(day), Value::Span(span)) if sign != 0 => Ok(Value::Point(start(*day).plus(*span, sign))),
        (Value::Point(point), Value::Span(span)) if sign != 0 => Ok(Value::Point(point.plus(*span, sign))),
        (Value::Number(count), Value::Span(span)) | (Value::Span(span), Value::Number(count))
            if matches!(op, B::Multiply) =>
        {
            let times = |it: i64| it * i64::from(*count);
            Ok(Value::Span(Span { months: times(span.months), days: times(span.days), micros: times(span.micros) }))
        }
        (Value::Date(a), Value::Date(b)) => ordered(a.cmp(b)),
        (Value::Point(a), Value::Point(b)) => ordered(a.cmp(b)),
        (Value::Date(a), Value::Point(b)) => ordered(start(*a).cmp(b)),
        (Value::Point(a), Value::Date(b)) => ordered(a.cmp(&start(*b))),
        (Value::Date(_) | Value::Point(_) | Value::Span(_), _)
        | (_, Value::Date(_) | Value::Point(_) | Value::Span(_)) => beyond(),
        _ => return None,
    })
}

/// `to_char` of a pattern that holds a year, a month and a day in digits, and what stands between them.
pub(super) fn to_char(point: Point, pattern: &str) -> Result<Value, Stop> {
    let (year, month, day) = calendar::of_days(point.day);
    let (mut text, mut rest) = (String::new(), pattern);
    while let Some(first) = rest.chars().next() {
        let is = |word: &str| rest.get(..word.len()).is_some_and(|found| found == word || found == word.to_lowercase());
        let (shown, length) = if is("YYYY") {
            (format!("{year:04}"), 4)
        } else if is("MM") {
            (format!("{month:02}"), 2)
        } else if is("DD") && !rest.get(2..).is_some_and(|rest| rest.starts_with(['D', 'd'])) {
            (format!("{day:02}"), 2)
        } else if "_-./: ".contains(first) {
            (first.to_string(), 1)
        } else {
            return beyond();
        };
        text.push_str(&shown);
        rest = rest.get(length..).unwrap_or_default();
    }
    if (1..=9999).contains(&year) { Ok(Value::Text(text)) } else { beyond() }
}

/// Returns a value as a day, a point or a span; none where the type is none of these.
pub(super) fn cast(value: &Value, of: &str) -> Option<Result<Value, Stop>> {
    let read = |text: &str| calendar::read_date(text);
    Some(match (of, value) {
        ("date", Value::Text(text)) => read(text).map_or_else(beyond, |day| Ok(Value::Date(day))),
        ("date", Value::Date(day)) | ("date", Value::Point(Point { day, .. })) => Ok(Value::Date(*day)),
        ("timestamp" | "timestamp without time zone", Value::Text(text)) => {
            read(text).map_or_else(beyond, |day| Ok(Value::Point(Point { day, micros: 0 })))
        }
        ("timestamp" | "timestamp without time zone", Value::Date(day)) => {
            Ok(Value::Point(Point { day: *day, micros: 0 }))
        }
        ("timestamp" | "timestamp without time zone", Value::Point(point)) => Ok(Value::Point(*point)),
        ("interval", Value::Text(text)) => {
            calendar::span(&text.to_ascii_lowercase()).map_or_else(beyond, |span| Ok(Value::Span(span)))
        }
        ("interval", Value::Span(span)) => Ok(Value::Span(*span)),
        _ => return None,
    })
}
