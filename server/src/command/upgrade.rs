//! `limbeck upgrade`

use limbeck_core::document::Direction;

use super::migrate::{self, Request, RunOptions};
use super::{CommandError, Context, Outcome};

/// Run the revisions up to a target
///
/// Each revision runs in a transaction together with its change of the version table, so that a run that is stopped
/// leaves the database at a whole revision. Another run at the same time waits for this one.
///
/// A plan that is blocked does not begin. One that drops tables or columns, or deletes rows that were there before it,
/// is shown first and somebody has to agree: with `--yes` where there is no terminal to ask on.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How far: an id or the beginning of one, a label, `heads`, `head`, `label@head`, `+1`, `id+1`
    ///
    /// With `--sql` also `FROM:TO`.
    #[arg(value_name = "TARGET", default_value = "heads", allow_negative_numbers = true)]
    target: String,
    #[command(flatten)]
    options: RunOptions,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, CommandError> {
    let request = Request { direction: Direction::Upgrade, target: args.target, explicit: true, options: args.options };
    migrate::run(request, context)
}
