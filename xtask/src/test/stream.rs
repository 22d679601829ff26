//! Running a test runner: its output goes on at once, and every line is read on the way.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::count::Count;
use crate::failure::Failure;
use crate::process;

/// Runs tests and returns how many passed and failed; a runner that fails without naming a failed test counts as one.
pub(crate) fn tests(command: &mut Command) -> Result<Count, Failure> {
    counted(command, io::stdout().lock())
}

fn counted(command: &mut Command, out: impl io::Write) -> Result<Count, Failure> {
    let mut count = Count::default();
    let success = lines(command, out, |line| count.read(line))?;
    if !success && count.failed == 0 {
        count.failed = 1;
    }
    Ok(count)
}

/// Runs a check that has no tests of its own.
pub(crate) fn check(command: &mut Command) -> Result<Count, Failure> {
    Ok(if lines(command, io::stdout().lock(), |_| {})? { Count::PASSED } else { Count::FAILED })
}

/// Runs `command`, passing on standard output and standard error in the order they come; returns whether it succeeded.
fn lines(command: &mut Command, mut out: impl io::Write, mut each: impl FnMut(&str)) -> Result<bool, Failure> {
    let (reader, writer) = io::pipe().map_err(Failure::io("cannot make a pipe"))?;
    let second = writer.try_clone().map_err(Failure::io("cannot make a pipe"))?;
    let spawned = command.stdin(Stdio::null()).stdout(writer).stderr(second).spawn();
    let mut child = spawned.map_err(Failure::io(format_args!("cannot start `{}`", process::line(command))))?;
    // The command holds the pipe's writing ends; only without them does reading ever end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).map_err(Failure::io("cannot read a test's output"))? > 0 {
        // Whoever reads our output may have gone; the tests' result stands all the same.
        let _ = out.write_all(&line).and_then(|()| out.flush());
        each(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    let status = child.wait().map_err(Failure::io("cannot wait for a test"))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Count {
        counted(Command::new("sh").args(["-c", script]), io::sink()).unwrap()
    }

    #[test]
    fn both_outputs_are_read_to_their_end() {
        let count = sh("echo 'test result: ok. 2 passed; 0 failed'; echo 'test result: ok. 1 passed; 0 failed' >&2");
        assert_eq!(count, Count { passed: 3, failed: 0 });
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_counts_as_one() {
        assert_eq!(sh("echo 'error: could not compile'; exit 101"), Count::FAILED);
        assert_eq!(sh("echo 'test result: FAILED. 2 passed; 1 failed'; exit 101"), Count { passed: 2, failed: 1 });
    }

    #[test]
    fn a_runner_that_says_nothing_ran_nothing() {
        assert!(sh("true").is_nothing());
    }
}
