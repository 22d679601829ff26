//! Which plans run: what somebody reviewed or agreed to, and nothing that is known to fail.

use super::{HISTORY, code, session, with_database};
use crate::command::sandbox::Answer;

#[test]
fn a_run_that_loses_data_needs_consent() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    let then = |id: &str, revises: &str, up: &str, down: &str| {
        let text = format!(
            "-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n"
        );
        sandbox.write(&format!("migrations/versions/{id}.sql"), text);
    };
    then("b1", "a1", "CREATE INDEX b1 ON a1 (n);", "DROP INDEX b1;");
    then("c1", "b1", "WITH old AS (DELETE FROM a1 RETURNING n) SELECT count(*) FROM old;", "SELECT 1;");
    let rows = || database.rows("SELECT version_num FROM alembic_version");
    let why = |answer: &Answer| answer.document()["error"]["message"].as_str().unwrap_or_default().to_owned();

    // On an empty database nothing is lost: the table is the plan's own.
    assert_eq!(sandbox.limbeck("upgrade").status, 0);
    assert_eq!(sandbox.limbeck("downgrade a1").status, 0, "an index can be made again");
    assert_eq!(rows(), ["a1"]);

    let refused = sandbox.limbeck("upgrade --json");
    assert_eq!(code(&refused), (2, "usage".to_owned()));
    assert_eq!(why(&refused), "this would run b1, c1 and lose rows of a1, and there is no terminal to ask on");
    let digest = sandbox.limbeck("plan --json").document()["digest"].as_str().expect("a digest").to_owned();
    let reviewed = sandbox.limbeck(&format!("upgrade --plan {digest} --json"));
    assert_eq!(code(&reviewed), (2, "usage".to_owned()), "a digest is no consent");
    assert_eq!(rows(), ["a1"]);
    assert_eq!(sandbox.limbeck(&format!("upgrade --plan {digest} --yes")).status, 0);
    assert_eq!(rows(), ["c1"]);

    let refused = sandbox.limbeck("downgrade base --json");
    assert_eq!(why(&refused), "this would undo c1, b1, a1 and lose table a1, and there is no terminal to ask on");
    assert_eq!(rows(), ["c1"]);
    assert_eq!(sandbox.limbeck("downgrade base --yes").status, 0);
    assert_eq!(database.rows("SELECT count(*) FROM pg_tables WHERE tablename = 'a1'"), ["0"]);
}

#[test]
fn only_the_reviewed_plan_runs() {
    let (sandbox, database) = with_database(HISTORY);
    let digest = sandbox.limbeck("plan --json").document()["digest"].as_str().expect("a digest").to_owned();
    sandbox.limbeck("upgrade a1");
    let stale = sandbox.limbeck(&format!("upgrade --plan {digest} --json"));
    assert_eq!(code(&stale), (3, "stale-plan".to_owned()));
    let back = sandbox.limbeck("plan --downgrade base --json").document()["digest"].as_str().expect("one").to_owned();
    let other_way = sandbox.limbeck(&format!("upgrade --plan {back}"));
    assert!(other_way.stderr.contains("another direction, target or start"), "{}", other_way.shown());
    assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["a1"]);
}

#[test]
fn the_beginning_of_a_digest_stands_for_it() {
    let (sandbox, database) = with_database(HISTORY);
    let digest = sandbox.limbeck("plan a1 --json").document()["digest"].as_str().expect("a digest").to_owned();
    let (other, eleven) = ("0".repeat(12), &digest["sha256:".len()..][..11]);
    for (named, status) in [
        ("banana", 2),
        ("sha256:1234", 2),
        ("sha256:", 2),
        ("", 2),
        ("md5:0123456789ab", 2),
        (eleven, 2),
        (&format!("{digest}0"), 2),
        (&other, 3),
    ] {
        let refused = sandbox.limbeck(&format!("upgrade a1 --plan={named} --json"));
        let expected = if status == 2 { "usage" } else { "stale-plan" };
        assert_eq!(code(&refused), (status, expected.to_owned()), "{named}");
    }
    insta::assert_snapshot!(sandbox.limbeck("upgrade a1 --plan banana").stderr, @"
    error: `banana` is no digest: that is `sha256:` and 64 hex digits
    hint: `limbeck plan` prints it; its beginning will do, from 12 digits on
    ");
    let begin = &digest["sha256:".len()..][..12];
    assert_eq!(sandbox.limbeck(&format!("upgrade a1 --plan {begin} --json")).document()["digest"], digest);
    assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["a1"]);
    let digest = sandbox.limbeck("plan b1 --json").document()["digest"].as_str().expect("a digest").to_owned();
    assert_eq!(sandbox.limbeck(&format!("upgrade b1 --plan {}", &digest[..40])).status, 0);
}

#[test]
fn what_the_dry_run_foresees_blocks_unless_somebody_knows_better() {
    let (sandbox, database) = with_database("a1 <- : Customers\n");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- Again\n--\n-- Revision ID: b\n-- Revises: a1\n\n-- migrate:up\nCREATE TABLE a1 (n integer);\n",
    );
    assert_eq!(sandbox.limbeck("upgrade a1").status, 0);
    insta::assert_snapshot!(session(&sandbox, &database, &["upgrade --yes"]), @r#"
    $ limbeck upgrade --yes
    ! error[fails]: Postgres refuses this with 42P07: relation "a1" already exists
    !  --> migrations/versions/b.sql:7:14
    !   |
    ! 7 | CREATE TABLE a1 (n integer);
    !   |              ^^
    !   |
    !   = help: mend it; where the database differs from what its revisions make, `limbeck upgrade --anyway` lets Postgres decide
    !
    ! 1 error
    ! error: the plan is blocked, nothing was run
    ! hint: `limbeck plan` shows every step with what stands against it
    exit 3
    "#);
    // Somebody took the table out of this database by hand.
    database.execute("DROP TABLE a1");
    let answer = sandbox.limbeck("upgrade --yes --anyway");
    assert_eq!(answer.status, 0, "{}", answer.shown());
    assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["b"]);
}

#[test]
fn an_irreversible_step_stops_before_anything_runs() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- one way\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nSELECT 1;\n",
    );
    sandbox.write(
        "migrations/versions/c.sql",
        "-- c\n-- Revision ID: c1\n-- Revises: b1\n\n-- migrate:up\n\n-- migrate:down\n",
    );
    sandbox.limbeck("upgrade");
    let refused = sandbox.limbeck("downgrade base --yes --json");
    assert_eq!(code(&refused), (3, "irreversible".to_owned()));
    assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["c1"]);
}

#[test]
fn status_says_what_blocks_the_pending_revisions() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    sandbox.write(
        "migrations/versions/b1.sql",
        "-- Orders\n--\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nCREATE TABEL b1 ();\n\n-- migrate:down\n",
    );
    insta::assert_snapshot!(session(&sandbox, &database, &["status"]), @"
    $ limbeck status
    Project   migrations: 2 revisions, 1 head
    Database  DB @ 127.0.0.1:PORT, PostgreSQL VERSION

    Current   base
    Pending   2
      a1  Customers
      b1  Orders     (head)
      blocked: revision b1, line 7 of migrations/versions/b1.sql: syntax error: no statement of Postgres starts with `CREATE TABEL`

    Next      limbeck plan
    ");
    let document = sandbox.limbeck("status --json").document();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document["blocked"]).expect("JSON"), @r#"
    {
      "code": "sql",
      "line": 7,
      "message": "syntax error: no statement of Postgres starts with `CREATE TABEL`",
      "path": "versions/b1.sql",
      "revision": "b1"
    }
    "#);
}
