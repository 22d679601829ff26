//! Runs at the same time.

use std::time::Duration;

use limbeck::database::{Cancel, Database, RunFailure, run, stamp};
use limbeck_core::document::{Direction, Event};
use limbeck_core::revision::{RevisionId, RowChange};

use super::lab::{Lab, file, shown, until};

fn slow() -> Lab {
    Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);\nSELECT pg_sleep(0.5);", None),
        file("b", "a", "\nCREATE TABLE two (id int);", None),
    ])
}

#[tokio::test]
async fn of_two_runs_one_does_the_work_and_the_other_is_told_that_the_plan_is_stale() {
    let lab = slow();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let one = lab.spawn(plan.clone(), Cancel::never());
    let two = lab.spawn(plan, Cancel::never());
    let results = [one.result().await, two.result().await];
    let (done, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 1));
    let error = refused.into_iter().next().unwrap().unwrap_err();
    assert!(matches!(error.failure, RunFailure::Stale { .. }), "{error:?}");
    insta::assert_snapshot!(shown(&error), @r"
    the plan starts from base, but the database is at b
    stale-plan
    somebody else migrated meanwhile: look at the new plan, then run it
    ");
    assert_eq!(lab.rows().await, ["b"]);
}

#[tokio::test]
async fn who_waits_in_vain_is_told_who_holds_the_lock() {
    let mut lab = slow();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let first = lab.spawn(plan.clone(), Cancel::never());
    first.events.wait(|event| *event == Event::Locked).await;
    lab.options.lock_deadline = Duration::from_millis(100);
    let (result, events) = lab.run(&plan, &Cancel::never()).await;
    let error = result.unwrap_err();
    assert_eq!(error.code(), "lock-held");
    let message = error.to_string();
    let (process, rest) = message.split_once(" (").unwrap();
    assert!(process.starts_with("another run holds the lock: process "), "{message}");
    assert!(rest.starts_with("limbeck test) of postgres, connected since 20"), "{message}");
    assert!(matches!(events.as_slice(), [Event::LockWaiting { .. }, Event::Failed { .. }]), "{events:?}");
    first.result().await.unwrap();
}

#[tokio::test]
async fn the_lock_is_free_again_after_a_run_that_failed() {
    let lab = Lab::new(&[file("a", "", "\nSELECT 1/(random() * 0)::int;", None)]);
    let mut database = Database::connect(&lab.target, "limbeck test").await.unwrap();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let (project, options) = (&lab.project, &lab.options);
    run(&mut database, project, &plan, options, &mut |_| {}, &Cancel::never()).await.unwrap_err();
    assert_eq!(database.lock_holder(&lab.options.version_table).await.unwrap(), None);
    assert_eq!(database.version_rows(&lab.options.version_table).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn waiting_for_the_lock_can_be_cancelled() {
    let lab = slow();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let first = lab.spawn(plan.clone(), Cancel::never());
    first.events.wait(|event| *event == Event::Locked).await;
    let (handle, cancel) = Cancel::new();
    let second = lab.spawn(plan, cancel);
    second.events.wait(|event| matches!(event, Event::LockWaiting { .. })).await;
    handle.cancel();
    assert!(second.result().await.unwrap_err().is_cancelled());
    first.result().await.unwrap();
}

#[tokio::test]
async fn a_waiting_run_does_not_block_a_concurrent_index_build() {
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file(
            "b",
            "a",
            " transaction:false\nSELECT pg_sleep(0.3);\nCREATE INDEX CONCURRENTLY one_id ON one (id);",
            None,
        ),
    ]);
    lab.upgrade("a").await.unwrap();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let first = lab.spawn(plan.clone(), Cancel::never());
    first.events.wait(|event| *event == Event::Locked).await;
    let second = lab.spawn(plan, Cancel::never());
    first.result().await.unwrap();
    assert!(matches!(second.result().await.unwrap_err().failure, RunFailure::Stale { .. }));
}

#[tokio::test]
async fn a_migration_that_lets_all_advisory_locks_go_does_not_let_others_in() {
    let lab = Lab::new(&[
        file("a", "", "\nSELECT pg_advisory_unlock_all();", None),
        file(
            "b",
            "a",
            "\nCREATE TABLE held AS SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();",
            None,
        ),
        file("c", "b", " transaction:false\nDISCARD ALL;", None),
        file(
            "d",
            "c",
            "\nINSERT INTO held SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();",
            None,
        ),
    ]);
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT n FROM held"), ["1", "1"]);
}

#[tokio::test]
async fn a_statement_waits_for_a_table_no_longer_than_the_limit() {
    let mut lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file("b", "a", "\nALTER TABLE one ADD COLUMN x int;", None),
    ]);
    lab.upgrade("a").await.unwrap();
    lab.options.lock_timeout = Some(Duration::from_millis(100));
    let reader = lab.database.client().await;
    reader.batch_execute("BEGIN; SELECT * FROM one").await.unwrap();
    let error = lab.upgrade("heads").await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("55P03"));
    insta::assert_snapshot!(shown(&error), @"
    upgrade of b, statement 1 (versions/b.sql:5:1): canceling statement due to lock timeout (SQLSTATE 55P03)
    sql
    nothing of this revision was kept, the database is at a; wait until others let go of what it needs, then upgrade again
    ");
    reader.batch_execute("COMMIT").await.unwrap();
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["b"]);
}

