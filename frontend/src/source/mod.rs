//! Where projects come from: a server, or a static site. A folder on disk will answer the same questions.

mod bundle;
mod http;

use limbeck_core::document::{FailureDetail, NewFile, NewRevision, Project, Run, RunRequest, Runs};

pub use bundle::Bundle;
pub use http::{Http, RunEvents, StreamNews};

use crate::model::database::Database;
use bundle::refusal;

/// Why a source did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceError {
    /// Nothing answers at the other end.
    Offline,
    /// The visitor has to sign in first.
    SignedOut,
    /// The answer is no, and why.
    Refused {
        /// HTTP status, where there is one.
        status: u16,
        /// What failed.
        error: FailureDetail,
    },
    /// The answer is not one that this page understands.
    Unreadable(String),
}

impl SourceError {
    /// Returns the error as the page shows every failure.
    pub fn detail(&self) -> FailureDetail {
        let (code, message, hint) = match self {
            Self::Refused { error, .. } => return error.clone(),
            Self::Offline => (
                "offline",
                "the server does not answer".to_owned(),
                "Start it again with `limbeck serve` and open the address that it prints: its token is a new one.",
            ),
            Self::SignedOut => (
                "signed-out",
                "this browser is not signed in".to_owned(),
                "Open the address that `limbeck serve` printed; it carries a token.",
            ),
            Self::Unreadable(why) => (
                "unreadable",
                format!("the server's answer cannot be read: {why}"),
                "Reload the page: it may be older than the server.",
            ),
        };
        FailureDetail { code: code.into(), message, hint: Some(hint.into()), candidates: vec![] }
    }
}

/// A place that projects come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// `limbeck serve`.
    Http(Http),
    /// What `limbeck export --site` wrote: one project to read, without a database.
    Bundle(Bundle),
}

impl Source {
    /// Returns whether a database and a server's files stand behind it; without them nothing is written or run.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Http(_))
    }

    /// Returns settings, files and role.
    pub async fn project(&self) -> Result<Project, SourceError> {
        // One way for both, so that what reads the document is in the page once.
        let path = match self {
            Self::Http(_) => "api/project",
            Self::Bundle(bundle) => &bundle.path,
        };
        Http.get(path).await.map_err(|error| match self {
            Self::Http(_) => error,
            Self::Bundle(bundle) => bundle.explain(&error),
        })
    }

    /// Returns what changes with the project's files, without the files.
    pub async fn etag(&self) -> Result<String, SourceError> {
        match self {
            Self::Http(http) => http.etag("api/project").await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Returns where the database stands, without its schema.
    pub async fn database(&self) -> Result<Database, SourceError> {
        match self {
            Self::Http(http) => http.get("api/database?schema=false").await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Writes a new revision or merge.
    pub async fn create(&self, revision: &NewRevision) -> Result<NewFile, SourceError> {
        match self {
            Self::Http(http) => http.post("api/revisions", revision).await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Starts a reviewed plan.
    pub async fn start(&self, request: &RunRequest) -> Result<Run, SourceError> {
        match self {
            Self::Http(http) => http.post("api/runs", request).await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Returns what ran, newest first.
    pub async fn runs(&self) -> Result<Runs, SourceError> {
        match self {
            Self::Http(http) => http.get("api/runs").await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Returns one run with its plan and what happened so far.
    pub async fn run(&self, id: u64) -> Result<Run, SourceError> {
        match self {
            Self::Http(http) => http.get(&format!("api/runs/{id}")).await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Stops a run after its current statement.
    pub async fn cancel(&self, id: u64) -> Result<(), SourceError> {
        match self {
            Self::Http(http) => http.tell(&format!("api/runs/{id}/cancel"), &serde_json::Value::Null).await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Tells a run's events from its first one on, until the stream is dropped.
    pub fn events(&self, id: u64, listen: impl Fn(StreamNews) + 'static) -> Result<RunEvents, SourceError> {
        match self {
            Self::Http(http) => http.events(id, listen),
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Exchanges a token for a session.
    pub async fn sign_in(&self, token: &str) -> Result<(), SourceError> {
        match self {
            Self::Http(http) => http.tell("api/session", &serde_json::json!({ "token": token })).await,
            Self::Bundle(_) => Err(refusal()),
        }
    }

    /// Ends the session.
    pub async fn sign_out(&self) -> Result<(), SourceError> {
        match self {
            Self::Http(http) => http.delete("api/session").await,
            Self::Bundle(_) => Err(refusal()),
        }
    }
}
