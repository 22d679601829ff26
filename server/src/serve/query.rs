//! The extractor of queries, whose refusals are documents of the API.

use std::error::Error;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A query that is a `T`.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                // The innermost says what it is; those around it, by which means it was found.
                let inner = std::iter::successors(Some(&rejection as &dyn Error), |&error| error.source()).last();
                let why = inner.map(ToString::to_string).unwrap_or_default();
                Err(ApiError::malformed(format!("the query is not as expected: {why}"))
                    .hint("see what this call takes; a value stands behind its name and `=`"))
            }
        }
    }
}
