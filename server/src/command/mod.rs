//! The command line: one subcommand, one file.
//!
//! A file holds the arguments, whose documentation is the manual, and the function that does the work. Adding a command
//! is that file, its `mod` line, its variant of `Command` and its arm in `run`.

mod branches;
mod check;
mod completions;
mod context;
mod current;
mod database;
mod downgrade;
mod edit;
mod ensure_version;
mod error;
mod export;
mod findings;
mod generate;
mod heads;
mod history;
mod init;
mod lint;
mod merge;
mod migrate;
mod plan;
mod postgres_version;
mod revision;
mod schema;
mod serve;
mod show;
mod stamp;
mod status;
mod upgrade;
mod validate;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use limbeck_core::document::{FORMAT, Text};

pub use self::context::Context;
pub use self::error::{CommandError, Kind, Outcome};
use crate::terminal::{Terminal, Verbosity};

/// Plan, review and run Postgres migrations
///
/// A revision is a file of SQL with a header that says which revision it stands on; all of them together are the
/// history. Limbeck says what a migration would do to a database, and carries the plan out exactly as reviewed.
///
/// `limbeck init` makes a directory of migrations, `limbeck status` says where a database stands.
#[derive(Debug, Parser)]
#[command(name = "limbeck", version, max_term_width = 100, after_long_help = EXIT_STATUS)]
#[command(subcommand_value_name = "COMMAND", subcommand_help_heading = "Commands")]
struct Cli {
    #[command(flatten)]
    global: GlobalOptions,
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  done
  1  the work failed
  2  wrong usage
  3  a check says no: findings of level error, not at head, a plan blocked or not as reviewed
  4  the history is broken, or what was asked of it has no one answer
  5  another run holds the lock

Revisions are named by their id, the beginning of it, or a branch label; `head`, `heads`, `base` and `current` are \
understood, `label@head` narrows to a branch, and `+2`, `-1`, `id+1`, `label@-1` count steps.";

/// Options that stand before or after the command.
#[derive(Debug, clap::Args)]
pub struct GlobalOptions {
    /// Directory of the migrations
    ///
    /// It holds a `limbeck.toml` or a directory `versions`. Without this option: the variable LIMBECK_DIR, then
    /// `migrations` in the current directory, the current directory when it holds a `limbeck.toml`, or the nearest such
    /// directory above, up to the root of the Git repository.
    #[arg(long, global = true, value_name = "DIRECTORY", help_heading = GLOBAL)]
    dir: Option<PathBuf>,
    /// Database, as postgres://user@host:port/name
    ///
    /// Without it: DATABASE_URL (or the variable that limbeck.toml names), then DATABASE_HOST, DATABASE_PORT,
    /// DATABASE_NAME, DATABASE_USER and DATABASE_PASSWORD, then libpq's PG* variables. When the environment names no
    /// database by any of them, the file `.env` beside the migrations directory is asked in the same order; what the
    /// chosen ones leave open, such as the password, may stand in either place. With this option `.env` is not read.
    #[arg(long, global = true, value_name = "URL", help_heading = GLOBAL)]
    database_url: Option<String>,
    /// Print one JSON document
    ///
    /// Progress and logs go to standard error; a failure is a document too, with a code to rely on.
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
    /// Say errors only on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = GLOBAL)]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    verbose: bool,
}

const GLOBAL: &str = "Global options";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Revision(revision::Args),
    Generate(generate::Args),
    Merge(merge::Args),
    Upgrade(upgrade::Args),
    Downgrade(downgrade::Args),
    Stamp(stamp::Args),
    Current(current::Args),
    History(history::Args),
    Heads(heads::Args),
    Branches(branches::Args),
    Show(show::Args),
    Edit(edit::Args),
    Check(check::Args),
    EnsureVersion(ensure_version::Args),
    Status(status::Args),
    Plan(plan::Args),
    Lint(lint::Args),
    Validate(validate::Args),
    Schema(schema::Args),
    Export(export::Args),
    Serve(serve::Args),
    Completions(completions::Args),
}

