//! Everything that is wrong with a file, a history or a statement is said with one type.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing, nothing to do.
    Info,
    /// Works, but somebody should look at it.
    Warning,
    /// Does not work, or must not go on.
    Error,
}

/// A place in a text file, both figures from 1; the column counts characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Character within the line, from 1.
    pub column: u32,
}

/// A replacement of the text between two positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// First character replaced.
    pub start: Position,
    /// First character kept.
    pub end: Position,
    /// What stands there afterwards.
    pub text: String,
}

/// A change of the file that takes the finding away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What the change does, as a button would say it.
    pub title: String,
    /// Edits that do not overlap, in file order.
    pub edits: Vec<Edit>,
}

/// One finding, spelled exactly as FINDING of the JSON contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable kebab-case name of the kind of finding, for example `duplicate-revision`.
    pub code: Cow<'static, str>,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, as one phrase without a final period.
    pub message: String,
    /// The revision it is about, where there is one.
    pub revision: Option<String>,
    /// The file, relative to the migrations directory.
    pub path: Option<String>,
    /// Where it starts, when it is about a place in the file.
    pub start: Option<Position>,
    /// First character behind it.
    pub end: Option<Position>,
    /// What to do next.
    pub help: Option<String>,
    /// A change that takes it away.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Returns a finding of level error that names no place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Level::Error, message)
    }

    /// Returns a finding of level warning that names no place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Level::Warning, message)
    }

    /// Returns a finding that names no place yet.
    pub fn new(code: &'static str, level: Level, message: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            level,
            message: message.into(),
            revision: None,
            path: None,
            start: None,
            end: None,
            help: None,
            fix: None,
        }
    }

    /// Says what to do next.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the revision.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    /// Names the file.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Names the place in the file.
    pub fn span(mut self, start: Position, end: Position) -> Self {
        self.start = Some(start);
        self.end = Some(end);
        self
    }
}
