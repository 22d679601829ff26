//! The database side: one connection, the version table, the lock between runs, and the runs themselves.
//!
//! A [`Database`] is one connection, never a pool, so that the embedded Postgres serves too.

mod embedded;
mod error;
mod lock;
mod run;
mod session;
mod stamp;
mod version_table;

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedMutexGuard, mpsc};
use tokio_postgres::config::SslMode;
use tokio_postgres::{
    AsyncMessage, CancelToken, Client, Connection, NoTls, SimpleQueryMessage, SimpleQueryRow, Socket,
};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use embedded::{Embedded, EmbeddedError};
pub use error::{DatabaseError, SqlFailure};
pub use run::{Cancel, CancelHandle, Place, RunError, RunFailure, RunOptions, RunReport, run};
pub use stamp::{ensure_version_table, stamp};
pub use version_table::VersionTable;

use crate::connection::{ConnectionSettings, TlsMode, connector};

/// How many notices of the server wait for somebody to read them; more are dropped.
const NOTICES: usize = 256;

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

/// A message that the server sends beside its answers.
pub(crate) struct Notice {
    pub(crate) severity: String,
    pub(crate) message: String,
}

/// What it takes to cancel a statement from outside its connection.
#[derive(Clone)]
pub(crate) struct Canceller {
    token: CancelToken,
    tls: Option<MakeRustlsConnect>,
}

impl Canceller {
    /// Asks the server to cancel what the connection runs now; that it arrives is not certain.
    pub(crate) async fn cancel(&self) {
        let asking = async {
            match &self.tls {
                Some(tls) => self.token.cancel_query(tls.clone()).await,
                None => self.token.cancel_query(NoTls).await,
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(5), asking).await;
    }
}

impl Database {
    /// Connects. `application_name` is what `pg_stat_activity` shows, unless the settings name another.
    pub async fn connect(target: &Target, application_name: &str) -> Result<Self, DatabaseError> {
        match target {
            Target::Url(settings) => Self::open(settings, target, application_name, None).await,
            Target::Embedded(embedded) => {
                let turn = embedded.turn().await?;
                let settings = embedded.settings().await?;
                Self::open(&settings, target, application_name, Some(turn)).await
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

    async fn open(
        settings: &ConnectionSettings,
        target: &Target,
        application_name: &str,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Result<Self, DatabaseError> {
        let config = settings.config(application_name);
        let opening = async {
            let connector = if settings.tls() == TlsMode::Disable { None } else { Some(connector(settings)?) };
            let first = Opened::new(&config, settings.tls().driver_mode(), connector.clone()).await;
            // What libpq does: `prefer` does without TLS where it cannot be had, `allow` does with it where it must be.
            let second = match (&first, settings.tls()) {
                (Err(error), TlsMode::Prefer) if error::is_tls(error) || is_refused(error) => Some(SslMode::Disable),
                (Err(error), TlsMode::Allow) if is_refused(error) => Some(SslMode::Require),
                _ => None,
            };
            let opened = match second {
                // The first error says more where the second attempt fails too.
                Some(mode) => Opened::new(&config, mode, connector).await.or(first),
                None => first,
            };
            opened.map_err(|error| DatabaseError::from_connecting(&error, settings))
        };
        let opened = match settings.connect_timeout() {
            // The driver's own limit ends with the socket; a server can fall silent behind it.
            Some(limit) => {
                let limit = limit * u32::try_from(config.get_hosts().len().max(1)).unwrap_or(1);
                let server = settings.server().to_owned();
                let late = |_| DatabaseError::TimedOut { server, seconds: limit.as_secs() };
                tokio::time::timeout(limit, opening).await.map_err(late)??
            }
            None => opening.await?,
        };
        let mut database = Self {
            client: opened.client,
            canceller: (!target.is_embedded()).then_some(opened.canceller),
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

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.describe()).finish()
    }
}

/// A connection whose driver runs.
struct Opened {
    client: Client,
    canceller: Canceller,
    notices: mpsc::Receiver<Notice>,
    last_words: Arc<Mutex<Option<String>>>,
    server_version: String,
}

impl Opened {
    async fn new(
        config: &tokio_postgres::Config,
        mode: SslMode,
        connector: Option<MakeRustlsConnect>,
    ) -> Result<Self, tokio_postgres::Error> {
        let mut config = config.clone();
        config.ssl_mode(mode);
        match connector.filter(|_| mode != SslMode::Disable) {
            Some(connector) => {
                let (client, connection) = config.connect(connector.clone()).await?;
                Ok(Self::drive(client, connection, Some(connector)))
            }
            None => {
                let (client, connection) = config.connect(NoTls).await?;
                Ok(Self::drive(client, connection, None))
            }
        }
    }

    fn drive<T>(client: Client, mut connection: Connection<Socket, T>, tls: Option<MakeRustlsConnect>) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // Some vendors append words of their own: `15.18 (Debian 15.18-0+deb12u1)`.
        let version = connection.parameter("server_version").unwrap_or_default();
        let server_version = version.split(' ').next().unwrap_or_default().to_owned();
        let last_words = Arc::new(Mutex::new(None));
        let (sender, notices) = mpsc::channel(NOTICES);
        let canceller = Canceller { token: client.cancel_token(), tls };
        let words = Arc::clone(&last_words);
        tokio::spawn(async move {
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                match message {
                    Ok(AsyncMessage::Notice(notice)) => {
                        // Full means that nobody reads: what is not read is not needed.
                        let (severity, message) = (notice.severity().to_owned(), notice.message().to_owned());
                        let _ = sender.try_send(Notice { severity, message });
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let text = error.as_db_error().map(|error| error.message().to_owned());
                        if let Ok(mut words) = words.lock() {
                            *words = text;
                        }
                        break;
                    }
                }
            }
        });
        Self { client, canceller, notices, last_words, server_version }
    }
}

/// The server's `pg_hba.conf` has no line for this kind of connection.
fn is_refused(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == "28000")
}
