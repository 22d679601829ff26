//! What the page weighs on the wire, against its budget.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::page::{self, files_below};
use crate::precompress::brotli;

/// What a browser loads before the page stands, in bytes of brotli.
const FIRST_PAINT: usize = 350_000;

/// The page and the worker that reads SQL, in bytes of brotli.
const PAGE_AND_WORKER: usize = 800_000;

/// The worker with the model of Postgres, which is loaded when there is something to judge, in bytes of brotli.
const MODEL: usize = 1_100_000;

/// Builds the page and prints the size of each file; fails if a budget is exceeded.
pub(crate) fn command(arguments: Arguments) -> Result<ExitCode, Failure> {
    arguments.done()?;
    let dist = page::build()?;
    let (mut first, mut both, mut model) = (Size::default(), Size::default(), Size::default());
    println!("{:<44}{:>12}{:>12}", "file", "bytes", "brotli");
    for file in files_below(&dist).map_err(Failure::io("cannot read the page"))? {
        let name = file.strip_prefix(&dist).unwrap_or(&file).display().to_string();
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let size = Size::of(&file).map_err(Failure::io(format_args!("cannot read {name}")))?;
        println!("{}", row(&name, size));
        if name.starts_with("model") {
            model = model + size;
            continue;
        }
        both = both + size;
        if !name.contains("worker") {
            first = first + size;
        }
    }
    println!();
    println!("{}  of {FIRST_PAINT}", row("first paint (all but the workers)", first));
    println!("{}  of {PAGE_AND_WORKER}", row("page and worker", both));
    println!("{}  of {MODEL}", row("the model, when it is needed", model));
    let kept = first.brotli <= FIRST_PAINT && both.brotli <= PAGE_AND_WORKER && model.brotli <= MODEL;
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(name: &str, size: Size) -> String {
    format!("{name:<44}{:>12}{:>12}", size.raw, size.brotli)
}

#[derive(Clone, Copy, Default)]
struct Size {
    raw: usize,
    brotli: usize,
}

impl Size {
    fn of(file: &Path) -> std::io::Result<Self> {
        let bytes = fs::read(file)?;
        let raw = bytes.len();
        Ok(Self { raw, brotli: brotli(&bytes)?.len().min(raw) })
    }
}

impl std::ops::Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, brotli: self.brotli + other.brotli }
    }
}
