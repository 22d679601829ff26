//! Days, points in time and spans of time: the forms of ISO 8601 and those that people write most. What else Postgres
//! reads is unknown here, and so is what depends on when it is read.

use super::{Literal, trimmed};

const MICROSECONDS: i64 = 1_000_000;

/// Words that stand for a time, or are part of one.
const WORDS: [&str; 12] =
    ["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs", "bc", "ad", "am", "pm", "julian"];

/// Days since the first of March of year 0, by the calendar of today.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1
}

/// The day of a number of [`days`].
pub(crate) fn of_days(days: i64) -> (i64, i64, i64) {
    let mut year = (days * 10_000 + 14_780).div_euclid(3_652_425);
    let in_year = |year: i64| 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let mut rest = days - in_year(year);
    if rest < 0 {
        year -= 1;
        rest = days - in_year(year);
    }
    let month = (100 * rest + 52) / 3060;
    let day = rest - (month * 306 + 5) / 10 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    (year, month, day)
}

/// How many days a month has.
pub(crate) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What is no time in any form.
fn otherwise(kind: &str, text: &str) -> Literal {
    let lower = trimmed(text).to_ascii_lowercase();
    let known = WORDS.iter().any(|word| lower.contains(word)) || lower.contains(|c: char| c.is_ascii_digit());
    // A single letter may be a zone or a field.
    let odd = lower.len() < 4 || lower.contains(|c: char| !c.is_ascii_lowercase());
    let month_or_day = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
        "fri", "sat", "sun",
    ];
    match known || odd || month_or_day.iter().any(|word| lower.starts_with(word)) {
        true => Literal::Unknown,
        false => Literal::refused("22007", format!("invalid input syntax for type {kind}: \"{text}\"")),
    }
}

/// Returns the number of the day that a text in the form of ISO 8601 means; none where there is no such day.
pub(crate) fn read_date(text: &str) -> Option<i64> {
    let date = written_date(trimmed(text)).filter(|date| exists(text, *date).is_ok())?;
    Some(days(date.0, date.1, date.2))
}

/// A year, a month and a day, which may not exist.
fn written_date(text: &str) -> Option<(i64, i64, i64)> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        (lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let year = digits(year, 4..=4)?;
    (year > 0).then_some((year, digits(month, 1..=2)?, digits(day, 1..=2)?))
}

fn exists(text: &str, (year, month, day): (i64, i64, i64)) -> Result<(), Literal> {
    let exists = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
    let refusal = || Literal::refused("22008", format!("date/time field value out of range: \"{text}\""));
    if exists { Ok(()) } else { Err(refusal()) }
}

pub(super) fn date(text: &str) -> Literal {
    let written = trimmed(text);
    if let word @ ("infinity" | "-infinity") = written.to_ascii_lowercase().as_str() {
        return Literal::Value(word.to_owned());
    }
    let Some(date) = written_date(written) else { return otherwise("date", text) };
    match exists(text, date) {
        Ok(()) => Literal::Value(shown_date(date)),
        Err(refused) => refused,
    }
}

/// A day as Postgres prints it.
pub(crate) fn shown_date((year, month, day): (i64, i64, i64)) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// Hours, minutes, seconds and what is less, in microseconds.
fn clock(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let number = |part: &str| {
        ((1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] => (number(hours)?, number(minutes)?, "0"),
        [hours, minutes, seconds] => (number(hours)?, number(minutes)?, *seconds),
        _ => return None,
    };
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let seconds: i64 = number(seconds)?;
    let in_range = (0..24_i64).contains(&hours) && (0..60_i64).contains(&minutes) && (0..60).contains(&seconds);
    in_range.then_some((hours * 3600 + minutes * 60 + seconds) * MICROSECONDS + micros(fraction)?)
}

/// Digits behind the point of seconds.
fn micros(fraction: &str) -> Option<i64> {
    let is = fraction.len() <= 6 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is.then(|| format!("{fraction:0<6}").parse().ok())?
}

pub(super) fn time(text: &str) -> Literal {
    match clock(trimmed(text)) {
        Some(micros) => Literal::Value(shown_clock(micros)),
        None => otherwise("time", text),
    }
}

/// A time of a day as Postgres prints it.
pub(crate) fn shown_clock(micros: i64) -> String {
    let (seconds, fraction) = (micros / MICROSECONDS, micros % MICROSECONDS);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = format!("{fraction:06}");
    match fraction.trim_end_matches('0') {
        "" => clock,
        fraction => format!("{clock}.{fraction}"),
    }
}

/// A day and a time of it in microseconds, and what is written behind.
fn point(text: &str) -> Option<((i64, i64, i64), i64, &str)> {
    let (date, rest) = match text.find([' ', 'T']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim_start()),
        None => (text, ""),
    };
    let date = written_date(date)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(end)?;
    Some((date, if time.is_empty() { 0 } else { clock(time)? }, zone.trim_start()))
}

pub(super) fn timestamp(text: &str) -> Literal {
    let written = trimmed(text);
    if let word @ ("infinity" | "-infinity") = written.to_ascii_lowercase().as_str() {
        return Literal::Value(word.to_owned());
    }
    match point(written) {
        Some((date, time, "")) => match exists(text, date) {
            Ok(()) => Literal::Value(format!("{} {}", shown_date(date), shown_clock(time))),
            Err(refused) => refused,
        },
        _ => otherwise("timestamp", text),
    }
}

