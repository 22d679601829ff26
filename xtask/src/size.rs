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

/// Everything that the page ever loads, in bytes of brotli.
const EVERYTHING: usize = 800_000;

/// Builds the page and prints the size of each file; fails if a budget is exceeded.
pub(crate) fn command(arguments: Arguments) -> Result<ExitCode, Failure> {
    arguments.done()?;
    let dist = page::build()?;
    let (mut first, mut all) = (Size::default(), Size::default());
    println!("{:<44}{:>12}{:>12}", "file", "bytes", "brotli");
    for file in files_below(&dist).map_err(Failure::io("cannot read the page"))? {
        let name = file.strip_prefix(&dist).unwrap_or(&file).display().to_string();
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let size = Size::of(&file).map_err(Failure::io(format_args!("cannot read {name}")))?;
        println!("{}", row(&name, size));
        all = all + size;
        if !name.contains("worker") {
            first = first + size;
        }
    }
    println!();
    println!("{}  of {FIRST_PAINT}", row("first paint (all but the worker)", first));
    println!("{}  of {EVERYTHING}", row("everything", all));
    let kept = first.brotli <= FIRST_PAINT && all.brotli <= EVERYTHING;
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
