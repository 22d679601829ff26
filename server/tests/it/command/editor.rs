//! `edit`, with editors that are one-line scripts.

use super::sandbox::Sandbox;

#[cfg(unix)]
#[test]
fn the_editor_gets_its_arguments_and_the_files() {
    let mut sandbox = Sandbox::history("a1 <- : one\nb1 <- a1 : two\nc1 <- a1 : three");
    sandbox.set("EDITOR", "sh -c 'echo \"editor $*\"' --wait");
    insta::assert_snapshot!(sandbox.session(&["edit a1", "edit heads", "edit head", "edit base", "edit nothing"]), @"
    $ limbeck edit a1
    editor ./migrations/versions/a1.sql

    $ limbeck edit heads
    editor ./migrations/versions/b1.sql ./migrations/versions/c1.sql

    $ limbeck edit head
    ! error: 'head' is not one revision: there are 2 heads
    ! hint: name one of b1, c1, or heads for all of them
    exit 4

    $ limbeck edit base
    ! error: `base` names no revision that could be edited
    ! hint: `limbeck history` lists the revisions
    exit 4

    $ limbeck edit nothing
    ! error: no revision or branch label is 'nothing' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4
    ");
    sandbox.set("VISUAL", "sh -c 'echo \"visual $*\"' -w");
    insta::assert_snapshot!(sandbox.session(&["edit a1"]), @"
    $ limbeck edit a1
    visual ./migrations/versions/a1.sql
    ");
}

#[cfg(unix)]
#[test]
fn a_document_stands_alone_on_standard_output() {
    let mut sandbox = Sandbox::history("a1 <- : one");
    sandbox.set("EDITOR", "sh -c 'echo the screen'");
    let answer = sandbox.limbeck("--json edit a1");
    let paths = answer.document()["paths"].clone();
    assert!(paths[0].as_str().is_some_and(|path| path.ends_with("versions/a1.sql")), "{paths}");
    assert_eq!(answer.stderr, "the screen\n");
}

#[cfg(unix)]
#[test]
fn an_editor_that_needs_a_terminal_is_not_started_without_one() {
    let mut sandbox = Sandbox::history("a1 <- : one");
    insta::assert_snapshot!(sandbox.session(&["edit a1", "--json edit a1"]), @r#"
    $ limbeck edit a1
    ! error: `vi` (the default) needs a terminal, and there is none
    ! hint: set `VISUAL` or `EDITOR` to an editor that needs none, or edit migrations/versions/a1.sql yourself
    exit 2

    $ limbeck --json edit a1
    {
      "format": 1,
      "error": {
        "code": "usage",
        "message": "`vi` (the default) needs a terminal, and there is none",
        "hint": "set `VISUAL` or `EDITOR` to an editor that needs none, or edit migrations/versions/a1.sql yourself",
        "candidates": []
      }
    }
    exit 2
    "#);
    sandbox.set("EDITOR", "/usr/bin/vim -n");
    insta::assert_snapshot!(sandbox.session(&["edit a1"]), @"
    $ limbeck edit a1
    ! error: `/usr/bin/vim` (EDITOR) needs a terminal, and there is none
    ! hint: set `VISUAL` or `EDITOR` to an editor that needs none, or edit migrations/versions/a1.sql yourself
    exit 2
    ");
}

#[cfg(unix)]
#[test]
fn an_editor_that_fails_is_said() {
    let mut sandbox = Sandbox::history("a1 <- : one");
    for editor in ["no-such-editor --wait", "sh -c 'exit 3'", "'unbalanced"] {
        sandbox.set("VISUAL", editor);
        let answer = sandbox.limbeck("edit a1");
        assert_eq!(answer.status, 1, "{editor}: {}", answer.shown());
        assert!(answer.stderr.contains(editor) && answer.stderr.contains("hint:"), "{editor}: {}", answer.shown());
    }
}
