//! The one order of a history, from which every list and every plan is cut.
//!
//! Oldest first, it is the order in which a depth-first walk leaves the revisions: heads in descending order of their
//! ids, below each revision its dependencies, then its parents, both as declared. A branch thus stays together, a
//! dependency's branch comes before the branch that needs it, and file names play no part. Any part of it is again an
//! order in which parents and dependencies come first, so that a plan needs no sorting of its own.

use super::edges::Edges;
use super::graph::Index;

/// Returns all revisions, parents and dependencies before what needs them. `roots` are visited in the order given and
/// between them must reach every revision; the edges must have no cycle.
pub(super) fn oldest_first(roots: &[Index], len: usize, dependencies: &Edges, parents: &Edges) -> Vec<Index> {
    let below = |node: Index, edge: usize| {
        let dependencies = dependencies.of(node);
        dependencies.get(edge).or_else(|| parents.of(node).get(edge - dependencies.len())).copied()
    };
    let mut seen = vec![false; len];
    let mut order = Vec::with_capacity(len);
    let mut frames: Vec<(Index, usize)> = Vec::new();
    for &root in roots {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        frames.push((root, 0));
        while let Some((node, edge)) = frames.last_mut() {
            match below(*node, *edge) {
                Some(next) => {
                    *edge += 1;
                    if !std::mem::replace(&mut seen[next], true) {
                        frames.push((next, 0));
                    }
                }
                None => {
                    order.push(*node);
                    frames.pop();
                }
            }
        }
    }
    order
}
