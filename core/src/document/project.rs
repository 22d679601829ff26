//! What the server holds: project, database, and the files that it writes.

use serde::{Deserialize, Serialize};

use super::failure::FailureDetail;
use super::file::File;
use super::schema::Schema;
use super::settings::Settings;
use crate::diagnostic::Diagnostic;

/// What a viewer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything, changes nothing.
    Viewer,
    /// Also writes revision files.
    Editor,
    /// Also runs plans.
    Operator,
}

/// Answer of `GET /api/project`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// What the project is called.
    pub name: String,
    /// What whoever asks may do.
    pub role: Role,
    /// Settings.
    pub settings: Settings,
    /// The files, by path.
    pub files: Vec<File>,
    /// FINDINGs in files and history, by file and place.
    pub findings: Vec<Diagnostic>,
    /// Changes with the files.
    pub etag: String,
}

/// Answer of `GET /api/database`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Database and host as a person would name them; never a password.
    pub name: String,
    /// Server version, for example `17.5`; null when it cannot be reached.
    pub server_version: Option<String>,
    /// It is the Postgres inside the server process.
    pub embedded: bool,
    /// Version rows, sorted.
    pub rows: Vec<String>,
    /// Version rows that no revision of the project has.
    pub unknown_rows: Vec<String>,
    /// Who holds the lock between runs; null when it is free.
    pub lock_holder: Option<String>,
    /// What the database holds; null when it was not asked for, or cannot be had.
    #[serde(default)]
    pub schema: Option<Box<Schema>>,
    /// Why the schema cannot be had, where the database can be asked.
    #[serde(default)]
    pub schema_error: Option<FailureDetail>,
    /// What ran, newest first; always null as long as Limbeck keeps no journal.
    #[serde(default)]
    pub journal: Option<Vec<serde_json::Value>>,
    /// Why the database cannot be asked.
    pub error: Option<FailureDetail>,
}

/// Body of `POST /api/revisions`. A field that it does not have is an error: what it asks for would be missing in the
/// file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRevision {
    /// Title and body; the first line is the title.
    pub message: String,
    /// What it stands on, in the grammar of identifiers; several make a merge, none a base.
    pub heads: Vec<String>,
    /// Label for a new branch.
    #[serde(default)]
    pub branch_label: Option<String>,
    /// Ids or branch labels that must be applied before.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// Allows a parent that is not a head.
    #[serde(default)]
    pub splice: bool,
    /// Identifier to use instead of a new one.
    #[serde(default)]
    pub id: Option<String>,
    /// SQL of the up section; null takes the template's.
    #[serde(default)]
    pub up: Option<String>,
    /// SQL of the down section; null takes the template's.
    #[serde(default)]
    pub down: Option<String>,
    /// Whether the up section runs in a transaction.
    #[serde(default = "yes")]
    pub up_transaction: bool,
    /// Whether the down section runs in a transaction.
    #[serde(default = "yes")]
    pub down_transaction: bool,
    /// It gets no down section, whatever the template has.
    #[serde(default)]
    pub irreversible: bool,
    /// `etag` of the project that the author saw; a history that moved since is a conflict.
    #[serde(default)]
    pub etag: Option<String>,
}

fn yes() -> bool {
    true
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    /// Always [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Full identifier.
    pub id: String,
    /// File, relative to the migrations directory.
    pub path: String,
    /// Its text.
    pub text: String,
}
