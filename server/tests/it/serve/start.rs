//! How the server starts, what it prints, how it ends.

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use super::http::Request;
use super::site::{Directory, Site, TOKEN, UNREACHABLE, command};

fn refused(options: &[&str], token: Option<&str>) -> (Option<i32>, String) {
    let directory = Directory::two_heads();
    let mut command = command(&directory, Some(UNREACHABLE));
    command.args(options);
    if let Some(token) = token {
        command.env("LIMBECK_TOKEN", token);
    }
    let output = command.output().expect("limbeck starts");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn it_prints_directory_database_and_address_but_not_a_token_that_it_was_given() {
    let site = Site::start(Directory::two_heads(), Some("postgresql://nobody:geheim@127.0.0.1:1/shop"));
    assert!(site.printed.contains("migrations: 4 revisions, heads c, d"), "{}", site.printed);
    assert!(site.printed.contains("shop @ 127.0.0.1:1"), "{}", site.printed);
    assert!(site.printed.contains(&format!("http://127.0.0.1:{}/", site.port)), "{}", site.printed);
    assert!(!site.printed.contains(TOKEN), "{}", site.printed);
    assert!(!site.printed.contains("geheim"), "{}", site.printed);
}

#[test]
fn the_addresses_are_a_document_too() {
    let directory = Directory::two_heads();
    let mut child = command(&directory, Some(UNREACHABLE))
        .args(["--json", "--port", "0", "--viewer", "--editor"])
        .spawn()
        .expect("limbeck starts");
    let printed = serde_json::Deserializer::from_reader(child.stdout.take().expect("stdout is piped"));
    let document = printed.into_iter::<serde_json::Value>().next().expect("a document").expect("JSON");
    child.kill().expect("the child is ours");
    child.wait().expect("the child is ours");
    let address = document["address"].as_str().expect("an address");
    let signs_in = ["open", "edit", "read_only"].map(|key| document[key].as_str().expect("an address"));
    assert!(signs_in.iter().all(|it| it.starts_with(&format!("{address}#token="))), "{document}");
    assert_eq!(std::collections::BTreeSet::from(signs_in).len(), 3, "{document}");
}

#[test]
fn it_makes_a_token_when_none_is_given() {
    let directory = Directory::two_heads();
    let mut child = command(&directory, Some(UNREACHABLE)).args(["--port", "0"]).spawn().expect("limbeck starts");
    let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
    let address = lines.map_while(Result::ok).find_map(|line| Some(line.split_once("http://127.0.0.1:")?.1.to_owned()));
    let address = address.expect("an address");
    let (port, token) = address.split_once("/#token=").expect("a token in the fragment");
    assert_eq!(token.len(), 43, "256 bits: {token}");
    let answer = Request::new(port.parse().expect("a port"), "GET", "/api/project").bearer(token).send();
    child.kill().expect("the child is ours");
    child.wait().expect("the child is ours");
    assert_eq!(answer.status, 200);
}

#[test]
fn a_bind_that_others_reach_is_refused() {
    for address in ["0.0.0.0", "::", "192.0.2.1"] {
        let (status, text) = refused(&["--bind", address], None);
        assert_eq!(status, Some(2), "{text}");
        assert!(text.contains("can be reached from other machines"), "{text}");
    }
}

#[test]
fn a_port_that_is_taken_is_refused() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let (status, text) = refused(&["--port", &site.port.to_string()], None);
    assert_ne!(status, Some(0));
    assert!(text.contains(&format!("port {} is in use", site.port)), "{text}");
}

#[test]
fn a_token_that_can_be_guessed_is_refused_and_not_repeated() {
    let (status, text) = refused(&[], Some("short"));
    assert_ne!(status, Some(0));
    assert!(text.contains("LIMBECK_TOKEN"), "{text}");
    assert!(!text.contains("short"), "{text}");
}

#[test]
fn it_ends_when_it_is_told_to() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    // An idle connection does not hold it up.
    let idle = std::net::TcpStream::connect(("127.0.0.1", site.port)).expect("the server listens");
    let (status, took) = site.terminate();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(8), "{took:?}");
    drop(idle);
}
