//! Refusals and failures of the API, as the JSON document of the contract.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use limbeck_core::document::{FORMAT, Failure, FailureDetail, StalePlan};
use limbeck_core::project::{NewRevisionError, PlanError};
use limbeck_core::revision;

/// What an API call answers when it does not do what was asked.
#[derive(Debug, Clone)]
pub(crate) struct ApiError(Box<Refusal>);

/// Boxed, so that a result that is mostly no error stays small.
#[derive(Debug, Clone)]
struct Refusal {
    status: StatusCode,
    detail: FailureDetail,
    /// The plan as it is now, where another one had been reviewed.
    digest: Option<String>,
    /// Seconds after which it is worth trying again.
    retry_after: Option<u32>,
}

impl ApiError {
    /// Returns a failure with a code of the contract.
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self::from_detail(
            status,
            FailureDetail { code: code.to_owned(), message: message.into(), hint: None, candidates: Vec::new() },
        )
    }

    /// Returns a failure that is described already.
    pub(crate) fn from_detail(status: StatusCode, detail: FailureDetail) -> Self {
        Self(Box::new(Refusal { status, detail, digest: None, retry_after: None }))
    }

    /// Returns a 400: the request itself is malformed.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "usage", message)
    }

    /// Returns a 404.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "usage", message)
    }

    /// Returns a 500 for what only a defect of Limbeck can cause.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.detail.hint = Some(hint.into());
        self
    }

    /// Adds the digest of the plan as it is now.
    pub(crate) fn digest(mut self, digest: impl Into<String>) -> Self {
        self.0.digest = Some(digest.into());
        self
    }

    /// Says when to try again.
    pub(crate) fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let Refusal { status, detail, digest, retry_after } = *self.0;
        let mut response = match digest {
            Some(digest) => (status, Json(StalePlan { format: FORMAT, error: detail, digest })).into_response(),
            None => (status, Json(Failure::from(detail))).into_response(),
        };
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<PlanError> for ApiError {
    fn from(error: PlanError) -> Self {
        refused(error.code(), error.to_string(), error.hint(), error.candidates())
    }
}

impl From<NewRevisionError> for ApiError {
    fn from(error: NewRevisionError) -> Self {
        // The options of the command line are none of who reads this; the fields of the body are.
        let hint = match &error {
            NewRevisionError::NotAHead { id, .. } => Some(format!("stand on a head; `splice` opens a branch at {id}")),
            NewRevisionError::Revision(revision::Error::MultipleHeads { .. }) => {
                Some("stand on one of them, or on `heads` to merge them".to_owned())
            }
            NewRevisionError::DependsOnBase => Some("leave it out of `depends_on`".to_owned()),
            NewRevisionError::Id(_) => Some("use letters, digits and underscores, or leave out `id`".to_owned()),
            NewRevisionError::UnusableId { .. } => Some("leave out `id` to get a new one".to_owned()),
            NewRevisionError::Message(_) => Some("say in a line what the revision does".to_owned()),
            _ => error.hint(),
        };
        refused(error.code(), error.to_string(), hint, error.candidates())
    }
}

/// Returns a 422: what was asked for is understood and has no answer.
fn refused(code: &str, message: String, hint: Option<String>, candidates: Vec<String>) -> ApiError {
    let detail = FailureDetail { code: code.to_owned(), message, hint, candidates };
    ApiError::from_detail(StatusCode::UNPROCESSABLE_ENTITY, detail)
}
