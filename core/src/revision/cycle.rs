//! Cycles: which revisions lie on one, and which edges close them.

use super::edges::Edges;
use super::graph::Index;

/// Returns the strongly connected components of more than one revision: exactly the revisions that lie on a cycle,
/// grouped by cycle (cycles that share a revision are one group). Tarjan's algorithm, linear, without recursion.
pub(super) fn components(len: usize, edges: &Edges) -> Vec<Vec<Index>> {
    const UNSEEN: usize = usize::MAX;
    let mut number = vec![UNSEEN; len];
    let mut low = vec![0; len];
    let mut open = vec![false; len];
    let mut path: Vec<Index> = Vec::new();
    let mut frames: Vec<(Index, usize)> = Vec::new();
    let mut found = Vec::new();
    let mut count = 0;
    for root in 0..len {
        if number[root] != UNSEEN {
            continue;
        }
        frames.push((root, 0));
        while let Some(frame) = frames.last_mut() {
            let node = frame.0;
            if frame.1 == 0 {
                number[node] = count;
                low[node] = count;
                count += 1;
                open[node] = true;
                path.push(node);
            }
            if let Some(&next) = edges.of(node).get(frame.1) {
                frame.1 += 1;
                if number[next] == UNSEEN {
                    frames.push((next, 0));
                } else if open[next] {
                    low[node] = low[node].min(number[next]);
                }
                continue;
            }
            frames.pop();
            if let Some(&(parent, _)) = frames.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == number[node] {
                let mut members = Vec::new();
                while let Some(member) = path.pop() {
                    open[member] = false;
                    members.push(member);
                    if member == node {
                        break;
                    }
                }
                if members.len() > 1 {
                    found.push(members);
                }
            }
        }
    }
    found
}

/// Returns the edges that a depth-first walk from `roots` finds to lead back onto its own path. Without them the graph
/// has no cycle. `roots` names every revision; those named first are walked first.
pub(super) fn closing_edges(roots: &[Index], edges: &Edges) -> Vec<(Index, Index)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Unseen,
        OnPath,
        Done,
    }
    let mut state = vec![State::Unseen; roots.len()];
    let mut closing = Vec::new();
    let mut frames: Vec<(Index, usize)> = Vec::new();
    for &root in roots {
        if state[root] != State::Unseen {
            continue;
        }
        state[root] = State::OnPath;
        frames.push((root, 0));
        while let Some((node, edge)) = frames.last_mut() {
            let Some(&next) = edges.of(*node).get(*edge) else {
                state[*node] = State::Done;
                frames.pop();
                continue;
            };
            *edge += 1;
            match state[next] {
                State::Unseen => {
                    state[next] = State::OnPath;
                    frames.push((next, 0));
                }
                State::OnPath => closing.push((*node, next)),
                State::Done => {}
            }
        }
    }
    closing
}
