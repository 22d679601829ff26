//! What is said to stay of a section outside a transaction that stopped, beside what is there.

use limbeck::database::{Cancel, RunError};

use super::lab::{Lab, file, shown};

/// Runs a section outside a transaction that stops. Returns what is said to stay, and the tables that are there.
async fn left(section: &str) -> (String, String) {
    let lab = Lab::new(&[file("a", "", &format!(" transaction:false\n{section}\n"), None)]);
    let error: RunError = lab.upgrade("heads").await.expect_err("the run stops");
    let hint = error.hint().expect("a failed step has a hint");
    let (state, _) = hint.split_once(", the database is at base").expect("no version row was written");
    let tables = lab.database.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
         AND relname <> 'alembic_version' ORDER BY 1",
    );
    (state.to_owned(), tables.join(" "))
}

#[tokio::test]
async fn what_is_said_to_stay_is_what_is_there() {
    let nothing = "nothing of this revision was kept";
    let table = [
        ("CREATE TABLE a (); SELECT 1/(random() * 0)::int;", "statement 1 of 2 was committed and stays", "a"),
        (
            "CREATE TABLE a (); CREATE TABLE b (); SELECT 1/(random() * 0)::int;",
            "statements 1 to 2 of 3 were committed and stay",
            "a b",
        ),
        // A transaction of the section's own is kept as a whole, or not at all.
        ("BEGIN; CREATE TABLE a (); SELECT 1/(random() * 0)::int; COMMIT;", nothing, ""),
        ("BEGIN; CREATE TABLE a (); ROLLBACK; SELECT 1/(random() * 0)::int;", nothing, ""),
        ("BEGIN; CREATE TABLE a (); ABORT; SELECT 1/(random() * 0)::int;", nothing, ""),
        (
            "BEGIN; CREATE TABLE a (); COMMIT; SELECT 1/(random() * 0)::int;",
            "statements 1 to 3 of 4 were committed and stay",
            "a",
        ),
        (
            "START TRANSACTION; CREATE TABLE a (); END; SELECT 1/(random() * 0)::int;",
            "statements 1 to 3 of 4 were committed and stay",
            "a",
        ),
        (
            "CREATE TABLE a (); BEGIN; CREATE TABLE b (); SELECT 1/(random() * 0)::int; COMMIT;",
            "statement 1 of 5 was committed and stays",
            "a",
        ),
        (
            "CREATE TABLE a (); BEGIN; CREATE TABLE b (); ROLLBACK; CREATE TABLE c (); SELECT 1/(random() * 0)::int;",
            "statements 1 and 5 of 6 were committed and stay",
            "a c",
        ),
        (
            "CREATE TABLE a (); COMMIT; CREATE TABLE b (); SELECT 1/(random() * 0)::int;",
            "statements 1 to 3 of 4 were committed and stay",
            "a b",
        ),
        // The next transaction begins with the end of the one before.
        (
            "BEGIN; CREATE TABLE a (); COMMIT AND CHAIN; CREATE TABLE b (); SELECT 1/(random() * 0)::int;",
            "statements 1 to 3 of 5 were committed and stay",
            "a",
        ),
        (
            "BEGIN; CREATE TABLE a (); COMMIT AND NO CHAIN; CREATE TABLE b (); SELECT 1/(random() * 0)::int;",
            "statements 1 to 4 of 5 were committed and stay",
            "a b",
        ),
        ("BEGIN; CREATE TABLE a (); ROLLBACK AND CHAIN; CREATE TABLE b (); SELECT 1/(random() * 0)::int;", nothing, ""),
        // What fails at COMMIT is rolled back.
        (
            "CREATE TABLE a (id int PRIMARY KEY); BEGIN; \
             CREATE TABLE b (id int REFERENCES a DEFERRABLE INITIALLY DEFERRED); INSERT INTO b VALUES (1); COMMIT; SELECT 1;",
            "statement 1 of 6 was committed and stays",
            "a",
        ),
        // What a section takes back itself is not looked at so closely, and not claimed.
        (
            "BEGIN; CREATE TABLE a (); SAVEPOINT s; CREATE TABLE b (); ROLLBACK TO s; COMMIT; SELECT 1/(random() * 0)::int;",
            "statements 1 to 2 of 7 were committed and stay, what of statements 3 to 6 stays is not known",
            "a",
        ),
    ];
    for (section, expected, there) in table {
        let (said, tables) = left(section).await;
        assert_eq!((said.as_str(), tables.as_str()), (expected, there), "{section}");
    }
}

