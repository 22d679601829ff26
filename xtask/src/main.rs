//! `cargo xtask`: Limbeck's two commands, `run` and `test`, and what its developers need besides.
//!
//! One sub-command, one file. Nothing here is part of Limbeck itself: xtask only installs, builds, starts and measures.

use std::process::ExitCode;

mod arguments;
mod bench;
mod failure;
mod install;
mod npm;
mod page;
mod phase;
mod precompress;
mod process;
mod run;
mod screenshots;
mod size;
mod test;
mod workspace;

use arguments::Arguments;
use failure::Failure;

const HELP: &str = "\
cargo xtask COMMAND

  run [--open] [--port N] [-- SERVE-ARGUMENTS…]
              builds the page and the server and serves the example migrations
  test [--part NAME]… [FILTER]
              runs everything that must hold, or what is named; ends with the line `N passed, N failed`
  bench [--rounds N] [--only alembic|lint|memory|model]
              Limbeck against Alembic, and memory with 10,000 revisions
  size        weighs the page against its budget
  screenshots takes the README's pictures anew
  setup       installs what run and test need, and nothing else
";

fn main() -> ExitCode {
    let mut arguments = Arguments::new(std::env::args_os().skip(1));
    if arguments.flag("--help") || arguments.flag("-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let command = arguments.next_word();
    let done = match command.as_deref() {
        Some("run") => run::command(arguments),
        Some("test") => test::command(arguments),
        Some("bench") => bench::command(arguments),
        Some("screenshots") => screenshots::command(arguments),
        Some(bench::measure::SUBCOMMAND) => bench::measure::helper(arguments),
        Some("size") => size::command(arguments),
        Some("setup") => install::command(arguments),
        Some("help") => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => Err(Failure::usage(format!("there is no command {other:?}"))),
        None => Err(Failure::usage("a command is missing")),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        if failure.is_usage() {
            eprint!("\n{HELP}");
            return ExitCode::from(2);
        }
        ExitCode::FAILURE
    })
}
