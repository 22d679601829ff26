//! Runs that go well.

use limbeck::database::Cancel;
use limbeck_core::document::Direction;

use super::lab::{Lab, file, story};

/// ```text
///     a ── b ── d (merge)
///      └── c ──┘
/// ```
fn diamond() -> Vec<String> {
    vec![
        file("a", "", "\nCREATE TABLE one (id int);\nINSERT INTO one VALUES (1);", Some("\nDROP TABLE one;")),
        file("b", "a", "\nCREATE TABLE two (id int);", Some("\nDROP TABLE two;")),
        file(
            "c",
            "a",
            " transaction:false\nCREATE INDEX CONCURRENTLY one_id ON one (id);",
            Some(" transaction:false\nDROP INDEX CONCURRENTLY one_id;"),
        ),
        file("d", "b, c", "\n", Some("\n")),
    ]
}

const RELATIONS: &str = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1";

#[tokio::test]
async fn up_to_the_heads_and_down_to_base_restores_emptiness() {
    let lab = Lab::new(&diamond());
    let report = lab.upgrade("heads").await.unwrap();
    assert_eq!(report.rows, ["d"]);
    assert_eq!(lab.rows().await, ["d"]);
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "alembic_version_pkc", "one", "one_id", "two"]);
    assert_eq!(lab.database.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_id'::regclass"), ["t"]);

    let report = lab.downgrade("base").await.unwrap();
    assert!(report.rows.is_empty());
    assert_eq!(lab.database.rows(RELATIONS), ["alembic_version", "alembic_version_pkc"]);
    assert!(lab.database.rows("SELECT * FROM alembic_version").is_empty());
}

#[tokio::test]
async fn a_run_tells_what_it_does() {
    let lab = Lab::new(&[
        file("a", "", "\nDROP TABLE IF EXISTS none;\nCREATE TABLE one (id int);", None),
        file("b", "a", "\n-- nothing to do\n", None),
    ]);
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    let (result, events) = lab.run(&plan, &Cancel::never()).await;
    result.unwrap();
    insta::assert_snapshot!(story(&events), @r#"
    locked
    step 0: Upgrade a
      0.0 …
      0.0 NOTICE: table "none" does not exist, skipping
      0.0 done
      0.1 …
      0.1 done
    step 0 done: a
    step 1: Upgrade b
    step 1 done: b
    finished: b
    "#);
}

#[tokio::test]
async fn a_new_version_table_is_the_one_of_alembic_but_wider() {
    let lab = Lab::new(&[file("a", "", "\n", None)]);
    lab.upgrade("heads").await.unwrap();
    let columns = "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute \
                   WHERE attrelid = 'alembic_version'::regclass AND attnum > 0";
    assert_eq!(lab.database.rows(columns), ["version_num|character varying(255)|t"]);
    let key = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'alembic_version'::regclass AND contype = 'p'";
    assert_eq!(lab.database.rows(key), ["alembic_version_pkc|PRIMARY KEY (version_num)"]);
}

#[tokio::test]
async fn an_empty_plan_changes_nothing() {
    let lab = Lab::new(&[file("a", "", "\n", None)]);
    lab.upgrade("heads").await.unwrap();
    let report = lab.upgrade("heads").await.unwrap();
    assert_eq!(report.rows, ["a"]);
}

#[tokio::test]
async fn the_step_that_makes_the_schema_can_hold_the_version_table() {
    let mut lab = Lab::new(&[file("a", "", "\nCREATE SCHEMA \"my App\";", None)]);
    lab.options.version_table = limbeck::database::VersionTable::new("Versions", Some("my App".to_owned()));
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT version_num FROM \"my App\".\"Versions\""), ["a"]);
    assert_eq!(lab.rows().await, ["a"]);
}

#[tokio::test]
async fn a_section_may_choose_its_isolation_level() {
    let lab =
        Lab::new(&[file("a", "", "\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE one (id int);", None)]);
    lab.upgrade("heads").await.unwrap();
}

#[tokio::test]
async fn a_multi_megabyte_statement_runs() {
    let text = "x".repeat(3_000_000);
    let lab = Lab::new(&[file("a", "", &format!("\nCREATE TABLE one AS SELECT length('{text}') AS n;"), None)]);
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT n FROM one"), ["3000000"]);
}
