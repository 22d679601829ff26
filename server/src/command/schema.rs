//! `limbeck schema`

use super::{CommandError, Outcome};

/// Print the schema at a revision or of the database
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Args {
    /// The schema that the revisions up to this one make (not there yet)
    #[arg(long, value_name = "REVISION")]
    at: Option<String>,
    /// The schema of the database
    #[arg(long)]
    database: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome, CommandError> {
    let Args { at: _, database: _ } = args;
    Err(CommandError::usage("printing a schema is not there yet"))
}
