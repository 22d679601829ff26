//! How many tests passed and failed, read from what the test runners print.

use std::fmt;
use std::iter::Sum;

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    /// One check that has no tests of its own, passed.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0 };
    /// One check that has no tests of its own, failed.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1 };

    /// Returns whether nothing ran.
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Adds what a line of output says. Ignored and cancelled tests count as failed: they proved nothing.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            self.read_libtest(result);
        } else if let Some(result) = line.strip_prefix("# ") {
            self.read_tap(result);
        }
    }

    /// `ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s`, also of wasm-bindgen's runner.
    fn read_libtest(&mut self, result: &str) {
        let numbers = result.split_once(". ").map_or(result, |(_, numbers)| numbers);
        for number in numbers.split("; ") {
            match number.split_once(' ').map(|(n, of)| (n.parse::<u64>(), of)) {
                Some((Ok(n), "passed")) => self.passed += n,
                Some((Ok(n), "failed" | "ignored")) => self.failed += n,
                _ => {}
            }
        }
    }

    /// The sums at the end of Node's report: `pass 3`, `fail 0`.
    fn read_tap(&mut self, result: &str) {
        match result.split_once(' ').map(|(of, n)| (of, n.parse::<u64>())) {
            Some(("pass", Ok(n))) => self.passed += n,
            Some(("fail" | "cancelled" | "skipped" | "todo", Ok(n))) => self.failed += n,
            _ => {}
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl std::ops::Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), std::ops::Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str) -> String {
        let mut count = Count::default();
        output.lines().for_each(|line| count.read(line));
        count.to_string()
    }

    #[test]
    fn every_binary_of_cargo_test_counts() {
        let output = "
test a ... ok
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.02s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.10s
";
        assert_eq!(read(output), "15 passed, 2 failed");
    }

    #[test]
    fn an_ignored_test_is_no_success() {
        assert_eq!(read("test result: ok. 1 passed; 0 failed; 2 ignored; 0 filtered out"), "1 passed, 2 failed");
    }

    #[test]
    fn the_sums_of_node_count() {
        let output = "ok 1 - plans\n# tests 4\n# suites 0\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n# duration_ms 51.9";
        assert_eq!(read(output), "2 passed, 2 failed");
    }

    #[test]
    fn other_lines_say_nothing() {
        assert_eq!(read("the test result: ok. 9 passed\n# pass\n#pass 3\nno tests to run!"), "0 passed, 0 failed");
    }
}
