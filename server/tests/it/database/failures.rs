//! Runs that stop: what is said, and what is left behind.

use limbeck::database::{Cancel, Database, RunError, RunFailure};
use limbeck_core::document::{Direction, Event, Verdict};

use super::lab::{Lab, file, options, shown, target, until};

const RELATIONS: &str =
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1";

fn stopped(result: Result<impl std::fmt::Debug, RunError>) -> RunError {
    result.expect_err("the run stops")
}

#[tokio::test]
async fn a_sql_error_stops_at_the_last_whole_revision() {
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file(
            "b",
            "a",
            "\nCREATE TABLE two (id int);\nALTER TABLE one\n    ADD COLUMN two int,\n    ADD COLUMN three int DEFAULT 1 / (length(current_setting('server_version')) * 0);",
            None,
        ),
        file("c", "b", "\nCREATE TABLE three (id int);", None),
    ]);
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @"
    upgrade of b, statement 2 (versions/b.sql:6:1): division by zero (SQLSTATE 22012)
    sql
    nothing of this revision was kept, the database is at a; correct the file, then upgrade again
    ");
    assert_eq!(error.sqlstate(), Some("22012"));
    assert_eq!(error.rows.as_deref(), Some(&["a".to_owned()][..]));
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "one"]);
    assert_eq!(lab.rows().await, ["a"]);
}

#[tokio::test]
async fn an_error_in_the_first_revision_leaves_nothing_not_even_the_version_table() {
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);\nSELECT 1/(random() * 0)::int;", None)]);
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @"
    upgrade of a, statement 2 (versions/a.sql:6:1): division by zero (SQLSTATE 22012)
    sql
    nothing of this revision was kept, the database is at base; correct the file, then upgrade again
    ");
    assert!(lab.database.rows(RELATIONS).is_empty());
}

#[tokio::test]
async fn the_place_of_an_error_is_line_and_column_of_the_file() {
    let lab = Lab::new(&[file("a", "", "\n\nSELECT 1; SELECT 'ä',\n   'x'::date;", None)]);
    let place = stopped(lab.upgrade("heads").await).place.unwrap();
    assert_eq!(place.path.as_deref(), Some("versions/a.sql"));
    assert_eq!((place.statement, place.line, place.column), (Some(1), Some(7), Some(4)));
}

#[tokio::test]
async fn detail_and_hint_of_the_server_are_passed_on() {
    let lab = Lab::new(&[file(
        "a",
        "",
        "\nCREATE TABLE one (id int UNIQUE);\nINSERT INTO one SELECT 1 FROM generate_series(1, 2);",
        None,
    )]);
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("heads").await)), @r#"
    upgrade of a, statement 2 (versions/a.sql:6:1): duplicate key value violates unique constraint "one_id_key" (SQLSTATE 23505): Key (id)=(1) already exists
    sql
    nothing of this revision was kept, the database is at base; correct the file, then upgrade again
    "#);
    let lab = Lab::new(&[file(
        "a",
        "",
        "\nCREATE TABLE one (id int);\nDO 'BEGIN EXECUTE (SELECT format(''CREATE VIEW v AS SELECT * FROM %I'', relname) FROM pg_class WHERE relname = ''one''); END';\nDROP TABLE one;",
        None,
    )]);
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("heads").await)), @"
    upgrade of a, statement 3 (versions/a.sql:7:1): cannot drop table one because other objects depend on it (SQLSTATE 2BP01): view v depends on table one
    sql
    nothing of this revision was kept, the database is at base; Use DROP ... CASCADE to drop the dependent objects too; correct the file, then upgrade again
    ");
}

#[tokio::test]
async fn a_deferred_constraint_that_fails_at_commit_is_an_error_of_the_step() {
    let lab = Lab::new(&[file(
        "a",
        "",
        "\nCREATE TABLE one (id int PRIMARY KEY);\n\
         CREATE TABLE two (one int REFERENCES one DEFERRABLE INITIALLY DEFERRED);\n\
         INSERT INTO two VALUES (7);",
        None,
    )]);
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("heads").await)), @r#"
    upgrade of a (versions/a.sql): at COMMIT: insert or update on table "two" violates foreign key constraint "two_one_fkey" (SQLSTATE 23503): Key (one)=(7) is not present in table "one"
    sql
    nothing of this revision was kept, the database is at base; correct the file, then upgrade again
    "#);
    assert!(lab.database.rows(RELATIONS).is_empty());
}

