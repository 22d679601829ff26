//! Opening a connection: TLS as the settings ask for it, the task that drives it, and what it says beside its answers.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Connection, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::DatabaseError;
use super::error::is_tls;
use crate::connection::{ConnectionSettings, TlsMode, connector};

/// How many notices of the server wait for somebody to read them; more are dropped.
const NOTICES: usize = 256;

/// A connection whose driver runs.
pub(super) struct Opened {
    pub(super) client: Client,
    pub(super) canceller: Canceller,
    pub(super) driver: AbortHandle,
    pub(super) notices: mpsc::Receiver<Notice>,
    pub(super) last_words: Arc<Mutex<Option<String>>>,
    pub(super) server_version: String,
}

/// A message that the server sends beside its answers.
pub(super) struct Notice {
    pub(super) severity: String,
    pub(super) message: String,
}

/// What it takes to cancel a statement from outside its connection.
#[derive(Clone)]
pub(super) struct Canceller {
    token: CancelToken,
    tls: Option<MakeRustlsConnect>,
}

impl Canceller {
    /// Asks the server to cancel what the connection runs now; that it arrives is not certain.
    pub(super) async fn cancel(&self) {
        let asking = async {
            match &self.tls {
                Some(tls) => self.token.cancel_query(tls.clone()).await,
                None => self.token.cancel_query(NoTls).await,
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(5), asking).await;
    }
}

impl Opened {
    /// Connects as the settings say, within their limit of time.
    pub(super) async fn new_for(settings: &ConnectionSettings, application_name: &str) -> Result<Self, DatabaseError> {
        let config = settings.config(application_name);
        let opening = async {
            let connector = if settings.tls() == TlsMode::Disable { None } else { Some(connector(settings)?) };
            let first = Self::new(&config, settings.tls().driver_mode(), connector.clone()).await;
            // What libpq does: `prefer` does without TLS where it cannot be had, `allow` does with it where it must be.
            let second = match (&first, settings.tls()) {
                (Err(error), TlsMode::Prefer) if is_tls(error) || is_refused(error) => Some(SslMode::Disable),
                (Err(error), TlsMode::Allow) if is_refused(error) => Some(SslMode::Require),
                _ => None,
            };
            let opened = match second {
                // The first error says more where the second attempt fails too.
                Some(mode) => Self::new(&config, mode, connector).await.or(first),
                None => first,
            };
            opened.map_err(|error| DatabaseError::from_connecting(&error, settings))
        };
        match settings.connect_timeout() {
            // The driver's own limit ends with the socket; a server can fall silent behind it.
            Some(limit) => {
                let limit = limit.saturating_mul(u32::try_from(config.get_hosts().len().max(1)).unwrap_or(1));
                let server = settings.server().to_owned();
                let late = |_| DatabaseError::TimedOut { server, seconds: limit.as_secs() };
                tokio::time::timeout(limit, opening).await.map_err(late)?
            }
            None => opening.await,
        }
    }

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
        let driver = tokio::spawn(async move {
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
        Self { client, canceller, driver: driver.abort_handle(), notices, last_words, server_version }
    }
}

/// The server's `pg_hba.conf` has no line for this kind of connection.
fn is_refused(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == "28000")
}
