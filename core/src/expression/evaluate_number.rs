//! Numbers as they are written, exactly: how they compare, and what becomes of them in casts.

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

/// Digits that fit with room for comparing.
const MOST: usize = 18;

impl Decimal {
    /// Reads a number as Postgres prints it; none where it is too long, or no number such as `NaN`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > MOST + 1
            || fraction.len() > MOST
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
