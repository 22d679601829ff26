//! Which names and origins may ask: a page elsewhere may not, whatever name it gives this server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::site::{Directory, Site, TOKEN, UNREACHABLE};

#[test]
fn a_name_that_is_not_the_servers_is_refused_for_every_method_and_path() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE"] {
        for path in ["/", "/healthz", "/api/project", "/history", "/nowhere.js", "*"] {
            for host in ["evil.example", &format!("evil.example:{}", site.port), "127.0.0.1", "localhost:1"] {
                let answer = site.request(method, path).bearer(TOKEN).header("Host", host).send();
                // The protocol itself knows `*` only with OPTIONS.
                let expected = if path == "*" && method != "OPTIONS" { vec![400, 421] } else { vec![421] };
                assert!(expected.contains(&answer.status), "{method} {path} for {host}: {}", answer.status);
            }
        }
    }
}

#[test]
fn the_refusal_says_what_to_do() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let answer = site.request("GET", "/").header("Host", "evil.example").send().expect(421);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(answer.text().contains("--allowed-host"), "{}", answer.text());
}

#[test]
fn all_loopback_names_are_answered() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for name in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"] {
        site.request("GET", "/healthz").header("Host", format!("{name}:{}", site.port)).send().expect(200);
    }
}

#[test]
fn a_name_that_was_allowed_is_answered() {
    let options = ["--allowed-host", "shop.internal", "--allowed-host", "build.internal:99"];
    let site = Site::start_with(Directory::two_heads(), Some(UNREACHABLE), &options);
    for (host, status) in [("shop.internal", 200), ("build.internal:99", 200), ("build.internal", 421)] {
        assert_eq!(site.request("GET", "/healthz").header("Host", host).send().status, status, "{host}");
    }
}

#[test]
fn malformed_hosts_are_refused_and_the_server_goes_on() {
    let mut site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let port = site.port;
    let right = format!("127.0.0.1:{port}");
    let long = "a".repeat(10_000);
    let values: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b":".to_vec(),
        b"[".to_vec(),
        b"]".to_vec(),
        b"[::1".to_vec(),
        b"[]:80".to_vec(),
        b"::1".to_vec(),
        b"\xff\xfe".to_vec(),
        b"%00".to_vec(),
        b"localhost:".to_vec(),
        b"localhost:99999999999999999999".to_vec(),
        b"localhost:-1".to_vec(),
        format!("{right}/").into_bytes(),
        format!("{right},evil.example").into_bytes(),
        format!("{right} evil.example").into_bytes(),
        format!("user@{right}").into_bytes(),
        format!("http://{right}").into_bytes(),
        format!("127.1:{port}").into_bytes(),
        format!("2130706433:{port}").into_bytes(),
        format!("0.0.0.0:{port}").into_bytes(),
        format!("[::ffff:127.0.0.1]:{port}").into_bytes(),
        long.into_bytes(),
        "döner.example".as_bytes().to_vec(),
    ];
    for value in values {
        let status = site.request("GET", "/api/project").bearer(TOKEN).header("Host", &value).send().status;
        assert!([400, 421, 431].contains(&status), "{}: {status}", String::from_utf8_lossy(&value));
    }
    let twice = site.request("GET", "/healthz").header("Host", &right);
    // A second one under another spelling of the name, so that the client keeps both.
    assert_eq!(twice.header("host", "evil.example").send().status, 421);
    assert_eq!(site.request("GET", "/healthz").without("Host").send().status, 421);
    assert!(site.is_alive());
    site.request("GET", "/healthz").send().expect(200);
}

#[test]
fn an_absolute_target_is_held_to_the_host() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let port = site.port;
    site.request("GET", &format!("http://127.0.0.1:{port}/healthz")).send().expect(200);
    site.request("GET", "http://evil.example/healthz").send().expect(421);
}

#[test]
fn what_another_site_sends_is_refused() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let port = site.port;
    let own = format!("http://127.0.0.1:{port}");
    for (headers, refused) in [
        (vec![("Origin", "https://evil.example")], true),
        (vec![("Origin", "null")], true),
        (vec![("Origin", "http://127.0.0.1:3000")], true),
        (vec![("Origin", "http://localhost")], true),
        (vec![("Sec-Fetch-Site", "cross-site")], true),
        (vec![("Sec-Fetch-Site", "same-site"), ("Origin", "http://localhost:3000")], true),
        (vec![("Sec-Fetch-Site", "CROSS-SITE")], true),
        (vec![("Sec-Fetch-Site", "same-origin"), ("Origin", own.as_str())], false),
        (vec![("Origin", own.as_str())], false),
        (vec![], false),
    ] {
        let mut request = site.post("/api/session", &serde_json::json!({"token": TOKEN}));
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let answer = request.send();
        assert_eq!(answer.status, if refused { 403 } else { 204 }, "{headers:?}");
        assert_eq!(answer.header("set-cookie").is_some(), !refused, "{headers:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[test]
fn a_read_that_another_site_makes_a_browser_send_is_refused() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for (value, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        assert_eq!(site.get("/api/project").header("Sec-Fetch-Site", value).send().status, status, "{value}");
    }
    // A link to the page from elsewhere is fine.
    site.request("GET", "/history").header("Sec-Fetch-Site", "cross-site").send().expect(200);
}

#[test]
fn a_preflight_is_answered_without_any_permission() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let request = site.request("OPTIONS", "/api/runs").header("Origin", "https://evil.example");
    let answer = request.header("Access-Control-Request-Method", "POST").send();
    assert!(answer.status >= 400, "{}", answer.status);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("access-control-allow-methods"), None);
}

#[test]
fn bytes_that_are_no_request_harm_nobody() {
    let mut site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01"[..],
        b"GET\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        &[0; 100_000],
    ] {
        let mut socket = TcpStream::connect(("127.0.0.1", site.port)).expect("the server listens");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a time limit");
        let _ = socket.write_all(bytes);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let _ = socket.read_to_end(&mut Vec::new());
    }
    assert!(site.is_alive());
    site.request("GET", "/healthz").send().expect(200);
}
