//! Every call of the API, with the role that it asks for.
//!
//! The table is the only way to add one, and a row cannot be written without its [`Access`].

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use limbeck_core::document::Role;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

use super::access::role_name;
use super::error::ApiError;
use super::guard::{self, Hosts};
use super::server::Server;
use super::{api, assets, headers, json};
use crate::page::Policy;

/// A body larger than this is refused; a revision file with its SQL fits.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// A body must be here after this time, however slowly it comes.
const BODY_DEADLINE: Duration = Duration::from_secs(20);
/// What may be sent, and for how long, by whoever reaches the server: a token.
const STRANGERS_BODY: usize = 16 * 1024;
const STRANGERS_DEADLINE: Duration = Duration::from_secs(5);
/// An answer must begin before this time; a stream of events goes on after it.
const ANSWER_DEADLINE: Duration = Duration::from_secs(60);
/// So many requests of those who are signed in are worked on at once; the others wait. Streams count until they
/// begin. Nobody else takes one of these places: to hold them all, it would be enough to send bodies slowly.
const MOST_REQUESTS: usize = 64;

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever reaches the server.
    Anyone,
    /// Who is signed in with this role, or one that may more.
    AtLeast(Role),
}

/// One call of the API.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET` answers `HEAD` too.
    pub method: Method,
    /// Path with `{…}` for what varies.
    pub path: &'static str,
    /// Who may make it.
    pub access: Access,
    handler: MethodRouter<Arc<Server>>,
}

impl Route {
    fn get<T: 'static>(path: &'static str, access: Access, handler: impl Handler<T, Arc<Server>>) -> Self {
        Self { method: Method::GET, path, access, handler: on(MethodFilter::GET, handler) }
    }

    fn post<T: 'static>(path: &'static str, access: Access, handler: impl Handler<T, Arc<Server>>) -> Self {
        Self { method: Method::POST, path, access, handler: on(MethodFilter::POST, handler) }
    }

    fn delete<T: 'static>(path: &'static str, access: Access, handler: impl Handler<T, Arc<Server>>) -> Self {
        Self { method: Method::DELETE, path, access, handler: on(MethodFilter::DELETE, handler) }
    }
}

/// Returns all calls of the API.
pub fn table() -> Vec<Route> {
    const VIEWER: Access = Access::AtLeast(Role::Viewer);
    const EDITOR: Access = Access::AtLeast(Role::Editor);
    const OPERATOR: Access = Access::AtLeast(Role::Operator);
    vec![
        Route::get("/healthz", Access::Anyone, || async { "ok\n" }),
        Route::post("/api/session", Access::Anyone, api::session::login),
        Route::delete("/api/session", VIEWER, api::session::logout),
        Route::get("/api/project", VIEWER, api::project::get),
        Route::get("/api/database", VIEWER, api::database::get),
        Route::get("/api/plan", VIEWER, api::plan::get),
        Route::post("/api/revisions", EDITOR, api::revisions::create),
        Route::get("/api/runs", VIEWER, api::runs::list),
        Route::post("/api/runs", OPERATOR, api::runs::start),
        Route::get("/api/runs/{id}", VIEWER, api::runs::get),
        Route::post("/api/runs/{id}/cancel", OPERATOR, api::runs::cancel),
        Route::get("/api/runs/{id}/events", VIEWER, api::events::get),
    ]
}

/// Returns the whole server as a service: the calls, the page, and the layers around both.
pub(crate) fn router(server: &Arc<Server>, hosts: Hosts) -> Router {
    let mut router = Router::new();
    let places = GlobalConcurrencyLimitLayer::new(MOST_REQUESTS);
    for Route { path, access, handler, .. } in table() {
        let limited = match access {
            Access::Anyone => handler
                .route_layer(DefaultBodyLimit::max(STRANGERS_BODY))
                .route_layer(RequestBodyDeadlineLayer::new(STRANGERS_DEADLINE)),
            Access::AtLeast(_) => handler.route_layer(places.clone()),
        };
        // The last layer is the first to see the request.
        let guarded = limited.route_layer(from_fn_with_state((Arc::clone(server), access), authorize));
        router = router.route(path, guarded);
    }
    let policy = Policy::of(assets::index()).header();
    // The text is made of fixed words and base64.
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let layers = ServiceBuilder::new()
        .layer(SetSensitiveHeadersLayer::new([header::AUTHORIZATION, header::COOKIE, header::SET_COOKIE]))
        .layer(from_fn_with_state(policy, headers::add))
        .layer(CatchPanicLayer::custom(|_| ApiError::internal("a defect of this server").into_response()))
        .layer(from_fn_with_state(Arc::new(hosts), guard::check_host))
        .layer(from_fn(guard::check_site))
        .layer(CsrfLayer::new().with_rejection_response(|_| guard::cross_origin()))
        .layer(from_fn(answer_in_time))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(RequestBodyDeadlineLayer::new(BODY_DEADLINE));
    router
        .method_not_allowed_fallback(|| async {
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "usage", "the call does not take this method")
        })
        .fallback(assets::serve)
        .layer(layers)
        .with_state(Arc::clone(server))
}

/// Lets a request through to its handler when its sender may make it, and tells the handler who that is.
async fn authorize(
    State((server, access)): State<(Arc<Server>, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Access::AtLeast(needed) = access {
        match server.access.identify(request.headers()) {
            Ok(identity) if identity.role >= needed => {
                request.extensions_mut().insert(identity);
            }
            Ok(identity) => {
                let message =
                    format!("this needs the role {}; you are {}", role_name(needed), role_name(identity.role));
                return ApiError::new(StatusCode::FORBIDDEN, "not-allowed", message).into_response();
            }
            Err(error) => return error.into_response(),
        }
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && !guard::is_json_or_empty(request.headers()) {
        return json::not_json().into_response();
    }
    next.run(request).await
}

async fn answer_in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_DEADLINE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "connection", "the answer took too long")
            .retry_after(5)
            .into_response(),
    }
}
