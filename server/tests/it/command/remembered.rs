//! What the program remembers of a directory: its answers are the same without.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::sandbox::{Sandbox, program};

const HISTORY: &str = "
    a1 [shop] <-      : Customers
    b1 <- a1          : Orders
    c1 <- a1          : Notes
    m1 <- b1, c1      : Merge
";

const CALLS: [&str; 6] = [
    "heads",
    "history --graph -v",
    "show --json b1",
    "upgrade --sql",
    "upgrade --sql --from a1 m1",
    "downgrade --sql --from m1 base",
];

/// Returns a sandbox with a cache directory, whose files are old enough to be remembered.
fn settled() -> Sandbox {
    let mut sandbox = Sandbox::history(HISTORY);
    let cache = sandbox.path("cache").to_string_lossy().into_owned();
    sandbox.set("XDG_CACHE_HOME", &cache);
    settle();
    sandbox
}

/// Lets so much time pass that no change is too young to be told from the next.
fn settle() {
    thread::sleep(Duration::from_millis(2_100));
}

fn memories(sandbox: &Sandbox) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(sandbox.path("cache/limbeck/remembered")) else { return Vec::new() };
    entries.map(|entry| entry.expect("readable").path()).collect()
}

/// Asserts that all calls say what they say without a memory; returns what that is.
fn compare(sandbox: &Sandbox) -> String {
    let without = |line: &str| {
        let words = shlex::split(line).expect("the line can be split");
        let mut command = sandbox.command(program());
        let output = command.args(words).env("LIMBECK_CACHE", "off").output().expect("the program starts");
        sandbox.answer(&output).shown()
    };
    let mut all = String::new();
    for line in CALLS {
        let expected = without(line);
        for call in ["first", "second"] {
            assert_eq!(sandbox.limbeck(line).shown(), expected, "{line}, {call} call");
        }
        all.push_str(&expected);
    }
    all
}

#[test]
fn answers_are_those_of_a_program_that_remembers_nothing() {
    let sandbox = settled();
    compare(&sandbox);
    let [memory] = &memories(&sandbox)[..] else { panic!("one directory, one memory") };
    for damage in [&b""[..], b"nonsense", &fs::read(memory).expect("it is ours")[..100]] {
        fs::write(memory, damage).expect("it is ours");
        compare(&sandbox);
    }
    // Removed, added, edited: at once, and when they are old.
    fs::remove_file(sandbox.path("migrations/versions/m1.sql")).expect("it is there");
    sandbox.write(
        "migrations/versions/n1.sql",
        "-- Late\n\n-- Revision ID: n1\n-- Revises: b1, c1\n\n-- migrate:up\nSELECT 1;\n",
    );
    let b1 = sandbox.text("migrations/versions/b1.sql");
    sandbox.write("migrations/versions/b1.sql", b1.replace("integer", "numeric"));
    assert!(compare(&sandbox).contains("b1 (n numeric)"));
    settle();
    assert!(compare(&sandbox).contains("b1 (n numeric)"));
    sandbox.write("migrations/versions/b1.sql", b1);
    assert!(compare(&sandbox).contains("b1 (n integer)"));
}

#[test]
fn a_plan_that_became_blocked_has_no_script() {
    let sandbox = settled();
    let script = sandbox.limbeck("upgrade --sql");
    assert_eq!((script.status, sandbox.limbeck("upgrade --sql").stdout), (0, script.stdout));
    let c1 = sandbox.text("migrations/versions/c1.sql");
    sandbox.write("migrations/versions/c1.sql", c1.replace("CREATE TABLE c1 (n integer);", "VACUUM;"));
    settle();
    for _ in 0..3 {
        let error = sandbox.limbeck("upgrade --sql --json").document()["error"].clone();
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("VACUUM cannot run inside a transaction block"), "{message}");
    }
    sandbox.write("migrations/versions/c1.sql", c1);
    assert_eq!(sandbox.limbeck("upgrade --sql").status, 0);
}

#[test]
fn nothing_is_left_where_it_is_turned_off_or_cannot_be() {
    let mut sandbox = settled();
    sandbox.set("LIMBECK_CACHE", "off");
    compare(&sandbox);
    assert!(!sandbox.path("cache").exists());

    let mut sandbox = Sandbox::history(HISTORY);
    for place in ["/dev/null/cache", "relative", ""] {
        sandbox.set("XDG_CACHE_HOME", place);
        assert_eq!(sandbox.limbeck("heads").shown(), "m1  Merge  (head) (merge point)\n", "{place}");
    }
    assert_eq!(sandbox.files(""), ["migrations"]);
}

#[test]
fn a_home_has_a_cache_directory_too() {
    let mut sandbox = settled();
    let home = sandbox.path("home").to_string_lossy().into_owned();
    sandbox.set("XDG_CACHE_HOME", "");
    sandbox.set("HOME", &home);
    compare(&sandbox);
    assert_eq!(sandbox.files("home/.cache/limbeck/remembered").len(), 1);
}

#[test]
fn many_at_once_say_the_same() {
    let sandbox = settled();
    let expected = sandbox.limbeck("history").stdout;
    for round in 0..4 {
        if round % 2 == 0 {
            let _ = fs::remove_dir_all(sandbox.path("cache"));
        }
        let start = || sandbox.command(program()).arg("history").stdout(Stdio::piped()).spawn().expect("it starts");
        let all: Vec<_> = (0..6).map(|_| start()).collect();
        for child in all {
            let answer = sandbox.answer(&child.wait_with_output().expect("it ends"));
            assert_eq!(answer.shown(), expected);
        }
        assert_eq!(memories(&sandbox).len(), 1, "what was written beside it is gone");
    }
}
