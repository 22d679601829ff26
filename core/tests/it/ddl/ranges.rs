//! Range types and their multiranges.

use super::played;
use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};
use limbeck_core::reflection;

#[test]
fn a_range_brings_a_multirange_and_the_functions_that_make_both() {
    let (session, lines) = played(
        "CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE daterange_of AS RANGE (subtype = date);
CREATE TABLE t (id int, during span DEFAULT span(1, 2), all_of span_multirange DEFAULT span_multirange(span(1, 2)), CHECK (during @> 1.0::float8), EXCLUDE USING gist (during WITH &&));
CREATE VIEW v AS SELECT lower(during) AS low, during * span(1, 2, '[]') AS both, during::span_multirange AS many, range_agg(during) OVER () AS sum FROM t;
CREATE VIEW w AS SELECT during && int4range(1, 2) FROM t;
DROP FUNCTION span(float8, float8);
DROP TYPE span_multirange;
DROP TYPE span;
ALTER TYPE span RENAME TO stretch;
ALTER TYPE span_multirange RENAME TO stretches;
ALTER FUNCTION span_multirange() RENAME TO none_of_it;
COMMENT ON TYPE stretch IS 'how far';
DROP TYPE stretch CASCADE;
DROP FUNCTION span(float8, float8);",
    );
    insta::assert_snapshot!(lines, @"
    CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi)
        ok
    CREATE TYPE daterange_of AS RANGE (subtype = date)
        ok
    CREATE TABLE t (id int, during span DEFAULT span(1, 2), all_of span_multirange DEFAULT span_multirange(span(1, 2)), CHECK (during @> 1.0::float8), EXCLUDE USING gist (during WITH &&))
        ok
    CREATE VIEW v AS SELECT lower(during) AS low, during * span(1, 2, '[]') AS both, during::span_multirange AS many, range_agg(during) OVER () AS sum FROM t
        ok, locks public.t AccessShareLock
    CREATE VIEW w AS SELECT during && int4range(1, 2) FROM t
        42883: operator does not exist: span && int4range
    DROP FUNCTION span(float8, float8)
        2BP01: cannot drop function span(double precision,double precision) because type span requires it
    DROP TYPE span_multirange
        2BP01: cannot drop type span_multirange because type span requires it
    DROP TYPE span
        2BP01: cannot drop type span because other objects depend on it: column during of table t, column all_of of table t, view v
    ALTER TYPE span RENAME TO stretch
        ok
    ALTER TYPE span_multirange RENAME TO stretches
        ok
    ALTER FUNCTION span_multirange() RENAME TO none_of_it
        ok
    COMMENT ON TYPE stretch IS 'how far'
        ok
    DROP TYPE stretch CASCADE
        ok, locks public.t AccessExclusiveLock, public.v AccessExclusiveLock
    DROP FUNCTION span(float8, float8);
        42883: function span(double precision, double precision) does not exist
    ");
    let schema = reflection::schema(session.catalog());
    assert_eq!(schema.functions, []);
    let columns: Vec<&str> = schema.tables[0].columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id"]);
}

