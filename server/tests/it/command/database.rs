//! The commands that ask a database, on a real Postgres.

use std::process::Stdio;
use std::time::Duration;

use super::sandbox::{Answer, Sandbox, program};
use crate::cluster::{Cluster, TestDatabase, USER};

const HISTORY: &str = "
    a1 <-      : Customers
    b1 <- a1   : Orders
    c1 [crm] <- a1 : Notes
    m1 <- b1, c1 : Merge crm
";

/// Returns a sandbox with the history, and its empty database.
fn with_database(history: &str) -> (Sandbox, TestDatabase) {
    let mut sandbox = Sandbox::history(history);
    let database = Cluster::shared().database();
    sandbox.set("DATABASE_URL", &database.url());
    (sandbox, database)
}

/// Returns what a session shows, without what changes from run to run: durations, port, version and database name.
fn session(sandbox: &Sandbox, database: &TestDatabase, lines: &[&str]) -> String {
    steady(&sandbox.session(lines), database)
}

fn steady(text: &str, database: &TestDatabase) -> String {
    let mut steady = String::new();
    for line in text.split_inclusive('\n') {
        let words = line.split_inclusive(' ').map(|word| {
            let number =
                |word: &str| word.trim().chars().all(|digit| digit.is_ascii_digit()) && !word.trim().is_empty();
            if word.trim() == database.name {
                word.replace(&database.name, "DB")
            } else if word.contains("127.0.0.1:") {
                let (before, after) = word.split_once("127.0.0.1:").unwrap_or((word, ""));
                format!("{before}127.0.0.1:PORT{}", after.trim_start_matches(|digit: char| digit.is_ascii_digit()))
            } else if number(word) && line.contains(&format!("{word}ms")) {
                "N ".to_owned()
            } else {
                word.to_owned()
            }
        });
        let line: String = words.collect();
        match line.split_once("PostgreSQL ") {
            Some((before, version)) => {
                let rest = version.trim_start_matches(|part: char| part.is_ascii_digit() || part == '.');
                steady.push_str(&format!("{before}PostgreSQL VERSION{rest}"));
            }
            None => steady.push_str(&line),
        }
    }
    steady
}

