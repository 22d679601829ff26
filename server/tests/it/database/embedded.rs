//! The Postgres inside of the process.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use limbeck::database::{Cancel, Database, Embedded, EmbeddedError, Target, run};
use limbeck_core::document::{Direction, Event};

use limbeck_core::project::Project;

use super::lab;
use super::lab::{file, options, shown, story};

async fn start(root: &Path) -> Target {
    Target::Embedded(Arc::new(Embedded::start(&root.join("migrations")).await.expect("it starts")))
}

async fn rows(target: &Target) -> Vec<String> {
    let database = Database::connect(target, "test").await.expect("it serves");
    database.version_rows(&options().version_table).await.expect("rows can be read")
}

fn project() -> Project {
    lab::project(&[
        file("a", "", "\nCREATE TABLE one (id int);\nSET search_path = '';", Some("\nDROP TABLE one;")),
        file(
            "b",
            "a",
            " transaction:false\nCREATE INDEX CONCURRENTLY one_id ON one (id);",
            Some(" transaction:false\nDROP INDEX CONCURRENTLY one_id;"),
        ),
        file("c", "b", "\nDROP TABLE IF EXISTS none;\nCREATE VIEW v AS SELECT id FROM one;", Some("\nDROP VIEW v;")),
    ])
}

#[tokio::test]
async fn a_project_goes_up_and_down_and_the_data_stays_when_the_process_ends() {
    let root = tempfile::tempdir().unwrap();
    let project = project();
    let target = start(root.path()).await;
    let mut database = Database::connect(&target, "test").await.unwrap();
    assert_eq!(database.describe(), "limbeck @ embedded · PostgreSQL 17.5");
    let plan = project.plan(&[], Direction::Upgrade, "heads").unwrap();
    let mut events: Vec<Event> = Vec::new();
    let mut on_event = |event| events.push(event);
    let report = run(&mut database, &project, &plan, &options(), &mut on_event, &Cancel::never()).await.unwrap();
    assert_eq!(report.rows, ["c"]);
    insta::assert_snapshot!(story(&events), @r#"
    locked
    step 0: Upgrade a
      0.0 …
      0.0 done
      0.1 …
      0.1 done
    step 0 done: a
    step 1: Upgrade b
      1.0 …
      1.0 done
    step 1 done: b
    step 2: Upgrade c
      2.0 …
      2.0 NOTICE: table "none" does not exist, skipping
      2.0 done
      2.1 …
      2.1 done
    step 2 done: c
    finished: c
    "#);
    drop(database);
    assert_eq!(rows(&target).await, ["c"]);
    target.close().await.unwrap();
    drop(target);

    let target = start(root.path()).await;
    assert_eq!(rows(&target).await, ["c"]);
    let mut database = Database::connect(&target, "test").await.unwrap();
    let plan = project.plan(&["c".to_owned()], Direction::Downgrade, "base").unwrap();
    let report = run(&mut database, &project, &plan, &options(), &mut |_| {}, &Cancel::never()).await.unwrap();
    assert!(report.rows.is_empty());
}

#[tokio::test]
async fn an_error_rolls_back_and_the_next_run_works() {
    let root = tempfile::tempdir().unwrap();
    let target = start(root.path()).await;
    let project = lab::project(&[file("a", "", "\nCREATE TABLE one (id int);\nSELECT 1/(random() * 0)::int;", None)]);
    let plan = project.plan(&[], Direction::Upgrade, "heads").unwrap();
    let mut database = Database::connect(&target, "test").await.unwrap();
    let error = run(&mut database, &project, &plan, &options(), &mut |_| {}, &Cancel::never()).await.unwrap_err();
    assert_eq!(
        shown(&error),
        "upgrade of a, statement 2 (versions/a.sql:6:1): division by zero (SQLSTATE 22012)\nsql\n\
         nothing of this revision was kept, the database is at base; correct the file, then upgrade again"
    );
    assert_eq!(database.lock_holder(&options().version_table).await.unwrap(), None);
    drop(database);
    assert!(rows(&target).await.is_empty());
}

#[tokio::test]
async fn no_command_is_named_that_does_not_reach_it() {
    let root = tempfile::tempdir().unwrap();
    let target = start(root.path()).await;
    let up = " transaction:false\nCREATE TABLE two ();\nALTER TABLE alembic_version ADD CHECK (version_num <> 'a');";
    let project = lab::project(&[file("a", "", up, None)]);
    let plan = project.plan(&[], Direction::Upgrade, "heads").unwrap();
    let mut database = Database::connect(&target, "test").await.unwrap();
    let error = run(&mut database, &project, &plan, &options(), &mut |_| {}, &Cancel::never()).await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r#"
    upgrade of a (versions/a.sql): writing the version rows: new row for relation "alembic_version" violates check constraint "alembic_version_version_num_check" (SQLSTATE 23514): Failing row contains (a)
    sql
    statements 1 to 2 of 2 were committed and stay, the database is at base; see that public.alembic_version can be created and takes rows of version_num alone, make the section fit for what stays, then upgrade again
    "#);
}

#[tokio::test]
async fn connections_take_turns() {
    let root = tempfile::tempdir().unwrap();
    let target = start(root.path()).await;
    let first = Database::connect(&target, "first").await.unwrap();
    let waiting = tokio::spawn({
        let target = target.clone();
        async move { rows(&target).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    drop(first);
    assert!(waiting.await.unwrap().is_empty());
}

#[tokio::test]
async fn cancel_takes_effect_behind_the_statement_that_runs() {
    let root = tempfile::tempdir().unwrap();
    let target = start(root.path()).await;
    let project = lab::project(&[file("a", "", "\nCREATE TABLE one (id int);\nCREATE TABLE two (id int);", None)]);
    let plan = project.plan(&[], Direction::Upgrade, "heads").unwrap();
    let (handle, cancel) = Cancel::new();
    let mut database = Database::connect(&target, "test").await.unwrap();
    let mut on_event = |event: Event| {
        if matches!(event, Event::StatementStarted { statement: 0, .. }) {
            handle.cancel();
        }
    };
    let error = run(&mut database, &project, &plan, &options(), &mut on_event, &cancel).await.unwrap_err();
    assert!(error.is_cancelled());
    assert_eq!(error.place.unwrap().statement, Some(1));
    assert_eq!(error.rows, Some(Vec::new()));
}

#[tokio::test]
async fn its_directory_is_private_and_ignored_by_git() {
    let root = tempfile::tempdir().unwrap();
    let _target = start(root.path()).await;
    let directory = root.path().join(".limbeck");
    assert_eq!(std::fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(std::fs::read_to_string(directory.join(".gitignore")).unwrap(), "*\n");
}

#[tokio::test]
async fn a_second_one_on_the_same_directory_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let _target = start(root.path()).await;
    let error = Embedded::start(&root.path().join("migrations")).await.unwrap_err();
    assert_eq!(error, EmbeddedError::InUse { path: root.path().join(".limbeck") });
    assert_eq!(
        error.to_string(),
        format!("another process uses the embedded Postgres in {}", root.path().join(".limbeck").display())
    );
}

#[tokio::test]
async fn one_that_another_process_has_open_is_refused() {
    let root = tempfile::tempdir().unwrap();
    start(root.path()).await.close().await.unwrap();
    let lock = std::fs::File::open(root.path().join(".limbeck/postgres/.pglite-oxide.lock")).unwrap();
    lock.lock().unwrap();
    let error = Embedded::start(&root.path().join("migrations")).await.unwrap_err();
    assert_eq!(error, EmbeddedError::InUse { path: root.path().join(".limbeck") });
    lock.unlock().unwrap();
    assert!(rows(&start(root.path()).await).await.is_empty());
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_no_obstacle() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("a-directory-with-quite-a-long-name/".repeat(4));
    std::fs::create_dir_all(&deep).unwrap();
    let target = start(&deep).await;
    assert!(rows(&target).await.is_empty());
    assert!(deep.join(".limbeck/postgres").is_dir());
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join(".limbeck"), "a file").unwrap();
    let error = Embedded::start(&root.path().join("migrations")).await.unwrap_err();
    assert!(error.to_string().contains(".limbeck cannot be used for the embedded Postgres"), "{error}");
}

#[test]
fn it_ends_with_its_runtime_gone() {
    let root = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (target, database) = runtime.block_on(async {
        let target = start(root.path()).await;
        let database = Database::connect(&target, "test").await.unwrap();
        (target, database)
    });
    drop(database);
    drop(runtime);
    let start = std::time::Instant::now();
    drop(target);
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_client_that_talks_nonsense_does_not_end_it() {
    use tokio::io::AsyncWriteExt;
    let root = tempfile::tempdir().unwrap();
    let target = start(root.path()).await;
    for _ in 0..3 {
        let socket = root.path().join(".limbeck/run/.s.PGSQL.5432");
        let mut client = tokio::net::UnixStream::connect(&socket).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        drop(client);
        assert!(rows(&target).await.is_empty());
    }
}
