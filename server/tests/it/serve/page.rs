//! The page out of the binary: paths, kinds, caches.

use super::site::{Directory, Site, UNREACHABLE};

#[test]
fn every_path_of_the_page_is_the_page() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let index = site.request("GET", "/").send().expect(200);
    assert_eq!(index.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(index.header("cache-control"), Some("no-cache"));
    assert!(index.text().to_ascii_lowercase().starts_with("<!doctype html>"));
    for path in ["/history", "/plan", "/revision/v1.2", "/plan?target=heads", "/revision/caf%C3%A9", "/apiary"] {
        assert_eq!(site.request("GET", path).send().expect(200).body, index.body, "{path}");
    }
}

#[test]
fn what_is_not_there_is_not_the_page() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for path in ["/page-0000000000000000.js", "/favicon.png", "/assets/x.wasm"] {
        site.request("GET", path).send().expect(404);
    }
    for path in ["/api", "/api/", "/api/nothing", "/api/runs/1/nothing", "/api/project/x.js"] {
        let answer = site.get(path).send().expect(404);
        assert_eq!(answer.code(), "usage", "{path}");
        // The place that the hint names is there, and holds what it says.
        let hint = answer.json()["error"]["hint"].as_str().expect("a hint").to_owned();
        let file = hint.split(' ').find(|word| word.ends_with(".md")).expect("a file of the documentation");
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = std::fs::read_to_string(&source).expect("the file is there");
        assert!(text.contains("`GET /api/project`"), "{}", source.display());
    }
}

#[test]
fn no_path_leads_out_of_the_page() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    site.directory.write("secret.txt", "geheim");
    let absolute = site.directory.path().join("limbeck.toml");
    for path in [
        "/../limbeck.toml",
        "/../../../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/....//....//etc/passwd",
        "/index.html/../../secret.txt",
        "/..\\..\\secret.txt",
        "/index.html%00.txt",
        "//etc/passwd",
        &format!("/{}", absolute.display()),
    ] {
        let answer = site.request("GET", path).send();
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("root:") && !text.contains("geheim"), "{path}: {text}");
        assert!([200, 400, 404].contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[test]
fn a_page_that_did_not_change_is_not_sent_again() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let index = site.request("GET", "/").send().expect(200);
    // A server without its page sends a note that is no part of it, and no tag.
    if let Some(tag) = index.header("etag") {
        let again = site.request("GET", "/").header("If-None-Match", tag).send().expect(304);
        assert!(again.body.is_empty());
    } else {
        assert!(index.text().contains("cargo xtask run"), "{}", index.text());
    }
}

#[test]
fn head_is_get_without_the_body() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let head = site.request("HEAD", "/").send().expect(200);
    assert_eq!(head.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(head.body.is_empty());
}

#[test]
fn nothing_can_be_sent_to_the_page() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        assert_eq!(site.request(method, "/history").send().expect(405).header("allow"), Some("GET, HEAD"));
    }
    let answer = site.request("PUT", "/api/runs").send().expect(405);
    assert_eq!(answer.code(), "usage");
}

#[test]
fn liveness_needs_no_token() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    assert_eq!(site.request("GET", "/healthz").send().expect(200).text(), "ok\n");
}
