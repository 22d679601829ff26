//! Partitioned tables and their partitions.

use super::played;
use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};
use limbeck_core::document::schema::{Identity, Table};
use limbeck_core::reflection;

/// Plays statements behind those of `before`; returns the answers to them alone.
fn behind(before: &str, script: &str) -> String {
    let (_, lines) = played(&format!("{before}{script}"));
    let skipped = before.split(";\n").filter(|statement| !statement.trim().is_empty()).count();
    let own: Vec<&str> = lines.lines().skip(skipped * 2).collect();
    own.join("\n")
}

const MEASURES: &str =
    "CREATE TABLE m (id int, day date NOT NULL, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE INDEX ON m (v);
CREATE TABLE m20 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE m21 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (id);
CREATE TABLE m21a PARTITION OF m21 FOR VALUES IN (1);\n";

#[test]
fn what_a_table_can_be_partitioned_by() {
    insta::assert_snapshot!(behind("", "CREATE TABLE p (a int, b text) PARTITION BY LIST (a, b);
CREATE TABLE p (a int, b text) PARTITION BY LIST (c);
CREATE TABLE p (a int, b text) PARTITION BY LIST (ctid);
CREATE TABLE p (a int, b json) PARTITION BY LIST (b);
CREATE TABLE p (a int, b int GENERATED ALWAYS AS (a + 1) STORED) PARTITION BY HASH (b);
CREATE TABLE p (a int, b text, PRIMARY KEY (b)) PARTITION BY LIST (a);
CREATE TABLE p (a int, b text UNIQUE) PARTITION BY LIST (lower(b));
CREATE TABLE p (a int CHECK (a > 0) NO INHERIT) PARTITION BY LIST (a);
CREATE TABLE p (a int) PARTITION BY LIST (a) WITH (fillfactor = 70);
CREATE TABLE p (a int, b text) PARTITION BY RANGE (a, lower(b));"), @r#"
    CREATE TABLE p (a int, b text) PARTITION BY LIST (a, b)
        42P17: cannot use "list" partition strategy with more than one column
    CREATE TABLE p (a int, b text) PARTITION BY LIST (c)
        42703: column "c" named in partition key does not exist
    CREATE TABLE p (a int, b text) PARTITION BY LIST (ctid)
        42P17: cannot use system column "ctid" in partition key
    CREATE TABLE p (a int, b json) PARTITION BY LIST (b)
        42704: data type json has no default operator class for access method "btree"
    CREATE TABLE p (a int, b int GENERATED ALWAYS AS (a + 1) STORED) PARTITION BY HASH (b)
        42P17: cannot use generated column in partition key
    CREATE TABLE p (a int, b text, PRIMARY KEY (b)) PARTITION BY LIST (a)
        0A000: unique constraint on partitioned table must include all partitioning columns
    CREATE TABLE p (a int, b text UNIQUE) PARTITION BY LIST (lower(b))
        0A000: unsupported UNIQUE constraint with partition key definition
    CREATE TABLE p (a int CHECK (a > 0) NO INHERIT) PARTITION BY LIST (a)
        42P16: cannot add NO INHERIT constraint to partitioned table "p"
    CREATE TABLE p (a int) PARTITION BY LIST (a) WITH (fillfactor = 70)
        42809: cannot specify storage parameters for a partitioned table
    CREATE TABLE p (a int, b text) PARTITION BY RANGE (a, lower(b));
        ok
    "#);
}

#[test]
fn bounds_are_constants_of_the_key_that_meet_no_other_bound() {
    let tables = "CREATE TABLE l (a int) PARTITION BY LIST (a);
CREATE TABLE h (a int) PARTITION BY HASH (a);
CREATE TABLE r (a date, b int) PARTITION BY RANGE (a, b);
CREATE TABLE l1 PARTITION OF l FOR VALUES IN (1, '2', NULL);
CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 0);\n";
    insta::assert_snapshot!(behind(tables, "CREATE TABLE x PARTITION OF l FOR VALUES IN (3, 2);
CREATE TABLE x PARTITION OF l FOR VALUES IN (NULL);
CREATE TABLE x PARTITION OF l FOR VALUES FROM (1) TO (2);
CREATE TABLE x PARTITION OF l FOR VALUES IN (99999999999);
CREATE TABLE x PARTITION OF l FOR VALUES IN (true);
CREATE TABLE x PARTITION OF l FOR VALUES IN (now());
CREATE TABLE x PARTITION OF h DEFAULT;
CREATE TABLE x PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 3);
CREATE TABLE x PARTITION OF h FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE x PARTITION OF h FOR VALUES WITH (MODULUS 6, REMAINDER 3);
CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01', 1) TO ('2020-1-1', 1);
CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01', MINVALUE) TO (MAXVALUE, 1);
CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01', 1) TO ('2020-01-01', NULL);
CREATE TABLE x PARTITION OF x FOR VALUES IN (1);
CREATE TABLE d PARTITION OF l DEFAULT;
CREATE TABLE x PARTITION OF l DEFAULT;"), @r#"
    CREATE TABLE x PARTITION OF l FOR VALUES IN (3, 2)
        42P17: partition "x" would overlap partition "l1"
    CREATE TABLE x PARTITION OF l FOR VALUES IN (NULL)
        42P17: partition "x" would overlap partition "l1"
    CREATE TABLE x PARTITION OF l FOR VALUES FROM (1) TO (2)
        42P16: invalid bound specification for a LIST partition
    CREATE TABLE x PARTITION OF l FOR VALUES IN (99999999999)
        22003: value is out of range for the type of the partition key
    CREATE TABLE x PARTITION OF l FOR VALUES IN (true)
        42804: specified value cannot be cast to type integer
    CREATE TABLE x PARTITION OF l FOR VALUES IN (now())
        42804: column is of type integer but default expression is of type timestamp with time zone
    CREATE TABLE x PARTITION OF h DEFAULT
        42P16: a hash-partitioned table may not have a default partition
    CREATE TABLE x PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 3)
        42P16: remainder for hash partition must be less than modulus
    CREATE TABLE x PARTITION OF h FOR VALUES WITH (MODULUS 4, REMAINDER 0)
        42P17: every hash partition modulus must be a factor of the next larger modulus
    CREATE TABLE x PARTITION OF h FOR VALUES WITH (MODULUS 6, REMAINDER 3)
        42P17: partition "x" would overlap partition "h1"
    CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
        42P16: FROM must specify exactly one value per partitioning column
    CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01', 1) TO ('2020-1-1', 1)
        42P17: empty range bound specified for partition "x"
    CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01', MINVALUE) TO (MAXVALUE, 1)
        42804: every bound following MAXVALUE must also be MAXVALUE
    CREATE TABLE x PARTITION OF r FOR VALUES FROM ('2020-01-01', 1) TO ('2020-01-01', NULL)
        42P17: cannot specify NULL in range bound
    CREATE TABLE x PARTITION OF x FOR VALUES IN (1)
        42P01: relation "x" does not exist
    CREATE TABLE d PARTITION OF l DEFAULT
        ok, locks public.l AccessExclusiveLock
    CREATE TABLE x PARTITION OF l DEFAULT;
        42P17: partition "x" conflicts with existing default partition "d"
    "#);
}

#[test]
fn a_partition_has_what_its_parent_has_under_names_of_its_own() {
    let (session, _) = played(&format!(
        "{MEASURES}CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE f (t int REFERENCES t, n int DEFAULT 3 CHECK (n > 0)) PARTITION BY LIST (t);
CREATE TABLE f1 PARTITION OF f (n DEFAULT 5, CHECK (n < 9)) FOR VALUES IN (-1, 5);"
    ));
    let schema = reflection::schema(session.catalog());
    let mut lines = String::new();
    for table in schema.tables.iter().filter(|table| table.partition_of.is_some()) {
        let parent = table.partition_of.as_deref().unwrap_or_default();
        lines.push_str(&format!(
            "{} of {parent} {}\n",
            table.name,
            table.partition_bound.as_deref().unwrap_or_default()
        ));
        for column in &table.columns {
            let inherited = if column.inherited { "inherited" } else { "own" };
            lines.push_str(&format!("  {} {} {:?} {inherited}\n", column.name, column.data_type, column.default));
        }
        let key = table.primary_key.iter().map(|key| (&key.name, key.inherited));
        let foreign = table.foreign_keys.iter().map(|key| (&key.name, key.inherited));
        let checks = table.checks.iter().map(|check| (&check.name, check.inherited));
        for (name, inherited) in key.chain(foreign).chain(checks) {
            lines.push_str(&format!("  {name} {}\n", if inherited { "inherited" } else { "own" }));
        }
        for index in &table.indexes {
            lines.push_str(&format!("  {} of {}\n", index.name, index.partition_of.as_deref().unwrap_or_default()));
        }
    }
    insta::assert_snapshot!(lines, @r#"
    public.f1 of public.f FOR VALUES IN ('-1', 5)
      t integer None inherited
      n integer Some("5") inherited
      f_t_fkey inherited
      f1_n_check own
      f_n_check inherited
    public.m20 of public.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
      id integer None inherited
      day date None inherited
      v text None inherited
      m20_pkey inherited
      m20_v_idx of public.m_v_idx
    public.m21 of public.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')
      id integer None inherited
      day date None inherited
      v text None inherited
      m21_pkey inherited
      m21_v_idx of public.m_v_idx
    public.m21a of public.m21 FOR VALUES IN (1)
      id integer None inherited
      day date None inherited
      v text None inherited
      m21a_pkey inherited
      m21a_v_idx of public.m21_v_idx
    "#);
}

#[test]
fn a_table_is_attached_with_what_it_has_and_detached_with_what_it_got() {
    insta::assert_snapshot!(behind(MEASURES, "CREATE TABLE a (v text, id int, day date);
ALTER TABLE m ATTACH PARTITION a FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE b (v text, id int NOT NULL, day date NOT NULL, w int);
ALTER TABLE m ATTACH PARTITION b FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
ALTER TABLE b DROP w;
ALTER TABLE m ATTACH PARTITION b FOR VALUES FROM ('2021-06-01') TO ('2023-01-01');
ALTER TABLE m ATTACH PARTITION b FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
ALTER TABLE m ATTACH PARTITION b DEFAULT;
ALTER TABLE b DROP CONSTRAINT b_pkey;
DROP INDEX b_v_idx;
ALTER TABLE m21 DETACH PARTITION b;
ALTER TABLE m DETACH PARTITION b;
DROP INDEX b_v_idx;
ALTER TABLE b DROP CONSTRAINT b_pkey;
ALTER TABLE b ATTACH PARTITION a DEFAULT;
DROP TABLE m21a;
DROP TABLE m;
DROP TABLE b;"), @r#"
    CREATE TABLE a (v text, id int, day date)
        ok
    ALTER TABLE m ATTACH PARTITION a FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')
        42804: column "id" in child table must be marked NOT NULL
    CREATE TABLE b (v text, id int NOT NULL, day date NOT NULL, w int)
        ok
    ALTER TABLE m ATTACH PARTITION b FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')
        42804: table "b" contains column "w" not found in parent
    ALTER TABLE b DROP w
        ok, locks public.b AccessExclusiveLock
    ALTER TABLE m ATTACH PARTITION b FOR VALUES FROM ('2021-06-01') TO ('2023-01-01')
        42P17: partition "b" would overlap partition "m21"
    ALTER TABLE m ATTACH PARTITION b FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')
        ok, locks public.b AccessExclusiveLock, public.m ShareUpdateExclusiveLock
    ALTER TABLE m ATTACH PARTITION b DEFAULT
        42809: "b" is already a partition
    ALTER TABLE b DROP CONSTRAINT b_pkey
        42P16: cannot drop inherited constraint "b_pkey" of relation "b"
    DROP INDEX b_v_idx
        2BP01: cannot drop index b_v_idx because index m_v_idx requires it
    ALTER TABLE m21 DETACH PARTITION b
        42P01: relation "b" is not a partition of relation "m21"
    ALTER TABLE m DETACH PARTITION b
        ok, locks public.b AccessExclusiveLock, public.m AccessExclusiveLock
    DROP INDEX b_v_idx
        ok, locks public.b AccessExclusiveLock
    ALTER TABLE b DROP CONSTRAINT b_pkey
        ok, locks public.b AccessExclusiveLock
    ALTER TABLE b ATTACH PARTITION a DEFAULT
        42P17: table "b" is not partitioned
    DROP TABLE m21a
        ok, locks public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    DROP TABLE m
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock
    DROP TABLE b;
        ok, locks public.b AccessExclusiveLock
    "#);
}

#[test]
fn what_is_done_to_a_partitioned_table_is_done_to_its_partitions() {
    insta::assert_snapshot!(behind(MEASURES, "ALTER TABLE m20 ADD c int;
ALTER TABLE ONLY m ADD c int;
ALTER TABLE m ADD c int DEFAULT 4;
ALTER TABLE m20 DROP c;
ALTER TABLE m DROP day;
ALTER TABLE m ALTER c TYPE bigint;
ALTER TABLE m20 ALTER c TYPE bigint;
ALTER TABLE m ALTER c SET NOT NULL;
ALTER TABLE m20 ALTER c DROP NOT NULL;
ALTER TABLE ONLY m ADD CONSTRAINT k CHECK (c > 0);
ALTER TABLE m ADD CONSTRAINT k CHECK (c > 0) NOT VALID;
ALTER TABLE m VALIDATE CONSTRAINT k;
ALTER TABLE m20 DROP CONSTRAINT k;
ALTER TABLE m RENAME CONSTRAINT k TO l;
ALTER TABLE m20 RENAME c TO d;
ALTER TABLE m RENAME c TO d;
ALTER TABLE m DROP d;
TRUNCATE ONLY m;
TRUNCATE m21;"), @r#"
    ALTER TABLE m20 ADD c int
        42809: cannot add column to a partition
    ALTER TABLE ONLY m ADD c int
        42P16: column must be added to child tables too
    ALTER TABLE m ADD c int DEFAULT 4
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    ALTER TABLE m20 DROP c
        42P16: cannot drop inherited column "c"
    ALTER TABLE m DROP day
        42P16: cannot drop column "day" because it is part of the partition key of relation "m"
    ALTER TABLE m ALTER c TYPE bigint
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    ALTER TABLE m20 ALTER c TYPE bigint
        42P16: cannot alter inherited column "c"
    ALTER TABLE m ALTER c SET NOT NULL
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    ALTER TABLE m20 ALTER c DROP NOT NULL
        42P16: column "c" is marked NOT NULL in parent table
    ALTER TABLE ONLY m ADD CONSTRAINT k CHECK (c > 0)
        42P16: constraint must be added to child tables too
    ALTER TABLE m ADD CONSTRAINT k CHECK (c > 0) NOT VALID
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    ALTER TABLE m VALIDATE CONSTRAINT k
        ok, locks public.m ShareUpdateExclusiveLock, public.m20 ShareUpdateExclusiveLock, public.m21 ShareUpdateExclusiveLock, public.m21a ShareUpdateExclusiveLock
    ALTER TABLE m20 DROP CONSTRAINT k
        42P16: cannot drop inherited constraint "k" of relation "m20"
    ALTER TABLE m RENAME CONSTRAINT k TO l
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    ALTER TABLE m20 RENAME c TO d
        42P16: cannot rename inherited column "c"
    ALTER TABLE m RENAME c TO d
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    ALTER TABLE m DROP d
        ok, locks public.m AccessExclusiveLock, public.m20 AccessExclusiveLock, public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    TRUNCATE ONLY m
        42809: cannot truncate only a partitioned table
    TRUNCATE m21;
        ok, locks public.m21 AccessExclusiveLock, public.m21a AccessExclusiveLock
    "#);
}

#[test]
fn an_index_of_a_partitioned_table_is_valid_once_each_partition_has_its_part() {
    let (session, lines) = played(
        "CREATE TABLE p (a int) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE INDEX whole ON ONLY p (a);
CREATE INDEX part ON p1 (a);
CREATE INDEX CONCURRENTLY ON p (a);
ALTER INDEX whole ATTACH PARTITION part;
DROP INDEX part;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE p (a int) PARTITION BY LIST (a)
        ok
    CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)
        ok, locks public.p AccessExclusiveLock
    CREATE INDEX whole ON ONLY p (a)
        ok, locks public.p ShareLock
    CREATE INDEX part ON p1 (a)
        ok, locks public.p1 ShareLock
    CREATE INDEX CONCURRENTLY ON p (a)
        0A000: cannot create index on partitioned table "p" concurrently
    ALTER INDEX whole ATTACH PARTITION part
        ok, locks public.p AccessShareLock, public.p1 AccessShareLock
    DROP INDEX part;
        2BP01: cannot drop index part because index whole requires it
    "#);
    let schema = reflection::schema(session.catalog());
    let indexes = schema.tables.iter().flat_map(|table| &table.indexes);
    let shown: Vec<_> =
        indexes.map(|index| (index.name.as_str(), index.valid, index.partition_of.as_deref())).collect();
    assert_eq!(shown, [("whole", true, None), ("part", true, Some("public.whole"))]);
}

#[test]
fn a_foreign_key_to_a_partitioned_table_looks_after_each_partition() {
    let tables = "CREATE TABLE p (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p4 (v text, id int PRIMARY KEY);
CREATE TABLE c (a int, b int);\n";
    insta::assert_snapshot!(behind(tables, "ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES p ON DELETE CASCADE;
CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30);
ALTER TABLE p ATTACH PARTITION p4 FOR VALUES FROM (30) TO (40);
ALTER TABLE p DETACH PARTITION p4;
DROP TABLE p3;
TRUNCATE p1;
ALTER TABLE c DROP CONSTRAINT c_a_fkey1;
ALTER TABLE c ADD CONSTRAINT c_a_fkey1 CHECK (a > 0);
ALTER TABLE c DROP CONSTRAINT c_a_fkey;"), @r#"
    ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES p ON DELETE CASCADE
        ok, locks public.c ShareRowExclusiveLock, public.p ShareRowExclusiveLock, public.p1 ShareRowExclusiveLock
    CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30)
        ok, locks public.c ShareRowExclusiveLock, public.p AccessExclusiveLock
    ALTER TABLE p ATTACH PARTITION p4 FOR VALUES FROM (30) TO (40)
        ok, locks public.c ShareRowExclusiveLock, public.p ShareUpdateExclusiveLock, public.p4 AccessExclusiveLock
    ALTER TABLE p DETACH PARTITION p4
        ok, locks public.c AccessExclusiveLock, public.p AccessExclusiveLock, public.p4 AccessExclusiveLock
    DROP TABLE p3
        2BP01: cannot drop table p3 because other objects depend on it: constraint c_a_fkey on table c
    TRUNCATE p1
        0A000: cannot truncate a table referenced in a foreign key constraint
    ALTER TABLE c DROP CONSTRAINT c_a_fkey1
        42P16: cannot drop inherited constraint "c_a_fkey1" of relation "c"
    ALTER TABLE c ADD CONSTRAINT c_a_fkey1 CHECK (a > 0)
        42710: constraint "c_a_fkey1" for relation "c" already exists
    ALTER TABLE c DROP CONSTRAINT c_a_fkey;
        ok, locks public.c AccessExclusiveLock, public.p AccessExclusiveLock, public.p1 AccessExclusiveLock, public.p3 AccessExclusiveLock
    "#);
}

#[test]
fn partitions_have_the_identity_columns_of_their_table_since_17() {
    let before = [
        "CREATE TABLE p (a int NOT NULL, b bigint GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (a)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
        "CREATE TABLE own (a int NOT NULL, b bigint GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE bare (a int NOT NULL, b bigint NOT NULL)",
    ];
    for (statement, on_15, on_17) in [
        ("ALTER TABLE p1 ALTER b ADD GENERATED ALWAYS AS IDENTITY", "ok", "42P16"),
        ("ALTER TABLE p1 ALTER nothing ADD GENERATED ALWAYS AS IDENTITY", "42703", "42703"),
        ("ALTER TABLE p1 ALTER b SET GENERATED BY DEFAULT", "55000", "42P16"),
        ("ALTER TABLE p1 ALTER b DROP IDENTITY IF EXISTS", "ok", "42P16"),
        ("ALTER TABLE p1 ALTER nothing DROP IDENTITY", "42703", "42P16"),
        ("ALTER TABLE p1 ALTER b SET DEFAULT 1", "ok", "42601"),
        ("ALTER TABLE ONLY p ALTER b SET GENERATED BY DEFAULT", "ok", "42P16"),
        ("ALTER TABLE ONLY p ALTER b DROP IDENTITY", "ok", "42P16"),
        ("ALTER TABLE p ALTER b DROP IDENTITY", "ok", "ok"),
        ("ALTER TABLE p ADD c int GENERATED ALWAYS AS IDENTITY", "42P16", "ok"),
        ("ALTER TABLE ONLY p ADD c int GENERATED ALWAYS AS IDENTITY", "42P16", "42P16"),
        ("ALTER TABLE p ATTACH PARTITION own FOR VALUES IN (2)", "ok", "55000"),
        ("ALTER TABLE p ATTACH PARTITION bare FOR VALUES IN (2)", "ok", "ok"),
        ("ALTER TABLE p DETACH PARTITION p1", "ok", "ok"),
        ("UPDATE p1 SET b = 1", "ok", "428C9"),
    ] {
        for (version, expected) in [(PostgresVersion::V15, on_15), (PostgresVersion::V17, on_17)] {
            let mut session = Session::new(Catalog::new(version));
            for statement in before {
                assert!(matches!(session.play(statement), Played::Done(_)), "{statement}");
            }
            let answer = match session.play(statement) {
                Played::Done(_) => "ok".to_owned(),
                Played::Refused(refusal) => refusal.sqlstate.to_string(),
                Played::Unknown(why) => why.to_string(),
            };
            assert_eq!(answer, expected, "{statement} on {version}");
        }
    }
}

#[test]
fn a_partition_that_goes_has_no_identity_column_anymore() {
    let (session, _) = played(
        "CREATE TABLE p (a int NOT NULL, b bigint GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE TABLE alike (LIKE p2 INCLUDING IDENTITY);
ALTER TABLE p ALTER b SET GENERATED BY DEFAULT;
ALTER TABLE p DETACH PARTITION p1;",
    );
    let schema = reflection::schema(session.catalog());
    let identity = |table: &Table| table.columns.iter().find_map(|column| column.identity);
    let shown: Vec<_> = schema.tables.iter().map(|table| (table.name.as_str(), identity(table))).collect();
    let (always, by_default) = (Some(Identity::Always), Some(Identity::ByDefault));
    assert_eq!(
        shown,
        [("public.alike", always), ("public.p", by_default), ("public.p1", None), ("public.p2", by_default)]
    );
}

#[test]
fn a_unique_index_compares_as_the_partitions_do() {
    let (_, lines) = played(
        "CREATE TABLE t (a text) PARTITION BY LIST (a);
CREATE UNIQUE INDEX ON t (a COLLATE \"C\");
CREATE UNIQUE INDEX ON t (a text_pattern_ops);
CREATE UNIQUE INDEX ON t (a COLLATE \"C\", a);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (a text) PARTITION BY LIST (a)
        ok
    CREATE UNIQUE INDEX ON t (a COLLATE "C")
        0A000: unique constraint on partitioned table must include all partitioning columns
    CREATE UNIQUE INDEX ON t (a text_pattern_ops)
        ok, locks public.t ShareLock
    CREATE UNIQUE INDEX ON t (a COLLATE "C", a);
        ok, locks public.t ShareLock
    "#);
}

#[test]
fn a_partition_loses_its_key_to_one_that_is_detached() {
    let (session, lines) = played(
        "CREATE TABLE account (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE account_low PARTITION OF account FOR VALUES FROM (0) TO (100);
CREATE TABLE customer (a int, b int REFERENCES account_low) PARTITION BY RANGE (a);
CREATE TABLE shipment PARTITION OF customer DEFAULT;
ALTER TABLE account DETACH PARTITION account_low;",
    );
    assert!(lines.contains("public.shipment AccessExclusiveLock"), "{lines}");
    let schema = reflection::schema(session.catalog());
    let keys = schema.tables.iter().filter(|table| !table.foreign_keys.is_empty());
    assert_eq!(keys.map(|table| table.name.as_str()).collect::<Vec<_>>(), ["public.customer"]);
}

#[test]
fn a_check_that_proves_that_no_row_is_in_the_wrong_partition_spares_the_reading() {
    let range = "CREATE TABLE e (id int NOT NULL, at timestamptz) PARTITION BY RANGE (id);
CREATE TABLE d PARTITION OF e DEFAULT;
INSERT INTO e SELECT n FROM generate_series(100, 200) n;
";
    let of_times = "CREATE TABLE e (id int, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE d PARTITION OF e DEFAULT;
";
    let list = "CREATE TABLE e (id int, k text) PARTITION BY LIST (k);
CREATE TABLE d PARTITION OF e DEFAULT;
";
    let new = "CREATE TABLE n PARTITION OF e FOR VALUES FROM (10) TO (20)";
    let in_list = "CREATE TABLE n PARTITION OF e FOR VALUES IN ('a', 'b')";
    let of_december =
        "CREATE TABLE n PARTITION OF e FOR VALUES FROM ('2026-12-01 00:00+00') TO ('2027-01-01 00:00+00')";
    for (begins, check, statement, expected) in [
        (range, "id < 10 OR id >= 20", new, ""),
        (range, "NOT (id >= 10 AND id < 20)", new, ""),
        (range, "NOT (id >= 5 AND id < 25)", new, ""),
        (range, "NOT (id IS NOT NULL AND id >= 10 AND id < 20)", new, ""),
        (range, "id < 10 OR id >= 20 OR id IS NULL", new, ""),
        (range, "id <= 9 OR 20 <= id", new, ""),
        (range, "id > 20", new, ""),
        (range, "id >= 100", new, ""),
        (range, "id < 10 OR id > 19", new, "public.d"),
        (range, "NOT (id >= 12 AND id < 20)", new, "public.d"),
        (range, "id > 0", new, "public.d"),
        (range, "id % 2 = 0", new, "unknown"),
        (of_times, "NOT (at >= '2026-12-01 00:00+00' AND at < '2027-01-01 00:00+00')", of_december, ""),
        (of_times, "NOT (at >= '2026-12-02 00:00+00' AND at < '2027-01-01 00:00+00')", of_december, "public.d"),
        (list, "k NOT IN ('a', 'b', 'c')", in_list, ""),
        (list, "k <> 'c'", in_list, "unknown"),
    ] {
        let script = format!(
            "{begins}ALTER TABLE d ADD CHECK ({check}) NOT VALID;\nALTER TABLE d VALIDATE CONSTRAINT d_{{}}_check;\n{statement};"
        );
        let column = if check.contains("at ") {
            "at"
        } else if check.contains("k ") {
            "k"
        } else {
            "id"
        };
        assert_eq!(read_by_last(&script.replace("{}", column)), expected, "{check}");
    }
    for (columns, check, expected) in [
        ("id int NOT NULL, at timestamptz", "id >= 10 AND id < 20", ""),
        ("id int NOT NULL, at timestamptz", "id BETWEEN 12 AND 19", ""),
        ("id int NOT NULL, at timestamptz", "id >= 10", "unknown"),
        ("id int NOT NULL, at timestamptz", "id >= 10 AND id <= 20", "unknown"),
    ] {
        let statement = "ALTER TABLE e ATTACH PARTITION n FOR VALUES FROM (10) TO (20)";
        let begins = range.replace(
            "CREATE TABLE d PARTITION OF e DEFAULT",
            "CREATE TABLE m PARTITION OF e FOR VALUES FROM (0) TO (1)",
        );
        let script = format!("{begins}CREATE TABLE n ({columns}, CHECK ({check}));\n{statement};");
        assert_eq!(read_by_last(&script), expected, "{check}");
    }
}

/// Returns what the last statement reads in full, or that it is not known.
fn read_by_last(script: &str) -> String {
    let mut session = Session::default();
    let played: Vec<Played> = script.trim_end_matches(';').split(";\n").map(|one| session.play(one)).collect();
    match played.last() {
        Some(Played::Done(effects)) => effects.scans.join(", "),
        Some(Played::Unknown(_)) => "unknown".to_owned(),
        other => panic!("{script}: {other:?}"),
    }
}
