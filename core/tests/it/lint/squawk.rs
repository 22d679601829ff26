//! Rules of squawk, with what the model knows.

use insta::assert_snapshot;

use super::found;

const TABLE: &str = "CREATE TABLE a (id bigint PRIMARY KEY, n bigint);";

#[test]
fn who_uses_a_table_decides() {
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a RENAME n TO m;\nALTER TABLE a RENAME TO b;\nALTER TABLE b ADD o bigint NOT NULL;"]), @"
    4:15-28 warning renaming-column: renaming a column may break existing clients
    5:15-26 warning renaming-table: renaming a table may break existing clients
    6:1-36 warning scan-under-lock: reads all of public.b, and nobody can read or write it until that is done
        = add the column alone, fill it, then constrain it NOT VALID and VALIDATE in revisions behind
    6:15-36 warning adding-required-field: adding a new column that is `NOT NULL` and has no default value to an existing table effectively makes it required
        = make the field nullable or add a non-VOLATILE DEFAULT
    ");
    assert_eq!(
        found(&["CREATE TABLE a (id bigint, n bigint);\nALTER TABLE a RENAME n TO m;\nALTER TABLE a RENAME TO b;"]),
        ""
    );
}

#[test]
fn where_the_model_has_no_answer_squawk_guesses() {
    assert_snapshot!(found(&["ALTER TABLE legacy ALTER n TYPE bigint;\nCREATE INDEX ON legacy (n);"]), @r#"
    4:13-19 warning made-elsewhere: fails with 42P01: relation "legacy" does not exist, unless the database has it from elsewhere
        = no revision before this one makes it
    4:28-39 warning changing-column-type: changing a column type requires an `ACCESS EXCLUSIVE` lock on the table which blocks reads and writes while the table is rewritten. Changing the type of the column may also break other clients reading from the table
    5:1-27 warning require-concurrent-index-creation: during normal index creation, table updates are blocked, but reads are still allowed
        = use `concurrently` to avoid blocking writes
    "#);
    // What the revision makes is used by nobody, whatever the model knows of it.
    assert_eq!(
        found(&["CREATE TABLE c AS SELECT 1 AS n;\nALTER TABLE c ALTER n TYPE bigint;\nCREATE INDEX ON c (n);"]),
        ""
    );
}

#[test]
fn an_object_that_comes_back_did_not_go() {
    const FUNCTION: &str = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';";
    assert_snapshot!(found(&[FUNCTION, "DROP FUNCTION f();"]), @"4:1-18 warning ban-drop-function: dropping a function may break existing clients");
    assert_eq!(found(&[FUNCTION, &format!("DROP FUNCTION f();\n{FUNCTION}")]), "");
}

#[test]
fn its_own_comments_are_heard() {
    assert_eq!(found(&[TABLE, "SELECT 1;\n-- squawk-ignore renaming-column\nALTER TABLE a RENAME n TO m;"]), "");
}
