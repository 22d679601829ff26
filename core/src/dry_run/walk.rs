//! A whole history, played from base to every head: what each statement of some of its revisions does, on the schema
//! that all before it made.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::reach::leaves_schema;
use super::simulation::{Simulation, Trial};
use super::{CHUNK, History, section};
use crate::catalog::{Catalog, Oid, Refusal};
use crate::ddl::Effects;
use crate::diagnostic::Diagnostic;
use crate::document::{self, Outcome};
use crate::revision::{self, Index};
use crate::script::{Revision, Section, Span};
use crate::sql;
use crate::sql::tree::{NoTree, Tree};
use crate::workers;

/// One revision that was played.
pub(crate) struct Step {
    /// Its position in the graph.
    pub(crate) revision: Index,
    /// What the schema was before it.
    pub(crate) before: Catalog,
    /// Objects with these numbers were made by it.
    pub(crate) made: Range<Oid>,
    /// The statements of its up section, in order.
    pub(crate) statements: Vec<Statement>,
    /// What is wrong in its up section, and belongs to no statement.
    pub(crate) findings: Vec<Diagnostic>,
    /// What its down section would leave.
    pub(crate) undone: Undone,
}

/// One statement that was played.
pub(crate) struct Statement {
    /// Outcome, locks, rewrites, scans and findings.
    pub(crate) document: document::Statement,
    /// What the parser made of it.
    pub(crate) tree: Result<Tree, NoTree>,
    /// Bytes in its section.
    pub(crate) range: Range<usize>,
    /// Its place in the file.
    pub(crate) place: Span,
    /// What it does beside changing the schema; none where that is not certain.
    pub(crate) effects: Option<Effects>,
    /// What the schema is behind it.
    pub(crate) after: Catalog,
}

/// What the down section of a revision leaves of what its up section did.
pub(crate) enum Undone {
    /// There is no down section.
    Never,
    /// This schema.
    Made(Box<Catalog>),
    /// Postgres would refuse one of its statements.
    Refused {
        /// Where the statement stands in the file.
        place: Span,
        /// Why.
        refusal: Refusal,
        /// A database may have what it needs from elsewhere than a revision.
        elsewhere: bool,
    },
    /// That is not known: something in one of the two sections is outside the model.
    Unknown,
}

impl History<'_> {
    /// Plays the history from base to all heads, or what of it is `among` others, and hands over what the statements of
    /// the revisions in `look` do, some revisions at a time, in the order in which they run. Between two of them others
    /// write rows, unless they run `together`. Returns the schema that is made in the end.
    pub(crate) fn walk(
        self,
        look: &BTreeSet<Index>,
        among: Option<&BTreeSet<Index>>,
        together: bool,
        mut take: impl FnMut(Vec<Step>),
    ) -> Result<Catalog, revision::Error> {
        let order = self.graph.upgrade(&[], "heads")?;
        let order = order.into_iter().map(|step| step.revision);
        let order: Vec<Index> = order.filter(|index| among.is_none_or(|among| among.contains(index))).collect();
        let mut simulation = Simulation::new(self.version);
        simulation.there = self.relations.cloned().map(Arc::new);
        let read = |index: &Index| {
            let revision = self.revisions.get(*index)?;
            Some(if look.contains(index) { Text::read(revision) } else { Text::cut(revision) })
        };
        let mut is_left = true;
        workers::ahead(self.workers, &order, CHUNK, read, |chunk, read| {
            let mut steps = Vec::new();
            for (index, text) in chunk.iter().zip(read) {
                let (Some(text), Some(revision)) = (text, self.revisions.get(*index)) else { continue };
                match text {
                    Text::Cut(statements) => {
                        self.pass(&mut simulation, *index, &statements);
                        is_left = true;
                    }
                    Text::Read { up, down } => {
                        if is_left {
                            simulation.leave_to_others();
                        }
                        is_left = !together;
                        steps.push(play(&mut simulation, *index, revision, up, down));
                    }
                }
            }
            take(steps);
        });
        Ok(simulation.catalog().clone())
    }
}

/// What is needed of the text of a revision.
enum Text {
    /// Its statements.
    Cut(Vec<sql::Statement>),
    /// All of both sections.
    Read { up: section::Read, down: Option<section::Read> },
}

impl Text {
    fn cut(revision: &Revision) -> Self {
        Self::Cut(sql::split(&revision.up.sql).0)
    }

    fn read(revision: &Revision) -> Self {
        let down = revision.down.as_ref().map(|down| section::read(revision, down));
        Self::Read { up: section::read(revision, &revision.up), down }
    }
}

fn play(
    simulation: &mut Simulation,
    index: Index,
    revision: &Revision,
    read: section::Read,
    down: Option<section::Read>,
) -> Step {
    let step = up(simulation, index, revision, read);
    let undone = match (&revision.down, down) {
        (Some(section), Some(read)) if step.is_certain() => undo(simulation, section, &read),
        (Some(_), _) => Undone::Unknown,
        (None, _) => Undone::Never,
    };
    Step { undone, ..step }
}

/// Plays an up section, and says nothing of the way back.
pub(super) fn up(simulation: &mut Simulation, index: Index, revision: &Revision, read: section::Read) -> Step {
    let before = simulation.catalog().clone();
    let first = before.next_oid();
    simulation.begin(revision.up.transaction);
    let mut statements = Vec::with_capacity(read.statements.len());
    for ((mut document, tree), (range, place)) in read.statements.into_iter().zip(read.trees).zip(read.places) {
        let effects = simulation.play(&mut document, &tree, revision);
        statements.push(Statement { document, tree, range, place, effects, after: simulation.catalog().clone() });
    }
    simulation.end();
    let made = first..simulation.catalog().next_oid();
    Step { revision: index, before, made, statements, findings: read.findings, undone: Undone::Never }
}

/// Returns whether it is known what a statement leaves behind.
pub(super) fn is_certain(statement: &document::Statement) -> bool {
    statement.outcome == Outcome::Ok || statement.outcome == Outcome::Unknown && leaves_schema(&statement.kind)
}

impl Step {
    /// Returns whether it is known what its up section leaves behind.
    pub(super) fn is_certain(&self) -> bool {
        self.findings.is_empty() && self.statements.iter().all(|statement| is_certain(&statement.document))
    }
}

/// Plays a down section on the schema that its up section made.
fn undo(simulation: &Simulation, section: &Section, read: &section::Read) -> Undone {
    let is_wrong = |statement: &document::Statement| statement.outcome == Outcome::Error;
    if !read.findings.is_empty() || read.statements.iter().any(is_wrong) {
        return Undone::Unknown;
    }
    match simulation.trial(section.transaction, read) {
        Trial::Made(catalog) => Undone::Made(catalog),
        Trial::Refused { statement, refusal, elsewhere } => match read.places.get(statement) {
            Some((_, place)) => Undone::Refused { place: *place, refusal, elsewhere },
            None => Undone::Unknown,
        },
        Trial::Unknown => Undone::Unknown,
    }
}
