//! `GET /api/database`: where the database stands, or why it cannot be asked.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use limbeck_core::document;

use crate::serve::error::ApiError;
use crate::serve::server::Server;

/// Answers with 200 also when the database does not answer: the reason is part of the document.
pub(crate) async fn get(State(server): State<Arc<Server>>) -> Result<Json<document::Database>, ApiError> {
    let snapshot = server.projects.current().await?;
    Ok(Json(server.look(&snapshot).await))
}
