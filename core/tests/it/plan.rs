//! Plans: steps, statements, findings, verdict and digest.

use std::fmt::Write as _;

use insta::assert_snapshot;
use limbeck_core::diagnostic::Level;
use limbeck_core::document::{Direction, Plan, Verdict};
use limbeck_core::project::Project;
use proptest::prelude::*;

use crate::project::{file, history};
use crate::show;

fn up(project: &Project, from: &[&str], target: &str) -> Plan {
    let rows: Vec<String> = from.iter().map(|row| (*row).to_owned()).collect();
    project.plan(&rows, Direction::Upgrade, target).expect("a plan")
}

fn down(project: &Project, from: &[&str], target: &str) -> Plan {
    let rows: Vec<String> = from.iter().map(|row| (*row).to_owned()).collect();
    project.plan(&rows, Direction::Downgrade, target).expect("a plan")
}

/// Returns a project with one revision, `a`, of these sections.
fn one(sections: &str) -> Project {
    Project::load(vec![file("versions/a.sql", &format!("-- Revision ID: a\n-- Revises:\n{sections}"))])
}

/// Returns verdict, steps, statements and findings as text.
fn shown(plan: &Plan) -> String {
    let mut text = format!("{:?} [{}] -> [{}]\n", plan.verdict, plan.from.join(" "), plan.to.join(" "));
    for step in &plan.steps {
        let kind = if step.transaction { "" } else { " outside a transaction" };
        let _ = writeln!(
            text,
            "{} [{}] -> [{}]{kind}",
            step.revision,
            step.rows_before.join(" "),
            step.rows_after.join(" ")
        );
        for statement in &step.statements {
            let state = statement.error.as_ref().map(|error| format!(" {}", error.sqlstate)).unwrap_or_default();
            let _ =
                writeln!(text, "  {} {}{state}: {}", statement.line, statement.kind, statement.sql.replace('\n', "⏎"));
            text.push_str(&show::findings(&statement.findings));
        }
    }
    text + &show::findings(&plan.findings)
}

//   a ─ b ─┬─ m
//    └─ c ─┘
const DIAMOND: [&str; 4] = ["a", "b < a", "c < a", "m < b, c"];

