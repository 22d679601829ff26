//! Indexes: access methods, operator classes, collations, storage parameters.

use super::played;
use limbeck_core::reflection;

const TABLE: &str = "CREATE TABLE t (a int, b text, j json, d jsonb, p point, v tsvector, n int[], r int4range);";

/// Plays statements behind a table with columns of many types.
fn on_table(script: &str) -> (limbeck_core::ddl::Session, String) {
    let (session, lines) = played(&format!("{TABLE}\n{script}"));
    let rest = lines.split_once('\n').map(|(_, rest)| rest.to_owned());
    (session, rest.and_then(|rest| rest.split_once('\n').map(|(_, rest)| rest.to_owned())).unwrap_or_default())
}

#[test]
fn an_access_method_takes_what_it_has_operator_classes_for() {
    let (_, lines) = on_table(
        "CREATE INDEX ON t (j);
CREATE INDEX ON t USING gin (d);
CREATE INDEX ON t USING gin (d jsonb_path_ops);
CREATE INDEX ON t USING gin (b);
CREATE INDEX ON t USING gin (b gin_trgm_ops);
CREATE INDEX ON t USING gin (v) WITH (fillfactor = 50);
CREATE INDEX ON t USING gist (p);
CREATE INDEX ON t USING gist (v tsvector_ops (siglen = 9999));
CREATE INDEX ON t USING hash (a, b);
CREATE INDEX ON t USING hash (a ASC);
CREATE UNIQUE INDEX ON t USING hash (a);
CREATE INDEX ON t USING gin (n) INCLUDE (a);
CREATE INDEX ON t (a) INCLUDE (b DESC);
CREATE INDEX ON t (a) INCLUDE ((a + 1));
CREATE INDEX ON t (a text_ops);
CREATE INDEX ON t (a nothing);
CREATE INDEX ON t (a nowhere.int4_ops);
CREATE INDEX ON t (a int4_ops (x = 1));
CREATE INDEX ON t (a COLLATE \"C\");
CREATE INDEX ON t (b COLLATE nowhere.\"C\");
CREATE INDEX ON t USING nothing (a);
CREATE INDEX ON t (a) WITH (fillfactor = 5);
CREATE INDEX ON t (a) WITH (toast.fillfactor = 50);
CREATE INDEX ON t (ctid);
CREATE INDEX IF NOT EXISTS t_b_idx ON t (nothing);
CREATE EXTENSION pg_trgm;
CREATE INDEX ON t USING gin (b gin_trgm_ops);
DROP EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE TABLE c (a citext PRIMARY KEY);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE INDEX ON t (j)
        42704: data type json has no default operator class for access method "btree"
    CREATE INDEX ON t USING gin (d)
        ok, locks public.t ShareLock
    CREATE INDEX ON t USING gin (d jsonb_path_ops)
        ok, locks public.t ShareLock
    CREATE INDEX ON t USING gin (b)
        42704: data type text has no default operator class for access method "gin"
    CREATE INDEX ON t USING gin (b gin_trgm_ops)
        42704: operator class "gin_trgm_ops" does not exist for access method "gin"
    CREATE INDEX ON t USING gin (v) WITH (fillfactor = 50)
        22023: unrecognized parameter "fillfactor"
    CREATE INDEX ON t USING gist (p)
        ok, locks public.t ShareLock
    CREATE INDEX ON t USING gist (v tsvector_ops (siglen = 9999))
        22023: value 9999 out of bounds for option "siglen"
    CREATE INDEX ON t USING hash (a, b)
        0A000: access method "hash" does not support multicolumn indexes
    CREATE INDEX ON t USING hash (a ASC)
        0A000: access method "hash" does not support ASC/DESC options
    CREATE UNIQUE INDEX ON t USING hash (a)
        0A000: access method "hash" does not support unique indexes
    CREATE INDEX ON t USING gin (n) INCLUDE (a)
        0A000: access method "gin" does not support included columns
    CREATE INDEX ON t (a) INCLUDE (b DESC)
        42P17: including column does not support ASC/DESC options
    CREATE INDEX ON t (a) INCLUDE ((a + 1))
        0A000: expressions are not supported in included columns
    CREATE INDEX ON t (a text_ops)
        42804: operator class "text_ops" does not accept data type integer
    CREATE INDEX ON t (a nothing)
        42704: operator class "nothing" does not exist for access method "btree"
    CREATE INDEX ON t (a nowhere.int4_ops)
        3F000: schema "nowhere" does not exist
    CREATE INDEX ON t (a int4_ops (x = 1))
        22023: operator class int4_ops has no options
    CREATE INDEX ON t (a COLLATE "C")
        42804: collations are not supported by type integer
    CREATE INDEX ON t (b COLLATE nowhere."C")
        3F000: schema "nowhere" does not exist
    CREATE INDEX ON t USING nothing (a)
        42704: access method "nothing" does not exist
    CREATE INDEX ON t (a) WITH (fillfactor = 5)
        22023: value 5 out of bounds for option "fillfactor"
    CREATE INDEX ON t (a) WITH (toast.fillfactor = 50)
        22023: unrecognized parameter namespace "toast"
    CREATE INDEX ON t (ctid)
        0A000: index creation on system columns is not supported
    CREATE INDEX IF NOT EXISTS t_b_idx ON t (nothing)
        42703: column "nothing" does not exist
    CREATE EXTENSION pg_trgm
        ok
    CREATE INDEX ON t USING gin (b gin_trgm_ops)
        ok, locks public.t ShareLock
    DROP EXTENSION pg_trgm
        2BP01: cannot drop extension pg_trgm because other objects depend on it: index t_b_idx
    CREATE EXTENSION citext
        ok
    CREATE TABLE c (a citext PRIMARY KEY);
        ok
    "#);
}

#[test]
fn what_the_parser_does_not_know_is_not_refused() {
    let (_, lines) = on_table(
        "ALTER TABLE t ADD CHECK (a BETWEEN 0 AND 100 OR NOT b = 'x');
ALTER TABLE t ADD EXCLUDE USING gist (r range_ops WITH &&);
ALTER TABLE t ADD CHECK (a BETWEEN 0 AND OR NOT);",
    );
    insta::assert_snapshot!(lines, @"
    ALTER TABLE t ADD CHECK (a BETWEEN 0 AND 100 OR NOT b = 'x')
        unknown: the parser does not know OR NOT behind BETWEEN
    ALTER TABLE t ADD EXCLUDE USING gist (r range_ops WITH &&)
        unknown: the parser does not know what may stand behind a part of EXCLUDE
    ALTER TABLE t ADD CHECK (a BETWEEN 0 AND OR NOT);
        42601: expected an expression, found OR_KW
    ");
}

#[test]
fn rows_are_kept_apart_by_operators_that_the_class_knows() {
    let (session, lines) = on_table(
        "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&, p WITH ~=) WHERE (a > 0) DEFERRABLE;
ALTER TABLE t ADD EXCLUDE (a WITH =, lower(b) WITH =) INCLUDE (n) WITH (fillfactor = 70);
ALTER TABLE t ADD EXCLUDE (a WITH <);
ALTER TABLE t ADD EXCLUDE (a WITH &&);
ALTER TABLE t ADD EXCLUDE USING gin (n WITH &&);
ALTER TABLE t ADD EXCLUDE USING gist (nothing WITH &&);
ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&) NOT VALID;",
    );
    insta::assert_snapshot!(lines, @r#"
    ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&, p WITH ~=) WHERE (a > 0) DEFERRABLE
        ok, locks public.t AccessExclusiveLock
    ALTER TABLE t ADD EXCLUDE (a WITH =, lower(b) WITH =) INCLUDE (n) WITH (fillfactor = 70)
        ok, locks public.t AccessExclusiveLock
    ALTER TABLE t ADD EXCLUDE (a WITH <)
        42809: operator < is not commutative, or no member of the operator family of int4_ops
    ALTER TABLE t ADD EXCLUDE (a WITH &&)
        42883: operator does not exist: &&
    ALTER TABLE t ADD EXCLUDE USING gin (n WITH &&)
        0A000: access method "gin" does not support exclusion constraints
    ALTER TABLE t ADD EXCLUDE USING gist (nothing WITH &&)
        42703: column "nothing" named in key does not exist
    ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&) NOT VALID;
        0A000: EXCLUDE constraints cannot be marked NOT VALID
    "#);
    let schema = reflection::schema(session.catalog());
    let table = schema.tables.first().expect("there is one");
    let shown: Vec<&str> = table.exclusions.iter().map(|it| it.definition.as_str()).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    EXCLUDE USING btree (a WITH =, lower(b) WITH =) INCLUDE (n) WITH (fillfactor='70')
    EXCLUDE USING gist (r WITH &&, p WITH ~=) WHERE ((a > 0)) DEFERRABLE
    ");
}

#[test]
fn a_key_is_shown_with_what_is_not_its_own_anyway() {
    let (session, lines) = on_table(
        "CREATE INDEX ON t (a int4_ops, b text_pattern_ops DESC, (b COLLATE \"C\"));
CREATE INDEX ON t (lower(b) COLLATE \"C\", (2), trim(b), (b::varchar), (CASE WHEN a > 0 THEN b END));
CREATE INDEX ON t USING brin (a int4_minmax_multi_ops (values_per_range = 16)) WITH (pages_per_range = 4, autosummarize);
CREATE INDEX ON t USING gist (v tsvector_ops (siglen = 32));
ALTER INDEX t_v_idx SET (buffering = on);
ALTER INDEX t_v_idx SET (fastupdate = on);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE INDEX ON t (a int4_ops, b text_pattern_ops DESC, (b COLLATE "C"))
        ok, locks public.t ShareLock
    CREATE INDEX ON t (lower(b) COLLATE "C", (2), trim(b), (b::varchar), (CASE WHEN a > 0 THEN b END))
        ok, locks public.t ShareLock
    CREATE INDEX ON t USING brin (a int4_minmax_multi_ops (values_per_range = 16)) WITH (pages_per_range = 4, autosummarize)
        ok, locks public.t ShareLock
    CREATE INDEX ON t USING gist (v tsvector_ops (siglen = 32))
        ok, locks public.t ShareLock
    ALTER INDEX t_v_idx SET (buffering = on)
        ok
    ALTER INDEX t_v_idx SET (fastupdate = on);
        22023: unrecognized parameter "fastupdate"
    "#);
    let schema = reflection::schema(session.catalog());
    let table = schema.tables.first().expect("there is one");
    let shown: Vec<String> = table
        .indexes
        .iter()
        .map(|index| format!("{} {} ({}) {}", index.name, index.method, index.keys.join(", "), index.with.join(", ")))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    t_a_b_b1_idx btree (a, b text_pattern_ops DESC, b COLLATE "C") 
    t_a_idx brin (a int4_minmax_multi_ops (values_per_range='16')) autosummarize=true, pages_per_range=4
    t_lower_expr_btrim_b_case_idx btree (lower(b) COLLATE "C", (2), TRIM(BOTH FROM b), ((b)::character varying), (
    CASE
        WHEN (a > 0) THEN b
        ELSE NULL::text
    END)) 
    t_v_idx gist (v tsvector_ops (siglen='32')) buffering=on
    "#);
}

#[test]
fn an_index_where_true_is_one_of_all_rows() {
    for (predicate, kept) in [
        ("true", None),
        ("'true'::boolean", None),
        ("false", Some("false")),
        ("true AND true", Some("(true AND true)")),
        ("1 = 1", Some("(1 = 1)")),
    ] {
        let (session, _) = on_table(&format!("CREATE INDEX ON t (a) WHERE {predicate}"));
        let schema = reflection::schema(session.catalog());
        let table = schema.tables.first().expect("there is one");
        let index = table.indexes.last().expect("there is one");
        assert_eq!(index.predicate.as_deref(), kept, "{predicate}");
    }
    let (_, lines) = on_table("CREATE INDEX whole ON t (a) WHERE true;\nCLUSTER t USING whole;");
    assert!(lines.ends_with("CLUSTER t USING whole;\n    ok, locks public.t AccessExclusiveLock\n"), "{lines}");
}

#[test]
fn statistics_are_printed_with_few_parentheses() {
    const TABLE: &str = "CREATE TABLE t (a int, b numeric, c char(10), d boolean)";
    for (written, printed) in [
        ("a + 1 + a", "a + 1 + a"),
        ("a - (a - 1)", "a - (a - 1)"),
        ("a * 2 + a / 3", "a * 2 + a / 3"),
        ("(a + 2) * 3", "(a + 2) * 3"),
        ("b / 2", "b / 2::numeric"),
        ("c::text", "c::text"),
        ("lower(c)", "lower(c::text)"),
        ("(a + 1)::text || 'x'", "((a + 1)::text) || 'x'::text"),
        ("d AND NOT (a > 1 OR a < -1)", "d AND NOT (a > 1 OR a < '-1'::integer)"),
        ("(a > 1) IS NOT TRUE", "(a > 1) IS NOT TRUE"),
        ("a IN (1, 2)", "a = ANY (ARRAY[1, 2])"),
        ("CASE WHEN a > 1 THEN a ELSE 0 END + 1", "CASE WHEN a > 1 THEN a ELSE 0 END + 1"),
        ("(c || 'x') COLLATE \"C\"", "(c::text || 'x'::text) COLLATE \"C\""),
        ("a::numeric IS DISTINCT FROM b", "a::numeric IS DISTINCT FROM b"),
    ] {
        let (session, lines) = played(&format!("{TABLE};\nCREATE STATISTICS s ON a, ({written}) FROM t;"));
        let schema = limbeck_core::reflection::schema(session.catalog());
        let found = schema.tables.first().and_then(|table| table.statistics.first());
        let wrapped = if printed.starts_with("lower(") { printed.to_owned() } else { format!("({printed})") };
        let expected = format!("CREATE STATISTICS public.s ON a, {wrapped} FROM t");
        assert_eq!(found.map(|found| found.definition.as_str()), Some(expected.as_str()), "{lines}");
    }
}
