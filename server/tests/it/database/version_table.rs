//! A version table that cannot be written although the files are right.

use limbeck::database::{Cancel, Database, VersionTable, ensure_version_table, stamp};
use limbeck_core::document::Direction;

use super::lab::{Lab, file, shown};

/// A project whose settings name a schema for the version table.
fn with_schema(schema: &str, files: &[String]) -> Lab {
    let mut lab = Lab::new(files);
    lab.options.version_table = VersionTable::new("alembic_version", Some(schema.to_owned()));
    lab
}

async fn said(lab: &Lab) -> String {
    shown(&lab.upgrade("heads").await.expect_err("the run stops"))
}

const TABLES: &str = "SELECT n.nspname || '.' || relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace \
                      WHERE relkind = 'r' AND nspname !~ '^pg_|^information_schema' ORDER BY 1";

#[tokio::test]
async fn a_schema_that_is_not_there_is_noticed_before_anything_runs() {
    for option in ["", " transaction:false"] {
        let lab = with_schema("Ops", &[file("a", "", &format!("{option}\nCREATE TABLE one (id int);"), None)]);
        let (_, events) = lab.run(&lab.plan(Direction::Upgrade, "heads").await, &Cancel::never()).await;
        assert!(!events.iter().any(|event| matches!(event, limbeck_core::document::Event::StepStarted { .. })));
        let said = said(&lab).await;
        insta::allow_duplicates! { insta::assert_snapshot!(said, @r#"
        there is no schema "Ops" to create alembic_version in
        sql
        the database is at base; CREATE SCHEMA "Ops", or name another as version_table_schema in limbeck.toml
        "#) };
        assert!(lab.database.rows(TABLES).is_empty());
    }
    let lab = with_schema("ops", &[file("a", "", "\n", None)]);
    let mut database = Database::connect(&lab.target, "test").await.unwrap();
    let error = ensure_version_table(&mut database, &lab.options).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no schema ops to create alembic_version in");
    let stamped = stamp(&mut database, &lab.options, &[], &[], false, &mut |_| {}, &Cancel::never()).await;
    assert_eq!(stamped.unwrap_err().to_string(), error.to_string());
}

#[tokio::test]
async fn a_schema_that_the_first_revision_makes_serves() {
    let up = "\nCREATE SCHEMA Ops;\nCREATE TABLE ops.one (id int);";
    let lab = with_schema("ops", &[file("a", "", up, None), file("b", "a", "\n", None)]);
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["b"]);
    assert_eq!(lab.database.rows(TABLES), ["ops.alembic_version", "ops.one"]);

    // That it is named is no promise.
    let lab = with_schema("ops", &[file("a", "", "\nCREATE TABLE \"ops\" (id int);", None)]);
    insta::assert_snapshot!(said(&lab).await, @r#"
    upgrade of a (versions/a.sql): writing the version rows: schema "ops" does not exist (SQLSTATE 3F000)
    sql
    nothing of this revision was kept, the database is at base; see that ops.alembic_version can be created and takes rows of version_num alone, then upgrade again
    "#);
    assert!(lab.database.rows(TABLES).is_empty());
}

#[tokio::test]
async fn a_table_that_wants_more_than_an_id_is_named() {
    let lab = Lab::new(&[file("a", "", "\nCREATE TABLE one (id int);", None)]);
    lab.database.execute("CREATE TABLE alembic_version (version_num text, tenant text NOT NULL)");
    insta::assert_snapshot!(said(&lab).await, @r#"
    upgrade of a (versions/a.sql): writing the version rows: null value in column "tenant" of relation "alembic_version" violates not-null constraint (SQLSTATE 23502): Failing row contains (a, null)
    sql
    nothing of this revision was kept, the database is at base; see that public.alembic_version can be created and takes rows of version_num alone, then upgrade again
    "#);
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_not_the_fault_of_the_file() {
    for (up, expected) in
        [("\nSELECT 1;", "writing the version rows"), ("\nCREATE TABLE one (id int);", "CREATE TABLE")]
    {
        let lab = Lab::new(&[file("a", "", up, None)]);
        let name = &lab.database.name;
        lab.database.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
        let said = said(&lab).await;
        assert!(said.contains(expected), "{said}");
        assert!(
            said.ends_with(
                "the database is at base; connect to a database that takes writes, or turn its \
                 default_transaction_read_only off, then upgrade again"
            ),
            "{said}"
        );
    }
}
