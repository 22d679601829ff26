//! Files that cannot be read, or whose text is not to be trusted.

use std::fs;

use super::revision;
use crate::command::sandbox::{Sandbox, program};

#[test]
fn a_binary_file_and_one_that_is_not_utf_8() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write("migrations/versions/image.sql", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    sandbox.write("migrations/versions/latin1.sql", b"-- caf\xe9\n-- Revision ID: b\n");
    insta::assert_snapshot!(sandbox.session(&["validate", "heads"]), @"
    $ limbeck validate
    error[unreadable-file]: the file cannot be read: it is a binary file, with zero bytes in it
    --> migrations/versions/image.sql
     = help: mend it or move it elsewhere; what it may hold is missing from the history

    error[unreadable-file]: the file cannot be read: it is not UTF-8 text: the first wrong byte is in line 1
    --> migrations/versions/latin1.sql
     = help: mend it or move it elsewhere; what it may hold is missing from the history

    2 errors
    exit 4

    $ limbeck heads
    a  first  (head)
    ! error[unreadable-file]: the file cannot be read: it is a binary file, with zero bytes in it
    ! --> migrations/versions/image.sql
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! error[unreadable-file]: the file cannot be read: it is not UTF-8 text: the first wrong byte is in line 1
    ! --> migrations/versions/latin1.sql
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! 2 errors
    exit 4
    ");
}

#[test]
fn a_syntax_error_is_shown_in_its_line() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- second\n-- Revision ID: b\n-- Revises: a\n\n-- migrate:up\nCREATE TABLE t (\n  id bigint,\n  name text NOT,\n);\n",
    );
    insta::assert_snapshot!(sandbox.session(&["validate", "plan --from base", "upgrade --sql --from base"]), @"
    $ limbeck validate
    error[syntax-error]: syntax error: expected `NULL`
     --> migrations/versions/b.sql:8:16
      |
    8 |   name text NOT,
      |                ^

    1 error
    exit 3

    $ limbeck plan --from base
    upgrade from base to b: 2 steps, 2 statements
    sha256:f215577594f1c4973df642ac8d82f423e38d9646139d88d4d4c6ae8e8eabdcf4

    1  a  first
       8  CREATE TABLE a (n integer)
          note: using 32-bit integer fields can result in hitting the max `int` limit
            help: use 64-bit integer values instead to prevent hitting this limit

    2  b  second
       6  CREATE TABLE t ( id bigint, name text NOT, )
          error: syntax error: expected `NULL`
            at migrations/versions/b.sql:8:16
       note: revision b cannot be undone: it has no down section
         help: write `-- migrate:down` with what undoes it, or allow it for the file and say why

    blocked: 1 error
    exit 3

    $ limbeck upgrade --sql --from base
    ! error[syntax-error]: syntax error: expected `NULL`
    !  --> migrations/versions/b.sql:8:16
    !   |
    ! 8 |   name text NOT,
    !   |                ^
    !
    ! 1 error
    ! error: the plan is blocked, nothing was run
    ! hint: `limbeck plan` shows every step with what stands against it
    exit 3
    ");
}

