//! A revision that is being written.

use super::{PlanError, Project};
#[cfg(feature = "model")]
use crate::diagnostic::Diagnostic;
use crate::document::Draft;
#[cfg(feature = "model")]
use crate::document::FORMAT;
use crate::dry_run::{self, Ground};
#[cfg(feature = "model")]
use crate::lint;
use crate::revision::RevisionId;
use crate::script::{HeaderPlaces, Revision, Section};

impl Project {
    /// Plays everything that version rows stand for, for drafts to be judged on it.
    pub fn ground(&self, rows: &[String]) -> Result<Ground, PlanError> {
        let history = self.history()?;
        let rows = self.graph.resolve_rows(rows)?;
        Ok(history.ground(&rows))
    }

    /// Returns what the sections of a revision that is being written would do on a ground, and what is to be said about
    /// them: the dry run's findings and those of the rules, with the draft as a deployment of its own. Only the draft
    /// is played.
    pub fn draft(&self, ground: &Ground, up: Section, down: Option<Section>) -> Draft {
        let revision = Revision {
            id: RevisionId::new("draft").expect("a word is a legal id"),
            title: String::new(),
            body: String::new(),
            revises: Vec::new(),
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            create_date: None,
            path: String::new(),
            up,
            down,
            header: HeaderPlaces::default(),
            checksum: String::new(),
        };
        let mut draft = self.judged(ground, &revision);
        let statements = draft.up.iter_mut().chain(&mut draft.down);
        for finding in statements.flat_map(|statement| &mut statement.findings).chain(&mut draft.findings) {
            // It stands in no file yet.
            (finding.path, finding.revision) = (None, None);
        }
        draft
    }

    #[cfg(feature = "model")]
    fn judged(&self, ground: &Ground, revision: &Revision) -> Draft {
        let dry_run::Played { step, last, down, findings } = ground.play(revision);
        let mut up: Vec<_> = step.statements.iter().map(|statement| statement.document.clone()).collect();
        // What the dry run said comes back with what the rules find.
        let stays = |finding: &Diagnostic| finding.code == dry_run::NOT_JUDGED;
        up.iter_mut().for_each(|statement| statement.findings.retain(stays));
        let mut draft = Draft { format: FORMAT, up, down, findings };
        let history = dry_run::History {
            revisions: std::slice::from_ref(revision),
            graph: &self.graph,
            workers: self.workers,
            version: self.postgres_version,
            relations: None,
        };
        for (statement, finding) in lint::of_draft(history, &self.settings, step, last) {
            match statement.and_then(|at| draft.up.get_mut(at)) {
                Some(statement) => statement.findings.push(finding),
                None => draft.findings.push(finding),
            }
        }
        draft
    }

    #[cfg(not(feature = "model"))]
    fn judged(&self, _: &Ground, revision: &Revision) -> Draft {
        dry_run::read_draft(revision)
    }
}
