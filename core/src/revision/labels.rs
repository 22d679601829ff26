//! Which branch labels a revision carries: its own and those that reach it along `Revises`.
//!
//! A label reaches all descendants of the revision that declares it. It also reaches down to the ancestors that lie
//! below it alone: as long as everything from the tip of the branch down to the ancestor, both included, is neither a
//! merge point nor a place where several revisions stand on one, dependents counted.

use super::graph::{Graph, Index};

impl Graph {
    /// Returns the branch labels that a revision carries, its own and those that reach it, sorted.
    pub fn labels_of(&self, index: Index) -> Vec<&str> {
        if !self.names().has_labels() {
            return Vec::new();
        }
        let mut declaring = self.with_version_ancestors(&[index]);
        for above in self.line_above(index).unwrap_or_default() {
            declaring.insert(above);
        }
        self.names().labels(self.nodes()).filter(|&(_, i)| declaring.has(i)).map(|(label, _)| label).collect()
    }

    /// Returns whether a label that `declared` declares reaches the revision.
    pub(super) fn carries(&self, index: Index, declared: Index) -> bool {
        self.with_version_ancestors(&[index]).has(declared)
            || self.line_above(index).is_some_and(|line| line.contains(&declared))
    }

    /// Returns the descendants up to the tip, if from here on nothing branches off or joins.
    fn line_above(&self, index: Index) -> Option<Vec<Index>> {
        let mut line = vec![index];
        let mut at = index;
        loop {
            if self.is_merge_point(at) || self.carries_several(at) {
                return None;
            }
            match self.children(at) {
                [] => return Some(line),
                [child, ..] => at = *child,
            }
            line.push(at);
        }
    }

    fn carries_several(&self, index: Index) -> bool {
        match (self.children(index), self.dependents(index)) {
            ([child], [dependent]) => child != dependent,
            (children, dependents) => children.len() + dependents.len() > 1,
        }
    }
}
