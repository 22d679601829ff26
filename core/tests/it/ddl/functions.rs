//! Functions and procedures.

use super::played;
use limbeck_core::reflection;

#[test]
fn a_function_is_told_from_others_by_its_arguments() {
    let (_, lines) = played(
        "CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN x; END $$;
CREATE FUNCTION f(y int4) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN y; END $$;
CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
DROP FUNCTION f;
DROP FUNCTION f(text);
DROP FUNCTION IF EXISTS f(text);
DROP FUNCTION IF EXISTS f(nothing);
DROP FUNCTION f(nothing);
DROP PROCEDURE f(int);
DROP PROCEDURE f;
ALTER FUNCTION f(int) RENAME TO g;
ALTER FUNCTION f RENAME TO g;
ALTER FUNCTION f() SET SCHEMA nowhere;
DROP FUNCTION f;
DROP ROUTINE g, g(int);
CREATE PROCEDURE p(a int, OUT b int) LANGUAGE plpgsql AS $$ BEGIN END $$;
DROP PROCEDURE p(int, int);
DROP FUNCTION now();",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN x; END $$
        ok
    CREATE FUNCTION f(y int4) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN y; END $$
        42723: function "f" already exists with same argument types
    CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$
        ok
    DROP FUNCTION f
        42725: function name "f" is not unique
    DROP FUNCTION f(text)
        42883: function f(text) does not exist
    DROP FUNCTION IF EXISTS f(text)
        ok
    DROP FUNCTION IF EXISTS f(nothing)
        ok
    DROP FUNCTION f(nothing)
        42704: type "nothing" does not exist
    DROP PROCEDURE f(int)
        42809: is not a procedure
    DROP PROCEDURE f
        42883: could not find a procedure named "f"
    ALTER FUNCTION f(int) RENAME TO g
        ok
    ALTER FUNCTION f RENAME TO g
        ok
    ALTER FUNCTION f() SET SCHEMA nowhere
        42883: function f() does not exist
    DROP FUNCTION f
        42883: could not find a function named "f"
    DROP ROUTINE g, g(int)
        42725: routine name "g" is not unique
    CREATE PROCEDURE p(a int, OUT b int) LANGUAGE plpgsql AS $$ BEGIN END $$
        ok
    DROP PROCEDURE p(int, int)
        ok
    DROP FUNCTION now();
        2BP01: cannot drop function now because it is required by the database system
    "#);
}

#[test]
fn a_replacement_keeps_what_callers_rely_on() {
    let (_, lines) = played(
        "CREATE FUNCTION f(x int, y int DEFAULT 1) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 2) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION f(x int, y int) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION f(z int, y int DEFAULT 1) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 1) RETURNS TABLE (a int, c text) LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 1) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE PROCEDURE f(x int, y int DEFAULT 1) LANGUAGE plpgsql AS $$ BEGIN END $$;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE FUNCTION f(x int, y int DEFAULT 1) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$
        ok
    CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 2) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$
        ok
    CREATE OR REPLACE FUNCTION f(x int, y int) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$
        42P13: cannot remove parameter defaults from existing function
    CREATE OR REPLACE FUNCTION f(z int, y int DEFAULT 1) RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN END $$
        42P13: cannot change name of input parameter "x"
    CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 1) RETURNS TABLE (a int, c text) LANGUAGE plpgsql AS $$ BEGIN END $$
        42P13: cannot change return type of existing function
    CREATE OR REPLACE FUNCTION f(x int, y int DEFAULT 1) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$
        42P13: cannot change return type of existing function
    CREATE OR REPLACE PROCEDURE f(x int, y int DEFAULT 1) LANGUAGE plpgsql AS $$ BEGIN END $$;
        42809: cannot change routine kind
    "#);
}

