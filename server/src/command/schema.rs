//! `limbeck schema`

use limbeck_core::report;

use super::{CommandError, Context, Outcome, database};
use crate::terminal::style;

/// Print the schema at a revision or of the database
///
/// Tables with their columns, constraints and indexes, types, sequences and functions; with --json also the definitions
/// of functions. Left out are the version table, what extensions brought along, privileges and owners. Never writes.
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

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    if args.at.is_some() {
        return Err(CommandError::usage("printing the schema at a revision is not there yet")
            .hint("`limbeck schema --database` prints that of the database"));
    }
    let opened = context.open()?;
    let settings = database::needed(context, &opened)?;
    let schema = database::block_on(async {
        let database = database::connect(settings).await?;
        Ok(database.reflect(&database::version_table(&opened)).await?)
    })?;
    if context.terminal.json {
        context.terminal.document(&schema)?;
    } else {
        context.terminal.print(&style::report(&report::schema(&schema)))?;
    }
    Ok(Outcome::Done)
}
