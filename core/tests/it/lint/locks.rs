//! Locks, rewrites and scans: of tables that others may be using, and of no others.

use insta::assert_snapshot;
use limbeck_core::lint::Look;

use super::{FORWARD, found, last, line};
use crate::show;

#[test]
fn a_table_that_the_revision_makes_is_locked_against_nobody() {
    assert_eq!(
        found(&[
            "CREATE TABLE a (id int PRIMARY KEY, b int);\nCREATE INDEX ON a (b);\nALTER TABLE a ADD CHECK (b > 0);\nALTER TABLE a ALTER b TYPE bigint;"
        ]),
        ""
    );
    // Also where the statements are committed one by one.
    let sections = "-- migrate:up transaction:false\nCREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, b int);\n\
                    CREATE INDEX IF NOT EXISTS i ON a (b);\nALTER TABLE a ALTER b TYPE bigint;";
    assert_eq!(found(&[sections]), "");
}

#[test]
fn revisions_that_are_deployed_together_use_nothing_of_each_other() {
    let project = line(
        FORWARD,
        &[
            "CREATE TABLE a (id bigint PRIMARY KEY);",
            "CREATE TABLE b (id bigint PRIMARY KEY, n bigint);",
            "CREATE INDEX ON b (n);\nALTER TABLE b ADD CHECK (n > 0);",
        ],
    );
    let findings = |look| show::findings(&project.lint(&look, &[]).expect("a whole history"));
    assert_eq!(findings(Look::Together(vec![1, 2])), "");
    assert_snapshot!(findings(Look::Together(vec![2])), @r#"
    4:1-22 warning blocking-index-build: builds an index of public.b, and nobody can write to it until that is done
        = CREATE INDEX CONCURRENTLY, in a revision of its own that opens with `-- migrate:up transaction:false`
    5:1-1 info depends-on-rows: fails with 23514 if rows of public.b do not fit: check constraint "b_n_check" of relation "b" is violated by some row
    5:1-32 warning scan-under-lock: reads all of public.b, and nobody can read or write it until that is done
        = add the constraint NOT VALID, and VALIDATE it in a revision behind
    "#);
    assert_eq!(findings(Look::Each), findings(Look::Together(vec![2])));
}

#[test]
fn a_change_of_type_that_stores_the_same_is_no_rewrite() {
    const TABLE: &str = "CREATE TABLE a (id bigint PRIMARY KEY, name varchar(20), n int);";
    assert_eq!(found(&[TABLE, "ALTER TABLE a ALTER name TYPE varchar(40);"]), "");
    assert_eq!(found(&[TABLE, "ALTER TABLE a ALTER name TYPE text;"]), "");
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a ALTER n TYPE bigint;"]), @"
    4:1-34 warning table-rewrite: writes public.a anew, and nobody can read or write it until that is done
        = add what is new beside the old, fill it in batches, then exchange them
    ");
}

#[test]
fn not_null_reads_nothing_where_a_check_proves_it() {
    const TABLE: &str = "CREATE TABLE a (id bigint PRIMARY KEY, n bigint);";
    const PROOF: &str = "ALTER TABLE a ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID;";
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a ALTER n SET NOT NULL;"]), @"
    4:1-35 warning scan-under-lock: reads all of public.a, and nobody can read or write it until that is done
        = add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a revision behind, then SET NOT NULL reads nothing
    ");
    assert_eq!(
        found(&[
            TABLE,
            PROOF,
            "ALTER TABLE a VALIDATE CONSTRAINT c;",
            "ALTER TABLE a ALTER n SET NOT NULL;\nALTER TABLE a DROP CONSTRAINT c;"
        ]),
        ""
    );
    // The lock of the first statement is still held when the second reads the table.
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a ADD CONSTRAINT c CHECK (n IS NOT NULL) NOT VALID;\nALTER TABLE a VALIDATE CONSTRAINT c;"]), @"
    5:1-36 warning scan-under-lock: reads all of public.a, and nobody can read or write it until that is done
        = an earlier statement of this transaction holds the lock: put this one into a revision of its own
    ");
}

#[test]
fn constraints_that_are_checked_at_once_read_under_their_lock() {
    const TABLES: &str = "CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (id bigint PRIMARY KEY, a bigint, n bigint);\nCREATE INDEX ON b (a);";
    for sql in [
        "ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a;",
        "ALTER TABLE b ADD UNIQUE (n);",
        "ALTER TABLE b DROP CONSTRAINT b_pkey, ADD PRIMARY KEY (n);",
        "ALTER TABLE b ADD CHECK (n > 0);",
    ] {
        let findings = found(&[TABLES, sql]);
        assert!(findings.contains("scan-under-lock"), "{sql}: {findings}");
    }
    assert_eq!(
        found(&[
            TABLES,
            "-- migrate:up transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY i ON b (n);",
            "ALTER TABLE b ADD UNIQUE USING INDEX i;"
        ]),
        ""
    );
}

#[test]
fn what_runs_while_a_lock_is_held_counts() {
    const TABLES: &str = "CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (id bigint PRIMARY KEY, n bigint);";
    assert_snapshot!(found(&[TABLES, "ALTER TABLE a ADD n bigint;\nINSERT INTO b (id) VALUES (1);\nINSERT INTO b (id) SELECT id FROM a;\nALTER TABLE b ADD CHECK (n > 0);"]), @"
    6:1-36 warning slow-under-lock: takes long while this transaction holds public.a locked: nobody can read or write it meanwhile
        = put it into a revision of its own
    7:1-32 warning locks-together: locks public.b while this transaction holds public.a locked
        = put it into a revision of its own
    7:1-32 warning scan-under-lock: reads all of public.b, and nobody can read or write it until that is done
        = add the constraint NOT VALID, and VALIDATE it in a revision behind
    7:1-32 warning slow-under-lock: takes long while this transaction holds public.a locked: nobody can read or write it meanwhile
        = put it into a revision of its own
    ");
    // Each for itself, nothing is held.
    assert_eq!(
        found(&[
            TABLES,
            "-- migrate:up transaction:false\nALTER TABLE a ADD IF NOT EXISTS n bigint;\nUPDATE b SET n = 1 WHERE id = 1;"
        ]),
        ""
    );
    // A transaction that the section opens by itself holds.
    assert_snapshot!(found(&[TABLES, "-- migrate:up transaction:false\nBEGIN;\nALTER TABLE a ADD IF NOT EXISTS n bigint;\nUPDATE b SET n = 1 WHERE id = 1;\nCOMMIT;\nUPDATE b SET n = 2 WHERE id = 1;"]), @"
    6:1-32 warning slow-under-lock: takes long while this transaction holds public.a locked: nobody can read or write it meanwhile
        = put it into a revision of its own
    ");
}

#[test]
fn a_lock_without_a_limit_is_named_once() {
    let settings = format!("lock_timeout = 'off'\n{FORWARD}");
    let sections = [
        "CREATE TABLE a (id bigint PRIMARY KEY);",
        "ALTER TABLE a ADD n bigint;\nALTER TABLE a ADD m bigint;",
        "SET LOCAL lock_timeout = '2s';\nALTER TABLE a ADD o bigint;",
        "SET lock_timeout TO DEFAULT;\nALTER TABLE a ADD p bigint;",
    ];
    let project = line(&settings, &sections);
    let mut findings = project.lint(&Look::Each, &[]).expect("a whole history");
    findings.retain(|finding| finding.code == "missing-lock-timeout");
    assert_snapshot!(show::findings(&findings), @"
    4:1-27 warning missing-lock-timeout: waits for its lock on public.a without end, and everybody behind it
        = SET LOCAL lock_timeout = '3s' before it
    5:1-27 warning missing-lock-timeout: waits for its lock on public.a without end, and everybody behind it
        = SET LOCAL lock_timeout = '3s' before it
    ");
}

#[test]
fn of_many_tables_that_are_held_some_are_named() {
    let many = |statement: &str| (0..8).map(|n| statement.replace('#', &n.to_string())).collect::<Vec<_>>().join("\n");
    let tables = many("CREATE TABLE a# (id bigint);") + "\nCREATE TABLE b (id bigint, n int);";
    let change = many("ALTER TABLE a# ADD note text;") + "\nALTER TABLE b ALTER n TYPE bigint;";
    let found = last(&[&tables, &change]);
    let slow: Vec<&str> =
        found.iter().filter(|it| it.code == "slow-under-lock").map(|it| it.message.as_str()).collect();
    assert_eq!(
        slow,
        ["takes long while this transaction holds public.a0, public.a1, public.a2, public.a3, public.a4 and 3 more \
             locked: nobody can read or write it meanwhile"]
    );
}