pub(super) fn timestamptz(text: &str, is_utc: bool) -> Literal {
    let written = trimmed(text);
    if let word @ ("infinity" | "-infinity") = written.to_ascii_lowercase().as_str() {
        return Literal::Value(word.to_owned());
    }
    let Some((date, time, zone)) = point(written) else { return otherwise("timestamp with time zone", text) };
    let offset = match zone {
        "" if is_utc => Some(0),
        "Z" | "z" | "UTC" => Some(0),
        zone => offset(zone),
    };
    let Some(offset) = offset else { return Literal::Unknown };
    if let Err(refused) = exists(text, date) {
        return refused;
    }
    let day = 86_400 * MICROSECONDS;
    let at = days(date.0, date.1, date.2) * day + time - offset * 60 * MICROSECONDS;
    let date = of_days(at.div_euclid(day));
    if !(1..=9999).contains(&date.0) {
        return Literal::Unknown;
    }
    Literal::Value(format!("{} {}+00", shown_date(date), shown_clock(at.rem_euclid(day))))
}

/// `+02`, `-03:30`, in minutes.
fn offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, zone.strip_prefix('-')?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "00"),
    };
    let number = |part: &str| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i64>().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Months, days and microseconds, as Postgres keeps a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) months: i64,
    pub(crate) days: i64,
    pub(crate) micros: i64,
}

pub(super) fn interval(text: &str) -> Literal {
    match span(&trimmed(text).to_ascii_lowercase()) {
        Some(span) => Literal::Value(shown_span(&span)),
        None => {
            let garbage = !text.contains(|c: char| c.is_ascii_digit())
                && trimmed(text).len() > 8
                && text.bytes().all(|byte| byte.is_ascii_lowercase());
            match garbage && !text.contains("infinity") {
                true => Literal::refused("22007", format!("invalid input syntax for type interval: \"{text}\"")),
                false => Literal::Unknown,
            }
        }
    }
}

/// Returns the span that a text in small letters means; none where it is not read here.
pub(crate) fn span(text: &str) -> Option<Span> {
    let mut span = Span::default();
    let mut words = text.split_ascii_whitespace().peekable();
    let mut any = false;
    while let Some(word) = words.next() {
        any = true;
        let (sign, unsigned) = match word.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, word.strip_prefix('+').unwrap_or(word)),
        };
        if unsigned.contains(':') {
            words.peek().is_none().then_some(())?;
            span.micros = span.micros.checked_add(sign * clock(unsigned)?)?;
            break;
        }
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, unit) = unsigned.split_at_checked(end)?;
        // Behind several numbers of one sign the sign may be meant for all; only its own is read here.
        let unit = if unit.is_empty() { words.next()? } else { unit };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let count = sign * whole.parse::<i64>().ok().filter(|count| *count < 1_000_000)?;
        let plain = fraction.is_empty();
        match unit {
            "microsecond" | "microseconds" | "us" if plain => span.micros += count,
            "millisecond" | "milliseconds" | "ms" if plain => span.micros += count * 1000,
            "second" | "seconds" | "sec" | "secs" | "s" => {
                span.micros += count * MICROSECONDS + sign * micros(fraction)?;
            }
            "minute" | "minutes" | "min" | "mins" | "m" if plain => span.micros += count * 60 * MICROSECONDS,
            "hour" | "hours" | "hr" | "hrs" | "h" if plain => span.micros += count * 3600 * MICROSECONDS,
            "hour" | "hours" if fraction == "5" => {
                span.micros += count * 3600 * MICROSECONDS + sign * 1800 * MICROSECONDS;
            }
            "day" | "days" | "d" if plain => span.days += count,
            "day" | "days" if fraction == "5" => {
                span.days += count;
                span.micros += sign * 12 * 3600 * MICROSECONDS;
            }
            "week" | "weeks" | "w" if plain => span.days += count * 7,
            "month" | "months" | "mon" | "mons" if plain => span.months += count,
            "year" | "years" | "yr" | "yrs" | "y" if plain => span.months += count * 12,
            "decade" | "decades" if plain => span.months += count * 120,
            "century" | "centuries" if plain => span.months += count * 1200,
            _ => return None,
        }
    }
    any.then_some(span)
}

/// A span as Postgres prints it.
pub(crate) fn shown_span(span: &Span) -> String {
    let mut shown = String::new();
    let mut before_negative = false;
    let (years, months) = (span.months / 12, span.months % 12);
    for (count, unit) in [(years, "year"), (months, "mon"), (span.days, "day")] {
        if count == 0 {
            continue;
        }
        let space = if shown.is_empty() { "" } else { " " };
        let sign = if before_negative && count > 0 { "+" } else { "" };
        let plural = if count == 1 { "" } else { "s" };
        shown = format!("{shown}{space}{sign}{count} {unit}{plural}");
        before_negative = count < 0;
    }
    if span.micros != 0 || shown.is_empty() {
        let space = if shown.is_empty() { "" } else { " " };
        let sign = match (span.micros < 0, before_negative) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        shown = format!("{shown}{space}{sign}{}", shown_clock(span.micros.abs()));
    }
    shown
}
