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
