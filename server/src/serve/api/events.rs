//! `GET /api/runs/N/events`: what happens in a run, as it happens.
//!
//! The number of an event in its run, from 1, is its id: a reader that was cut off names the last one it saw and
//! misses none. The stream ends behind the last event; a browser that comes back after it is told to stay away.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use limbeck_core::document;
use tokio::sync::watch;

use super::runs::find;
use crate::serve::error::ApiError;
use crate::serve::runs::Entry;
use crate::serve::server::Server;

/// A line is sent at least so often, so that a connection that broke is noticed on both ends.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Answers with the events behind the one that the reader saw last.
pub(crate) async fn get(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let entry = find(&server, &id)?;
    let last_id = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let seen = last_id.and_then(|id| id.trim().parse::<usize>().ok());
    let (left, ended) = entry.events_after(seen.unwrap_or(0));
    if seen.is_some() && ended && left.is_empty() {
        // 204 is the only answer after which an EventSource does not ask again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let events = follow(entry, seen.unwrap_or(0));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

struct Reader {
    entry: Arc<Entry>,
    length: watch::Receiver<usize>,
    seen: usize,
    waiting: VecDeque<document::Event>,
}

/// Returns the events behind the first `seen`, those to come included.
fn follow(entry: Arc<Entry>, seen: usize) -> impl Stream<Item = Result<Event, Infallible>> {
    let length = entry.length();
    // Nobody has seen what did not happen yet.
    let seen = seen.min(*length.borrow());
    stream::unfold(Reader { entry, length, seen, waiting: VecDeque::new() }, |mut reader| async move {
        loop {
            if let Some(event) = reader.waiting.pop_front() {
                reader.seen += 1;
                let message = Event::default().id(reader.seen.to_string()).event("event");
                // Only a map whose keys are no text has no JSON; an event holds none.
                let message = message.json_data(&event).unwrap_or_default();
                return Some((Ok(message), reader));
            }
            // Marked as seen before looking, so that what comes in between wakes the wait below.
            reader.length.borrow_and_update();
            let (events, ended) = reader.entry.events_after(reader.seen);
            if events.is_empty() && (ended || reader.length.changed().await.is_err()) {
                return None;
            }
            reader.waiting.extend(events);
        }
    })
}
