//! The database side: one connection, the version table, the lock between runs, and the runs themselves.
//!
//! A [`Database`] is one connection, never a pool, so that the embedded Postgres serves too.

mod embedded;
mod error;
mod lock;
mod opened;
mod reflect;
mod run;
mod session;
mod stamp;
mod version_table;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio::task::AbortHandle;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

pub use embedded::{Embedded, EmbeddedError};
pub use error::{DatabaseError, SqlFailure};
pub use run::{Cancel, CancelHandle, Kept, Place, RunError, RunFailure, RunOptions, RunReport, run};
pub use stamp::{ensure_version_table, stamp};
pub use version_table::VersionTable;

use self::opened::{Canceller, Notice, Opened};
use crate::connection::ConnectionSettings;

/// Which database to connect to.
#[derive(Clone)]
pub enum Target {
    /// A server somewhere.
    Url(Box<ConnectionSettings>),
    /// The Postgres inside of this process.
    Embedded(Arc<Embedded>),
}

impl From<ConnectionSettings> for Target {
    fn from(settings: ConnectionSettings) -> Self {
        Self::Url(Box::new(settings))
    }
}

impl Target {
    /// Returns database and server as a person would name them.
    pub fn describe(&self) -> String {
        match self {
            Self::Url(settings) => settings.describe(),
            Self::Embedded(embedded) => embedded.describe(),
        }
    }

    /// Ends what belongs to it: the embedded Postgres. Every [`Database`] of it must have been dropped.
    pub async fn close(&self) -> Result<(), DatabaseError> {
        match self {
            Self::Url(_) => Ok(()),
            Self::Embedded(embedded) => Ok(embedded.shutdown().await?),
        }
    }

    /// Says whether it is the Postgres inside of this process.
    pub fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }
}

/// One connection.
pub struct Database {
    client: Client,
    canceller: Option<Canceller>,
    driver: AbortHandle,
    /// A statement of a run is at work.
    busy: bool,
    notices: mpsc::Receiver<Notice>,
    /// What the connection said when it ended.
    last_words: Arc<Mutex<Option<String>>>,
    target: Target,
    name: String,
    server: String,
    server_version: String,
    /// The embedded Postgres serves one connection at a time; this one's turn ends with it.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Database {
    /// Connects. `application_name` is what `pg_stat_activity` shows, unless the settings name another.
    pub async fn connect(target: &Target, application_name: &str) -> Result<Self, DatabaseError> {
        match target {
            Target::Url(settings) => {
                let opened = Opened::new_for(settings, application_name).await?;
                Self::from_opened(opened, settings, target, None).await
            }
            Target::Embedded(embedded) => {
                let turn = embedded.turn().await?;
                let settings = embedded.settings().await?;
                let opened = match Opened::new_for(&settings, application_name).await {
                    // A client that vanished a moment ago can end the server that just seemed to serve.
                    Err(DatabaseError::Unreachable { .. }) => {
                        let settings = embedded.settings().await?;
                        Opened::new_for(&settings, application_name).await?
                    }
                    opened => opened?,
                };
                Self::from_opened(opened, &settings, target, Some(turn)).await
            }
        }
    }

    /// Returns the version that the server reports, for example `17.5`.
    pub fn server_version(&self) -> &str {
        &self.server_version
    }

    /// Returns database, server and version as a person would name them, for example `shop @ db1 · PostgreSQL 17.5`.
    pub fn describe(&self) -> String {
        format!("{} @ {} · PostgreSQL {}", self.name, self.server, self.server_version)
    }

    /// Returns the name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the version rows, sorted; none when the table is missing. Never writes.
    pub async fn version_rows(&self, table: &VersionTable) -> Result<Vec<String>, DatabaseError> {
        let place = version_table::locate(self, table).await?;
        version_table::read(self, &place).await
    }

    /// Returns the names of all relations, whatever their schemas are. Never writes.
    pub async fn relation_names(&self) -> Result<BTreeSet<String>, DatabaseError> {
        let rows = self.rows("SELECT DISTINCT relname::pg_catalog.text FROM pg_catalog.pg_class").await?;
        Ok(rows.iter().filter_map(|row| row.get(0)).map(str::to_owned).collect())
    }

    /// Returns who holds the lock between runs; none when it is free.
    pub async fn lock_holder(&self, table: &VersionTable) -> Result<Option<String>, DatabaseError> {
        let place = version_table::locate(self, table).await?;
        lock::Lock::new(&self.name, &place).holder(self).await
    }

    /// Runs statements and returns the rows of them all.
    async fn rows(&self, sql: &str) -> Result<Vec<SimpleQueryRow>, DatabaseError> {
        let messages = self.client.simple_query(sql).await.map_err(|error| self.failure(&error))?;
        let row = |message| if let SimpleQueryMessage::Row(row) = message { Some(row) } else { None };
        Ok(messages.into_iter().filter_map(row).collect())
    }

    /// Runs statements.
    async fn execute(&self, sql: &str) -> Result<(), DatabaseError> {
        self.client.batch_execute(sql).await.map_err(|error| self.failure(&error))
    }

    /// Returns what an error on this connection means.
    fn failure(&self, error: &tokio_postgres::Error) -> DatabaseError {
        match DatabaseError::from_session(error) {
            DatabaseError::Gone { reason } => {
                let last = self.last_words.lock().ok().and_then(|words| words.clone());
                DatabaseError::Gone { reason: last.unwrap_or(reason) }
            }
            other => other,
        }
    }

    async fn from_opened(
        opened: Opened,
        settings: &ConnectionSettings,
        target: &Target,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Result<Self, DatabaseError> {
        let mut database = Self {
            client: opened.client,
            canceller: (!target.is_embedded()).then_some(opened.canceller),
            driver: opened.driver,
            busy: false,
            notices: opened.notices,
            last_words: opened.last_words,
            target: target.clone(),
            name: String::new(),
            server: if target.is_embedded() { "embedded".to_owned() } else { settings.server().to_owned() },
            server_version: opened.server_version,
            _turn: turn,
        };
        let rows = database.rows("SELECT pg_catalog.current_database()").await?;
        database.name = rows.first().and_then(|row| row.get(0)).unwrap_or_default().to_owned();
        Ok(database)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // An idle connection says goodbye by itself. One that is given up in a statement would first wait for its end,
        // and the server with it.
        if self.busy {
            self.driver.abort();
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.describe()).finish()
    }
}
