//! The other rules, where their examples leave something open.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use insta::assert_snapshot;
use limbeck_core::PostgresVersion;
use limbeck_core::document::Direction;
use limbeck_core::lint::Look;
use limbeck_core::report;
use limbeck_core::script::Published;

use super::{FORWARD, found, last, line};
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

#[test]
fn partitions_of_one_table_are_one_finding() {
    let partition = |n: i32| format!("CREATE TABLE e{n} PARTITION OF e FOR VALUES FROM ({n}) TO ({});\n", n + 1);
    let partitions: String = (0..5).map(partition).collect();
    let begins = format!("CREATE TABLE e (id bigint NOT NULL, n integer) PARTITION BY RANGE (id);\n{partitions}");
    let project = line(
        FORWARD,
        &[
            &begins,
            "ALTER TABLE e ALTER n SET NOT NULL;\nALTER TABLE e ALTER n TYPE bigint;\nALTER TABLE e ADD UNIQUE (id);",
        ],
    );
    let look = Look::Together(vec![1]);
    assert_snapshot!(show::findings(&project.lint(&look, &[]).expect("a whole history")), @r#"
    4:1-35 info blocking-lock: locks public.e: nobody can read or write it meanwhile
    4:1-1 info depends-on-rows: fails with 23502 if rows of 5 partitions of public.e (public.e0, public.e1, public.e2, …) do not fit: column "n" of relation "e0" contains null values
    4:1-35 warning scan-under-lock: reads all of 5 partitions of public.e (public.e0, public.e1, public.e2, …), and nobody can read or write it until that is done
        = add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a revision behind, then SET NOT NULL reads nothing
    5:1-34 info blocking-lock: locks public.e: nobody can read or write it meanwhile
    5:1-34 warning slow-under-lock: takes long while this transaction holds public.e locked: nobody can read or write it meanwhile
        = put it into a revision of its own
    5:1-34 warning table-rewrite: writes 5 partitions of public.e (public.e0, public.e1, public.e2, …) anew, and nobody can read or write it until that is done
        = add what is new beside the old, fill it in batches, then exchange them
    6:1-30 info blocking-lock: locks public.e: nobody can read or write it meanwhile
    6:1-1 info depends-on-rows: fails with 23505 if rows of 5 partitions of public.e (public.e0, public.e1, public.e2, …) do not fit: could not create unique index "e0_id_key"
    6:1-30 warning scan-under-lock: reads all of 5 partitions of public.e (public.e0, public.e1, public.e2, …), and nobody can read or write it until that is done
        = add it to ONLY the table, to each partition USING an INDEX that was built CONCURRENTLY, and ALTER INDEX … ATTACH PARTITION these
    6:1-30 warning slow-under-lock: takes long while this transaction holds public.e locked: nobody can read or write it meanwhile
        = put it into a revision of its own
    "#);
    let plan = project.plan(&["r1".to_owned()], Direction::Upgrade, "heads").expect("a plan");
    let text = report::text(&project, &plan).painted(|_, text| text.to_owned());
    let locks: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("locks")).collect();
    assert_snapshot!(locks.join("\n"), @"
    locks e (access exclusive); locks e0, e1, e2 and 2 more (access exclusive), reads all of them
    locks e (access exclusive); locks e0, e1, e2 and 2 more (access exclusive), rewrites them
    locks e (access exclusive); locks e0, e1, e2 and 2 more (share), reads all of them
    ");
}

#[test]
fn an_index_that_goes_is_named_where_it_does() {
    assert_snapshot!(found(&[TABLES, "-- migrate:up transaction:false\nDROP INDEX CONCURRENTLY b_a_idx;"]), @"
    4:1-32 warning foreign-key-without-index: drops the last index for a foreign key: no index of public.b begins with (a): every change of a key of public.a reads all of it
        = keep it, or CREATE INDEX CONCURRENTLY ON public.b (a) in a revision before
    ");
    assert_eq!(
        found(&[
            TABLES,
            "CREATE INDEX ON b (a, id); -- limbeck: allow blocking-index-build\nDROP INDEX b_a_idx; -- limbeck: allow blocking-lock"
        ]),
        ""
    );
    // Who made the key is not to blame.
    let project = line(FORWARD, &[TABLES, "ALTER TABLE b DROP COLUMN id;", "DROP INDEX b_a_idx;"]);
    let findings = project.lint(&Look::Each, &[]).expect("a whole history");
    let of_rule = findings.iter().filter(|finding| finding.code == "foreign-key-without-index");
    assert_eq!(of_rule.map(|it| it.path.clone().unwrap_or_default()).collect::<Vec<_>>(), ["versions/r3.sql"]);
}

#[test]
fn what_goes_without_cascade_is_not_said_to_go_by_it() {
    let tables = "CREATE TYPE mood AS ENUM ('a');\nCREATE TABLE c (id bigint PRIMARY KEY, m mood NOT NULL UNIQUE, CHECK (m > 'a'));\nCREATE TABLE d (m mood REFERENCES c (m));\nCREATE INDEX ON d (m);";
    let mut project = line(FORWARD, &[tables, "ALTER TABLE c DROP COLUMN m CASCADE;", "DROP TYPE mood CASCADE;"]);
    project.set_postgres_version(PostgresVersion::V18);
    let findings = project.lint(&Look::Each, &[]).expect("a whole history");
    let of_rule: Vec<_> = findings.into_iter().filter(|finding| finding.code == "cascade").collect();
    assert_snapshot!(show::findings(&of_rule), @"
    4:1-36 warning cascade: CASCADE also drops constraint d_m_fkey of public.d
        = drop by name what is to go, and leave CASCADE out
    4:1-23 warning cascade: CASCADE also drops column m of public.d
        = drop by name what is to go, and leave CASCADE out
    ");
}

#[test]
fn a_change_of_all_rows_is_one_of_a_table_in_use() {
    assert_snapshot!(found(&[TABLES, "UPDATE a SET n = 1;"]), @"
    4:1-19 warning whole-table-update: writes every row of public.a in one transaction, and locks each until it ends
        = go in batches: `WHERE id BETWEEN 1 AND 10000`, each committed for itself
    ");
    assert_snapshot!(found(&[TABLES, "DELETE FROM b;"]), @"
    4:1-14 warning data-loss: loses every row of public.b for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    4:1-14 warning whole-table-update: deletes every row of public.b in one transaction, and locks each until it ends
        = TRUNCATE if all are to go and nobody reads; else go in batches, each committed for itself
    ");
    for quiet in ["UPDATE a SET n = 1 WHERE n IS NULL;", "CREATE TABLE c (n int);\nUPDATE c SET n = 1;"] {
        assert_eq!(found(&[TABLES, quiet]), "", "{quiet}");
    }
}

#[test]
fn what_helps_is_what_the_statement_can_be_instead() {
    const VIEW: &str = "CREATE TABLE e (id bigint NOT NULL, n text) PARTITION BY RANGE (id);
CREATE TABLE e0 PARTITION OF e DEFAULT;
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM (1) TO (2);
CREATE TABLE f (n text PRIMARY KEY);
CREATE TABLE g (n text UNIQUE);
CREATE MATERIALIZED VIEW v AS SELECT n FROM f;
CREATE UNIQUE INDEX ON v (n);";
    let mut all = String::new();
    for statement in [
        "CREATE TABLE e2 PARTITION OF e FOR VALUES FROM (2) TO (3)",
        "DROP TABLE e1",
        "ALTER TABLE g ALTER n TYPE text COLLATE \"C\"",
        "REFRESH MATERIALIZED VIEW v",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "REINDEX TABLE f",
        "ALTER TABLE f ENABLE ROW LEVEL SECURITY",
    ] {
        let findings = last(&[VIEW, statement]);
        let _ = write!(all, "{statement}\n{}", show::findings(&findings));
    }
    assert_snapshot!(all, @r#"
    CREATE TABLE e2 PARTITION OF e FOR VALUES FROM (2) TO (3)
    4:1-58 info blocking-lock: locks public.e: nobody can read or write it meanwhile
        = CREATE TABLE … (LIKE …) and ATTACH PARTITION lock the partitioned table less
    4:1-1 info depends-on-rows: fails with 23514 if rows of public.e0 do not fit: updated partition constraint for default partition "e0" would be violated by some row
    4:1-58 warning scan-under-lock: reads all of public.e0, and nobody can read or write it until that is done
        = give the default partition a CHECK that keeps these rows out first, NOT VALID and then validated
    DROP TABLE e1
    4:1-14 info blocking-lock: locks public.e and public.e0: nobody can read or write them meanwhile
        = DETACH PARTITION … CONCURRENTLY before it, in a revision that runs outside a transaction
    4:1-14 warning data-loss: loses table public.e1 for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    ALTER TABLE g ALTER n TYPE text COLLATE "C"
    4:1-44 warning scan-under-lock: reads all of public.g, and nobody can read or write it until that is done
        = add a column of the new type beside the old, fill it in batches, then exchange them
    REFRESH MATERIALIZED VIEW v
    4:1-1 info depends-on-rows: fails with 23505 if rows of public.v do not fit: rows of "v" are not unique
    4:1-28 warning table-rewrite: writes public.v anew, and nobody can read or write it until that is done
        = REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index
    REFRESH MATERIALIZED VIEW CONCURRENTLY v
    4:1-1 info depends-on-rows: fails with 23505 if rows of public.v do not fit: rows of "v" are not unique
    REINDEX TABLE f
    4:1-16 warning scan-under-lock: reads all of public.f, and nobody can write to it, and hardly anybody read it, until that is done
        = REINDEX … CONCURRENTLY, in a revision that runs outside a transaction
    ALTER TABLE f ENABLE ROW LEVEL SECURITY
    4:1-40 info blocking-lock: locks public.f: nobody can read or write it meanwhile
    4:1-40 warning row-security-without-policy: public.f has no policy: nobody but its owner sees a row of it or writes one
        = CREATE POLICY … ON public.f before it
    "#);
    let policy = "ALTER TABLE f ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON f USING (true);";
    assert_eq!(found(&[VIEW, policy]), "");
}

#[test]
fn what_is_set_for_a_transaction_is_nothing_without_one() {
    let settings = &format!("lock_timeout = 'off'\n{FORWARD}");
    let section = "-- migrate:up transaction:false\nSET LOCAL lock_timeout = '3s';\nALTER TABLE a ADD m int;";
    let findings = line(settings, &[TABLES, section]).lint(&Look::Together(vec![1]), &[]).expect("a whole history");
    assert_snapshot!(show::findings(&findings), @"
    4:1-30 warning set-local-without-transaction: sets nothing: SET LOCAL holds in a transaction, and none is open
        = SET without LOCAL; it holds to the end of the section
    5:1-24 info blocking-lock: locks public.a: nobody can read or write it meanwhile
    5:1-24 warning missing-lock-timeout: waits for its lock on public.a without end, and everybody behind it
        = SET LOCAL lock_timeout = '3s' before it
    5:21-24 info prefer-bigint-over-int: using 32-bit integer fields can result in hitting the max `int` limit
        = use 64-bit integer values instead to prevent hitting this limit
    ");
}
