//! `limbeck lint` against squawk on the same files: reading them, playing them on the model and looking at them
//! together may take twice what squawk takes to look at them.
//!
//! Measured twice. Program against program, from start to end: squawk's as its makers built it, ours with nothing
//! remembered. And library against library in one process and on one thread (`core/examples/beside_squawk.rs`):
//! squawk's linter as its program calls it, parse, errors and the rules that are on by default, against all that `lint`
//! does; and against a dry run alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::measure::{Measured, measure_ending};
use super::verdict;
use crate::failure::Failure;
use crate::install::squawk;
use crate::{process, workspace};

/// How many revisions are looked at, and statements of each up section.
const REVISIONS: usize = 1_000;
/// How much longer than squawk was promised at most.
const PROMISED: f64 = 2.0;
/// How long a thousand revisions may take.
const LIMIT: Duration = Duration::from_secs(1);
/// Squawk ends with 1 where it finds something.
const FOUND: i32 = 1;

/// Measures and prints; returns whether it stayed below what was promised.
pub(crate) fn report(limbeck: &Path, dir: &Path, rounds: usize) -> Result<bool, Failure> {
    let dir = dir.join(format!("lint-{REVISIONS}"));
    let files = write(&dir).map_err(Failure::io(format_args!("cannot write {}", dir.display())))?;
    let squawk = squawk::program()?;
    let ours = || {
        let mut command = Command::new(limbeck);
        // Nothing remembered: squawk remembers nothing either.
        command.current_dir(&dir).env("LIMBECK_CACHE", "off").args(["lint", "--format", "github"]);
        command
    };
    let theirs = || {
        let mut command = Command::new(&squawk);
        command.current_dir(&dir).args(["--reporter", "gcc", "--assume-in-transaction"]).args(&files);
        command
    };
    let (mut our, mut their) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our.push(measure_ending(&ours(), &[0])?);
        their.push(measure_ending(&theirs(), &[0, FOUND])?);
    }
    let (our, their) = (Measured::median(our), Measured::median(their));
    let ratio = our.time.as_secs_f64() / their.time.as_secs_f64().max(1e-6);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("\nlint of {REVISIONS} revisions, median of {rounds} alternating rounds\n");
    println!("limbeck {:.1} ms, {:.0} MB", milliseconds(our.time), our.memory as f64 / 1e6);
    println!("squawk  {:.1} ms, {:.0} MB", milliseconds(their.time), their.memory as f64 / 1e6);
    let kept = ratio <= PROMISED && our.time <= LIMIT;
    println!("limbeck takes {ratio:.2} times as long, promised {PROMISED} and {LIMIT:?} at most — {}\n", verdict(kept));
    Ok(kept & libraries(&dir, rounds)?)
}

/// Measures the libraries in one process.
fn libraries(dir: &Path, rounds: usize) -> Result<bool, Failure> {
    let example = ["build", "--release", "--package", "limbeck-core", "--example", "beside_squawk"];
    process::run(workspace::cargo().args(example))?;
    let mut command = Command::new(workspace::target_dir().join("release/examples/beside_squawk"));
    command.arg(dir.join("migrations/versions")).arg(rounds.to_string());
    let said = process::output(&mut command)?;
    let time = |what: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(what));
        let time = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
        time.ok_or_else(|| Failure::new(format!("the comparison does not say what {what} takes: {said}")))
    };
    let (theirs, lint, plan) = (time("squawk ")?, time("lint ")?, time("plan ")?);
    let kept = lint <= theirs * PROMISED;
    println!(
        "in one process, on one thread: squawk's linter {theirs:.1} ms, a dry run {plan:.1} ms, lint {lint:.1} ms"
    );
    println!("lint takes {:.2} times as long, promised {PROMISED} — {}\n", lint / theirs, verdict(kept));
    Ok(kept)
}

/// Writes the revisions, and returns their files below `dir`.
fn write(dir: &Path) -> io::Result<Vec<PathBuf>> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir.join("migrations/versions"))?;
    let mut files = Vec::with_capacity(REVISIONS);
    for n in 0..REVISIONS {
        let file = PathBuf::from(format!("migrations/versions/r{n:04}.sql"));
        fs::write(dir.join(&file), revision(n))?;
        files.push(file);
    }
    Ok(files)
}

/// Returns a revision: every second one makes a table, the others change the one of the revision before.
fn revision(n: usize) -> String {
    let parent = n.checked_sub(1).map(|parent| format!("r{parent:04}")).unwrap_or_default();
    let (up, down) = if n.is_multiple_of(2) { (table(n), format!("DROP TABLE t{n};\n")) } else { changes(n - 1) };
    format!(
        "-- step {n}\n--\n-- Revision ID: r{n:04}\n-- Revises: {parent}\n\n-- migrate:up\n{up}\n-- migrate:down\n{down}"
    )
}

fn table(n: usize) -> String {
    let references =
        n.checked_sub(2).map(|other| format!("    t{other}_id bigint REFERENCES t{other},\n")).unwrap_or_default();
    format!(
        "CREATE TABLE t{n} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n{references}    \
         name text NOT NULL CHECK (length(name) < 200),\n    price numeric(12, 2) DEFAULT 0,\n    \
         made_at timestamptz NOT NULL DEFAULT now(),\n    UNIQUE (name, made_at)\n);\n\
         CREATE INDEX t{n}_made_idx ON t{n} (made_at) WHERE price > 0;\nCOMMENT ON TABLE t{n} IS 'number {n}';\n"
    )
}

fn changes(n: usize) -> (String, String) {
    let up = format!(
        "ALTER TABLE t{n} ADD COLUMN note varchar(20);\nALTER TABLE t{n} ALTER COLUMN note TYPE varchar(40);\n\
         ALTER TABLE t{n} ADD CONSTRAINT t{n}_price_check CHECK (price >= 0) NOT VALID;\n\
         CREATE INDEX t{n}_note_idx ON t{n} (note);\nALTER TABLE t{n} ALTER COLUMN made_at DROP NOT NULL;\n"
    );
    let down = format!(
        "ALTER TABLE t{n} ALTER COLUMN made_at SET NOT NULL;\nDROP INDEX t{n}_note_idx;\n\
         ALTER TABLE t{n} DROP CONSTRAINT t{n}_price_check;\nALTER TABLE t{n} DROP COLUMN note;\n"
    );
    (up, down)
}
