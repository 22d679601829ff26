//! Create dates: checked as ISO 8601, kept as the file spells them.

/// A date and time of day in the spelling of ISO 8601, `2026-11-22T14:12:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 60.
    pub second: u8,
}

impl Date {
    /// Returns the date that a text spells: a day, optionally `T` or a space and a time of day, a fraction of a second
    /// and a zone (`Z`, `+02:00`); none when it is no such date.
    pub fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan(text.as_bytes());
        let year = scan.number(4)?;
        scan.byte(b"-")?;
        let month = scan.number(2)?;
        scan.byte(b"-")?;
        let day = scan.number(2)?;
        let (mut hour, mut minute, mut second) = (0, 0, 0);
        if scan.byte(b"Tt ").is_some() {
            hour = scan.number(2)?;
            scan.byte(b":")?;
            minute = scan.number(2)?;
            if scan.byte(b":").is_some() {
                second = scan.number(2)?;
                if scan.byte(b".,").is_some() {
                    scan.number(1)?;
                    while scan.number(1).is_some() {}
                }
            }
            let _space_before_zone = scan.byte(b" ");
            if scan.byte(b"Zz").is_none() && scan.byte(b"+-").is_some() {
                let hours = scan.number(2)?;
                let _colon = scan.byte(b":");
                let minutes = scan.number(2).unwrap_or(0);
                if hours > 23 || minutes > 59 {
                    return None;
                }
            }
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let legal = scan.0.is_empty() && (1..=days).contains(&day) && hour < 24 && minute < 60 && second <= 60;
        let small = |number: u16| u8::try_from(number).ok();
        legal.then_some(Self {
            year,
            month: small(month)?,
            day: small(day)?,
            hour: small(hour)?,
            minute: small(minute)?,
            second: small(second)?,
        })
    }
}

struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn number(&mut self, digits: usize) -> Option<u16> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        let number = head
            .iter()
            .try_fold(0_u16, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u16::from(byte - b'0')))?;
        self.0 = rest;
        Some(number)
    }

    fn byte(&mut self, any: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn real_dates_are_read_and_impossible_ones_are_not() {
        for (text, expected) in [
            ("2026-11-22T14:12:00Z", true),
            ("2026-11-22 14:12:00.123456", true),
            ("2026-11-22T14:12:00+02:00", true),
            ("2026-11-22 14:12", true),
            ("2026-11-22", true),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-13-01", false),
            ("2026-00-10", false),
            ("2026-11-00", false),
            ("2026-11-22T24:00:00Z", false),
            ("2026-11-22T14:12:00.Z", false),
            ("2026-11-22T", false),
            ("22.11.2026", false),
            ("yesterday", false),
            ("", false),
        ] {
            assert_eq!(Date::parse(text).is_some(), expected, "{text}");
        }
    }
}
