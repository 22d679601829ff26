//! Where the database stands, as far as the page asks. What the whole document holds besides, a schema above all, would
//! make the page a tenth heavier and is never read here.

use limbeck_core::document::FailureDetail;
use serde::Deserialize;

/// Answer of `GET /api/database`, of which the page reads these fields; the rest is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Database {
    /// Database and host as a person would name them.
    pub name: String,
    /// Server version; none when it cannot be reached.
    pub server_version: Option<String>,
    /// It is the Postgres inside the server process.
    pub embedded: bool,
    /// Version rows, sorted.
    pub rows: Vec<String>,
    /// Version rows that no revision of the project has.
    pub unknown_rows: Vec<String>,
    /// Who holds the lock between runs; none when it is free.
    pub lock_holder: Option<String>,
    /// Why the database cannot be asked.
    pub error: Option<FailureDetail>,
}

#[cfg(test)]
mod tests {
    use limbeck_core::document::{self, FORMAT};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_document_of_the_server_is_read() {
        let document = document::Database {
            format: FORMAT,
            name: "shop @ localhost".into(),
            server_version: Some("17.5".into()),
            embedded: true,
            rows: vec!["a".into(), "b".into()],
            unknown_rows: vec!["b".into()],
            lock_holder: Some("pid 12".into()),
            schema: Some(Box::default()),
            schema_error: None,
            journal: None,
            error: None,
        };
        let json = serde_json::to_string(&document).expect("a document is JSON");
        let read: Database = serde_json::from_str(&json).expect("the page reads it");
        let expected = Database {
            name: document.name,
            server_version: document.server_version,
            embedded: document.embedded,
            rows: document.rows,
            unknown_rows: document.unknown_rows,
            lock_holder: document.lock_holder,
            error: None,
        };
        assert_eq!(read, expected);
    }
}
