//! A plan: the steps to a target with their statements, and what is to be said about each.
//!
//! Statements are `unknown` as long as no model judges them; what no server would take is an error already.

mod blocked;
mod digest;
mod draft;
mod loss;
mod section;
mod simulation;
#[cfg(feature = "model")]
mod walk;

pub use draft::Ground;
#[cfg(feature = "model")]
pub(crate) use draft::Played;
#[cfg(not(feature = "model"))]
pub(crate) use draft::read as read_draft;
#[cfg(feature = "model")]
pub(crate) use loss::losses_of;
pub use loss::{Loss, losses};
#[cfg(feature = "model")]
pub(crate) use walk::{Statement, Step as WalkStep, Undone};

use simulation::Simulation;

use crate::diagnostic::{Diagnostic, Level, Position};
use crate::document::{self, Direction, FORMAT, Outcome, Plan, Schema, Verdict};
use crate::place::Places;
use crate::revision::{self, Graph, Index, Step};
use crate::script::{Revision, Section};
use crate::sql;
use crate::workers::{self, Workers};

/// A history to plan on.
#[derive(Clone, Copy)]
pub(crate) struct History<'a> {
    /// By position in the graph.
    pub(crate) revisions: &'a [Revision],
    pub(crate) graph: &'a Graph,
    pub(crate) workers: &'a dyn Workers,
}

/// The way from version rows to a target, before a statement is read.
pub(crate) struct Way {
    pub(crate) digest: String,
    /// Version rows that it starts from, sorted.
    pub(crate) from: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// Plans the way from version rows to a target.
pub(crate) fn plan(
    history: History<'_>,
    rows: &[Index],
    direction: Direction,
    target: &str,
) -> Result<Plan, revision::Error> {
    let Way { digest, from, steps } = way(history, rows, direction, target)?;
    let mut findings = Vec::new();
    let mut planned = Vec::with_capacity(steps.len());
    for (step, wrong) in workers::map(history.workers, &steps, |step| history.step(step)) {
        planned.push(step);
        findings.extend(wrong);
    }
    if cfg!(feature = "model") {
        history.play(rows, &mut planned, &steps);
    }
    let mut plan = Plan {
        format: FORMAT,
        digest,
        to: steps.last().map_or_else(|| from.clone(), |step| history.ids(&step.rows_after)),
        from,
        target: target.to_owned(),
        verdict: verdict(&planned, &findings),
        steps: planned,
        findings,
    };
    if plan.verdict == Verdict::Safe && needs_care(&plan) {
        plan.verdict = Verdict::Caution;
    }
    Ok(plan)
}

/// Returns the steps from version rows to a target, with the digest of their plan.
pub(crate) fn way(
    history: History<'_>,
    rows: &[Index],
    direction: Direction,
    target: &str,
) -> Result<Way, revision::Error> {
    let steps = match direction {
        Direction::Upgrade => history.graph.upgrade(rows, target)?,
        Direction::Downgrade => history.graph.downgrade(rows, target)?,
    };
    let from = history.ids(rows);
    Ok(Way { digest: digest::of(history, direction, &from, &steps), from, steps })
}

/// The schema that revisions make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// As far as the statements of the revisions are known.
    pub schema: Schema,
    /// Statements that may have done more, in the order in which they run, by revision and line.
    pub beyond: Vec<Beyond>,
}

/// A statement that is outside the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// Full identifier of its revision.
    pub revision: String,
    /// Line in its file.
    pub line: u32,
    /// Why it is not played.
    pub why: String,
}

/// Returns the schema that all revisions make which a target needs.
pub(crate) fn made(history: History<'_>, target: &str) -> Result<Made, revision::Error> {
    let steps = history.graph.upgrade(&[], target)?;
    let rows = steps.last().map(|step| step.rows_after.clone()).unwrap_or_default();
    Ok(history.simulation(&rows).made())
}

/// Returns what is wrong with the SQL of both sections of a revision, in file order.
pub(crate) fn check(revision: &Revision) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = forgotten(revision).into_iter().collect();
    for section in std::iter::once(&revision.up).chain(&revision.down) {
        let mut read = section::read(revision, section);
        findings.append(&mut read.findings);
        findings.extend(read.statements.into_iter().flat_map(|statement| statement.findings));
    }
    findings.sort_by_key(|finding| finding.start);
    findings
}

