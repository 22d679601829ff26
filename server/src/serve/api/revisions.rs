//! `POST /api/revisions`: a new revision or merge file.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use limbeck_core::document::{NewFile, NewRevision};

use crate::directory::WriteError;
use crate::serve::error::ApiError;
use crate::serve::json::Json;
use crate::serve::server::Server;

/// Writes the file, unless the history is no longer the one that its author saw.
pub(crate) async fn create(
    State(server): State<Arc<Server>>,
    Json(request): Json<NewRevision>,
) -> Result<(StatusCode, axum::Json<NewFile>), ApiError> {
    // Both are held to the end, so that of two who saw the same history only one writes: within this server, and of
    // this server and a command.
    let _writing = server.writing.lock().await;
    let directory = server.projects.directory().clone();
    let locking = directory.clone();
    let _lock = tokio::task::spawn_blocking(move || locking.lock())
        .await
        .map_err(|_| ApiError::internal("the directory could not be locked"))?
        .map_err(|error| unwritten(&error))?;
    let snapshot = server.projects.current().await?;
    if request.etag.as_ref().is_some_and(|seen| *seen != snapshot.etag) {
        let message = "the history moved since this revision was prepared";
        return Err(ApiError::new(StatusCode::CONFLICT, "stale-plan", message).hint("load the history again, and look"));
    }
    let mut random = [0; 6];
    getrandom::fill(&mut random).map_err(|error| ApiError::internal(error.to_string()))?;
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let write = move || {
        let file = snapshot.project.new_revision(&request, random, &now).map_err(ApiError::from)?;
        directory.write_new(&file.path, &file.text).map_err(|error| unwritten(&error))?;
        Ok::<NewFile, ApiError>(file)
    };
    let file = tokio::task::spawn_blocking(write)
        .await
        .map_err(|_| ApiError::internal("the revision could not be written"))??;
    Ok((StatusCode::CREATED, axum::Json(file)))
}

fn unwritten(error: &WriteError) -> ApiError {
    match error {
        WriteError::Exists { .. } => ApiError::new(StatusCode::CONFLICT, "usage", error.to_string()),
        WriteError::Outside { .. } => ApiError::malformed(error.to_string()),
        WriteError::Busy { .. } => {
            ApiError::new(StatusCode::CONFLICT, "lock-held", error.to_string()).hint("try again when it has ended")
        }
        WriteError::Io { .. } => ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "not-allowed", error.to_string())
            .hint("let the user that runs `limbeck serve` write there"),
    }
}
