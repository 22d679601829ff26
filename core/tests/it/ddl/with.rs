//! Statements whose WITH changes rows.

use super::played;
use limbeck_core::ddl::{Footprint, Object, Played, Session};

#[test]
fn rows_are_moved_by_one_statement() {
    let (_, lines) = played(
        "CREATE TABLE a (id integer PRIMARY KEY, name text);
CREATE TABLE b (id integer, name text);
WITH moved AS (DELETE FROM a WHERE id > 9 RETURNING *) INSERT INTO b SELECT * FROM moved;
WITH moved AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT * FROM moved;
WITH moved AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT name FROM moved;
WITH moved AS (DELETE FROM a) INSERT INTO b SELECT * FROM moved;
WITH moved AS (DELETE FROM a) SELECT 1;
WITH new AS (INSERT INTO a VALUES (1, 'x') RETURNING id) UPDATE b SET name = 'y' FROM new WHERE b.id = new.id;
WITH old AS (UPDATE a SET name = 'x' RETURNING 'a') SELECT old.* FROM old;
WITH b AS (SELECT 1 AS id) DELETE FROM b;
CREATE TABLE c AS WITH gone AS (DELETE FROM a RETURNING *) SELECT id AS was FROM gone;
SELECT was FROM c;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE a (id integer PRIMARY KEY, name text)
        ok
    CREATE TABLE b (id integer, name text)
        ok
    WITH moved AS (DELETE FROM a WHERE id > 9 RETURNING *) INSERT INTO b SELECT * FROM moved
        ok, locks public.a RowExclusiveLock, public.b RowExclusiveLock
    WITH moved AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT * FROM moved
        ok, locks public.a RowExclusiveLock, public.b RowExclusiveLock
    WITH moved AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT name FROM moved
        42703: column "name" does not exist
    WITH moved AS (DELETE FROM a) INSERT INTO b SELECT * FROM moved
        0A000: WITH query "moved" does not have a RETURNING clause
    WITH moved AS (DELETE FROM a) SELECT 1
        ok, locks public.a RowExclusiveLock
    WITH new AS (INSERT INTO a VALUES (1, 'x') RETURNING id) UPDATE b SET name = 'y' FROM new WHERE b.id = new.id
        ok, locks public.a RowExclusiveLock, public.b RowExclusiveLock
    WITH old AS (UPDATE a SET name = 'x' RETURNING 'a') SELECT old.* FROM old
        ok, locks public.a RowExclusiveLock
    WITH b AS (SELECT 1 AS id) DELETE FROM b
        ok, locks public.b RowExclusiveLock
    CREATE TABLE c AS WITH gone AS (DELETE FROM a RETURNING *) SELECT id AS was FROM gone
        ok, locks public.a RowExclusiveLock
    SELECT was FROM c;
        ok, locks public.c AccessShareLock
    "#);
}

#[test]
fn what_with_changes_stands_at_the_top() {
    let (_, lines) = played(
        "CREATE TABLE a (id integer);
SELECT * FROM (WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone) AS f;
INSERT INTO a WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone;
CREATE VIEW v AS WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone;
CREATE MATERIALIZED VIEW v AS WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone;
WITH RECURSIVE gone AS (DELETE FROM a USING gone RETURNING a.*) SELECT * FROM gone;
WITH gone (one, two) AS (DELETE FROM a RETURNING *) SELECT * FROM gone;
CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql AS 'WITH gone AS (DELETE FROM a RETURNING id) SELECT id FROM gone';",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE a (id integer)
        ok
    SELECT * FROM (WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone) AS f
        0A000: WITH clause containing a data-modifying statement must be at the top level
    INSERT INTO a WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone
        0A000: WITH clause containing a data-modifying statement must be at the top level
    CREATE VIEW v AS WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone
        0A000: views must not contain data-modifying statements in WITH
    CREATE MATERIALIZED VIEW v AS WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone
        0A000: views must not contain data-modifying statements in WITH
    WITH RECURSIVE gone AS (DELETE FROM a USING gone RETURNING a.*) SELECT * FROM gone
        42P19: recursive query "gone" must not contain data-modifying statements
    WITH gone (one, two) AS (DELETE FROM a RETURNING *) SELECT * FROM gone
        42P10: WITH query "gone" has 1 columns available
    CREATE FUNCTION f() RETURNS SETOF integer LANGUAGE sql AS 'WITH gone AS (DELETE FROM a RETURNING id) SELECT id FROM gone';
        ok, locks public.a RowExclusiveLock
    "#);
}

#[test]
fn a_query_that_changes_rows_in_its_with_writes_them() {
    let mut session = Session::default();
    for table in ["CREATE TABLE a (id integer)", "CREATE TABLE b (id integer)"] {
        assert!(matches!(session.play(table), Played::Done(_)));
    }
    let before = session.catalog().clone();
    let statement = "WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone, b";
    let Played::Done(effects) = session.play(statement) else { panic!("it runs") };
    let footprint = Footprint::of(statement, "select", &before, session.catalog(), &effects);
    assert!(footprint.writes.contains(&Object::Rows("public.a".to_owned())));
    assert!(!footprint.writes.contains(&Object::Rows("public.b".to_owned())));
}
