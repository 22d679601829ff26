//! Which database is asked, and what is said where none answers.

use super::{HISTORY, session, with_database};
use crate::cluster::USER;
use crate::command::sandbox::Sandbox;

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let (sandbox, database) = with_database(HISTORY);
    let wrong = database.url_as(USER, "se%cret");
    let refused = "postgres://someone:se%25cret@127.0.0.1:1/shop";
    for (url, line) in
        [(refused, "current"), (refused, "status"), (refused, "upgrade"), (&wrong, "upgrade"), (&wrong, "status")]
    {
        let answer = sandbox.limbeck(&format!("--database-url '{url}' {line}"));
        let shown = answer.shown();
        assert_eq!(answer.status, 1, "{shown}");
        assert!(!shown.contains("se%"), "{shown}");
        assert!(shown.contains("127.0.0.1:") && shown.contains("hint:"), "{shown}");
        let document = sandbox.limbeck(&format!("--database-url '{url}' {line} --json"));
        assert_eq!(document.status, 1);
        let document = document.document();
        let error = if line == "status" { &document["database"]["error"] } else { &document["error"] };
        assert_eq!(error["code"], "connection", "{document}");
    }
}

#[test]
fn without_a_database_commands_say_how_to_name_one() {
    let sandbox = Sandbox::history(HISTORY);
    insta::assert_snapshot!(sandbox.session(&["current", "upgrade", "plan", "status", "history -i", "current --json"]), @r#"
    $ limbeck current
    ! error: no database is named
    ! hint: set DATABASE_URL, or pass `--database-url postgresql://user@host:5432/name`
    exit 1

    $ limbeck upgrade
    ! error: no database is named
    ! hint: set DATABASE_URL, or pass `--database-url postgresql://user@host:5432/name`
    exit 1

    $ limbeck plan
    ! error: no database is named
    ! hint: name where it starts with `--from base`, or the database with `--database-url`
    exit 1

    $ limbeck status
    Project   migrations: 4 revisions, 1 head
    Database  none is named

    Next      limbeck serve

    $ limbeck history -i
    ! error: no database is named
    ! hint: set DATABASE_URL, or pass `--database-url postgresql://user@host:5432/name`
    exit 1

    $ limbeck current --json
    {
      "format": 1,
      "error": {
        "code": "connection",
        "message": "no database is named",
        "hint": "set DATABASE_URL, or pass `--database-url postgresql://user@host:5432/name`",
        "candidates": []
      }
    }
    exit 1
    "#);
}

#[test]
fn an_embedded_database_is_not_taken_for_the_named_one() {
    let sandbox = Sandbox::history(HISTORY);
    sandbox.write(".limbeck/database", "limbeck\n");
    insta::assert_snapshot!(sandbox.session(&["upgrade", "plan", "status"]), @"
    $ limbeck upgrade
    ! error: no database is named, and only `limbeck serve` uses the embedded one in .limbeck
    ! hint: set DATABASE_URL, or pass `--database-url postgresql://user@host:5432/name`
    exit 1

    $ limbeck plan
    ! error: no database is named, and only `limbeck serve` uses the embedded one in .limbeck
    ! hint: name where it starts with `--from base`, or the database with `--database-url`
    exit 1

    $ limbeck status
    Project   migrations: 4 revisions, 1 head
    Database  none is named; only `limbeck serve` uses the embedded one in .limbeck

    Next      limbeck serve
    ");
}

#[test]
fn settings_that_cannot_be_read_keep_commands_from_claiming_anything() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    assert_eq!(sandbox.limbeck("upgrade").status, 0);
    sandbox.write("migrations/limbeck.toml", "version_table = \"shop_version\n");
    insta::assert_snapshot!(session(&sandbox, &database, &["current", "current --json", "status", "ensure-version"]), @r#"
    $ limbeck current
    ! error: which table holds the version rows is not known, migrations/limbeck.toml:1 is broken: not TOML: invalid basic string, expected `"`
    ! hint: see https://toml.io for the syntax
    exit 4

    $ limbeck current --json
    {
      "format": 1,
      "error": {
        "code": "broken-history",
        "message": "which table holds the version rows is not known, migrations/limbeck.toml:1 is broken: not TOML: invalid basic string, expected `\"`",
        "hint": "see https://toml.io for the syntax",
        "candidates": []
      }
    }
    exit 4

    $ limbeck status
    Project   migrations: 1 revision, 1 head
    Database  not known
      not asked: what is wrong with the settings stands below

    Wrong    
    error[malformed-settings]: not TOML: invalid basic string, expected `"`
     --> migrations/limbeck.toml:1:30
      |
    1 | version_table = "shop_version
      |                              ^
      |
      = help: see https://toml.io for the syntax

    1 error

    Next      limbeck validate
    exit 4

    $ limbeck ensure-version
    ! error: which table holds the version rows is not known, migrations/limbeck.toml:1 is broken: not TOML: invalid basic string, expected `"`
    ! hint: see https://toml.io for the syntax
    exit 4
    "#);
}
