//! `DO`, and the bodies of functions in SQL.

use super::played;

#[test]
fn a_block_is_followed_where_only_the_schema_decides() {
    let (_, lines) = played(
        "CREATE TABLE account (id integer PRIMARY KEY);
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'positive') THEN
  ALTER TABLE account ADD CONSTRAINT positive CHECK (id > 0); END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'positive') THEN
  ALTER TABLE account ADD CONSTRAINT positive CHECK (id > 0); END IF; END $$;
ALTER TABLE account ADD CONSTRAINT positive CHECK (id > 0);
DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
DO $$ BEGIN IF EXISTS (SELECT FROM account) THEN DROP TABLE account; END IF; END $$;
DO $$ BEGIN CREATE INDEX CONCURRENTLY ON account (id); END $$;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE account (id integer PRIMARY KEY)
        ok
    DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'positive') THEN
        ok, locks public.account AccessExclusiveLock
    DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'positive') THEN
        ok
    ALTER TABLE account ADD CONSTRAINT positive CHECK (id > 0)
        42710: constraint "positive" for relation "account" already exists
    DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$
        ok
    DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$
        ok
    DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_table THEN NULL; END $$
        42710: type "mood" already exists
    DO $$ BEGIN IF EXISTS (SELECT FROM account) THEN DROP TABLE account; END IF; END $$
        unknown: a condition that depends on rows
    DO $$ BEGIN CREATE INDEX CONCURRENTLY ON account (id); END $$;
        25001: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
    "#);
}