#[tokio::test]
async fn a_section_outside_a_transaction_says_which_statements_stay() {
    let lab = Lab::new(&[
        file("a", "", "\n", None),
        file(
            "b",
            "a",
            " transaction:false\nCREATE TABLE one (id int);\nCREATE TABLE two (id int);\nSELECT 1/(random() * 0)::int;\nSELECT 1;",
            None,
        ),
    ]);
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @"
    upgrade of b, statement 3 (versions/b.sql:7:1): division by zero (SQLSTATE 22012)
    sql
    statements 1 to 2 of 4 were committed and stay, the database is at a; make the section fit for what stays, then upgrade again
    ");
    assert_eq!(error.place.unwrap().kept.committed, [0, 1]);
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "one", "two"]);
    assert_eq!(lab.rows().await, ["a"]);
}

#[tokio::test]
async fn a_section_that_ends_its_transaction_is_found_out() {
    // A plan is blocked over this; the runner looks again.
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);\nCOMMIT;\nCREATE TABLE two (id int);", None)]);
    let error = stopped(lab.run(&lab.unblocked().await, &Cancel::never()).await.0);
    insta::assert_snapshot!(shown(&error), @r"
    upgrade of a (versions/a.sql): the section ended its own transaction
    sql
    statements 1 to 3 of 3 were committed and stay, the database is at base; take COMMIT and ROLLBACK out, or mark the section transaction:false
    ");
    assert!(lab.rows().await.is_empty());

    let lab =
        Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);\nCOMMIT;\nBEGIN;\nCREATE TABLE two (id int);", None)]);
    let error = stopped(lab.run(&lab.unblocked().await, &Cancel::never()).await.0);
    assert!(matches!(error.failure, RunFailure::TransactionEnded), "{error:?}");
    assert_eq!(lab.database.rows(RELATIONS), ["one"]);

    // What stands before a ROLLBACK is gone.
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);\nROLLBACK;\nCREATE TABLE two (id int);", None)]);
    let error = stopped(lab.run(&lab.unblocked().await, &Cancel::never()).await.0);
    assert!(matches!(error.failure, RunFailure::TransactionEnded), "{error:?}");
    assert_eq!(error.place.unwrap().kept.committed, [2]);
    assert_eq!(lab.database.rows(RELATIONS), ["two"]);
}

#[tokio::test]
async fn a_blocked_plan_does_not_run() {
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);", None)]);
    let mut plan = lab.plan(Direction::Upgrade, "heads").await;
    plan.verdict = Verdict::Blocked;
    plan.findings.push(limbeck_core::diagnostic::Diagnostic::error("irreversible", "a cannot be undone"));
    let error = stopped(lab.run(&plan, &Cancel::never()).await.0);
    assert_eq!(
        shown(&error),
        "the plan is blocked: a cannot be undone\nirreversible\n`limbeck plan` shows what blocks it"
    );
    assert!(lab.database.rows(RELATIONS).is_empty());
}

#[tokio::test]
async fn a_database_that_moved_is_not_migrated() {
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file("b", "a", "\nCREATE TABLE two (id int);", None),
    ]);
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    lab.upgrade("a").await.unwrap();
    let error = stopped(lab.run(&plan, &Cancel::never()).await.0);
    insta::assert_snapshot!(shown(&error), @r"
    the plan starts from base, but the database is at a
    stale-plan
    somebody else migrated meanwhile: look at the new plan, then run it
    ");
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "one"]);
}

