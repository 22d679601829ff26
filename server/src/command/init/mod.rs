//! `limbeck init`

use std::path::PathBuf;

use limbeck_core::document::{FORMAT, Initialized};
use limbeck_core::script::Template;

use super::{CommandError, Context, Outcome};
use crate::directory::{DEFAULT_NAME, SETTINGS_FILE, write_new};
use crate::disk::{reason, relative, shell_word};
use crate::terminal::escape;
use crate::terminal::style::{self, paint};

/// Make a directory of migrations that works at once
///
/// Writes limbeck.toml (settings), script.sql (template of new revisions), schema.sql (the desired schema), versions/
/// and a README.md for the team. A directory that is not empty is left alone.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where; without it `--dir`, else `migrations`
    directory: Option<PathBuf>,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, CommandError> {
    let named = args.directory.or_else(|| context.named_directory());
    let directory = named.unwrap_or_else(|| PathBuf::from(DEFAULT_NAME));
    refuse_used(&directory)?;
    let files = [
        (SETTINGS_FILE, include_str!("limbeck.toml")),
        ("script.sql", Template::DEFAULT),
        ("schema.sql", include_str!("schema.sql")),
        ("README.md", include_str!("README.md")),
        // Git keeps no empty directory, and a clone without it would not be one of ours.
        ("versions/.gitkeep", ""),
    ];
    for (file, text) in files {
        write_new(&directory.join(file), text)?;
    }
    if context.terminal.json {
        let files = files.iter().map(|(file, _)| (*file).to_owned()).collect();
        let path = directory.to_string_lossy().into_owned();
        context.terminal.document(&Initialized { format: FORMAT, path, files })?;
        return Ok(Outcome::Done);
    }
    let mut text = String::new();
    for (file, _) in files.iter().filter(|(file, _)| !file.ends_with(".gitkeep")) {
        text.push_str(&format!("{}\n", escape::line(&relative(&directory.join(file)))));
    }
    context.terminal.print(&text)?;
    let elsewhere = directory != std::path::Path::new(DEFAULT_NAME);
    let option = if elsewhere { format!(" --dir {}", shell_word(&directory)) } else { String::new() };
    let next = paint(style::HINT, &format!("limbeck{option} revision -m \"add users\""));
    context.terminal.note(&format!("Ready. The first revision: {next}\n"));
    Ok(Outcome::Done)
}

fn refuse_used(directory: &std::path::Path) -> Result<(), CommandError> {
    let shown = directory.display();
    let failed = |error: std::io::Error| {
        CommandError::of_code("not-allowed", format!("cannot look into {shown}: {}", reason(&error)))
            .hint("name another directory")
    };
    match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(CommandError::usage(format!("{shown} is not a directory")).hint("name another directory"))
        }
        Err(error) => Err(failed(error)),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(Err(error)) => Err(failed(error)),
            Some(Ok(_)) => Err(CommandError::usage(format!("{shown} is not empty; nothing was written"))
                .hint("name a new directory: `limbeck init DIRECTORY`")),
        },
    }
}
