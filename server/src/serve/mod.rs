//! `limbeck serve`: the page and the API below `/api/` (section 5 of the contract).
//!
//! ```text
//! listen ─ guard (Host, site) ─ routes (role) ─ api/* ─┬─ project    the files, read again when they change
//!                             └ assets (the page)      ├─ database   one connection at a time
//!                                                      └─ runs       one at a time, each with its events
//! ```

mod access;
mod api;
mod assets;
mod browser;
mod database;
mod error;
mod execution;
mod guard;
mod headers;
mod json;
mod listen;
mod negotiate;
mod project;
mod query;
mod routes;
mod runs;
mod server;

use std::io::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

use limbeck_core::document::{self, FORMAT, Role};

pub use self::listen::{DEFAULT_PORT, ListenError};
pub use self::routes::{Access, Route, table};

use self::guard::Hosts;
pub(crate) use self::guard::allowed_host;
use self::listen::Sockets;
use self::server::Server;
use crate::connection::ConnectionSettings;
use crate::database::DatabaseError;
use crate::directory::Directory;
use crate::terminal::{Terminal, Verbosity, escape};

/// A token that a person chose is at least so long, in characters.
const SHORTEST_TOKEN: usize = 16;

/// What to serve, and to whom.
#[derive(Debug, Clone)]
pub struct Options {
    /// The migrations.
    pub directory: Directory,
    /// Their database; without one the embedded Postgres.
    pub database: Option<ConnectionSettings>,
    /// A loopback address instead of both.
    pub bind: Option<IpAddr>,
    /// Without one [`DEFAULT_PORT`], or the next that is free; 0 for any.
    pub port: Option<u16>,
    /// Names besides the loopback ones under which browsers may ask, with or without a port.
    pub allowed_hosts: Vec<String>,
    /// The operator's token (`LIMBECK_TOKEN`); never printed. Without one a new token is made, and printed.
    pub token: Option<String>,
    /// Makes a token for reading, too, and prints it.
    pub viewer: bool,
    /// Makes a token for writing revisions without running them, too, and prints it.
    pub editor: bool,
    /// Opens a browser that is signed in.
    pub open: bool,
    /// Prints the addresses as a JSON document.
    pub json: bool,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No socket.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The embedded Postgres does not start.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// `LIMBECK_TOKEN` can be guessed, or cannot be sent.
    #[error("LIMBECK_TOKEN is not at least {SHORTEST_TOKEN} visible ASCII characters")]
    WeakToken,
    /// The operating system has no entropy.
    #[error("no random token can be made: {0}")]
    Random(#[from] getrandom::Error),
    /// The addresses cannot be printed, or signals not be waited for.
    #[error("cannot serve: {0}")]
    Io(#[from] std::io::Error),
}

impl ServeError {
    /// Returns the code of the contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Listen(ListenError::NotLoopback(_)) | Self::WeakToken => "usage",
            Self::Database(error) => error.code(),
            Self::Listen(_) | Self::Random(_) | Self::Io(_) => "connection",
        }
    }

    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Listen(error) => Some(error.hint().to_owned()),
            Self::Database(error) => error.hint(),
            Self::WeakToken => Some("take the output of `openssl rand -hex 32`, or unset it to get a token".to_owned()),
            Self::Random(_) | Self::Io(_) => None,
        }
    }
}

/// Serves until Ctrl-C or SIGTERM. A run that is at work then stops at its next safe point, before the server ends; a
/// second signal ends it at once.
///
/// # Errors
/// The server does not start. A database that cannot be reached is no reason: the page says so.
pub async fn run(options: Options) -> Result<(), ServeError> {
    let weak = |token: &String| token.len() < SHORTEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic());
    if options.token.as_ref().is_some_and(weak) {
        return Err(ServeError::WeakToken);
    }
    let mut signals = Signals::new()?;
    let sockets = Sockets::bind(options.bind, options.port).await?;
    let server = Arc::new(Server::start(&options, sockets.port()).await?);

    let address = sockets.address();
    announce(&server, &options, &address).await?;
    if !assets::has_page() {
        eprintln!("this limbeck was built without its page; `cargo xtask run` builds it with one");
    }
    if options.open {
        let token = access::new_secret()?;
        server.access.add_one_time(&token, Role::Operator);
        browser::open(&format!("{address}#token={token}"));
    }

    // Nobody waits for it: the page says it too, and asks again.
    let first_look = tokio::spawn({
        let server = Arc::clone(&server);
        async move {
            if let Some(error) = server.database_error().await {
                eprintln!("the database does not answer: {}", escape::line(&error.message));
                if let Some(hint) = &error.hint {
                    eprintln!("hint: {}", escape::line(hint));
                }
            }
        }
    });

    let router = routes::router(&server, Hosts::new(sockets.port(), &options.allowed_hosts));
    let (tell, told) = tokio::sync::oneshot::channel();
    let serving = async {
        let end = async {
            let _ = told.await;
            server.runs.close().await;
        };
        sockets.serve(router, end).await;
        first_look.abort();
        server.database.close().await
    };
    let signalled = async {
        signals.next().await;
        eprintln!("stopping");
        let _ = tell.send(());
        signals.next().await;
        eprintln!("stopping at once");
    };
    tokio::select! {
        closed = serving => Ok(closed?),
        () = signalled => Ok(()),
    }
}

/// Prints what is served, and the addresses to open.
async fn announce(server: &Server, options: &Options, address: &str) -> Result<(), ServeError> {
    let operator = match &options.token {
        Some(token) => {
            server.access.add(token, Role::Operator);
            address.to_owned()
        }
        None => signed_in(server, address, Role::Operator)?,
    };
    let sign_in = |wanted: bool, role| wanted.then(|| signed_in(server, address, role)).transpose();
    let (editor, viewer) = (sign_in(options.editor, Role::Editor)?, sign_in(options.viewer, Role::Viewer)?);
    if options.json {
        let address = address.to_owned();
        let document = document::Serving { format: FORMAT, address, open: operator, edit: editor, read_only: viewer };
        Terminal { json: true, verbosity: Verbosity::Normal }.document(&document)?;
        return Ok(());
    }
    let mut lines = server.describe().await;
    let note = if options.token.is_some() { " with the token of LIMBECK_TOKEN" } else { "" };
    lines.push(("open", format!("{operator}{note}")));
    lines.extend(editor.map(|editor| ("edit only", editor)));
    lines.extend(viewer.map(|viewer| ("read only", viewer)));
    Ok(print(&lines)?)
}

/// Returns an address that signs in with a new token. The fragment stays in the browser: it is in no request and no log.
fn signed_in(server: &Server, address: &str, role: Role) -> Result<String, ServeError> {
    let token = access::new_secret()?;
    server.access.add(&token, role);
    Ok(format!("{address}#token={token}"))
}

fn print(lines: &[(&str, String)]) -> std::io::Result<()> {
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text: String = lines.iter().map(|(name, value)| format!("{name:width$}  {value}\n")).collect();
    text.push_str("Ctrl-C stops the server.\n");
    let mut out = std::io::stdout().lock();
    // At once, so that a reader who stops behind the address does not break the pipe in between.
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Ctrl-C and, where there is such a thing, SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
