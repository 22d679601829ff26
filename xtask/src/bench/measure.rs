//! The time and the greatest memory of one process.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::failure::Failure;
use crate::process;

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
pub(crate) fn measure(command: &mut Command) -> Result<Measured, Failure> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let doing = process::line(command);
    let child = command.spawn().map_err(Failure::io(format_args!("cannot start `{doing}`")))?;
    let used = child.wait4().map_err(Failure::io(format_args!("cannot wait for `{doing}`")))?;
    let time = start.elapsed();
    if !used.status.success() {
        return Err(Failure::new(format!("`{doing}` ended with {}", used.status)));
    }
    Ok(Measured { time, memory: used.rusage.maxrss })
}