#[test]
fn what_goes_because_it_depends_on_what_goes_is_told() {
    //   a ─ crm
    //       ⋮
    //   b ─ orders
    let revision = |id: &str, parent: &str, depends_on: &str| {
        let depends_on = if depends_on.is_empty() { String::new() } else { format!("-- Depends On: {depends_on}\n") };
        let text = format!("-- Revision ID: {id}\n-- Revises: {parent}\n{depends_on}-- migrate:up\n-- migrate:down\n");
        file(&format!("versions/{id}.sql"), &text)
    };
    let files =
        [revision("a", "", ""), revision("crm", "a", ""), revision("b", "", ""), revision("orders", "b", "crm")];
    let project = Project::load(files.to_vec());
    assert_snapshot!(shown(&down(&project, &["orders"], "crm-1")), @"
    Safe [orders] -> [a b]
    orders [orders] -> [b crm]
    crm [b crm] -> [a b]
    - info undone-too: orders is undone too: it depends on crm
    ");
    assert_snapshot!(shown(&down(&project, &["orders"], "b")), @"
    Safe [orders] -> [b crm]
    orders [orders] -> [b crm]
    ");
    assert_snapshot!(shown(&down(&project, &["orders"], "base")), @"
    Safe [orders] -> []
    orders [orders] -> [b crm]
    b [b crm] -> [crm]
    crm [crm] -> [a]
    a [a] -> []
    ");
}

#[test]
fn an_upgrade_has_a_step_for_each_revision_with_its_rows() {
    assert_snapshot!(shown(&up(&history(&DIAMOND), &[], "heads")), @"
    Safe [] -> [m]
    a [] -> [a]
      7 create_table: CREATE TABLE t_a ()
    b [a] -> [b]
      7 create_table: CREATE TABLE t_b ()
    c [b] -> [b c]
      7 create_table: CREATE TABLE t_c ()
    m [b c] -> [m]
      7 create_table: CREATE TABLE t_m ()
    ");
}

#[test]
fn a_downgrade_runs_the_down_sections() {
    assert_snapshot!(shown(&down(&history(&DIAMOND), &["m"], "-1")), @"
    Caution [m] -> [b c]
    m [m] -> [b c]
      10 drop_table: DROP TABLE t_m
    ");
}

#[test]
fn a_plan_without_statements_is_safe() {
    let plan = up(&one("-- migrate:up\n-- nothing\n-- migrate:down\n"), &[], "heads");
    assert_eq!((plan.verdict, plan.steps.len()), (Verdict::Safe, 1));
    let project = history(&DIAMOND);
    let plan = up(&project, &["m"], "heads");
    assert_eq!((plan.verdict, plan.steps.len(), &plan.from, &plan.to), (Verdict::Safe, 0, &plan.to, &plan.from));
}

#[test]
fn an_irreversible_step_blocks_the_plan_and_is_no_error() {
    assert_snapshot!(shown(&down(&one("-- migrate:up\nSELECT 1;\n"), &["a"], "base")), @"
    Blocked [a] -> []
    a [a] -> []
    - irreversible: revision a is irreversible: its file has no down section
        = add `-- migrate:down` with what undoes it; a section without statements undoes nothing on purpose
    ");
}

#[test]
fn lines_and_columns_are_those_of_the_file() {
    assert_snapshot!(shown(&up(&one("\n-- migrate:up\nSELECT 1;\n  CREATE TABEL t;\nSELECT 'é', FROM;\n\\x\n"), &[], "heads")), @r"
    Blocked [] -> [a]
    a [] -> [a]
      5 select: SELECT 1
      6 unknown 42601: CREATE TABEL t
    6:3-9 syntax-error: syntax error: no statement of Postgres starts with `CREATE TABEL`
      7 select 42601: SELECT 'é', FROM
    7:11-12 syntax-error: syntax error: unexpected trailing comma
    8:1-3 syntax-error: '\x' is a command of psql, not SQL
        = take the line out: a migration is sent to the server as it stands
    ");
}

#[test]
fn a_section_in_a_transaction_controls_none_and_holds_nothing_that_refuses_one() {
    assert_snapshot!(
        shown(&up(&one("-- migrate:up\nBEGIN;\nCREATE INDEX CONCURRENTLY i ON t (a);\nSAVEPOINT s;\nROLLBACK TO s;\nVACUUM t;\nCOMMIT;\n"), &[], "heads")),
        @"
    Blocked [] -> [a]
    a [] -> [a]
      4 begin: BEGIN
    4:1-6 transaction-control: BEGIN in a section that runs in a transaction
        = take it out: the section runs in one transaction with its change of the version rows
    4:1-1 info not-judged: what this does is not known: BEGIN is outside the model
      5 create_index 25001: CREATE INDEX CONCURRENTLY i ON t (a)
    5:1-37 not-in-transaction: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
        = put it into a revision of its own whose section opens with `-- migrate:up transaction:false`
      6 savepoint: SAVEPOINT s
    6:1-1 info not-judged: what this does is not known: SAVEPOINT is outside the model
      7 rollback: ROLLBACK TO s
    7:1-1 info not-judged: what this does is not known: ROLLBACK is outside the model
      8 vacuum 25001: VACUUM t
    8:1-9 not-in-transaction: VACUUM cannot run inside a transaction block
        = put it into a revision of its own whose section opens with `-- migrate:up transaction:false`
      9 commit: COMMIT
    9:1-7 transaction-control: COMMIT in a section that runs in a transaction
        = take it out: the section runs in one transaction with its change of the version rows
    9:1-1 info not-judged: what this does is not known: COMMIT is outside the model
    "
    );
    assert_snapshot!(
        shown(&up(&one("-- migrate:up\nCOPY t FROM stdin;\n1\n\\.\nSELECT 1;\n"), &[], "heads")),
        @r#"
    Blocked [] -> [a]
    a [] -> [a]
      4 copy: COPY t FROM stdin
    4:1-18 copy-stream: COPY from or to the client cannot run in a migration
        = write the rows as INSERT; none can be sent along with a migration
    4:6-7 warning made-elsewhere: fails with 42P01: relation "t" does not exist, unless the database has it from elsewhere
        = no revision before this one makes it
      7 select: SELECT 1
    "#
    );
}

#[test]
fn outside_a_transaction_a_section_may_open_its_own_and_must_close_it() {
    assert_snapshot!(
        shown(&up(&one("-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\nBEGIN;\nUPDATE t SET a = 1;\nCOMMIT;\nVACUUM t;\n"), &[], "heads")),
        @r#"
    Caution [] -> [a]
    a [] -> [a] outside a transaction
      4 create_index: CREATE INDEX CONCURRENTLY i ON t (a)
    4:32-33 warning made-elsewhere: fails with 42P01: relation "t" does not exist, unless the database has it from elsewhere
        = no revision before this one makes it
      5 begin: BEGIN
    5:1-1 info not-judged: what this does is not known: BEGIN is outside the model
      6 update: UPDATE t SET a = 1
    6:1-1 info not-judged: what this does is not known: an earlier statement that is not judged may have changed what it touches
      7 commit: COMMIT
    7:1-1 info not-judged: what this does is not known: COMMIT is outside the model
      8 vacuum: VACUUM t
    8:1-1 info not-judged: what this does is not known: an earlier statement that is not judged may have changed what it touches
    "#
    );
    assert_snapshot!(
        shown(&up(&one("-- migrate:up transaction:false\nSTART TRANSACTION;\nDROP INDEX CONCURRENTLY i;\n"), &[], "heads")),
        @"
    Blocked [] -> [a]
    a [] -> [a] outside a transaction
      4 begin: START TRANSACTION
    4:1-18 open-transaction: the transaction that begins here does not end in this section
        = end it with COMMIT in the same section
    4:1-1 info not-judged: what this does is not known: BEGIN is outside the model
      5 drop_index 25001: DROP INDEX CONCURRENTLY i
    5:1-26 not-in-transaction: DROP INDEX CONCURRENTLY cannot run inside a transaction block
        = take BEGIN and COMMIT out from around it
    "
    );
}

#[test]
fn an_up_section_without_a_word_is_remarked_unless_it_is_a_merge() {
    let revision = |id: &str, parents: &str, up: &str| {
        let header = format!("-- {id}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n");
        file(&format!("versions/{id}.sql"), &format!("{header}\n-- migrate:up\n{up}\n-- migrate:down\n"))
    };
    let project = Project::load(vec![
        revision("a", "", "\n  \n"),
        revision("b", "a", "-- only a point to branch from\n"),
        revision("c", "a", "SELECT 1;\n"),
        revision("m", "b, c", ""),
    ]);
    assert_snapshot!(show::findings(&project.check_sql()), @"
    6:1-1 info empty-section: the up section of a is empty: it will count as applied without a statement
        = write what it does, or a comment that says why it does nothing
    ");
}

#[test]
fn check_sql_finds_what_plans_would_find_in_both_directions() {
    let project = one("-- migrate:up\nSELEC 1;\n-- migrate:down\nVACUUM;\n");
    assert_snapshot!(show::findings(&project.check_sql()), @"
    4:1-6 syntax-error: syntax error: no statement of Postgres starts with `SELEC 1`
    6:1-7 not-in-transaction: VACUUM cannot run inside a transaction block
        = put it into a revision of its own whose section opens with `-- migrate:up transaction:false`
    ");
}

#[test]
fn the_digest_is_of_scripts_order_and_rows() {
    let whole = "-- title\n-- Revision ID: a\n-- Revises:\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";
    let digest = |path: &str, text: &str| up(&Project::load(vec![file(path, text)]), &[], "heads").digest;
    let reviewed = digest("versions/a.sql", whole);
    assert_snapshot!(reviewed, @"sha256:bd1eb273ce8baac5bb25b178d2c8d5549b05612669dbc9cdc743bf8cf4bba8ab");
    assert_eq!(digest("versions/b.sql", whole), reviewed, "another file name");
    assert_eq!(digest("versions/a.sql", &whole.replace("title", "other")), reviewed, "another message");
    assert_eq!(
        digest("versions/a.sql", &whole.replace("SELECT 2", "SELECT 3")),
        reviewed,
        "the section that does not run"
    );
    assert_ne!(digest("versions/a.sql", &whole.replace("SELECT 1", "SELECT  1")), reviewed, "one byte of the script");
    assert_ne!(digest("versions/a.sql", &whole.replace(":up", ":up transaction:false")), reviewed, "the transaction");
    assert_ne!(digest("versions/a.sql", &whole.replace("ID: a", "ID: b")), reviewed, "another revision");

    let project = history(&["a", "b < a"]);
    assert_ne!(up(&project, &[], "b").digest, up(&project, &["a"], "b").digest, "other rows to start from");
    assert_eq!(up(&project, &[], "b").digest, up(&project, &[], "heads").digest, "the same way by another name");
}

proptest! {
    // A text that moves from one section into the next must not leave the digest as it was.
    #[test]
    fn nothing_can_be_shifted_between_fields_of_the_digest(a in "[ab;\n]{0,6}", b in "[ab;\n]{0,6}", c in "[ab;\n]{0,6}", d in "[ab;\n]{0,6}") {
        let digest = |first: &str, second: &str| {
            let text = |id: &str, parent: &str, sql: &str| format!("-- Revision ID: {id}\n-- Revises: {parent}\n-- migrate:up\n{sql}");
            let project = Project::load(vec![file("versions/a.sql", &text("a", "", first)), file("versions/b.sql", &text("b", "a", second))]);
            up(&project, &[], "heads").digest
        };
        prop_assert_eq!(digest(&a, &b) == digest(&c, &d), (a == c) && (b == d));
    }
}

#[test]
fn the_example_plans_both_ways_without_a_warning() {
    let project = crate::example::project();
    let plan = up(&project, &[], "heads");
    assert_eq!((plan.steps.len(), plan.verdict), (project.revisions().len(), Verdict::Caution));
    let findings = |plan: &Plan| {
        let all = plan.steps.iter().flat_map(|step| &step.statements).flat_map(|statement| &statement.findings);
        all.filter(|finding| finding.level != Level::Info).cloned().collect::<Vec<_>>()
    };
    assert_eq!(show::findings(&findings(&plan)) + &show::findings(&plan.findings), "");
    let rows: Vec<&str> = plan.to.iter().map(String::as_str).collect();
    let back = down(&project, &rows, "base");
    assert_eq!((back.steps.len(), back.to.len()), (plan.steps.len(), 0));
    assert_eq!(show::findings(&findings(&back)) + &show::findings(&back.findings), "");
}

#[test]
fn a_section_that_is_wrong_throughout_is_not_named_line_by_line() {
    let plan = up(&one(&format!("-- migrate:up\n{}", "SELEC 1;\n".repeat(1_000))), &[], "heads");
    let named: usize = plan.steps[0].statements.iter().map(|statement| statement.findings.len()).sum();
    assert_eq!((named, plan.verdict), (100, Verdict::Blocked));
    assert_snapshot!(show::findings(&plan.findings), @"- more-findings: 900 more things are wrong in this section");
}

#[test]
fn statements_that_are_not_read_do_not_block_a_plan() {
    let deep = format!("SELECT {}1{};\n", "(".repeat(200), ")".repeat(200));
    let plan = up(&one(&format!("-- migrate:up\n{}", deep.repeat(150))), &[], "heads");
    assert_eq!((plan.verdict, plan.findings.len()), (Verdict::Caution, 0));
    assert!(plan.steps[0].statements.iter().all(|statement| statement.findings[0].code == "unread-statement"));
}

#[test]
fn copies_that_never_end_are_a_statement_each_and_do_not_swallow_one_another() {
    let copies = "COPY t FROM stdin;\n".repeat(5_000);
    let project = one(&format!("-- migrate:up\n{copies}"));
    let plan = up(&project, &[], "heads");
    assert_eq!(plan.steps[0].statements.len(), 5_000);
}

/// Returns what is said of a blocked plan: its code, and the sentence.
fn stopped_by(plan: &Plan) -> String {
    plan.blocked_by().map_or_else(|| "nothing".to_owned(), |blocked| format!("{}: {blocked}", blocked.code))
}

#[test]
fn a_blocked_plan_names_the_first_thing_in_its_way_by_revision_and_line() {
    let wrong = "-- migrate:up\nSELECT 1;\nCREATE TABEL t ();\nVACUUM;\n";
    assert_snapshot!(stopped_by(&up(&one(wrong), &[], "heads")), @"sql: revision a, line 5 of versions/a.sql: syntax error: no statement of Postgres starts with `CREATE TABEL`");
    let control = "-- migrate:up\nCREATE TABLE t ();\nCOMMIT;\n";
    assert_snapshot!(stopped_by(&up(&one(control), &[], "heads")), @"sql: revision a, line 5 of versions/a.sql: COMMIT in a section that runs in a transaction");
    // What belongs to no statement stands before the statement that fails further down.
    let both = "-- migrate:up\n\\x\nCREATE TABLE t ();\nVACUUM;\n";
    assert_snapshot!(stopped_by(&up(&one(both), &[], "heads")), @r"sql: revision a, line 4 of versions/a.sql: '\x' is a command of psql, not SQL");
    assert_snapshot!(stopped_by(&down(&one("-- migrate:up\n"), &["a"], "base")), @"irreversible: revision a is irreversible: its file has no down section");
    assert_snapshot!(stopped_by(&up(&history(&DIAMOND), &[], "heads")), @"nothing");
}

#[test]
fn the_steps_decide_what_comes_first() {
    let revision = |id: &str, revises: &str, sections: &str| {
        file(&format!("versions/{id}.sql"), &format!("-- Revision ID: {id}\n-- Revises: {revises}\n{sections}"))
    };
    let project = Project::load(vec![
        revision("a", "", "-- migrate:up\n"),
        revision("b", "a", "-- migrate:up\n-- migrate:down\nVACUUM;\n"),
    ]);
    assert_snapshot!(stopped_by(&down(&project, &["b"], "base")), @"sql: revision b, line 5 of versions/b.sql: VACUUM cannot run inside a transaction block");
}
