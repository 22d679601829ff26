//! Sets of revisions, and the walks that fill them.

use super::graph::{Graph, Index};

/// A set of revisions of one graph.
#[derive(Debug, Clone)]
pub(super) struct Marks(Vec<bool>);

impl Marks {
    pub(super) fn none(graph: &Graph) -> Self {
        Self(vec![false; graph.len()])
    }

    pub(super) fn has(&self, index: Index) -> bool {
        self.0.get(index).copied().unwrap_or(false)
    }

    /// Returns whether the revision was not in the set before.
    pub(super) fn insert(&mut self, index: Index) -> bool {
        !std::mem::replace(&mut self.0[index], true)
    }

    pub(super) fn remove(&mut self, index: Index) {
        self.0[index] = false;
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    pub(super) fn retain(&mut self, keep: impl Fn(Index) -> bool) {
        for (index, mark) in self.0.iter_mut().enumerate() {
            *mark = *mark && keep(index);
        }
    }

    /// Adds the starts and all that `next` leads to from them. What is in the set already is not walked again.
    pub(super) fn reach<'a>(&mut self, starts: &[Index], next: impl Fn(Index) -> &'a [Index]) {
        let mut open: Vec<Index> = starts.iter().copied().filter(|&start| self.insert(start)).collect();
        while let Some(index) = open.pop() {
            open.extend(next(index).iter().copied().filter(|&other| self.insert(other)));
        }
    }
}

impl Graph {
    /// Returns the revisions and all that must be applied before them, dependencies included.
    pub(super) fn with_ancestors(&self, of: &[Index]) -> Marks {
        let mut marks = Marks::none(self);
        marks.reach(of, |i| self.normalized_parents(i));
        marks
    }

    /// Returns the revisions and all that needs them, dependents included.
    pub(super) fn with_descendants(&self, of: &[Index]) -> Marks {
        let mut marks = Marks::none(self);
        marks.reach(of, |i| self.normalized_children(i));
        marks
    }

    /// Returns the revisions and their ancestors along `Revises` alone.
    pub(super) fn with_version_ancestors(&self, of: &[Index]) -> Marks {
        let mut marks = Marks::none(self);
        marks.reach(of, |i| self.parents(i));
        marks
    }

    /// Returns the revisions and their descendants along `Revises` alone.
    pub(super) fn with_version_descendants(&self, of: &[Index]) -> Marks {
        let mut marks = Marks::none(self);
        marks.reach(of, |i| self.children(i));
        marks
    }

    /// Returns the revision, its ancestors and its descendants along `Revises` alone.
    pub(super) fn lineage(&self, of: Index) -> Marks {
        let mut marks = self.with_version_ancestors(&[of]);
        marks.remove(of);
        marks.reach(&[of], |i| self.children(i));
        marks
    }
}
