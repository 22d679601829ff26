//! `limbeck export`

use std::path::PathBuf;

use super::{CommandError, Outcome};

/// Write the page as static files
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory to write into
    #[arg(value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, CommandError> {
    let Args { output: _ } = args;
    Err(CommandError::usage("writing the page as static files is not there yet")
        .hint("`limbeck serve` shows it, `limbeck history --graph` draws it"))
}
