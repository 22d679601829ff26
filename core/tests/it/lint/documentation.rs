//! The documentation of the rules tells the truth: examples are found, and what is written instead is not.

use std::collections::BTreeSet;

use limbeck_core::diagnostic::{Diagnostic, Level};
use limbeck_core::document::{Direction, Outcome};
use limbeck_core::lint::{self, Look};
use limbeck_core::project::Project;
use limbeck_core::script::Published;

use super::FORWARD;
use crate::project::file;
use crate::show;

const HEADINGS: [&str; 4] = ["What it finds", "Why it hurts", "Example", "Instead"];

/// A fence of a rule's documentation.
struct Block {
    /// What stands behind the language: `before`, `beside`, `published`.
    role: String,
    is_settings: bool,
    text: String,
}

/// One of the two parts of a documentation that are run.
struct Case {
    project: Project,
    look: Vec<usize>,
    published: Vec<Published>,
}

fn blocks(part: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for fence in part.split("```").skip(1).step_by(2) {
        let (head, text) = fence.split_once('\n').expect("a fence has lines");
        let (language, role) = head.split_once(' ').unwrap_or((head, ""));
        blocks.push(Block { role: role.to_owned(), is_settings: language == "toml", text: text.to_owned() });
    }
    blocks
}

/// Makes a history of the blocks: what was before, then each revision on the one before it, or beside it.
fn case(shared: &[Block], blocks: &[Block]) -> Case {
    let mut settings = String::new();
    let (mut files, mut look, mut published) = (Vec::new(), Vec::new(), Vec::new());
    let (mut trunk, mut tip) = (String::new(), String::new());
    let of_shared = shared.iter().filter(|block| block.is_settings || block.role == "before");
    let has_own = blocks.iter().any(|block| block.role == "before");
    let shown = of_shared.filter(|block| block.is_settings || !has_own).chain(blocks);
    for block in shown {
        if block.is_settings {
            settings.clone_from(&block.text);
            continue;
        }
        let number = if block.role == "published" { published.len() + 1 } else { files.len() + 1 };
        let id = format!("r{number}");
        let parent = if block.role == "beside" { &trunk } else { &tip };
        let marker = if block.text.starts_with("-- migrate:up") { "" } else { "-- migrate:up\n" };
        let text = format!("-- Revision ID: {id}\n-- Revises: {parent}\n{marker}{}", block.text);
        let path = format!("versions/{id}.sql");
        if block.role == "published" {
            published.push(Published { path, text });
            continue;
        }
        if block.role == "before" {
            trunk.clone_from(&id);
        } else {
            look.push(files.len());
        }
        tip = id;
        files.push(file(&path, &text));
    }
    let is_about_downgrades = blocks.iter().any(|block| block.text.starts_with("-- migrate:up\n"));
    let rules = if is_about_downgrades { "" } else { FORWARD };
    files.push(file("limbeck.toml", &format!("{settings}{rules}")));
    let project = Project::load(files);
    assert_eq!(show::findings(project.findings()), "");
    Case { project, look, published }
}

/// Returns what is found when each revision is a deployment of its own.
fn findings(case: &Case) -> Vec<Diagnostic> {
    let is_beside = case.project.graph().heads().len() > 1;
    let looks: Vec<Look> = if is_beside || case.look.is_empty() {
        vec![Look::Together(case.look.clone())]
    } else {
        case.look.iter().map(|index| Look::Together(vec![*index])).collect()
    };
    let found = looks.iter().flat_map(|look| case.project.lint(look, &case.published).expect("a whole history"));
    found.collect()
}

/// Returns what the looked-at revisions cost: tables written anew, tables read in full under a lock that keeps writers
/// out, and the strongest lock of each statement.
fn cost(case: &Case) -> (usize, usize, usize) {
    const BLOCKING: [&str; 4] = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];
    let plan = case.project.plan(&[], Direction::Upgrade, "heads").expect("a whole history");
    let (mut rewrites, mut scans, mut locks) = (0, 0, 0);
    for step in &plan.steps {
        let index = case.project.graph().index_of(&step.revision).expect("a step is of a revision");
        for statement in step.statements.iter().filter(|_| case.look.contains(&index)) {
            assert_ne!(statement.outcome, Outcome::Error, "{}", statement.sql);
            rewrites += statement.rewrites.len();
            let strong: Vec<_> = statement.locks.iter().filter(|lock| BLOCKING.contains(&lock.mode.as_str())).collect();
            scans += statement.scans.iter().filter(|name| strong.iter().any(|lock| lock.relation == **name)).count();
            locks += strong.len();
        }
    }
    (rewrites, scans, locks)
}

#[test]
fn every_rule_has_the_same_headings() {
    for entry in lint::entries().into_iter().filter(|entry| !entry.of_squawk) {
        let text = lint::explain(entry.name).expect("a rule is explained");
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", entry.name);
        assert!(!entry.summary.is_empty() && !entry.summary.ends_with('.'), "{}", entry.summary);
    }
    assert_eq!(lint::explain("no-such-rule"), None);
}

#[test]
fn names_are_distinct_and_in_kebab_case() {
    let names: Vec<&str> = lint::entries().iter().map(|entry| entry.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for name in names {
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
    }
}

#[test]
fn examples_are_found_and_what_is_written_instead_is_not_and_costs_no_more() {
    for entry in lint::entries().into_iter().filter(|entry| !entry.of_squawk) {
        let text = lint::explain(entry.name).expect("a rule is explained");
        let (_, rest) = text.split_once("## Example").expect("it has the heading");
        let (example, instead) = rest.split_once("## Instead").expect("it has the heading");
        let (example, instead) = (blocks(example), blocks(instead));
        let (bad, good) = (case(&[], &example), case(&example, &instead));

        let found = findings(&bad);
        assert!(found.iter().any(|it| it.code == entry.name), "{}: {}", entry.name, show::findings(&found));

        let mut left = findings(&good);
        left.retain(|it| it.level > Level::Info || it.code == entry.name);
        left.retain(|it| it.code != "blocking-lock" || it.level > Level::Info);
        assert_eq!(show::findings(&left), "", "what is written instead of {}", entry.name);
        let ((a, b, c), (x, y, z)) = (cost(&bad), cost(&good));
        assert!(x <= a && y <= b, "{}: {:?} is no better than {:?}", entry.name, (x, y, z), (a, b, c));
        let is_about_cost = ["table-rewrite", "scan-under-lock", "blocking-lock", "blocking-index-build"];
        if is_about_cost.contains(&entry.name) {
            assert!((x, y, z) < (a, b, c), "{}: {:?} is no better than {:?}", entry.name, (x, y, z), (a, b, c));
        }
    }
}

#[test]
fn the_reference_is_fresh() {
    let written = include_str!("../../../../docs/rules.md");
    let hint = "write it with `cargo run -p limbeck -- lint --rules --format markdown > docs/rules.md`";
    assert!(written == lint::reference(), "docs/rules.md is not what the rules say: {hint}");
}
