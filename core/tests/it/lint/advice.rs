//! What the rules say of a plan, beside the statements that they say it of.

use std::fmt::Write as _;

use insta::assert_snapshot;
use limbeck_core::document::{Direction, Verdict};
use limbeck_core::project::Project;

use super::line;
use crate::project::file;
use crate::show;

/// Returns what is said of a plan over two revisions, the first of which makes a table.
fn said(settings: &str, second: &str, from: &[&str], direction: Direction, target: &str) -> String {
    let first = "CREATE TABLE a (id bigint PRIMARY KEY, n bigint);\n-- migrate:down\nDROP TABLE a;";
    let project = line(settings, &[first, second]);
    let rows: Vec<String> = from.iter().map(|&row| row.to_owned()).collect();
    let plan = project.advised(project.plan(&rows, direction, target).expect("a plan"));
    let mut text = format!("{:?}\n", plan.verdict);
    for step in &plan.steps {
        let _ = writeln!(text, "{}", step.revision);
        for statement in &step.statements {
            let _ = write!(text, "  {}\n{}", statement.sql, show::findings(&statement.findings));
        }
    }
    text + &show::findings(&plan.findings)
}

const INDEX: &str = "CREATE INDEX i ON a (n);\n-- migrate:down\nDROP INDEX i;";

#[test]
fn a_warning_stands_beside_its_statement_and_makes_the_plan_need_care() {
    assert_snapshot!(said("", INDEX, &["r1"], Direction::Upgrade, "heads"), @"
    Caution
    r2
      CREATE INDEX i ON a (n)
    4:1-24 warning blocking-index-build: builds an index of public.a, and nobody can write to it until that is done
        = CREATE INDEX CONCURRENTLY, in a revision of its own that opens with `-- migrate:up transaction:false`
    ");
}

#[test]
fn what_the_plan_makes_itself_is_in_nobodys_way() {
    assert_snapshot!(said("", INDEX, &[], Direction::Upgrade, "heads"), @"
    Safe
    r1
      CREATE TABLE a (id bigint PRIMARY KEY, n bigint)
    r2
      CREATE INDEX i ON a (n)
    ");
}

#[test]
fn a_rule_that_is_an_error_here_needs_care_and_blocks_no_run() {
    let settings = "[lint.rules]\nblocking-index-build = 'error'\n";
    assert_snapshot!(said(settings, INDEX, &["r1"], Direction::Upgrade, "heads"), @"
    Caution
    r2
      CREATE INDEX i ON a (n)
    4:1-24 blocking-index-build: builds an index of public.a, and nobody can write to it until that is done
        = CREATE INDEX CONCURRENTLY, in a revision of its own that opens with `-- migrate:up transaction:false`
    ");
}

#[test]
fn a_downgrade_hears_of_what_it_leaves_behind_and_nothing_of_the_way_up() {
    let second = "CREATE INDEX i ON a (n);\nCREATE TYPE mood AS ENUM ('calm');\n-- migrate:down\nDROP INDEX i;";
    assert_snapshot!(said("", second, &["r2"], Direction::Downgrade, "-1"), @"
    Caution
    r2
      DROP INDEX i
    6:1-1 warning incomplete-downgrade: the downgrade does not undo the upgrade: enum public.mood is left over
        = complete the down section
    ");
}

#[test]
fn what_another_head_does_is_none_of_a_plans_business() {
    //   a ─┬─ b  widens t.n
    //      └─ c  renames t
    let revision = |id: &str, parent: &str, sql: &str| {
        let text = format!("-- Revision ID: {id}\n-- Revises: {parent}\n-- migrate:up\n{sql}\n-- migrate:down\n");
        file(&format!("versions/{id}.sql"), &text)
    };
    let project = Project::load(vec![
        revision("a", "", "CREATE TABLE t (n numeric(10));"),
        revision("b", "a", "ALTER TABLE t ALTER n TYPE numeric(20);"),
        revision("c", "a", "ALTER TABLE t RENAME TO u;"),
    ]);
    let plan = project.plan(&["a".to_owned()], Direction::Upgrade, "b").expect("a plan");
    let plan = project.advised(plan);
    let statements = plan.steps.iter().flat_map(|step| &step.statements);
    let said: Vec<&str> = statements.flat_map(|it| &it.findings).map(|finding| &*finding.code).collect();
    assert_eq!((plan.verdict, said), (Verdict::Caution, vec!["blocking-lock"]));
}
