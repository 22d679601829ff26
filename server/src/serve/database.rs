//! The way to the database: one connection at a time, made for what it is needed for.
//!
//! The embedded Postgres takes no second one, and a server that only looks now and then need not hold one open.
//! Who asks while a run is at work does not wait for its turn: the run itself knows where the database stands.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;
use limbeck_core::document::{self, FORMAT};
use limbeck_core::project::Project;
use tokio::sync::OwnedMutexGuard;

use super::error::ApiError;
use super::runs::Entry;
use crate::database::{Database, DatabaseError, Target, VersionTable};

/// What `pg_stat_activity` shows.
const APPLICATION_NAME: &str = "limbeck serve";

/// The database of a server.
pub(crate) struct Gate {
    target: Target,
    turn: Arc<tokio::sync::Mutex<Option<Look>>>,
    /// As the server reported it last.
    version: Mutex<Option<String>>,
}

/// What was last seen, for those who asked at the same time.
struct Look {
    began: Instant,
    etag: String,
    document: document::Database,
}

/// A connection, and the right to have one.
pub(crate) struct Turn {
    pub(crate) database: Database,
    _turn: OwnedMutexGuard<Option<Look>>,
}

impl Gate {
    /// Returns the way to a database; nothing is connected yet.
    pub(crate) fn new(target: Target) -> Self {
        Self { target, turn: Arc::default(), version: Mutex::default() }
    }

    /// Returns database and server as a person would name them.
    pub(crate) fn describe(&self) -> String {
        self.target.describe()
    }

    /// Ends the embedded Postgres, where that is the database. Nobody may have a connection any more.
    pub(crate) async fn close(&self) -> Result<(), DatabaseError> {
        let _turn = self.turn.lock().await;
        self.target.close().await
    }

    /// Connects, when it is this caller's turn.
    pub(crate) async fn turn(&self) -> Result<Turn, DatabaseError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        Ok(Turn { database: self.connect().await?, _turn: turn })
    }

    /// Returns where the database stands at some moment after this call; why it cannot be asked stands in the document.
    pub(crate) async fn look(&self, project: &Project, etag: &str) -> document::Database {
        let asked = Instant::now();
        let mut turn = self.turn.lock().await;
        if let Some(look) = turn.as_ref().filter(|look| look.began >= asked && look.etag == etag) {
            return look.document.clone();
        }
        let began = Instant::now();
        let document = match self.ask(project).await {
            Ok((rows, lock_holder)) => self.document(project, rows, lock_holder),
            Err(error) => {
                *self.version.lock().unwrap_or_else(PoisonError::into_inner) = None;
                document::Database { error: Some(error.detail()), ..self.document(project, Vec::new(), None) }
            }
        };
        *turn = Some(Look { began, etag: etag.to_owned(), document: document.clone() });
        document
    }

    /// Returns where the database stands while a run of this server is at work.
    pub(crate) fn during(&self, entry: &Entry, project: &Project) -> document::Database {
        let holder = format!("run {} of this server", entry.id());
        self.document(project, entry.rows(), Some(holder))
    }

    async fn ask(&self, project: &Project) -> Result<(Vec<String>, Option<String>), DatabaseError> {
        let database = self.connect().await?;
        let table = VersionTable::from(project.settings());
        let rows = database.version_rows(&table).await?;
        let holder = database.lock_holder(&table).await?;
        Ok((rows, holder))
    }

    async fn connect(&self) -> Result<Database, DatabaseError> {
        let database = Database::connect(&self.target, APPLICATION_NAME).await?;
        *self.version.lock().unwrap_or_else(PoisonError::into_inner) = Some(database.server_version().to_owned());
        Ok(database)
    }

    fn document(&self, project: &Project, rows: Vec<String>, lock_holder: Option<String>) -> document::Database {
        let unknown_rows = rows.iter().filter(|row| project.graph().index_of(row).is_none()).cloned().collect();
        document::Database {
            format: FORMAT,
            name: self.target.describe(),
            server_version: self.version.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            embedded: self.target.is_embedded(),
            rows,
            unknown_rows,
            lock_holder,
            error: None,
        }
    }
}

impl Turn {
    /// Returns the version rows, sorted.
    pub(crate) async fn rows(&self, project: &Project) -> Result<Vec<String>, DatabaseError> {
        self.database.version_rows(&VersionTable::from(project.settings())).await
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        Self::from_detail(StatusCode::BAD_GATEWAY, error.detail())
    }
}
