//! A plan: the steps to a target with their statements, and what is to be said about each.
//!
//! Statements are `unknown` as long as no model judges them; what no server would take is an error already.

mod blocked;
mod digest;
mod draft;
mod loss;
mod meant;
mod point;
mod reach;
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
pub use loss::{Loss, losses, losses_in};
#[cfg(feature = "model")]
pub(crate) use walk::{Statement, Step as WalkStep, Undone};

use std::collections::BTreeSet;
use std::sync::Arc;

use simulation::Simulation;

use crate::PostgresVersion;
use crate::diagnostic::{Diagnostic, Level, Position};
use crate::document::{self, Direction, FORMAT, Outcome, Plan, Schema, Verdict};
use crate::place::Places;
use crate::revision::{self, Graph, Index, Step};
use crate::script::{Revision, Section};
use crate::sql;
use crate::sql::tree::{NoTree, Tree};
use crate::workers::{self, Workers};

/// So many revisions are read side by side, then played, before the next are read: what the parser makes of a text is
/// larger than the text.
const CHUNK: usize = 32;

/// The code of what is said of a statement that is not judged.
pub(crate) const NOT_JUDGED: &str = "not-judged";

/// A history to plan on.
#[derive(Clone, Copy)]
pub(crate) struct History<'a> {
    /// By position in the graph.
    pub(crate) revisions: &'a [Revision],
    pub(crate) graph: &'a Graph,
    pub(crate) workers: &'a dyn Workers,
    /// Of the server that the statements are played for.
    pub(crate) version: PostgresVersion,
    /// Names of the relations that the database has, where one was asked.
    pub(crate) relations: Option<&'a BTreeSet<String>>,
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
    let mut findings = if direction == Direction::Downgrade { history.undone_too(&steps, target) } else { Vec::new() };
    let mut planned = Vec::with_capacity(steps.len());
    // Said with `cfg!` here and below: the page's small worker must not have the model in it.
    let mut simulation = if cfg!(feature = "model") { Some(history.simulation(rows)) } else { None };
    workers::ahead(
        history.workers,
        &steps,
        CHUNK,
        |step| history.step(step),
        |_, read| {
            for (mut step, trees, wrong) in read {
                if cfg!(feature = "model")
                    && let Some(simulation) = &mut simulation
                {
                    history.play(simulation, &mut step, &trees);
                }
                planned.push(step);
                findings.extend(wrong);
            }
        },
    );
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
        findings.extend(bodies(revision, section, &read));
        findings.extend(read.statements.into_iter().flat_map(|statement| statement.findings));
    }
    findings.sort_by_key(|finding| finding.start);
    findings
}

/// Returns what is no PL/pgSQL in the bodies that the statements of a section bring.
fn bodies(revision: &Revision, section: &Section, read: &section::Read) -> Vec<Diagnostic> {
    let mut places = Places::new(&section.sql, section.start_line);
    let wrong = read.trees.iter().zip(&read.places).filter_map(|(tree, (range, _))| {
        let (at, message) = sql::plpgsql::wrong(&tree.as_ref().ok()?.statement()?)?;
        let place = places.of(range.start + at);
        let finding = Diagnostic::error("syntax-error", message).path(&revision.path);
        Some(finding.revision(revision.id.as_str()).span(place, place))
    });
    wrong.collect()
}

