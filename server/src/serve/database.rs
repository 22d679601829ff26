//! The way to the database: one connection at a time, made for what it is needed for.
//!
//! A server that only looks now and then need not hold one open. The embedded Postgres is the exception: a connection
//! to it is dear, it takes only one, and nobody else wants it; so what looked is kept for the next look.
//!
//! Who asks while a run is at work does not wait for its turn: the run itself knows where the database stands.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;
use limbeck_core::PostgresVersion;
use limbeck_core::document::{self, FORMAT, FailureDetail, Schema};
use limbeck_core::project::Project;
use tokio::sync::OwnedMutexGuard;

use super::error::ApiError;
use super::runs::Entry;
use crate::database::{Database, DatabaseError, Target, VersionTable};
use crate::disk::relative;

/// What `pg_stat_activity` shows.
const APPLICATION_NAME: &str = "limbeck serve";

/// The database of a server.
pub(crate) struct Gate {
    target: Target,
    turn: Arc<tokio::sync::Mutex<Held>>,
    /// The turn of those who ask a server for its schema, which may wait for locks: nobody else waits with them.
    reflection: tokio::sync::Mutex<Held>,
    /// As the server reported it last.
    version: Mutex<Option<String>>,
}

/// What only one at a time has.
#[derive(Default)]
struct Held {
    last: Option<Look>,
    /// To the embedded Postgres; nothing but reading was done over it.
    idle: Option<Database>,
}

/// What was last seen, for those who asked at the same time.
struct Look {
    began: Instant,
    etag: String,
    /// The schema was asked for too.
    with_schema: bool,
    document: document::Database,
}

impl Look {
    /// Says whether it answers who asked at that moment.
    fn fits(&self, asked: Instant, etag: &str, with_schema: bool) -> bool {
        self.began >= asked && self.etag == etag && (self.with_schema || !with_schema)
    }

    fn document(&self, with_schema: bool) -> document::Database {
        let mut document = self.document.clone();
        if !with_schema {
            (document.schema, document.schema_error) = (None, None);
        }
        document
    }
}

/// A connection, and the right to have one.
pub(crate) struct Turn {
    pub(crate) database: Database,
    _turn: OwnedMutexGuard<Held>,
}

impl Gate {
    /// Returns the way to a database; nothing is connected yet.
    pub(crate) fn new(target: Target) -> Self {
        Self { target, turn: Arc::default(), reflection: tokio::sync::Mutex::default(), version: Mutex::default() }
    }

    /// Returns which database it is, for whoever starts the server.
    pub(crate) fn describe(&self) -> String {
        match &self.target {
            Target::Url(settings) => format!("{}, named by {}", settings.describe(), settings.source()),
            Target::Embedded(embedded) => {
                format!("the embedded Postgres in {}, as no database is named", relative(embedded.directory()))
            }
        }
    }

    /// Ends the embedded Postgres, where that is the database. Nobody may have a connection any more.
    pub(crate) async fn close(&self) -> Result<(), DatabaseError> {
        let mut turn = self.turn.lock().await;
        turn.idle = None;
        self.target.close().await
    }

    /// Connects, when it is this caller's turn, and returns the version rows, sorted, too.
    pub(crate) async fn turn(
        &self,
        project: &Project,
    ) -> Result<(Turn, (Vec<String>, PostgresVersion)), DatabaseError> {
        let mut turn = Arc::clone(&self.turn).lock_owned().await;
        let (database, rows) = self.ask(turn.idle.take(), project, Database::version_rows).await?;
        let version = PostgresVersion::of_server(database.server_version()).unwrap_or_default();
        Ok((Turn { database, _turn: turn }, (rows, version)))
    }

