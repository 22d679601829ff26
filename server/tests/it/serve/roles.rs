//! Every call asks for its role; the requests are made from the table of routes, so that none is forgotten.

use limbeck::serve::{Access, table};
use limbeck_core::document::Role;

use super::http::Request;
use super::site::{Directory, Site, TOKEN, UNREACHABLE};

#[test]
fn every_call_is_in_the_documentation() {
    let text = include_str!("../../../../docs/http.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    for route in table() {
        let call = format!("{} {}", route.method, route.path);
        assert!(rows.iter().any(|row| row.starts_with(&format!("| `{call}`"))), "{call} is not in docs/http.md");
    }
    assert_eq!(rows.len(), table().len(), "docs/http.md has a call that the server has not");
}

fn each_route(site: &Site) -> Vec<(String, Access, Request)> {
    let routes: Vec<_> = table()
        .into_iter()
        .map(|route| {
            let path = route.path.replace("{id}", "1");
            let mut request = site.request(route.method.as_str(), &path);
            if route.method == "POST" {
                request = request.json(&serde_json::json!({}));
            }
            (format!("{} {path}", route.method), route.access, request)
        })
        .collect();
    assert!(routes.len() >= 12, "the table is there");
    routes
}

#[test]
fn without_a_token_only_the_open_calls_answer() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, access, request) in each_route(&site) {
        let answer = request.send();
        match access {
            Access::AtLeast(_) => {
                assert_eq!((answer.status, answer.code().as_str()), (401, "not-allowed"), "{name}");
                assert!(answer.header("www-authenticate").is_some(), "{name}");
            }
            Access::Anyone => assert_ne!(answer.status, 401, "{name}"),
        }
    }
}

#[test]
fn a_wrong_token_is_no_better_than_none() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, access, request) in each_route(&site) {
        if access != Access::Anyone {
            assert_eq!(request.bearer(&format!("{TOKEN}x")).send().status, 401, "{name}");
        }
    }
}

#[test]
fn a_viewer_reads_and_changes_nothing() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, access, request) in each_route(&site) {
        let answer = request.bearer(&site.viewer).send();
        let refused = matches!(access, Access::AtLeast(role) if role > Role::Viewer);
        assert_eq!(answer.status == 403, refused, "{name}: {}", answer.status);
        if refused {
            assert_eq!(answer.code(), "not-allowed", "{name}");
        }
    }
}

#[test]
fn an_editor_writes_and_runs_nothing() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, access, request) in each_route(&site) {
        let answer = request.bearer(&site.editor).send();
        assert_eq!(answer.status == 403, access == Access::AtLeast(Role::Operator), "{name}: {}", answer.status);
    }
    let body = serde_json::json!({"message": "more", "heads": ["c"]});
    let written = site.request("POST", "/api/revisions").bearer(&site.editor).json(&body).send().expect(201).json();
    assert!(site.directory.path().join(written["path"].as_str().expect("a path")).exists(), "{written}");
}

#[test]
fn an_operator_is_never_refused_for_the_role() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, _, request) in each_route(&site) {
        let status = request.bearer(TOKEN).send().status;
        assert!(![401, 403].contains(&status), "{name}: {status}");
    }
}

#[test]
fn a_body_that_is_not_json_is_refused_before_it_is_read() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, _, request) in each_route(&site) {
        if name.starts_with("POST") {
            for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let request = request.clone().without("Content-Type").header("Content-Type", kind);
                assert_eq!(request.bearer(TOKEN).send().status, 415, "{name} as {kind}");
            }
        }
    }
}

#[test]
fn a_body_that_is_not_what_the_call_takes_is_refused_with_a_document() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for body in ["", "{", "[]", "null", "{\"digest\":1}", "\u{0}", "{\"direction\":\"sideways\"}"] {
        let request = site.request("POST", "/api/runs").bearer(TOKEN).header("Content-Type", "application/json");
        let answer = request.body(body).send();
        assert_eq!((answer.status, answer.code().as_str()), (400, "usage"), "{body:?}");
    }
    let large = format!("{{\"digest\":\"{}\"}}", "x".repeat(5 << 20));
    let request = site.request("POST", "/api/runs").bearer(TOKEN).header("Content-Type", "application/json");
    assert_eq!(request.body(large).send().status, 413);
}

#[test]
fn no_call_is_without_its_headers() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (name, _, request) in each_route(&site) {
        let answer = request.bearer(TOKEN).header("Origin", format!("http://127.0.0.1:{}", site.port)).send();
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{name}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{name}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{name}");
        assert!(
            answer.header("content-security-policy").is_some_and(|csp| csp.contains("default-src 'none'")),
            "{name}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), None, "{name}");
        if name.contains("/api/") {
            assert!(
                answer
                    .header("cache-control")
                    .is_some_and(|cache| cache.starts_with("no-") || cache.contains("private")),
                "{name}"
            );
        }
    }
}
