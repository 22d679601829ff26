//! `limbeck export --site`

use std::path::Path;

use limbeck_core::document::{Exported, FORMAT, Role};
use limbeck_core::project::Project;

use crate::command::{CommandError, Context, Kind, Outcome};
use crate::directory::Directory;
use crate::disk::shell_word;
use crate::project_document;
use crate::site::{self, SiteError};
use crate::terminal::escape;
use crate::terminal::style::{self, paint};

impl From<SiteError> for CommandError {
    fn from(error: SiteError) -> Self {
        Self::of_code(error.code(), error.to_string()).hint(error.hint())
    }
}

pub(super) fn write(path: &Path, context: &Context) -> Result<Outcome, CommandError> {
    let directory = Directory::locate(context.named_directory().as_deref())?;
    let files = directory.read();
    let project = Project::load(files.clone());
    let document = project_document::document(&directory, &project, files, Role::Viewer);
    let manifest = site::write(path, directory.path(), document)?;
    let ending = if project.is_broken() {
        let warning = paint(style::WARNING, "warning:");
        let hint = paint(style::HINT, "limbeck validate");
        context.terminal.say(&format!(
            "{warning} the history is broken; the site shows what could be read, and what is wrong, as {hint} does\n"
        ));
        Outcome::Answered(Kind::History)
    } else {
        Outcome::Done
    };
    let shown = path.display().to_string();
    if context.terminal.json {
        context.terminal.document(&Exported { format: FORMAT, path: shown, files: manifest.files })?;
        return Ok(ending);
    }
    let (revisions, files) = (project.revisions().len(), manifest.files.len());
    context.terminal.print(&format!(
        "{}: {revisions} {} in {files} files\n",
        escape::line(&shown),
        if revisions == 1 { "revision" } else { "revisions" },
    ))?;
    let look = paint(style::HINT, &format!("python3 -m http.server -d {}", shell_word(path)));
    context.terminal.note(&format!("To look at it: {look}\n"));
    Ok(ending)
}
