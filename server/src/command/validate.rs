//! `limbeck validate`

use super::findings::{self, Format, Options};
use super::{CommandError, Context, Kind, Outcome};
use crate::terminal::style::{self, paint};

/// Check files, headers, history and SQL syntax
///
/// Asks no database. Ends with 4 when the history is broken, with 3 when anything else is wrong. What breaks the history
/// is said wherever it is, with --new-since too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    options: Options,
}

impl Args {
    /// Returns whether it answers in JSON.
    pub(super) fn prints_json(&self) -> bool {
        self.options.format == Format::Json
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let changes = args.options.changes(&opened)?;
    let (count, found) = match &changes {
        None => (opened.project.revisions().len(), opened.project.validate()),
        Some(changes) => {
            let new = opened.project.changed(&changes.changed, &changes.published).len();
            (new, opened.project.validate_changed(&changes.changed))
        }
    };
    let wrong = findings::has_error(&found);
    args.options.print(context, &opened, found, || {
        let good = paint(style::GOOD, "nothing is wrong");
        format!("{count} {}: {good}\n", if count == 1 { "revision" } else { "revisions" })
    })?;
    Ok(match (opened.project.is_broken(), wrong) {
        (true, _) => Outcome::Answered(Kind::History),
        (false, true) => Outcome::Answered(Kind::Refused),
        (false, false) => Outcome::Done,
    })
}
