//! `limbeck validate`

use limbeck_core::diagnostic::Level;
use limbeck_core::document::{FORMAT, Findings};

use super::{CommandError, Context, Kind, Outcome};
use crate::terminal::style::{self, paint};

/// Check files, headers, history and SQL syntax
///
/// Asks no database. Ends with 4 when the history is broken, with 3 when anything else is wrong.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(Args {}: Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let mut findings = opened.project.findings().to_vec();
    findings.extend(opened.project.check_sql());
    findings.sort_by(|left, right| (&left.path, left.start).cmp(&(&right.path, right.start)));
    let wrong = findings.iter().any(|finding| finding.level == Level::Error);
    if context.terminal.json {
        context.terminal.document(&Findings { format: FORMAT, findings })?;
    } else if findings.is_empty() {
        let count = opened.project.revisions().len();
        let good = paint(style::GOOD, "nothing is wrong");
        context.terminal.print(&format!("{count} {}: {good}\n", if count == 1 { "revision" } else { "revisions" }))?;
    } else {
        context.terminal.print(&opened.report(&findings))?;
    }
    Ok(match (opened.project.is_broken(), wrong) {
        (true, _) => Outcome::Answered(Kind::History),
        (false, true) => Outcome::Answered(Kind::Refused),
        (false, false) => Outcome::Done,
    })
}
