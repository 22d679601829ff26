//! `limbeck history`

use super::context::NO_REVISIONS;
use super::{CommandError, Context, Outcome, database};
use crate::terminal::Verbosity;
use crate::terminal::revision::View;

/// Show the revisions, newest first
///
/// Without a range all of them; with `-v` all that their headers say. Only `-i` and a range with `current` ask the
/// database.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only the revisions from one to another, both included
    ///
    /// Either side may be left out: `:b` begins at the base, `a:` goes on to the heads. `-2:` are the last two, `a:+2`
    /// goes two beyond `a`, and `current` is where the database stands.
    #[arg(short, long, value_name = "FROM:TO", allow_hyphen_values = true)]
    rev_range: Option<String>,
    /// Mark where the database stands
    #[arg(short, long)]
    indicate_current: bool,
    /// Draw the branches
    #[arg(long)]
    graph: bool,
    /// Show at most so many
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let graph = opened.project.graph();
    let asks = |range: &String| range.split(':').any(|end| end.starts_with("current"));
    let rows = if args.indicate_current || args.rev_range.as_ref().is_some_and(asks) {
        Some(database::known_rows(context, &opened)?)
    } else {
        None
    };
    let mut revisions = match &args.rev_range {
        Some(range) => graph.range(range, rows.as_deref())?,
        None => graph.newest_first().to_vec(),
    };
    revisions.truncate(args.limit.unwrap_or(usize::MAX));
    let current = rows.as_deref();
    let view = View { project: &opened.project, directory: &opened.directory, current };
    let verbose = context.terminal.verbosity == Verbosity::Verbose;
    context.answer(&opened, &revisions, current, NO_REVISIONS, || match (args.graph, verbose) {
        (true, _) => view.graph(&revisions, verbose),
        (false, true) => view.entries(&revisions),
        (false, false) => view.history(&revisions),
    })
}
