//! A token traded for a cookie, and what the cookie is good for.

use serde_json::json;

use super::http::Answer;
use super::site::{Directory, Site, TOKEN, UNREACHABLE};

fn cookie(answer: &Answer) -> String {
    let set_cookie = answer.header("set-cookie").expect("a cookie");
    set_cookie.split(';').next().expect("a first part").to_owned()
}

#[test]
fn a_token_is_traded_for_a_cookie_that_only_this_server_gets_back() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let login = site.request("POST", "/api/session").json(&json!({"token": TOKEN})).send().expect(204);
    let set_cookie = login.header("set-cookie").expect("a cookie");
    assert!(set_cookie.starts_with(&format!("limbeck-{}=", site.port)), "{set_cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set_cookie.split("; ").any(|part| part == attribute), "{set_cookie}");
    }
    assert!(!set_cookie.contains(TOKEN), "{set_cookie}");

    let project = site.request("GET", "/api/project").header("Cookie", cookie(&login)).send().expect(200);
    assert_eq!(project.json()["role"], "operator");
}

#[test]
fn the_session_has_the_role_of_its_token() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let login = site.request("POST", "/api/session").json(&json!({"token": site.viewer})).send().expect(204);
    let project = site.request("GET", "/api/project").header("Cookie", cookie(&login)).send().expect(200);
    assert_eq!(project.json()["role"], "viewer");
    let run = site.request("POST", "/api/runs").json(&json!({})).header("Cookie", cookie(&login)).send();
    assert_eq!(run.status, 403);
}

#[test]
fn a_session_ends_with_its_logout() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let login = site.request("POST", "/api/session").json(&json!({"token": TOKEN})).send().expect(204);
    let logout = site.request("DELETE", "/api/session").header("Cookie", cookie(&login)).send().expect(204);
    assert!(logout.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(site.request("GET", "/api/project").header("Cookie", cookie(&login)).send().status, 401);
}

#[test]
fn a_wrong_token_makes_no_session() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for token in ["", "x", &TOKEN[1..], &format!("{TOKEN} ")] {
        let answer = site.request("POST", "/api/session").json(&json!({"token": token})).send();
        assert_eq!((answer.status, answer.code().as_str()), (401, "not-allowed"), "{token:?}");
        assert_eq!(answer.header("set-cookie"), None);
    }
}

#[test]
fn guessing_is_slowed_down_and_locks_nobody_out() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let statuses: Vec<_> = (0..60)
        .map(|guess| {
            let answer = site.request("POST", "/api/session").json(&json!({"token": guess.to_string()})).send();
            assert_eq!(answer.header("retry-after").is_some(), answer.status == 429);
            answer.status
        })
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
    site.get("/api/project").send().expect(200);
    site.request("POST", "/api/session").json(&json!({"token": TOKEN})).send().expect(204);
}
