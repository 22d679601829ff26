//! `limbeck lint`

use clap::ValueEnum;
use limbeck_core::diagnostic::{Diagnostic, Level};
use limbeck_core::document::{FORMAT, Text};
use limbeck_core::lint::{self, Look};

use super::findings::{self, Format, Options};
use super::{CommandError, Context, Kind, Outcome, postgres_version};
use crate::terminal::style::{self, paint};
use crate::terminal::table::{self, Cell};

/// Find risky statements in the revisions
///
/// Every revision is played on the schema that all before it make; what it would lock, rewrite, read in full or lose is
/// found, and what it made itself is left alone. Asks no database. `limbeck lint --rules` lists the rules, `--explain`
/// tells more about one; `limbeck.toml` and comments in the files turn them off. Ends with 3 when a finding is an error.
///
/// Without REVISION each revision is looked at for itself, as if all before it were in use. Those that are named, and those
/// of --new-since, count as one deployment: nobody uses yet what one of them makes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Revisions to look at, also as a range `a:b`; all of them without any
    #[arg(value_name = "REVISION", conflicts_with = "new_since")]
    revisions: Vec<String>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    version: postgres_version::ServerVersion,
    /// Leave out findings that matter less
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "info")]
    level: Least,
    /// List the rules, and how much each matters here
    #[arg(long, conflicts_with_all = ["revisions", "new_since", "explain"])]
    rules: bool,
    /// Tell what a rule finds, why, and what to write instead
    #[arg(long, value_name = "RULE", conflicts_with_all = ["revisions", "new_since", "format"])]
    explain: Option<String>,
}

/// How much a finding matters at least.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Least {
    Info,
    Warning,
    Error,
}

impl Args {
    /// Returns whether it answers in JSON.
    pub(super) fn prints_json(&self) -> bool {
        self.options.format == Format::Json
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    if let Some(name) = &args.explain {
        return explain(context, name);
    }
    if args.rules {
        return rules(context, args.options.format);
    }
    let opened = context.open()?;
    if opened.project.is_broken() && args.options.is_for_programs() {
        // Who reads a report expects one of a broken history too.
        let findings = opened.project.findings().to_vec();
        args.options.print(context, &opened, findings, String::new)?;
        return Ok(Outcome::Answered(Kind::History));
    }
    let mut opened = context.whole(opened)?;
    args.version.apply(&mut opened, None);
    let changes = args.options.changes(&opened)?;
    let (look, published) = match changes {
        Some(changes) => {
            let look = Look::Together(opened.project.changed(&changes.changed, &changes.published));
            (look, changes.published)
        }
        None if args.revisions.is_empty() => (Look::Each, Vec::new()),
        None => {
            let mut named = Vec::new();
            for text in &args.revisions {
                named.extend(if text.contains(':') {
                    opened.project.graph().range(text, None)?
                } else {
                    opened.resolve(text)?
                });
            }
            (Look::Together(named), Vec::new())
        }
    };
    let count = match &look {
        Look::Each => opened.project.revisions().len(),
        Look::Together(revisions) | Look::On(revisions, _) => revisions.len(),
    };
    let least = match args.level {
        Least::Info => Level::Info,
        Least::Warning => Level::Warning,
        Least::Error => Level::Error,
    };
    let found = opened.project.lint(&look, &published)?;
    let found: Vec<Diagnostic> = found.into_iter().filter(|finding| finding.level >= least).collect();
    let outcome = if findings::has_error(&found) { Outcome::Answered(Kind::Refused) } else { Outcome::Done };
    args.options.print(context, &opened, found, || {
        let good = paint(style::GOOD, "nothing to say");
        format!("{count} {}: {good}\n", if count == 1 { "revision" } else { "revisions" })
    })?;
    Ok(outcome)
}

fn explain(context: &Context, name: &str) -> Result<Outcome, CommandError> {
    let Some(text) = lint::explain(name) else {
        let unknown = lint::unknown(name);
        let error = CommandError::usage(unknown.message);
        return Err(match unknown.help {
            Some(help) => error.hint(help),
            None => error,
        });
    };
    if context.terminal.json {
        context.terminal.document(&Text { format: FORMAT, text })?;
    } else {
        context.terminal.print_verbatim(&text)?;
    }
    Ok(Outcome::Done)
}

fn rules(context: &Context, format: Format) -> Result<Outcome, CommandError> {
    match format {
        Format::Markdown => {
            context.terminal.print_verbatim(&lint::reference())?;
            return Ok(Outcome::Done);
        }
        Format::Sarif | Format::Github => {
            return Err(CommandError::usage("rules are listed as text, json or markdown"));
        }
        Format::Text | Format::Json => {}
    }
    // The rules are the same everywhere; what they matter is said by the settings, where there are some.
    let settings = context.open().map(|opened| opened.project.settings().clone()).unwrap_or_default();
    let document = lint::document(&settings);
    if context.terminal.json || format == Format::Json {
        context.terminal.document(&document)?;
        return Ok(Outcome::Done);
    }
    let row = |rule: &limbeck_core::document::Rule| {
        let level = match rule.level {
            None => Cell::painted(style::DIM, "off"),
            Some(Level::Info) => Cell::plain("info"),
            Some(Level::Warning) => Cell::painted(style::WARNING, "warning"),
            Some(Level::Error) => Cell::painted(style::ERROR, "error"),
        };
        vec![Cell::plain(&rule.name), level, Cell::plain(&rule.summary)]
    };
    let rows: Vec<Vec<Cell>> = document.rules.iter().map(row).collect();
    context.terminal.print(&table::lines(&rows))?;
    Ok(Outcome::Done)
}