#[tokio::test]
async fn outside_a_transaction_a_statement_waits_no_longer_either_but_what_runs_concurrently_does() {
    let section = "transaction:false\nCREATE INDEX CONCURRENTLY i ON one (id);\nALTER TABLE one ADD COLUMN x int;";
    let mut lab =
        Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);", None), file("b", "a", &format!(" {section}"), None)]);
    lab.upgrade("a").await.unwrap();
    lab.options.lock_timeout = Some(Duration::from_millis(200));
    let reader = lab.database.client().await;
    reader.batch_execute("BEGIN; LOCK TABLE one IN SHARE MODE").await.unwrap();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let run = lab.spawn(plan, Cancel::never());
    // Five times the limit: the index is waited for.
    tokio::time::sleep(Duration::from_secs(1)).await;
    reader.batch_execute("COMMIT; BEGIN; SELECT * FROM one").await.unwrap();
    let error = run.result().await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("55P03"));
    assert_eq!(lab.database.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), ["t"]);
    reader.batch_execute("COMMIT").await.unwrap();
}

#[tokio::test]
async fn a_section_outside_a_transaction_keeps_the_limit_that_it_sets() {
    let section = " transaction:false\nSET lock_timeout = '7s';\nCREATE TABLE limit_is AS SELECT current_setting('lock_timeout');";
    let lab = Lab::new(&[file("a", "", section, None)]);
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT * FROM limit_is"), ["7s"]);
}

#[tokio::test]
async fn the_server_notices_a_client_that_died() {
    let lab = Lab::new(&[file(
        "a",
        "",
        "\nCREATE TABLE one AS SELECT current_setting('client_connection_check_interval') AS every;",
        None,
    )]);
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT every FROM one"), ["5s"]);
}

#[tokio::test]
async fn stamp_writes_rows_under_the_lock_and_compares_them_first() {
    let lab = Lab::new(&[]);
    let id = |text: &str| RevisionId::new(text).unwrap();
    let mut database = Database::connect(&lab.target, "limbeck test").await.unwrap();
    let mut write = async |from: &[&str], changes: &[RowChange], purge: bool| {
        let from: Vec<String> = from.iter().map(|&row| row.to_owned()).collect();
        stamp(&mut database, &lab.options, &from, changes, purge, &mut |_| {}, &Cancel::never()).await
    };
    let rows = write(&[], &[RowChange::Insert(id("a")), RowChange::Insert(id("b"))], false).await.unwrap();
    assert_eq!(rows, ["a", "b"]);
    let rows =
        write(&["a", "b"], &[RowChange::Delete(id("a")), RowChange::Update { from: id("b"), to: id("c") }], false)
            .await;
    assert_eq!(rows.unwrap(), ["c"]);

    let error = write(&["b"], &[RowChange::Update { from: id("b"), to: id("d") }], false).await.unwrap_err();
    assert_eq!(
        shown(&error),
        "the plan starts from b, but the database is at c\nstale-plan\nsomebody else migrated meanwhile: look at the new plan, then run it"
    );
    // The same row twice: the second statement meets the key.
    write(&["c"], &[RowChange::Insert(id("d")), RowChange::Insert(id("d"))], false).await.unwrap_err();
    assert_eq!(lab.rows().await, ["c"]);

    lab.database.execute("INSERT INTO alembic_version VALUES ('nobody knows')");
    let rows = write(&[], &[RowChange::Insert(id("z"))], true).await.unwrap();
    assert_eq!(rows, ["z"]);
    assert_eq!(lab.rows().await, ["z"]);
}

#[tokio::test]
async fn stamp_waits_for_a_run() {
    let mut lab = slow();
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let first = lab.spawn(plan, Cancel::never());
    first.events.wait(|event| *event == Event::Locked).await;
    lab.options.lock_deadline = Duration::from_millis(50);
    let mut database = Database::connect(&lab.target, "limbeck test").await.unwrap();
    let error = stamp(&mut database, &lab.options, &[], &[], false, &mut |_| {}, &Cancel::never()).await.unwrap_err();
    assert_eq!(error.code(), "lock-held");
    first.result().await.unwrap();
}

#[tokio::test]
async fn ensure_version_table_creates_it_once() {
    let lab = Lab::new(&[]);
    let mut database = Database::connect(&lab.target, "limbeck test").await.unwrap();
    assert!(limbeck::database::ensure_version_table(&mut database, &lab.options).await.unwrap());
    assert!(!limbeck::database::ensure_version_table(&mut database, &lab.options).await.unwrap());
    assert!(lab.rows().await.is_empty());
}

#[tokio::test]
async fn eight_runs_at_once_apply_each_revision_once() {
    let files: Vec<_> = (0..5)
        .map(|n| {
            let parent = if n == 0 { String::new() } else { format!("r{}", n - 1) };
            file(&format!("r{n}"), &parent, &format!("\nCREATE TABLE t{n} (id int);"), None)
        })
        .collect();
    let lab = Lab::new(&files);
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let runs: Vec<_> = (0..8).map(|_| lab.spawn(plan.clone(), Cancel::never())).collect();
    let mut done = 0;
    for run in runs {
        match run.result().await {
            Ok(_) => done += 1,
            Err(error) => assert!(matches!(error.failure, RunFailure::Stale { .. }), "{error:?}"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(lab.rows().await, ["r4"]);
    let client = lab.database.client().await;
    until(&client, "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))").await;
}

#[tokio::test]
async fn a_run_that_vanishes_in_a_statement_lets_go_within_seconds() {
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);\nSELECT pg_sleep(60);", None)]);
    let run = lab.spawn(lab.plan(Direction::Upgrade, "heads").await, Cancel::never());
    run.events.wait(|event| matches!(event, Event::StatementStarted { statement: 1, .. })).await;
    run.vanish().await;
    let client = lab.database.client().await;
    until(
        &client,
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())",
    )
    .await;
    assert_eq!(lab.database.rows("SELECT to_regclass('one')"), ["NULL"]);
    assert!(lab.rows().await.is_empty());
}
