//! What can go wrong between Limbeck and a server, said so that the reader knows what to do next.

use std::error::Error as _;
use std::io;

use limbeck_core::document::FailureDetail;
use tokio_postgres::error::{DbError, ErrorPosition};

use super::embedded::EmbeddedError;
use crate::connection::{ConnectionSettings, SettingsError, TlsError};

/// An error that the server raised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (SQLSTATE {sqlstate})")]
pub struct SqlFailure {
    /// Five characters, for example `42P01`.
    pub sqlstate: String,
    /// Primary message.
    pub message: String,
    /// Secondary message.
    pub detail: Option<String>,
    /// What the server suggests.
    pub hint: Option<String>,
    /// Where in the query, in characters from 1.
    pub position: Option<u32>,
    /// Call stack of functions, innermost first.
    pub context: Option<String>,
}

impl From<&DbError> for SqlFailure {
    fn from(error: &DbError) -> Self {
        Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            position: match error.position() {
                Some(ErrorPosition::Original(position)) => Some(*position),
                _ => None,
            },
            context: error.where_().map(str::to_owned),
        }
    }
}

impl SqlFailure {
    /// Says whether the session is over with this error.
    fn ends_session(&self) -> bool {
        matches!(self.sqlstate.as_str(), "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04")
            || self.sqlstate.starts_with("08")
    }
}

