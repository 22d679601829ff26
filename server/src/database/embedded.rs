//! The Postgres inside of this process, for whoever has no server yet: PGlite, in `.limbeck/` beside the migrations.
//!
//! It is one backend on a unix socket that only this user can reach. It serves one connection at a time, cannot cancel
//! a statement that runs, and does not force its writes to the disk: right for development, not for data that matters.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pglite_oxide::PgliteServer;
use tempfile::TempDir;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::DatabaseError;
use crate::connection::{ConnectionSettings, Environment, beside};

/// The database in it. `template1` would be copied into every database that a migration creates.
const DATABASE: &str = "limbeck";

/// Longest path of a unix socket that every system takes, in bytes.
const SOCKET_PATH: usize = 100;

/// How long somebody waits for the turn to connect.
const TURN: Duration = Duration::from_secs(10);

/// Why the embedded Postgres does not serve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedError {
    /// Its directory cannot be made or changed.
    #[error("{} cannot be used for the embedded Postgres: {reason}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// Another process has it open.
    #[error("another process uses the embedded Postgres in {}", path.display())]
    InUse {
        /// Its directory.
        path: PathBuf,
    },
    /// It does not start.
    #[error("the embedded Postgres in {} does not start: {reason}", path.display())]
    Start {
        /// Its directory.
        path: PathBuf,
        /// What it says.
        reason: String,
    },
    /// Another connection is open.
    #[error("the embedded Postgres serves one connection at a time, and it is busy")]
    Busy,
}

impl EmbeddedError {
    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Directory { .. } => "make the directory writable, or name a server with --database-url".to_owned(),
            Self::InUse { .. } => "end the other `limbeck`, or name a server with --database-url".to_owned(),
            Self::Start { path, .. } => {
                format!(
                    "remove {} to begin anew, which loses its data, or name a server with --database-url",
                    path.display()
                )
            }
            Self::Busy => "try again when the run has ended".to_owned(),
        })
    }
}

/// Where it is, beside the migrations.
const DIRECTORY: &str = ".limbeck";
/// Stands in the directory as soon as there is a database.
const MADE: &str = "database";

/// A running embedded Postgres; ends when it is dropped.
pub struct Embedded {
    directory: PathBuf,
    socket: PathBuf,
    /// Where the socket is, when it cannot be below the directory.
    _socket_directory: Option<TempDir>,
    server: Mutex<Option<PgliteServer>>,
    turn: Arc<Mutex<()>>,
}

impl Embedded {
    /// Starts it, or creates it, in `.limbeck/` beside the migrations directory.
    pub async fn start(migrations: &Path) -> Result<Self, EmbeddedError> {
        let directory = beside(migrations).join(DIRECTORY);
        let failed =
            |error: std::io::Error| EmbeddedError::Directory { path: directory.clone(), reason: error.to_string() };
        private_directory(&directory).map_err(failed)?;
        std::fs::write(directory.join(".gitignore"), "*\n").map_err(failed)?;
        let inside = directory.join("run");
        let (socket_directory, parent) = if inside.as_os_str().len() + "/.s.PGSQL.5432".len() <= SOCKET_PATH {
            private_directory(&inside).map_err(failed)?;
            (None, inside)
        } else {
            let temporary = tempfile::Builder::new().prefix("limbeck-").tempdir().map_err(failed)?;
            let path = temporary.path().to_path_buf();
            (Some(temporary), path)
        };
        let embedded = Self {
            socket: parent.join(".s.PGSQL.5432"),
            _socket_directory: socket_directory,
            server: Mutex::new(None),
            turn: Arc::new(Mutex::new(())),
            directory,
        };
        embedded.settings().await?;
        embedded.create_database().await?;
        Ok(embedded)
    }

    /// Returns the directory of the one that was made beside the migrations before, if there is one.
    pub fn made_before(migrations: &Path) -> Option<PathBuf> {
        let directory = beside(migrations).join(DIRECTORY);
        directory.join(MADE).exists().then_some(directory)
    }

    /// Returns its directory, `.limbeck/` beside the migrations.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns database and place as a person would name them.
    pub fn describe(&self) -> String {
        format!("{DATABASE} @ embedded")
    }

