//! Upgrades and downgrades: what they say, where one that fails leaves the database, and one at a time.

use std::process::Stdio;
use std::time::Duration;

use super::{HISTORY, code, session, steady, with_database};
use crate::cluster::TestDatabase;
use crate::command::sandbox::{Sandbox, program};

#[test]
fn up_and_down_again() {
    let (sandbox, database) = with_database(HISTORY);
    insta::assert_snapshot!(session(&sandbox, &database, &[
        "status",
        "current",
        "upgrade",
        "current",
        "status",
        "history -i",
        "upgrade",
        "downgrade",
        "downgrade -1 --yes",
        "downgrade a1 -y",
        "upgrade +1",
        "downgrade base",
        "downgrade base --yes",
    ]), @"
    $ limbeck status
    Project   migrations: 4 revisions, 1 head
    Database  DB @ 127.0.0.1:PORT, PostgreSQL VERSION

    Current   base
    Pending   4
      a1  Customers  (branch point)
      b1  Orders
      c1  Notes      (crm)
      m1  Merge crm  (head) (merge point)

    Next      limbeck plan
              limbeck upgrade

    $ limbeck current
    ! The database is at base

    $ limbeck upgrade
    The database is at m1
    ! [1/4] upgrade a1 Customers
    ! [1/4] done in N ms
    ! [2/4] upgrade b1 Orders
    ! [2/4] done in N ms
    ! [3/4] upgrade c1 Notes
    ! [3/4] done in N ms
    ! [4/4] upgrade m1 Merge crm
    ! [4/4] done in N ms

    $ limbeck current
    m1  Merge crm  (head) (current) (merge point)

    $ limbeck status
    Project   migrations: 4 revisions, 1 head
    Database  DB @ 127.0.0.1:PORT, PostgreSQL VERSION

    Current   m1
      m1  Merge crm  (head) (current) (merge point)
    Pending   nothing

    $ limbeck history -i
    m1  ← b1, c1  Merge crm  (head) (current) (merge point)
    c1  ← a1      Notes      (crm)
    b1  ← a1      Orders
    a1  ← base    Customers  (branch point)

    $ limbeck upgrade
    Nothing to do: already at heads (m1)

    $ limbeck downgrade
    ! downgrade from m1 to b1, c1: 1 step, 1 statement
    ! sha256:47da836ccc09117d0404437b6aab003cdcfc95440455d8b8a49a31e55ac9c996
    !
    ! 1  m1  Merge crm
    !    11  DROP TABLE m1
    !        locks m1 (access exclusive)
    !
    ! caution: it takes away table m1
    ! error: this would undo m1 and lose table m1, and there is no terminal to ask on
    ! hint: agree with `--yes`
    exit 2

    $ limbeck downgrade -1 --yes
    The database is at b1, c1
    ! [1/1] downgrade m1 Merge crm
    ! [1/1] done in N ms

    $ limbeck downgrade a1 -y
    The database is at a1
    ! [1/2] downgrade c1 Notes
    ! [1/2] done in N ms
    ! [2/2] downgrade b1 Orders
    ! [2/2] done in N ms

    $ limbeck upgrade +1
    ! error: '+1' is ambiguous at revision a1
    ! hint: name one of b1, c1
    exit 4

    $ limbeck downgrade base
    ! downgrade from a1 to base: 1 step, 1 statement
    ! sha256:ca7870d92795b48104d338c9532f3e2681679a9e9bd5ac0d13fa0b45fb93a1e0
    !
    ! 1  a1  Customers
    !    11  DROP TABLE a1
    !        locks a1 (access exclusive)
    !
    ! caution: it takes away table a1
    ! error: this would undo a1 and lose table a1, and there is no terminal to ask on
    ! hint: agree with `--yes`
    exit 2

    $ limbeck downgrade base --yes
    The database is at base
    ! [1/1] downgrade a1 Customers
    ! [1/1] done in N ms
    ");
    assert_eq!(database.rows("SELECT count(*) FROM alembic_version"), ["0"]);
    assert_eq!(database.rows("SELECT count(*) FROM pg_tables WHERE tablename IN ('a1', 'b1', 'c1', 'm1')"), ["0"]);
}

#[test]
fn every_detail_or_nothing() {
    let (sandbox, database) = with_database(HISTORY);
    insta::assert_snapshot!(session(&sandbox, &database, &["upgrade a1 -v", "upgrade b1 -q", "current -v"]), @"
    $ limbeck upgrade a1 -v
    The database is at a1
    ! [1/1] upgrade a1 Customers
    !       1/1 CREATE TABLE a1 (n integer)  N ms
    ! [1/1] done in N ms

    $ limbeck upgrade b1 -q
    The database is at b1

    $ limbeck current -v
    Revision b1  (current)
    Revises  a1
    Created  2026-11-22T14:12:00Z
    File     migrations/versions/b1.sql

        Orders
    ");
}

#[test]
fn documents_say_what_ran() {
    let (sandbox, _database) = with_database(HISTORY);
    let plan = sandbox.limbeck("plan --json").document();
    let digest = plan["digest"].as_str().expect("a digest").to_owned();
    let answer = sandbox.limbeck(&format!("upgrade --plan {digest} --json"));
    let document = answer.document();
    assert_eq!((answer.status, &document["digest"]), (0, &plan["digest"]));
    assert_eq!((&document["from"], &document["to"]), (&serde_json::json!([]), &serde_json::json!(["m1"])));
    let ran: Vec<_> = document["steps"].as_array().expect("steps").iter().map(|step| &step["revision"]).collect();
    let planned: Vec<_> = plan["steps"].as_array().expect("steps").iter().map(|step| &step["revision"]).collect();
    assert_eq!(ran, planned);
    let current = sandbox.limbeck("current --json").document();
    assert_eq!((&current["revisions"][0]["id"], &current["revisions"][0]["is_current"]), (&"m1".into(), &true.into()));
    let status = sandbox.limbeck("status --json").document();
    assert_eq!((&status["pending"], &status["database"]["rows"]), (&serde_json::json!([]), &serde_json::json!(["m1"])));
    let again = sandbox.limbeck("upgrade --json").document();
    assert_eq!(again["steps"], serde_json::json!([]));
}

#[test]
fn an_error_stops_at_the_last_whole_revision_and_shows_the_line() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- Orders\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nCREATE TABLE b1 (n date);\n\
         INSERT INTO b1\n  VALUES ('not a date');\n\n-- migrate:down\nDROP TABLE b1;\n",
    );
    insta::assert_snapshot!(session(&sandbox, &database, &["upgrade", "current"]), @r#"
    $ limbeck upgrade
    ! [1/2] upgrade a1 Customers
    ! [1/2] done in N ms
    ! [2/2] upgrade b1 Orders
    ! [2/2] failed
    ! error[22007]: invalid input syntax for type date: "not a date"
    !  --> migrations/versions/b.sql:8:11
    !   |
    ! 8 |   VALUES ('not a date');
    !   |           ^
    ! error: the upgrade of b1 failed
    ! hint: nothing of this revision was kept, the database is at a1; correct the file, then upgrade again
    exit 1

    $ limbeck current
    a1  Customers  (current)
    "#);
    let answer = sandbox.limbeck("upgrade --json");
    assert_eq!(code(&answer), (1, "sql".to_owned()));
    assert!(answer.document()["error"]["message"].as_str().is_some_and(|message| message.contains("22007")));
    assert_eq!(database.rows("SELECT count(*) FROM pg_tables WHERE tablename = 'b1'"), ["0"]);
}

/// Starts an upgrade whose second revision sleeps, and waits until it does.
fn sleeping(sandbox: &Sandbox, database: &TestDatabase, seconds: u32) -> std::process::Child {
    sandbox.write(
        "migrations/versions/b.sql",
        format!(
            "-- slow\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nSELECT pg_sleep({seconds});\n\n-- migrate:down\n"
        ),
    );
    let mut upgrade = sandbox.command(program());
    let mut child = upgrade.arg("upgrade").stderr(Stdio::piped()).spawn().expect("it starts");
    let query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' \
                 AND datname = current_database()";
    for _ in 0..600 {
        if database.rows(query) == ["1"] {
            return child;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = child.kill();
    let ended = child.wait();
    panic!("the second revision does not begin: {ended:?}");
}

#[test]
fn a_second_upgrade_waits_for_the_first_and_finds_nothing_left_to_do() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    let first = sleeping(&sandbox, &database, 3);
    let second = sandbox.limbeck("upgrade");
    assert!(first.wait_with_output().expect("it ends").status.success());
    assert_eq!(second.status, 0, "{}", second.shown());
    assert!(second.stderr.contains("Waiting for another run"), "{}", second.shown());
    assert_eq!(second.stdout, "Nothing to do: already at heads (b1)\n");
}

#[cfg(unix)]
#[test]
fn a_run_that_takes_long_holds_others_off_and_can_be_interrupted() {
    let (sandbox, database) = with_database("a1 <- : Customers");
    let first = sleeping(&sandbox, &database, 120);
    let second = sandbox.limbeck("upgrade --json");
    assert_eq!(code(&second), (5, "lock-held".to_owned()));
    let interrupt = std::process::Command::new("kill").args(["-INT", &first.id().to_string()]).status();
    assert!(interrupt.expect("`kill` starts").success());
    let first = sandbox.answer(&first.wait_with_output().expect("it ends"));
    assert_eq!(first.status, 1, "{}", first.shown());
    insta::assert_snapshot!(steady(&first.shown(), &database), @"
    ! [1/2] upgrade a1 Customers
    ! [1/2] done in N ms
    ! [2/2] upgrade b1 slow
    ! [2/2] failed
    ! error: upgrade of b1, statement 1 (migrations/versions/b.sql:6:1): cancelled
    ! hint: nothing of this revision was kept, the database is at a1
    exit 1
    ");
    assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["a1"]);
}
