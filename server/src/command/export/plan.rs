//! `limbeck export --plan`

use std::path::Path;

use limbeck_core::report;

use super::file::{self, Format};
use super::{Args, json};
use crate::command::{CommandError, Context, Outcome, plan};
use crate::terminal::escape;

const FORMATS: [Format; 3] = [Format::Markdown, Format::Json, Format::Text];

pub(super) fn write(path: &Path, args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let format = Format::choose(args.format, path, &FORMATS)?;
    let mut opened = context.open_whole()?;
    let wanted = plan::Wanted {
        target: args.target.as_deref(),
        downgrade: args.downgrade,
        from: args.from.as_deref(),
        version: &args.version,
    };
    let plan = plan::make(context, &mut opened, &wanted)?;
    let ending = plan::ending(&plan);
    let text = match format {
        Format::Json => json(&plan)?,
        Format::Text => escape::text(&report::text(&opened.project, &opened.shown_plan(plan)).to_string()).into_owned(),
        _ => report::markdown(&opened.project, &plan),
    };
    file::write(path, &text, &opened.directory, context)?;
    Ok(ending)
}