#[test]
fn a_name_that_a_range_needs_may_be_taken() {
    let (session, lines) = played(
        "CREATE TYPE a_multirange AS ENUM ();
CREATE TYPE a AS RANGE (subtype = int);
CREATE TYPE a AS RANGE (subtype = int, multirange_type_name = several);
CREATE TYPE b AS RANGE (subtype = int, multirange_type_name = a);
CREATE TYPE b AS RANGE (subtype = int, multirange_type_name = b);
CREATE FUNCTION c(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE c AS RANGE (subtype = int);
CREATE TYPE c AS RANGE (subtype = text, collation = \"C\", subtype_opclass = text_pattern_ops);
CREATE TYPE d AS RANGE (subtype = int, bounds = 2);
CREATE TYPE d AS RANGE (subtype = int, subtype = text);
CREATE TYPE d AS RANGE (collation = \"C\");
CREATE TYPE d AS RANGE (subtype = json);
CREATE TYPE d AS RANGE (subtype = anyelement);
CREATE TYPE d AS RANGE (subtype = int, collation = \"C\");
CREATE TYPE d AS RANGE (subtype = text, subtype_opclass = int4_ops);
CREATE TYPE d AS RANGE (subtype = int, subtype_diff = float8mi);
CREATE TYPE d AS RANGE (subtype = int, subtype_diff = int4mi);
CREATE TYPE d AS RANGE (subtype = int, canonical = int4range_canonical);
CREATE TYPE d AS RANGE (subtype = int, multirange_type_name = nowhere.d);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TYPE a_multirange AS ENUM ()
        ok
    CREATE TYPE a AS RANGE (subtype = int)
        42710: type "a_multirange" already exists
    CREATE TYPE a AS RANGE (subtype = int, multirange_type_name = several)
        ok
    CREATE TYPE b AS RANGE (subtype = int, multirange_type_name = a)
        42710: type "a" already exists
    CREATE TYPE b AS RANGE (subtype = int, multirange_type_name = b)
        23505: duplicate key value violates unique constraint "pg_type_typname_nsp_index"
    CREATE FUNCTION c(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'
        ok
    CREATE TYPE c AS RANGE (subtype = int)
        42723: function "c" already exists with same argument types
    CREATE TYPE c AS RANGE (subtype = text, collation = "C", subtype_opclass = text_pattern_ops)
        ok
    CREATE TYPE d AS RANGE (subtype = int, bounds = 2)
        42601: type attribute "bounds" not recognized
    CREATE TYPE d AS RANGE (subtype = int, subtype = text)
        42601: conflicting or redundant options
    CREATE TYPE d AS RANGE (collation = "C")
        42601: type attribute "subtype" is required
    CREATE TYPE d AS RANGE (subtype = json)
        42704: data type has no default operator class for access method "btree"
    CREATE TYPE d AS RANGE (subtype = anyelement)
        42804: range subtype cannot be a pseudo-type
    CREATE TYPE d AS RANGE (subtype = int, collation = "C")
        42809: range collation specified but subtype does not support collation
    CREATE TYPE d AS RANGE (subtype = text, subtype_opclass = int4_ops)
        42804: operator class "int4_ops" does not accept this data type
    CREATE TYPE d AS RANGE (subtype = int, subtype_diff = float8mi)
        42883: function float8mi does not exist
    CREATE TYPE d AS RANGE (subtype = int, subtype_diff = int4mi)
        42P17: range subtype diff function int4mi must return type double precision
    CREATE TYPE d AS RANGE (subtype = int, canonical = int4range_canonical)
        42P17: cannot specify a canonical function without a pre-created shell type
    CREATE TYPE d AS RANGE (subtype = int, multirange_type_name = nowhere.d);
        3F000: schema "nowhere" does not exist
    "#);
    let ranges = reflection::schema(session.catalog()).ranges;
    insta::assert_snapshot!(serde_json::to_string_pretty(&ranges).unwrap(), @r#"
    [
      {
        "name": "public.a",
        "subtype": "integer",
        "multirange": "public.several"
      },
      {
        "name": "public.c",
        "subtype": "text",
        "multirange": "public.c_multirange",
        "subtype_opclass": "text_pattern_ops",
        "collation": "\"C\""
      }
    ]
    "#);
}

#[test]
fn two_ranges_over_one_type_are_not_compared() {
    let (_, lines) = played(
        "CREATE TYPE a AS RANGE (subtype = int);
CREATE TYPE b AS RANGE (subtype = int);
CREATE TABLE t (a a, b b);
CREATE VIEW v AS SELECT a = b FROM t;
CREATE VIEW v AS SELECT range_merge(a, b) FROM t;
CREATE VIEW v AS SELECT a @> 1 AND b @> 1 AND a_multirange(a) @> a FROM t;
CREATE VIEW w AS SELECT b_multirange(b) @> a FROM t;
ALTER TABLE t ALTER a TYPE b;
ALTER TABLE t ALTER b SET DEFAULT 'nothing';
ALTER TABLE t ALTER b SET DEFAULT 'empty';
ALTER TABLE t ALTER b SET DEFAULT '[1,2)';",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TYPE a AS RANGE (subtype = int)
        ok
    CREATE TYPE b AS RANGE (subtype = int)
        ok
    CREATE TABLE t (a a, b b)
        ok
    CREATE VIEW v AS SELECT a = b FROM t
        42883: operator does not exist: a = b
    CREATE VIEW v AS SELECT range_merge(a, b) FROM t
        42883: function range_merge does not exist
    CREATE VIEW v AS SELECT a @> 1 AND b @> 1 AND a_multirange(a) @> a FROM t
        ok, locks public.t AccessShareLock
    CREATE VIEW w AS SELECT b_multirange(b) @> a FROM t
        42883: operator does not exist: b_multirange @> a
    ALTER TABLE t ALTER a TYPE b
        42804: column "a" cannot be cast automatically to type b
    ALTER TABLE t ALTER b SET DEFAULT 'nothing'
        22P02: malformed range literal: "nothing"
    ALTER TABLE t ALTER b SET DEFAULT 'empty'
        ok, locks public.t AccessExclusiveLock
    ALTER TABLE t ALTER b SET DEFAULT '[1,2)';
        unknown: a literal of a type of the database's own
    "#);
}

#[test]
fn before_14_there_are_no_multiranges() {
    let mut session = Session::new(Catalog::new(PostgresVersion::V13));
    let named = session.play("CREATE TYPE a AS RANGE (subtype = int, multirange_type_name = b)");
    assert!(matches!(named, Played::Refused(refusal) if refusal.sqlstate.to_string() == "42601"));
    assert!(matches!(session.play("CREATE TYPE a AS RANGE (subtype = int)"), Played::Done(_)));
    let ranges = reflection::schema(session.catalog()).ranges;
    assert_eq!(ranges[0].multirange, None);
}

#[test]
fn a_multirange_has_the_owner_of_its_range() {
    for (version, refused) in [(PostgresVersion::V16, false), (PostgresVersion::V17, true)] {
        let mut session = Session::new(Catalog::new(version));
        session.play("CREATE TYPE a AS RANGE (subtype = int)");
        let answer = session.play("ALTER TYPE a_multirange OWNER TO CURRENT_USER");
        assert_eq!(matches!(answer, Played::Refused(_)), refused, "{version}");
    }
}
