//! A revision that is being written, judged where it would stand.

use std::fmt::Write as _;

use insta::assert_snapshot;
use limbeck_core::document::{Direction, Draft, Statement};
use limbeck_core::project::{File, PlanError, Project};
use limbeck_core::script::Section;

use crate::project::file;

const BELOW: &str = "CREATE TABLE a (id int PRIMARY KEY, note text);\nCREATE TYPE mood AS ENUM ('calm');";

fn files(sections: &[&str]) -> Vec<File> {
    let revision = |(at, sections): (usize, &&str)| {
        let parent = if at == 0 { String::new() } else { format!("r{at}") };
        let number = at + 1;
        let header = format!("-- Revision ID: r{number}\n-- Revises: {parent}\n-- migrate:up\n");
        file(&format!("versions/r{number}.sql"), &(header + sections))
    };
    sections.iter().enumerate().map(revision).collect()
}

fn draft(up: &str, down: Option<&str>) -> Draft {
    let project = Project::load(files(&[BELOW]));
    let ground = project.ground(&["r1".to_owned()]).expect("the history is whole");
    project.draft(&ground, section(up), down.map(section))
}

fn section(sql: &str) -> Section {
    Section { transaction: true, start_line: 1, sql: sql.to_owned() }
}

fn shown(draft: &Draft) -> String {
    let mut text = String::new();
    for (name, statements) in [("up", &draft.up), ("down", &draft.down)] {
        for statement in statements {
            let _ = writeln!(text, "{name} {}: {:?}  {}", statement.line, statement.outcome, statement.sql);
            for lock in &statement.locks {
                let _ = writeln!(text, "         {} on {}", lock.mode, lock.relation);
            }
            for finding in &statement.findings {
                let _ = writeln!(text, "         {}: {}", finding.code, finding.message);
            }
        }
    }
    for finding in &draft.findings {
        let line = finding.start.map_or(0, |start| start.line);
        let _ = writeln!(text, "{} in line {line}: {}", finding.code, finding.message);
    }
    text
}

