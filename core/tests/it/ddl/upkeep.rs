//! CLUSTER, REINDEX, VACUUM of more than one table.

use super::played;

#[test]
fn what_is_said_of_all_tables_is_done_to_each() {
    let (_, lines) = played(
        "CREATE TABLE t (id integer PRIMARY KEY, a text);
CREATE TABLE p (id integer) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);
CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM (10) TO (15);
CREATE INDEX i ON p (id);
CREATE INDEX partial ON p (id) WHERE id > 0;
CLUSTER;
CLUSTER t_pkey ON t;
CLUSTER p;
CLUSTER p USING partial;
CLUSTER p USING i;
CLUSTER (VERBOSE);
CLUSTER (QUICKLY);
REINDEX INDEX i;
REINDEX (CONCURRENTLY) INDEX i;
REINDEX SCHEMA CONCURRENTLY public;
REINDEX DATABASE;
REINDEX SYSTEM CONCURRENTLY;
VACUUM;
VACUUM (PARALLEL 2, INDEX_CLEANUP auto) t;
VACUUM (FULL, PARALLEL 2) t;
VACUUM (NOTHING) t;
ALTER TABLE p DETACH PARTITION t CONCURRENTLY;
ALTER TABLE p DETACH PARTITION p1 FINALIZE;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (id integer PRIMARY KEY, a text)
        ok
    CREATE TABLE p (id integer) PARTITION BY RANGE (id)
        ok
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)
        ok, locks public.p AccessExclusiveLock
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id)
        ok, locks public.p AccessExclusiveLock
    CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM (10) TO (15)
        ok, locks public.p2 AccessExclusiveLock
    CREATE INDEX i ON p (id)
        ok, locks public.p ShareLock, public.p1 ShareLock, public.p2 ShareLock, public.p21 ShareLock
    CREATE INDEX partial ON p (id) WHERE id > 0
        ok, locks public.p ShareLock, public.p1 ShareLock, public.p2 ShareLock, public.p21 ShareLock
    CLUSTER
        ok
    CLUSTER t_pkey ON t
        ok, locks public.t AccessExclusiveLock
    CLUSTER p
        42704: there is no previously clustered index for table "p"
    CLUSTER p USING partial
        0A000: cannot cluster on index "partial": it is a partial index
    CLUSTER p USING i
        ok, locks public.p AccessExclusiveLock, public.p1 AccessExclusiveLock, public.p21 AccessExclusiveLock
    CLUSTER (VERBOSE)
        ok, locks public.p1 AccessExclusiveLock, public.p21 AccessExclusiveLock, public.t AccessExclusiveLock
    CLUSTER (QUICKLY)
        42601: unrecognized CLUSTER option "quickly"
    REINDEX INDEX i
        ok, locks public.p1 ShareLock, public.p21 ShareLock
    REINDEX (CONCURRENTLY) INDEX i
        ok, locks public.p1 ShareUpdateExclusiveLock, public.p21 ShareUpdateExclusiveLock
    REINDEX SCHEMA CONCURRENTLY public
        ok, locks public.p1 ShareUpdateExclusiveLock, public.p21 ShareUpdateExclusiveLock, public.t ShareUpdateExclusiveLock
    REINDEX DATABASE
        ok, locks public.p1 ShareLock, public.p21 ShareLock, public.t ShareLock
    REINDEX SYSTEM CONCURRENTLY
        0A000: cannot reindex system catalogs concurrently
    VACUUM
        ok, locks public.p1 ShareUpdateExclusiveLock, public.p21 ShareUpdateExclusiveLock, public.t ShareUpdateExclusiveLock
    VACUUM (PARALLEL 2, INDEX_CLEANUP auto) t
        ok, locks public.t ShareUpdateExclusiveLock
    VACUUM (FULL, PARALLEL 2) t
        0A000: VACUUM FULL does not go with this option
    VACUUM (NOTHING) t
        42601: unrecognized VACUUM option "nothing"
    ALTER TABLE p DETACH PARTITION t CONCURRENTLY
        42P01: relation "t" is not a partition of relation "p"
    ALTER TABLE p DETACH PARTITION p1 FINALIZE;
        55000: cannot complete detaching partition "p1"
    "#);
}

#[test]
fn what_the_grammar_and_the_kind_of_a_type_forbid_is_refused() {
    let (_, lines) = played(
        r#"CREATE TABLE t (a text COLLATE "C" COLLATE "POSIX");
CREATE TABLE t (a text COLLATE "C" NOT NULL COLLATE "C");
CREATE TABLE t (a text COLLATE "C");
ALTER TABLE t ADD b text COLLATE "C" COLLATE "C";
CREATE DOMAIN d AS text COLLATE "C" COLLATE "C";
CREATE DOMAIN d AS integer;
ALTER DOMAIN d ADD CHECK (1 / 0 > 1) NOT VALID;
ALTER DOMAIN d ADD CHECK (1 / 0 > 1);
ALTER DOMAIN d ADD CHECK (false);
ALTER TYPE t OWNER TO CURRENT_USER;"#,
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (a text COLLATE "C" COLLATE "POSIX")
        42601: multiple COLLATE clauses not allowed
    CREATE TABLE t (a text COLLATE "C" NOT NULL COLLATE "C")
        42601: multiple COLLATE clauses not allowed
    CREATE TABLE t (a text COLLATE "C")
        ok
    ALTER TABLE t ADD b text COLLATE "C" COLLATE "C"
        42601: multiple COLLATE clauses not allowed
    CREATE DOMAIN d AS text COLLATE "C" COLLATE "C"
        42601: multiple COLLATE clauses not allowed
    CREATE DOMAIN d AS integer
        ok
    ALTER DOMAIN d ADD CHECK (1 / 0 > 1) NOT VALID
        ok
    ALTER DOMAIN d ADD CHECK (1 / 0 > 1)
        22012: division by zero
    ALTER DOMAIN d ADD CHECK (false)
        ok
    ALTER TYPE t OWNER TO CURRENT_USER;
        42809: t is a table's row type
    "#);
}