impl Command {
    /// Returns whether its own options ask for JSON; then its errors are JSON too.
    fn prints_json(&self) -> bool {
        match self {
            Self::Lint(args) => args.prints_json(),
            Self::Validate(args) => args.prints_json(),
            _ => false,
        }
    }
}

/// Returns the tree of commands, from which manual, completions and reference are made.
pub fn tree() -> clap::Command {
    Cli::command()
}

/// Runs the command that `arguments` (with the program's name first) ask for.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = tree().try_get_matches_from(&arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(answer) => return answered_by_clap(&answer, &arguments),
    };
    let GlobalOptions { json, quiet, verbose, .. } = cli.global;
    let verbosity = match (quiet, verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let json = json || cli.command.prints_json();
    let context = Context::new(Terminal { json, verbosity }, cli.global);
    match run(cli.command, &context) {
        Ok(outcome) => outcome.into(),
        Err(error) => fail(context.terminal, &error),
    }
}

fn run(command: Command, context: &Context) -> Result<Outcome, CommandError> {
    match command {
        Command::Init(args) => init::run(args, context),
        Command::Revision(args) => revision::run(args, context),
        Command::Generate(args) => generate::run(args),
        Command::Merge(args) => merge::run(args, context),
        Command::Upgrade(args) => upgrade::run(args, context),
        Command::Downgrade(args) => downgrade::run(args, context),
        Command::Stamp(args) => stamp::run(&args, context),
        Command::Current(args) => current::run(&args, context),
        Command::History(args) => history::run(&args, context),
        Command::Heads(args) => heads::run(&args, context),
        Command::Branches(args) => branches::run(args, context),
        Command::Show(args) => show::run(&args, context),
        Command::Edit(args) => edit::run(&args, context),
        Command::Check(args) => check::run(args),
        Command::EnsureVersion(args) => ensure_version::run(&args, context),
        Command::Status(args) => status::run(args, context),
        Command::Plan(args) => plan::run(&args, context),
        Command::Lint(args) => lint::run(&args, context),
        Command::Validate(args) => validate::run(&args, context),
        Command::Schema(args) => schema::run(&args, context),
        Command::Export(args) => export::run(&args, context),
        Command::Serve(args) => serve::run(args, context),
        Command::Completions(args) => completions::run(&args, context),
    }
}

/// Says why a command stopped; returns its exit status.
fn fail(terminal: Terminal, error: &CommandError) -> ExitCode {
    if !terminal.json || terminal.document(&error.document()).is_err() {
        terminal.say(&error.text());
    }
    error.kind.into()
}

/// Prints the manual that was asked for, or what is wrong with the arguments.
fn answered_by_clap(answer: &clap::Error, arguments: &[OsString]) -> ExitCode {
    // Nothing is parsed yet, so the flag is looked for by its spelling.
    let before: Vec<&OsString> = arguments.iter().take_while(|argument| *argument != "--").collect();
    let flag = before.iter().any(|argument| *argument == "--json" || *argument == "--format=json")
        || before.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    let terminal = Terminal { json: flag, verbosity: Verbosity::Normal };
    let asked = matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let printed = match (asked, flag) {
        (true, true) => terminal.document(&Text { format: FORMAT, text: answer.render().to_string() }),
        (true, false) => terminal.print(&answer.render().ansi().to_string()),
        (false, false) => {
            terminal.say(&answer.render().ansi().to_string());
            return Kind::Usage.into();
        }
        (false, true) => {
            let text = answer.render().to_string();
            let (message, usage) = text.split_once("\n\n").unwrap_or((&text, ""));
            let message = message.trim().trim_start_matches("error: ");
            let mut error = CommandError::usage(message);
            error.hint = Some(usage.trim().to_owned()).filter(|usage| !usage.is_empty());
            return fail(terminal, &error);
        }
    };
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(terminal, &error.into()),
    }
}
