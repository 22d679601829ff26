//! What failed, and what to do next.

use serde::{Deserialize, Serialize};

use super::FORMAT;

/// The document that stands for a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Always [`FORMAT`].
    pub format: u32,
    /// What failed.
    pub error: FailureDetail,
}

/// What failed, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureDetail {
    /// One of the codes of the contract, for example `unknown-revision`.
    pub code: String,
    /// What happened, as one phrase.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Identifiers among which to choose; empty where there is no choice.
    #[serde(default)]
    pub candidates: Vec<String>,
}

impl From<FailureDetail> for Failure {
    fn from(error: FailureDetail) -> Self {
        Self { format: FORMAT, error }
    }
}
