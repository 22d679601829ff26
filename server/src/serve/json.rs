//! The extractor of JSON bodies, whose refusals are documents of the API.

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A body that is the JSON of a `T`.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(refuse(&rejection)),
        }
    }
}

fn refuse(rejection: &JsonRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "usage", "the body is larger than this server takes")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => not_json(),
        _ => ApiError::malformed(format!("the body is not as expected: {}", rejection.body_text())),
    }
}

/// Answers a body that is not declared as JSON.
pub(crate) fn not_json() -> ApiError {
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "usage", "a body must be application/json")
        .hint("send `Content-Type: application/json`")
}
