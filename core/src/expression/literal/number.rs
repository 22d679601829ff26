//! Numbers.

use super::{Literal, trimmed};

/// Longest exponent that is written out.
const EXPONENT: i64 = 1000;

pub(super) fn integer(text: &str, kind: &str, least: i64, most: i64) -> Literal {
    let digits = trimmed(text);
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        // Later versions take other bases and underscores.
        return match unsigned.starts_with('0') || unsigned.contains('_') {
            true => Literal::Unknown,
            false => Literal::invalid(kind, text),
        };
    }
    match digits.parse::<i64>() {
        Ok(value) if (least..=most).contains(&value) => Literal::Value(value.to_string()),
        _ => Literal::refused("22003", format!("value \"{text}\" is out of range for type {kind}")),
    }
}

pub(super) fn read_numeric(text: &str) -> Literal {
    let written = trimmed(text);
    match written.to_ascii_lowercase().as_str() {
        "nan" => return Literal::Value("NaN".to_owned()),
        "infinity" | "+infinity" | "inf" | "+inf" => return Literal::Value("Infinity".to_owned()),
        "-infinity" | "-inf" => return Literal::Value("-Infinity".to_owned()),
        _ => {}
    }
    match (numeric(written), is_number(written)) {
        (Some(text), _) => Literal::Value(text),
        (None, true) => Literal::Unknown,
        (None, false) if written.starts_with(['0', '+', '-']) || written.contains('_') => Literal::Unknown,
        (None, false) => Literal::invalid("numeric", text),
    }
}

fn is_number(text: &str) -> bool {
    parts(text).is_some()
}

struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
            (mantissa, exponent.parse().unwrap_or(i64::MAX))
        }
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is = !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction);
    is.then_some(Parts { negative: text.starts_with('-'), whole, fraction, exponent })
}

/// Returns a number as `numeric` prints it: all digits, and as many behind the point as were written.
pub(in crate::expression) fn numeric(text: &str) -> Option<String> {
    let Parts { negative, whole, fraction, exponent } = parts(text)?;
    (-EXPONENT..=EXPONENT).contains(&exponent).then_some(())?;
    let exponent = isize::try_from(exponent).ok()?;
    let mut digits = format!("{whole}{fraction}");
    let point = isize::try_from(whole.len()).ok()? + exponent;
    // Where the point comes to stand.
    let point = if point < 0 {
        digits.insert_str(0, &"0".repeat(point.unsigned_abs()));
        0
    } else {
        let point = point.unsigned_abs();
        if point > digits.len() {
            digits.push_str(&"0".repeat(point - digits.len()));
        }
        point
    };
    let (whole, fraction) = digits.split_at_checked(point)?;
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if negative && !is_zero { "-" } else { "" };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

pub(super) fn float8(text: &str) -> Literal {
    float(text, "double precision", 15, |digits| {
        digits.parse::<f64>().ok().map(|value| (value == 0.0, value.is_finite(), format!("{value:e}")))
    })
}

pub(super) fn float4(text: &str) -> Literal {
    float(text, "real", 6, |digits| {
        digits.parse::<f32>().ok().map(|value| (value == 0.0, value.is_finite(), format!("{value:e}")))
    })
}

/// Whether it is zero, whether it is finite, and its shortest digits with an exponent.
type Parsed = (bool, bool, String);

fn float(text: &str, kind: &str, most: i32, parse: fn(&str) -> Option<Parsed>) -> Literal {
    let written = trimmed(text);
    match written.to_ascii_lowercase().as_str() {
        "nan" => return Literal::Value("NaN".to_owned()),
        "infinity" | "+infinity" | "inf" | "+inf" => return Literal::Value("Infinity".to_owned()),
        "-infinity" | "-inf" => return Literal::Value("-Infinity".to_owned()),
        _ => {}
    }
    let Some(parts) = parts(written) else {
        // C reads other bases, too.
        return match written.starts_with(['0', '+', '-']) {
            true => Literal::Unknown,
            false => Literal::invalid(kind, text),
        };
    };
    let Some((is_zero, is_finite, shortest)) = parse(written) else { return Literal::Unknown };
    let nonzero = parts.whole.bytes().chain(parts.fraction.bytes()).any(|byte| byte != b'0');
    if !is_finite || (is_zero && nonzero) {
        return Literal::refused("22003", format!("\"{text}\" is out of range for type {kind}"));
    }
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return Literal::Unknown };
    let Ok(exponent) = exponent.parse::<i32>() else { return Literal::Unknown };
    if (-4..most).contains(&exponent) {
        return numeric(&shortest).map_or(Literal::Unknown, |plain| {
            let plain = if is_zero && shortest.starts_with('-') { format!("-{plain}") } else { plain };
            Literal::Value(plain)
        });
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    Literal::Value(format!("{mantissa}e{sign}{:02}", exponent.abs()))
}
