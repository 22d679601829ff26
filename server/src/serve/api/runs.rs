//! `/api/runs`: carries out reviewed plans, and says how far they are.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::{Extension, Json};
use limbeck_core::document::{FORMAT, Run, RunRequest, Runs};

use super::plan::plan;
use crate::database::Cancel;
use crate::serve::access::Identity;
use crate::serve::error::ApiError;
use crate::serve::execution;
use crate::serve::json;
use crate::serve::runs::Entry;
use crate::serve::server::Server;

type Location = [(HeaderName, HeaderValue); 1];

/// Answers with the runs that this server remembers, newest first.
pub(crate) async fn list(State(server): State<Arc<Server>>) -> Json<Runs> {
    Json(Runs { format: FORMAT, runs: server.runs.newest_first() })
}

/// Answers with one run.
pub(crate) async fn get(State(server): State<Arc<Server>>, Path(id): Path<String>) -> Result<Json<Run>, ApiError> {
    Ok(Json(find(&server, &id)?.snapshot()))
}

/// Starts a run, when the plan made now from disk and database is the one that was reviewed.
pub(crate) async fn start(
    State(server): State<Arc<Server>>,
    Extension(identity): Extension<Identity>,
    json::Json(request): json::Json<RunRequest>,
) -> Result<(StatusCode, Location, Json<Run>), ApiError> {
    let reservation = server.runs.reserve()?;
    let snapshot = server.projects.current().await?;
    let (turn, standing) = server.database.turn(&snapshot.project).await?;
    let plan = plan(Arc::clone(&snapshot), standing, request.direction, request.target.clone()).await?;
    if plan.digest != request.digest {
        let message = "the plan is no longer the one that was reviewed";
        return Err(ApiError::new(StatusCode::CONFLICT, "stale-plan", message)
            .hint("look at the plan as it is now, and start that one")
            .digest(plan.digest));
    }
    if let Some(blocked) = plan.blocked_by() {
        let code = if blocked.code == "irreversible" { "irreversible" } else { "sql" };
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, format!("the plan is blocked: {blocked}"))
            .hint("look at the findings of the plan"));
    }
    // From here on the run is the server's: that the request goes away changes nothing.
    let (handle, cancel) = Cancel::new();
    let entry = server.runs.enter(&request, plan.clone(), &identity.name, handle)?;
    let run = entry.snapshot();
    let location = HeaderValue::try_from(format!("/api/runs/{}", run.id))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    tokio::spawn(execution::carry_out(server, snapshot, entry, plan, cancel, turn, reservation));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(run)))
}

/// Asks a run to stop; one that has ended stays as it is.
pub(crate) async fn cancel(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let entry = find(&server, &id)?;
    entry.cancel();
    Ok((StatusCode::ACCEPTED, Json(entry.snapshot())))
}

/// Returns the run that a path names.
pub(super) fn find(server: &Server, id: &str) -> Result<Arc<Entry>, ApiError> {
    let entry = id.parse().ok().and_then(|id| server.runs.get(id));
    entry.ok_or_else(|| {
        ApiError::not_found("this server knows no such run")
            .hint("it forgets runs with every start; `GET /api/runs` lists them")
    })
}
