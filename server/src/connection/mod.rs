//! Which database is meant, and how to reach it: URL, environment, `.env`, password file, TLS.
//!
//! Nothing here opens a connection; nothing here ever shows a password.

mod dot_env;
mod environment;
mod parameters;
mod password_file;
mod precedence;
mod settings;
mod tls;

pub use environment::Environment;
pub use precedence::Source;
pub use settings::{ConnectionSettings, SettingsError};
pub use tls::{TlsError, TlsMode};

pub(crate) use environment::beside;
pub(crate) use tls::connector;
