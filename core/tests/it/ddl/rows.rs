//! Statements that change rows.

use super::played;
use limbeck_core::ddl::{Played, Session};

#[test]
fn a_change_of_rows_names_columns_that_are_there_and_can_hold_it() {
    let (_, lines) = played(
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born date, big text GENERATED ALWAYS AS (upper(name)) STORED);
INSERT INTO t (name) VALUES ('a'), ('b') RETURNING id;
INSERT INTO t (nothing) VALUES (1);
INSERT INTO t (name, name) VALUES ('a', 'b');
INSERT INTO t (name) VALUES ('a', 'b');
INSERT INTO t (name, born) VALUES ('a');
INSERT INTO t (name, born) VALUES ('a', 1);
INSERT INTO t (name, born) VALUES ('a', 'x');
INSERT INTO t (id, name) VALUES (1, 'a');
INSERT INTO t (name, big) VALUES ('a', DEFAULT);
INSERT INTO t (born) VALUES (now());
INSERT INTO t (born) VALUES ('2020-01-01');
INSERT INTO t (name) VALUES ('a') ON CONFLICT (name) DO NOTHING;
INSERT INTO t (name) VALUES ('a') ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO t (name) SELECT name FROM t WHERE born IS NULL;
UPDATE t SET nothing = 1;
UPDATE t SET id = 2;
UPDATE t SET name = 'a', name = 'b';
UPDATE t SET born = (SELECT max(born) FROM t) WHERE missing;
DELETE FROM t USING t AS u WHERE u.id = t.id;
DELETE FROM nothing;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, born date, big text GENERATED ALWAYS AS (upper(name)) STORED)
        ok
    INSERT INTO t (name) VALUES ('a'), ('b') RETURNING id
        ok, locks public.t RowExclusiveLock
    INSERT INTO t (nothing) VALUES (1)
        42703: column "nothing" of relation "t" does not exist
    INSERT INTO t (name, name) VALUES ('a', 'b')
        42701: column "name" specified more than once
    INSERT INTO t (name) VALUES ('a', 'b')
        42601: INSERT has more expressions than target columns
    INSERT INTO t (name, born) VALUES ('a')
        42601: INSERT has more target columns than expressions
    INSERT INTO t (name, born) VALUES ('a', 1)
        42804: column "born" is of another type than its expression
    INSERT INTO t (name, born) VALUES ('a', 'x')
        unknown: a literal of date
    INSERT INTO t (id, name) VALUES (1, 'a')
        428C9: cannot insert a non-DEFAULT value into column "id"
    INSERT INTO t (name, big) VALUES ('a', DEFAULT)
        ok, locks public.t RowExclusiveLock
    INSERT INTO t (born) VALUES (now())
        23502: null value in column "name" of relation "t" violates not-null constraint
    INSERT INTO t (born) VALUES ('2020-01-01')
        23502: null value in column "name" of relation "t" violates not-null constraint
    INSERT INTO t (name) VALUES ('a') ON CONFLICT (name) DO NOTHING
        42P10: there is no unique or exclusion constraint matching the ON CONFLICT specification
    INSERT INTO t (name) VALUES ('a') ON CONFLICT (id) DO UPDATE SET name = excluded.name
        ok, locks public.t RowExclusiveLock
    INSERT INTO t (name) SELECT name FROM t WHERE born IS NULL
        ok, locks public.t RowExclusiveLock
    UPDATE t SET nothing = 1
        42703: column "nothing" of relation "t" does not exist
    UPDATE t SET id = 2
        428C9: cannot insert a non-DEFAULT value into column "id"
    UPDATE t SET name = 'a', name = 'b'
        42601: multiple assignments to same column "name"
    UPDATE t SET born = (SELECT max(born) FROM t) WHERE missing
        42703: column "missing" does not exist
    DELETE FROM t USING t AS u WHERE u.id = t.id
        ok, locks public.t RowExclusiveLock
    DELETE FROM nothing;
        42P01: relation "nothing" does not exist
    "#);
}

