//! The time and the greatest memory of one process.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::process;

/// The name of [`helper`] on the command line; it is for `bench` alone.
pub(crate) const SUBCOMMAND: &str = "measure";

/// Its option for a status with which the process may end; several may be given.
const STATUS: &str = "--status";

/// What a process took.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) time: Duration,
    /// The most that was resident, in bytes.
    pub(crate) memory: u64,
}

impl Measured {
    /// Returns the medians of time and memory; `all` holds at least one.
    pub(crate) fn median(all: Vec<Self>) -> Self {
        let (mut times, mut memories): (Vec<_>, Vec<_>) = all.into_iter().map(|one| (one.time, one.memory)).unzip();
        times.sort();
        memories.sort();
        let middle = times.len() / 2;
        Self {
            time: times.get(middle).copied().unwrap_or_default(),
            memory: memories.get(middle).copied().unwrap_or_default(),
        }
    }
}

/// Runs `command` without looking at what it prints; fails unless it ends with status 0.
pub(crate) fn measure(command: &Command) -> Result<Measured, Failure> {
    measure_ending(command, &[0])
}

/// Does the same for a program that may end with any of these statuses.
///
/// Linux counts into a process's greatest memory what the process that started it held. So a fresh xtask starts it,
/// which holds next to nothing.
pub(crate) fn measure_ending(command: &Command, statuses: &[i32]) -> Result<Measured, Failure> {
    let own = std::env::current_exe().map_err(Failure::io("xtask does not know where it is"))?;
    let mut helper = Command::new(own);
    helper.arg(SUBCOMMAND);
    for status in statuses {
        helper.args([STATUS, &status.to_string()]);
    }
    helper.arg("--").arg(command.get_program()).args(command.get_args());
    if let Some(dir) = command.get_current_dir() {
        helper.current_dir(dir);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => helper.env(name, value),
            None => helper.env_remove(name),
        };
    }
    let said = process::output(&mut helper)?;
    let mut numbers = said.split_whitespace().map(str::parse::<u64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(nanoseconds)), Some(Ok(memory))) => Ok(Measured { time: Duration::from_nanos(nanoseconds), memory }),
        _ => Err(Failure::new(format!("`{}` was not measured: {said}", process::line(command)))),
    }
}

/// The sub-command behind [`measure`]: prints the nanoseconds and the greatest memory of what stands behind `--`.
pub(crate) fn helper(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let mut statuses: Vec<i32> = Vec::new();
    while let Some(status) = arguments.number(STATUS)? {
        statuses.push(status);
    }
    let mut words = arguments.behind().into_iter();
    arguments.done()?;
    let program = words.next().ok_or_else(|| Failure::usage("nothing to measure stands behind `--`"))?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let doing = process::line(&command);
    let start = Instant::now();
    let child = command.spawn().map_err(Failure::io(format_args!("cannot start `{doing}`")))?;
    let used = child.wait4().map_err(Failure::io(format_args!("cannot wait for `{doing}`")))?;
    let time = start.elapsed();
    if !used.status.code().is_some_and(|status| statuses.contains(&status)) {
        return Err(Failure::new(format!("`{doing}` ended with {}", used.status)));
    }
    println!("{} {}", time.as_nanos(), used.rusage.maxrss);
    Ok(ExitCode::SUCCESS)
}
