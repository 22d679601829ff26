//! `cargo xtask test`: everything that must hold, part by part, and one line of sums at the end.
//!
//! A part that fails does not stop the later ones. A part that runs no test has failed: nothing is skipped in silence.

use std::process::ExitCode;
use std::time::{Duration, Instant};

mod count;
mod parts;
mod stream;

use crate::arguments::Arguments;
use crate::failure::Failure;
use count::Count;
use parts::{Context, PARTS, Part};

/// Runs all parts, or those that `--part` names, or only the tests whose name contains a filter.
pub(crate) fn command(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let mut wanted = Vec::new();
    while let Some(name) = arguments.option("--part")? {
        if !PARTS.iter().any(|part| part.name == name) {
            let names: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
            return Err(Failure::usage(format!("there is no part {name:?}")).with_hint(names.join(", ")));
        }
        wanted.push(name);
    }
    let filter = arguments.next_word();
    arguments.done()?;

    let chosen = |part: &&Part| wanted.is_empty() || wanted.iter().any(|name| name == part.name);
    // A filter chooses among tests; what has none, such as clippy, is left out.
    let context = Context::new(filter);
    let chosen = PARTS.iter().filter(chosen).filter(|part| context.filter.is_none() || part.has_tests);
    let results: Vec<Outcome> = chosen.map(|part| run(part, &context)).collect();
    Ok(summary(&results, context.filter.is_some()))
}

struct Outcome {
    name: &'static str,
    count: Count,
    time: Duration,
}

fn run(part: &Part, context: &Context) -> Outcome {
    println!("\n── {}: {}", part.name, part.what);
    let start = Instant::now();
    let mut count = (part.run)(context).unwrap_or_else(|failure| {
        println!("error: {failure}");
        Count::FAILED
    });
    if count.is_nothing() && context.filter.is_none() {
        println!("error: {} ran no test", part.name);
        count = Count::FAILED;
    }
    let outcome = Outcome { name: part.name, count, time: start.elapsed() };
    println!("── {}", line(&outcome));
    outcome
}

fn line(Outcome { name, count, time }: &Outcome) -> String {
    let verdict = if count.failed == 0 { "ok" } else { "FAILED" };
    format!("{name:<12} {verdict:<7} {count}, {:.1} s", time.as_secs_f32())
}

/// Prints one line for each part, then the sums alone on the last line.
fn summary(results: &[Outcome], filtered: bool) -> ExitCode {
    let mut sum: Count = results.iter().map(|result| result.count).sum();
    println!();
    for result in results {
        println!("{}", line(result));
    }
    if sum.is_nothing() && filtered {
        println!("error: no test has such a name");
        sum = Count::FAILED;
    }
    let time: Duration = results.iter().map(|result| result.time).sum();
    println!("in all, {:.0} s:", time.as_secs_f32());
    println!("{sum}");
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
