//! `cargo xtask bench`: Limbeck against Alembic on the same histories in one alternating run, `limbeck lint` against
//! squawk, and memory at 10,000 revisions. It measures and compares with what was promised; it is no test.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

mod history;
mod lint;
pub(crate) mod measure;
mod memory;
mod model;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::install::{alembic, c_compiler};
use crate::{page, process, workspace};
use history::{History, Shape};
use measure::{Measured, measure};

/// How many revisions the comparison stands on.
const REVISIONS: usize = 2_000;
/// How many times faster than Alembic was promised.
const PROMISED: f64 = 50.0;
/// How old a file has to be for Limbeck to remember it, and a little.
const SETTLED: Duration = Duration::from_millis(2_200);

/// Runs the comparison in `--rounds N` (default 5), then the measurements of memory and of the model; `--only PART` one
/// of them, without the page inside the program: `alembic`, `lint`, `memory`, `model`.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let rounds = arguments.number("--rounds")?.unwrap_or(5).max(1);
    let only = arguments.option("--only")?;
    arguments.done()?;
    c_compiler()?;
    if let Some(part) = only.as_deref().filter(|part| !["alembic", "lint", "memory", "model"].contains(part)) {
        return Err(Failure::usage(format!("no part of bench is called {part:?}: alembic, lint, memory, model")));
    }
    let wants = |part| only.as_deref().is_none_or(|only| only == part);
    if only.as_deref().is_none_or(|part| part == "memory") {
        page::build()?;
    }
    process::run(workspace::cargo().args(["build", "--release", "--package", "limbeck"]))?;
    let limbeck = workspace::target_dir().join("release/limbeck");

    let dir = workspace::target_dir().join("bench");
    let mut kept = true;
    if wants("alembic") {
        kept &= alembic(&limbeck, &dir, rounds)?;
    }
    if wants("lint") {
        kept &= lint::report(&limbeck, &dir, rounds)?;
    }
    if wants("memory") {
        kept &= memory::report(&limbeck, &dir)?;
    }
    if wants("model") {
        kept &= model::report(&limbeck, &dir)?;
    }
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures and prints; returns whether Limbeck was as much faster as promised.
fn alembic(limbeck: &Path, dir: &Path, rounds: usize) -> Result<bool, Failure> {
    let python = alembic::python()?;
    println!("\nLimbeck against Alembic, {REVISIONS} revisions, median of {rounds} alternating rounds");
    println!(
        "Both with what they remember: Alembic its compiled revisions, Limbeck what it read of unchanged files.\n"
    );
    println!("{:<28}{:>12}{:>12}{:>10}{:>10}{:>14}", "", "limbeck", "alembic", "ratio", "limbeck", "alembic");
    let mut kept = true;
    for shape in [Shape::Linear, Shape::Merges] {
        let history = History::write(dir, shape, REVISIONS)?;
        // Limbeck takes no file from memory that was written just before.
        std::thread::sleep(SETTLED);
        for task in TASKS {
            let ours = || in_dir(limbeck, &history, task.limbeck);
            let theirs = || in_dir(&python.with_file_name("alembic"), &history, task.alembic);
            history.forget()?;
            let first = (measure(&ours())?, measure(&theirs())?);
            let median = compare(rounds, &ours, &theirs)?;
            kept &= ratio(median) >= PROMISED;
            let name = format!("{} {}", shape.name(), task.name);
            println!("{}", row(&name, median));
            println!("{}", row("  first run, from nothing", first));
        }
    }
    println!("\npromised: {PROMISED} times faster or better, after the first run — {}\n", verdict(kept));
    Ok(kept)
}

/// The same question to both.
struct Task {
    name: &'static str,
    limbeck: &'static [&'static str],
    alembic: &'static [&'static str],
}

const TASKS: [Task; 3] = [
    Task { name: "heads", limbeck: &["heads"], alembic: &["heads"] },
    Task { name: "history", limbeck: &["history"], alembic: &["history"] },
    Task {
        name: "upgrade --sql",
        limbeck: &["upgrade", "heads", "--sql", "--from", "base"],
        alembic: &["upgrade", "heads", "--sql"],
    },
];

fn in_dir(program: &Path, history: &History, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&history.dir).args(arguments).env("XDG_CACHE_HOME", history.cache());
    for (name, _) in std::env::vars_os() {
        // Nobody's database is to answer here.
        if ["PG", "DATABASE_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// What Limbeck and Alembic took for the same.
type Both = (Measured, Measured);

/// Runs both in turns and returns the median of each.
fn compare(rounds: usize, ours: &dyn Fn() -> Command, theirs: &dyn Fn() -> Command) -> Result<Both, Failure> {
    let (mut our, mut their) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our.push(measure(&ours())?);
        their.push(measure(&theirs())?);
    }
    Ok((Measured::median(our), Measured::median(their)))
}

fn ratio((limbeck, alembic): Both) -> f64 {
    alembic.time.as_secs_f64() / limbeck.time.as_secs_f64().max(1e-6)
}

fn row(name: &str, both: Both) -> String {
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
    let (limbeck, alembic) = both;
    format!(
        "{name:<28}{:>12}{:>12}{:>9.0}×{:>10}{:>14}",
        milliseconds(limbeck.time),
        milliseconds(alembic.time),
        ratio(both),
        megabytes(limbeck.memory),
        megabytes(alembic.memory)
    )
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "NOT KEPT" }
}