#[test]
fn the_text_of_an_error_is_there_for_its_handler_alone() {
    let (_, lines) = played(
        "DO $$ BEGIN PERFORM 1; EXCEPTION WHEN others THEN RAISE NOTICE '%', SQLERRM; END $$;
DO $$ BEGIN DROP TABLE nowhere; EXCEPTION WHEN undefined_table THEN RAISE NOTICE '%', SQLERRM; END $$;
DO $$ BEGIN RAISE NOTICE '%', SQLERRM; END $$;",
    );
    insta::assert_snapshot!(lines, @"
    DO $$ BEGIN PERFORM 1; EXCEPTION WHEN others THEN RAISE NOTICE '%', SQLERRM; END $$
        ok
    DO $$ BEGIN DROP TABLE nowhere; EXCEPTION WHEN undefined_table THEN RAISE NOTICE '%', SQLERRM; END $$
        ok
    DO $$ BEGIN RAISE NOTICE '%', SQLERRM; END $$;
        unknown: a message with values
    ");
}

#[test]
fn a_body_of_sql_is_read_with_its_arguments() {
    let (_, lines) = played(
        "CREATE TABLE account (id integer PRIMARY KEY, name text);
CREATE FUNCTION one(integer) RETURNS text LANGUAGE sql AS 'SELECT name FROM account WHERE id = $1';
CREATE FUNCTION two(wanted integer) RETURNS SETOF account LANGUAGE sql AS 'SELECT * FROM account WHERE id = two.wanted';
CREATE FUNCTION three(a account) RETURNS text LANGUAGE sql AS 'SELECT a.name';
CREATE FUNCTION four() RETURNS integer LANGUAGE sql AS 'SELECT nothing FROM account';
CREATE FUNCTION five() RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION six() RETURNS integer LANGUAGE sql AS 'SELECT name FROM account';
CREATE FUNCTION seven() RETURNS integer LANGUAGE sql AS 'DELETE FROM account';
CREATE FUNCTION eight() RETURNS TABLE (a integer, b text) LANGUAGE sql AS 'INSERT INTO account VALUES (1) RETURNING id';
CREATE FUNCTION nine(account) RETURNS integer LANGUAGE sql AS 'SELECT $1.age';",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE account (id integer PRIMARY KEY, name text)
        ok
    CREATE FUNCTION one(integer) RETURNS text LANGUAGE sql AS 'SELECT name FROM account WHERE id = $1'
        ok, locks public.account AccessShareLock
    CREATE FUNCTION two(wanted integer) RETURNS SETOF account LANGUAGE sql AS 'SELECT * FROM account WHERE id = two.wanted'
        ok, locks public.account AccessShareLock
    CREATE FUNCTION three(a account) RETURNS text LANGUAGE sql AS 'SELECT a.name'
        ok
    CREATE FUNCTION four() RETURNS integer LANGUAGE sql AS 'SELECT nothing FROM account'
        42703: column "nothing" does not exist
    CREATE FUNCTION five() RETURNS integer LANGUAGE sql AS 'SELECT $1'
        42P02: there is no parameter $1
    CREATE FUNCTION six() RETURNS integer LANGUAGE sql AS 'SELECT name FROM account'
        42P13: return type mismatch in function declared to return integer: it returns another type
    CREATE FUNCTION seven() RETURNS integer LANGUAGE sql AS 'DELETE FROM account'
        42P13: return type mismatch in function declared to return integer: its last statement must be SELECT or INSERT/UPDATE/DELETE RETURNING
    CREATE FUNCTION eight() RETURNS TABLE (a integer, b text) LANGUAGE sql AS 'INSERT INTO account VALUES (1) RETURNING id'
        42P13: return type mismatch in function declared to return record: its last statement returns too few columns
    CREATE FUNCTION nine(account) RETURNS integer LANGUAGE sql AS 'SELECT $1.age';
        unknown: what stands behind the name of a row
    "#);
}

#[test]
fn a_trigger_that_fires_once_is_played_whatever_the_rows_are() {
    let (_, lines) = played(
        "CREATE TABLE account (id integer);
CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM account;
CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN REFRESH MATERIALIZED VIEW sums; RETURN NULL; END $$;
CREATE TRIGGER again AFTER INSERT OR DELETE ON account FOR EACH STATEMENT EXECUTE FUNCTION again();
DELETE FROM account;
UPDATE account SET id = 1;",
    );
    insta::assert_snapshot!(lines, @"
    CREATE TABLE account (id integer)
        ok
    CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM account
        ok, locks public.account AccessShareLock
    CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN REFRESH MATERIALIZED VIEW sums; RETURN NULL; END $$
        ok
    CREATE TRIGGER again AFTER INSERT OR DELETE ON account FOR EACH STATEMENT EXECUTE FUNCTION again()
        ok, locks public.account ShareRowExclusiveLock
    DELETE FROM account
        ok, locks public.account RowExclusiveLock, public.sums AccessExclusiveLock
    UPDATE account SET id = 1;
        ok, locks public.account RowExclusiveLock
    ");
}

#[test]
fn a_literal_is_cut_as_the_name_that_it_is_compared_with() {
    let long = "a_name_that_goes_on_and_on_until_it_has_reached_63_bytes_exactly";
    let block = format!(
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = '{long}') THEN CREATE TABLE {long} (); END IF; END $$"
    );
    let (_, lines) = played(&format!("CREATE TABLE {long} (a int);\n{block};"));
    assert!(lines.ends_with("    ok\n"), "{lines}");
    // A name with its schema is longer.
    let qualified = format!("SELECT 1 FROM pg_class WHERE oid = to_regclass('public.{}')", &long[..63]);
    let block = format!("DO $$ BEGIN IF EXISTS ({qualified}) THEN DROP TABLE nope; END IF; END $$");
    let (_, lines) = played(&format!("CREATE TABLE {long} (a int);\n{block};"));
    assert!(lines.contains("42P01"), "{lines}");
}

#[test]
fn a_loop_over_what_is_written_there_is_followed() {
    let (_, lines) = played(
        "CREATE TABLE event (id integer, kind text) PARTITION BY RANGE (id);
CREATE TABLE note (kind text) PARTITION BY LIST (kind);
DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE
  format('CREATE TABLE event_%s PARTITION OF event FOR VALUES FROM (%L) TO (%s)', to_char(i, 'FM00'), i * 10, (i + 1) * 10); END LOOP; END $$;
DROP TABLE event_01, event_02, event_03;
DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['mail', 'Push', 'user'] LOOP
  EXECUTE format('CREATE TABLE %I PARTITION OF note FOR VALUES IN (%L)', 'note_' || name, name); END LOOP; END $$;
DROP TABLE note_mail, \"note_Push\", note_user;
DO $$ DECLARE r record; statement text; BEGIN FOR r IN SELECT * FROM (VALUES ('a', 'integer'), ('b', 'text')) AS v(name, kind) LOOP
  statement := 'ALTER TABLE event ADD COLUMN ' || quote_ident(r.name) || ' ' || r.kind; IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'event' AND column_name = r.name) THEN EXECUTE statement; END IF; END LOOP; END $$;
ALTER TABLE event DROP COLUMN a, DROP COLUMN b;
DO $$ BEGIN FOR i IN REVERSE 3..1 BY 2 LOOP EXECUTE 'CREATE TABLE t' || i || ' (i integer)'; END LOOP; END $$;
DROP TABLE t3, t1;
DROP TABLE t2;
DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE 'CREATE TABLE same (i integer)'; END LOOP; END $$;
DO $$ BEGIN FOR i IN 1..3 BY 0 LOOP NULL; END LOOP; END $$;
DO $$ BEGIN FOR i IN 1..NULL LOOP NULL; END LOOP; END $$;
DO $$ BEGIN EXECUTE format('%s %s', 1); END $$;
DO $$ BEGIN EXECUTE format('%I', NULL); END $$;
DO $$ BEGIN EXECUTE NULL; END $$;
DO $$ BEGIN EXECUTE 'CREATE TABLE one (); CREATE TABLE two ()'; END $$;
DROP TABLE one, two;
DO $$ BEGIN FOR i IN 1..1000 LOOP NULL; END LOOP; END $$;
DO $$ BEGIN FOR i IN 1..2 LOOP INSERT INTO note VALUES (i); END LOOP; END $$;
DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM note LOOP NULL; END LOOP; END $$;
DO $$ BEGIN FOR i IN 1..2 LOOP EXIT WHEN i = 1; END LOOP; END $$;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE event (id integer, kind text) PARTITION BY RANGE (id)
        ok
    CREATE TABLE note (kind text) PARTITION BY LIST (kind)
        ok
    DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE
        ok, locks public.event AccessExclusiveLock
    DROP TABLE event_01, event_02, event_03
        ok, locks public.event AccessExclusiveLock, public.event_01 AccessExclusiveLock, public.event_02 AccessExclusiveLock, public.event_03 AccessExclusiveLock
    DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['mail', 'Push', 'user'] LOOP
        ok, locks public.note AccessExclusiveLock
    DROP TABLE note_mail, "note_Push", note_user
        ok, locks public."note_Push" AccessExclusiveLock, public.note AccessExclusiveLock, public.note_mail AccessExclusiveLock, public.note_user AccessExclusiveLock
    DO $$ DECLARE r record; statement text; BEGIN FOR r IN SELECT * FROM (VALUES ('a', 'integer'), ('b', 'text')) AS v(name, kind) LOOP
        ok, locks public.event AccessExclusiveLock
    ALTER TABLE event DROP COLUMN a, DROP COLUMN b
        ok, locks public.event AccessExclusiveLock
    DO $$ BEGIN FOR i IN REVERSE 3..1 BY 2 LOOP EXECUTE 'CREATE TABLE t' || i || ' (i integer)'; END LOOP; END $$
        ok
    DROP TABLE t3, t1
        ok, locks public.t1 AccessExclusiveLock, public.t3 AccessExclusiveLock
    DROP TABLE t2
        42P01: table "t2" does not exist
    DO $$ BEGIN FOR i IN 1..3 LOOP EXECUTE 'CREATE TABLE same (i integer)'; END LOOP; END $$
        42P07: relation "same" already exists
    DO $$ BEGIN FOR i IN 1..3 BY 0 LOOP NULL; END LOOP; END $$
        22023: BY value of FOR loop must be greater than zero
    DO $$ BEGIN FOR i IN 1..NULL LOOP NULL; END LOOP; END $$
        22004: upper bound of FOR loop cannot be null
    DO $$ BEGIN EXECUTE format('%s %s', 1); END $$
        22023: too few arguments for format()
    DO $$ BEGIN EXECUTE format('%I', NULL); END $$
        22004: null values cannot be formatted as an SQL identifier
    DO $$ BEGIN EXECUTE NULL; END $$
        22004: query string argument of EXECUTE is null
    DO $$ BEGIN EXECUTE 'CREATE TABLE one (); CREATE TABLE two ()'; END $$
        ok
    DROP TABLE one, two
        ok, locks public.one AccessExclusiveLock, public.two AccessExclusiveLock
    DO $$ BEGIN FOR i IN 1..1000 LOOP NULL; END LOOP; END $$
        unknown: a loop with so many turns
    DO $$ BEGIN FOR i IN 1..2 LOOP INSERT INTO note VALUES (i); END LOOP; END $$
        unknown: a variable in a statement of a block
    DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM note LOOP NULL; END LOOP; END $$
        unknown: a loop over what a query finds
    DO $$ BEGIN FOR i IN 1..2 LOOP EXIT WHEN i = 1; END LOOP; END $$;
        unknown: a statement of such a form in a block
    "#);
}

#[test]
fn partitions_are_named_and_bounded_by_days() {
    let (_, said) = played(
        "CREATE TABLE e (id int, at date NOT NULL) PARTITION BY RANGE (at);
DO $$ DECLARE d date := '2024-01-31'; n date; BEGIN WHILE d < '2025-01-01' LOOP n := d + interval '1 month'; \
  EXECUTE format('CREATE TABLE e_%s PARTITION OF e FOR VALUES FROM (%L) TO (%L)', to_char(d, 'YYYY_MM'), d, n); \
  d := n; END LOOP; END $$;
INSERT INTO e_2024_02 VALUES (1, '2024-02-28');
INSERT INTO e_2024_02 VALUES (1, '2024-02-29');
DROP TABLE e_2024_12;
DROP TABLE e_2025_01;
DO $$ DECLARE t timestamp := '2024-02-01'; k interval := '36 hours'; BEGIN \
  EXECUTE format('CREATE TABLE %I (a int)', t + k * 2); \
  EXECUTE format('CREATE TABLE %I (a int)', (t - interval '1 year 1 mon')::date || CASE 2 WHEN 1 THEN 'a' ELSE 'b' END); \
  EXECUTE 'CREATE TABLE d' || (make_date(2024, 3, 1) - date '2024-02-01') || ' (a int)'; END $$;
DROP TABLE \"2024-02-04 00:00:00\", \"2023-01-01b\", d29;
DO $$ BEGIN CREATE TABLE made (); SELECT 1; END $$;
DO $$ BEGIN INSERT INTO e VALUES (1, '2024-03-01') RETURNING id; END $$;
DROP TABLE made",
    );
    insta::assert_snapshot!(said, @r#"
    CREATE TABLE e (id int, at date NOT NULL) PARTITION BY RANGE (at)
        ok
    DO $$ DECLARE d date := '2024-01-31'; n date; BEGIN WHILE d < '2025-01-01' LOOP n := d + interval '1 month'; EXECUTE format('CREATE TABLE e_%s PARTITION OF e FOR VALUES FROM (%L) TO (%L)', to_char(d, 'YYYY_MM'), d, n); d := n; END LOOP; END $$
        ok, locks public.e AccessExclusiveLock
    INSERT INTO e_2024_02 VALUES (1, '2024-02-28')
        ok, locks public.e_2024_02 RowExclusiveLock
    INSERT INTO e_2024_02 VALUES (1, '2024-02-29')
        ok, locks public.e_2024_02 RowExclusiveLock
    DROP TABLE e_2024_12
        ok, locks public.e AccessExclusiveLock, public.e_2024_12 AccessExclusiveLock
    DROP TABLE e_2025_01
        42P01: table "e_2025_01" does not exist
    DO $$ DECLARE t timestamp := '2024-02-01'; k interval := '36 hours'; BEGIN EXECUTE format('CREATE TABLE %I (a int)', t + k * 2); EXECUTE format('CREATE TABLE %I (a int)', (t - interval '1 year 1 mon')::date || CASE 2 WHEN 1 THEN 'a' ELSE 'b' END); EXECUTE 'CREATE TABLE d' || (make_date(2024, 3, 1) - date '2024-02-01') || ' (a int)'; END $$
        ok
    DROP TABLE "2024-02-04 00:00:00", "2023-01-01b", d29
        ok, locks public."2023-01-01b" AccessExclusiveLock, public."2024-02-04 00:00:00" AccessExclusiveLock, public.d29 AccessExclusiveLock
    DO $$ BEGIN CREATE TABLE made (); SELECT 1; END $$
        42601: query has no destination for result data
    DO $$ BEGIN INSERT INTO e VALUES (1, '2024-03-01') RETURNING id; END $$
        42601: query has no destination for result data
    DROP TABLE made
        42P01: table "made" does not exist
    "#);
}
