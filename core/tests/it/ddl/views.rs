//! Views, and the queries that they show.

use super::played;
use limbeck_core::ddl::Played;
use limbeck_core::reflection;

#[test]
fn a_view_keeps_what_it_shows_from_being_dropped_or_altered() {
    let (session, lines) = played(
        "CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, email varchar(100));
CREATE TABLE orders (id integer PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric);
CREATE VIEW busy AS SELECT c.*, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders FROM customer c;
ALTER TABLE customer ALTER COLUMN name TYPE varchar(20);
ALTER TABLE customer DROP COLUMN email;
DROP TABLE orders;
ALTER TABLE customer RENAME COLUMN name TO called;
ALTER TABLE orders RENAME TO purchases;
CREATE OR REPLACE VIEW busy AS SELECT id, called FROM customer;
CREATE OR REPLACE VIEW busy AS SELECT id, called AS name, email, 1::bigint AS orders, now() AS at FROM customer;
DROP TABLE purchases;
DROP TABLE customer CASCADE;
SELECT * FROM busy;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, email varchar(100))
        ok
    CREATE TABLE orders (id integer PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric)
        ok, locks public.customer ShareRowExclusiveLock
    CREATE VIEW busy AS SELECT c.*, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders FROM customer c
        ok, locks public.customer AccessShareLock, public.orders AccessShareLock
    ALTER TABLE customer ALTER COLUMN name TYPE varchar(20)
        0A000: cannot alter type of a column used by a view or rule
    ALTER TABLE customer DROP COLUMN email
        2BP01: cannot drop column email of table customer because other objects depend on it: view busy
    DROP TABLE orders
        2BP01: cannot drop table orders because other objects depend on it: view busy
    ALTER TABLE customer RENAME COLUMN name TO called
        ok, locks public.customer AccessExclusiveLock
    ALTER TABLE orders RENAME TO purchases
        ok, locks public.orders AccessExclusiveLock
    CREATE OR REPLACE VIEW busy AS SELECT id, called FROM customer
        42P16: cannot drop columns from view
    CREATE OR REPLACE VIEW busy AS SELECT id, called AS name, email, 1::bigint AS orders, now() AS at FROM customer
        ok, locks public.busy AccessExclusiveLock, public.customer AccessShareLock
    DROP TABLE purchases
        ok, locks public.customer AccessExclusiveLock, public.purchases AccessExclusiveLock
    DROP TABLE customer CASCADE
        ok, locks public.busy AccessExclusiveLock, public.customer AccessExclusiveLock
    SELECT * FROM busy;
        42P01: relation "busy" does not exist
    "#);
    assert!(reflection::schema(session.catalog()).tables.is_empty());
}

#[test]
fn a_view_is_shown_as_postgres_prints_it() {
    let (session, _) = played(
        "CREATE TABLE t (id integer PRIMARY KEY, name varchar(20), parent integer, at timestamptz);
CREATE VIEW v AS WITH RECURSIVE up(id, depth) AS (SELECT id, 1 FROM t WHERE parent IS NULL UNION ALL SELECT t.id, up.depth + 1 FROM t JOIN up ON t.parent = up.id)
SELECT t.name, u.depth, sum(u.depth) OVER (PARTITION BY t.parent ORDER BY t.at DESC) AS sum
FROM t LEFT JOIN up u USING (id) WHERE t.name IN ('a', 'b') AND EXISTS (SELECT 1 FROM t i WHERE i.parent = t.id) ORDER BY 2 DESC, lower(name) LIMIT 10;
ALTER TABLE t RENAME COLUMN at TO moment;",
    );
    let schema = reflection::schema(session.catalog());
    let definition = schema.tables.iter().find_map(|table| table.definition.clone()).unwrap_or_default();
    insta::assert_snapshot!(definition, @r#"
    WITH RECURSIVE up(id, depth) AS (
            SELECT t_1.id,
               1 AS "?column?"
              FROM t t_1
             WHERE (t_1.parent IS NULL)
           UNION ALL
            SELECT t_1.id,
               (up.depth + 1)
              FROM (t t_1
                JOIN up ON ((t_1.parent = up.id)))
           )
    SELECT t.name,
       u.depth,
       sum(u.depth) OVER (PARTITION BY t.parent ORDER BY t.moment DESC) AS sum
      FROM (t
        LEFT JOIN up u USING (id))
     WHERE (((t.name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])) AND (EXISTS ( SELECT 1
              FROM t i
             WHERE (i.parent = t.id))))
     ORDER BY u.depth DESC, (lower((t.name)::text))
    LIMIT 10;
    "#);
}