#[test]
fn a_file_of_ten_megabytes_is_read_like_any_other() {
    let sandbox = Sandbox::history("a <- : first");
    let row = format!("SELECT '{}';\n", "word ".repeat(1000));
    let sql = row.repeat(10_000_000 / row.len() + 1);
    sandbox.write("migrations/versions/b.sql", revision("b", "a").replace("SELECT 1;\n", &sql));
    // And one that is nothing but one long line, wrong at its end.
    let line = format!("SELECT '{}' x y z\u{1b}[2J;", "long ".repeat(2_000_000));
    sandbox.write("migrations/versions/c.sql", revision("c", "b").replace("SELECT 1;", &line));
    let history = sandbox.limbeck("history");
    assert_eq!((history.status, history.stdout.lines().count()), (0, 3));
    let validated = sandbox.limbeck("validate");
    assert_eq!(validated.status, 3, "{}", &validated.stderr);
    assert!(validated.stdout.len() < 4000, "a finding quotes little of a long line");
    assert!(!validated.stdout.contains('\u{1b}'));
    let sql = sandbox.limbeck("upgrade --sql --from base b");
    assert_eq!((sql.status, sql.stdout.len() > 10_000_000), (0, true));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_and_an_unreadable_directory() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let sandbox = Sandbox::history("a <- : first\nb <- a : second");
    sandbox.write("migrations/versions/locked/c.sql", revision("c", "b"));
    let close = |file: &str| fs::set_permissions(sandbox.path(file), fs::Permissions::from_mode(0o000)).expect("ours");
    close("migrations/versions/locked");
    close("migrations/versions/b.sql");
    // Root reads everything, so it calls a copy of the program as somebody else. Another program makes the copy: while
    // this one had it open to write, a child that another test starts would hold it open too, and it could not run.
    let is_root = fs::read_dir(sandbox.path("migrations/versions/locked")).is_ok();
    let copy = sandbox.path("limbeck");
    let copied = std::process::Command::new("cp").arg(program()).arg(&copy).status().expect("cp starts");
    assert!(copied.success());
    fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).expect("ours");
    let shown = |arguments: &[&str]| {
        let mut command = sandbox.command(&copy);
        if is_root {
            command.uid(65534).gid(65534);
        }
        sandbox.answer(&command.args(arguments).output().expect("the program starts")).shown()
    };
    insta::assert_snapshot!(shown(&["validate"]), @"
    error[unreadable-file]: the file cannot be read: Permission denied
    --> migrations/versions/b.sql
     = help: mend it or move it elsewhere; what it may hold is missing from the history

    error[unreadable-file]: the file cannot be read: Permission denied, a directory
    --> migrations/versions/locked
     = help: mend it or move it elsewhere; what it may hold is missing from the history

    2 errors
    exit 4
    ");
    insta::assert_snapshot!(shown(&["heads"]), @"
    a  first  (head)
    ! error[unreadable-file]: the file cannot be read: Permission denied
    ! --> migrations/versions/b.sql
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! error[unreadable-file]: the file cannot be read: Permission denied, a directory
    ! --> migrations/versions/locked
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! 2 errors
    exit 4
    ");
    insta::assert_snapshot!(shown(&["revision", "-m", "x"]), @"
    ! error[unreadable-file]: the file cannot be read: Permission denied
    ! --> migrations/versions/b.sql
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! error[unreadable-file]: the file cannot be read: Permission denied, a directory
    ! --> migrations/versions/locked
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! 2 errors
    ! error: the history is broken, nothing was done
    ! hint: mend what is named above; `limbeck validate` looks again
    exit 4
    ");
    // A project that cannot be looked into is not an empty one, which would be up to date.
    for mode in [0o000, 0o444] {
        fs::set_permissions(sandbox.path("migrations"), fs::Permissions::from_mode(mode)).expect("ours");
        for command in ["heads", "validate", "status", "plan", "upgrade"] {
            let answer = shown(&[command]);
            assert!(answer.contains("Permission denied") && answer.contains("exit 4"), "{mode:o} {command}: {answer}");
        }
    }
    fs::set_permissions(sandbox.path("migrations"), fs::Permissions::from_mode(0o755)).expect("ours");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_directory_is_named_and_its_target_is_not_shown() {
    let sandbox = Sandbox::with(&[("versions/a.sql", &revision("a", ""))]);
    sandbox.write("secret.txt", "root:geheim\n");
    std::os::unix::fs::symlink(sandbox.path("secret.txt"), sandbox.path("migrations/versions/leak.sql"))
        .expect("writable");
    insta::assert_snapshot!(sandbox.session(&["validate", "history"]), @"
    $ limbeck validate
    error[unreadable-file]: the file cannot be read: it is a symbolic link out of the migrations directory; put the file itself into the directory
    --> migrations/versions/leak.sql
     = help: mend it or move it elsewhere; what it may hold is missing from the history

    1 error
    exit 4

    $ limbeck history
    a  ← base  a  (head)
    ! error[unreadable-file]: the file cannot be read: it is a symbolic link out of the migrations directory; put the file itself into the directory
    ! --> migrations/versions/leak.sql
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! 1 error
    exit 4
    ");
    assert!(!sandbox.limbeck("validate --json").stdout.contains("geheim"));
}

#[test]
fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
    let sandbox = Sandbox::with(&[]);
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    sandbox.write(
        &format!("migrations/versions/a{evil}.sql"),
        format!(
            "-- title {evil}\n-- body {evil}\n-- Revision ID: a\n-- Revises: \n-- Branch Labels: l{evil}\n\n\
             -- migrate:up\nSELECT '{evil}' AS \"{evil}\"; -- {evil}\n\n-- migrate:down\nSELECT FROM {evil} WHERE;\n"
        ),
    );
    sandbox.write("migrations/limbeck.toml", format!("unknown_{evil} = 1\nname = \"{evil}\"\n"));
    let lines = [
        "history",
        "history -v",
        "history --graph",
        "heads",
        "branches",
        "show a",
        "validate",
        "plan --from base",
        "status",
        "revision -m x --head a",
        "show nothing",
        "-v upgrade --sql --from base",
        "validate --json",
        "show a --json",
        "history --json",
    ];
    for line in lines {
        let answer = sandbox.limbeck(line);
        // `--sql` to a pipe is for a program, and stays what the files say.
        let streams =
            if line.contains("--sql") { answer.stderr.clone() } else { answer.stdout.clone() + &answer.stderr };
        let bad = streams.chars().find(|character| {
            (character.is_control() && !matches!(character, '\n' | '\t')) || *character == '\u{202e}'
        });
        assert_eq!(bad, None, "{line}: {streams:?}");
    }
}

#[test]
fn a_desired_schema_that_cannot_be_read_keeps_nothing_from_running() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write("migrations/schema.sql", b"CREATE TABLE caf\xe9 ();");
    insta::assert_snapshot!(sandbox.session(&["validate", "upgrade --sql --from base heads"]), @"
    $ limbeck validate
    warning[unreadable-file]: the file cannot be read: it is not UTF-8 text: the first wrong byte is in line 1
    --> migrations/schema.sql
     = help: mend it: the revisions cannot be compared with the desired schema without it

    1 warning

    $ limbeck upgrade --sql --from base heads
    -- Limbeck: upgrade from base to a
    -- sha256:80ce3c4a51d19ef29931424b5b57368f8800e0b756265baf011f5d7c0dc2de5f
    -- psql --set ON_ERROR_STOP=1 --file THIS_FILE

    DO $limbeck$
    BEGIN
        IF to_regclass('alembic_version') IS NOT NULL THEN
            IF EXISTS (SELECT FROM alembic_version) THEN
                RAISE EXCEPTION USING MESSAGE = 'this script starts from base, and the database is elsewhere', HINT = 'make it again for where `limbeck status` says it is';
            END IF;
        END IF;
    END
    $limbeck$;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running upgrade -> a, first

    CREATE TABLE a (n integer);

    CREATE TABLE IF NOT EXISTS alembic_version (
        version_num character varying(255) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );

    INSERT INTO alembic_version (version_num) VALUES ('a');

    COMMIT;
    ");
}