#[tokio::test]
async fn what_code_committed_before_it_failed_is_not_known_and_not_claimed() {
    let unknown = "what of statement 1 stays is not known";
    let table = [
        (
            "DO $$ BEGIN CREATE TABLE a (); COMMIT; CREATE TABLE b (); PERFORM 1/(random() * 0)::int; END $$;",
            unknown,
            "a",
        ),
        ("DO $$ BEGIN CREATE TABLE a (); PERFORM 1/(random() * 0)::int; COMMIT; END $$;", unknown, ""),
        // Code without COMMIT, and code in a transaction, is taken back as a whole.
        (
            "DO $$ BEGIN CREATE TABLE a (); PERFORM 1/(random() * 0)::int; END $$;",
            "nothing of this revision was kept",
            "",
        ),
        ("BEGIN; DO $$ BEGIN CREATE TABLE a (); COMMIT; END $$; COMMIT;", "nothing of this revision was kept", ""),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE a (); COMMIT; PERFORM 1/(random() * 0)::int; END $$; CALL p();",
            "statement 1 of 2 was committed and stays, what of statement 2 stays is not known",
            "a",
        ),
        (
            "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE a (); COMMIT; PERFORM 1/(random() * 0)::int; END $$; \
             DO $$ BEGIN CALL p(); END $$;",
            "statement 1 of 2 was committed and stays, what of statement 2 stays is not known",
            "a",
        ),
    ];
    for (section, expected, there) in table {
        let (said, tables) = left(section).await;
        assert_eq!((said.as_str(), tables.as_str()), (expected, there), "{section}");
    }
}

#[tokio::test]
async fn the_way_on_is_that_of_what_stays() {
    let hint = |section: &'static str| async move {
        let lab = Lab::new(&[file("a", "", &format!(" transaction:false\n{section}\n"), None)]);
        shown(&lab.upgrade("heads").await.expect_err("the run stops"))
    };
    insta::assert_snapshot!(hint("BEGIN;\nCREATE TABLE a ();\nSELECT 1/(random() * 0)::int;\nCOMMIT;").await, @"
    upgrade of a, statement 3 (versions/a.sql:7:1): division by zero (SQLSTATE 22012)
    sql
    nothing of this revision was kept, the database is at base; correct the file, then upgrade again
    ");
    insta::assert_snapshot!(hint("DO $$ BEGIN CREATE TABLE a (); COMMIT; PERFORM 1/(random() * 0)::int; END $$;").await, @"
    upgrade of a, statement 1 (versions/a.sql:5:1): division by zero (SQLSTATE 22012)
    sql
    what of statement 1 stays is not known, the database is at base; look what it left, make the section fit for that, then upgrade again
    ");
}

#[tokio::test]
async fn a_transaction_left_open_goes_with_the_version_rows() {
    let lab = Lab::new(&[
        file("a", "", "\n", None),
        file(
            "b",
            "a",
            " transaction:false\nALTER TABLE alembic_version ADD CHECK (version_num <> 'b');\nBEGIN;\nCREATE TABLE two ();",
            None,
        ),
    ]);
    lab.upgrade("a").await.unwrap();
    // A plan is blocked over this; the runner says what is true all the same.
    let error = lab.run(&lab.unblocked().await, &Cancel::never()).await.0.expect_err("the row is refused");
    insta::assert_snapshot!(shown(&error), @r#"
    upgrade of b (versions/b.sql): writing the version rows: new row for relation "alembic_version" violates check constraint "alembic_version_version_num_check" (SQLSTATE 23514): Failing row contains (b)
    sql
    statement 1 of 3 was committed and stays, the database is at a; see that public.alembic_version can be created and takes rows of version_num alone, make the section fit for what stays, then upgrade again
    "#);
    assert_eq!(lab.database.rows("SELECT to_regclass('two')"), ["NULL"]);
}
