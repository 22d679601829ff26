//! What a plan says each statement will do, on the schema that all before it made.

use std::fmt::Write as _;

use insta::assert_snapshot;
use limbeck_core::document::{Direction, Outcome, Plan};
use limbeck_core::project::Project;

use crate::project::file;

/// Returns a project whose revisions `r1`, `r2`, … stand one on the other and have these sections.
pub(crate) fn line(sections: &[&str]) -> Project {
    let revision = |(at, sections): (usize, &&str)| {
        let parent = if at == 0 { String::new() } else { format!("r{at}") };
        let number = at + 1;
        let marker = if sections.starts_with("-- migrate:up") { "" } else { "-- migrate:up\n" };
        file(
            &format!("versions/r{number}.sql"),
            &format!("-- Revision ID: r{number}\n-- Revises: {parent}\n{marker}{sections}"),
        )
    };
    Project::load(sections.iter().enumerate().map(revision).collect())
}

fn plan(project: &Project, from: &[&str], direction: Direction, target: &str) -> String {
    let rows: Vec<String> = from.iter().map(|row| (*row).to_owned()).collect();
    shown(&project.plan(&rows, direction, target).expect("a plan"))
}

pub(crate) fn upgrade(project: &Project, from: &[&str]) -> String {
    plan(project, from, Direction::Upgrade, "heads")
}

fn shown(plan: &Plan) -> String {
    let mut text = format!("{:?}\n", plan.verdict);
    for statement in plan.steps.iter().flat_map(|step| &step.statements) {
        let _ = write!(text, "{:?}  {}", statement.outcome, statement.sql);
        for lock in &statement.locks {
            let _ = write!(text, "\n         {} on {}", lock.mode, lock.relation);
        }
        for (what, relations) in [("rewrites", &statement.rewrites), ("scans", &statement.scans)] {
            if !relations.is_empty() {
                let _ = write!(text, "\n         {what} {}", relations.join(", "));
            }
        }
        for finding in &statement.findings {
            let line = finding.start.map_or(0, |start| start.line);
            let _ = write!(text, "\n         {} in line {line}: {}", finding.code, finding.message);
        }
        text.push('\n');
    }
    text
}

