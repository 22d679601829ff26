//! Output for people and for programs: one place through which everything printed goes.
//!
//! Results go to standard output; progress, notes and errors to standard error. Text that comes from files, from the
//! database or from arguments is escaped before it is painted ([`style`], [`escape`]), so that no control sequence of
//! a migration reaches the terminal.

pub mod ask;
pub mod escape;
pub mod finding;
pub mod progress;
pub mod revision;
pub mod sql;
pub mod style;
pub mod table;

use std::io::{self, IsTerminal as _, Write};

use anstream::AutoStream;
use serde::Serialize;

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// What happens.
    Normal,
    /// Every detail.
    Verbose,
}

/// The two streams of a command and what may go there.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Standard output holds one JSON document.
    pub json: bool,
    /// How much is said on standard error.
    pub verbosity: Verbosity,
}

impl Terminal {
    /// Prints painted text for a person. Colours are left out where the stream is no terminal or `NO_COLOR` is set.
    ///
    /// A reader that went away (`| head`) is no error: what the command did stays done and its exit status true.
    pub fn print(&self, text: &str) -> io::Result<()> {
        if AutoStream::choice(&io::stdout()) == anstream::ColorChoice::Never {
            // In one piece: the stream that strips writes line by line.
            let bare: String = anstream::adapter::strip_str(text).collect();
            let mut out = io::stdout().lock();
            return quiet_pipe(out.write_all(escape::text(&bare).as_bytes()).and_then(|()| out.flush()));
        }
        quiet_pipe(write_painted(AutoStream::auto(io::stdout().lock()), text))
    }

    /// Prints text for a program byte by byte; only what is a terminal gets it escaped.
    pub fn print_verbatim(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let written = if out.is_terminal() {
            out.write_all(escape::text(text).as_bytes())
        } else {
            out.write_all(text.as_bytes())
        };
        quiet_pipe(written.and_then(|()| out.flush()))
    }

    /// Prints the JSON document of the command.
    pub fn document(&self, document: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(document).map_err(io::Error::other)?;
        text.push('\n');
        let mut out = io::stdout().lock();
        quiet_pipe(out.write_all(escape::json(&text).as_bytes()).and_then(|()| out.flush()))
    }

    /// Says painted text on standard error, unless asked to be quiet.
    pub fn note(&self, text: &str) {
        if self.verbosity > Verbosity::Quiet {
            self.say(text);
        }
    }

    /// Says painted text on standard error in any case.
    pub fn say(&self, text: &str) {
        // Without standard error nobody is left to be told.
        let _ = write_painted(AutoStream::auto(io::stderr().lock()), text);
    }

    /// Returns whether standard error is a terminal that can take a line back.
    pub fn is_live(&self) -> bool {
        io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|kind| kind != "dumb")
    }

    /// Replaces the last, unfinished line on standard error; only for a terminal that is live.
    pub fn live_line(&self, text: &str) {
        let text = escape::painted(text);
        let colours = AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        let text = if colours { text.into_owned() } else { anstream::adapter::strip_str(&text).to_string() };
        // Not through the stream that strips: taking a line back is no colour.
        let mut out = io::stderr().lock();
        let _ = write!(out, "\r\u{1b}[2K{text}").and_then(|()| out.flush());
    }
}

fn write_painted(mut out: impl Write, text: &str) -> io::Result<()> {
    out.write_all(escape::painted(text).as_bytes())?;
    out.flush()
}

fn quiet_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
