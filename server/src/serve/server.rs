//! What all calls share.

use std::sync::Arc;

use limbeck_core::PostgresVersion;
use limbeck_core::document::{self, FailureDetail};

use super::access::Access;
use super::database::Gate;
use super::error::ApiError;
use super::project::{Projects, Snapshot};
use super::runs::{Entry, Runs};
use super::{Options, ServeError};
use crate::database::{DatabaseError, Embedded, Target};
use crate::disk::relative;
use crate::terminal::escape;

/// One server: its project, its database, its runs, and who may use them.
pub(crate) struct Server {
    pub(crate) access: Access,
    pub(crate) projects: Projects,
    pub(crate) database: Gate,
    pub(crate) runs: Runs,
    /// Held by who writes into the directory.
    pub(crate) writing: tokio::sync::Mutex<()>,
}

impl Server {
    /// Returns a server that nobody can use yet, with the embedded Postgres at work if no other was named.
    pub(crate) async fn start(options: &Options, port: u16) -> Result<Self, ServeError> {
        let target = match &options.database {
            Some(settings) => Target::from(settings.clone()),
            None => Target::Embedded(Arc::new(
                Embedded::start(options.directory.path()).await.map_err(DatabaseError::from)?,
            )),
        };
        Ok(Self {
            access: Access::new(port),
            projects: Projects::new(options.directory.clone()),
            database: Gate::new(target),
            runs: Runs::new(),
            writing: tokio::sync::Mutex::default(),
        })
    }

    /// Returns what whoever starts the server wants to see first.
    pub(crate) async fn describe(&self) -> Vec<(&'static str, String)> {
        let directory = relative(self.projects.directory().path());
        let mut serving = escape::line(&directory).into_owned();
        if let Ok(snapshot) = self.projects.current().await {
            let graph = snapshot.project.graph();
            let heads = graph.heads();
            let names: Vec<_> = heads.iter().map(|head| graph.node(*head).id.as_str()).collect();
            let (revisions, word) = (counted(graph.len(), "revision"), if heads.len() == 1 { "head" } else { "heads" });
            serving.push_str(&format!(": {revisions}"));
            if !names.is_empty() {
                serving.push_str(&format!(", {word} {}", escape::line(&names.join(", "))));
            }
            if snapshot.project.is_broken() {
                serving.push_str("; the history is broken, `limbeck validate` says where");
            }
        }
        let database = self.database.describe();
        vec![("serving", serving), ("database", escape::line(&database).into_owned())]
    }

    /// Returns why the database that is served cannot be asked, where it cannot.
    pub(crate) async fn database_error(&self) -> Option<FailureDetail> {
        let snapshot = self.projects.current().await.ok()?;
        self.look(&snapshot, false).await.error
    }

    /// Returns where the database stands, from the run at work or from the database itself, with its schema if that is
    /// wanted.
    pub(crate) async fn look(&self, snapshot: &Snapshot, with_schema: bool) -> document::Database {
        let mut current = self.runs.current();
        tokio::select! {
            biased;
            entry = at_work(&mut current) => self.database.during(&entry, &snapshot.project, with_schema),
            document = self.database.look(&snapshot.project, &snapshot.etag, with_schema) => document,
        }
    }

    /// Returns the version rows, from the run at work or from the database itself, and which version its server is.
    pub(crate) async fn standing(&self, snapshot: &Snapshot) -> Result<(Vec<String>, PostgresVersion), ApiError> {
        let document = self.look(snapshot, false).await;
        match document.error {
            Some(error) => Err(ApiError::from_detail(axum::http::StatusCode::BAD_GATEWAY, error)),
            None => {
                let version = document.server_version.as_deref().and_then(PostgresVersion::of_server);
                Ok((document.rows, version.unwrap_or_default()))
            }
        }
    }
}

/// Returns the run at work, as soon as there is one.
async fn at_work(current: &mut tokio::sync::watch::Receiver<Option<Arc<Entry>>>) -> Arc<Entry> {
    loop {
        // One that has told its end leaves in a moment, and its connection is closed.
        if let Some(entry) = current.borrow_and_update().as_ref().filter(|entry| entry.is_at_work()) {
            return Arc::clone(entry);
        }
        if current.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
