//! `limbeck stamp`

use limbeck_core::document::{Event, FORMAT, Sql};
use limbeck_core::report;

use super::migrate::place;
use super::{CommandError, Context, Outcome, database};
use crate::terminal::escape;
use crate::terminal::progress::Waiting;

/// Set where the database stands, without running anything
///
/// For a database whose schema got there in another way: made from a dump, or by hand.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where it stands: ids, labels, `heads`, `base`, `label@base`
    #[arg(value_name = "REVISION", required = true)]
    revisions: Vec<String>,
    /// Forget all version rows first, also those that no file knows
    #[arg(long)]
    purge: bool,
    /// Print the SQL instead of running it
    #[arg(long)]
    sql: bool,
    /// Revisions that `--sql` starts from, separated by commas, or `base`
    #[arg(long, value_name = "REVISIONS", requires = "sql", conflicts_with = "purge")]
    from: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open_whole()?;
    let graph = opened.project.graph();
    let targets: Vec<&str> = args.revisions.iter().map(String::as_str).collect();
    if args.sql {
        let sql = if args.purge {
            let changes = graph.stamp(&[], &targets, true)?;
            report::offline_purge(&opened.project, &changes)
        } else {
            let (rows, _) = database::starting_rows(context, &opened, args.from.as_deref())?;
            let changes = graph.stamp(&graph.resolve_rows(&rows)?, &targets, false)?;
            report::offline_stamp(&opened.project, &rows, &changes)
        };
        if context.terminal.json {
            context.terminal.document(&Sql { format: FORMAT, digest: None, sql })?;
        } else {
            context.terminal.print_verbatim(&sql)?;
        }
        return Ok(Outcome::Done);
    }
    let settings = database::needed(context, &opened)?;
    let rows = database::block_on(async {
        let mut connection = database::connect(settings).await?;
        let rows = connection.version_rows(&database::version_table(&opened)).await?;
        // What is forgotten anyway need not be known.
        let known = if args.purge { Vec::new() } else { graph.resolve_rows(&rows)? };
        let changes = graph.stamp(&known, &targets, args.purge)?;
        let options = database::run_options(&opened);
        let mut progress = Waiting::new(context.terminal);
        let mut on_event = |event: Event| progress.show(&event);
        let cancel = database::cancel_on_interrupt();
        let stamped =
            crate::database::stamp(&mut connection, &options, &rows, &changes, args.purge, &mut on_event, &cancel);
        Ok(stamped.await?)
    })?;
    let current = graph.resolve_rows(&rows)?;
    context.answer(&opened, &current, Some(&current), "The database is at base", || {
        format!("The database is at {}\n", escape::line(&place(&rows)))
    })
}
