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
const MODEL: usize = 1_300_000;

/// Builds the page and prints the size of each file; fails if a budget is exceeded.
pub(crate) fn command(arguments: Arguments) -> Result<ExitCode, Failure> {
    arguments.done()?;
    let dist = page::build()?;
    println!("{:<44}{:>12}{:>12}", "file", "bytes", "brotli");
    let sums = Sums::of(&dist, |name, size| println!("{}", row(name, size)))?;
    println!();
    for (what, size, budget) in sums.budgets() {
        println!("{}  of {budget}", row(what, size));
    }
    Ok(if sums.are_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fails if the page that was built exceeds a budget.
pub(crate) fn check(dist: &Path) -> Result<(), Failure> {
    let sums = Sums::of(dist, |_, _| {})?;
    let over = sums.budgets().into_iter().find(|(_, size, budget)| size.brotli > *budget);
    let Some((what, size, budget)) = over else { return Ok(()) };
    let message = format!("{what}: {} bytes of brotli, of {budget} at most", size.brotli);
    Err(Failure::new(message).with_hint("cargo xtask size says what each file weighs"))
}

/// What the parts of the page weigh that have a budget.
#[derive(Default)]
struct Sums {
    first: Size,
    both: Size,
    model: Size,
}

impl Sums {
    /// Weighs the files of a page, and hands over each.
    fn of(dist: &Path, mut each: impl FnMut(&str, Size)) -> Result<Self, Failure> {
        let mut sums = Self::default();
        for file in files_below(dist).map_err(Failure::io("cannot read the page"))? {
            let name = file.strip_prefix(dist).unwrap_or(&file).display().to_string();
            if name.ends_with(".br") || name.ends_with(".gz") {
                continue;
            }
            let size = Size::of(&file).map_err(Failure::io(format_args!("cannot read {name}")))?;
            each(&name, size);
            if name.starts_with("model") {
                sums.model = sums.model + size;
                continue;
            }
            sums.both = sums.both + size;
            if !name.contains("worker") {
                sums.first = sums.first + size;
            }
        }
        Ok(sums)
    }

    fn budgets(&self) -> [(&'static str, Size, usize); 3] {
        [
            ("first paint (all but the workers)", self.first, FIRST_PAINT),
            ("page and worker", self.both, PAGE_AND_WORKER),
            ("the model, when it is needed", self.model, MODEL),
        ]
    }

    fn are_kept(&self) -> bool {
        self.budgets().iter().all(|(_, size, budget)| size.brotli <= *budget)
    }
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