#[test]
fn all_of_a_table_is_a_query() {
    let (session, said) = played(
        "CREATE TABLE t (id integer, name text);
CREATE VIEW v AS TABLE t UNION ALL (TABLE t);
CREATE TABLE u AS TABLE t;
SELECT q.name FROM (TABLE t) q;",
    );
    assert_eq!(said.matches("ok").count(), 4, "{said}");
    let schema = reflection::schema(session.catalog());
    let definition = schema.tables.iter().find_map(|table| table.definition.clone()).unwrap_or_default();
    insta::assert_snapshot!(definition, @"
     SELECT t.id,
        t.name
       FROM t
    UNION ALL
     SELECT t.id,
        t.name
       FROM t;
    ");
}

#[test]
fn what_is_wrong_with_a_query_has_the_sqlstate_of_postgres() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer PRIMARY KEY, name text, extra json);
SELECT nothing FROM t;
SELECT u.id FROM t;
SELECT id FROM t a JOIN t b ON a.id = b.id;
SELECT * FROM t, t;
SELECT name, count(*) FROM t;
SELECT id, name, count(*) FROM t GROUP BY id;
SELECT id FROM t WHERE count(*) > 1;
SELECT id FROM t WHERE row_number() OVER () = 1;
SELECT DISTINCT extra FROM t;
SELECT id FROM t ORDER BY 2;
SELECT id FROM t UNION SELECT id, name FROM t;
SELECT id FROM t UNION SELECT name FROM t;
SELECT (SELECT id, name FROM t);
SELECT id FROM t WHERE id IN (SELECT id, name FROM t);
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1;
SELECT * FROM nowhere.t;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer PRIMARY KEY, name text, extra json)
        ok
    SELECT nothing FROM t
        42703: column "nothing" does not exist
    SELECT u.id FROM t
        42P01: missing FROM-clause entry for table "u"
    SELECT id FROM t a JOIN t b ON a.id = b.id
        42702: column reference "id" is ambiguous
    SELECT * FROM t, t
        42712: table name "t" specified more than once
    SELECT name, count(*) FROM t
        42803: column "name" must appear in the GROUP BY clause or be used in an aggregate function
    SELECT id, name, count(*) FROM t GROUP BY id
        ok, locks public.t AccessShareLock
    SELECT id FROM t WHERE count(*) > 1
        42803: aggregate functions are not allowed here
    SELECT id FROM t WHERE row_number() OVER () = 1
        42P20: window functions are not allowed here
    SELECT DISTINCT extra FROM t
        42883: could not identify an equality operator for a type
    SELECT id FROM t ORDER BY 2
        42P10: ORDER BY position 2 is not in select list
    SELECT id FROM t UNION SELECT id, name FROM t
        42601: each UNION query must have the same number of columns
    SELECT id FROM t UNION SELECT name FROM t
        42804: UNION types integer and text cannot be matched
    SELECT (SELECT id, name FROM t)
        42601: subquery must return only one column
    SELECT id FROM t WHERE id IN (SELECT id, name FROM t)
        42601: subquery has too many columns
    WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1
        42712: WITH query name "a" specified more than once
    SELECT * FROM nowhere.t;
        42P01: relation "nowhere.t" does not exist
    "#);
}