/// Why a database does not answer as it should. No message holds a password.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The settings do not say which database.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Nothing listens there.
    #[error("cannot connect to {server}: {reason}")]
    Unreachable {
        /// Host and port, or socket.
        server: String,
        /// What the operating system says.
        reason: String,
    },
    /// The host name does not resolve.
    #[error("cannot connect to {server}: no such host")]
    UnknownHost {
        /// Host and port.
        server: String,
    },
    /// No answer in time.
    #[error("cannot connect to {server}: no answer within {seconds} s")]
    TimedOut {
        /// Host and port.
        server: String,
        /// The limit.
        seconds: u64,
    },
    /// The server wants a password and there is none.
    #[error("{server} asks for a password for {user}, and none was given")]
    NoPassword {
        /// Host and port.
        server: String,
        /// Role.
        user: String,
    },
    /// Wrong password.
    #[error("{server} does not accept the password of {user}")]
    WrongPassword {
        /// Host and port.
        server: String,
        /// Role.
        user: String,
    },
    /// No such database.
    #[error("{server} has no database '{database}'")]
    UnknownDatabase {
        /// Host and port.
        server: String,
        /// Its name.
        database: String,
    },
    /// No such role.
    #[error("{server} has no role '{role}'")]
    UnknownRole {
        /// Host and port.
        server: String,
        /// Its name.
        role: String,
    },
    /// The server turns the connection away, for example by `pg_hba.conf`.
    #[error("{server} does not admit this connection: {reason}")]
    NotAdmitted {
        /// Host and port.
        server: String,
        /// What the server says.
        reason: String,
    },
    /// Takes writes or does not, against `target_session_attrs`.
    #[error("{server} is not of the kind that was asked for: it {is}")]
    WrongKind {
        /// Host and port.
        server: String,
        /// What it does.
        is: &'static str,
    },
    /// Full, starting up or shutting down.
    #[error("{server} takes no connections now: {reason}")]
    Busy {
        /// Host and port.
        server: String,
        /// What the server says.
        reason: String,
    },
    /// No TLS, or a certificate that does not verify.
    #[error("no TLS with {server}: {reason}")]
    Tls {
        /// Host and port.
        server: String,
        /// What is wrong.
        reason: String,
    },
    /// Certificate files that cannot be used.
    #[error(transparent)]
    TlsSettings(#[from] TlsError),
    /// The connection broke.
    #[error("the connection to the server is gone: {reason}")]
    Gone {
        /// What the server or the operating system said last.
        reason: String,
    },
    /// The role lacks a privilege.
    #[error("{0}")]
    NoPermission(Box<SqlFailure>),
    /// The version table cannot be one.
    #[error("{table} is no version table: {reason}")]
    NotAVersionTable {
        /// Its name.
        table: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing to create the version table in.
    #[error("there is no schema {}to create {table} in", schema.as_ref().map(|schema| format!("{schema} ")).unwrap_or_default())]
    NoSchema {
        /// The schema that the settings name, as SQL names it.
        schema: Option<String>,
        /// Name of the version table.
        table: String,
    },
    /// The server raised another error.
    #[error("{0}")]
    Sql(Box<SqlFailure>),
    /// The driver does not understand the server.
    #[error("unexpected answer of the server: {0}")]
    Protocol(String),
    /// The embedded Postgres does not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
}

impl DatabaseError {
    /// Returns the code of the contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoPermission(_) | Self::NotAVersionTable { .. } | Self::NoSchema { .. } | Self::Sql(_) => "sql",
            _ => "connection",
        }
    }

    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Settings(error) => return error.hint(),
            Self::Unreachable { .. } => "is the server running, and are host and port right?",
            Self::UnknownHost { .. } => "check the spelling of the host, and the network",
            Self::TimedOut { .. } => "check host, port and firewall; connect_timeout=SECONDS in the URL waits longer",
            Self::NoPassword { .. } => "set PGPASSWORD or DATABASE_PASSWORD, or write a line into ~/.pgpass",
            Self::WrongPassword { .. } => "check user and password; special characters in a URL are percent-encoded",
            Self::UnknownDatabase { database, .. } => {
                return Some(format!("create it with `createdb {}`, or name another", shell_word(database)));
            }
            Self::UnknownRole { role, .. } => {
                let role = shell_word(role);
                return Some(format!("create it with `createuser {role}`, or name another user in the URL"));
            }
            Self::NotAdmitted { .. } => "check user and sslmode against pg_hba.conf on the server",
            Self::WrongKind { .. } => "name a server of that kind, or leave out target_session_attrs",
            Self::Busy { .. } => "try again in a moment",
            Self::Tls { .. } => "sslmode=disable connects without TLS; sslrootcert=FILE names a certificate to trust",
            Self::TlsSettings(_) => "check sslrootcert, sslcert and sslkey",
            Self::Gone { .. } => "see whether the server is up, then `limbeck current` says where the database is",
            Self::NoPermission(failure) => {
                return Some(
                    failure
                        .hint
                        .clone()
                        .unwrap_or_else(|| "connect as a role that may do this, or GRANT it".to_owned()),
                );
            }
            Self::NotAVersionTable { .. } => "name another table as version_table in limbeck.toml",
            Self::NoSchema { schema: Some(schema), .. } => {
                return Some(format!(
                    "CREATE SCHEMA {schema}, or name another as version_table_schema in limbeck.toml"
                ));
            }
            Self::NoSchema { .. } => "create a schema, or name one as version_table_schema in limbeck.toml",
            Self::Sql(failure) => return failure.hint.clone(),
            Self::Protocol(_) => {
                "is there a Postgres at that address, and no pooler in between that changes the protocol?"
            }
            Self::Embedded(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }

    /// Says whether the connection is over.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone { .. })
    }

    /// Returns the failure as it leaves Limbeck.
    pub fn detail(&self) -> FailureDetail {
        FailureDetail {
            code: self.code().to_owned(),
            message: self.to_string(),
            hint: self.hint(),
            candidates: Vec::new(),
        }
    }

    /// Returns what the driver's error means on an open connection.
    pub(crate) fn from_session(error: &tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            let failure = SqlFailure::from(error);
            return match failure.sqlstate.as_str() {
                _ if failure.ends_session() => Self::Gone { reason: failure.message },
                "42501" => Self::NoPermission(Box::new(failure)),
                _ => Self::Sql(Box::new(failure)),
            };
        }
        let cause = error.source().map(ToString::to_string);
        let input_output = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        if error.is_closed() || input_output.is_some() {
            return Self::Gone { reason: cause.unwrap_or_else(|| "the server closed it".to_owned()) };
        }
        Self::Protocol(cause.unwrap_or_else(|| error.to_string()))
    }

    /// Returns what the driver's error means for an attempt to connect.
    pub(crate) fn from_connecting(error: &tokio_postgres::Error, settings: &ConnectionSettings) -> Self {
        let server = settings.server().to_owned();
        let user = settings.user().map_or_else(|| "the operating system's user".to_owned(), |user| format!("'{user}'"));
        if let Some(error) = error.as_db_error() {
            let reason = error.message().to_owned();
            return match error.code().code() {
                "28P01" => Self::WrongPassword { server, user },
                "3D000" => {
                    Self::UnknownDatabase { server, database: settings.database().unwrap_or_default().to_owned() }
                }
                "28000" => match missing_role(&reason) {
                    Some(role) => Self::UnknownRole { server, role: role.to_owned() },
                    None => Self::NotAdmitted { server, reason },
                },
                "53300" | "57P01" | "57P02" | "57P03" => Self::Busy { server, reason },
                _ => Self::Sql(Box::new(SqlFailure::from(error))),
            };
        }
        let cause = error.source();
        let reason = cause.map_or_else(|| error.to_string(), ToString::to_string);
        if is_tls(error) {
            return Self::Tls { server, reason };
        }
        if reason == "password missing" {
            return Self::NoPassword { server, user };
        }
        match cause.and_then(|cause| cause.downcast_ref::<io::Error>()) {
            Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Self::Unreachable { server, reason: "connection refused".to_owned() }
            }
            Some(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::Unreachable { server, reason: "there is no such socket".to_owned() }
            }
            Some(error) if error.kind() == io::ErrorKind::TimedOut => {
                Self::TimedOut { server, seconds: settings.connect_timeout().map_or(0, |limit| limit.as_secs()) }
            }
            // The driver's own, which nobody else makes without a number of the operating system.
            Some(error) if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() => {
                let writes = reason == "database is not read only";
                Self::WrongKind { server, is: if writes { "takes writes" } else { "is read-only" } }
            }
            // The resolver's errors have no kind of their own.
            Some(_) if reason.contains("lookup address") => Self::UnknownHost { server },
            Some(error) if error.raw_os_error().is_none() && error.kind() != io::ErrorKind::UnexpectedEof => {
                Self::Unreachable { server, reason: "what answers there is no Postgres".to_owned() }
            }
            Some(_) => Self::Unreachable { server, reason },
            None if error.is_closed() => {
                Self::Unreachable { server, reason: "the server closed the connection".to_owned() }
            }
            None => Self::Unreachable { server, reason },
        }
    }
}

/// Says whether the driver failed in the TLS handshake; its kind of error is private, its text is not.
pub(super) fn is_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error performing TLS handshake")
}

/// Returns the role that the server does not have, where that is what its words say; the SQLSTATE says less.
fn missing_role(reason: &str) -> Option<&str> {
    reason.strip_prefix("role \"")?.strip_suffix("\" does not exist")
}

fn shell_word(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) && !text.is_empty() {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