fn code(answer: &Answer) -> (i32, String) {
    (answer.status, answer.document()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

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
fn a_check_of_heads_ends_with_3() {
    let (sandbox, database) = with_database(HISTORY);
    sandbox.limbeck("upgrade c1");
    insta::assert_snapshot!(session(&sandbox, &database, &["current --check-heads", "upgrade", "current --check-heads"]), @"
    $ limbeck current --check-heads
    c1  Notes  (crm) (current)
    ! The database is not at m1; limbeck upgrade goes there
    exit 3

    $ limbeck upgrade
    The database is at m1
    ! [1/2] upgrade b1 Orders
    ! [1/2] done in N ms
    ! [2/2] upgrade m1 Merge crm
    ! [2/2] done in N ms

    $ limbeck current --check-heads
    m1  Merge crm  (head) (current) (merge point)
    ");
}

#[test]
fn a_stamp_runs_nothing() {
    let (sandbox, database) = with_database(HISTORY);
    insta::assert_snapshot!(session(&sandbox, &database, &[
        "stamp b1 c1",
        "current",
        "stamp base",
        "stamp nothing",
        "ensure-version",
    ]), @"
    $ limbeck stamp b1 c1
    The database is at b1, c1

    $ limbeck current
    c1  Notes   (crm) (current)
    b1  Orders  (current)

    $ limbeck stamp base
    ! The database is at base

    $ limbeck stamp nothing
    ! error: no revision or branch label is 'nothing' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4

    $ limbeck ensure-version
    The version table alembic_version is there already
    ");
    assert_eq!(database.rows("SELECT count(*) FROM pg_tables WHERE tablename IN ('a1', 'b1', 'c1')"), ["0"]);
}

#[test]
fn a_missing_version_table_is_created_on_demand_only() {
    let (sandbox, database) = with_database(HISTORY);
    let there = || database.rows("SELECT count(*) FROM pg_tables WHERE tablename = 'alembic_version'") == ["1"];
    for line in ["current", "status", "history -i", "show current", "plan", "upgrade --sql", "history -r :current"] {
        sandbox.limbeck(line);
        assert!(!there(), "`{line}` only reads");
    }
    insta::assert_snapshot!(session(&sandbox, &database, &["ensure-version", "ensure-version --json"]), @r#"
    $ limbeck ensure-version
    The version table alembic_version is created

    $ limbeck ensure-version --json
    {
      "format": 1,
      "table": "alembic_version",
      "created": false
    }
    "#);
    assert!(there());
}

#[test]
fn a_row_that_no_file_knows_is_said_and_can_be_purged() {
    let (sandbox, database) = with_database(HISTORY);
    sandbox.limbeck("ensure-version");
    database.execute("INSERT INTO alembic_version VALUES ('gone')");
    insta::assert_snapshot!(session(&sandbox, &database, &[
        "status",
        "current",
        "upgrade",
        "stamp a1",
        "stamp --purge a1",
        "upgrade b1 -q",
    ]), @"
    $ limbeck status
    Project   migrations: 4 revisions, 1 head
    Database  DB @ 127.0.0.1:PORT, PostgreSQL VERSION
      error: the database is at revision gone, which this project does not have
      hint: get the revision file of gone, or set the version rows anew with `limbeck stamp --purge REVISION`

    Current   gone

    Next      limbeck history --graph
              limbeck stamp --purge REVISION
    exit 4

    $ limbeck current
    ! error: the database is at revision gone, which this project does not have
    ! hint: get the revision file of gone, or set the version rows anew with `limbeck stamp --purge REVISION`
    exit 4

    $ limbeck upgrade
    ! error: the database is at revision gone, which this project does not have
    ! hint: get the revision file of gone, or set the version rows anew with `limbeck stamp --purge REVISION`
    exit 4

    $ limbeck stamp a1
    ! error: the database is at revision gone, which this project does not have
    ! hint: get the revision file of gone, or set the version rows anew with `limbeck stamp --purge REVISION`
    exit 4

    $ limbeck stamp --purge a1
    The database is at a1

    $ limbeck upgrade b1 -q
    The database is at b1
    ");
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
    !  --> migrations/versions/b.sql:7:1
    !   |
    ! 7 | CREATE TABLE a1 (n integer);
    !   | ^
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

#[test]
fn what_the_script_of_a_purge_does_is_what_a_purge_does() {
    let (sandbox, database) = with_database(HISTORY);
    sandbox.limbeck("ensure-version");
    database.rows("INSERT INTO alembic_version VALUES ('gone'), ('a1')");
    sandbox.write("purge.sql", sandbox.limbeck("stamp --purge --sql b1 c1").stdout);
    let mut psql = sandbox.command("psql");
    psql.args([database.url().as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "purge.sql"]);
    let answer = sandbox.answer(&psql.output().expect("psql starts"));
    assert_eq!(answer.status, 0, "{}", answer.shown());
    assert_eq!(database.rows("SELECT version_num FROM alembic_version ORDER BY 1"), ["b1", "c1"]);
}

#[test]
fn a_script_runs_only_where_the_database_stands_at_its_start() {
    let (sandbox, database) = with_database(HISTORY);
    let run = |file: &str| {
        let mut psql = sandbox.command("psql");
        psql.args([database.url().as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file]);
        sandbox.answer(&psql.output().expect("psql starts"))
    };
    let rows = || database.rows("SELECT version_num FROM alembic_version ORDER BY 1");
    sandbox.write("first.sql", sandbox.limbeck("upgrade --sql --from base b1").stdout);
    sandbox.write("second.sql", sandbox.limbeck("upgrade --sql --from b1 heads").stdout);

    // No table yet: the second has nothing to stand on.
    assert_ne!(run("second.sql").status, 0);
    assert_eq!(run("first.sql").status, 0);
    assert_eq!(rows(), ["b1"]);
    let again = run("first.sql");
    assert!(again.shown().contains("this script starts from base, and the database is elsewhere"), "{}", again.shown());
    assert_eq!(run("second.sql").status, 0);
    let (there, tables) = (rows(), database.rows("SELECT count(*) FROM pg_class WHERE relkind = 'r'"));
    assert_ne!(run("second.sql").status, 0);
    assert_eq!((rows(), database.rows("SELECT count(*) FROM pg_class WHERE relkind = 'r'")), (there, tables));
}

#[test]
fn a_script_leaves_as_little_to_the_next_revision_as_a_run_does() {
    let revision = |id: &str, revises: &str, up: &str| {
        format!("-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n-- migrate:up\n{up}\n-- migrate:down\n")
    };
    let (sandbox, database) = with_database("");
    let first = "CREATE SCHEMA other;\nCREATE TEMP TABLE job (a int);\n\
                 DO $$ BEGIN EXECUTE 'SET search_path = other'; END $$;\nPREPARE q AS SELECT 1;";
    let second = "CREATE TABLE job (a int);\nINSERT INTO job VALUES (1), (2);\nPREPARE q AS SELECT 2;";
    sandbox.write("migrations/versions/a.sql", revision("a", "", first));
    sandbox.write("migrations/versions/b.sql", revision("b", "a", second));
    sandbox.write("script.sql", sandbox.limbeck("upgrade --sql --from base").stdout);
    let mut psql = sandbox.command("psql");
    psql.args([database.url().as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "script.sql"]);
    let answer = sandbox.answer(&psql.output().expect("psql starts"));
    assert_eq!(answer.status, 0, "{}", answer.shown());
    assert_eq!(database.rows("SELECT count(*) FROM public.job"), ["2"]);
    assert_eq!(database.rows("SELECT version_num FROM public.alembic_version"), ["b"]);
}
