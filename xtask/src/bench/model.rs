//! The model of Postgres: how long 1,000 revisions over 500 tables take to be judged, natively and as WASM, how long a
//! draft on them takes, and what keeping the catalog after each of them takes.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::measure::{Measured, measure};
use super::{memory, verdict};
use crate::failure::Failure;
use crate::install::{WasmTools, cargo_tool, debian};
use crate::{npm, process, workspace};

const TABLES: usize = 500;
const REVISIONS: usize = 1_000;
const ROUNDS: usize = 5;
const PROMISED: Duration = Duration::from_secs(1);
/// The same as WASM.
const PROMISED_WASM: Duration = Duration::from_secs(3);
/// For a draft of 300 lines, as WASM.
const PROMISED_DRAFT: Duration = Duration::from_millis(50);
/// In megabytes.
const PROMISED_MEMORY: u64 = 200;

/// Measures and prints; returns whether all stayed below what was promised.
pub(super) fn report(limbeck: &Path, dir: &Path) -> Result<bool, Failure> {
    println!("\nthe model, {REVISIONS} revisions over {TABLES} tables\n");
    let dir = dir.join("model");
    write(&dir).map_err(Failure::io(format_args!("cannot write {}", dir.display())))?;
    let mut command = Command::new(limbeck);
    command.current_dir(&dir).env("LIMBECK_CACHE", "off").args(["plan", "--from", "base", "--json"]);
    let rounds = (0..ROUNDS).map(|_| measure(&command)).collect::<Result<Vec<_>, _>>()?;
    let mut kept = line("limbeck plan", Measured::median(rounds).time, PROMISED);
    let (plan, draft) = wasm(&dir)?;
    kept &= line("the same as WASM in Node", plan, PROMISED_WASM);
    kept &= line("a draft of 300 lines, WASM", draft, PROMISED_DRAFT);
    let example = ["build", "--release", "--package", "limbeck-core", "--example", "catalogs"];
    process::run(workspace::cargo().args(example))?;
    let every = measure(&Command::new(workspace::target_dir().join("release/examples/catalogs")))?;
    Ok(kept & memory::line("every catalog between", every.memory, PROMISED_MEMORY))
}

/// Returns what a dry run of the history takes as WASM, and what a draft on it takes.
fn wasm(dir: &Path) -> Result<(Duration, Duration), Failure> {
    debian::require(&[debian::NODE])?;
    let package = npm::package(&WasmTools::install(&cargo_tool::FOR_TESTS)?)?;
    let mut node = workspace::command("node");
    node.arg(workspace::root().join("core/npm/bench/model.mjs")).arg(package);
    node.arg(dir.join("migrations/versions")).arg(ROUNDS.to_string());
    let said = process::output(&mut node)?;
    let mut times = said.lines().map(|line| line.parse().map(|time: f64| Duration::from_secs_f64(time / 1000.0)));
    match (times.next(), times.next()) {
        (Some(Ok(plan)), Some(Ok(draft))) => Ok((plan, draft)),
        _ => Err(Failure::new(format!("the bench in Node says no times: {said}"))),
    }
}

fn line(what: &str, time: Duration, promised: Duration) -> bool {
    let kept = time < promised;
    println!("{what:<28}{:>9.1?}   , promised under {promised:?} — {}", time, verdict(kept));
    kept
}

fn write(dir: &Path) -> io::Result<()> {
    let versions = dir.join("migrations/versions");
    if versions.exists() {
        fs::remove_dir_all(&versions)?;
    }
    fs::create_dir_all(&versions)?;
    let id = |number: usize| format!("r{number:05}");
    for number in 0..REVISIONS {
        let mut up = String::new();
        if number == 0 {
            for table in 0..TABLES {
                let _ =
                    writeln!(up, "CREATE TABLE t{table} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz);");
            }
        } else {
            let (table, other) = (number * 7 % TABLES, number * 11 % TABLES);
            let _ = writeln!(
                up,
                "ALTER TABLE t{table} ADD COLUMN c{number} bigint REFERENCES t{other};\n\
                 CREATE INDEX i{number} ON t{table} (c{number}) WHERE c{number} > 0;\n\
                 ALTER TABLE t{other} ADD CONSTRAINT k{number} CHECK (id > {number});"
            );
        }
        let parent = number.checked_sub(1).map(id).unwrap_or_default();
        let text = format!(
            "-- Number {number}\n--\n-- Revision ID: {}\n-- Revises: {parent}\n\n-- migrate:up\n{up}",
            id(number)
        );
        fs::write(versions.join(format!("{}.sql", id(number))), text)?;
    }
    Ok(())
}
