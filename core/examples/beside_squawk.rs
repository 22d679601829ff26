//! How long reading, playing and judging revisions takes beside squawk's linter alone, on the same files, in turns, in
//! one process and on one thread: `cargo xtask bench` runs it.
//!
//! Squawk's part is what its own program does with a file: parse it, collect the errors, ask the rules that are on by
//! default. Limbeck's part is `lint`: files to revisions, both sections read, the up sections played, the down sections
//! played behind them, all rules asked, squawk's among them.

#![expect(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a measurement reads files and a clock")]

use std::path::Path;
use std::time::{Duration, Instant};

use limbeck_core::document::Direction;
use limbeck_core::lint::Look;
use limbeck_core::project::{File, Project};
use squawk_linter::Linter;
use squawk_syntax::SourceFile;

// The allocator of the program, for both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().expect("the directory of the revision files");
    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let files = files(Path::new(&dir));
    let (mut theirs, mut ours, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        theirs.push(timed(|| files.iter().map(squawk).sum::<usize>()));
        ours.push(timed(|| Project::load(files.clone()).lint(&Look::Each, &[]).expect("the history is whole").len()));
        plans.push(timed(|| {
            let plan = Project::load(files.clone()).plan(&[], Direction::Upgrade, "heads").expect("a plan");
            plan.steps.iter().map(|step| step.statements.len()).sum()
        }));
    }
    for (what, figures) in [("squawk", theirs), ("lint", ours), ("plan", plans)] {
        let mut times: Vec<Duration> = figures.iter().map(|(time, _)| *time).collect();
        times.sort_unstable();
        let found = figures.first().map_or(0, |(_, found)| *found);
        println!("{what} {:.2} ms {found}", times[times.len() / 2].as_secs_f64() * 1000.0);
    }
}

/// Returns the revision files below a directory, by name.
fn files(dir: &Path) -> Vec<File> {
    let entries = std::fs::read_dir(dir).expect("the directory opens");
    let mut files: Vec<File> = entries
        .map(|entry| {
            let path = entry.expect("the directory is read").path();
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            File { path: format!("versions/{name}"), content: Ok(std::fs::read_to_string(&path).expect("text")) }
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Returns how much squawk finds in a file.
fn squawk(file: &File) -> usize {
    let text = file.content.as_deref().expect("the file was read");
    let parse = SourceFile::parse(text);
    let mut linter = Linter::with_default_rules();
    linter.settings.assume_in_transaction = true;
    parse.errors().len() + linter.lint(&parse, text).len()
}

fn timed(work: impl FnOnce() -> usize) -> (Duration, usize) {
    let start = Instant::now();
    let found = work();
    (start.elapsed(), found)
}
