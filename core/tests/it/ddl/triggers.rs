//! Triggers.

use super::played;
use limbeck_core::reflection;

const TABLE: &str = "CREATE TABLE t (a int, b text, g int GENERATED ALWAYS AS (a + 1) STORED);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION n() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;\n";

/// Plays statements behind those that make a table and two functions; returns the answers to them alone.
fn on_table(script: &str) -> String {
    let (_, lines) = played(&format!("{TABLE}{script}"));
    let own: Vec<&str> = lines.lines().skip(6).collect();
    own.join("\n")
}

#[test]
fn a_trigger_is_made_renamed_switched_off_and_dropped() {
    insta::assert_snapshot!(on_table(
        "CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE OR REPLACE TRIGGER t1 BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();
ALTER TRIGGER t1 ON t RENAME TO t2;
ALTER TRIGGER t1 ON t RENAME TO t3;
ALTER TABLE t DISABLE TRIGGER t2;
ALTER TABLE t ENABLE TRIGGER t1;
DROP FUNCTION f();
DROP TRIGGER t1 ON t;
DROP TRIGGER IF EXISTS t1 ON t;
DROP TRIGGER IF EXISTS t1 ON nothing;
DROP FUNCTION f() CASCADE;
DROP TRIGGER t2 ON t;"
    ), @r#"
    CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
        ok, locks public.t ShareRowExclusiveLock
    CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
        42710: trigger "t1" for relation "t" already exists
    CREATE OR REPLACE TRIGGER t1 BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f()
        ok, locks public.t ShareRowExclusiveLock
    ALTER TRIGGER t1 ON t RENAME TO t2
        ok, locks public.t AccessExclusiveLock
    ALTER TRIGGER t1 ON t RENAME TO t3
        42704: trigger "t1" for table "t" does not exist
    ALTER TABLE t DISABLE TRIGGER t2
        ok, locks public.t ShareRowExclusiveLock
    ALTER TABLE t ENABLE TRIGGER t1
        42704: trigger "t1" for table "t" does not exist
    DROP FUNCTION f()
        2BP01: cannot drop function f() because other objects depend on it: trigger t2 on table t
    DROP TRIGGER t1 ON t
        42704: trigger "t1" for table "t" does not exist
    DROP TRIGGER IF EXISTS t1 ON t
        ok
    DROP TRIGGER IF EXISTS t1 ON nothing
        ok
    DROP FUNCTION f() CASCADE
        ok, locks public.t AccessExclusiveLock
    DROP TRIGGER t2 ON t;
        42704: trigger "t2" for table "t" does not exist
    "#);
}

#[test]
fn a_trigger_is_refused_for_the_reason_that_postgres_gives_first() {
    insta::assert_snapshot!(on_table(
        "CREATE TRIGGER x BEFORE INSERT ON nothing FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT ON nowhere.nothing FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION n();
CREATE TRIGGER x BEFORE UPDATE OF nothing ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE UPDATE OF a, a ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x INSTEAD OF INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x AFTER TRUNCATE ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT OR INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE CONSTRAINT TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.nothing > 1) EXECUTE FUNCTION nothing();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (OLD.a > 1) EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE DELETE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.g > 1) EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH STATEMENT WHEN (NEW.a > 1) EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (a > 1) EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (EXISTS (SELECT 1)) EXECUTE FUNCTION f();
CREATE TRIGGER x BEFORE UPDATE ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f();
CREATE TRIGGER x AFTER INSERT ON t REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION f();
CREATE TRIGGER x AFTER INSERT OR UPDATE ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f();"
    ), @r#"
    CREATE TRIGGER x BEFORE INSERT ON nothing FOR EACH ROW EXECUTE FUNCTION f()
        42P01: relation "nothing" does not exist
    CREATE TRIGGER x BEFORE INSERT ON nowhere.nothing FOR EACH ROW EXECUTE FUNCTION f()
        3F000: schema "nowhere" does not exist
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()
        42883: function nothing() does not exist
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION n()
        42P17: function n must return type trigger
    CREATE TRIGGER x BEFORE UPDATE OF nothing ON t FOR EACH ROW EXECUTE FUNCTION f()
        42703: column "nothing" of relation "t" does not exist
    CREATE TRIGGER x BEFORE UPDATE OF a, a ON t FOR EACH ROW EXECUTE FUNCTION f()
        42701: column "a" specified more than once
    CREATE TRIGGER x INSTEAD OF INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
        42809: "t" is a table: it cannot have INSTEAD OF triggers
    CREATE TRIGGER x AFTER TRUNCATE ON t FOR EACH ROW EXECUTE FUNCTION f()
        0A000: TRUNCATE FOR EACH ROW triggers are not supported
    CREATE TRIGGER x BEFORE INSERT OR INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
        42601: duplicate trigger events specified
    CREATE CONSTRAINT TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
        42601: a constraint trigger is AFTER and FOR EACH ROW
    CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.nothing > 1) EXECUTE FUNCTION nothing()
        42703: column old.nothing does not exist
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (OLD.a > 1) EXECUTE FUNCTION f()
        42P17: INSERT trigger's WHEN condition cannot reference OLD values
    CREATE TRIGGER x BEFORE DELETE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f()
        42P17: DELETE trigger's WHEN condition cannot reference NEW values
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.g > 1) EXECUTE FUNCTION f()
        42P17: BEFORE trigger's WHEN condition cannot reference NEW generated columns
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH STATEMENT WHEN (NEW.a > 1) EXECUTE FUNCTION f()
        42P17: statement trigger's WHEN condition cannot reference column values
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (a > 1) EXECUTE FUNCTION f()
        42702: column reference "a" is ambiguous
    CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (EXISTS (SELECT 1)) EXECUTE FUNCTION f()
        0A000: cannot use subquery in trigger WHEN condition
    CREATE TRIGGER x BEFORE UPDATE ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()
        42P17: transition table name can only be specified for an AFTER trigger
    CREATE TRIGGER x AFTER INSERT ON t REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION f()
        42P17: OLD TABLE can only be specified for a DELETE or UPDATE trigger
    CREATE TRIGGER x AFTER INSERT OR UPDATE ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f();
        0A000: transition tables cannot be specified for triggers with more than one event
    "#);
}

