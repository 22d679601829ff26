//! Heads side by side: what each has that the others have not, and where they part.

use limbeck_core::revision::{Graph, Index};

/// Heads and their own revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The heads with their own revisions, newest first, in the order asked for.
    pub branches: Vec<(Index, Vec<Index>)>,
    /// The newest revisions that all heads stand on; empty when they have no common ancestor.
    pub parts_at: Vec<Index>,
}

impl Fork {
    /// Compares heads. `order` lists the revisions newest first.
    pub fn new(graph: &Graph, order: &[Index], heads: &[Index]) -> Self {
        let below: Vec<Vec<bool>> = heads.iter().map(|&head| ancestors(graph, head)).collect();
        let has = |set: &Vec<bool>, i: Index| set.get(i).copied().unwrap_or(false);
        let count = |i: Index| below.iter().filter(|set| has(set, i)).count();
        let branch = |(&head, set): (&Index, &Vec<bool>)| {
            (head, order.iter().copied().filter(|&i| has(set, i) && count(i) < heads.len()).collect())
        };
        let common = |i: Index| count(i) == heads.len();
        let top = |&i: &Index| common(i) && !graph.children(i).iter().any(|&child| common(child));
        Self {
            branches: heads.iter().zip(&below).map(branch).collect(),
            parts_at: order.iter().copied().filter(top).collect(),
        }
    }
}

fn ancestors(graph: &Graph, head: Index) -> Vec<bool> {
    let mut seen = vec![false; graph.len()];
    let mut open = vec![head];
    while let Some(i) = open.pop() {
        if let Some(place) = seen.get_mut(i).filter(|seen| !**seen) {
            *place = true;
            open.extend_from_slice(graph.parents(i));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::history::tests::graph;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn shown(text: &str, heads: &[&str]) -> String {
        let graph = graph(text);
        let heads: Vec<Index> = heads.iter().map(|id| graph.index_of(id).unwrap()).collect();
        let order = graph.newest_first().to_vec();
        let fork = Fork::new(&graph, &order, &heads);
        let names = |list: &[Index]| list.iter().map(|&i| graph.node(i).id.to_string()).collect::<Vec<_>>().join(" ");
        let branches = fork.branches.iter().map(|(_, own)| names(own)).collect::<Vec<_>>().join(" | ");
        format!("{branches} from {}", names(&fork.parts_at))
    }

    #[test]
    fn branches_part_at_their_newest_common_ancestor() {
        assert_eq!(shown("a b<a c<b x<b y<x", &["c", "y"]), "c | y x from b");
    }

    #[test]
    fn heads_without_a_common_ancestor_part_nowhere() {
        assert_eq!(shown("a b<a x", &["b", "x"]), "b a | x from ");
    }

    #[test]
    fn three_heads_part_where_all_three_do() {
        assert_eq!(shown("a b<a c<b d<b e<a", &["c", "d", "e"]), "c b | d b | e from a");
    }

    #[test]
    fn what_was_merged_before_belongs_to_no_side() {
        assert_eq!(shown("a b<a c<a m<b,c x<m y<m", &["x", "y"]), "x | y from m");
    }
}