#[test]
fn what_a_transaction_made_is_locked_against_nobody() {
    let project = line(&["CREATE TABLE a (id int PRIMARY KEY);\nCREATE INDEX ON a (id);", "CREATE INDEX ON a (id);"]);
    assert_snapshot!(upgrade(&project, &[]), @"
    Safe
    Ok  CREATE TABLE a (id int PRIMARY KEY)
    Ok  CREATE INDEX ON a (id)
    Ok  CREATE INDEX ON a (id)
             ShareLock on public.a
             scans public.a
    ");
}

#[test]
fn the_schema_is_that_of_all_revisions_before() {
    let project = line(&[
        "CREATE TABLE a (id int, name varchar(20));",
        "ALTER TABLE a ALTER name TYPE varchar(40);\nALTER TABLE a ALTER id TYPE bigint;",
        "ALTER TABLE a ADD b int REFERENCES missing;\nALTER TABLE a DROP COLUMN gone;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @r#"
    Caution
    Ok  ALTER TABLE a ALTER name TYPE varchar(40)
             AccessExclusiveLock on public.a
    Ok  ALTER TABLE a ALTER id TYPE bigint
             AccessExclusiveLock on public.a
             rewrites public.a
             scans public.a
    Unknown  ALTER TABLE a ADD b int REFERENCES missing
             made-elsewhere in line 4: fails with 42P01: relation "missing" does not exist, unless the database has it from elsewhere
    Unknown  ALTER TABLE a DROP COLUMN gone
             not-judged in line 5: what this does is not known: an earlier statement that is not judged may have changed what it touches
    "#);
}

#[test]
fn what_no_revision_made_may_be_in_the_database_already() {
    let project =
        line(&["ALTER TABLE legacy ADD note text;", "CREATE TABLE a (id int);\nDROP TABLE a;\nDROP TABLE a;"]);
    assert_snapshot!(upgrade(&project, &[]), @r#"
    Blocked
    Unknown  ALTER TABLE legacy ADD note text
             made-elsewhere in line 4: fails with 42P01: relation "legacy" does not exist, unless the database has it from elsewhere
    Ok  CREATE TABLE a (id int)
    Ok  DROP TABLE a
    Error  DROP TABLE a
             fails in line 6: Postgres refuses this with 42P01: table "a" does not exist
    "#);
}

#[test]
fn a_setting_does_not_reach_the_next_revision() {
    let project = line(&[
        "CREATE SCHEMA shop;\nSET search_path TO shop;\nCREATE TABLE a (id int);",
        "CREATE TABLE a (id int);\nCREATE TABLE shop.a (id int);",
    ]);
    assert_snapshot!(upgrade(&project, &[]), @r#"
    Blocked
    Ok  CREATE SCHEMA shop
    Ok  SET search_path TO shop
    Ok  CREATE TABLE a (id int)
    Ok  CREATE TABLE a (id int)
    Error  CREATE TABLE shop.a (id int)
             fails in line 5: Postgres refuses this with 42P07: relation "a" already exists
    "#);
}

#[test]
fn what_depends_on_rows_is_said_only_where_there_may_be_some() {
    let project = line(&[
        "CREATE TABLE a (id int);\nALTER TABLE a ALTER id SET NOT NULL;",
        "INSERT INTO a SELECT count(*) FROM pg_class;",
        "ALTER TABLE a ADD CHECK (id > 0);\nTRUNCATE a;\nALTER TABLE a ADD UNIQUE (id);",
    ]);
    assert_snapshot!(upgrade(&project, &[]), @r#"
    Caution
    Ok  CREATE TABLE a (id int)
    Ok  ALTER TABLE a ALTER id SET NOT NULL
    Unknown  INSERT INTO a SELECT count(*) FROM pg_class
             not-judged in line 4: what this does is not known: a relation of Postgres itself
    Ok  ALTER TABLE a ADD CHECK (id > 0)
             AccessExclusiveLock on public.a
             scans public.a
             depends-on-rows in line 4: fails with 23514 if rows of public.a do not fit: check constraint "a_id_check" of relation "a" is violated by some row
    Ok  TRUNCATE a
             AccessExclusiveLock on public.a
    Ok  ALTER TABLE a ADD UNIQUE (id)
             AccessExclusiveLock on public.a
             scans public.a
    "#);
}

#[test]
fn a_reason_is_one_finding_whichever_of_several_errors_it_would_be() {
    let project = line(&[
        "CREATE TABLE a (id text);",
        "INSERT INTO a VALUES ('1');",
        "ALTER TABLE a ALTER id TYPE int USING id::int;",
    ]);
    let plan = upgrade(&project, &[]);
    let notes: Vec<&str> = plan.lines().filter(|line| line.contains("depends-on-rows")).map(str::trim).collect();
    let only = "depends-on-rows in line 4: fails if rows of public.a do not fit: a value does not fit the new type";
    assert_eq!(notes, [only]);
}

#[test]
fn a_database_in_use_may_hold_rows_in_any_table() {
    let project = line(&["CREATE TABLE a (id int);", "ALTER TABLE a ALTER id SET NOT NULL;"]);
    assert_snapshot!(upgrade(&project, &["r1"]), @r#"
    Caution
    Ok  ALTER TABLE a ALTER id SET NOT NULL
             AccessExclusiveLock on public.a
             scans public.a
             depends-on-rows in line 4: fails with 23502 if rows of public.a do not fit: column "id" of relation "a" contains null values
    "#);
}

#[test]
fn a_change_of_type_depends_on_rows_where_a_value_may_not_fit() {
    let cases = [
        ("int", "bigint", false),
        ("bigint", "int", true),
        ("int", "numeric", false),
        ("int", "numeric(5,2)", true),
        ("numeric(8,2)", "numeric(10,1)", false),
        ("numeric(3,2)", "numeric(3,1)", false),
        ("numeric(8,2)", "numeric(6,1)", true),
        ("numeric(8,2)", "numeric(7,1)", true),
        ("numeric(8,2)", "numeric(7,1) USING c + 1", true),
        ("varchar(10)", "text", false),
        ("text", "varchar(10)", true),
        ("text", "varchar(10) USING c::varchar(10)", false),
        ("varchar(10)", "varchar(5)", true),
        ("mood", "text", false),
        ("text", "mood USING c::mood", true),
        ("timestamp", "date", false),
        ("timestamp(6)", "timestamp(0)", false),
        ("json", "jsonb", true),
        ("text", "email", true),
        ("int NOT NULL", "bigint", false),
        ("text NOT NULL", "text USING NULL", true),
        ("text NOT NULL", "text USING d", true),
        ("text NOT NULL", "varchar USING d::varchar", true),
        ("text NOT NULL", "text USING e", false),
        ("text", "text USING d", false),
    ];
    for (from, to, depends) in cases {
        let project = line(&[
            &format!(
                "CREATE TYPE mood AS ENUM ('a');\nCREATE DOMAIN email AS text CHECK (VALUE <> '');\nCREATE TABLE a (c {from}, d text, e text NOT NULL);"
            ),
            &format!("ALTER TABLE a ALTER c TYPE {to};"),
        ]);
        let plan = upgrade(&project, &["r1"]);
        assert_eq!(plan.contains("depends-on-rows"), depends, "{from} to {to}: {plan}");
        assert!(plan.contains("\nOk  ALTER"), "{from} to {to}: {plan}");
    }
}

#[test]
fn what_the_time_zone_of_the_session_decides_is_told() {
    let project = line(&["CREATE TABLE a (at timestamp);", "ALTER TABLE a ALTER at TYPE timestamptz;"]);
    assert_snapshot!(upgrade(&project, &["r1"]), @"
    Caution
    Ok  ALTER TABLE a ALTER at TYPE timestamptz
             AccessExclusiveLock on public.a
             depends-on-time-zone in line 4: rewrites public.a and takes its values as of the session's TimeZone, unless that is UTC
    ");
    // Of what the plan makes itself there is nothing to rewrite.
    assert!(!upgrade(&project, &[]).contains("depends-on-time-zone"));
}

#[test]
fn rows_that_go_with_others_are_named() {
    let project = line(&[
        "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE);\n\
         CREATE TABLE c (b int REFERENCES b ON DELETE CASCADE);\nCREATE TABLE d (a int REFERENCES a ON DELETE SET NULL);",
        "DELETE FROM a;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @"
    Caution
    Ok  DELETE FROM a
             RowExclusiveLock on public.a
             RowExclusiveLock on public.b
             RowExclusiveLock on public.c
             RowExclusiveLock on public.d
             cascading-delete in line 4: rows of public.b, public.c go too, where they refer to what is deleted
    ");
}

#[test]
fn triggers_that_fire_for_each_row_are_named() {
    let project = line(&[
        "CREATE TABLE a (id int, at timestamptz);\nCREATE TABLE log (id int);\n\
         CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END';\n\
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES (NEW.id); RETURN NULL; END';\n\
         CREATE TRIGGER stamps BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION stamp();\n\
         CREATE TRIGGER notes AFTER UPDATE OF id ON a FOR EACH ROW EXECUTE FUNCTION note();",
        "INSERT INTO a VALUES (1);\nUPDATE a SET at = NULL;\nUPDATE a SET id = id + 1;\nALTER TABLE a RENAME at TO \"when\";\n\
         UPDATE a SET id = 0;\nALTER TABLE a DISABLE TRIGGER ALL;\nUPDATE a SET id = 0;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @r#"
    Caution
    Ok  INSERT INTO a VALUES (1)
             RowExclusiveLock on public.a
    Ok  UPDATE a SET at = NULL
             RowExclusiveLock on public.a
    Ok  UPDATE a SET id = id + 1
             RowExclusiveLock on public.a
             row-trigger in line 6: fires trigger notes of public.a for each row: what note() does beside is not judged
    Ok  ALTER TABLE a RENAME at TO "when"
             AccessExclusiveLock on public.a
    Ok  UPDATE a SET id = 0
             RowExclusiveLock on public.a
             row-trigger in line 8: fires trigger stamps of public.a for each row: stamp() mentions at, which the table does not have
             row-trigger in line 8: fires trigger notes of public.a for each row: what note() does beside is not judged
    Ok  ALTER TABLE a DISABLE TRIGGER ALL
             ShareRowExclusiveLock on public.a
    Ok  UPDATE a SET id = 0
             RowExclusiveLock on public.a
    "#);
}

#[test]
fn what_a_block_puts_together_and_drops_is_lost() {
    let project = line(&[
        "CREATE TABLE refund (id int, note text);\nCREATE TABLE audit (id int);",
        "DO $$ BEGIN EXECUTE 'drop table audit'; EXECUTE 'alter table refund drop note'; END $$;",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @"
    Caution
    Ok  DO $$ BEGIN EXECUTE 'drop table audit'; EXECUTE 'alter table refund drop note'; END $$
             AccessExclusiveLock on public.audit
             AccessExclusiveLock on public.refund
    ");
    let plan = project.plan(&["r1".to_owned()], Direction::Upgrade, "heads").expect("a plan");
    let lost: Vec<String> = limbeck_core::dry_run::losses(&plan).into_iter().map(|loss| loss.words).collect();
    assert_eq!(lost, ["table audit, column note of refund"]);
}

#[test]
fn what_is_refused_is_pointed_at_and_what_may_be_meant_is_asked() {
    let begins =
        "CREATE TABLE users (id int, email text);\nCREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE a (m mood);";
    let mut all = String::new();
    for statement in [
        "ALTER TABLE usr\n  ADD COLUMN x int",
        "ALTER TABLE strange ADD COLUMN x int",
        "SELECT *\n  FROM users u\n  WHERE u.nope = 1",
        "UPDATE users SET emial = 'x'",
        "SELECT\n  emial FROM users",
        "  ALTER TABLE users DROP COLUMN \"Nope\"",
        "CREATE TABLE b (m public.mod)",
        "INSERT INTO a VALUES ('gald')",
        "DO $$\nBEGIN\n  ALTER TABLE users DROP COLUMN emal;\nEND $$",
        "CREATE TABLE users ()",
        "ALTER TABLE users ALTER id SET DEFAULT 'x' || now()",
    ] {
        let project = line(&[begins, &format!("SELECT 1;\n\n{statement};")]);
        let plan = project.plan(&[], Direction::Upgrade, "heads").expect("a plan");
        let findings = plan.steps.iter().flat_map(|step| &step.statements).flat_map(|statement| &statement.findings);
        let _ = writeln!(all, "{statement}");
        for finding in findings {
            let (start, end) = (finding.start.expect("a place"), finding.end.expect("a place"));
            let help = finding.help.as_deref().and_then(|help| help.split(';').next()).unwrap_or_default();
            let place = format!("{}:{} to {}:{}", start.line - 5, start.column, end.line - 5, end.column);
            let _ = writeln!(all, "    {place} {}: {help}", finding.message);
        }
    }
    assert_snapshot!(all, @r#"
    ALTER TABLE usr
      ADD COLUMN x int
        1:13 to 1:16 fails with 42P01: relation "usr" does not exist, unless the database has it from elsewhere: no revision before this one makes it: did you mean `users`?
    ALTER TABLE strange ADD COLUMN x int
        1:13 to 1:20 fails with 42P01: relation "strange" does not exist, unless the database has it from elsewhere: no revision before this one makes it
    SELECT *
      FROM users u
      WHERE u.nope = 1
        3:9 to 3:15 Postgres refuses this with 42703: column u.nope does not exist: mend it
    UPDATE users SET emial = 'x'
        1:18 to 1:23 Postgres refuses this with 42703: column "emial" of relation "users" does not exist: did you mean `email`?
    SELECT
      emial FROM users
        2:3 to 2:8 Postgres refuses this with 42703: column "emial" does not exist: did you mean `email`?
      ALTER TABLE users DROP COLUMN "Nope"
        1:33 to 1:39 Postgres refuses this with 42703: column "Nope" of relation "users" does not exist: mend it
    CREATE TABLE b (m public.mod)
        1:19 to 1:29 fails with 42704: type "public.mod" does not exist, unless the database has it from elsewhere: no revision before this one makes it: did you mean `mood`?
    INSERT INTO a VALUES ('gald')
        1:23 to 1:29 Postgres refuses this with 22P02: invalid input value for enum mood: "gald": mend it
    DO $$
    BEGIN
      ALTER TABLE users DROP COLUMN emal;
    END $$
        3:33 to 3:37 Postgres refuses this with 42703: column "emal" of relation "users" does not exist: did you mean `email`?
    CREATE TABLE users ()
        1:14 to 1:19 Postgres refuses this with 42P07: relation "users" already exists: mend it
    ALTER TABLE users ALTER id SET DEFAULT 'x' || now()
        1:1 to 1:1 Postgres refuses this with 42804: column is of type integer but default expression is of type text: mend it
    "#);
}

#[test]
fn a_downgrade_starts_from_what_its_revisions_made() {
    let project = line(&[
        "CREATE TABLE a (id int PRIMARY KEY);\n-- migrate:down\nDROP TABLE a;",
        "CREATE TABLE b (a int REFERENCES a);\n-- migrate:down\nALTER TABLE b DROP CONSTRAINT b_a_fkey;\nDROP TABLE b;\nDROP TABLE b;",
    ]);
    assert_snapshot!(plan(&project, &["r2"], Direction::Downgrade, "base"), @r#"
    Blocked
    Ok  ALTER TABLE b DROP CONSTRAINT b_a_fkey
             AccessExclusiveLock on public.a
             AccessExclusiveLock on public.b
    Ok  DROP TABLE b
             AccessExclusiveLock on public.b
    Error  DROP TABLE b
             fails in line 8: Postgres refuses this with 42P01: table "b" does not exist
    Ok  DROP TABLE a
             AccessExclusiveLock on public.a
    "#);
}

#[test]
fn what_is_set_for_a_transaction_is_not_set_without_one() {
    let project = line(&[
        "CREATE SCHEMA shop;",
        "-- migrate:up transaction:false\nSET LOCAL search_path TO shop;\nCREATE TABLE a (id int);",
        "CREATE TABLE public.a (id int);",
    ]);
    assert_snapshot!(upgrade(&project, &["r1"]), @r#"
    Blocked
    Ok  SET LOCAL search_path TO shop
    Ok  CREATE TABLE a (id int)
    Error  CREATE TABLE public.a (id int)
             fails in line 4: Postgres refuses this with 42P07: relation "a" already exists
    "#);
}

#[test]
fn a_table_of_which_checks_wait_is_not_altered() {
    let project = line(&[
        "CREATE TABLE a (id int PRIMARY KEY);
INSERT INTO a VALUES (1);
CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED);",
        "INSERT INTO b SELECT id FROM a;\nALTER TABLE b ALTER a SET NOT NULL;",
        "INSERT INTO b VALUES (1);\nALTER TABLE b ADD c int;",
        "INSERT INTO b VALUES (1);\nSET CONSTRAINTS ALL IMMEDIATE;\nALTER TABLE b ADD d int UNIQUE;",
    ]);
    assert_snapshot!(upgrade(&project, &[]), @r#"
    Blocked
    Ok  CREATE TABLE a (id int PRIMARY KEY)
    Ok  INSERT INTO a VALUES (1)
    Ok  CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)
    Ok  INSERT INTO b SELECT id FROM a
             RowShareLock on public.a
             RowExclusiveLock on public.b
    Ok  ALTER TABLE b ALTER a SET NOT NULL
             AccessExclusiveLock on public.b
             scans public.b
             depends-on-rows in line 5: fails with 55006 if rows of public.b were changed before it: cannot ALTER TABLE "b" because it has pending trigger events
             depends-on-rows in line 5: fails with 23502 if rows of public.b do not fit: column "a" of relation "b" contains null values
    Ok  INSERT INTO b VALUES (1)
             RowShareLock on public.a
             RowExclusiveLock on public.b
    Error  ALTER TABLE b ADD c int
             fails in line 5: Postgres refuses this with 55006: cannot ALTER TABLE "b" because it has pending trigger events
    Ok  INSERT INTO b VALUES (1)
             RowShareLock on public.a
             RowExclusiveLock on public.b
    Ok  SET CONSTRAINTS ALL IMMEDIATE
    Ok  ALTER TABLE b ADD d int UNIQUE
             AccessExclusiveLock on public.b
             scans public.b
    "#);
}

#[test]
fn the_other_side_of_foreign_keys_is_locked_where_rows_change() {
    let tables = "CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE);
CREATE TABLE g (id int PRIMARY KEY, c int REFERENCES c ON DELETE CASCADE);
CREATE TABLE s (id int PRIMARY KEY, p int REFERENCES p ON DELETE SET NULL);
CREATE TABLE r (id int PRIMARY KEY, p int REFERENCES p);
CREATE TABLE uu (id int PRIMARY KEY, u int REFERENCES p (u) ON UPDATE CASCADE);";
    let project = line(&[
        tables,
        "DELETE FROM p WHERE id = 1;\nUPDATE p SET u = 5 WHERE id = 1;\nUPDATE p SET id = 5 WHERE id = 3;\nINSERT INTO c SELECT 9, 3;\nUPDATE c SET p = 3 WHERE id = 1;\nUPDATE c SET id = 3 WHERE id = 1;",
    ]);
    let plan = project.plan(&["r1".to_owned()], Direction::Upgrade, "heads").expect("a plan");
    let mut all = String::new();
    for statement in plan.steps.iter().flat_map(|step| &step.statements) {
        let locks: Vec<String> =
            statement.locks.iter().map(|lock| format!("{} {}", lock.relation, lock.mode)).collect();
        let _ = writeln!(all, "{}\n    {}", statement.sql, locks.join(", "));
    }
    assert_snapshot!(all, @"
    DELETE FROM p WHERE id = 1
        public.c RowExclusiveLock, public.g RowExclusiveLock, public.p RowExclusiveLock, public.r RowShareLock, public.s RowExclusiveLock, public.uu RowShareLock
    UPDATE p SET u = 5 WHERE id = 1
        public.p RowExclusiveLock, public.uu RowExclusiveLock
    UPDATE p SET id = 5 WHERE id = 3
        public.c RowShareLock, public.p RowExclusiveLock, public.r RowShareLock, public.s RowShareLock
    INSERT INTO c SELECT 9, 3
        public.c RowExclusiveLock, public.p RowShareLock
    UPDATE c SET p = 3 WHERE id = 1
        public.c RowExclusiveLock, public.p RowShareLock
    UPDATE c SET id = 3 WHERE id = 1
        public.c RowExclusiveLock, public.g RowShareLock
    ");
}

#[test]
fn what_neither_a_revision_nor_the_database_has_is_missing() {
    let outcome = |relations: &[&str], sections: &[&str]| {
        let mut project = line(sections);
        project.set_relations(relations.iter().map(|&name| name.to_owned()).collect());
        let plan = project.plan(&["r1".to_owned()], Direction::Upgrade, "heads").expect("a plan");
        plan.steps.iter().flat_map(|step| &step.statements).last().map(|statement| statement.outcome)
    };
    let users = "CREATE TABLE users (id int);";
    assert_eq!(outcome(&["users"], &[users, "ALTER TABLE usr ADD x int;"]), Some(Outcome::Error));
    assert_eq!(outcome(&["users", "usr"], &[users, "ALTER TABLE usr ADD x int;"]), Some(Outcome::Unknown));
    // It may have been made there.
    for more in ["SELECT make_tables();", "CREATE EXTENSION strange;", "DO $$ BEGIN PERFORM make_tables(); END $$;"] {
        let second = format!("{more}\nALTER TABLE usr ADD x int;");
        assert_eq!(outcome(&["users"], &[users, &second]), Some(Outcome::Unknown), "{more}");
    }
}
