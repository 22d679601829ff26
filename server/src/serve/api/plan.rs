//! `GET /api/plan?direction=upgrade&target=heads`: the plan from where the database stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use limbeck_core::PostgresVersion;
use limbeck_core::document::{Direction, Plan};
use serde::Deserialize;

use crate::serve::error::ApiError;
use crate::serve::project::Snapshot;
use crate::serve::query::Query;
use crate::serve::server::Server;

/// What is to be planned; the defaults are those of the command line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    direction: Option<Direction>,
    target: Option<String>,
}

/// Answers with the plan that `POST /api/runs` would make now.
pub(crate) async fn get(
    State(server): State<Arc<Server>>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Plan>, ApiError> {
    let direction = wanted.direction.unwrap_or(Direction::Upgrade);
    let target = wanted.target.unwrap_or_else(|| {
        let default = match direction {
            Direction::Upgrade => "heads",
            Direction::Downgrade => "-1",
        };
        default.to_owned()
    });
    let snapshot = server.projects.current().await?;
    let standing = server.standing(&snapshot).await?;
    plan(snapshot, standing, direction, target).await.map(Json)
}

/// Returns a plan; made on a thread of its own, because a long history takes its time.
pub(super) async fn plan(
    snapshot: Arc<Snapshot>,
    (rows, version): (Vec<String>, PostgresVersion),
    direction: Direction,
    target: String,
) -> Result<Plan, ApiError> {
    tokio::task::spawn_blocking(move || snapshot.project.plan_on(version, &rows, direction, &target))
        .await
        .map_err(|_| ApiError::internal("the plan could not be made"))?
        .map_err(ApiError::from)
}
