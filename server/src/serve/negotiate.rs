//! Encodings and entity tags: what a client accepts, and whether it has the content already.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// The encodings that a client accepts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) brotli: bool,
    pub(crate) gzip: bool,
}

/// Reads `Accept-Encoding`; `q=0` is a no, other weights are not ranked.
pub(crate) fn accepted(headers: &HeaderMap) -> Accepted {
    let mut accepted = Accepted::default();
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    for part in values.flat_map(|value| value.split(',')) {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("br") => accepted.brotli = !refused,
            name if name.eq_ignore_ascii_case("gzip") => accepted.gzip = !refused,
            _ => {}
        }
    }
    accepted
}

/// Answers with a body, or with 304 when the client has it. `tag` changes with the content; each encoding has an entity
/// tag of its own.
pub(crate) fn answer<const N: usize>(
    request: &HeaderMap,
    tag: &str,
    encoding: Option<Encoding>,
    body: Bytes,
    headers: [(HeaderName, HeaderValue); N],
) -> Response {
    let tag = match encoding {
        Some(encoding) => format!("\"{tag}-{}\"", encoding.name()),
        None => format!("\"{tag}\""),
    };
    let mut response =
        if matches(request, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let answered = response.status();
    let target = response.headers_mut();
    // Bytes::into_response says octet-stream; the given type replaces it, and a 304 keeps none.
    target.remove(header::CONTENT_TYPE);
    for (name, value) in headers {
        if answered == StatusCode::NOT_MODIFIED && name == header::CONTENT_TYPE {
            continue;
        }
        target.insert(name, value);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        target.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding.filter(|_| answered != StatusCode::NOT_MODIFIED) {
        target.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    response
}

/// Whether `If-None-Match` names the entity tag.
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().trim_start_matches("W/"))
        .any(|value| value == tag || value == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_accepted_when_it_is_named_and_not_refused() {
        for (value, brotli, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("GZIP;q=1.0, br;q=0", false, true),
            ("br ; q=0.5", true, false),
            ("identity", false, false),
            ("", false, false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepted(&headers), Accepted { brotli, gzip }, "{value}");
        }
    }

    #[test]
    fn a_known_entity_tag_is_answered_without_a_body() {
        for (value, known) in [
            ("\"1-br\"", true),
            ("W/\"1-br\"", true),
            ("\"0\", \"1-br\"", true),
            ("*", true),
            ("\"1\"", false),
            ("1-br", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
            let response = answer(&headers, "1", Some(Encoding::Brotli), Bytes::from_static(b"x"), []);
            assert_eq!(response.status() == StatusCode::NOT_MODIFIED, known, "{value}");
        }
    }
}