impl History<'_> {
    /// Returns the ids of positions, sorted.
    pub(crate) fn ids(self, rows: &[Index]) -> Vec<String> {
        let mut ids: Vec<String> = rows.iter().map(|row| self.graph.id(*row).to_string()).collect();
        ids.sort();
        ids
    }

    /// Plays the statements of steps, and says what becomes of each.
    fn play(self, rows: &[Index], planned: &mut [document::Step], steps: &[Step]) {
        let mut simulation = self.simulation(rows);
        for (step, of) in planned.iter_mut().zip(steps) {
            let revision = &self.revisions[of.revision];
            simulation.begin(step.transaction);
            for statement in &mut step.statements {
                simulation.play(statement, revision);
            }
            simulation.end();
        }
    }

    /// Returns a database on which everything that version rows stand for was run.
    fn simulation(self, rows: &[Index]) -> Simulation {
        let mut simulation = Simulation::default();
        let applied = self.graph.applied(rows);
        let read = |index: &Index| self.revisions.get(*index).map(|revision| sql::split(&revision.up.sql).0);
        for (index, statements) in applied.iter().zip(workers::map(self.workers, &applied, read)) {
            let Some(section) = self.revisions.get(*index).map(|revision| &revision.up) else { continue };
            simulation.begin(section.transaction);
            let mut places = Places::new(&section.sql, section.start_line);
            for statement in statements.into_iter().flatten() {
                let line = places.of(statement.range.start).line;
                let text = section.sql.get(statement.range).unwrap_or_default();
                simulation.replay(text, statement.kind, (self.graph.id(*index), line));
            }
            simulation.end();
        }
        simulation
    }

    /// Returns a step with what belongs to none of its statements.
    fn step(self, step: &Step) -> (document::Step, Vec<Diagnostic>) {
        let revision = &self.revisions[step.revision];
        let section = section_of(revision, step.direction);
        let section::Read { statements, findings, .. } = match section {
            Some(section) => section::read(revision, section),
            None => {
                section::Read { statements: Vec::new(), places: Vec::new(), findings: vec![irreversible(revision)] }
            }
        };
        let step = document::Step {
            revision: revision.id.to_string(),
            direction: step.direction,
            rows_before: self.ids(&step.rows_before),
            rows_after: self.ids(&step.rows_after),
            transaction: section.is_none_or(|section| section.transaction),
            statements,
        };
        (step, findings)
    }
}

/// Returns what a revision runs in a direction, if its file has that section.
pub(crate) fn section_of(revision: &Revision, direction: Direction) -> Option<&Section> {
    match direction {
        Direction::Upgrade => Some(&revision.up),
        Direction::Downgrade => revision.down.as_ref(),
    }
}

/// Returns a remark where somebody may have forgotten to write the SQL: a merge point has its reason to do nothing, and
/// a comment tells it.
fn forgotten(revision: &Revision) -> Option<Diagnostic> {
    if revision.revises.len() > 1 || !revision.up.sql.trim().is_empty() {
        return None;
    }
    let message = format!("the up section of {} is empty: it will count as applied without a statement", revision.id);
    // The marker, above where its SQL would start.
    let place = Position { line: revision.up.start_line.saturating_sub(1).max(1), column: 1 };
    let finding = Diagnostic::new("empty-section", Level::Info, message).path(&revision.path).span(place, place);
    Some(finding.revision(revision.id.as_str()).help("write what it does, or a comment that says why it does nothing"))
}

fn irreversible(revision: &Revision) -> Diagnostic {
    Diagnostic::error("irreversible", format!("revision {} is irreversible: its file has no down section", revision.id))
        .path(&revision.path)
        .revision(revision.id.as_str())
        .help("add `-- migrate:down` with what undoes it; a section without statements undoes nothing on purpose")
}

/// Returns whether somebody should look at a plan that runs through: it takes data away, or writes a table anew while
/// everybody waits.
fn needs_care(plan: &Plan) -> bool {
    let rewrites = plan.steps.iter().flat_map(|step| &step.statements).any(|statement| !statement.rewrites.is_empty());
    rewrites || losses(plan).iter().any(|loss| loss.data)
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
