//! `limbeck export`

mod file;
mod graph;
mod plan;
mod site;

use std::path::PathBuf;

use serde::Serialize;

use super::{CommandError, Context, Outcome, postgres_version};
use crate::terminal::escape;

/// Write the project as a site, or its graph or a plan as a file
///
/// `--site` writes the page and the project's data as files that any web server or artifact store can serve, below any
/// path: history, revisions and plans to read, for reviewers who have no server. It asks no database. The directory
/// may be new, empty, or that of an earlier export, which is replaced as a whole; one that holds anything else is left
/// alone, and so is the migrations directory with all that lies above and below it.
///
/// `--graph` draws the history and `--plan` writes a plan. The file is written whole or not at all, over one that is
/// there; `-` is standard output.
///
/// Of a broken history, site and graph are written as far as it could be read, and the command ends with 4; there is no
/// plan of it.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(super) struct Args {
    /// Write the page and the project into this directory
    #[arg(long, value_name = "DIRECTORY", group = "what")]
    site: Option<PathBuf>,
    /// Draw the history into this file: .svg, .mmd (Mermaid), .md, .json or .txt
    ///
    /// Mermaid draws 500 edges at most; of a larger history the newest revisions are drawn, and the diagram says so.
    #[arg(long, value_name = "FILE", group = "what")]
    graph: Option<PathBuf>,
    /// Write a plan into this file: .md, .json or .txt
    ///
    /// Ends with 3 when the plan is blocked, as `limbeck plan` does; the file is written all the same.
    #[arg(long, value_name = "FILE", group = "what")]
    plan: Option<PathBuf>,
    /// Format, where the name of the file does not say it
    #[arg(long, value_name = "FORMAT", conflicts_with = "site")]
    format: Option<file::Format>,
    /// How far the plan goes, as for `upgrade` and `downgrade` [default: heads, with --downgrade -1]
    #[arg(value_name = "TARGET", allow_negative_numbers = true, conflicts_with_all = ["site", "graph"])]
    target: Option<String>,
    /// Plan a downgrade
    #[arg(long, conflicts_with_all = ["site", "graph"])]
    downgrade: bool,
    /// Revisions that the plan starts from, separated by commas, or `base`; without it the database is asked
    #[arg(long, value_name = "REVISIONS", conflicts_with_all = ["site", "graph"])]
    from: Option<String>,
    #[command(flatten)]
    version: postgres_version::ServerVersion,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    match (&args.site, &args.graph, &args.plan) {
        (Some(path), _, _) => site::write(path, context),
        (_, Some(path), _) => graph::write(path, args.format, context),
        (_, _, Some(path)) => plan::write(path, args, context),
        // The arguments ask for one of them.
        _ => Err(CommandError::usage("nothing to export").hint("name it with `--site`, `--graph` or `--plan`")),
    }
}

/// Returns a document as `--json` prints it.
fn json(document: &impl Serialize) -> Result<String, CommandError> {
    let text = serde_json::to_string_pretty(document).map_err(std::io::Error::other)?;
    Ok(escape::json(&(text + "\n")).into_owned())
}
