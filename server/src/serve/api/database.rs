//! `GET /api/database?schema=true`: where the database stands and what it holds, or why it cannot be asked.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use limbeck_core::document;
use serde::Deserialize;

use crate::serve::error::ApiError;
use crate::serve::query::Query;
use crate::serve::server::Server;

/// What is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// With the schema, which is the default; who only follows the version rows does without.
    schema: Option<bool>,
}

/// Answers with 200 also when the database does not answer: the reason is part of the document.
pub(crate) async fn get(
    State(server): State<Arc<Server>>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<document::Database>, ApiError> {
    let snapshot = server.projects.current().await?;
    Ok(Json(server.look(&snapshot, wanted.schema.unwrap_or(true)).await))
}
