//! `limbeck check`

use super::{CommandError, Outcome};

/// Check that the revisions lead to schema.sql (not there yet)
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(Args {}: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::usage("comparing the revisions with schema.sql is not there yet")
        .hint("`limbeck validate` checks the files themselves, `limbeck current --check-heads` the database"))
}
