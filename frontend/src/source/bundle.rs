//! A static site as a source: the project is one file beside the page, and nothing answers but that.

use limbeck_core::document::FailureDetail;

use super::SourceError;

/// The data of a static site, written by `limbeck export --site`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its file, relative to the document's base.
    pub path: String,
}

impl Bundle {
    /// Returns what a failure to read it means here, where no server is to be started again.
    pub(super) fn explain(&self, error: &SourceError) -> SourceError {
        let why = match error {
            SourceError::Unreadable(why) => why.as_str(),
            _ => "it is not there",
        };
        failure(
            "offline",
            format!("{} of this exported site cannot be read: {why}", self.path),
            "Reload the page. If that does not help, write the site again with `limbeck export --site`.",
        )
    }
}

/// Returns the answer to everything that a site cannot do.
pub(super) fn refusal() -> SourceError {
    failure(
        "not-allowed",
        "this is an exported site: nothing runs here, and nothing is written".to_owned(),
        "Open the project with `limbeck serve`.",
    )
}

fn failure(code: &str, message: String, hint: &str) -> SourceError {
    let error = FailureDetail { code: code.into(), message, hint: Some(hint.into()), candidates: vec![] };
    SourceError::Refused { status: 0, error }
}
