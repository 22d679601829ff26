//! Aggregates of the database's own.

use super::played;
use limbeck_core::reflection;

#[test]
fn an_aggregate_stands_on_its_functions_and_sums_up_rows() {
    let (session, lines) = played(
        "CREATE TABLE t (id integer, a text);
CREATE FUNCTION step(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION last(integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text';
CREATE AGGREGATE own(integer) (SFUNC = step, STYPE = integer, INITCOND = '0');
CREATE AGGREGATE own(integer) (SFUNC = step, STYPE = integer);
CREATE OR REPLACE AGGREGATE own(integer) (SFUNC = step, STYPE = integer, FINALFUNC = last);
CREATE AGGREGATE shown(x integer) (SFUNC = step, STYPE = integer, FINALFUNC = last, PARALLEL = safe);
CREATE AGGREGATE longest(text) (SFUNC = text_larger, STYPE = text, COMBINEFUNC = text_larger);
CREATE AGGREGATE rows(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE VIEW v AS SELECT own(id) AS sum, shown(id), rows(*) FROM t GROUP BY a HAVING own(id) > 1;
SELECT own(id), a FROM t;
SELECT a FROM t WHERE own(id) > 1;
SELECT own(a) FROM t;
SELECT rows() FROM t;
DROP FUNCTION step;
DROP FUNCTION own;
DROP AGGREGATE own(integer);
DROP AGGREGATE step(integer, integer);
DROP AGGREGATE nothing(integer);
DROP AGGREGATE IF EXISTS nothing(integer);
ALTER AGGREGATE own(integer) RENAME TO shown;
ALTER FUNCTION own(integer) STRICT;
COMMENT ON AGGREGATE own(integer) IS 'summed up';
CREATE OR REPLACE FUNCTION own(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION step CASCADE;
SELECT longest(a) FROM t;
SELECT * FROM v;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer, a text)
        ok
    CREATE FUNCTION step(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2'
        ok
    CREATE FUNCTION last(integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text'
        ok
    CREATE AGGREGATE own(integer) (SFUNC = step, STYPE = integer, INITCOND = '0')
        ok
    CREATE AGGREGATE own(integer) (SFUNC = step, STYPE = integer)
        42723: function "own" already exists with same argument types
    CREATE OR REPLACE AGGREGATE own(integer) (SFUNC = step, STYPE = integer, FINALFUNC = last)
        42P13: cannot change return type of existing function
    CREATE AGGREGATE shown(x integer) (SFUNC = step, STYPE = integer, FINALFUNC = last, PARALLEL = safe)
        ok
    CREATE AGGREGATE longest(text) (SFUNC = text_larger, STYPE = text, COMBINEFUNC = text_larger)
        ok
    CREATE AGGREGATE rows(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0')
        ok
    CREATE VIEW v AS SELECT own(id) AS sum, shown(id), rows(*) FROM t GROUP BY a HAVING own(id) > 1
        ok, locks public.t AccessShareLock
    SELECT own(id), a FROM t
        42803: column "a" must appear in the GROUP BY clause or be used in an aggregate function
    SELECT a FROM t WHERE own(id) > 1
        42803: aggregate functions are not allowed here
    SELECT own(a) FROM t
        42883: function own does not exist
    SELECT rows() FROM t
        42809: rows(*) must be used to call a parameterless aggregate
    DROP FUNCTION step
        2BP01: cannot drop function step(integer,integer) because other objects depend on it: function shown(integer), function own(integer), view v
    DROP FUNCTION own
        42809: "own" is an aggregate function
    DROP AGGREGATE own(integer)
        2BP01: cannot drop function own(integer) because other objects depend on it: view v
    DROP AGGREGATE step(integer, integer)
        42809: is not an aggregate
    DROP AGGREGATE nothing(integer)
        42883: aggregate nothing(integer) does not exist
    DROP AGGREGATE IF EXISTS nothing(integer)
        ok
    ALTER AGGREGATE own(integer) RENAME TO shown
        42723: function shown already exists in schema "public"
    ALTER FUNCTION own(integer) STRICT
        42809: "own" is an aggregate function
    COMMENT ON AGGREGATE own(integer) IS 'summed up'
        ok
    CREATE OR REPLACE FUNCTION own(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'
        42809: cannot change routine kind
    DROP FUNCTION step CASCADE
        ok, locks public.v AccessExclusiveLock
    SELECT longest(a) FROM t
        ok, locks public.t AccessShareLock
    SELECT * FROM v;
        42P01: relation "v" does not exist
    "#);
    let schema = reflection::schema(session.catalog());
    let made: Vec<&str> = schema.functions.iter().map(|function| function.definition.trim()).collect();
    insta::assert_snapshot!(made.join("\n"), @"
    CREATE OR REPLACE FUNCTION public.last(integer)
     RETURNS text
     LANGUAGE sql
     IMMUTABLE
    AS $function$SELECT $1::text$function$
    CREATE AGGREGATE public.longest(text) (SFUNC = text_larger, STYPE = text, COMBINEFUNC = text_larger)
    CREATE AGGREGATE public.rows() (SFUNC = int8inc, STYPE = bigint, INITCOND = '0')
    ");
}

#[test]
fn an_aggregate_whose_functions_do_not_fit_is_refused() {
    let (_, lines) = played(
        "CREATE FUNCTION step(integer, integer) RETURNS integer LANGUAGE sql STRICT AS 'SELECT $1 + $2';
CREATE AGGREGATE a(integer) (SFUNC = step);
CREATE AGGREGATE a(integer) (STYPE = integer);
CREATE AGGREGATE a(integer) (SFUNC = nothing, STYPE = integer);
CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = nothing);
CREATE AGGREGATE a(text) (SFUNC = step, STYPE = integer);
CREATE AGGREGATE a(bigint) (SFUNC = int48pl, STYPE = integer, INITCOND = '0');
CREATE AGGREGATE a(integer) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = integer, INITCOND = 'x');
CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = integer, PARALLEL = maybe);
CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = record);
CREATE AGGREGATE a(*) (SFUNC = int8inc, STYPE = bigint);
CREATE AGGREGATE a (SFUNC = step, STYPE = integer);
CREATE AGGREGATE a (BASETYPE = integer, SFUNC = step, STYPE = integer);
CREATE AGGREGATE b(integer) (SFUNC = a, STYPE = integer);
CREATE AGGREGATE b(integer) (SFUNC = step, STYPE = integer, SORTOP = <);
CREATE AGGREGATE nowhere.b(integer) (SFUNC = step, STYPE = integer);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE FUNCTION step(integer, integer) RETURNS integer LANGUAGE sql STRICT AS 'SELECT $1 + $2'
        ok
    CREATE AGGREGATE a(integer) (SFUNC = step)
        42P13: aggregate stype must be specified
    CREATE AGGREGATE a(integer) (STYPE = integer)
        42P13: aggregate sfunc must be specified
    CREATE AGGREGATE a(integer) (SFUNC = nothing, STYPE = integer)
        42883: function nothing does not exist
    CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = nothing)
        42704: type "nothing" does not exist
    CREATE AGGREGATE a(text) (SFUNC = step, STYPE = integer)
        42883: function step does not exist
    CREATE AGGREGATE a(bigint) (SFUNC = int48pl, STYPE = integer, INITCOND = '0')
        42804: return type of transition function int48pl is not the state's
    CREATE AGGREGATE a(integer) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0')
        42804: function int8pl requires run-time type coercion
    CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = integer, INITCOND = 'x')
        22P02: invalid input syntax for type integer: "x"
    CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = integer, PARALLEL = maybe)
        42601: parameter "parallel" must be SAFE, RESTRICTED, or UNSAFE
    CREATE AGGREGATE a(integer) (SFUNC = step, STYPE = record)
        42P13: aggregate transition data type cannot be record
    CREATE AGGREGATE a(*) (SFUNC = int8inc, STYPE = bigint)
        42P13: must not omit initial value when transition function is strict and transition type is not compatible with input type
    CREATE AGGREGATE a (SFUNC = step, STYPE = integer)
        42P13: aggregate input type must be specified
    CREATE AGGREGATE a (BASETYPE = integer, SFUNC = step, STYPE = integer)
        ok
    CREATE AGGREGATE b(integer) (SFUNC = a, STYPE = integer)
        42883: function a does not exist
    CREATE AGGREGATE b(integer) (SFUNC = step, STYPE = integer, SORTOP = <)
        unknown: an option of an aggregate that is not known here
    CREATE AGGREGATE nowhere.b(integer) (SFUNC = step, STYPE = integer);
        3F000: schema "nowhere" does not exist
    "#);
}

#[test]
fn an_aggregate_of_any_type_calls_a_function_of_any_type() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer, a text[]);
CREATE FUNCTION first_of(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1';
CREATE AGGREGATE first(anyelement) (SFUNC = first_of, STYPE = anyelement);
CREATE VIEW v AS SELECT first(id) AS id, first(a) AS a FROM t;
ALTER TABLE t ADD x integer;
INSERT INTO t (x, a) SELECT id, a FROM v;
INSERT INTO t (x) SELECT a FROM v;
DROP FUNCTION first_of;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer, a text[])
        ok
    CREATE FUNCTION first_of(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1'
        ok
    CREATE AGGREGATE first(anyelement) (SFUNC = first_of, STYPE = anyelement)
        ok
    CREATE VIEW v AS SELECT first(id) AS id, first(a) AS a FROM t
        ok, locks public.t AccessShareLock
    ALTER TABLE t ADD x integer
        ok, locks public.t AccessExclusiveLock
    INSERT INTO t (x, a) SELECT id, a FROM v
        ok, locks public.t RowExclusiveLock, public.v AccessShareLock
    INSERT INTO t (x) SELECT a FROM v
        42804: column "x" is of another type than its expression
    DROP FUNCTION first_of;
        2BP01: cannot drop function first_of(anyelement,anyelement) because other objects depend on it: function first(anyelement), view v
    "#);
}
