//! What is different on a terminal: colours, live lines, questions.

use std::process::Stdio;

use super::sandbox::{Sandbox, program};
use crate::cluster::Cluster;

/// Calls the program on a terminal of its own, types `typed`, and returns all that appears there, and the exit status.
fn on_a_terminal(sandbox: &Sandbox, line: &str, typed: &str) -> (String, i32) {
    use std::io::Write as _;
    // util-linux's `script` makes the terminal; it is part of every Debian.
    let mut command = sandbox.command("script");
    command.args(["--quiet", "--return", "--log-out", "/dev/null", "--command"]);
    command.arg(format!("{} {line}", program().display())).env("SHELL", "/bin/sh").env("TERM", "xterm");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` starts");
    let mut keyboard = child.stdin.take().expect("it is piped");
    keyboard.write_all(typed.as_bytes()).expect("it reads");
    let output = child.wait_with_output();
    drop(keyboard);
    let output = output.expect("it ends");
    (
        String::from_utf8(output.stdout).expect("output is UTF-8").replace("\r\n", "\n"),
        output.status.code().unwrap_or(-1),
    )
}

#[test]
fn a_terminal_gets_colours_unless_it_asks_for_none() {
    let mut sandbox = Sandbox::history("a1 <- : Customers");
    let (shown, _) = on_a_terminal(&sandbox, "heads", "");
    assert_eq!(shown, "\u{1b}[33ma1\u{1b}[0m  Customers  \u{1b}[1m\u{1b}[32m(head)\u{1b}[0m\n");
    sandbox.set("NO_COLOR", "1");
    assert_eq!(on_a_terminal(&sandbox, "heads", "").0, "a1  Customers  (head)\n");
}

#[test]
fn an_editor_shows_itself_on_the_terminal_while_the_document_goes_elsewhere() {
    let mut sandbox = Sandbox::history("a1 <- : Customers");
    sandbox.set("EDITOR", "sh -c 'echo the screen'");
    let (shown, status) = on_a_terminal(&sandbox, "--json edit a1 > document.json 2> errors", "");
    assert_eq!((shown.as_str(), status), ("the screen\n", 0));
    let document: serde_json::Value = serde_json::from_str(&sandbox.text("document.json")).expect("a document alone");
    assert_eq!(document["format"], 1);
    assert_eq!(sandbox.text("errors"), "");
}

#[test]
fn sql_is_highlighted_and_harmless() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- b \u{1b}[31m\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nSELECT 'x\u{1b}]0;owned\u{7}';\n\n-- migrate:down\n",
    );
    for line in ["show b1", "history -v", "upgrade --sql --from base", "plan --from base", "validate --json"] {
        let (shown, status) = on_a_terminal(&sandbox, line, "");
        assert_eq!(status, 0, "{shown}");
        assert!(!shown.contains("\u{1b}]") && !shown.contains('\u{7}'), "{line}: {shown:?}");
        assert!(!shown.contains("\u{1b}[31m"), "{line}: {shown:?}");
    }
    let (shown, _) = on_a_terminal(&sandbox, "show b1", "");
    assert!(shown.contains("\u{1b}[1m\u{1b}[34mSELECT\u{1b}[0m"), "{shown:?}");
}

#[test]
fn a_downgrade_without_a_target_asks() {
    let mut sandbox = Sandbox::history("a1 <- : Customers\nb1 <- a1 : Orders");
    let database = Cluster::shared().database();
    sandbox.set("DATABASE_URL", &database.url());
    sandbox.set("NO_COLOR", "1");
    let rows = || database.rows("SELECT version_num FROM alembic_version");
    assert_eq!(sandbox.limbeck("upgrade").status, 0);
    for answer in ["n\n", "\n", "what\n"] {
        let (shown, status) = on_a_terminal(&sandbox, "downgrade", answer);
        assert_eq!(status, 1, "{shown}");
        assert!(
            shown.contains("DROP TABLE b1") && shown.contains("Really undo b1 and lose table b1? [y/N]"),
            "{shown}"
        );
        assert_eq!(rows(), ["b1"], "{answer:?}");
    }
    let (shown, status) = on_a_terminal(&sandbox, "downgrade", "y\n");
    assert_eq!((status, rows()), (0, vec!["a1".to_owned()]), "{shown}");
}

#[test]
fn progress_is_live_and_leaves_one_line_for_each_step() {
    let mut sandbox = Sandbox::history("a1 <- : Customers\nb1 <- a1 : Orders");
    sandbox.set("DATABASE_URL", &Cluster::shared().database().url());
    sandbox.set("NO_COLOR", "1");
    let (shown, status) = on_a_terminal(&sandbox, "upgrade", "");
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("      1/1 CREATE TABLE b1 (n integer)"), "{shown:?}");
    // What stays when every line that was taken back is gone.
    let left: Vec<&str> = shown.lines().map(|line| line.rsplit("\u{1b}[2K").next().unwrap_or_default()).collect();
    let left: Vec<&str> = left.into_iter().map(|line| line.split(" in ").next().unwrap_or_default()).collect();
    assert_eq!(left, ["[1/2] upgrade a1 Customers  done", "[2/2] upgrade b1 Orders  done", "The database is at b1"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    let large = format!("-- b\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\n{}", "SELECT 1;\n".repeat(100_000));
    sandbox.write("migrations/versions/b.sql", large);
    for line in ["show heads", "show heads --json", "upgrade --sql --from base"] {
        let mut command = sandbox.command("sh");
        command.args([
            "-c",
            "{ \"$0\" $1; echo \"status $?\" >&2; } | head -c 10 > /dev/null",
            &program().to_string_lossy(),
            line,
        ]);
        let answer = sandbox.answer(&command.output().expect("it starts"));
        assert_eq!(answer.stderr, "status 0\n", "{line}");
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    for line in ["heads", "heads --json", "upgrade --sql --from base"] {
        let mut command = sandbox.command("sh");
        command.args(["-c", "\"$0\" $1 > /dev/full", &program().to_string_lossy(), line]);
        let answer = sandbox.answer(&command.output().expect("it starts"));
        assert_eq!(answer.status, 1, "{line}");
        assert_eq!(answer.stderr, "error: cannot write the output: No space left on device\n", "{line}");
    }
}
