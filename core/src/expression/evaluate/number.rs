//! Numbers as they are written, exactly: how they compare, what comes of arithmetic, and what becomes of them in casts.

use std::cmp::Ordering;
use std::fmt;

use crate::catalog::{Known, Refusal, SqlState};

/// A number of up to thirty digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    /// All digits.
    digits: i128,
    /// How many of them stand behind the point.
    scale: u32,
}

const NUMERIC: u32 = 1700;
/// So many digits stand together in a number of Postgres.
const GROUP: i32 = 4;
/// Digits that are read before the point, and behind it.
const MOST: (usize, usize) = (19, 30);

impl Decimal {
    /// Reads a number as Postgres prints it; none where it is too long, or no number such as `NaN`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > MOST.0
            || fraction.len() > MOST.1
            || !is_digits(whole)
            || !is_digits(fraction)
        {
            return None;
        }
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let digits = if text.starts_with('-') { -digits } else { digits };
        Some(Self { digits, scale: u32::try_from(fraction.len()).ok()? })
    }

    pub(super) fn minus(self) -> Self {
        Self { digits: -self.digits, ..self }
    }

    pub(super) fn magnitude(self) -> Self {
        Self { digits: self.digits.abs(), ..self }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits == 0
    }

    /// The same number without zeros at its end.
    pub(super) fn reduced(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.scale -= 1;
        }
        self
    }

    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        let scale = self.scale.max(other.scale);
        Some(self.digits_at(scale)?.cmp(&other.digits_at(scale)?))
    }

    /// Returns what an operator makes of two numbers as one of a type, by `pg_type.oid`; none where the digits are too
    /// many.
    pub(super) fn computed(self, name: &str, other: Self, of: u32) -> Result<Option<Known>, Refusal> {
        let scale = self.scale.max(other.scale);
        let (Some(one), Some(two)) = (self.digits_at(scale), other.digits_at(scale)) else { return Ok(None) };
        let found = match name {
            "+" => one.checked_add(two).map(|digits| Self { digits, scale }),
            "-" => one.checked_sub(two).map(|digits| Self { digits, scale }),
            "*" => self.digits.checked_mul(other.digits).map(|digits| Self { digits, scale: self.scale + other.scale }),
            "/" if of == NUMERIC => self.quotient(other),
            "/" => one.checked_div(two).map(|digits| Self { digits, scale }),
            "%" => one.checked_rem(two).map(|digits| Self { digits, scale }),
            _ => None,
        };
        found.map(|number| number.become_number(of)).transpose()
    }

    /// With as many digits behind the point as Postgres thinks worth it: `select_div_scale`
    fn quotient(self, other: Self) -> Option<Self> {
        const SIGNIFICANT: i32 = 16;
        let ((weight, first), (other_weight, other_first)) = (self.first_group()?, other.first_group()?);
        let weight = weight - other_weight - i32::from(first <= other_first);
        let wanted = SIGNIFICANT - weight * GROUP;
        let scale = u32::try_from(wanted.max(0)).ok()?.max(self.scale).max(other.scale);
        let moved = 10_i128.checked_pow((scale + other.scale).checked_sub(self.scale)?)?;
        let (of, by) = (self.digits.checked_abs()?.checked_mul(moved)?, other.digits.checked_abs()?);
        let rounded = of.checked_mul(2)?.checked_add(by)?.checked_div(by.checked_mul(2)?)?;
        let is_negative = (self.digits < 0) != (other.digits < 0);
        Some(Self { digits: if is_negative { -rounded } else { rounded }, scale })
    }

    /// The first of the groups of four digits in which Postgres keeps numbers, and how many stand between it and the
    /// point.
    fn first_group(self) -> Option<(i32, u32)> {
        if self.digits == 0 {
            return Some((0, 0));
        }
        let digits = self.digits.unsigned_abs().to_string();
        let exponent = i32::try_from(digits.len()).ok()? - 1 - i32::try_from(self.scale).ok()?;
        let weight = exponent.div_euclid(GROUP);
        let count = usize::try_from(exponent.rem_euclid(GROUP)).ok()? + 1;
        let first: String = digits.chars().chain(std::iter::repeat('0')).take(count).collect();
        Some((weight, first.parse().ok()?))
    }

    /// Becomes a number of another type, by `pg_type.oid`.
    pub(super) fn become_number(self, to: u32) -> Result<Known, Refusal> {
        let (name, least, most) = match to {
            21 => ("smallint", i64::from(i16::MIN), i64::from(i16::MAX)),
            23 => ("integer", i64::from(i32::MIN), i64::from(i32::MAX)),
            20 => ("bigint", i64::MIN, i64::MAX),
            _ => return Ok(self.into()),
        };
        let Some(whole) = self.rounded(0) else { return Ok(Known::Some) };
        if whole.digits < i128::from(least) || whole.digits > i128::from(most) {
            return Err(Refusal::new(SqlState("22003"), format!("{name} out of range")));
        }
        Ok(whole.into())
    }

    /// Becomes a `numeric` of a precision and a scale, as `atttypmod` has them.
    pub(super) fn fit_numeric(self, modifier: i32) -> Result<Known, Refusal> {
        let Some(parts) = modifier.checked_sub(4).filter(|parts| *parts >= 0) else { return Ok(self.into()) };
        let (precision, scale) = ((parts >> 16) & 0xFFFF, parts & 0x7FF);
        let (Ok(scale), Ok(precision)) = (u32::try_from(scale), u32::try_from(precision)) else {
            return Ok(Known::Some);
        };
        // A scale beyond stands for a negative one.
        let (true, Some(rounded)) = (scale <= 1000, self.rounded(scale)) else { return Ok(Known::Some) };
        match 10_i128.checked_pow(precision) {
            Some(most) if rounded.digits.abs() >= most => {
                Err(Refusal::new(SqlState("22003"), "numeric field overflow"))
            }
            _ => Ok(rounded.into()),
        }
    }

    /// With so many digits behind the point, half away from zero.
    fn rounded(self, scale: u32) -> Option<Self> {
        if scale >= self.scale {
            return Some(Self { digits: self.digits_at(scale)?, scale });
        }
        let unit = 10_i128.checked_pow(self.scale - scale)?;
        let half = if self.digits < 0 { -(unit / 2) } else { unit / 2 };
        Some(Self { digits: (self.digits + half) / unit, scale })
    }

    fn digits_at(&self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = usize::try_from(self.scale).unwrap_or(usize::MAX);
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

impl From<Decimal> for Known {
    fn from(number: Decimal) -> Self {
        Self::Is(number.to_string().into())
    }
}
