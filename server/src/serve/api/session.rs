//! `POST /api/session`: a token for a cookie. `DELETE /api/session`: the end of it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use crate::serve::error::ApiError;
use crate::serve::json::Json;
use crate::serve::server::Server;

/// Body of the login.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    token: String,
}

type SetCookie = (StatusCode, [(header::HeaderName, HeaderValue); 1]);

/// Trades a token for a session.
pub(crate) async fn login(State(server): State<Arc<Server>>, Json(login): Json<Login>) -> Result<SetCookie, ApiError> {
    let cookie = server.access.login(&login.token)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

/// Ends the session that the request belongs to.
pub(crate) async fn logout(State(server): State<Arc<Server>>, headers: HeaderMap) -> Result<SetCookie, ApiError> {
    let cookie = server.access.logout(&headers)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}
