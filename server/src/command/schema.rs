//! `limbeck schema`

use limbeck_core::document::Schema;
use limbeck_core::report;

use super::{CommandError, Context, Outcome, database, postgres_version};
use crate::terminal::escape;
use crate::terminal::style::{self, paint};

/// Print the schema at a revision or of the database
///
/// Tables with their columns, constraints and indexes, types, sequences and functions; with --json also the definitions
/// of functions. Left out are the version table, what extensions brought along, privileges and owners. Never writes.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub(super) struct Args {
    /// The schema that the revisions up to this one make, without asking a database
    #[arg(long, value_name = "REVISION", group = "which")]
    at: Option<String>,
    /// The schema of the database
    #[arg(long, group = "which", conflicts_with = "postgres_version")]
    database: bool,
    #[command(flatten)]
    version: postgres_version::ServerVersion,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let schema = match &args.at {
        Some(target) => at(context, target, &args.version)?,
        None => of_database(context)?,
    };
    if context.terminal.json {
        context.terminal.document(&schema)?;
    } else {
        context.terminal.print(&style::report(&report::schema(&schema)))?;
    }
    Ok(Outcome::Done)
}

fn of_database(context: &Context) -> Result<Schema, CommandError> {
    let opened = context.open()?;
    let settings = database::needed(context, &opened)?;
    database::block_on(async {
        let database = database::connect(settings).await?;
        Ok(database.reflect(&database::version_table(&opened)).await?)
    })
}

/// Returns the schema at a revision; says which statements may have done more than it shows.
fn at(context: &Context, target: &str, version: &postgres_version::ServerVersion) -> Result<Schema, CommandError> {
    let mut opened = context.open_whole()?;
    version.apply(&mut opened, None);
    let made = opened.project.schema_at(target)?;
    if let Some(first) = made.beyond.first() {
        let count = made.beyond.len();
        let statements = if count == 1 { "1 statement is".to_owned() } else { format!("{count} statements are") };
        let warning = paint(style::WARNING, "warning:");
        let (revision, line, why) = (escape::line(&first.revision), first.line, escape::line(&first.why));
        context.terminal.note(&format!(
            "{warning} {statements} not in this picture; the first in line {line} of revision {revision}: {why}\n"
        ));
    }
    Ok(made.schema)
}
