//! A plan: the steps to a target with their statements, and what is to be said about each.
//!
//! Statements are `unknown` as long as no model judges them; what no server would take is an error already.

mod blocked;
mod digest;
mod loss;
mod section;

pub use loss::{Loss, losses};

use crate::diagnostic::{Diagnostic, Level};
use crate::document::{self, Direction, FORMAT, Outcome, Plan, Verdict};
use crate::revision::{self, Graph, Index, Step};
use crate::script::{Revision, Section};

/// How closely the statements are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// With the parser: syntax errors are found.
    Syntax,
    /// With the lexer alone: what is never closed is found.
    Tokens,
}

/// A history to plan on.
#[derive(Clone, Copy)]
pub(crate) struct History<'a> {
    /// By position in the graph.
    pub(crate) revisions: &'a [Revision],
    pub(crate) graph: &'a Graph,
}

/// Plans the way from version rows to a target.
pub(crate) fn plan(
    history: History<'_>,
    rows: &[Index],
    direction: Direction,
    target: &str,
    depth: Depth,
) -> Result<Plan, revision::Error> {
    let steps = match direction {
        Direction::Upgrade => history.graph.upgrade(rows, target)?,
        Direction::Downgrade => history.graph.downgrade(rows, target)?,
    };
    let from = history.ids(rows);
    let digest = digest::of(history, direction, &from, &steps);
    let mut findings = Vec::new();
    let steps: Vec<document::Step> = steps.iter().map(|step| history.step(step, depth, &mut findings)).collect();
    Ok(Plan {
        format: FORMAT,
        digest,
        to: steps.last().map_or_else(|| from.clone(), |step| step.rows_after.clone()),
        from,
        target: target.to_owned(),
        verdict: verdict(&steps, &findings),
        steps,
        findings,
    })
}

/// Returns what is wrong with the SQL of both sections of a revision, in file order.
pub(crate) fn check(revision: &Revision) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for section in std::iter::once(&revision.up).chain(&revision.down) {
        let mut read = section::read(revision, section, Depth::Syntax);
        findings.append(&mut read.findings);
        findings.extend(read.statements.into_iter().flat_map(|statement| statement.findings));
    }
    findings.sort_by_key(|finding| finding.start);
    findings
}

impl History<'_> {
    /// Returns the ids of positions, sorted.
    fn ids(self, rows: &[Index]) -> Vec<String> {
        let mut ids: Vec<String> = rows.iter().map(|row| self.graph.id(*row).to_string()).collect();
        ids.sort();
        ids
    }

    fn step(self, step: &Step, depth: Depth, findings: &mut Vec<Diagnostic>) -> document::Step {
        let revision = &self.revisions[step.revision];
        let section = section_of(revision, step.direction);
        let mut statements = Vec::new();
        match section {
            Some(section) => {
                let mut read = section::read(revision, section, depth);
                findings.append(&mut read.findings);
                statements = read.statements;
            }
            None => findings.push(irreversible(revision)),
        }
        document::Step {
            revision: revision.id.to_string(),
            direction: step.direction,
            rows_before: self.ids(&step.rows_before),
            rows_after: self.ids(&step.rows_after),
            transaction: section.is_none_or(|section| section.transaction),
            statements,
        }
    }
}

fn section_of(revision: &Revision, direction: Direction) -> Option<&Section> {
    match direction {
        Direction::Upgrade => Some(&revision.up),
        Direction::Downgrade => revision.down.as_ref(),
    }
}

fn irreversible(revision: &Revision) -> Diagnostic {
    Diagnostic::error("irreversible", format!("revision {} is irreversible: its file has no down section", revision.id))
        .path(&revision.path)
        .revision(revision.id.as_str())
        .help("add `-- migrate:down` with what undoes it; a section without statements undoes nothing on purpose")
}

fn verdict(steps: &[document::Step], findings: &[Diagnostic]) -> Verdict {
    let statements = || steps.iter().flat_map(|step| &step.statements);
    let mut levels = findings.iter().chain(statements().flat_map(|statement| &statement.findings)).map(|it| it.level);
    if statements().any(|statement| statement.outcome == Outcome::Error) {
        return Verdict::Blocked;
    }
    match levels.clone().max() {
        Some(Level::Error) => Verdict::Blocked,
        _ if statements().any(|statement| statement.outcome == Outcome::Unknown) => Verdict::Caution,
        _ if levels.any(|level| level == Level::Warning) => Verdict::Caution,
        _ => Verdict::Safe,
    }
}
