//! The phases of a long command, each with a line when it begins and one when it ends, so that minutes of building do
//! not look like nothing.

use std::fmt;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Does the work of a phase; says what it does before, and how long it took after.
pub(crate) fn phase<T>(
    name: &str,
    does: impl fmt::Display,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    eprintln!("{name}: {does}");
    let start = Instant::now();
    let made = work()?;
    eprintln!("{name}: ready after {}", Took(start.elapsed()));
    Ok(made)
}

/// A duration as one reads it: `0.4 s`, `48 s`, `3 min 31 s`.
pub(crate) struct Took(pub(crate) Duration);

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            0..10 => write!(f, "{:.1} s", self.0.as_secs_f32()),
            seconds @ 10..60 => write!(f, "{seconds} s"),
            seconds => write!(f, "{} min {} s", seconds / 60, seconds % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_in_the_unit_that_it_takes() {
        let shown = |millis| Took(Duration::from_millis(millis)).to_string();
        assert_eq!([shown(40), shown(9_940), shown(48_900), shown(211_000)], ["0.0 s", "9.9 s", "48 s", "3 min 31 s"]);
    }
}
