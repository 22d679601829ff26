//! Revision files as others have them.

use super::{Revision, parse};

/// A revision file as others have it already, that is gone or changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Path below the migrations directory.
    pub path: String,
    /// Its text then.
    pub text: String,
}

impl Published {
    /// Returns the revision that it held; none where it could not be read.
    pub fn revision(&self) -> Option<Revision> {
        parse(&self.path, &self.text).0
    }
}
