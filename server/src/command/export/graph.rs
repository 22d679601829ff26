//! `limbeck export --graph`

use std::path::Path;

use limbeck_core::document::{FORMAT, Revisions};
use limbeck_core::report;

use super::file::{self, Format};
use crate::command::{CommandError, Context, Outcome};
use crate::terminal::escape;
use crate::terminal::style::{self, paint};

const FORMATS: [Format; 5] = [Format::Svg, Format::Mermaid, Format::Markdown, Format::Json, Format::Text];

pub(super) fn write(path: &Path, format: Option<Format>, context: &Context) -> Result<Outcome, CommandError> {
    let format = Format::choose(format, path, &FORMATS)?;
    let opened = context.open()?;
    let project = &opened.project;
    let mut left_out = 0;
    let text = match format {
        Format::Svg => report::graph_svg(project),
        Format::Mermaid => {
            let mermaid = report::graph_mermaid(project);
            left_out = mermaid.left_out;
            mermaid.text
        }
        Format::Markdown => report::graph_markdown(project),
        Format::Text => escape::text(&report::graph_text(project)).into_owned(),
        Format::Json => {
            let revisions =
                project.graph().newest_first().iter().map(|&i| project.document(i, None)).collect::<Vec<_>>();
            super::json(&Revisions { format: FORMAT, revisions })?
        }
    };
    file::write(path, &text, &opened.directory, context)?;
    if left_out > 0 {
        let total = project.revisions().len();
        let warning = paint(style::WARNING, "warning:");
        context.terminal.note(&format!(
            "{warning} Mermaid's limits leave room for the newest {} of {total} revisions; .svg draws all\n",
            total - left_out
        ));
    }
    Ok(context.ending(&opened))
}