#[tokio::test]
async fn a_row_that_disappears_meanwhile_rolls_the_step_back() {
    let lab = Lab::new(&[
        file("a", "", "\n", None),
        // Whoever does this by hand would do it in another session; for the fence it is the same.
        file("b", "a", "\nCREATE TABLE two (id int);\nUPDATE alembic_version SET version_num = 'x';", None),
        file("c", "a", "\nCREATE TABLE three (id int);\nINSERT INTO alembic_version VALUES ('y');", None),
    ]);
    lab.upgrade("a").await.unwrap();
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("b").await)), @r"
    upgrade of b (versions/b.sql): update of 'a' to 'b' in public.alembic_version met 0 rows instead of one
    stale-plan
    nothing of this revision was kept, the database is at a; somebody else migrated meanwhile: look at the new plan, then run it
    ");
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("c").await)), @r"
    upgrade of c (versions/c.sql): the version rows would be c, y instead of c
    stale-plan
    nothing of this revision was kept, the database is at a; somebody else migrated meanwhile: look at the new plan, then run it
    ");
    assert_eq!(lab.rows().await, ["a"]);
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version"]);
}

#[tokio::test]
async fn an_id_too_long_for_alembics_own_table_is_known_before_anything_runs() {
    let long = "abcdefghij_abcdefghij_abcdefghij_abcdefghij";
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file(long, "a", "\nCREATE TABLE two (id int);", None),
    ]);
    lab.database.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    );
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @r"
    revision id 'abcdefghij_abcdefghij_abcdefghij_abcdefghij' has 43 characters, and column version_num of public.alembic_version takes 32
    sql
    ALTER TABLE public.alembic_version ALTER COLUMN version_num TYPE varchar(255)
    ");
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version"]);

    // What the hint says makes it work.
    let RunFailure::TooLong { table, .. } = &error.failure else { panic!("{error:?}") };
    lab.database.execute(&format!("ALTER TABLE {table} ALTER COLUMN version_num TYPE varchar(255)"));
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, [long]);
}

#[tokio::test]
async fn alembics_own_table_serves_as_it_is() {
    let lab = Lab::new(&[file("a", "", "\n", None), file("b", "a", "\n", None)]);
    lab.database.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); \
         INSERT INTO alembic_version VALUES ('a')",
    );
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["b"]);
    let width = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'alembic_version'::regclass AND attnum = 1";
    assert_eq!(lab.database.rows(width), ["character varying(32)"]);
}

#[tokio::test]
async fn a_role_without_privileges_is_told_so_before_anything_runs() {
    let mut lab = Lab::new(&[file("a", "", "\n", None), file("b", "a", "\nCREATE TABLE two (id int);", None)]);
    lab.upgrade("a").await.unwrap();
    lab.database.execute(&format!(
        "CREATE ROLE reader_{0} LOGIN PASSWORD 'r'; GRANT SELECT ON alembic_version TO reader_{0}",
        lab.database.name
    ));
    lab.target = target(&lab.database.url_as(&format!("reader_{}", lab.database.name), "r"));
    assert_eq!(lab.rows().await, ["a"]);
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("heads").await)), @r"
    this role lacks INSERT, UPDATE, DELETE on public.alembic_version
    sql
    connect as its owner, or GRANT INSERT, UPDATE, DELETE ON public.alembic_version
    ");

    lab.database.execute(&format!("GRANT ALL ON alembic_version TO reader_{}", lab.database.name));
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @"
    upgrade of b, statement 1 (versions/b.sql:5:14): permission denied for schema public (SQLSTATE 42501)
    sql
    nothing of this revision was kept, the database is at a; connect as a role that may do this, or GRANT it
    ");
    assert_eq!(lab.rows().await, ["a"]);
}

#[tokio::test]
async fn a_role_that_may_not_read_the_version_table_is_told_so() {
    let lab = Lab::new(&[file("a", "", "\n", None)]);
    lab.upgrade("a").await.unwrap();
    let role = format!("stranger_{}", lab.database.name);
    lab.database.execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 's'"));
    let database = Database::connect(&target(&lab.database.url_as(&role, "s")), "test").await.unwrap();
    let error = database.version_rows(&options().version_table).await.unwrap_err();
    assert_eq!(error.to_string(), "permission denied for table alembic_version (SQLSTATE 42501)");
    assert_eq!(error.hint().as_deref(), Some("connect as a role that may do this, or GRANT it"));
    assert_eq!(error.code(), "sql");
}

