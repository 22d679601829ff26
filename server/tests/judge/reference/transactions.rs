//! What no transaction may hold, and what one may although it looks as if not.

use super::{Row, judge};

const REFUSED: &[&str] = &[
    "CREATE INDEX CONCURRENTLY ON t (b)",
    "DROP INDEX CONCURRENTLY t_pkey",
    "REINDEX INDEX CONCURRENTLY t_pkey",
    "REINDEX TABLE CONCURRENTLY t",
    "REINDEX SCHEMA public",
    "REINDEX TABLE p",
    "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
    "VACUUM",
    "VACUUM t",
    "VACUUM FULL t",
    "CLUSTER",
    "CREATE DATABASE x",
    "DROP DATABASE x",
    "ALTER DATABASE postgres SET TABLESPACE pg_default",
    "CREATE TABLESPACE x LOCATION '/nowhere'",
    "DROP TABLESPACE x",
    "ALTER SYSTEM SET work_mem = '5MB'",
    "CREATE SUBSCRIPTION x CONNECTION '' PUBLICATION y",
    "DISCARD ALL",
    "COMMIT PREPARED 'x'",
    "ROLLBACK PREPARED 'x'",
];

const ALLOWED: &[Row<'static>] = &[
    (
        "CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE UNIQUE INDEX ON m (id)",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "m E, t AS, scan m, scan t",
    ),
    ("", "ALTER DATABASE postgres SET work_mem = '5MB'", "-"),
    ("CREATE TYPE m AS ENUM ('a')", "ALTER TYPE m ADD VALUE 'b'", "-"),
    // The value cannot be used before the type's own transaction or this one has ended.
    ("CREATE TYPE m AS ENUM ('a')", "DO $$ BEGIN ALTER TYPE m ADD VALUE 'b'; PERFORM 'b'::m; END $$", "55P04"),
    ("", "DO $$ BEGIN CREATE TYPE m AS ENUM ('a'); ALTER TYPE m ADD VALUE 'b'; PERFORM 'b'::m; END $$", "55P04; 17: -"),
];

#[tokio::test]
async fn statements_that_no_transaction_may_hold() {
    judge(&REFUSED.iter().map(|statement| ("", *statement, "25001")).collect::<Vec<Row<'_>>>()).await;
}

#[tokio::test]
async fn statements_that_a_transaction_may_hold() {
    judge(ALLOWED).await;
}
