//! How statements stand to transactions: what Postgres 15 answers to each behind `BEGIN`.

use limbeck_core::sql::{Transactions, split, transactions};

fn of(sql: &str) -> Transactions {
    let (statements, errors) = split(sql);
    assert_eq!((statements.len(), errors.len()), (1, 0), "{sql} {errors:?}");
    transactions(sql, statements[0].kind)
}

#[test]
fn what_postgres_refuses_inside_a_transaction_is_known() {
    for sql in [
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX INDEX CONCURRENTLY i",
        "REINDEX (CONCURRENTLY) TABLE t",
        "REINDEX SCHEMA public",
        "REINDEX (VERBOSE) DATABASE shop",
        "REINDEX SYSTEM shop",
        "VACUUM",
        "VACUUM (ANALYZE) t",
        "CREATE DATABASE d",
        "DROP DATABASE d",
        "CREATE TABLESPACE s LOCATION '/tmp'",
        "DROP TABLESPACE s",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "ALTER DATABASE d SET TABLESPACE s",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        "CLUSTER",
        "DISCARD ALL",
        "COMMIT PREPARED 'x'",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
    ] {
        assert!(matches!(of(sql), Transactions::OnlyOutside(_)), "{sql}");
    }
}

#[test]
fn what_postgres_takes_inside_a_transaction_is_not_accused() {
    for sql in [
        "CREATE INDEX i ON t (a)",
        "CREATE INDEX \"concurrently\" ON t (a)",
        "DROP INDEX i",
        "REINDEX INDEX i",
        "REINDEX TABLE schema_versions",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "ALTER TABLE t DETACH PARTITION p",
        "ALTER TABLE t DETACH PARTITION concurrently",
        "ALTER TABLE t DETACH PARTITION p FINALIZE",
        "ALTER TYPE mood ADD VALUE 'x'",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "CLUSTER t USING i",
        "ANALYZE t",
        "DISCARD PLANS",
        "SAVEPOINT s",
        "ROLLBACK TO SAVEPOINT s",
        "ROLLBACK TO s",
        "RELEASE s",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "COPY t FROM '/tmp/f'",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
    ] {
        assert_eq!(of(sql), Transactions::Either, "{sql}");
    }
}

#[test]
fn what_opens_and_ends_a_transaction_is_told_apart() {
    for sql in ["BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE", "START TRANSACTION"] {
        assert_eq!(of(sql), Transactions::Begins, "{sql}");
    }
    for sql in ["COMMIT", "END", "ROLLBACK", "ABORT", "COMMIT AND CHAIN", "PREPARE TRANSACTION 'x'"] {
        assert_eq!(of(sql), Transactions::Ends, "{sql}");
    }
    for sql in ["COPY t FROM stdin", "COPY t (a) FROM STDIN WITH (FORMAT csv)", "COPY (SELECT 1) TO stdout"] {
        assert_eq!(of(sql), Transactions::Streams, "{sql}");
    }
}
