//! `limbeck generate`

use super::{CommandError, Outcome};

/// Write a revision with the changes that lead to schema.sql (not there yet)
///
/// The same as `limbeck revision --autogenerate -m MESSAGE`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the revision does
    message: String,
}

pub(super) fn run(args: Args) -> Result<Outcome, CommandError> {
    let Args { message } = args;
    Err(not_there_yet(&message))
}

/// Returns the answer of `generate` and `revision --autogenerate`.
pub(super) fn not_there_yet(message: &str) -> CommandError {
    let message = shlex::try_quote(message).map_or_else(|_| "MESSAGE".into(), std::borrow::Cow::into_owned);
    CommandError::usage("writing a revision from schema.sql is not there yet")
        .hint(format!("write it by hand: `limbeck revision -m {message}`"))
}
