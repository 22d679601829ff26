//! `limbeck branches`

use super::{CommandError, Context, Outcome};
use crate::terminal::Verbosity;
use crate::terminal::revision::View;

/// Show the branch points and what stands on them
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(Args {}: Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let graph = opened.project.graph();
    let points = graph.branch_points();
    let view = View { project: &opened.project, directory: &opened.directory, current: None };
    context.answer(&opened, &points, None, "Nothing branches", || match context.terminal.verbosity {
        Verbosity::Verbose => view.entries(&points),
        _ => {
            let block = |point: &_| {
                let children = view.list(graph.children(*point));
                let children: String = children.lines().map(|line| format!("  -> {line}\n")).collect();
                view.list(&[*point]) + &children
            };
            points.iter().map(block).collect::<Vec<_>>().join("\n")
        }
    })
}