    /// Ends it when the open connection is closed; the data stays. A later connection starts it again.
    pub async fn shutdown(&self) -> Result<(), EmbeddedError> {
        let _turn = self.turn().await?;
        let server = self.server.lock().await.take();
        let Some(server) = server else { return Ok(()) };
        let path = self.directory.clone();
        let ending = tokio::task::spawn_blocking(move || server.shutdown());
        match ending.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(EmbeddedError::Start { path, reason: format!("{error:#}") }),
            Err(error) => Err(EmbeddedError::Start { path, reason: error.to_string() }),
        }
    }

    /// Waits until no other connection is open.
    pub(super) async fn turn(&self) -> Result<OwnedMutexGuard<()>, EmbeddedError> {
        let waiting = Arc::clone(&self.turn).lock_owned();
        tokio::time::timeout(TURN, waiting).await.map_err(|_| EmbeddedError::Busy)
    }

    /// Returns how to connect, and starts the server where it does not run.
    pub(super) async fn settings(&self) -> Result<ConnectionSettings, EmbeddedError> {
        let mut server = self.server.lock().await;
        // A client that vanishes in the wrong moment ends the thread that serves; its socket then refuses.
        let serves = server.is_some() && tokio::net::UnixStream::connect(&self.socket).await.is_ok();
        if !serves {
            let (root, socket, old) = (self.directory.join("postgres"), self.socket.clone(), server.take());
            let path = self.directory.clone();
            let starting = tokio::task::spawn_blocking(move || {
                drop(old);
                PgliteServer::builder().path(root).unix(socket).start().map_err(|error| format!("{error:#}"))
            });
            let failed = |reason: String| {
                let path = path.clone();
                if reason.contains("is already in use:") {
                    EmbeddedError::InUse { path }
                } else {
                    EmbeddedError::Start { path, reason }
                }
            };
            *server = Some(starting.await.map_err(|error| failed(error.to_string()))?.map_err(failed)?);
        }
        self.settings_for(DATABASE)
    }

    fn settings_for(&self, database: &str) -> Result<ConnectionSettings, EmbeddedError> {
        let failed = |reason: String| EmbeddedError::Start { path: self.directory.clone(), reason };
        let directory = self.socket.parent().and_then(Path::to_str);
        let directory = directory.ok_or_else(|| failed("its path is no UTF-8".to_owned()))?;
        let quoted = directory.replace('\\', r"\\").replace('\'', r"\'");
        let list =
            format!("host='{quoted}' port=5432 user=postgres dbname={database} sslmode=disable connect_timeout=60");
        let settings = ConnectionSettings::find(Some(&list), "", &Environment::default());
        settings.ok().flatten().ok_or_else(|| failed("its path is no host name".to_owned()))
    }

    /// Creates the database on the first start.
    async fn create_database(&self) -> Result<(), EmbeddedError> {
        let done = self.directory.join(MADE);
        if done.exists() {
            return Ok(());
        }
        let failed = |reason: String| EmbeddedError::Start { path: self.directory.clone(), reason };
        let settings = self.settings_for("postgres")?;
        let (client, connection) = settings
            .config("limbeck")
            .connect(tokio_postgres::NoTls)
            .await
            .map_err(|error| failed(describe(&error)))?;
        let driver = tokio::spawn(connection);
        match client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).await {
            Ok(()) => {}
            // A start that was interrupted behind this statement.
            Err(error) if error.code().is_some_and(|code| code.code() == "42P04") => {}
            Err(error) => return Err(failed(describe(&error))),
        }
        drop(client);
        let _ = driver.await;
        std::fs::write(&done, format!("{DATABASE}\n")).map_err(|error| failed(error.to_string()))
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        let Some(server) = self.server.get_mut().take() else { return };
        // Ending it waits for the open connection, and that may belong to a runtime that does not run any more.
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            drop(server);
            let _ = sender.send(());
        });
        let _ = receiver.recv_timeout(Duration::from_secs(3));
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("directory", &self.directory).finish_non_exhaustive()
    }
}

fn private_directory(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

fn describe(error: &tokio_postgres::Error) -> String {
    DatabaseError::from_session(error).to_string()
}