#[test]
fn the_columns_of_a_trigger_stay_as_they_are() {
    insta::assert_snapshot!(on_table(
        "CREATE TABLE u (a int, b text, c int);
CREATE TRIGGER x BEFORE UPDATE OF a ON u FOR EACH ROW WHEN (OLD.b <> lower(NEW.b)) EXECUTE FUNCTION f();
ALTER TABLE u ALTER COLUMN a TYPE bigint;
ALTER TABLE u ALTER COLUMN b TYPE varchar;
ALTER TABLE u ALTER COLUMN c TYPE bigint;
ALTER TABLE u DROP COLUMN b;
ALTER TABLE u DROP COLUMN a CASCADE;
ALTER TABLE u DROP COLUMN b;"
    ), @"
    CREATE TABLE u (a int, b text, c int)
        ok
    CREATE TRIGGER x BEFORE UPDATE OF a ON u FOR EACH ROW WHEN (OLD.b <> lower(NEW.b)) EXECUTE FUNCTION f()
        ok, locks public.u ShareRowExclusiveLock
    ALTER TABLE u ALTER COLUMN a TYPE bigint
        0A000: cannot alter type of a column used in a trigger definition
    ALTER TABLE u ALTER COLUMN b TYPE varchar
        0A000: cannot alter type of a column used in a trigger definition
    ALTER TABLE u ALTER COLUMN c TYPE bigint
        ok, locks public.u AccessExclusiveLock
    ALTER TABLE u DROP COLUMN b
        2BP01: cannot drop column b of table u because other objects depend on it: trigger x on table u
    ALTER TABLE u DROP COLUMN a CASCADE
        ok, locks public.u AccessExclusiveLock
    ALTER TABLE u DROP COLUMN b;
        ok, locks public.u AccessExclusiveLock
    ");
}

#[test]
fn definitions_are_spelled_as_postgres_does() {
    let script = "CREATE SCHEMA s;
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER \"X y\" AFTER DELETE OR UPDATE OF b, a OR INSERT ON t FOR EACH ROW EXECUTE PROCEDURE s.f();
CREATE TRIGGER y AFTER TRUNCATE ON t EXECUTE FUNCTION f('it''s', 007, 1.50, TRUE, Abc, \"Q\");
CREATE CONSTRAINT TRIGGER z AFTER INSERT ON t FROM t INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER w AFTER UPDATE ON t REFERENCING NEW TABLE AS \"N\" OLD TABLE o FOR EACH STATEMENT EXECUTE FUNCTION f();
CREATE TRIGGER v BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a OR lower(NEW.b) = 'x')
    EXECUTE FUNCTION f();
ALTER TABLE t RENAME COLUMN a TO c;
ALTER TABLE t ENABLE ALWAYS TRIGGER w;
ALTER FUNCTION f() RENAME TO ff;";
    let (session, lines) = played(&format!("{TABLE}{script}"));
    assert!(!lines.contains("unknown") && !lines.contains("42"), "{lines}");
    let tables = reflection::schema(session.catalog()).tables;
    let triggers = tables.into_iter().flat_map(|table| table.triggers);
    let shown: Vec<String> = triggers.map(|it| format!("{:?} {}", it.enabled, it.definition)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    None CREATE TRIGGER "X y" AFTER INSERT OR DELETE OR UPDATE OF b, c ON public.t FOR EACH ROW EXECUTE FUNCTION s.f()
    None CREATE TRIGGER v BEFORE UPDATE ON public.t FOR EACH ROW WHEN (((old.c IS DISTINCT FROM new.c) OR (lower(new.b) = 'x'::text))) EXECUTE FUNCTION ff()
    Some("always") CREATE TRIGGER w AFTER UPDATE ON public.t REFERENCING OLD TABLE AS o NEW TABLE AS "N" FOR EACH STATEMENT EXECUTE FUNCTION ff()
    None CREATE TRIGGER y AFTER TRUNCATE ON public.t FOR EACH STATEMENT EXECUTE FUNCTION ff('it''s', '7', '1.50', 'true', 'abc', 'Q')
    None CREATE CONSTRAINT TRIGGER z AFTER INSERT ON public.t FROM t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ff()
    "#);
}

#[test]
fn partitions_have_the_row_triggers_of_their_table() {
    let (_, said) = played(
        "CREATE TABLE ev (id bigint, at date, note text) PARTITION BY RANGE (at);
CREATE TABLE ev1 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tt BEFORE INSERT OR UPDATE OF note ON ev FOR EACH ROW WHEN (NEW.note > '') EXECUTE FUNCTION touch();
ALTER TRIGGER tt ON ev RENAME TO t2;
ALTER TRIGGER t2 ON ev1 RENAME TO t3;
ALTER TABLE ev DISABLE TRIGGER t2;
ALTER TABLE ONLY ev ENABLE TRIGGER t2;
CREATE TABLE ev3 (note text, id bigint, at date);
CREATE TRIGGER t2 BEFORE INSERT ON ev3 FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE ev ATTACH PARTITION ev3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
DROP TRIGGER t2 ON ev3;
ALTER TABLE ev ATTACH PARTITION ev3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE OR REPLACE TRIGGER t2 BEFORE INSERT ON ev3 FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE ev3 ALTER note TYPE varchar(10);
DROP TRIGGER t2 ON ev3;
ALTER TABLE ev DETACH PARTITION ev3;
DROP TRIGGER t2 ON ev3;
DROP TRIGGER t2 ON ev;
DROP TRIGGER t2 ON ev1;
CREATE TRIGGER seen AFTER INSERT ON ev REFERENCING NEW TABLE AS n FOR EACH ROW EXECUTE FUNCTION touch()",
    );
    insta::assert_snapshot!(said, @r#"
    CREATE TABLE ev (id bigint, at date, note text) PARTITION BY RANGE (at)
        ok
    CREATE TABLE ev1 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')
        ok, locks public.ev AccessExclusiveLock
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
        ok
    CREATE TRIGGER tt BEFORE INSERT OR UPDATE OF note ON ev FOR EACH ROW WHEN (NEW.note > '') EXECUTE FUNCTION touch()
        ok, locks public.ev ShareRowExclusiveLock, public.ev1 ShareRowExclusiveLock
    ALTER TRIGGER tt ON ev RENAME TO t2
        ok, locks public.ev AccessExclusiveLock, public.ev1 AccessExclusiveLock
    ALTER TRIGGER t2 ON ev1 RENAME TO t3
        XX000: cannot rename trigger "t2" on table "ev1"
    ALTER TABLE ev DISABLE TRIGGER t2
        ok, locks public.ev ShareRowExclusiveLock, public.ev1 ShareRowExclusiveLock
    ALTER TABLE ONLY ev ENABLE TRIGGER t2
        ok, locks public.ev ShareRowExclusiveLock
    CREATE TABLE ev3 (note text, id bigint, at date)
        ok
    CREATE TRIGGER t2 BEFORE INSERT ON ev3 FOR EACH ROW EXECUTE FUNCTION touch()
        ok, locks public.ev3 ShareRowExclusiveLock
    ALTER TABLE ev ATTACH PARTITION ev3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
        42710: trigger "t2" for relation "ev3" already exists
    DROP TRIGGER t2 ON ev3
        ok, locks public.ev3 AccessExclusiveLock
    ALTER TABLE ev ATTACH PARTITION ev3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
        ok, locks public.ev ShareUpdateExclusiveLock, public.ev3 AccessExclusiveLock
    CREATE OR REPLACE TRIGGER t2 BEFORE INSERT ON ev3 FOR EACH ROW EXECUTE FUNCTION touch()
        42710: trigger "t2" for relation "ev3" is an internal or a child trigger
    ALTER TABLE ev3 ALTER note TYPE varchar(10)
        42P16: cannot alter inherited column "note"
    DROP TRIGGER t2 ON ev3
        2BP01: cannot drop trigger t2 on table ev3 because trigger t2 on table ev requires it
    ALTER TABLE ev DETACH PARTITION ev3
        ok, locks public.ev AccessExclusiveLock, public.ev3 AccessExclusiveLock
    DROP TRIGGER t2 ON ev3
        42704: trigger "t2" for table "ev3" does not exist
    DROP TRIGGER t2 ON ev
        ok, locks public.ev AccessExclusiveLock, public.ev1 AccessExclusiveLock
    DROP TRIGGER t2 ON ev1
        42704: trigger "t2" for table "ev1" does not exist
    CREATE TRIGGER seen AFTER INSERT ON ev REFERENCING NEW TABLE AS n FOR EACH ROW EXECUTE FUNCTION touch()
        0A000: ROW triggers with transition tables are not supported on partitioned tables
    "#);
}

#[test]
fn rows_are_compared_as_a_whole() {
    let (_, said) = played(
        "CREATE TABLE t (id int, note json, at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END';
CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch();
CREATE TRIGGER b BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION touch();
CREATE TRIGGER c BEFORE INSERT ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch();
CREATE TRIGGER d BEFORE UPDATE ON t FOR EACH ROW WHEN (other.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch();
UPDATE t SET id = 1;
ALTER TABLE t DROP COLUMN note;
ALTER TABLE t ALTER id TYPE bigint",
    );
    insta::assert_snapshot!(said, @r#"
    CREATE TABLE t (id int, note json, at timestamptz)
        ok
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END'
        ok
    CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()
        ok, locks public.t ShareRowExclusiveLock
    CREATE TRIGGER b BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION touch()
        ok, locks public.t ShareRowExclusiveLock
    CREATE TRIGGER c BEFORE INSERT ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()
        42P17: INSERT trigger's WHEN condition cannot reference OLD values
    CREATE TRIGGER d BEFORE UPDATE ON t FOR EACH ROW WHEN (other.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()
        42P01: missing FROM-clause entry for table "other"
    UPDATE t SET id = 1
        ok, locks public.t RowExclusiveLock
    ALTER TABLE t DROP COLUMN note
        ok, locks public.t AccessExclusiveLock
    ALTER TABLE t ALTER id TYPE bigint
        ok, locks public.t AccessExclusiveLock
    "#);
}
