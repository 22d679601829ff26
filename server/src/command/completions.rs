//! `limbeck completions`

use clap_complete::Shell;
use limbeck_core::document::{FORMAT, Text};

use super::{CommandError, Context, Outcome};

/// Print the completions of a shell
///
/// For bash: `limbeck completions bash > ~/.local/share/bash-completion/completions/limbeck`
///
/// For zsh: `limbeck completions zsh > ~/.zfunc/_limbeck` (with `~/.zfunc` in `fpath`)
///
/// For fish: `limbeck completions fish > ~/.config/fish/completions/limbeck.fish`
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::tree(), "limbeck", &mut script);
    let script = String::from_utf8_lossy(&script);
    if context.terminal.json {
        context.terminal.document(&Text { format: FORMAT, text: script.into_owned() })?;
    } else {
        context.terminal.print_verbatim(&script)?;
    }
    Ok(Outcome::Done)
}