#[test]
fn a_definition_is_refused_for_the_reason_that_postgres_gives_first() {
    let (_, lines) = played(
        "CREATE FUNCTION nowhere.f() RETURNS int LANGUAGE nothing AS '';
CREATE FUNCTION f() RETURNS int COST 0 LANGUAGE nothing AS '';
CREATE FUNCTION f() RETURNS int LANGUAGE nothing AS '';
CREATE FUNCTION f() RETURNS int AS '';
CREATE FUNCTION f(x nothing) RETURNS int LANGUAGE plpgsql;
CREATE FUNCTION f(x int DEFAULT 1, y int) RETURNS int LANGUAGE plpgsql;
CREATE FUNCTION f(x int, x int) RETURNS int LANGUAGE plpgsql;
CREATE FUNCTION f(VARIADIC x int) RETURNS int LANGUAGE plpgsql;
CREATE FUNCTION f(VARIADIC x int[], y int) RETURNS int LANGUAGE plpgsql;
CREATE FUNCTION f(OUT x int) RETURNS text LANGUAGE plpgsql;
CREATE FUNCTION f(x int) LANGUAGE plpgsql;
CREATE FUNCTION f(x int) RETURNS int LANGUAGE plpgsql;
CREATE FUNCTION f(x int) RETURNS anyelement LANGUAGE plpgsql AS '';
CREATE FUNCTION f(x int) RETURNS int ROWS 5 LANGUAGE plpgsql AS '';
CREATE FUNCTION f(x int) RETURNS cstring LANGUAGE plpgsql AS '';
CREATE FUNCTION f(x int) RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE f(x int) IMMUTABLE LANGUAGE plpgsql AS 'BEGIN END';",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE FUNCTION nowhere.f() RETURNS int LANGUAGE nothing AS ''
        3F000: schema "nowhere" does not exist
    CREATE FUNCTION f() RETURNS int COST 0 LANGUAGE nothing AS ''
        22023: COST must be positive
    CREATE FUNCTION f() RETURNS int LANGUAGE nothing AS ''
        42704: language "nothing" does not exist
    CREATE FUNCTION f() RETURNS int AS ''
        42P13: no language specified
    CREATE FUNCTION f(x nothing) RETURNS int LANGUAGE plpgsql
        42704: type "nothing" does not exist
    CREATE FUNCTION f(x int DEFAULT 1, y int) RETURNS int LANGUAGE plpgsql
        42P13: input parameters after one with a default value must also have defaults
    CREATE FUNCTION f(x int, x int) RETURNS int LANGUAGE plpgsql
        42P13: parameter name "x" used more than once
    CREATE FUNCTION f(VARIADIC x int) RETURNS int LANGUAGE plpgsql
        42P13: VARIADIC parameter must be an array
    CREATE FUNCTION f(VARIADIC x int[], y int) RETURNS int LANGUAGE plpgsql
        42P13: VARIADIC parameter must be the last input parameter
    CREATE FUNCTION f(OUT x int) RETURNS text LANGUAGE plpgsql
        42P13: function result type must be integer because of OUT parameters
    CREATE FUNCTION f(x int) LANGUAGE plpgsql
        42P13: function result type must be specified
    CREATE FUNCTION f(x int) RETURNS int LANGUAGE plpgsql
        42P13: no function body specified
    CREATE FUNCTION f(x int) RETURNS anyelement LANGUAGE plpgsql AS ''
        42P13: cannot determine result data type
    CREATE FUNCTION f(x int) RETURNS int ROWS 5 LANGUAGE plpgsql AS ''
        22023: ROWS is not applicable when function does not return a set
    CREATE FUNCTION f(x int) RETURNS cstring LANGUAGE plpgsql AS ''
        0A000: PL/pgSQL functions cannot return type cstring
    CREATE FUNCTION f(x int) RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'
        42P13: trigger functions cannot have declared arguments
    CREATE PROCEDURE f(x int) IMMUTABLE LANGUAGE plpgsql AS 'BEGIN END';
        42P13: invalid attribute in procedure definition
    "#);
}

/// Plays a body as that of a function; returns the answer.
fn body(returns: &str, body: &str) -> String {
    let (_, lines) = played(&format!("CREATE FUNCTION f(a int) RETURNS {returns} LANGUAGE plpgsql AS $${body}$$"));
    lines.lines().last().unwrap_or_default().trim().to_owned()
}

#[test]
fn a_body_is_read_as_far_as_postgres_reads_it() {
    for (returns, text, expected) in [
        ("int", "BEGIN RETURN (SELECT count(*) FROM nothing WHERE x = y); END", "ok"),
        ("int", "DECLARE x int := 1; BEGIN SELECT a, b INTO STRICT x, a FROM nothing; RETURN x; END", "ok"),
        ("int", "DECLARE r record; BEGIN INSERT INTO t VALUES (1) RETURNING * INTO r; RETURN r.x; END", "ok"),
        ("void", "BEGIN FOR i IN 1..10 LOOP a := i; EXIT WHEN a > 5; END LOOP; END", "ok"),
        ("SETOF int", "BEGIN RETURN QUERY SELECT 1; RETURN NEXT 1; RETURN; END", "ok"),
        ("void", "BEGIN RAISE EXCEPTION '% of %%', a USING ERRCODE = 'check_violation'; END", "ok"),
        (
            "void",
            "BEGIN NULL; EXCEPTION WHEN unique_violation OR SQLSTATE '22000' THEN NULL; WHEN OTHERS THEN NULL; END",
            "ok",
        ),
        ("int", "SELECT 1", "42601"),
        ("int", "BEGIN RETURN 1 END", "42601"),
        ("int", "BEGIN RETURN; END", "42601: missing expression"),
        ("void", "BEGIN RETURN 1; END", "42804: RETURN cannot have a parameter in function returning void"),
        ("int", "BEGIN RETURN NEXT 1; END", "42804: cannot use RETURN NEXT in a non-SETOF function"),
        ("int", "BEGIN x := 1; END", "42601: \"x\" is not a known variable"),
        ("int", "BEGIN NEW.x := 1; END", "42601: \"new.x\" is not a known variable"),
        ("int", "BEGIN a.x := 1; END", "42601: \"a.x\" is not a known variable"),
        ("int", "BEGIN SELECT 1, 2 INTO a, x; END", "42601: \"x\" is not a known variable"),
        (
            "int",
            "DECLARE r record; BEGIN SELECT 1, 2 INTO r, a; END",
            "42601: record variable cannot be part of multiple-item INTO list",
        ),
        ("int", "DECLARE x CONSTANT int := 1; BEGIN x := 2; END", "22005: variable \"x\" is declared CONSTANT"),
        ("int", "DECLARE x int; x text; BEGIN RETURN 1; END", "42601: duplicate declaration"),
        ("int", "DECLARE x nothing; BEGIN RETURN 1; END", "42704: type \"nothing\" does not exist"),
        (
            "int",
            "BEGIN FOR r IN SELECT 1 LOOP NULL; END LOOP; END",
            "42601: loop variable of loop over rows must be a record variable or list of scalar variables",
        ),
        ("void", "BEGIN EXIT; END", "42601: EXIT cannot be used outside a loop"),
        ("void", "BEGIN RAISE NOTICE '% %', 1; END", "42601: too few parameters specified for RAISE"),
        ("void", "BEGIN RAISE nothing; END", "42704: unrecognized exception condition \"nothing\""),
    ] {
        let answer = body(returns, text);
        assert!(answer == expected || expected.len() == 5 && answer.starts_with(expected), "{text}\n{answer}");
    }
}

#[test]
fn bodies_are_not_read_when_the_setting_says_so() {
    let (_, lines) = played(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT x FROM nothing';
SET check_function_bodies = off;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT x FROM nothing';
CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS 'nothing';
RESET check_function_bodies;
CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE plpgsql AS 'nothing';",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT x FROM nothing'
        42P01: relation "nothing" does not exist
    SET check_function_bodies = off
        ok
    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT x FROM nothing'
        ok
    CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS 'nothing'
        ok
    RESET check_function_bodies
        ok
    CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE plpgsql AS 'nothing';
        42601: expected a block, got NOTHING_KW
    "#);
}

#[test]
fn definitions_are_spelled_as_postgres_does() {
    let (session, lines) = played(
        "CREATE TYPE mood AS ENUM ('good');
CREATE FUNCTION f(\"A b\" mood, y text DEFAULT 'it''s', VARIADIC z char[] DEFAULT NULL) RETURNS SETOF mood
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER ROWS 10 COST 5 PARALLEL SAFE
    SET search_path = public, 'Other' SET work_mem TO '64MB'
AS $$ BEGIN RETURN; /* $function$ */ END $$;
CREATE PROCEDURE p(a int, INOUT b bit(3)) LANGUAGE plpgsql AS 'BEGIN END';
DROP TYPE mood;
CREATE INDEX i ON nothing (f(x));",
    );
    assert!(lines.contains("2BP01: cannot drop type mood"), "{lines}");
    let functions = reflection::schema(session.catalog()).functions;
    let shown: Vec<String> =
        functions.into_iter().map(|it| format!("{} ({})\n{}", it.name, it.arguments, it.definition)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    public.f ("A b" mood, y text, VARIADIC z character[])
    CREATE OR REPLACE FUNCTION public.f("A b" mood, y text DEFAULT 'it''s'::text, VARIADIC z character[] DEFAULT NULL::bpchar[])
     RETURNS SETOF mood
     LANGUAGE plpgsql
     STABLE PARALLEL SAFE STRICT SECURITY DEFINER COST 5 ROWS 10
     SET search_path TO 'public', 'Other'
     SET work_mem TO '64MB'
    AS $functionx$ BEGIN RETURN; /* $function$ */ END $functionx$

    public.p (IN a integer, INOUT b bit)
    CREATE OR REPLACE PROCEDURE public.p(IN a integer, INOUT b bit)
     LANGUAGE plpgsql
    AS $procedure$BEGIN END$procedure$
    "#);
}

#[test]
fn what_calls_a_function_stands_on_it() {
    let (_, lines) = played(
        "CREATE FUNCTION twice(x int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN x * 2; END $$;
CREATE TABLE t (a int CHECK (twice(a) > 1), b int DEFAULT twice(3));
CREATE INDEX i ON t (twice(a));
CREATE POLICY p ON t USING (twice(a) = 2);
DROP FUNCTION twice(int);
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t DROP CONSTRAINT t_a_check;
DROP INDEX i;
DROP FUNCTION twice(int);
DROP POLICY p ON t;
DROP FUNCTION twice(int);",
    );
    insta::assert_snapshot!(lines, @"
    CREATE FUNCTION twice(x int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN x * 2; END $$
        ok
    CREATE TABLE t (a int CHECK (twice(a) > 1), b int DEFAULT twice(3))
        ok
    CREATE INDEX i ON t (twice(a))
        ok, locks public.t ShareLock
    CREATE POLICY p ON t USING (twice(a) = 2)
        ok, locks public.t AccessExclusiveLock
    DROP FUNCTION twice(int)
        2BP01: cannot drop function twice(integer) because other objects depend on it: policy p on table t, index i, constraint t_a_check on table t, default value for column b of table t
    ALTER TABLE t DROP COLUMN b
        ok, locks public.t AccessExclusiveLock
    ALTER TABLE t DROP CONSTRAINT t_a_check
        ok, locks public.t AccessExclusiveLock
    DROP INDEX i
        ok, locks public.t AccessExclusiveLock
    DROP FUNCTION twice(int)
        2BP01: cannot drop function twice(integer) because other objects depend on it: policy p on table t
    DROP POLICY p ON t
        ok, locks public.t AccessExclusiveLock
    DROP FUNCTION twice(int);
        ok
    ");
}

#[test]
fn what_is_compatible_with_a_domain_is_of_what_that_is_over() {
    let (session, _) = played(
        "CREATE DOMAIN email AS text;
CREATE TABLE t (a text, e email, x text[] GENERATED ALWAYS AS (array_append(ARRAY[e, e], a)) STORED);
CREATE TABLE u (e email, x text[] GENERATED ALWAYS AS (array_append(ARRAY[e, e], e)) STORED);",
    );
    let schema = limbeck_core::reflection::schema(session.catalog());
    let generated = schema.tables.iter().flat_map(|table| &table.columns).filter_map(|it| it.generated.as_ref());
    let shown: Vec<&str> = generated.map(|it| it.expression.as_str()).collect();
    assert_eq!(shown, ["array_append((ARRAY[e, e])::text[], a)", "array_append(ARRAY[e, e], e)"]);
}