#[tokio::test]
async fn something_else_under_the_name_of_the_version_table_is_not_touched() {
    let lab = Lab::new(&[file("a", "", "\n", None)]);
    let table = &lab.options.version_table;
    let database = Database::connect(&lab.target, "test").await.unwrap();
    for (sql, expected) in [
        (
            "CREATE VIEW alembic_version AS SELECT 1",
            "public.alembic_version is no version table: it is a view, an index or a sequence",
        ),
        (
            "CREATE TABLE alembic_version (id int)",
            "public.alembic_version is no version table: it has no column version_num",
        ),
        (
            "CREATE TABLE alembic_version (version_num int)",
            "public.alembic_version is no version table: its column version_num is of type int4",
        ),
        (
            "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES (NULL)",
            "public.alembic_version is no version table: a row of it is null",
        ),
    ] {
        lab.database.execute(sql);
        assert_eq!(database.version_rows(table).await.unwrap_err().to_string(), expected);
        lab.database.execute(if sql.contains("VIEW") {
            "DROP VIEW alembic_version"
        } else {
            "DROP TABLE alembic_version"
        });
    }
    lab.database.execute("DROP SCHEMA public");
    let error =
        stopped(lab.run(&lab.project.plan(&[], Direction::Upgrade, "heads").unwrap(), &Cancel::never()).await.0);
    insta::assert_snapshot!(shown(&error), @r"
    there is no schema to create alembic_version in
    sql
    create a schema, or name one as version_table_schema in limbeck.toml
    ");
}

#[tokio::test]
async fn a_server_that_goes_away_in_a_statement_leaves_the_last_whole_revision() {
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file("b", "a", "\nCREATE TABLE two (id int);\nSELECT pg_sleep(60);", None),
    ]);
    let run = lab.spawn(lab.plan(Direction::Upgrade, "heads").await, Cancel::never());
    run.events.wait(|event| matches!(event, Event::StatementStarted { step: 1, statement: 1 })).await;
    let admin = lab.database.client().await;
    until(&admin, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid() AND datname = current_database()").await;
    admin
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()", &[])
        .await
        .unwrap();
    let error = stopped(run.result().await);
    insta::assert_snapshot!(shown(&error), @"
    upgrade of b, statement 2 (versions/b.sql:6:1): the connection to the server is gone: terminating connection due to administrator command
    connection
    nothing of this revision was kept, the database is at a; when the server is back, look where the database is; to upgrade again goes on from there
    ");
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "one"]);
    assert_eq!(lab.upgrade("a").await.unwrap().rows, ["a"]);
}

#[tokio::test]
async fn a_connection_that_breaks_between_steps_is_reported() {
    let lab = Lab::new(&[file(
        "a",
        "",
        "\nCREATE TABLE one (id int);\nSELECT pg_terminate_backend(pg_backend_pid());",
        None,
    )]);
    let error = stopped(lab.upgrade("heads").await);
    assert_eq!(error.code(), "connection");
    assert_eq!(error.rows, Some(Vec::new()));
    assert!(lab.database.rows(RELATIONS).is_empty());
}

#[tokio::test]
async fn cancel_stops_the_statement_on_the_server_and_rolls_back() {
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file("b", "a", "\nCREATE TABLE two (id int);\nSELECT pg_sleep(60);", None),
    ]);
    let (handle, cancel) = Cancel::new();
    let run = lab.spawn(lab.plan(Direction::Upgrade, "heads").await, cancel);
    run.events.wait(|event| matches!(event, Event::StatementStarted { step: 1, statement: 1 })).await;
    let admin = lab.database.client().await;
    until(&admin, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid() AND datname = current_database()").await;
    handle.cancel();
    let error = stopped(run.result().await);
    assert!(error.is_cancelled());
    insta::assert_snapshot!(shown(&error), @"
    upgrade of b, statement 2 (versions/b.sql:6:1): cancelled
    sql
    nothing of this revision was kept, the database is at a
    ");
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "one"]);
    let database = Database::connect(&lab.target, "test").await.unwrap();
    assert_eq!(database.lock_holder(&lab.options.version_table).await.unwrap(), None);
}

