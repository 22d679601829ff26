//! The page, sent in the form that the browser likes best.
//!
//! A request can only name what stands in the table, so there is no path that leads out of it.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::negotiate::{self, Encoding};
use crate::page::{self, File, INDEX, find};

/// What stands for the page in a binary that was built without one.
const NO_PAGE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Limbeck</title>\n\
    <h1>This limbeck was built without its page</h1>\n\
    <p>Run <code>cargo xtask run</code> in Limbeck's source: it builds the page and puts it into the program.\n\
    The API below <code>/api/</code> works.</p>\n";

/// Returns the text of the page that the browser loads first.
pub(crate) fn index() -> &'static str {
    page::index().unwrap_or(NO_PAGE)
}

/// Whether the page is part of this binary.
pub(crate) fn has_page() -> bool {
    page::index().is_some()
}

/// Answers every request that no route of the API takes: with a file of the page, or with the page itself, which reads
/// the path on its own.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::not_found("the API has no such call")
            .hint(
                "docs/http.md lists the calls; \
                 a page that asks for another one is of another version: reload it",
            )
            .into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        let refusal = (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], "only GET and HEAD\n");
        return refusal.into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = find(name) {
        return send(file, &headers);
    }
    if is_file_name(name) {
        return (StatusCode::NOT_FOUND, "there is no such file in the page\n").into_response();
    }
    match find(INDEX) {
        Some(file) => send(file, &headers),
        None => {
            let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
            ([kind, (header::CACHE_CONTROL, "no-cache")], NO_PAGE).into_response()
        }
    }
}

/// Whether a path asks for a file; paths of the page itself may hold dots too, as revision ids do.
fn is_file_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| content_type(extension).is_some())
}

fn send(file: &'static File, headers: &HeaderMap) -> Response {
    let accepted = negotiate::accepted(headers);
    let choice = match (file.brotli, file.gzip, file.plain) {
        (Some(bytes), _, _) if accepted.brotli => (Some(Encoding::Brotli), Bytes::from_static(bytes)),
        (_, Some(bytes), _) if accepted.gzip => (Some(Encoding::Gzip), Bytes::from_static(bytes)),
        (_, _, Some(bytes)) => (None, Bytes::from_static(bytes)),
        _ => match file.content() {
            Ok(content) => (None, Bytes::from(content.into_owned())),
            Err(_) => return (StatusCode::INTERNAL_SERVER_ERROR, "a file of the page is damaged\n").into_response(),
        },
    };
    let (encoding, body) = choice;
    let extension = file.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let kind = content_type(extension).unwrap_or("application/octet-stream");
    let cache = if is_hashed(file.path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    negotiate::answer(
        headers,
        file.digest,
        encoding,
        body,
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ],
    )
}

/// Whether the name holds the digest of the content, as Trunk writes it: a new content has a new name.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.split(['-', '_', '.']).any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn content_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// gzip of `hello`, as `printf hello | gzip -n9` makes it.
    const HELLO: &[u8] =
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0, 0];
    static LARGE: File = File { path: "a.wasm", digest: "d", plain: None, brotli: Some(b"br"), gzip: Some(HELLO) };
    static SMALL: File = File { path: "a.svg", digest: "d", plain: Some(b"hello"), brotli: None, gzip: None };

    fn accepting(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[tokio::test]
    async fn a_file_is_sent_in_the_best_form_that_the_client_reads() {
        for (file, accepts, encoding, body) in [
            (&LARGE, "gzip, br", Some("br"), &b"br"[..]),
            (&LARGE, "gzip", Some("gzip"), HELLO),
            (&LARGE, "identity", None, b"hello"),
            (&SMALL, "gzip, br", None, b"hello"),
        ] {
            let response = send(file, &accepting(accepts));
            let sent =
                response.headers().get(header::CONTENT_ENCODING).map(|encoding| encoding.to_str().expect("ASCII"));
            assert_eq!(sent, encoding, "{} for {accepts}", file.path);
            let bytes = axum::body::to_bytes(response.into_body(), 100).await.expect("a body");
            assert_eq!(&bytes[..], body, "{} for {accepts}", file.path);
        }
    }

    #[test]
    fn each_form_has_its_own_entity_tag() {
        let tag = |accepts| send(&LARGE, &accepting(accepts)).headers().get(header::ETAG).cloned();
        assert_ne!(tag("br"), tag("gzip"));
        assert_ne!(tag("gzip"), tag("identity"));
    }

    #[test]
    fn every_file_of_the_page_can_be_sent() {
        for file in page::files() {
            assert_eq!(send(file, &HeaderMap::new()).status(), StatusCode::OK, "{}", file.path);
        }
    }

    #[test]
    fn a_name_with_a_digest_is_told_from_one_without() {
        for (path, hashed) in [
            ("page-2c1d3f9a8b7e6f50.js", true),
            ("page-2c1d3f9a8b7e6f50_bg.wasm", true),
            ("snippets/x-2c1d3f9a8b7e6f50/inline0.js", false),
            ("index.html", false),
            ("worker.js", false),
            ("bibliographically.js", false),
        ] {
            assert_eq!(is_hashed(path), hashed, "{path}");
        }
    }

    #[test]
    fn a_path_of_the_page_is_told_from_a_file() {
        for (name, file) in [("history", false), ("revision/v1.2", false), ("old-0000.js", true), ("favicon.ico", true)]
        {
            assert_eq!(is_file_name(name), file, "{name}");
        }
    }
}
