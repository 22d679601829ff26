//! Collations.

use serde::{Deserialize, Serialize};

use super::left_out::is_true;

/// A collation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Collation {
    /// Qualified name.
    pub name: String,
    /// Who knows the locale: `libc`, `icu` or `builtin`.
    pub provider: String,
    /// The locale, as its provider calls it.
    pub locale: String,
    /// The locale of characters, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctype: Option<String>,
    /// Two texts are equal only if their bytes are.
    #[serde(skip_serializing_if = "is_true")]
    pub deterministic: bool,
    /// Rules of ICU beyond those of the locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Default for Collation {
    fn default() -> Self {
        Self {
            name: String::new(),
            provider: String::new(),
            locale: String::new(),
            ctype: None,
            deterministic: true,
            rules: None,
            comment: None,
        }
    }
}
