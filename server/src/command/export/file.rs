//! One exported file: which format it has, and how it gets to the disk.

use std::path::Path;

use limbeck_core::document::{Exported, FORMAT};

use crate::command::{CommandError, Context};
use crate::directory::Directory;
use crate::disk::{self, reason};

/// Formats of exported files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// A picture, light on white
    Svg,
    /// A Mermaid flowchart
    #[value(name = "mmd", alias = "mermaid")]
    Mermaid,
    /// Markdown
    #[value(name = "md", alias = "markdown")]
    Markdown,
    /// The document that `--json` prints
    Json,
    /// Plain text
    #[value(name = "txt", alias = "text")]
    Text,
}

impl Format {
    /// Returns the format that was named, else the one that the name of the file says, which must be among `possible`.
    pub(super) fn choose(named: Option<Self>, path: &Path, possible: &[Self]) -> Result<Self, CommandError> {
        let names = possible.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let of_name = || extension.as_deref().and_then(|word| <Self as clap::ValueEnum>::from_str(word, true).ok());
        match named.or_else(of_name) {
            Some(format) if possible.contains(&format) => Ok(format),
            Some(format) => Err(CommandError::usage(format!("this cannot be written as {}", format.name()))
                .hint(format!("nothing was written; the formats are {names}"))),
            None => Err(CommandError::usage(format!("{} does not say which format it has", path.display()))
                .hint(format!("name it with `--format`, or by the end of the file: {names}"))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Mermaid => "mmd",
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Text => "txt",
        }
    }
}

/// Writes the file, whole or not at all, and says so; `-` is standard output.
///
/// Within the directory of the migrations nothing is written: it would replace a revision, or be read as one.
pub(super) fn write(path: &Path, text: &str, directory: &Directory, context: &Context) -> Result<(), CommandError> {
    if path.as_os_str() == "-" {
        if context.terminal.json {
            return Err(CommandError::usage("standard output cannot hold the file and the answer of `--json`")
                .hint("name a file, or leave out `--json`"));
        }
        return Ok(context.terminal.print_verbatim(text)?);
    }
    if lies_within(path, directory) {
        let message = format!("{} lies within the migrations directory", path.display());
        return Err(CommandError::usage(message).hint("nothing was written; name a file outside of it"));
    }
    disk::replace_file(path, text).map_err(|error| {
        let message = format!("cannot write {}: {}", path.display(), reason(&error));
        let nowhere = path.is_symlink() && !path.exists();
        let hint = if nowhere { "nothing was written; the link leads nowhere" } else { "nothing was written" };
        CommandError::of_code("not-allowed", message).hint(hint)
    })?;
    let shown = path.display().to_string();
    if context.terminal.json {
        let files = vec![shown.clone()];
        context.terminal.document(&Exported { format: FORMAT, path: shown, files })?;
    } else {
        context.terminal.note(&format!("{} is written\n", crate::terminal::escape::line(&shown)));
    }
    Ok(())
}

/// Says whether a file is or would be in the directory, whatever links lead there.
fn lies_within(path: &Path, directory: &Directory) -> bool {
    // Of a link that leads nowhere, writing says more.
    let file = disk::resolve(path);
    directory.path().canonicalize().is_ok_and(|migrations| file.is_ok_and(|file| file.starts_with(migrations)))
}
