//! Casts and operators of the database's own.

use super::played;
use limbeck_core::reflection;

#[test]
fn a_cast_applies_where_it_says_and_stands_on_its_function() {
    let (session, lines) = played(
        "CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE t (id integer, m mood, v varchar);
CREATE FUNCTION felt(integer) RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'sad'::mood $$;
CREATE FUNCTION counted(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
SELECT id::mood FROM t;
CREATE CAST (integer AS mood) WITH FUNCTION felt(integer);
CREATE CAST (integer AS mood) WITH FUNCTION felt(integer);
CREATE CAST (mood AS integer) WITH FUNCTION counted(mood) AS ASSIGNMENT;
CREATE CAST (varchar AS mood) WITH INOUT AS IMPLICIT;
CREATE CAST (bigint AS mood) WITH FUNCTION felt(integer);
CREATE CAST (bigint AS mood) WITHOUT FUNCTION;
CREATE CAST (integer AS bigint) WITH INOUT;
CREATE CAST (nothing AS mood) WITH INOUT;
CREATE CAST (anyelement AS mood) WITH INOUT;
CREATE CAST (date AS integer) WITHOUT FUNCTION;
INSERT INTO t (m) SELECT id FROM t;
INSERT INTO t (id) SELECT m FROM t;
INSERT INTO t (m) SELECT v FROM t;
CREATE VIEW x AS SELECT id::mood AS a, v::mood AS b FROM t;
COMMENT ON CAST (varchar AS mood) IS 'by its label';
DROP FUNCTION counted(mood);
DROP FUNCTION felt(integer);
DROP CAST (integer AS mood);
DROP CAST (integer AS mood);
DROP CAST IF EXISTS (integer AS mood);
DROP CAST (integer AS bigint);
SELECT id::mood FROM t;
SELECT * FROM x;
DROP FUNCTION counted(mood) CASCADE;
INSERT INTO t (id) SELECT m FROM t;
DROP TYPE mood;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TYPE mood AS ENUM ('sad', 'glad')
        ok
    CREATE TABLE t (id integer, m mood, v varchar)
        ok
    CREATE FUNCTION felt(integer) RETURNS mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'sad'::mood $$
        ok
    CREATE FUNCTION counted(mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'
        ok
    SELECT id::mood FROM t
        42846: cannot cast type integer to a type
    CREATE CAST (integer AS mood) WITH FUNCTION felt(integer)
        ok
    CREATE CAST (integer AS mood) WITH FUNCTION felt(integer)
        42710: cast from type integer to type mood already exists
    CREATE CAST (mood AS integer) WITH FUNCTION counted(mood) AS ASSIGNMENT
        ok
    CREATE CAST (varchar AS mood) WITH INOUT AS IMPLICIT
        ok
    CREATE CAST (bigint AS mood) WITH FUNCTION felt(integer)
        42P17: argument of cast function must match or be binary-coercible from source data type
    CREATE CAST (bigint AS mood) WITHOUT FUNCTION
        42P17: types of this kind are not binary-compatible with others
    CREATE CAST (integer AS bigint) WITH INOUT
        42710: cast from type integer to type bigint already exists
    CREATE CAST (nothing AS mood) WITH INOUT
        42704: type "nothing" does not exist
    CREATE CAST (anyelement AS mood) WITH INOUT
        42809: source data type anyelement is a pseudo-type
    CREATE CAST (date AS integer) WITHOUT FUNCTION
        unknown: whether values of the two types are stored alike
    INSERT INTO t (m) SELECT id FROM t
        42804: column "m" is of another type than its expression
    INSERT INTO t (id) SELECT m FROM t
        ok, locks public.t RowExclusiveLock
    INSERT INTO t (m) SELECT v FROM t
        ok, locks public.t RowExclusiveLock
    CREATE VIEW x AS SELECT id::mood AS a, v::mood AS b FROM t
        ok, locks public.t AccessShareLock
    COMMENT ON CAST (varchar AS mood) IS 'by its label'
        ok
    DROP FUNCTION counted(mood)
        2BP01: cannot drop function counted(mood) because other objects depend on it: cast from mood to integer
    DROP FUNCTION felt(integer)
        2BP01: cannot drop function felt(integer) because other objects depend on it: view x, cast from integer to mood
    DROP CAST (integer AS mood)
        ok
    DROP CAST (integer AS mood)
        42704: cast from type integer to type mood does not exist
    DROP CAST IF EXISTS (integer AS mood)
        ok
    DROP CAST (integer AS bigint)
        2BP01: cannot drop a cast that is required by the database system
    SELECT id::mood FROM t
        42846: cannot cast type integer to a type
    SELECT * FROM x
        ok, locks public.t AccessShareLock, public.x AccessShareLock
    DROP FUNCTION counted(mood) CASCADE
        ok
    INSERT INTO t (id) SELECT m FROM t
        42804: column "id" is of another type than its expression
    DROP TYPE mood;
        2BP01: cannot drop type mood because other objects depend on it: cast from character varying to mood, function felt(integer), view x, column m of table t
    "#);
    let schema = reflection::schema(session.catalog());
    insta::assert_snapshot!(serde_json::to_string(&schema.casts).expect("it is JSON"), @r#"[{"from":"character varying","to":"mood","method":"inout","context":"implicit","comment":"by its label"}]"#);
}

#[test]
fn an_operator_is_there_but_what_it_does_is_not_known() {
    let (session, lines) = played(
        "CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE t (id integer, m mood);
CREATE FUNCTION fits(integer, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = mood, FUNCTION = fits, NEGATOR = !@@@, RESTRICT = eqsel);
CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = mood, FUNCTION = fits);
CREATE OPERATOR !@@@ (LEFTARG = integer, RIGHTARG = mood, FUNCTION = fits, NEGATOR = @@@);
CREATE OPERATOR ### (LEFTARG = integer, RIGHTARG = mood);
CREATE OPERATOR ### (LEFTARG = integer, FUNCTION = fits);
CREATE OPERATOR ### (LEFTARG = integer, RIGHTARG = nothing, FUNCTION = fits);
CREATE OPERATOR ### (LEFTARG = mood, RIGHTARG = mood, FUNCTION = fits);
CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat, HASHES);
CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq, NEGATOR = ###);
CREATE OPERATOR nowhere.### (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat);
DROP FUNCTION fits;
COMMENT ON OPERATOR @@@ (integer, mood) IS 'fits';
ALTER OPERATOR @@@ (integer, mood) SET SCHEMA nowhere;
DROP OPERATOR @@@ (mood, integer);
DROP OPERATOR IF EXISTS @@@ (mood, integer);
DROP OPERATOR + (integer, integer);
DROP OPERATOR !@@@ (integer, mood);
SELECT id + 1 = id FROM t;
SELECT id @@@ m FROM t;
DROP OPERATOR @@@ (integer, mood);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TYPE mood AS ENUM ('sad', 'glad')
        ok
    CREATE TABLE t (id integer, m mood)
        ok
    CREATE FUNCTION fits(integer, mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'
        ok
    CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = mood, FUNCTION = fits, NEGATOR = !@@@, RESTRICT = eqsel)
        ok
    CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = mood, FUNCTION = fits)
        42723: operator @@@ already exists
    CREATE OPERATOR !@@@ (LEFTARG = integer, RIGHTARG = mood, FUNCTION = fits, NEGATOR = @@@)
        ok
    CREATE OPERATOR ### (LEFTARG = integer, RIGHTARG = mood)
        42P13: operator function must be specified
    CREATE OPERATOR ### (LEFTARG = integer, FUNCTION = fits)
        42P13: operator right argument type must be specified
    CREATE OPERATOR ### (LEFTARG = integer, RIGHTARG = nothing, FUNCTION = fits)
        42704: type "nothing" does not exist
    CREATE OPERATOR ### (LEFTARG = mood, RIGHTARG = mood, FUNCTION = fits)
        42883: function fits does not exist
    CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat, HASHES)
        42P13: only boolean operators can have negators, estimates, or be used to join
    CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq, NEGATOR = ###)
        42P13: operator cannot be its own negator
    CREATE OPERATOR nowhere.### (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat)
        3F000: schema "nowhere" does not exist
    DROP FUNCTION fits
        2BP01: cannot drop function fits(integer,mood) because other objects depend on it: operator !@@@(integer,mood), operator @@@(integer,mood)
    COMMENT ON OPERATOR @@@ (integer, mood) IS 'fits'
        ok
    ALTER OPERATOR @@@ (integer, mood) SET SCHEMA nowhere
        3F000: schema "nowhere" does not exist
    DROP OPERATOR @@@ (mood, integer)
        42883: operator does not exist: @@@
    DROP OPERATOR IF EXISTS @@@ (mood, integer)
        ok
    DROP OPERATOR + (integer, integer)
        2BP01: cannot drop operator + because it is required by the database system
    DROP OPERATOR !@@@ (integer, mood)
        ok
    SELECT id + 1 = id FROM t
        ok, locks public.t AccessShareLock
    SELECT id @@@ m FROM t
        unknown: operators whose order is not told by parentheses
    DROP OPERATOR @@@ (integer, mood);
        unknown: what uses this operator
    "#);
    let schema = reflection::schema(session.catalog());
    insta::assert_snapshot!(serde_json::to_string(&schema.operators).expect("it is JSON"), @r#"[{"name":"public.@@@","left":"integer","right":"mood","function":"fits","comment":"fits"}]"#);
}
