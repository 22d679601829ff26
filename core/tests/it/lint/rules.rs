//! The other rules, where their examples leave something open.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use limbeck_core::lint::Look;
use limbeck_core::script::Published;

use super::{FORWARD, found, line};
use crate::show;

const TABLES: &str = "CREATE TABLE a (id bigint PRIMARY KEY, n bigint);\nCREATE TABLE b (id bigint PRIMARY KEY, a bigint REFERENCES a);\nCREATE INDEX ON b (a);";

#[test]
fn what_is_lost_is_named() {
    assert_snapshot!(found(&[TABLES, "ALTER TABLE a DROP n;\nDROP TABLE b;\nTRUNCATE a;\nDELETE FROM a;"]), @"
    4:1-21 warning data-loss: loses column n of public.a for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    5:1-13 warning data-loss: loses table public.b for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    6:1-11 warning data-loss: loses every row of public.a for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    7:1-14 warning data-loss: loses every row of public.a for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    7:1-14 warning slow-under-lock: takes long while this transaction holds public.a locked: nobody can read or write it meanwhile
        = put it into a revision of its own
    ");
    assert_eq!(found(&[TABLES, "DELETE FROM a WHERE n > 3;"]), "");
    assert_eq!(
        found(&[TABLES, "CREATE TABLE c (id bigint, m bigint);\nALTER TABLE c DROP m;\nDELETE FROM c;\nDROP TABLE c;"]),
        ""
    );
    assert_eq!(
        found(&["CREATE TABLE c (n bigint, m bigint GENERATED ALWAYS AS (n + 1) STORED);", "ALTER TABLE c DROP m;"]),
        ""
    );
    // Outside the model the words tell.
    assert_snapshot!(found(&["DROP TABLE legacy;"]), @r#"
    4:1-18 warning data-loss: loses table legacy for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    4:12-18 warning made-elsewhere: fails with 42P01: table "legacy" does not exist, unless the database has it from elsewhere
        = no revision before this one makes it
    "#);
}

#[test]
fn a_change_of_type_that_keeps_all_of_a_value_is_none() {
    for (from, to, lost) in [
        ("numeric(12,4)", "numeric(12,2)", "the last digits of c"),
        ("numeric(12,2)", "numeric(14,2)", ""),
        ("numeric", "numeric(12,2)", "the last digits of c"),
        ("numeric(12,2)", "numeric", ""),
        ("numeric(5,-2)", "numeric(5,-3)", "the last digits of c"),
        ("numeric", "bigint", "what stands behind the point"),
        ("double precision", "real", "the last digits"),
        ("real", "double precision", ""),
        ("integer", "double precision", ""),
        ("timestamptz", "timestamp", "the zone"),
        ("timestamp", "timestamptz", ""),
        ("timestamp", "date", "the time of day"),
        ("timestamp(3)", "timestamp(0)", "the last digits of seconds"),
        ("timestamp(3)", "timestamp", ""),
        ("varchar(20)", "varchar(10)", ""),
        ("varchar(20)", "varchar(10) USING c::varchar(10)", "the end"),
        ("text", "varchar(10) USING left(c, 10)", ""),
        ("bigint", "integer", ""),
    ] {
        let findings = found(&[&format!("CREATE TABLE x (c {from});"), &format!("ALTER TABLE x ALTER c TYPE {to};")]);
        let named =
            findings.lines().find_map(|line| Some(line.split_once("lossy-type-change: loses ")?.1)).unwrap_or("");
        assert_eq!(named.is_empty(), lost.is_empty(), "{from} to {to}: {findings}");
        assert!(named.starts_with(lost), "{from} to {to}: {findings}");
    }
}

#[test]
fn cascade_is_followed() {
    assert_snapshot!(found(&[TABLES, "DROP TABLE a CASCADE;"]), @"
    4:1-21 warning cascade: CASCADE also drops constraint b_a_fkey of public.b
        = drop by name what is to go, and leave CASCADE out
    4:1-21 warning data-loss: loses table public.a for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    ");
    assert_snapshot!(found(&["CREATE TYPE mood AS ENUM ('x');\nCREATE TABLE c (id bigint PRIMARY KEY, mood mood);", "DROP TYPE mood CASCADE;"]), @"
    4:1-23 warning ban-drop-type: dropping a type may break existing clients
    4:1-23 warning cascade: CASCADE also drops column mood of public.c
        = drop by name what is to go, and leave CASCADE out
    4:1-23 warning data-loss: loses column mood of public.c for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    ");
    assert_eq!(
        found(&[
            TABLES,
            "ALTER TABLE a DROP CONSTRAINT a_pkey CASCADE, DROP n CASCADE; -- limbeck: allow data-loss, cascade"
        ]),
        ""
    );
    assert_eq!(found(&[TABLES, "DROP TABLE b CASCADE; -- limbeck: allow data-loss"]), "");
}

#[test]
fn a_foreign_key_is_covered_by_an_index_that_begins_with_its_columns() {
    for (index, covered) in [
        ("CREATE INDEX ON c (x, y)", true),
        ("CREATE INDEX ON c (y, x, z)", true),
        ("ALTER TABLE c ADD UNIQUE (x, y)", true),
        ("CREATE INDEX ON c (z, x, y)", false),
        ("CREATE INDEX ON c (x)", false),
        ("CREATE INDEX ON c (x, y) WHERE z > 0", false),
    ] {
        let sql = format!(
            "CREATE TABLE p (x bigint, y bigint, PRIMARY KEY (x, y));\nCREATE TABLE c (x bigint, y bigint, z bigint, FOREIGN KEY (x, y) REFERENCES p);\n{index};"
        );
        let findings = found(&[&sql]);
        assert_eq!(findings.contains("foreign-key-without-index"), !covered, "{index}: {findings}");
    }
    assert_snapshot!(found(&["CREATE TABLE p (x bigint PRIMARY KEY);\nCREATE TABLE c (id bigint PRIMARY KEY, x bigint REFERENCES p);"]), @"
    5:1-62 warning foreign-key-without-index: no index of public.c begins with (x): every change of a key of public.p reads all of it
        = CREATE INDEX ON public.c (x) behind it
    ");
}

#[test]
fn a_label_may_be_used_in_another_transaction_or_where_it_is_another_text() {
    const MOOD: &str = "CREATE TYPE mood AS ENUM ('calm');\nCREATE TABLE c (id bigint PRIMARY KEY, mood mood);";
    const ADD: &str = "ALTER TYPE mood ADD VALUE 'wild';\n";
    assert_snapshot!(found(&[MOOD, &format!("{ADD}UPDATE c SET mood = 'wild'::text::mood WHERE id = 1;")]), @"
    5:1-52 warning enum-value-used-early: uses 'wild' in the transaction that adds it to mood, which Postgres refuses with 55P04
        = put it into a revision of its own
    ");
    let seen = found(&[MOOD, &format!("{ADD}UPDATE c SET mood = 'wild' WHERE id = 1;")]);
    assert!(seen.contains("fails: Postgres refuses this with 55P04") && !seen.contains("enum-value"), "{seen}");
    assert_eq!(
        found(&[
            MOOD,
            &format!(
                "-- migrate:up transaction:false\n{ADD}UPDATE c SET mood = 'wild' WHERE id = 1; -- limbeck: allow-file partial-section"
            )
        ]),
        ""
    );
    assert_eq!(found(&[MOOD, &format!("{ADD}COMMENT ON TABLE c IS 'wild things';")]), "");
    assert_eq!(found(&[&format!("{MOOD}\n{ADD}INSERT INTO c VALUES (1, 'wild');")]), "");
    assert_eq!(
        found(&[MOOD, "ALTER TYPE mood RENAME VALUE 'calm' TO 'still';\nUPDATE c SET mood = 'still' WHERE id = 1;"]),
        ""
    );
}

#[test]
fn what_others_have_stays_as_it_is() {
    let sections = ["CREATE TABLE a (id bigint PRIMARY KEY);", "CREATE TABLE b (id bigint PRIMARY KEY);"];
    let text = |id: &str, sql: &str| format!("-- Revision ID: {id}\n-- Revises:\n-- migrate:up\n{sql}");
    let published = [
        Published { path: "versions/old.sql".to_owned(), text: text("r1", sections[0]) },
        Published { path: "versions/r2.sql".to_owned(), text: text("r2", "CREATE TABLE b (id int PRIMARY KEY);") },
        Published { path: "versions/r9.sql".to_owned(), text: text("r9", "SELECT 1;") },
        Published { path: "versions/broken.sql".to_owned(), text: "?".to_owned() },
    ];
    let project = line(FORWARD, &sections);
    let changed: BTreeSet<String> = ["versions/r1.sql", "versions/r2.sql"].map(str::to_owned).into();
    let look = project.changed(&changed, &published);
    assert_eq!(look, [1], "the first only moved");
    assert_snapshot!(show::findings(&project.lint(&Look::Together(look), &published).expect("a whole history")), @"
    3:1-1 edited-revision: revision r2 was published and runs something else now
        = put it back as it was, and write the change as a new revision
    - removed-revision: revision r9 was published and is gone
        = put it back, and undo in a new revision what it did
    ");
}
