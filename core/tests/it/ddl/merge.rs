//! MERGE.

use super::played;
use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};

#[test]
fn a_merge_names_columns_that_its_clauses_see() {
    let (_, lines) = played(
        "CREATE TABLE stock (id integer PRIMARY KEY, name text NOT NULL, amount integer);
CREATE TABLE new (id integer, name text, amount integer);
MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED AND n.amount = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET amount = n.amount WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n.id, n.name);
MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING s.id;
MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN DO NOTHING;
MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN DELETE WHEN MATCHED THEN DO NOTHING;
MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);
MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = n.name;
MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN UPDATE SET nothing = 1;
MERGE INTO stock s USING new n ON id = n.id WHEN MATCHED THEN DELETE;
MERGE INTO stock USING stock ON true WHEN MATCHED THEN DELETE;
MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n.id);
WITH n AS (DELETE FROM new RETURNING *) MERGE INTO stock s USING n ON s.id = n.id WHEN MATCHED THEN DELETE;
WITH gone AS (MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN DELETE RETURNING s.id) SELECT id FROM gone;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE stock (id integer PRIMARY KEY, name text NOT NULL, amount integer)
        ok
    CREATE TABLE new (id integer, name text, amount integer)
        ok
    MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED AND n.amount = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET amount = n.amount WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n.id, n.name)
        ok, locks public.new AccessShareLock, public.stock RowExclusiveLock
    MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING s.id
        ok, locks public.new AccessShareLock, public.stock RowExclusiveLock
    MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN DO NOTHING
        ok, locks public.new AccessShareLock, public.stock RowExclusiveLock
    MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN DELETE WHEN MATCHED THEN DO NOTHING
        42601: unreachable WHEN clause specified after unconditional WHEN clause
    MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)
        42P01: missing FROM-clause entry for table "s"
    MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = n.name
        42P01: missing FROM-clause entry for table "n"
    MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN UPDATE SET nothing = 1
        42703: column "nothing" of relation "stock" does not exist
    MERGE INTO stock s USING new n ON id = n.id WHEN MATCHED THEN DELETE
        42702: column reference "id" is ambiguous
    MERGE INTO stock USING stock ON true WHEN MATCHED THEN DELETE
        42712: name "stock" specified more than once
    MERGE INTO stock s USING new n ON s.id = n.id WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n.id)
        42601: INSERT has more target columns than expressions
    WITH n AS (DELETE FROM new RETURNING *) MERGE INTO stock s USING n ON s.id = n.id WHEN MATCHED THEN DELETE
        ok, locks public.new RowExclusiveLock, public.stock RowExclusiveLock
    WITH gone AS (MERGE INTO stock s USING new n ON s.id = n.id WHEN MATCHED THEN DELETE RETURNING s.id) SELECT id FROM gone;
        ok, locks public.new AccessShareLock, public.stock RowExclusiveLock
    "#);
}

#[test]
fn older_versions_read_less_of_a_merge() {
    let mut session = Session::new(Catalog::new(PostgresVersion::V14));
    for table in ["CREATE TABLE a (id integer)", "CREATE TABLE b (id integer)"] {
        assert!(matches!(session.play(table), Played::Done(_)));
    }
    let played = session.play("MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE");
    assert!(matches!(&played, Played::Refused(refusal) if refusal.sqlstate.to_string() == "42601"), "{played:?}");
    let mut session = Session::new(Catalog::new(PostgresVersion::V16));
    for table in ["CREATE TABLE a (id integer)", "CREATE VIEW b AS SELECT id FROM a"] {
        assert!(matches!(session.play(table), Played::Done(_)));
    }
    let played = session.play("MERGE INTO b USING a ON a.id = b.id WHEN MATCHED THEN DELETE");
    assert!(matches!(&played, Played::Refused(refusal) if refusal.sqlstate.to_string() == "0A000"), "{played:?}");
}