#[tokio::test]
async fn what_was_cancelled_on_the_server_is_told_from_a_timeout() {
    let lab = Lab::new(&[file("a", "", "\nSET LOCAL statement_timeout = 50;\nSELECT pg_sleep(60);", None)]);
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("heads").await)), @"
    upgrade of a, statement 2 (versions/a.sql:6:1): canceling statement due to statement timeout (SQLSTATE 57014)
    sql
    nothing of this revision was kept, the database is at base; raise statement_timeout, then upgrade again
    ");

    let lab = Lab::new(&[file("a", "", "\nSELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60);", None)]);
    insta::assert_snapshot!(shown(&stopped(lab.upgrade("heads").await)), @"
    upgrade of a, statement 1 (versions/a.sql:5:1): canceling statement due to user request (SQLSTATE 57014)
    sql
    nothing of this revision was kept, the database is at base; find out who cancelled it on the server, then upgrade again
    ");
}

#[tokio::test]
async fn cancel_before_a_run_runs_nothing() {
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);", None)]);
    let (handle, cancel) = Cancel::new();
    handle.cancel();
    let error = stopped(lab.run(&lab.plan(Direction::Upgrade, "heads").await, &cancel).await.0);
    assert_eq!(error.to_string(), "cancelled");
    assert!(lab.database.rows(RELATIONS).is_empty());
}

#[tokio::test]
async fn copy_from_the_client_does_not_hang() {
    // A plan is blocked over this; the runner does not hang on it.
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);\nCOPY one FROM stdin;", None)]);
    let error = stopped(lab.run(&lab.unblocked().await, &Cancel::never()).await.0);
    assert_eq!(error.code(), "connection");
    assert_eq!(error.rows, Some(Vec::new()));
    let lab = Lab::new(&[file("a", "", "\nCOPY (SELECT 1) TO stdout;", None)]);
    stopped(lab.run(&lab.unblocked().await, &Cancel::never()).await.0);
}

#[tokio::test]
async fn an_invalid_index_that_is_left_behind_is_named() {
    let lab = Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);\nINSERT INTO one SELECT 1 FROM generate_series(1, 2);", None),
        file("b", "a", " transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY \"One Id\" ON one (id);", None),
    ]);
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @r#"
    upgrade of b, statement 1 (versions/b.sql:5:1): could not create unique index "One Id" (SQLSTATE 23505): Key (id)=(1) is duplicated
    sql
    `DROP INDEX CONCURRENTLY public."One Id"` removes what was left unfinished, the database is at a; correct the file, then upgrade again
    "#);
    // What the hint says makes it work.
    lab.database.execute(&format!("DROP INDEX CONCURRENTLY {}", error.left_behind.join(", ")));
    lab.database.execute("DELETE FROM one");
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["b"]);
}

#[tokio::test]
async fn a_version_table_that_cannot_be_written_after_a_section_outside_a_transaction_says_how_to_record_it() {
    let lab = Lab::new(&[
        file("a", "", "\n", None),
        file(
            "b",
            "a",
            " transaction:false\nCREATE TABLE two (id int);\nALTER TABLE alembic_version ADD CHECK (version_num <> 'b');",
            None,
        ),
    ]);
    lab.upgrade("a").await.unwrap();
    let error = stopped(lab.upgrade("heads").await);
    insta::assert_snapshot!(shown(&error), @r#"
    upgrade of b (versions/b.sql): writing the version rows: new row for relation "alembic_version" violates check constraint "alembic_version_version_num_check" (SQLSTATE 23514): Failing row contains (b)
    sql
    statements 1 to 2 of 2 were committed and stay, the database is at a; when the table can be written, `limbeck stamp b` records what ran
    "#);
}
