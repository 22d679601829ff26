//! What is no longer certain behind a statement that is not judged.

use insta::assert_snapshot;
use limbeck_core::document::{Direction, Outcome};

use crate::dry_run::{line, upgrade};

#[test]
fn behind_a_statement_outside_the_model_nothing_is_said_that_is_not_certain() {
    let project = line(&[
        "CREATE TABLE a (id int);\nCREATE TABLE b (id int);",
        "CREATE TABLE c AS SELECT 1 AS x;\nALTER TABLE c ADD y int;\nALTER TABLE a ADD y int;",
        "CREATE FOREIGN TABLE copy (x int) SERVER s;\nALTER TABLE copy ADD y int;",
        "DO $$ BEGIN EXECUTE 'DROP TABLE ' || (SELECT 'b'); END $$;\nALTER TABLE b ADD y int;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @"
    Caution
    Ok  CREATE TABLE c AS SELECT 1 AS x
    Ok  ALTER TABLE c ADD y int
    Ok  ALTER TABLE a ADD y int
             AccessExclusiveLock on public.a
    Unknown  CREATE FOREIGN TABLE copy (x int) SERVER s
             not-judged in line 4: what this does is not known: CREATE FOREIGN TABLE is outside the model
    Unknown  ALTER TABLE copy ADD y int
             not-judged in line 5: what this does is not known: an earlier statement that is not judged may have changed what it touches
    Unknown  DO $$ BEGIN EXECUTE 'DROP TABLE ' || (SELECT 'b'); END $$
             not-judged in line 4: what this does is not known: a value that a block computes
    Unknown  ALTER TABLE b ADD y int
             not-judged in line 5: what this does is not known: an earlier statement that is not judged may have changed what it touches
    ");
}

#[test]
fn what_something_new_only_mentions_is_as_it_was() {
    let project = line(&[
        "CREATE TABLE t (id int PRIMARY KEY, a int);\nCREATE FOREIGN DATA WRAPPER w;",
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM t);\n\
         INSERT INTO t VALUES (1, 1);\nCREATE INDEX ON t (a);\nALTER TABLE t DROP COLUMN a;\nSELECT f();",
        "CREATE TABLE u (id int);\nCREATE POLICY own ON u USING (id = f());\nCREATE INDEX ON u (id);\n\
         INSERT INTO u VALUES (1);",
        "CREATE TABLE v (id int);\nCREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN UPDATE v SET id = 0; COMMIT; END';\n\
         CALL p();\nALTER TABLE v ADD n int;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @r#"
    Caution
    Unknown  CREATE FUNCTION f() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM t)
             not-judged in line 4: what this does is not known: a body of SQL statements
    Ok  INSERT INTO t VALUES (1, 1)
             RowExclusiveLock on public.t
             depends-on-rows in line 5: fails with 23505 if rows of public.t do not fit: duplicate key value violates unique constraint "t_pkey"
    Ok  CREATE INDEX ON t (a)
             ShareLock on public.t
             scans public.t
    Unknown  ALTER TABLE t DROP COLUMN a
             not-judged in line 7: what this does is not known: an earlier statement that is not judged may have changed what it touches
    Unknown  SELECT f()
             not-judged in line 8: what this does is not known: an earlier statement that is not judged may have changed what it touches
    Ok  CREATE TABLE u (id int)
    Unknown  CREATE POLICY own ON u USING (id = f())
             not-judged in line 5: what this does is not known: an earlier statement that is not judged may have changed what it touches
    Ok  CREATE INDEX ON u (id)
    Unknown  INSERT INTO u VALUES (1)
             not-judged in line 7: what this does is not known: an earlier statement that is not judged may have changed what it touches
    Ok  CREATE TABLE v (id int)
    Ok  CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN UPDATE v SET id = 0; COMMIT; END'
    Unknown  CALL p()
             not-judged in line 6: what this does is not known: CALL is outside the model
    Ok  ALTER TABLE v ADD n int
    "#);
}

#[test]
fn a_block_that_is_not_judged_leaves_what_it_cannot_reach_in_no_doubt() {
    let begins = "CREATE TABLE users (id int);
CREATE TABLE orders (id int);
CREATE TABLE event (id int) PARTITION BY RANGE (id);
";
    let behind = "ALTER TABLE users ADD COLUMN age int;
CREATE TABLE part_9 ();
ALTER TABLE event ADD COLUMN age int;
CREATE TABLE brand_new ();
ALTER TABLE orders DROP COLUMN nope;
";
    for (block, expected) in [
        // Of each statement behind it, whether it is judged: ok, refused, or not.
        ("UPDATE users SET id = i;", "ok ok ok ok refused"),
        ("EXECUTE format('GRANT SELECT ON %I TO PUBLIC', i);", "ok ok ok ok refused"),
        ("EXECUTE format('CREATE TABLE part_%s PARTITION OF event DEFAULT', i);", "ok - - ok refused"),
        ("EXECUTE format('CREATE TABLE %I PARTITION OF event DEFAULT', 'x' || i);", "ok - - - -"),
        ("EXECUTE format('ALTER TABLE users ADD COLUMN %I int', 'x' || i);", "- ok ok ok refused"),
        ("EXECUTE format('ALTER TABLE %I ADD COLUMN a int', 'x' || i);", "- - - - -"),
        ("PERFORM set_config('search_path', '', true);", "- - - - -"),
        ("PERFORM strange(id) FROM orders;", "ok ok ok ok -"),
        ("DROP TABLE orders;", "ok ok ok ok -"),
    ] {
        let block = format!("DO $$ DECLARE i int := (SELECT count(*) FROM users); BEGIN {block} END $$;\n");
        let project = line(&[&format!("{begins}{block}{behind}")]);
        let plan = project.plan(&[], Direction::Upgrade, "heads").expect("a plan");
        let outcomes = plan.steps.iter().flat_map(|step| &step.statements).skip(4).map(|it| match it.outcome {
            Outcome::Ok => "ok",
            Outcome::Error => "refused",
            Outcome::Unknown => "-",
        });
        assert_eq!(outcomes.collect::<Vec<_>>().join(" "), expected, "{block}");
    }
}

#[test]
fn behind_a_setting_that_changes_what_statements_mean_the_step_is_not_judged() {
    let project = line(&[
        "CREATE TABLE a (at timestamp);",
        "SET timezone TO 'Europe/Berlin';\nALTER TABLE a ALTER at TYPE timestamptz;",
        "CREATE TABLE b (at timestamp);\nSET timezone TO 'UTC';\nALTER TABLE b ALTER at TYPE timestamptz;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @"
    Caution
    Unknown  SET timezone TO 'Europe/Berlin'
             not-judged in line 4: what this does is not known: what statements mean under this setting
    Unknown  ALTER TABLE a ALTER at TYPE timestamptz
             not-judged in line 5: what this does is not known: an earlier statement that is not judged may have changed what it touches
    Ok  CREATE TABLE b (at timestamp)
    Ok  SET timezone TO 'UTC'
    Ok  ALTER TABLE b ALTER at TYPE timestamptz
    ");
}
