//! Whole tables, partitions, and the rest.

use super::{Row, judge};

const ROWS: &[Row<'static>] = &[
    ("", "ALTER TABLE t RENAME TO q", "t AE"),
    ("", "ALTER TABLE t RENAME a TO q", "t AE"),
    ("CREATE SCHEMA s", "ALTER TABLE t SET SCHEMA s", "t AE"),
    ("", "ALTER TABLE t OWNER TO pg_monitor", "t AE + t_pkey AE"),
    ("", "ALTER TABLE t REPLICA IDENTITY FULL", "t AE"),
    ("CREATE RULE x AS ON DELETE TO t DO INSTEAD NOTHING", "ALTER TABLE t DISABLE RULE x", "t AE"),
    ("", "ALTER TABLE t SET ACCESS METHOD heap", "t AE"),
    ("", "ALTER TABLE t SET (fillfactor = 70)", "t SUE"),
    ("", "ALTER TABLE t SET (autovacuum_enabled = false)", "t SUE"),
    ("", "ALTER TABLE t RESET (fillfactor)", "t SUE"),
    ("", "ALTER TABLE t SET (user_catalog_table = true)", "t AE"),
    ("", "ALTER TABLE t CLUSTER ON t_pkey", "t SUE"),
    ("", "ALTER TABLE t SET WITHOUT CLUSTER", "t SUE"),
    ("", "ALTER TABLE t DISABLE TRIGGER USER", "t SRE"),
    ("", "ALTER TABLE t ENABLE TRIGGER ALL", "t SRE"),
    ("", "ALTER TABLE t SET UNLOGGED", "t AE, rewrite t, scan t + t_pkey AE, rewrite t_pkey"),
    ("", "ALTER TABLE t SET LOGGED", "t AE"),
    ("CREATE TABLE q (LIKE t)", "ALTER TABLE q INHERIT t", "q AE, t SUE"),
    ("CREATE TABLE q () INHERITS (t)", "ALTER TABLE q NO INHERIT t", "q AE, t AS"),
    (
        "CREATE TABLE q (LIKE p)",
        "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
        "p SUE, q AE, scan q",
    ),
    (
        "$REST CREATE TABLE q (LIKE p)",
        "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
        "p SUE, q AE, rest AE, scan q, scan rest",
    ),
    (
        "CREATE TABLE q (LIKE p); ALTER TABLE q ADD CHECK (day IS NOT NULL AND day >= '2022-01-01' AND day < '2023-01-01')",
        "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
        "p SUE, q AE",
    ),
    ("", "ALTER TABLE p DETACH PARTITION p1", "p AE, p1 AE"),
    ("$REST", "ALTER TABLE p DETACH PARTITION p1", "p AE, p1 AE, rest AE"),
    ("", "ALTER INDEX t_pkey RENAME TO q", "- + t_pkey SUE"),
    ("", "ALTER INDEX t_pkey SET (fillfactor = 70)", "- + t_pkey SUE"),
    (
        "CREATE INDEX x ON ONLY p (id); CREATE INDEX y ON p1 (id)",
        "ALTER INDEX x ATTACH PARTITION y",
        "p AS, p1 AS + x SUE, y AE",
    ),
    ("CREATE SEQUENCE q", "ALTER SEQUENCE q INCREMENT 5", "- + q SRE, rewrite q"),
    ("CREATE SEQUENCE q", "ALTER SEQUENCE q RESTART WITH 5", "- + q SRE, rewrite q"),
    ("CREATE SEQUENCE q", "ALTER SEQUENCE q OWNED BY t.a", "t AS + q SRE"),
    ("CREATE SEQUENCE q", "ALTER SEQUENCE q RENAME TO x", "- + q AE"),
    ("CREATE SEQUENCE q", "ALTER SEQUENCE q SET UNLOGGED", "- + q AE, rewrite q"),
    ("CREATE VIEW x AS SELECT a FROM t", "ALTER VIEW x RENAME TO y", "x AE"),
    ("CREATE VIEW x AS SELECT a FROM t", "ALTER VIEW x SET (security_barrier)", "x AE"),
    ("", "CLUSTER t USING t_pkey", "t AE, rewrite t, scan t + t_pkey AE, rewrite t_pkey"),
    ("", "ANALYZE t", "t SUE"),
    ("CREATE TYPE m AS ENUM ('a'); ALTER TABLE t ADD x m", "ALTER TYPE m ADD VALUE 'b'", "-"),
    ("CREATE TYPE m AS ENUM ('a'); ALTER TABLE t ADD x m", "ALTER TYPE m RENAME VALUE 'a' TO 'b'", "-"),
    ("CREATE TYPE m AS ENUM ('a'); ALTER TABLE t ADD x m", "ALTER TYPE m RENAME TO q", "-"),
    ("CREATE TYPE r AS (x integer); CREATE TABLE q OF r", "ALTER TYPE r ADD ATTRIBUTE y integer CASCADE", "q AE"),
    (
        "CREATE TYPE r AS (x integer); CREATE TABLE q OF r",
        "ALTER TYPE r ALTER ATTRIBUTE x TYPE bigint CASCADE",
        "q AE, rewrite q, scan q",
    ),
    ("", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "-"),
    ("CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d", "ALTER DOMAIN d SET DEFAULT 1", "-"),
    ("CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d", "ALTER DOMAIN d RENAME TO q", "-"),
];

#[tokio::test]
async fn whole_tables() {
    judge(ROWS).await;
}