    /// Returns where the database stands at some moment after this call, with its schema if that is wanted; why it cannot
    /// be asked stands in the document.
    pub(crate) async fn look(&self, project: &Project, etag: &str, with_schema: bool) -> document::Database {
        let asked = Instant::now();
        // The embedded Postgres has one connection for all.
        let apart = with_schema && !self.target.is_embedded();
        let mut turn = if apart { self.reflection.lock().await } else { self.turn.lock().await };
        if let Some(look) = turn.last.as_ref().filter(|look| look.fits(asked, etag, with_schema)) {
            return look.document(with_schema);
        }
        let began = Instant::now();
        if let Some(finding) = project.settings_error() {
            let error = FailureDetail {
                code: "broken-history".to_owned(),
                message: format!("which table holds the version rows is not known: {}", finding.message),
                hint: Some("mend limbeck.toml; `limbeck validate` shows the place".to_owned()),
                candidates: Vec::new(),
            };
            return document::Database { error: Some(error), ..self.document(project, Vec::new(), None) };
        }
        let idle = turn.idle.take();
        let asked = if with_schema {
            self.ask(idle, project, standing_and_schema).await
        } else {
            self.ask(idle, project, standing).await
        };
        let document = match asked {
            Ok((database, Standing { rows, lock_holder, schema })) => {
                turn.idle = self.target.is_embedded().then_some(database);
                let document = self.document(project, rows, lock_holder);
                match schema {
                    None => document,
                    Some(Ok(schema)) => document::Database { schema: Some(Box::new(schema)), ..document },
                    Some(Err(error)) => document::Database { schema_error: Some(error.detail()), ..document },
                }
            }
            Err(error) => {
                *self.version.lock().unwrap_or_else(PoisonError::into_inner) = None;
                document::Database { error: Some(error.detail()), ..self.document(project, Vec::new(), None) }
            }
        };
        turn.last = Some(Look { began, etag: etag.to_owned(), with_schema, document: document.clone() });
        document
    }

    /// Returns where the database stands while a run of this server is at work; there is no schema to be had then.
    pub(crate) fn during(&self, entry: &Entry, project: &Project, with_schema: bool) -> document::Database {
        let holder = format!("run {} of this server", entry.id());
        let schema_error = with_schema.then(|| FailureDetail {
            code: "lock-held".to_owned(),
            message: format!("{holder} is changing the schema"),
            hint: Some("ask again when it has ended".to_owned()),
            candidates: Vec::new(),
        });
        document::Database { schema_error, ..self.document(project, entry.rows(), Some(holder)) }
    }

    /// Asks over the connection that was kept, and over a new one where there is none or it is gone.
    async fn ask<T>(
        &self,
        idle: Option<Database>,
        project: &Project,
        question: impl AsyncFn(&Database, &VersionTable) -> Result<T, DatabaseError>,
    ) -> Result<(Database, T), DatabaseError> {
        let table = VersionTable::from(project.settings());
        if let Some(database) = idle {
            match question(&database, &table).await {
                Ok(answer) => return Ok((database, answer)),
                Err(error) if error.is_gone() => {}
                Err(error) => return Err(error),
            }
        }
        let database = self.connect().await?;
        let answer = question(&database, &table).await?;
        Ok((database, answer))
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
            schema: None,
            schema_error: None,
            journal: None,
            error: None,
        }
    }
}

/// What a database says.
struct Standing {
    rows: Vec<String>,
    lock_holder: Option<String>,
    /// None when it was not asked for; an error when it cannot be had although the database answers.
    schema: Option<Result<Schema, DatabaseError>>,
}

async fn standing(database: &Database, table: &VersionTable) -> Result<Standing, DatabaseError> {
    let rows = database.version_rows(table).await?;
    Ok(Standing { rows, lock_holder: database.lock_holder(table).await?, schema: None })
}

async fn standing_and_schema(database: &Database, table: &VersionTable) -> Result<Standing, DatabaseError> {
    let standing = standing(database, table).await?;
    match database.reflect(table).await {
        Err(error) if error.is_gone() => Err(error),
        schema => Ok(Standing { schema: Some(schema), ..standing }),
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        Self::from_detail(StatusCode::BAD_GATEWAY, error.detail())
    }
}
