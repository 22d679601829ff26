//! The files that a project is made of.

use serde::{Deserialize, Serialize};

/// A file of the migrations directory, as whoever can read directories brings it.
///
/// In JSON `{"path","text"}`, or `{"path","error"}` when it could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FileText", into = "FileText")]
pub struct File {
    /// Path relative to the migrations directory, parts separated by `/`.
    pub path: String,
    /// Its text, or why it could not be read, as one phrase.
    pub content: Result<String, String>,
}

#[derive(Serialize, Deserialize)]
struct FileText {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<FileText> for File {
    fn from(file: FileText) -> Self {
        let missing = || "neither text nor error is given".to_owned();
        let content = match (file.text, file.error) {
            (Some(text), None) => Ok(text),
            (_, error) => Err(error.unwrap_or_else(missing)),
        };
        Self { path: file.path, content }
    }
}

impl From<File> for FileText {
    fn from(file: File) -> Self {
        let (text, error) = match file.content {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(error)),
        };
        Self { path: file.path, text, error }
    }
}

/// Path of the settings.
pub(super) const SETTINGS: &str = "limbeck.toml";

/// What a file is to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Settings,
    Template,
    /// The desired schema.
    Schema,
    Revision,
    /// Lies where revisions lie and is named nearly like one: `.SQL`.
    NearRevision,
    /// Hidden, an editor's backup, or none of the project's business.
    Other,
}

/// Returns what a file is, by its path.
pub(super) fn kind(path: &str) -> Kind {
    if path.split('/').any(|part| part.starts_with('.')) {
        return Kind::Other;
    }
    let below = |directory: &str| path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
    let ends = |end: &str| path.get(path.len().saturating_sub(4)..).is_some_and(|tail| tail.eq_ignore_ascii_case(end));
    match path {
        SETTINGS => Kind::Settings,
        "script.sql" => Kind::Template,
        "schema.sql" => Kind::Schema,
        _ if below("schema") && path.ends_with(".sql") => Kind::Schema,
        _ if below("versions") && path.ends_with(".sql") => Kind::Revision,
        _ if below("versions") && ends(".sql") => Kind::NearRevision,
        _ => Kind::Other,
    }
}

/// Returns whether a file of the migrations directory is one that [`File`]s are made of: settings, template, the desired
/// schema, and what lies below `versions/` and may be meant as a revision.
///
/// Hidden files and the backups of editors are none.
pub fn is_project_file(path: &str) -> bool {
    kind(path) != Kind::Other
}
