//! Extensions that a database has: what `pg_extension` lists.

use std::sync::Arc;

use super::{Catalog, Oid};

/// An extension. What it brings is not listed here.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Its number.
    pub oid: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// The schema of its objects.
    pub schema: Oid,
}

impl Catalog {
    /// Returns the extension of a name.
    pub fn extension(&self, name: &str) -> Option<&Extension> {
        self.extensions.values().map(|extension| &**extension).find(|extension| *extension.name == *name)
    }

    /// Returns the extensions by number.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.extensions.sorted().into_iter().map(|(_, extension)| &**extension)
    }

    /// Adds an extension.
    pub fn add_extension(&mut self, extension: Extension) {
        self.extensions.insert(extension.oid, Arc::new(extension));
    }
}
