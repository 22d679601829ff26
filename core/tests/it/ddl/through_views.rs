//! Rows that are changed through views.

use super::played;

#[test]
fn a_view_of_one_table_takes_rows_for_it() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer PRIMARY KEY, name text NOT NULL, up text GENERATED ALWAYS AS (upper(name)) STORED);
CREATE TABLE other (id integer);
CREATE VIEW v AS SELECT id, name AS called, up, id + 1 AS next FROM t WHERE id IN (SELECT id FROM other) WITH CHECK OPTION;
CREATE VIEW w AS SELECT called, id FROM v;
INSERT INTO v (id, called) VALUES (1, 'a');
INSERT INTO v (id) VALUES (1);
INSERT INTO v (id, next) VALUES (1, 2);
INSERT INTO v (up) VALUES ('A');
INSERT INTO v (name) VALUES ('a');
UPDATE v SET next = 3;
UPDATE v SET up = DEFAULT;
UPDATE w SET called = 'b' WHERE id = 1 RETURNING id;
DELETE FROM w;
INSERT INTO w (id, called) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET called = excluded.called;
INSERT INTO w (id, called) VALUES (1, 'x') ON CONFLICT (called) DO NOTHING;
WITH gone AS (DELETE FROM w RETURNING *) SELECT * FROM gone;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer PRIMARY KEY, name text NOT NULL, up text GENERATED ALWAYS AS (upper(name)) STORED)
        ok
    CREATE TABLE other (id integer)
        ok
    CREATE VIEW v AS SELECT id, name AS called, up, id + 1 AS next FROM t WHERE id IN (SELECT id FROM other) WITH CHECK OPTION
        ok, locks public.other AccessShareLock, public.t AccessShareLock
    CREATE VIEW w AS SELECT called, id FROM v
        ok, locks public.v AccessShareLock
    INSERT INTO v (id, called) VALUES (1, 'a')
        ok, locks public.other AccessShareLock, public.t RowExclusiveLock, public.v RowExclusiveLock
    INSERT INTO v (id) VALUES (1)
        23502: null value in column "name" of relation "t" violates not-null constraint
    INSERT INTO v (id, next) VALUES (1, 2)
        0A000: cannot insert into column "next" of view "v"
    INSERT INTO v (up) VALUES ('A')
        428C9: cannot insert a non-DEFAULT value into a generated column
    INSERT INTO v (name) VALUES ('a')
        42703: column "name" of relation "v" does not exist
    UPDATE v SET next = 3
        0A000: cannot update column "next" of view "v"
    UPDATE v SET up = DEFAULT
        428C9: a generated column can only be updated to DEFAULT
    UPDATE w SET called = 'b' WHERE id = 1 RETURNING id
        ok, locks public.other AccessShareLock, public.t RowExclusiveLock, public.v RowExclusiveLock, public.w RowExclusiveLock
    DELETE FROM w
        ok, locks public.other AccessShareLock, public.t RowExclusiveLock, public.v RowExclusiveLock, public.w RowExclusiveLock
    INSERT INTO w (id, called) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET called = excluded.called
        ok, locks public.other AccessShareLock, public.t RowExclusiveLock, public.v RowExclusiveLock, public.w RowExclusiveLock
    INSERT INTO w (id, called) VALUES (1, 'x') ON CONFLICT (called) DO NOTHING
        42P10: there is no unique or exclusion constraint matching the ON CONFLICT specification
    WITH gone AS (DELETE FROM w RETURNING *) SELECT * FROM gone;
        ok, locks public.other AccessShareLock, public.t RowExclusiveLock, public.v RowExclusiveLock, public.w RowExclusiveLock
    "#);
}

#[test]
fn other_views_take_no_rows() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer PRIMARY KEY, name text);
CREATE VIEW one AS SELECT DISTINCT id FROM t;
CREATE VIEW two AS SELECT count(*) AS id FROM t;
CREATE VIEW three AS SELECT a.id FROM t AS a JOIN t AS b ON a.id = b.id;
CREATE VIEW four AS SELECT id FROM t UNION SELECT 1;
CREATE VIEW five AS SELECT id FROM one;
CREATE VIEW six AS SELECT upper(name) AS id FROM t;
CREATE MATERIALIZED VIEW seven AS SELECT id FROM t;
INSERT INTO one VALUES (1);
UPDATE two SET id = 1;
DELETE FROM three;
INSERT INTO four VALUES (1);
DELETE FROM five;
UPDATE six SET id = 'x';
DELETE FROM six;
DELETE FROM seven;
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM one';
COPY two FROM STDIN;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer PRIMARY KEY, name text)
        ok
    CREATE VIEW one AS SELECT DISTINCT id FROM t
        ok, locks public.t AccessShareLock
    CREATE VIEW two AS SELECT count(*) AS id FROM t
        ok, locks public.t AccessShareLock
    CREATE VIEW three AS SELECT a.id FROM t AS a JOIN t AS b ON a.id = b.id
        ok, locks public.t AccessShareLock
    CREATE VIEW four AS SELECT id FROM t UNION SELECT 1
        ok, locks public.t AccessShareLock
    CREATE VIEW five AS SELECT id FROM one
        ok, locks public.one AccessShareLock
    CREATE VIEW six AS SELECT upper(name) AS id FROM t
        ok, locks public.t AccessShareLock
    CREATE MATERIALIZED VIEW seven AS SELECT id FROM t
        ok, locks public.t AccessShareLock
    INSERT INTO one VALUES (1)
        55000: cannot insert into view "one": it contains DISTINCT
    UPDATE two SET id = 1
        55000: cannot update view "two": it returns aggregate functions
    DELETE FROM three
        55000: cannot delete from view "three": it does not select from a single table or view
    INSERT INTO four VALUES (1)
        55000: cannot insert into view "four": it contains UNION, INTERSECT, or EXCEPT
    DELETE FROM five
        55000: cannot delete from view "one": it contains DISTINCT
    UPDATE six SET id = 'x'
        55000: cannot update view "six": it has no updatable columns
    DELETE FROM six
        ok, locks public.six RowExclusiveLock, public.t RowExclusiveLock
    DELETE FROM seven
        42809: cannot change materialized view "seven"
    CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM one'
        55000: cannot delete from view "one": it contains DISTINCT
    COPY two FROM STDIN;
        42809: cannot copy view "two"
    "#);
}

#[test]
fn triggers_stand_in_for_a_view() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer);
CREATE VIEW v AS SELECT count(*) AS id FROM t;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER g INSTEAD OF INSERT OR DELETE ON v FOR EACH ROW EXECUTE FUNCTION f();
INSERT INTO v VALUES (1);
DELETE FROM v;
UPDATE v SET id = 1;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer)
        ok
    CREATE VIEW v AS SELECT count(*) AS id FROM t
        ok, locks public.t AccessShareLock
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'
        ok
    CREATE TRIGGER g INSTEAD OF INSERT OR DELETE ON v FOR EACH ROW EXECUTE FUNCTION f()
        ok, locks public.v ShareRowExclusiveLock
    INSERT INTO v VALUES (1)
        ok, locks public.v RowExclusiveLock
    DELETE FROM v
        ok, locks public.t AccessShareLock, public.v RowExclusiveLock
    UPDATE v SET id = 1;
        55000: cannot update view "v": it returns aggregate functions
    "#);
}
