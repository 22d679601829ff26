//! Creating and dropping.

use super::{Row, judge};

const ROWS: &[Row<'static>] = &[
    ("", "CREATE TABLE q (id integer PRIMARY KEY, b text UNIQUE)", "-"),
    ("", "CREATE TABLE q (LIKE t)", "t AS"),
    ("", "CREATE TABLE q (LIKE t INCLUDING ALL)", "t AS"),
    ("", "CREATE TABLE q (o_id integer REFERENCES o)", "o SRE"),
    ("", "CREATE TABLE q (id integer PRIMARY KEY, parent integer REFERENCES q)", "-"),
    ("", "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')", "p AE"),
    (
        "$REST",
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
        "p AE, rest AE, scan rest",
    ),
    ("", "CREATE TABLE q () INHERITS (t)", "t SUE"),
    ("", "CREATE TABLE q AS SELECT * FROM t", "t AS, scan t"),
    ("", "CREATE TABLE q AS SELECT * FROM t WITH NO DATA", "t AS"),
    ("", "CREATE MATERIALIZED VIEW q AS SELECT * FROM t", "t AS, scan t"),
    ("", "DROP TABLE t", "t AE"),
    ("ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o", "DROP TABLE t", "o AE, t AE"),
    ("ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o", "DROP TABLE o CASCADE", "o AE, t AE"),
    ("", "DROP TABLE p1", "p AE, p1 AE"),
    ("$REST", "DROP TABLE p1", "p AE, p1 AE, rest AE"),
    ("", "DROP TABLE p", "p AE, p1 AE"),
    ("CREATE VIEW x AS SELECT * FROM t", "DROP TABLE t CASCADE", "t AE, x AE"),
    ("", "CREATE INDEX ON t (b)", "t S, scan t"),
    ("", "CREATE INDEX ON p (id)", "p S, p1 S, scan p1"),
    ("", "CREATE INDEX ON ONLY p (id)", "p S"),
    ("CREATE INDEX x ON t (b)", "DROP INDEX x", "t AE + x AE"),
    ("CREATE INDEX x ON t (b)", "REINDEX INDEX x", "t S, scan t + x AE, rewrite x"),
    ("", "REINDEX TABLE t", "t S, scan t + t_pkey AE, rewrite t_pkey"),
    ("", "CREATE VIEW x AS SELECT * FROM t", "t AS"),
    ("CREATE VIEW x AS SELECT a FROM t", "CREATE OR REPLACE VIEW x AS SELECT a, b FROM t", "t AS, x AE"),
    ("CREATE VIEW x AS SELECT a FROM t", "DROP VIEW x", "x AE"),
    ("CREATE MATERIALIZED VIEW m AS SELECT id FROM t", "REFRESH MATERIALIZED VIEW m", "m AE, t AS, rewrite m, scan t"),
    (
        "CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE UNIQUE INDEX ON m (id)",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "m E, t AS, scan m, scan t",
    ),
    ("CREATE MATERIALIZED VIEW m AS SELECT id FROM t", "REFRESH MATERIALIZED VIEW CONCURRENTLY m", "55000"),
    ("", "CREATE SEQUENCE q", "-"),
    ("", "CREATE SEQUENCE q OWNED BY t.a", "t AS"),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "t SRE",
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
        CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "DROP TRIGGER x ON t",
        "t AE",
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
        CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TRIGGER x ON t RENAME TO y",
        "t AE",
    ),
    (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
        CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "DROP FUNCTION f() CASCADE",
        "t AE",
    ),
    ("", "CREATE POLICY x ON t USING (a > 0)", "t AE"),
    ("CREATE POLICY x ON t USING (a > 0)", "ALTER POLICY x ON t USING (true)", "t AE"),
    ("CREATE POLICY x ON t USING (a > 0)", "DROP POLICY x ON t", "t AE"),
    ("", "CREATE RULE x AS ON DELETE TO t DO INSTEAD NOTHING", "t AE"),
    ("CREATE RULE x AS ON DELETE TO t DO INSTEAD NOTHING", "DROP RULE x ON t", "t AE"),
    ("", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "t AE"),
    ("", "ALTER TABLE t FORCE ROW LEVEL SECURITY", "t AE"),
    ("", "CREATE STATISTICS x ON a, b FROM t", "t SUE"),
    ("CREATE STATISTICS x ON a, b FROM t", "DROP STATISTICS x", "t SUE"),
    ("", "CREATE TYPE q AS ENUM ('a')", "-"),
    ("", "CREATE DOMAIN q AS integer CHECK (VALUE > 0)", "-"),
    ("", "CREATE FUNCTION q() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "-"),
    (
        "CREATE FUNCTION q() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION q() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
        "-",
    ),
    ("", "CREATE AGGREGATE q(integer) (SFUNC = int4pl, STYPE = integer)", "-"),
    (
        "CREATE AGGREGATE q(integer) (SFUNC = int4pl, STYPE = integer)",
        "SELECT q(a) FROM t",
        "t AS, scan t; model: t AS",
    ),
    (
        "CREATE AGGREGATE q(integer) (SFUNC = int4pl, STYPE = integer); CREATE VIEW x AS SELECT q(a) FROM t",
        "DROP AGGREGATE q(integer) CASCADE",
        "x AE",
    ),
    ("CREATE TYPE m AS ENUM ('a')", "CREATE CAST (text AS m) WITH INOUT AS IMPLICIT", "-"),
    ("CREATE TYPE m AS ENUM ('a'); CREATE CAST (text AS m) WITH INOUT", "DROP TYPE m", "2BP01"),
    ("CREATE TYPE m AS ENUM ('a'); CREATE CAST (text AS m) WITH INOUT", "DROP CAST (text AS m)", "-"),
    ("", "CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq)", "-"),
    (
        "CREATE OPERATOR @@@ (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq)",
        "DROP OPERATOR @@@ (integer, integer)",
        "-",
    ),
    ("", "CREATE SCHEMA q", "-"),
    ("", "CREATE EXTENSION plpgsql SCHEMA pg_catalog", "42710"),
    ("CREATE TYPE q AS ENUM ('a'); ALTER TABLE t ADD x q", "DROP TYPE q CASCADE", "t AE"),
    (
        "CREATE FUNCTION q(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1'; ALTER TABLE t ADD CHECK (q(a) > 0)",
        "DROP FUNCTION q CASCADE",
        "t AE",
    ),
    ("", "COMMENT ON TABLE t IS 'x'", "t SUE"),
    ("", "COMMENT ON COLUMN t.a IS 'x'", "t SUE"),
    ("", "COMMENT ON INDEX t_pkey IS 'x'", "- + t_pkey SUE"),
    ("", "COMMENT ON CONSTRAINT t_pkey ON t IS 'x'", "t AS"),
    ("", "GRANT SELECT ON t TO PUBLIC", "-; 18: t AS"),
    ("", "REVOKE SELECT ON t FROM PUBLIC", "-; 18: t AS"),
    ("CREATE PUBLICATION x", "ALTER PUBLICATION x ADD TABLE t", "t SUE"),
    ("CREATE PUBLICATION x FOR TABLE t", "ALTER PUBLICATION x DROP TABLE t", "t SUE"),
    // What is read is the new file, for the indexes: it is empty.
    ("", "TRUNCATE t", "t AE, rewrite t, scan t; model: t AE"),
    (
        "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o",
        "TRUNCATE o CASCADE",
        "o AE, t AE, rewrite o, rewrite t, scan o, scan t; model: o AE, t AE",
    ),
];

#[tokio::test]
async fn creating_and_dropping() {
    judge(ROWS).await;
}
