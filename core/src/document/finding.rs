//! What `validate` and `lint` find, and by which rules.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Level};

/// Answer of `validate` and `lint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// FINDINGs, by file and place.
    pub findings: Vec<Diagnostic>,
}

/// Answer of `lint --rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// The rules, Limbeck's own first.
    pub rules: Vec<Rule>,
}

/// One rule of `lint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name, which is the code of its findings.
    pub name: String,
    /// How much they matter in this project; null when the rule is off.
    pub level: Option<Level>,
    /// What it finds, in one line.
    pub summary: String,
}
