//! Adjacency lists of a graph, all in two allocations.

use super::graph::Index;

/// For every revision the revisions at the other end of one kind of edge.
#[derive(Debug, Clone, Default)]
pub(super) struct Edges {
    /// `starts[i]..starts[i + 1]` is the part of `targets` that belongs to revision `i`.
    starts: Vec<usize>,
    targets: Vec<Index>,
}

impl Edges {
    /// Returns the lists, one per revision, in index order.
    pub(super) fn new(lists: impl IntoIterator<Item = Vec<Index>>) -> Self {
        let mut edges = Self { starts: vec![0], targets: Vec::new() };
        for list in lists {
            edges.targets.extend(list);
            edges.starts.push(edges.targets.len());
        }
        edges
    }

    /// Returns the other ends of the edges of one revision; none for an index that the graph does not have.
    pub(super) fn of(&self, index: Index) -> &[Index] {
        let ends = match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(&start), Some(&end)) => &self.targets[start..end],
            _ => &[],
        };
        #[cfg(test)]
        super::cost::count(1 + ends.len());
        ends
    }

    /// Returns the same edges seen from their other ends; each list follows `order`, which names every revision once.
    pub(super) fn reversed(&self, order: &[Index]) -> Self {
        let mut starts = vec![0; order.len() + 1];
        for &target in &self.targets {
            starts[target + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; self.targets.len()];
        for &source in order {
            for &target in self.of(source) {
                targets[next[target]] = source;
                next[target] += 1;
            }
        }
        Self { starts, targets }
    }
}
