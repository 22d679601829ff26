//! Large histories: what a person waits for, and what the machine has to give.

use std::fmt::Write as _;
use std::fs;

use super::sandbox::{Sandbox, program};

const REVISIONS: usize = 10_000;

fn large() -> Sandbox {
    let sandbox = Sandbox::with(&[]);
    let versions = sandbox.path("migrations/versions");
    for number in 0..REVISIONS {
        let mut text = format!("-- Revision number {number}\n--\n-- Revision ID: r{number:05}\n-- Revises: ");
        if number > 0 {
            let _ = write!(text, "r{:05}", number - 1);
        }
        let _ = write!(text, "\n-- Create Date: 2026-11-22T14:12:00Z\n\n-- migrate:up\n");
        for column in 0..20 {
            let _ = writeln!(text, "ALTER TABLE customer ADD COLUMN c{number}_{column} text;");
        }
        let _ = writeln!(text, "\n-- migrate:down\nSELECT 1;");
        fs::write(versions.join(format!("r{number:05}.sql")), text).expect("writable");
    }
    sandbox
}

#[cfg(target_os = "linux")]
#[test]
fn the_history_of_ten_thousand_revisions_takes_less_than_45_megabytes_beside_the_program() {
    let sandbox = large();
    for arguments in [&["history"][..], &["history", "--graph"], &["history", "--json"]] {
        let peak = peak_of(&sandbox, arguments);
        assert!((1..45 << 10).contains(&peak), "{arguments:?}: {peak} kB");
    }
}

/// Returns the largest resident size of a call without the pages of the program itself, which are many where it is not
/// optimized; in kB, as the kernel says while the call is held at its end by a full pipe.
#[cfg(target_os = "linux")]
fn peak_of(sandbox: &Sandbox, arguments: &[&str]) -> u64 {
    use std::io::Read as _;
    use std::process::Stdio;
    let mut child = sandbox.command(program()).args(arguments).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = child.stdout.take().expect("it is piped");
    // The first byte arrives when everything is computed: output is printed whole.
    let mut first = [0];
    output.read_exact(&mut first).expect("there is output");
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it is held by the full pipe");
    std::io::copy(&mut output, &mut std::io::sink()).expect("readable");
    assert!(child.wait().expect("it ends").success());
    let figure = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    figure("VmHWM:").zip(figure("RssFile:")).map_or(0, |(all, program)| all.saturating_sub(program))
}
