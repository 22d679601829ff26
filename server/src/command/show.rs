//! `limbeck show`

use limbeck_core::document::{FORMAT, Scripts};

use super::context::NO_REVISIONS;
use super::{CommandError, Context, Outcome, database};
use crate::terminal::revision::View;

/// Show revisions with their SQL
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which: an id or the beginning of one, a label, `head`, `heads`, `label@head`, or `current` for the database's
    #[arg(default_value = "heads", value_name = "REVISION")]
    revision: String,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let (revisions, current) = database::resolve_with_current(context, &opened, &args.revision)?;
    if context.terminal.json {
        let script = |index: &_| opened.project.script(*index, current.as_deref());
        let revisions = revisions.iter().map(script).collect();
        context.terminal.document(&Scripts { format: FORMAT, revisions })?;
    } else if revisions.is_empty() {
        context.terminal.note(&format!("{NO_REVISIONS}\n"));
    } else {
        let view = View { project: &opened.project, directory: &opened.directory, current: current.as_deref() };
        let texts: Vec<String> = revisions.iter().map(|index| view.script(*index)).collect();
        context.terminal.print(&texts.join("\n"))?;
    }
    Ok(context.ending(&opened))
}