impl History<'_> {
    /// Returns the ids of positions, sorted.
    pub(crate) fn ids(self, rows: &[Index]) -> Vec<String> {
        let mut ids: Vec<String> = rows.iter().map(|row| self.graph.id(*row).to_string()).collect();
        ids.sort();
        ids
    }

    /// Returns which revisions of a downgrade go because another one goes that they depend on: who asked for one branch
    /// need not expect them. Whoever asks for base asks for all.
    fn undone_too(self, steps: &[Step], target: &str) -> Vec<Diagnostic> {
        let undone: BTreeSet<Index> = steps.iter().map(|step| step.revision).collect();
        let finding = |step: &Step| {
            let needed = self.graph.dependencies(step.revision).iter().find(|needed| undone.contains(needed))?;
            let (revision, needed) = (&self.revisions[step.revision], self.graph.id(*needed));
            let message = format!("{} is undone too: it depends on {needed}", revision.id);
            let finding = Diagnostic::new("undone-too", Level::Info, message).path(&revision.path);
            Some(finding.revision(revision.id.as_str()))
        };
        if target == "base" { Vec::new() } else { steps.iter().filter_map(finding).collect() }
    }

    /// Plays the statements of a step, and says what becomes of each.
    fn play(self, simulation: &mut Simulation, step: &mut document::Step, trees: &[Result<Tree, NoTree>]) {
        let of_step = self.graph.index_of(&step.revision).and_then(|index| self.revisions.get(index));
        let Some(revision) = of_step else { return };
        simulation.begin(step.transaction);
        for (statement, tree) in step.statements.iter_mut().zip(trees) {
            simulation.play(statement, tree, revision);
        }
        simulation.end();
    }

    /// Returns a database on which everything that version rows stand for was run.
    fn simulation(self, rows: &[Index]) -> Simulation {
        let mut simulation = Simulation::new(self.version);
        simulation.there = self.relations.cloned().map(Arc::new);
        let read = |index: &Index| self.revisions.get(*index).map(|revision| sql::split(&revision.up.sql).0);
        workers::ahead(self.workers, &self.graph.applied(rows), CHUNK, read, |chunk, read| {
            for (index, statements) in chunk.iter().zip(read) {
                self.pass(&mut simulation, *index, &statements.unwrap_or_default());
            }
        });
        simulation.leave_to_others();
        simulation
    }

    /// Plays the statements of an up section for what they leave behind alone.
    fn pass(self, simulation: &mut Simulation, index: Index, statements: &[sql::Statement]) {
        let Some(section) = self.revisions.get(index).map(|revision| &revision.up) else { return };
        simulation.begin(section.transaction);
        let mut places = Places::new(&section.sql, section.start_line);
        for statement in statements {
            let line = places.of(statement.range.start).line;
            let text = section.sql.get(statement.range.clone()).unwrap_or_default();
            simulation.replay(text, statement, (self.graph.id(index), line));
        }
        simulation.end();
    }

    /// Returns a step, what the parser made of its statements, and what belongs to none of them.
    fn step(self, step: &Step) -> (document::Step, Vec<Result<Tree, NoTree>>, Vec<Diagnostic>) {
        let revision = &self.revisions[step.revision];
        let section = section_of(revision, step.direction);
        let section::Read { statements, trees, findings, .. } = match section {
            Some(section) => section::read(revision, section),
            None => section::Read { findings: vec![irreversible(revision)], ..section::Read::default() },
        };
        let step = document::Step {
            revision: revision.id.to_string(),
            direction: step.direction,
            rows_before: self.ids(&step.rows_before),
            rows_after: self.ids(&step.rows_after),
            transaction: section.is_none_or(|section| section.transaction),
            statements,
        };
        (step, trees, findings)
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

/// Code of what fails if rows do not fit.
const BY_ROWS: &str = "depends-on-rows";

/// Returns whether rows decide if a plan runs through.
pub fn by_rows(plan: &Plan) -> bool {
    plan.steps.iter().flat_map(|step| &step.statements).any(depends_on_rows)
}

/// Returns whether rows decide if a statement runs through.
pub fn depends_on_rows(statement: &document::Statement) -> bool {
    statement.findings.iter().any(|finding| finding.code == BY_ROWS)
}

/// Returns whether somebody should look at a plan that may run through: it takes data away, writes a table anew while
/// everybody waits, or fails if rows do not fit.
fn needs_care(plan: &Plan) -> bool {
    let rewrites = plan.steps.iter().flat_map(|step| &step.statements).any(|statement| !statement.rewrites.is_empty());
    rewrites || by_rows(plan) || losses(plan).iter().any(|loss| loss.data)
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
