//! Clients that send slowly: they wait, the others do not.

use serde_json::json;

use super::http::{Request, Stalled};
use super::site::{Directory, Site, TOKEN, UNREACHABLE};

/// More than the requests that the server works on at once.
const MANY: usize = 70;

fn login(site: &Site) -> Request {
    site.request("POST", "/api/session").json(&json!({"token": TOKEN}))
}

/// Rounds in which the others may be too slow, because the machine is busy and the server gives up on the stalled.
const ROUNDS: usize = 10;

#[test]
fn strangers_who_never_finish_a_body_stop_nobody() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    site.get("/api/project").send().expect(200);
    let others_are_first = || {
        let mut stalled: Vec<Stalled> = (0..MANY).map(|_| login(&site).stall()).collect();
        site.request("GET", "/healthz").send().expect(200);
        site.request("GET", "/").send().expect(200);
        site.get("/api/project").send().expect(200);
        login(&site).send().expect(204);
        stalled.iter_mut().all(Stalled::is_waiting)
    };
    assert!((0..ROUNDS).any(|_| others_are_first()), "nobody was answered before the stalled were given up");
}

#[test]
fn a_login_that_never_ends_is_ended() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    assert_eq!(login(&site).stall().answer().status, 400);
}

#[test]
fn a_stranger_is_refused_before_the_body_is_read() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let request = site.request("POST", "/api/runs").json(&json!({"digest": "x"}));
    // Had the body been waited for, it would be one that never came: 400.
    assert_eq!(request.stall().answer().status, 401);
}

#[test]
fn a_login_is_small() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let large = json!({"token": "x".repeat(20_000)});
    let answer = site.request("POST", "/api/session").json(&large).send().expect(413);
    assert_eq!(answer.code(), "usage");
}
