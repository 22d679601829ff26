//! Create dates as a reader says them: today, yesterday, 18 Nov, 18 Nov 2024.

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Year.
    pub year: i32,
    /// Month, from 1.
    pub month: u32,
    /// Day of the month, from 1.
    pub day: u32,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads the day at the start of a date such as `2026-11-22T14:12:00Z` or `2026-11-22 14:12`.
pub fn day(text: &str) -> Option<Day> {
    let mut parts = text.get(..10)?.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Day { year, month, day })
}

/// Returns the date in as few words as tell it apart, seen from `today`; a text that is no date stands for itself.
pub fn brief(text: &str, today: Day) -> String {
    let Some(then) = day(text) else { return text.to_owned() };
    let distance = ordinal(today) - ordinal(then);
    match distance {
        0 => "today".into(),
        1 => "yesterday".into(),
        _ => {
            let month = MONTHS.get(then.month as usize - 1).copied().unwrap_or_default();
            if then.year == today.year {
                format!("{} {month}", then.day)
            } else {
                format!("{} {month} {}", then.day, then.year)
            }
        }
    }
}

/// Returns the time of day, `14:12`, of a date that has one.
pub fn minutes(text: &str) -> Option<&str> {
    let time = text.get(11..16)?;
    (time.as_bytes().get(2) == Some(&b':')).then_some(time)
}

/// Returns milliseconds as a person says them: `4 ms`, `1.2 s`, `3 min 5 s`.
pub fn duration(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1_000),
        _ => format!("{} h {} min", millis / 3_600_000, millis % 3_600_000 / 60_000),
    }
}

/// Days since an arbitrary one (Howard Hinnant's counting of civil days).
fn ordinal(day: Day) -> i64 {
    let year = i64::from(day.year) - i64::from(day.month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = i64::from((day.month + 9) % 12);
    let of_year = (153 * month + 2) / 5 + i64::from(day.day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn dates_are_said_as_briefly_as_tells_them_apart() {
        let today = Day { year: 2026, month: 3, day: 1 };
        let said = [
            "2026-03-01T09:12:00Z",
            "2026-02-28T23:59:59Z",
            "2026-02-27 08:00",
            "2025-12-31T00:00:00Z",
            "2026-03-02T00:00:00Z",
            "last week",
            "2026-13-01",
            "",
        ]
        .map(|text| brief(text, today));
        assert_eq!(said, ["today", "yesterday", "27 Feb", "31 Dec 2025", "2 Mar", "last week", "2026-13-01", ""]);
    }

    #[test]
    fn yesterday_knows_leap_years_and_year_ends() {
        assert_eq!(brief("2024-02-29", Day { year: 2024, month: 3, day: 1 }), "yesterday");
        assert_eq!(brief("2023-12-31", Day { year: 2024, month: 1, day: 1 }), "yesterday");
        assert_eq!(brief("2000-02-28", Day { year: 2000, month: 3, day: 1 }), "28 Feb");
    }

    #[test]
    fn text_of_several_bytes_a_character_is_no_date() {
        assert_eq!(day("२०२६-११-२२"), None);
        assert_eq!(minutes("2026-11-22T14:12:00Z"), Some("14:12"));
        assert_eq!(minutes("2026-11-22"), None);
    }

    #[test]
    fn durations_keep_two_figures_at_most() {
        assert_eq!(
            [4, 1_249, 59_999, 185_000, 7_500_000].map(duration),
            ["4 ms", "1.2 s", "59.9 s", "3 min 5 s", "2 h 5 min"]
        );
    }
}
