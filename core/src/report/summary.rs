//! The words that renderings share.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Level};
use crate::document::{Direction, Outcome, Plan, Statement, Step, Verdict};
use crate::dry_run::{self, losses};
use crate::project::Project;

/// Returns rows as a person reads them: `base` for none.
pub(super) fn rows(rows: &[String]) -> String {
    if rows.is_empty() { "base".to_owned() } else { rows.join(", ") }
}

/// Returns why there is no step from rows to a target, as a phrase: `Nothing to do: already at heads (a1b2)`.
pub fn nothing_to_do(from: &[String], target: &str) -> String {
    let place = rows(from);
    let why = if goes_back(from, target) {
        let are = if from.len() == 1 { "is" } else { "are" };
        format!("{place} {are} past base, and an upgrade does not go back")
    } else if place == target {
        format!("already at {place}")
    } else if target.rsplit('@').next().is_some_and(|name| name == "head" || name == "heads") {
        format!("already at {target} ({place})")
    } else {
        format!("{place} already includes {target}")
    };
    format!("Nothing to do: {why}")
}

/// Returns whether somebody who asked for an upgrade may have meant a downgrade: one to base has steps from anywhere
/// else, so that without a step it was an upgrade.
pub(super) fn goes_back(from: &[String], target: &str) -> bool {
    target == "base" && !from.is_empty()
}

pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
    }
}

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::Caution => "caution",
        Verdict::Blocked => "blocked",
    }
}

/// Returns why the verdict is what it is.
pub(super) fn reason(plan: &Plan) -> String {
    let count = |level| findings(plan).filter(|finding| finding.level == level).count();
    let unknown = statements(plan).filter(|statement| statement.outcome == Outcome::Unknown).count();
    let mut reasons = Vec::new();
    match plan.verdict {
        Verdict::Safe if statements(plan).next().is_none() => reasons.push("it runs no statement".to_owned()),
        Verdict::Safe => reasons.push("nothing in the revisions speaks against it".to_owned()),
        Verdict::Blocked => reasons.push(number(count(Level::Error), "error")),
        // A rule that is an error in this project stops who merges, not who runs.
        Verdict::Caution if count(Level::Error) > 0 => reasons.push(number(count(Level::Error), "error")),
        Verdict::Caution => {}
    }
    if plan.verdict != Verdict::Safe {
        let warnings = count(Level::Warning);
        if warnings > 0 {
            reasons.push(number(warnings, "warning"));
        }
        let lost = lost(plan);
        if let Some(first) = lost.first() {
            let more = if lost.len() > 1 { format!(" and {} more", lost.len() - 1) } else { String::new() };
            reasons.push(format!("it takes away {first}{more}"));
        }
        let rewritten: BTreeSet<&str> =
            statements(plan).flat_map(|statement| &statement.rewrites).map(|relation| short(relation)).collect();
        if let Some(first) = rewritten.first() {
            let more = if rewritten.len() > 1 { format!(" and {} more", rewritten.len() - 1) } else { String::new() };
            reasons.push(format!("it rewrites {first}{more} while everybody waits"));
        }
        if dry_run::by_rows(plan) {
            reasons.push("rows decide whether it runs through".to_owned());
        }
        if unknown > 0 {
            reasons.push(format!("what {} will do is not judged", number(unknown, "statement")));
        }
    }
    reasons.join(", ")
}

/// Returns what a plan takes away that may hold older data, in words.
pub(super) fn lost(plan: &Plan) -> Vec<String> {
    losses(plan).into_iter().filter(|loss| loss.data).map(|loss| loss.words).collect()
}

/// Returns everything that is said about a plan, its own findings first.
pub(super) fn findings(plan: &Plan) -> impl Iterator<Item = &Diagnostic> {
    plan.findings.iter().chain(statements(plan).flat_map(|statement| &statement.findings))
}

pub(super) fn statements(plan: &Plan) -> impl Iterator<Item = &Statement> {
    plan.steps.iter().flat_map(|step| &step.statements)
}

/// Returns what a statement does to tables that were there before, as a phrase: `locks orders (access exclusive),
/// rewrites it`; none where it leaves them alone.
pub(super) fn effects(statement: &Statement) -> Option<String> {
    // What happens to many in the same way is said of all of them.
    let mut alike: Vec<((&str, &str), Vec<&str>)> = Vec::new();
    for lock in &statement.locks {
        let mode = lock.mode.strip_suffix("Lock").unwrap_or(&lock.mode);
        let has = |list: &[String]| list.contains(&lock.relation);
        let does = match (has(&statement.rewrites), has(&statement.scans)) {
            (true, _) => "rewrites",
            (false, true) => "reads all of",
            (false, false) => "",
        };
        let relation = short(&lock.relation);
        match alike.iter_mut().find(|(known, _)| *known == (mode, does)) {
            Some((_, relations)) if statement.locks.len() > ONE_BY_ONE => relations.push(relation),
            _ => alike.push(((mode, does), vec![relation])),
        }
    }
    let phrase = |((mode, does), relations): &((&str, &str), Vec<&str>)| {
        let (shown, them) = match relations.as_slice() {
            [one] => ((*one).to_owned(), "it"),
            few if few.len() <= SHOWN => (few.join(", "), "them"),
            many => {
                let first: Vec<&str> = many.iter().copied().take(SHOWN).collect();
                (format!("{} and {} more", first.join(", "), many.len() - SHOWN), "them")
            }
        };
        let does = if does.is_empty() { String::new() } else { format!(", {does} {them}") };
        format!("locks {shown} ({}){does}", words(mode))
    };
    let phrases: Vec<String> = alike.iter().map(phrase).collect();
    (!phrases.is_empty()).then(|| phrases.join("; "))
}

/// So many relations are named each for itself.
const ONE_BY_ONE: usize = 5;
/// So many are named of those that are said together.
const SHOWN: usize = 3;

/// Returns a name without the schema in which names are looked for anyway.
fn short(relation: &str) -> &str {
    relation.strip_prefix("public.").unwrap_or(relation)
}

/// Returns `access exclusive` for `AccessExclusive`.
fn words(mode: &str) -> String {
    let mut words = String::new();
    for c in mode.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

/// Returns the title of a step's revision; empty when it has none or is not in the project.
pub(super) fn title<'a>(project: &'a Project, step: &Step) -> &'a str {
    let revision = project.graph().index_of(&step.revision).and_then(|index| project.revisions().get(index));
    revision.map_or("", |revision| revision.title.as_str())
}

/// Returns `1 step`, `2 steps`.
pub(super) fn number(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Returns a text in one line of at most so many characters.
pub(super) fn one_line(text: &str, width: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= width {
        return line;
    }
    line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
