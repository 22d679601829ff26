//! `limbeck ensure-version`

use limbeck_core::document::{EnsuredVersion, FORMAT, Sql};
use limbeck_core::report;

use super::{CommandError, Context, Outcome, database};
use crate::terminal::escape;

/// Create the version table if it is missing
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the SQL instead of running it
    #[arg(long)]
    sql: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let settings = opened.project.settings();
    if args.sql {
        let sql = report::offline_ensure_version(settings);
        if context.terminal.json {
            context.terminal.document(&Sql { format: FORMAT, digest: None, sql })?;
        } else {
            context.terminal.print_verbatim(&sql)?;
        }
        return Ok(Outcome::Done);
    }
    let connection = database::needed(context, &opened)?;
    let created = database::block_on(async {
        let mut connection = database::connect(connection).await?;
        let options = database::run_options(&opened);
        Ok(crate::database::ensure_version_table(&mut connection, &options).await?)
    })?;
    let table = &settings.version_table;
    if context.terminal.json {
        context.terminal.document(&EnsuredVersion { format: FORMAT, table: table.clone(), created })?;
    } else {
        let what = if created { "is created" } else { "is there already" };
        context.terminal.print(&format!("The version table {} {what}\n", escape::line(table)))?;
    }
    Ok(Outcome::Done)
}
