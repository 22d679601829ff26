//! `limbeck downgrade`

use limbeck_core::document::Direction;

use super::migrate::{self, Request, RunOptions};
use super::{CommandError, Context, Outcome};

/// Undo revisions down to a target
///
/// Without a target the last step is undone. That, and every plan that loses data, is shown first and somebody has to
/// agree: with `--yes` where there is no terminal to ask on.
///
/// A revision without a down section is irreversible: the plan is blocked and nothing runs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How far: an id or the beginning of one, `base`, `label@base`, `-1`, `label@-1`, `id-1` [default: -1]
    ///
    /// With `--sql` also `FROM:TO`.
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: Option<String>,
    #[command(flatten)]
    options: RunOptions,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, CommandError> {
    let explicit = args.target.is_some();
    let target = args.target.unwrap_or_else(|| "-1".to_owned());
    migrate::run(Request { direction: Direction::Downgrade, target, explicit, options: args.options }, context)
}
