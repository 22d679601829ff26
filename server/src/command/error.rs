//! Why a command stops, and the exit status that says so.

use std::io;
use std::process::ExitCode;

use limbeck_core::document::{Failure, FailureDetail};
use limbeck_core::project::{NewRevisionError, PlanError};
use limbeck_core::revision;

use crate::directory::{LocateError, WriteError};
use crate::disk::{reason, shell_word};
use crate::terminal::escape;
use crate::terminal::style::{self, paint};

/// What kind of failure it is; decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The work failed.
    Failed = 1,
    /// The command was used in a way that means nothing.
    Usage = 2,
    /// A check says no; nothing was run.
    Refused = 3,
    /// The history is broken, or what was asked of it has no one answer.
    History = 4,
    /// Another run holds the lock.
    Locked = 5,
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        ExitCode::from(kind as u8)
    }
}

/// How a command that ran through ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Done,
    /// The answer was given, and it is a no: exit status as of this kind of failure.
    Answered(Kind),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Answered(kind) => kind.into(),
        }
    }
}

/// A failure of a command: what happened, and apart from it what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// Decides the exit status.
    pub kind: Kind,
    /// A code of the JSON contract.
    pub code: &'static str,
    /// What happened, as one phrase.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Identifiers among which to choose.
    pub candidates: Vec<String>,
}

impl CommandError {
    /// Returns a failure of `kind` with nothing to choose from.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), hint: None, candidates: Vec::new() }
    }

    /// Returns a failure whose kind follows from its code.
    pub fn of_code(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(kind_of(code), code, message)
    }

    /// Returns a failure of usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::of_code("usage", message)
    }

    /// Says what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the JSON document.
    pub fn document(&self) -> Failure {
        Failure::from(FailureDetail {
            code: self.code.to_owned(),
            message: self.message.clone(),
            hint: self.hint.clone(),
            candidates: self.candidates.clone(),
        })
    }

    /// Returns the painted lines for a person.
    pub fn text(&self) -> String {
        let mut text = format!("{} {}\n", paint(style::ERROR, "error:"), escape::text(&self.message));
        let hint = self.hint.as_deref().unwrap_or_default();
        let named_by_hint = self.candidates.iter().all(|candidate| hint.contains(candidate.as_str()));
        for candidate in self.candidates.iter().filter(|_| !named_by_hint) {
            text.push_str(&format!("  {}\n", paint(style::ID, candidate)));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("{} {}\n", paint(style::HINT, "hint:"), escape::text(hint)));
        }
        text
    }
}

fn kind_of(code: &str) -> Kind {
    match code {
        "usage" => Kind::Usage,
        "irreversible" | "stale-plan" => Kind::Refused,
        "unknown-revision" | "ambiguous-revision" | "multiple-heads" | "ambiguous-walk" | "too-far"
        | "not-a-target" | "broken-history" => Kind::History,
        "lock-held" => Kind::Locked,
        _ => Kind::Failed,
    }
}

impl From<revision::Error> for CommandError {
    fn from(error: revision::Error) -> Self {
        Self { hint: error.hint(), candidates: error.candidates(), ..Self::of_code(error.code(), error.to_string()) }
    }
}

impl From<PlanError> for CommandError {
    fn from(error: PlanError) -> Self {
        Self { hint: error.hint(), candidates: error.candidates(), ..Self::of_code(error.code(), error.to_string()) }
    }
}

impl From<NewRevisionError> for CommandError {
    fn from(error: NewRevisionError) -> Self {
        Self { hint: error.hint(), candidates: error.candidates(), ..Self::of_code(error.code(), error.to_string()) }
    }
}

impl From<LocateError> for CommandError {
    fn from(error: LocateError) -> Self {
        let hint = match &error {
            LocateError::Missing { path } => {
                format!("name another with `--dir`, or make it with `limbeck init {}`", shell_word(path))
            }
            LocateError::NotFound { repository: true, .. } => {
                "name it with `--dir`, or make one with `limbeck init`".to_owned()
            }
            LocateError::NotFound { .. } => {
                "this is no Git repository, so only the current directory was looked at: name it with `--dir`, or make one \
                 with `limbeck init`"
                    .to_owned()
            }
            LocateError::NoProject { path } => {
                let path = shell_word(path);
                format!("name the right one with `--dir`; `limbeck init {path}` makes one in an empty directory")
            }
            LocateError::NotADirectory { .. } => "name the directory that holds `limbeck.toml` with `--dir`".to_owned(),
            LocateError::Io { .. } => "name another with `--dir`".to_owned(),
        };
        Self::usage(error.to_string()).hint(hint)
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        let hint = match &error {
            WriteError::Exists { .. } => "nothing was written; choose another message or `--rev-id`",
            WriteError::Outside { .. } => "nothing was written; look at `file_template` in limbeck.toml",
            WriteError::Busy { .. } => "nothing was written; try again when it has ended",
            WriteError::Io { .. } => "nothing was written",
        };
        let code = if matches!(error, WriteError::Busy { .. }) { "lock-held" } else { "not-allowed" };
        Self::of_code(code, error.to_string()).hint(hint)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::of_code("not-allowed", format!("cannot write the output: {}", reason(&error)))
    }
}
