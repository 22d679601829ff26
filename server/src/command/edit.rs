//! `limbeck edit`

use std::fs::File;
use std::io::{self, IsTerminal as _};
#[cfg(unix)]
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use limbeck_core::document::{Edited, FORMAT};
use limbeck_core::revision::Index;

use super::{CommandError, Context, Outcome, database};
use crate::disk::relative;

/// Editors that fill the screen and read keys; without a terminal they wait for ever, or write what nobody can read.
const SCREEN_EDITORS: [&str; 5] = ["vi", "vim", "nvim", "view", "nano"];

/// Open revisions in an editor
///
/// The editor is `$VISUAL`, else `$EDITOR`, else vi where there is a terminal; either may hold arguments. An edited
/// revision that a database already ran does not run again.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which: an id or the beginning of one, a label, `head`, `heads`, `label@head`, or `current` for the database's
    #[arg(default_value = "head", value_name = "REVISION")]
    revision: String,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let (revisions, _) = database::resolve_with_current(context, &opened, &args.revision)?;
    if revisions.is_empty() {
        let message = format!("`{}` names no revision that could be edited", args.revision);
        return Err(CommandError::of_code("unknown-revision", message).hint("`limbeck history` lists the revisions"));
    }
    let file = |index: &Index| opened.directory.join(&opened.project.revisions()[*index].path);
    let files: Vec<PathBuf> = revisions.iter().map(file).collect();
    open(&files, context.terminal.json)?;
    if context.terminal.json {
        let paths = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
        context.terminal.document(&Edited { format: FORMAT, paths })?;
    }
    Ok(Outcome::Done)
}

/// Opens files in the editor of the environment and waits for it. Standard output stays free of what it shows where a
/// document is to follow.
fn open(files: &[PathBuf], document: bool) -> Result<(), CommandError> {
    let named = ["VISUAL", "EDITOR"].iter().find_map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty())?;
        Some((*name, value))
    });
    let (source, editor) = match &named {
        Some((name, value)) => (*name, value.as_str()),
        None => ("the default", if cfg!(windows) { "notepad" } else { "vi" }),
    };
    let failed = |what: String| {
        CommandError::of_code("not-allowed", what)
            .hint("set `VISUAL` or `EDITOR` to an editor that waits until the file is closed")
    };
    let words = shlex::split(editor).filter(|words| !words.is_empty());
    let Some((program, arguments)) = words.as_ref().and_then(|words| words.split_first()) else {
        return Err(failed(format!("`{editor}` ({source}) is no command")));
    };
    let needs_a_terminal =
        Path::new(program).file_name().is_some_and(|name| SCREEN_EDITORS.iter().any(|it| name == *it));
    if needs_a_terminal && !io::stdin().is_terminal() {
        let files: Vec<String> = files.iter().map(|file| relative(file)).collect();
        return Err(CommandError::usage(format!("`{program}` ({source}) needs a terminal, and there is none")).hint(
            format!("set `VISUAL` or `EDITOR` to an editor that needs none, or edit {} yourself", files.join(", ")),
        ));
    }
    match run_editor(program, arguments, files, document) {
        Ok(status) if status.success() => Ok(()),
        // It was found and it ran: what it said stands above.
        Ok(status) => Err(CommandError::of_code("not-allowed", format!("the editor `{editor}` ended with {status}"))
            .hint("whatever it saved is in the file; `limbeck validate` says whether the file is in order")),
        Err(error) => Err(failed(format!("cannot start the editor `{editor}` ({source}): {error}"))),
    }
}

fn run_editor(program: &str, arguments: &[String], files: &[PathBuf], document: bool) -> io::Result<ExitStatus> {
    // A file name that begins with a dash is no option of the editor.
    let file = |file: &PathBuf| if file.is_absolute() { file.clone() } else { PathBuf::from(".").join(file) };
    let mut editor = Command::new(program);
    editor.args(arguments).args(files.iter().map(file));
    if document && !io::stdout().is_terminal() {
        editor.stdout(screen()?);
    }
    editor.status()
}

/// Returns where a person sees what an editor shows: the terminal, else standard error.
fn screen() -> io::Result<Stdio> {
    if io::stdin().is_terminal()
        && let Ok(terminal) = File::options().write(true).open("/dev/tty")
    {
        return Ok(terminal.into());
    }
    #[cfg(unix)]
    return Ok(io::stderr().as_fd().try_clone_to_owned()?.into());
    #[cfg(not(unix))]
    Ok(Stdio::null())
}
