//! A file of a migrations directory, as it travels.

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