#[test]
fn a_key_that_is_checked_later_does_not_tell_whether_a_row_is_there() {
    let (_, lines) = played(
        "CREATE TABLE d (id integer PRIMARY KEY DEFERRABLE, name text UNIQUE, code text NOT NULL DEFAULT 'x');
INSERT INTO d (id) VALUES (1) ON CONFLICT DO NOTHING;
INSERT INTO d (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'b';
INSERT INTO d (id, code) VALUES (1, NULL) ON CONFLICT (id) DO NOTHING;
INSERT INTO d (id, name) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING;
INSERT INTO d (id, name) VALUES (1, 'a') ON CONFLICT ON CONSTRAINT d_name_key DO NOTHING;
INSERT INTO d (id) SELECT 1 WHERE false ON CONFLICT (id) DO NOTHING;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE d (id integer PRIMARY KEY DEFERRABLE, name text UNIQUE, code text NOT NULL DEFAULT 'x')
        ok
    INSERT INTO d (id) VALUES (1) ON CONFLICT DO NOTHING
        55000: ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters
    INSERT INTO d (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'b'
        55000: ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters
    INSERT INTO d (id, code) VALUES (1, NULL) ON CONFLICT (id) DO NOTHING
        23502: null value in column "code" of relation "d" violates not-null constraint
    INSERT INTO d (id, name) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING
        ok, locks public.d RowExclusiveLock
    INSERT INTO d (id, name) VALUES (1, 'a') ON CONFLICT ON CONSTRAINT d_name_key DO NOTHING
        ok, locks public.d RowExclusiveLock
    INSERT INTO d (id) SELECT 1 WHERE false ON CONFLICT (id) DO NOTHING;
        unknown: whether there is a row for ON CONFLICT with a deferrable key
    "#);
}

#[test]
fn a_change_of_rows_locks_what_it_changes_and_what_it_reads() {
    let (_, lines) = played(
        "CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer REFERENCES a);
CREATE TABLE c () INHERITS (b);
CREATE VIEW v AS SELECT id FROM a;
INSERT INTO a VALUES (1);
INSERT INTO b VALUES (1);
INSERT INTO b SELECT id FROM v;
UPDATE b SET id = 1;
SELECT * FROM a FOR UPDATE;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE a (id integer PRIMARY KEY)
        ok
    CREATE TABLE b (id integer REFERENCES a)
        ok, locks public.a ShareRowExclusiveLock
    CREATE TABLE c () INHERITS (b)
        ok, locks public.b ShareUpdateExclusiveLock
    CREATE VIEW v AS SELECT id FROM a
        ok, locks public.a AccessShareLock
    INSERT INTO a VALUES (1)
        ok, locks public.a RowExclusiveLock
    INSERT INTO b VALUES (1)
        ok, locks public.a RowShareLock, public.b RowExclusiveLock
    INSERT INTO b SELECT id FROM v
        ok, locks public.a AccessShareLock, public.b RowExclusiveLock, public.v AccessShareLock
    UPDATE b SET id = 1
        ok, locks public.b RowExclusiveLock, public.c RowExclusiveLock
    SELECT * FROM a FOR UPDATE;
        ok, locks public.a RowShareLock
    "#);
}

#[test]
fn a_table_that_got_rows_is_not_empty_any_more() {
    let mut session = Session::default();
    let mut may_fail = |statement: &str| match session.play(statement) {
        Played::Done(effects) => !effects.may_raise.is_empty(),
        other => panic!("{statement}: {other:?}"),
    };
    may_fail("CREATE TABLE a (id integer)");
    assert!(!may_fail("ALTER TABLE a ADD CHECK (id > 0)"));
    may_fail("INSERT INTO a SELECT NULL FROM generate_series(1, 2)");
    assert!(may_fail("ALTER TABLE a ALTER COLUMN id SET NOT NULL"));
}

#[test]
fn a_misplaced_default_is_refused_in_its_turn() {
    for (statement, expected) in [
        ("UPDATE t SET a = (a, DEFAULT)", "42601"),
        ("UPDATE t SET a = (nope, DEFAULT)", "42703"),
        ("UPDATE t SET a = (DEFAULT, nope)", "42601"),
        ("UPDATE t SET nope = (a, DEFAULT)", "42601"),
        ("UPDATE t SET nope = (DEFAULT)", "42703"),
        ("UPDATE t SET b = nope, a = 1 + DEFAULT", "42703"),
        ("UPDATE t SET a = ((DEFAULT)), b = DEFAULT", "ok"),
        ("UPDATE t SET (a, b) = (1, (DEFAULT, 2))", "42601"),
        ("INSERT INTO t VALUES (nope, (DEFAULT, 1))", "42703"),
        ("INSERT INTO t VALUES (1, ((DEFAULT)))", "ok"),
        ("SELECT nope, DEFAULT FROM t", "42703"),
        ("SELECT a FROM t WHERE a IN (DEFAULT, nope)", "42601"),
        ("SELECT \"default\" FROM t", "42703"),
        ("CREATE TABLE u (a int DEFAULT DEFAULT)", "42601"),
    ] {
        let (_, lines) = played(&format!("CREATE TABLE t (a int DEFAULT 1, b int);\n{statement};"));
        let answer = lines.lines().last().unwrap_or_default().trim();
        assert!(answer.starts_with(expected), "{statement}: {answer}");
    }
}
