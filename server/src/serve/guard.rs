//! Who may talk to the server at all: names that it answers to, and origins that may send.
//!
//! A page elsewhere can make a browser send requests here, and with DNS rebinding even under a name of its own.
//! Only the `Host` check sees the latter: such a request carries no `Origin` and counts as same-origin.

use std::net::Ipv6Addr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;

/// The names under which the server answers.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    /// `host:port` in lower case.
    names: Vec<String>,
    port: u16,
}

impl Hosts {
    /// Returns the loopback names with the port, and what was allowed besides: with a port as it stands, without one
    /// both bare and with the port of the server.
    pub(crate) fn new(port: u16, allowed: &[String]) -> Self {
        let mut names = Vec::new();
        for name in ["localhost", "127.0.0.1", "[::1]"] {
            names.push(format!("{name}:{port}"));
            if port == 80 {
                names.push(name.to_owned());
            }
        }
        for name in allowed {
            let name = name.to_ascii_lowercase();
            if !has_port(&name) {
                names.push(format!("{name}:{port}"));
            }
            names.push(name);
        }
        Self { names, port }
    }

    /// Whether a request asks for one of the names: exactly one `Host`, and an absolute target that agrees with it.
    fn allow(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        let Ok(host) = host.to_str() else { return false };
        let agrees = uri.authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host));
        agrees && self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Returns a name under which browsers may ask as it was given, with a port or without.
///
/// # Errors
/// What such a name looks like, where this is none: nobody could ever ask by it.
pub(crate) fn allowed_host(text: &str) -> Result<String, &'static str> {
    let alone = "write the name alone, with or without a port, as in limbeck.example or limbeck.example:8443";
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)) {
        return Err(alone);
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if has_port(text) => (host, Some(port)),
        _ => (text, None),
    };
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if port.is_some_and(|port| !digits(port) || port.parse::<u16>().is_err()) {
        return Err("a port is a number up to 65535, as in limbeck.example:8443");
    }
    let named = !host.is_empty() && !host.contains([':', '[', ']']);
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match address {
        Some(address) if address.parse::<Ipv6Addr>().is_ok() => Ok(text.to_owned()),
        None if named => Ok(text.to_owned()),
        _ if text.parse::<Ipv6Addr>().is_ok() => Err("an address of IPv6 stands in brackets, as in [2001:db8::1]"),
        _ => Err(alone),
    }
}

/// Whether a host name ends with a port; the colons of a bracketed IPv6 address are none.
fn has_port(name: &str) -> bool {
    let behind_brackets = name.rsplit_once(']').map_or(name, |(_, rest)| rest);
    behind_brackets.contains(':')
}

