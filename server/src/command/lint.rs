//! `limbeck lint`

use super::{CommandError, Outcome};

/// Find risky statements in the revisions (not there yet)
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Revisions to look at; all of them without any
    #[arg(value_name = "REVISION")]
    revisions: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, CommandError> {
    let Args { revisions: _ } = args;
    Err(CommandError::usage("finding risky statements is not there yet")
        .hint("`limbeck validate` finds what is wrong with headers, history and syntax"))
}
