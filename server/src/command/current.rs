//! `limbeck current`

use super::{CommandError, Context, Kind, Outcome, database};
use crate::terminal::Verbosity;
use crate::terminal::revision::View;
use crate::terminal::style::{self, paint};

/// Show where the database stands
///
/// These are the revisions of the version table, and heads that they depend on. Never writes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// End with 3 unless the database is at all heads
    #[arg(short, long)]
    check_heads: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let graph = opened.project.graph();
    let rows = database::known_rows(context, &opened)?;
    let current = graph.current(&rows);
    let view = View { project: &opened.project, directory: &opened.directory, current: Some(&rows) };
    let outcome = context.answer(&opened, &current, Some(&rows), "The database is at base", || {
        match context.terminal.verbosity {
            Verbosity::Verbose => view.entries(&current),
            _ => view.list(&current),
        }
    })?;
    let missing: Vec<_> = graph.heads().into_iter().filter(|head| !current.contains(head)).collect();
    if outcome != Outcome::Done || !args.check_heads || missing.is_empty() {
        return Ok(outcome);
    }
    let ids: Vec<_> = missing.iter().map(|head| paint(style::ID, graph.node(*head).id.as_str())).collect();
    let upgrade = paint(style::HINT, "limbeck upgrade");
    context.terminal.say(&format!("The database is not at {}; {upgrade} goes there\n", ids.join(", ")));
    Ok(Outcome::Answered(Kind::Refused))
}