/// Refuses every request for a name that is not the server's.
pub(crate) async fn check_host(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    if hosts.allow(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    let text = format!(
        "This server does not answer to the name in this request. Open http://127.0.0.1:{}/, \
         or start it with --allowed-host NAME.\n",
        hosts.port
    );
    (StatusCode::MISDIRECTED_REQUEST, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Refuses API reads that another site makes a browser send; the answer could not be read there, but neither shall it
/// be timed.
pub(crate) async fn check_site(request: Request, next: Next) -> Response {
    let foreign = request
        .headers()
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    if foreign && request.uri().path().starts_with("/api/") {
        return cross_origin();
    }
    next.run(request).await
}

/// Answers a request that comes from another site.
pub(crate) fn cross_origin() -> Response {
    ApiError::new(StatusCode::FORBIDDEN, "not-allowed", "the request comes from another site").into_response()
}

/// Whether a request that writes may carry the body that it declares: none, or JSON.
pub(crate) fn is_json_or_empty(headers: &HeaderMap) -> bool {
    match headers.get(header::CONTENT_TYPE) {
        None => {
            let empty = headers.get(header::CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0");
            empty && !headers.contains_key(header::TRANSFER_ENCODING)
        }
        Some(kind) => kind.to_str().is_ok_and(|kind| {
            let essence = kind.split_once(';').map_or(kind, |(essence, _)| essence);
            essence.trim().eq_ignore_ascii_case("application/json")
        }),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn allows(hosts: &Hosts, target: &str, host: &[&[u8]]) -> bool {
        let values = host.iter().map(|host| (header::HOST, HeaderValue::from_bytes(host).expect("a header value")));
        // `HeaderMap::from_iter` would keep only the last of several.
        let mut headers = HeaderMap::new();
        values.for_each(|(name, value): (HeaderName, _)| {
            headers.append(name, value);
        });
        hosts.allow(&target.parse().expect("a request target"), &headers)
    }

    #[test]
    fn only_loopback_names_with_the_port_are_answered() {
        let hosts = Hosts::new(8086, &[]);
        for (host, allowed) in [
            ("127.0.0.1:8086", true),
            ("localhost:8086", true),
            ("LocalHost:8086", true),
            ("[::1]:8086", true),
            ("127.0.0.1", false),
            ("127.0.0.1:80", false),
            ("127.0.0.1:8086:8086", false),
            ("127.0.0.2:8086", false),
            ("127.0.0.1.evil.example:8086", false),
            ("evil.example:8086", false),
            ("localhost.:8086", false),
            ("localhost:08086", false),
            ("localhost:8086@evil.example", false),
            ("user@localhost:8086", false),
            (" localhost:8086", false),
            ("::1:8086", false),
            ("[::1", false),
            ("[", false),
            ("]", false),
            (":", false),
            ("", false),
        ] {
            assert_eq!(allows(&hosts, "/", &[host.as_bytes()]), allowed, "{host:?}");
        }
    }

    #[test]
    fn only_what_a_browser_can_ask_for_can_be_allowed() {
        for name in ["shop", "shop.example", "Shop.example:8443", "my_host", "10.0.0.1:80", "[2001:db8::1]", "[::1]:99"]
        {
            assert_eq!(allowed_host(name).as_deref(), Ok(name));
        }
        for name in [
            "",
            "*",
            "*.example",
            "a b",
            " shop",
            "http://shop/",
            "shop/",
            "shop:",
            "shop:http",
            "shop:+80",
            "shop:65536",
            "shop:1:2",
            "u@shop",
            "::1",
            "[::1",
            "[shop]",
            "[::1]x",
            "bücher.example",
            ":80",
        ] {
            assert!(allowed_host(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn no_host_two_hosts_and_bytes_that_are_no_text_are_refused() {
        let hosts = Hosts::new(8086, &[]);
        assert!(!allows(&hosts, "/", &[]));
        assert!(!allows(&hosts, "/", &[b"localhost:8086", b"localhost:8086"]));
        assert!(!allows(&hosts, "/", &[b"localhost:8086\xff"]));
    }

    #[test]
    fn an_absolute_target_must_agree_with_the_host() {
        let hosts = Hosts::new(8086, &[]);
        assert!(allows(&hosts, "http://localhost:8086/api/project", &[b"localhost:8086"]));
        assert!(!allows(&hosts, "http://evil.example/api/project", &[b"localhost:8086"]));
    }

    #[test]
    fn a_name_that_was_allowed_is_answered_bare_and_with_the_port() {
        let hosts = Hosts::new(8086, &["Shop.internal".to_owned(), "build:99".to_owned(), "[fd00::1]".to_owned()]);
        for (host, allowed) in [
            ("shop.internal", true),
            ("shop.internal:8086", true),
            ("shop.internal:99", false),
            ("build:99", true),
            ("build", false),
            ("[fd00::1]:8086", true),
        ] {
            assert_eq!(allows(&hosts, "/", &[host.as_bytes()]), allowed, "{host:?}");
        }
    }

    #[test]
    fn a_body_is_json_or_not_there() {
        for (kind, length, taken) in [
            (Some("application/json"), "2", true),
            (Some("Application/JSON; charset=utf-8"), "2", true),
            (Some("text/plain"), "2", false),
            (Some("text/plain; application/json"), "2", false),
            (Some("application/x-www-form-urlencoded"), "0", false),
            (Some("application/jsonp"), "2", false),
            (None, "0", true),
            (None, "2", false),
        ] {
            let mut headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from_static(length))]);
            headers.extend(kind.map(|kind| (header::CONTENT_TYPE, HeaderValue::from_static(kind))));
            assert_eq!(is_json_or_empty(&headers), taken, "{kind:?} of {length}");
        }
    }
}
