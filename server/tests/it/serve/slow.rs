//! Clients that send slowly: they wait, the others do not.

use std::time::{Duration, Instant};

use serde_json::json;

use super::http::{Request, Stalled};
use super::site::{Directory, Site, TOKEN, UNREACHABLE};

/// More than the requests that the server works on at once.
const MANY: usize = 70;

fn login(site: &Site) -> Request {
    site.request("POST", "/api/session").json(&json!({"token": TOKEN}))
}

#[test]
fn strangers_who_never_finish_a_body_stop_nobody() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    site.get("/api/project").send().expect(200);
    let stalled: Vec<Stalled> = (0..MANY).map(|_| login(&site).stall()).collect();
    let start = Instant::now();
    site.request("GET", "/healthz").send().expect(200);
    site.request("GET", "/").send().expect(200);
    site.get("/api/project").send().expect(200);
    login(&site).send().expect(204);
    assert!(start.elapsed() < Duration::from_secs(4), "before the first of them gives up: {:?}", start.elapsed());
    drop(stalled);
}

#[test]
fn a_login_that_never_ends_is_ended() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let start = Instant::now();
    assert_eq!(login(&site).stall().answer().status, 400);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[test]
fn a_stranger_is_refused_before_the_body_is_read() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let start = Instant::now();
    let request = site.request("POST", "/api/runs").json(&json!({"digest": "x"}));
    assert_eq!(request.stall().answer().status, 401);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[test]
fn a_login_is_small() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let large = json!({"token": "x".repeat(20_000)});
    let answer = site.request("POST", "/api/session").json(&large).send().expect(413);
    assert_eq!(answer.code(), "usage");
}
