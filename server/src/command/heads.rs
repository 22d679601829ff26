//! `limbeck heads`

use super::context::NO_REVISIONS;
use super::{CommandError, Context, Outcome};
use crate::terminal::Verbosity;
use crate::terminal::revision::View;

/// Show the heads: revisions that nothing revises
///
/// A head that another revision depends on is an effective head: upgrading to the other one reaches it too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Leave out effective heads
    #[arg(long)]
    resolve_dependencies: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let graph = opened.project.graph();
    let heads = if args.resolve_dependencies { graph.real_heads() } else { graph.heads() };
    let view = View { project: &opened.project, directory: &opened.directory, current: None };
    context.answer(&opened, &heads, None, NO_REVISIONS, || match context.terminal.verbosity {
        Verbosity::Verbose => view.entries(&heads),
        _ => view.list(&heads),
    })
}
