//! `init`, and that what it makes works at once.

use super::sandbox::Sandbox;

#[test]
fn a_new_directory_works_at_once() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.session(&[
        "init",
        "revision -m 'Add users' --rev-id 1975ea83b712",
        "validate",
        "history",
        "status",
    ]), @r#"
    $ limbeck init
    migrations/limbeck.toml
    migrations/script.sql
    migrations/schema.sql
    migrations/README.md
    ! Ready. The first revision: limbeck revision -m "add users"

    $ limbeck revision -m 'Add users' --rev-id 1975ea83b712
    migrations/versions/1975ea83b712_add_users.sql
    ! Created revision 1975ea83b712: write its SQL, then `limbeck plan` shows what it will do

    $ limbeck validate
    info[empty-section]: the up section of 1975ea83b712 is empty: it will count as applied without a statement
     --> migrations/versions/1975ea83b712_add_users.sql:7:1
      |
    7 | -- migrate:up
      | ^
      |
      = help: write what it does, or a comment that says why it does nothing

    1 note

    $ limbeck history
    1975ea83b712  ← base  Add users  (head)

    $ limbeck status
    Project   migrations: 1 revision, 1 head
    Database  none is named

    Next      limbeck serve
    "#);
    insta::assert_debug_snapshot!(sandbox.files("migrations"), @r#"
    [
        "README.md",
        "limbeck.toml",
        "schema.sql",
        "script.sql",
        "versions",
    ]
    "#);
    insta::assert_debug_snapshot!(sandbox.files("migrations/versions"), @r#"
    [
        ".gitkeep",
        "1975ea83b712_add_users.sql",
    ]
    "#);
}

#[test]
fn a_directory_with_something_in_it_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("db/notes.txt", "mine");
    sandbox.write("file", "no directory");
    insta::assert_snapshot!(sandbox.session(&["init db", "--dir db init", "init file", "init db --json"]), @r#"
    $ limbeck init db
    ! error: db is not empty; nothing was written
    ! hint: name a new directory: `limbeck init DIRECTORY`
    exit 2

    $ limbeck --dir db init
    ! error: db is not empty; nothing was written
    ! hint: name a new directory: `limbeck init DIRECTORY`
    exit 2

    $ limbeck init file
    ! error: file is not a directory
    ! hint: name another directory
    exit 2

    $ limbeck init db --json
    {
      "format": 1,
      "error": {
        "code": "usage",
        "message": "db is not empty; nothing was written",
        "hint": "name a new directory: `limbeck init DIRECTORY`",
        "candidates": []
      }
    }
    exit 2
    "#);
    assert_eq!(sandbox.files("db"), ["notes.txt"]);
}

#[test]
fn a_directory_elsewhere_says_how_to_go_on() {
    let mut sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.session(&["init 'my db'", "init --dir other --json", "init other2 -q"]), @r#"
    $ limbeck init 'my db'
    my db/limbeck.toml
    my db/script.sql
    my db/schema.sql
    my db/README.md
    ! Ready. The first revision: limbeck --dir 'my db' revision -m "add users"

    $ limbeck init --dir other --json
    {
      "format": 1,
      "path": "other",
      "files": [
        "limbeck.toml",
        "script.sql",
        "schema.sql",
        "README.md",
        "versions/.gitkeep"
      ]
    }

    $ limbeck init other2 -q
    other2/limbeck.toml
    other2/script.sql
    other2/schema.sql
    other2/README.md
    "#);
    sandbox.set("LIMBECK_DIR", "by-variable");
    insta::assert_snapshot!(sandbox.session(&["init -q"]), @"
    $ limbeck init -q
    by-variable/limbeck.toml
    by-variable/script.sql
    by-variable/schema.sql
    by-variable/README.md
    ");
}