#[test]
fn a_materialized_view_holds_rows_once_it_is_filled_and_a_table_what_a_query_put_out() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer PRIMARY KEY, name text);
CREATE MATERIALIZED VIEW m AS SELECT id, name FROM t WITH NO DATA;
SELECT * FROM m;
REFRESH MATERIALIZED VIEW CONCURRENTLY m;
REFRESH MATERIALIZED VIEW m;
REFRESH MATERIALIZED VIEW CONCURRENTLY m;
CREATE UNIQUE INDEX ON m (id);
REFRESH MATERIALIZED VIEW CONCURRENTLY m;
REFRESH MATERIALIZED VIEW t;
CREATE TABLE kept AS SELECT id AS number, upper(name) AS name FROM m;
SELECT number, name INTO again FROM kept;
CREATE TABLE kept (one) AS SELECT 1;
CREATE TABLE twice AS SELECT 1 AS a, 2 AS a;
DROP TABLE t;
DROP VIEW m;
DROP MATERIALIZED VIEW m;
DROP TABLE t, kept, again;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer PRIMARY KEY, name text)
        ok
    CREATE MATERIALIZED VIEW m AS SELECT id, name FROM t WITH NO DATA
        ok, locks public.t AccessShareLock
    SELECT * FROM m
        55000: materialized view "m" has not been populated
    REFRESH MATERIALIZED VIEW CONCURRENTLY m
        0A000: CONCURRENTLY cannot be used when the materialized view is not populated
    REFRESH MATERIALIZED VIEW m
        ok, locks public.m AccessExclusiveLock, public.t AccessShareLock
    REFRESH MATERIALIZED VIEW CONCURRENTLY m
        55000: cannot refresh materialized view "m" concurrently
    CREATE UNIQUE INDEX ON m (id)
        ok, locks public.m ShareLock
    REFRESH MATERIALIZED VIEW CONCURRENTLY m
        ok, locks public.m ExclusiveLock, public.t AccessShareLock
    REFRESH MATERIALIZED VIEW t
        0A000: "t" is not a materialized view
    CREATE TABLE kept AS SELECT id AS number, upper(name) AS name FROM m
        ok, locks public.m AccessShareLock
    SELECT number, name INTO again FROM kept
        ok, locks public.kept AccessShareLock
    CREATE TABLE kept (one) AS SELECT 1
        42P07: relation "kept" already exists
    CREATE TABLE twice AS SELECT 1 AS a, 2 AS a
        42701: column "a" specified more than once
    DROP TABLE t
        2BP01: cannot drop table t because other objects depend on it: materialized view m
    DROP VIEW m
        42809: "m" is not a view
    DROP MATERIALIZED VIEW m
        ok, locks public.m AccessExclusiveLock
    DROP TABLE t, kept, again;
        ok, locks public.again AccessExclusiveLock, public.kept AccessExclusiveLock, public.t AccessExclusiveLock
    "#);
}

#[test]
fn long_and_deep_queries_end_without_a_crash() {
    let chain = |part: &str, count: usize| vec![part; count].join("");
    let mut session = limbeck_core::ddl::Session::default();
    session.play("CREATE TABLE t (id integer)");
    for query in [
        format!("SELECT 1{}", chain(" UNION SELECT 1", 3_000)),
        format!("SELECT 1{}", chain(" UNION (SELECT 1", 3_000) + &chain(")", 3_000)),
        format!("SELECT 1 FROM t{}", chain(" CROSS JOIN t", 3_000)),
        format!("SELECT 1 FROM t{}", chain(", t", 3_000)),
        format!("SELECT {}1{}", chain("(SELECT ", 3_000), chain(")", 3_000)),
        format!("SELECT * FROM {}t{}", chain("(SELECT * FROM ", 40), chain(") q", 40)),
        format!("SELECT {}", vec!["id"; 2_000].join(", ")),
    ] {
        session.play(&query);
        session.play(&format!("CREATE VIEW v AS {query}"));
        session.play(&format!("INSERT INTO t {query}"));
    }
}

