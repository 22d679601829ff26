//! `limbeck revision`

use limbeck_core::document::NewRevision;

use super::context::Opened;
use super::{CommandError, Context, Outcome, generate};
use crate::terminal::escape;
use crate::terminal::style::{self, paint};

/// Write a new revision
///
/// The file is made from script.sql, stands on the head, and its path is printed. It is written whole or not at all,
/// and never over another.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the revision does; the first line is the title
    #[arg(short, long, allow_hyphen_values = true, default_value = "empty message")]
    message: String,
    /// Write the changes that lead to schema.sql into it (not there yet)
    #[arg(long)]
    autogenerate: bool,
    /// What it stands on, instead of the only head; `base` for a new base
    #[arg(long, value_name = "REVISION", default_value = "head")]
    head: String,
    /// Allow to stand on a revision that is no head, and so open a branch
    #[arg(long)]
    splice: bool,
    /// Label of the branch that begins here
    #[arg(long, value_name = "LABEL")]
    branch_label: Option<String>,
    /// Revision or label that must be applied before; may be given several times
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,
    /// Identifier instead of a random one
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, CommandError> {
    if args.autogenerate {
        return Err(generate::not_there_yet(&args.message));
    }
    let request = NewRevision {
        message: args.message,
        heads: vec![args.head],
        branch_label: args.branch_label,
        depends_on: args.depends_on,
        splice: args.splice,
        id: args.rev_id,
        up: None,
        down: None,
        up_transaction: true,
        down_transaction: true,
        irreversible: false,
        etag: None,
    };
    let (opened, _lock) = context.open_to_write()?;
    write(context, &opened, &request, "write its SQL, then `limbeck plan` shows what it will do")
}

/// Writes the file of a new revision and says where it is.
pub(super) fn write(
    context: &Context,
    opened: &Opened,
    request: &NewRevision,
    next: &str,
) -> Result<Outcome, CommandError> {
    let mut random = [0; 6];
    getrandom::fill(&mut random).map_err(|error| {
        CommandError::of_code("not-allowed", format!("the system gives no random number for the identifier: {error}"))
            .hint("choose the identifier yourself with `--rev-id`")
    })?;
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let new = opened.project.new_revision(request, random, &now)?;
    opened.directory.write_new(&new.path, &new.text)?;
    if context.terminal.json {
        context.terminal.document(&new)?;
    } else {
        context.terminal.note(&format!("Created revision {}: {next}\n", paint(style::ID, &new.id)));
        context.terminal.print(&format!("{}\n", escape::line(&opened.directory.shown(&new.path))))?;
    }
    Ok(Outcome::Done)
}
