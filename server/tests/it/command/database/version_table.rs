//! The version table, and what its rows say.

use super::{HISTORY, session, with_database};

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
