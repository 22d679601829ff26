//! Expressions as the catalog keeps them.

use std::sync::Arc;

/// An expression of a default, a check, an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// As it was written.
    pub written: Arc<str>,
    /// As Postgres prints it, where that is known.
    pub spelled: Option<Arc<str>>,
    /// Numbers of the columns of its own table that it mentions, sorted.
    pub columns: Vec<i16>,
}

impl Formula {
    /// Returns the expression as Postgres prints it, or as it was written where that is not known.
    pub fn text(&self) -> &str {
        self.spelled.as_deref().unwrap_or(&self.written)
    }
}