/// Plays a long row of statements that each stand on the one before, then others; returns what becomes of the others.
fn behind(first: &str, next: impl Fn(usize) -> String, others: &[&str]) -> Vec<&'static str> {
    let mut session = limbeck_core::ddl::Session::default();
    session.play(first);
    for n in 1..1_500 {
        session.play(&next(n));
    }
    let word = |statement: &&str| match session.play(statement) {
        Played::Done(_) => "done",
        Played::Refused(_) => "refused",
        Played::Unknown(_) => "unknown",
    };
    others.iter().map(word).collect()
}

#[test]
fn what_stands_too_deep_to_be_followed_is_unknown() {
    let views = |n| format!("CREATE VIEW v{n} AS SELECT a FROM v{}", n - 1);
    assert_eq!(
        behind("CREATE VIEW v0 AS SELECT 1 AS a", views, &["DROP VIEW v0 CASCADE", "DROP VIEW v1450 CASCADE"]),
        ["unknown", "done"]
    );
    let domains = |n| format!("CREATE DOMAIN d{n} AS d{}", n - 1);
    assert_eq!(behind("CREATE DOMAIN d0 AS int", domains, &["DROP DOMAIN d0 CASCADE"]), ["unknown"]);
    let heirs = |n| format!("CREATE TABLE t{n} () INHERITS (t{})", n - 1);
    assert_eq!(
        behind(
            "CREATE TABLE t0 (a int)",
            heirs,
            &["ALTER TABLE t0 ADD b int, ADD CHECK (a > 0)", "DROP TABLE t0 CASCADE"]
        ),
        ["done", "done"]
    );
    let partitions = |n| format!("CREATE TABLE t{n} PARTITION OF t{} FOR VALUES IN (1) PARTITION BY LIST (a)", n - 1);
    assert_eq!(
        behind(
            "CREATE TABLE t0 (a int) PARTITION BY LIST (a)",
            partitions,
            &["CREATE INDEX ON t0 (a)", "DROP TABLE t0"]
        ),
        ["done", "done"]
    );
    let types = |n| format!("CREATE TYPE c{n} AS (a c{})", n - 1);
    assert_eq!(behind("CREATE TYPE c0 AS (a int)", types, &["DROP TYPE c0 CASCADE"]), ["done"]);
}

#[test]
fn a_view_gets_defaults_and_a_check_later() {
    const BEFORE: &str = "CREATE TABLE t (a int);
CREATE VIEW v AS SELECT a, a + 1 AS b FROM t;
CREATE VIEW w AS SELECT count(*) FROM t";
    for (statement, expected) in [
        ("ALTER VIEW v ALTER COLUMN a SET DEFAULT 5", "ok, locks public.v AccessExclusiveLock"),
        ("ALTER VIEW v ALTER a DROP DEFAULT", "ok, locks public.v AccessExclusiveLock"),
        ("ALTER VIEW v ALTER COLUMN nope SET DEFAULT 5", "42703"),
        ("ALTER VIEW v ALTER COLUMN a SET DEFAULT 'x'", "22P02"),
        ("ALTER VIEW v ALTER COLUMN a SET DEFAULT (SELECT 1)", "0A000"),
        ("ALTER VIEW t ALTER COLUMN a SET DEFAULT 1", "42809"),
        ("ALTER VIEW v SET (check_option = local)", "ok, locks public.v AccessExclusiveLock"),
        ("ALTER VIEW v SET (check_option = nope)", "22023"),
        ("ALTER VIEW w SET (check_option = local)", "0A000"),
    ] {
        let (_, lines) = played(&format!("{BEFORE};\n{statement};"));
        let answer = lines.lines().last().unwrap_or_default().trim();
        assert!(answer.starts_with(expected), "{statement}: {answer}");
    }
}
