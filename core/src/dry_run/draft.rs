//! A draft: a revision that is being written, judged where it would stand. What stands below it is played once and
//! kept, so that each keystroke costs the draft alone.

#[cfg(feature = "model")]
use super::simulation::Simulation;
#[cfg(feature = "model")]
use super::walk;
use super::{History, section};
#[cfg(feature = "model")]
use crate::catalog::Catalog;
#[cfg(feature = "model")]
use crate::diagnostic::Diagnostic;
use crate::document;
use crate::revision::Index;
use crate::script::Revision;

/// What the revisions below a draft made; cheap to keep and to clone.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "model"), derive(Default))]
pub struct Ground {
    #[cfg(feature = "model")]
    simulation: Simulation,
}

/// A draft that was played.
#[cfg(feature = "model")]
pub(crate) struct Played {
    /// Its up section, as the rules look at it.
    pub(crate) step: walk::Step,
    /// The schema behind its up section.
    pub(crate) last: Catalog,
    /// The statements of its down section.
    pub(crate) down: Vec<document::Statement>,
    /// What is wrong in its down section, and belongs to no statement.
    pub(crate) findings: Vec<Diagnostic>,
}

impl History<'_> {
    /// Returns what everything made that version rows stand for.
    pub(crate) fn ground(self, rows: &[Index]) -> Ground {
        #[cfg(feature = "model")]
        return Ground { simulation: self.simulation(rows) };
        #[cfg(not(feature = "model"))]
        {
            let _ = rows;
            Ground::default()
        }
    }
}

impl Ground {
    /// Plays a draft; the ground stays as it is.
    #[cfg(feature = "model")]
    pub(crate) fn play(&self, revision: &Revision) -> Played {
        let mut simulation = self.simulation.clone();
        let mut step = walk::up(&mut simulation, 0, revision, section::read(revision, &revision.up));
        let last = simulation.catalog().clone();
        let Some(section) = &revision.down else {
            return Played { step, last, down: Vec::new(), findings: Vec::new() };
        };
        let section::Read { statements: mut down, trees, findings, .. } = section::read(revision, section);
        simulation.begin(section.transaction);
        for (statement, tree) in down.iter_mut().zip(&trees) {
            simulation.play(statement, tree, revision);
        }
        simulation.end();
        // What Postgres would refuse is said at its statement; only what runs can leave another schema.
        step.undone = if step.is_certain() && findings.is_empty() && down.iter().all(walk::is_certain) {
            walk::Undone::Made(Box::new(simulation.catalog().clone()))
        } else {
            walk::Undone::Unknown
        };
        Played { step, last, down, findings }
    }
}

/// Returns what syntax alone says of a draft.
#[cfg(not(feature = "model"))]
pub(crate) fn read(revision: &Revision) -> document::Draft {
    let section::Read { statements: up, mut findings, .. } = section::read(revision, &revision.up);
    let down = revision.down.as_ref().map(|down| section::read(revision, down));
    let down = down.map(|read| {
        findings.extend(read.findings);
        read.statements
    });
    document::Draft { format: document::FORMAT, up, down: down.unwrap_or_default(), findings }
}