#[test]
fn a_draft_is_judged_on_what_the_revisions_below_it_made() {
    let up = "ALTER TABLE a ALTER note TYPE varchar(20);\n\nALTER TABLE a ADD COLUMN gone int, DROP COLUMN missing;\n";
    assert_snapshot!(shown(&draft(up, Some("ALTER TABLE a ALTER note TYPE text;"))), @r#"
    up 1: Ok  ALTER TABLE a ALTER note TYPE varchar(20)
             AccessExclusiveLock on public.a
             depends-on-rows: fails if rows of public.a do not fit: a value does not fit the new type
             table-rewrite: writes public.a anew, and nobody can read or write it until that is done
    up 3: Error  ALTER TABLE a ADD COLUMN gone int, DROP COLUMN missing
             fails: Postgres refuses this with 42703: column "missing" of relation "a" does not exist
    down 1: Ok  ALTER TABLE a ALTER note TYPE text
             AccessExclusiveLock on public.a
    "#);
}

#[test]
fn what_the_rules_find_stands_at_its_statement() {
    let up = "CREATE INDEX ON a (note);\n-- limbeck: allow data-loss: nobody reads it\nDROP TABLE a;";
    assert_snapshot!(shown(&draft(up, None)), @"
    up 1: Ok  CREATE INDEX ON a (note)
             ShareLock on public.a
             blocking-index-build: builds an index of public.a, and nobody can write to it until that is done
    up 3: Ok  DROP TABLE a
             AccessExclusiveLock on public.a
    no-downgrade in line 1: revision draft cannot be undone: it has no down section
    ");
}

#[test]
fn a_downgrade_that_leaves_another_schema_is_found() {
    let up = "CREATE TABLE b (feels mood);\nCREATE INDEX c ON b (feels);";
    assert_snapshot!(shown(&draft(up, Some("DROP INDEX c;"))), @"
    up 1: Ok  CREATE TABLE b (feels mood)
    up 2: Ok  CREATE INDEX c ON b (feels)
    down 1: Ok  DROP INDEX c
             AccessExclusiveLock on public.b
    incomplete-downgrade in line 1: the downgrade does not undo the upgrade: table public.b is left over
    ");
    assert_eq!(draft(up, Some("DROP TABLE b;")).findings, []);
}

#[test]
fn a_downgrade_is_judged_on_what_the_upgrade_made() {
    let up = "CREATE TABLE b (feels mood);";
    assert_snapshot!(shown(&draft(up, Some("-- back\nDROP TABLE b;\nDROP TABLE b;"))), @r#"
    up 1: Ok  CREATE TABLE b (feels mood)
    down 2: Ok  DROP TABLE b
             AccessExclusiveLock on public.b
    down 3: Error  DROP TABLE b
             fails: Postgres refuses this with 42P01: table "b" does not exist
    "#);
}

#[test]
fn half_a_statement_is_no_reason_to_be_silent_about_the_others() {
    assert_snapshot!(shown(&draft("CREATE TABLE b (id in\n;\nDROP TABLE c;\nSELECT 'x", None)), @r#"
    up 1: Error  CREATE TABLE b (id in
             syntax-error: syntax error: expected `)`
    up 3: Unknown  DROP TABLE c
             made-elsewhere: fails with 42P01: table "c" does not exist, unless the database has it from elsewhere
             data-loss: loses table c for good
    up 4: Error  SELECT 'x
             syntax-error: this text is not closed by `'`
    no-downgrade in line 1: revision draft cannot be undone: it has no down section
    "#);
}

#[test]
fn a_ground_stays_as_it_is_and_wants_a_whole_history() {
    let project = Project::load(files(&[BELOW]));
    let ground = project.ground(&["r1".to_owned()]).expect("the history is whole");
    let again = || project.draft(&ground, section("DROP TABLE a;"), None);
    assert_eq!(again(), again());
    assert!(matches!(project.ground(&["nobody".to_owned()]), Err(PlanError::Revision(_))));
    let broken = Project::load(vec![file("versions/x.sql", "-- Revision ID: x\n-- Revises: gone\n-- migrate:up\n")]);
    assert!(matches!(broken.ground(&[]), Err(PlanError::Broken { .. })));
}

/// What a plan says of a revision in a file, a draft says of its text.
#[test]
fn a_draft_is_what_it_would_be_as_a_revision() {
    let cases = [
        ("ALTER TABLE a ADD b bigint REFERENCES a;", "ALTER TABLE a DROP b;"),
        ("CREATE INDEX CONCURRENTLY ON a (note);", "DROP TABLE IF EXISTS b"),
        ("INSERT INTO a VALUES (1, 'x'), ('x', 2);", "DELETE FROM a;"),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$;\nALTER TABLE a ADD b int;", "ALTER TABLE a DROP note;"),
        ("BEGIN;\nCREATE VIEW v AS SELECT * FROM a;", "COMMIT;"),
        ("ALTER TYPE mood ADD VALUE 'wild';\nALTER TYPE mood RENAME TO m;", "ALTER TYPE m RENAME TO mood;"),
    ];
    // What a draft says beside this is of the rules.
    let known = |statement: &Statement| {
        let Statement { sql, kind, outcome, error, locks, rewrites, scans, .. } = statement.clone();
        (sql, kind, outcome, error, locks, rewrites, scans)
    };
    for (up, down) in cases {
        let draft = draft(up, Some(down));
        let project = Project::load(files(&[BELOW, &format!("{up}\n-- migrate:down\n{down}")]));
        let plan = |row: &str, direction, target| {
            let mut plan = project.plan(&[row.to_owned()], direction, target).expect("a plan");
            plan.steps.remove(0).statements
        };
        let planned = plan("r1", Direction::Upgrade, "r2");
        assert_eq!(draft.up.iter().map(known).collect::<Vec<_>>(), planned.iter().map(known).collect::<Vec<_>>());
        for (ours, theirs) in draft.up.iter().zip(&planned) {
            for finding in &theirs.findings {
                let same = |it: &&limbeck_core::diagnostic::Diagnostic| it.code == finding.code;
                assert!(ours.findings.iter().any(|it| same(&it)), "{}: {}", theirs.sql, finding.message);
            }
        }
        let planned = plan("r2", Direction::Downgrade, "r1");
        assert_eq!(draft.down.iter().map(known).collect::<Vec<_>>(), planned.iter().map(known).collect::<Vec<_>>());
    }
}
