//! Version rows: what each step of a plan does to them.
//!
//! The rows are the applied revisions that no applied revision stands on. Every step keeps them so: an upgrade takes
//! over the rows of what it stands on, a downgrade gives back those that nothing else applied stands on.

use crate::document::Direction;

use super::error::Error;
use super::graph::{Graph, Index};
use super::id::RevisionId;
use super::marks::Marks;

/// One step of a plan: one revision in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The revision.
    pub revision: Index,
    /// Which section runs.
    pub direction: Direction,
    /// Version rows before it, by id.
    pub rows_before: Vec<Index>,
    /// Version rows after it, by id.
    pub rows_after: Vec<Index>,
    /// What is written, in this order.
    pub changes: Vec<RowChange>,
}

/// A write to the version table that must hit exactly one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// A row is added.
    Insert(RevisionId),
    /// A row is taken out.
    Delete(RevisionId),
    /// A row gets another revision.
    Update {
        /// The revision that it has.
        from: RevisionId,
        /// The revision that it gets.
        to: RevisionId,
    },
}

/// Version rows on their way through a plan.
pub(super) struct Rows<'g> {
    graph: &'g Graph,
    /// Sorted by id.
    current: Vec<Index>,
    is_current: Marks,
}

impl<'g> Rows<'g> {
    pub(super) fn new(graph: &'g Graph, rows: &[Index]) -> Self {
        let mut all = Self { graph, current: Vec::with_capacity(rows.len()), is_current: Marks::none(graph) };
        for &row in rows {
            all.insert(row);
        }
        all
    }

    pub(super) fn has(&self, index: Index) -> bool {
        self.is_current.has(index)
    }

    /// Replaces some rows by others, with as few writes as possible. What is to go must be there, what is to come not.
    pub(super) fn replace(&mut self, gone: &[Index], new: &[Index]) -> Vec<RowChange> {
        for &row in gone {
            self.remove(row);
        }
        for &row in new {
            self.insert(row);
        }
        let id = |&i: &Index| self.graph.id(i).clone();
        let mut changes: Vec<RowChange> = Vec::with_capacity(gone.len().max(new.len()));
        match (gone, new) {
            ([gone @ .., from], [new @ .., to]) => {
                changes.extend(gone.iter().map(|i| RowChange::Delete(id(i))));
                changes.extend(new.iter().map(|i| RowChange::Insert(id(i))));
                changes.push(RowChange::Update { from: id(from), to: id(to) });
            }
            (gone, []) => changes.extend(gone.iter().map(|i| RowChange::Delete(id(i)))),
            ([], new) => changes.extend(new.iter().map(|i| RowChange::Insert(id(i)))),
        }
        changes
    }

    fn step(&mut self, revision: Index, direction: Direction, gone: &[Index], new: &[Index]) -> Step {
        let rows_before = self.current.clone();
        let changes = self.replace(gone, new);
        Step { revision, direction, rows_before, rows_after: self.current.clone(), changes }
    }

    fn insert(&mut self, row: Index) {
        if self.is_current.insert(row) {
            let at = self.position(row);
            self.current.insert(at, row);
        }
    }

    fn remove(&mut self, row: Index) {
        if self.has(row) {
            self.is_current.remove(row);
            let at = self.position(row);
            self.current.remove(at);
        }
    }

    fn position(&self, row: Index) -> usize {
        self.current.partition_point(|&other| self.graph.id(other) < self.graph.id(row))
    }
}

impl Graph {
    /// Returns the steps that apply revisions, given parents first.
    pub(super) fn upgrade_steps(&self, rows: &[Index], revisions: impl Iterator<Item = Index>) -> Vec<Step> {
        let mut rows = Rows::new(self, rows);
        revisions
            .map(|revision| {
                let mut taken_over = self.normalized_parents(revision).to_vec();
                taken_over.retain(|&parent| rows.has(parent));
                rows.step(revision, Direction::Upgrade, &taken_over, &[revision])
            })
            .collect()
    }

    /// Returns the steps that undo applied revisions, given children first.
    pub(super) fn downgrade_steps(
        &self,
        rows: &[Index],
        active: &Marks,
        revisions: impl Iterator<Item = Index>,
    ) -> Vec<Step> {
        let mut standing_on = vec![0_usize; self.len()];
        for &revision in self.newest_first().iter().filter(|&&i| active.has(i)) {
            for &parent in self.normalized_parents(revision) {
                standing_on[parent] += 1;
            }
        }
        let mut rows = Rows::new(self, rows);
        revisions
            .map(|revision| {
                let mut given_back = Vec::new();
                for &parent in self.normalized_parents(revision) {
                    standing_on[parent] -= 1;
                    if standing_on[parent] == 0 && !rows.has(parent) {
                        given_back.push(parent);
                    }
                }
                rows.step(revision, Direction::Downgrade, &[revision], &given_back)
            })
            .collect()
    }

    /// Refuses to plan on a history that is not whole.
    pub(super) fn whole(&self) -> Result<(), Error> {
        match self.errors() {
            [] => Ok(()),
            errors => Err(Error::Broken { errors: errors.to_vec() }),
        }
    }

    /// Refuses revisions of which one is an ancestor of another.
    pub(super) fn side_by_side(&self, revisions: &[Index], in_database: bool) -> Result<(), Error> {
        let mut below = Marks::none(self);
        for &revision in revisions {
            below.reach(self.normalized_parents(revision), |i| self.normalized_parents(i));
        }
        let Some(&ancestor) = revisions.iter().find(|&&revision| below.has(revision)) else {
            return Ok(());
        };
        let above = self.with_descendants(&[ancestor]);
        let descendant = revisions.iter().copied().find(|&i| i != ancestor && above.has(i)).unwrap_or(ancestor);
        let id = |i: Index| self.id(i).clone();
        Err(Error::Overlap { ancestor: id(ancestor), descendant: id(descendant), in_database })
    }
}
