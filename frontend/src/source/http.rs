//! `limbeck serve` as a source: JSON over fetch, events over server-sent events.

use gloo::events::EventListener;
use limbeck_core::document::{Event, Failure, FailureDetail};
use reqwasm::http::{Method, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast as _;

use super::SourceError;

/// The server below whose address this page was loaded. Every path is relative to the document's base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http;

impl Http {
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, SourceError> {
        read(answer(Request::get(path)).await?).await
    }

    /// Returns the `ETag` of what a path would answer.
    pub(super) async fn etag(&self, path: &str) -> Result<String, SourceError> {
        let response = answer(Request::new(path).method(Method::HEAD)).await?;
        Ok(response.headers().get("etag").unwrap_or_default())
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, SourceError> {
        read(answer(with_json(Request::post(path), body)?).await?).await
    }

    /// Posts where the answer's body does not matter.
    pub(super) async fn tell(&self, path: &str, body: &impl Serialize) -> Result<(), SourceError> {
        answer(with_json(Request::post(path), body)?).await.map(drop)
    }

    pub(super) async fn delete(&self, path: &str) -> Result<(), SourceError> {
        answer(Request::delete(path)).await.map(drop)
    }

    pub(super) fn events(&self, id: u64, listen: impl Fn(StreamNews) + 'static) -> Result<RunEvents, SourceError> {
        RunEvents::open(&format!("api/runs/{id}/events"), listen)
    }
}

fn with_json(request: Request, body: &impl Serialize) -> Result<Request, SourceError> {
    let text = serde_json::to_string(body).map_err(|error| SourceError::Unreadable(error.to_string()))?;
    Ok(request.header("Content-Type", "application/json").body(text))
}

async fn answer(request: Request) -> Result<Response, SourceError> {
    let response = request.header("Accept", "application/json").send().await.map_err(|_| SourceError::Offline)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    if status == 401 {
        return Err(SourceError::SignedOut);
    }
    let text = response.text().await.unwrap_or_default();
    let error = match serde_json::from_str::<Failure>(&text) {
        Ok(failure) => failure.error,
        Err(_) => FailureDetail {
            code: "http".into(),
            message: format!("the server answered with status {status}"),
            hint: None,
            candidates: vec![],
        },
    };
    Err(SourceError::Refused { status, error })
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, SourceError> {
    let text = response.text().await.map_err(|_| SourceError::Offline)?;
    serde_json::from_str(&text).map_err(|error| SourceError::Unreadable(error.to_string()))
}

/// What comes over a stream of events.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamNews {
    /// An event and its number, from 1 on.
    Event(u64, Event),
    /// The connection broke; the browser opens it again by itself.
    Interrupted,
    /// The connection broke and will not come back.
    Closed,
}

/// An open stream of events; dropping it closes the connection.
pub struct RunEvents {
    stream: web_sys::EventSource,
    _listeners: [EventListener; 2],
}

impl RunEvents {
    fn open(path: &str, listen: impl Fn(StreamNews) + 'static) -> Result<Self, SourceError> {
        let stream = web_sys::EventSource::new(path).map_err(|_| SourceError::Offline)?;
        let listen = std::rc::Rc::new(listen);
        let tell = listen.clone();
        let messages = EventListener::new(&stream, "event", move |message| {
            let Some(message) = message.dyn_ref::<web_sys::MessageEvent>() else { return };
            let id = message.last_event_id().parse().unwrap_or_default();
            if let Some(event) = message.data().as_string().and_then(|text| serde_json::from_str(&text).ok()) {
                tell(StreamNews::Event(id, event));
            }
        });
        let opened = stream.clone();
        let errors = EventListener::new(&stream, "error", move |_| {
            let closed = opened.ready_state() == web_sys::EventSource::CLOSED;
            listen(if closed { StreamNews::Closed } else { StreamNews::Interrupted });
        });
        Ok(Self { stream, _listeners: [messages, errors] })
    }
}

impl Drop for RunEvents {
    fn drop(&mut self) {
        self.stream.close();
    }
}
