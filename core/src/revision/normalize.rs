//! Dependencies that a revision adds to those of its ancestors.
//!
//! A dependency counts only where no ancestor, along `Revises`, declares the same one: there it has been applied
//! already, and a version row for it would be one too many.

use super::edges::Edges;
use super::graph::Index;

/// Returns parents and the dependencies that count, without repetition. `order` lists parents before their children.
///
/// A dependency that one revision alone declares always counts. Those declared more than once are looked at 64 at a
/// time, one bit each, in one pass along `order` per 64.
pub(super) fn normalized_parents(order: &[Index], dependencies: &Edges, parents: &Edges) -> Edges {
    let len = order.len();
    let mut declared = vec![0_u32; len];
    for node in 0..len {
        for &target in dependencies.of(node) {
            declared[target] += 1;
        }
    }
    let shared: Vec<Index> = (0..len).filter(|&target| declared[target] > 1).collect();
    let mut counting: Vec<Vec<Index>> = (0..len).map(|node| dependencies.of(node).to_vec()).collect();
    let mut bit = vec![0_u64; len];
    let mut known = vec![0_u64; len];
    for block in shared.chunks(64) {
        for (position, &target) in block.iter().enumerate() {
            bit[target] = 1 << position;
        }
        for &node in order {
            let inherited = parents.of(node).iter().fold(0, |bits, &parent| bits | known[parent]);
            known[node] = dependencies.of(node).iter().fold(inherited, |bits, &target| bits | bit[target]);
            if inherited != 0 {
                counting[node].retain(|&target| inherited & bit[target] == 0);
            }
        }
        for &target in block {
            bit[target] = 0;
        }
    }
    let mut parent_of = vec![None; len];
    Edges::new(counting.into_iter().enumerate().map(|(node, dependencies)| {
        let mut all = parents.of(node).to_vec();
        for &parent in &all {
            parent_of[parent] = Some(node);
        }
        all.extend(dependencies.into_iter().filter(|&target| parent_of[target] != Some(node)));
        all
    }))
}
