//! `GET /api/project`: settings, files, findings.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::serve::access::{Identity, role_name};
use crate::serve::error::ApiError;
use crate::serve::negotiate::{self, Encoding};
use crate::serve::server::Server;

/// Answers with the project as it lies on the disk now, or with 304.
pub(crate) async fn get(
    State(server): State<Arc<Server>>,
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let snapshot = server.projects.current().await?;
    let role = identity.role;
    // The document says what its reader may do, so each role has a content of its own.
    let tag = format!("{}-{}", snapshot.etag, role_name(role));
    let encoding = negotiate::accepted(&headers).gzip.then_some(Encoding::Gzip);
    let render = move || match encoding {
        Some(_) => snapshot.gzip(role),
        None => snapshot.json(role).map(Bytes::from),
    };
    let body = tokio::task::spawn_blocking(render)
        .await
        .map_err(|_| ApiError::internal("the project could not be written"))??;
    Ok(negotiate::answer(
        &headers,
        &tag,
        encoding,
        body,
        [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
            (header::VARY, HeaderValue::from_static("accept-encoding, authorization, cookie")),
        ],
    ))
}
