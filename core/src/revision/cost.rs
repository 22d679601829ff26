//! What questions cost, counted in edges that are looked at, so that the tests need no clock.

use std::cell::Cell;

use super::graph::{Graph, Node};
use super::id::RevisionId;
use super::layout::layout;

thread_local! {
    static WORK: Cell<usize> = const { Cell::new(0) };
}

/// Counts work of this thread.
pub(super) fn count(work: usize) {
    WORK.set(WORK.get() + work);
}

/// Returns the work of building a history, planning all of it in both directions, and laying it out.
fn work(nodes: Vec<Node>) -> usize {
    WORK.set(0);
    let len = nodes.len();
    let graph = Graph::new(nodes);
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    let rows = up.last().map(|step| step.rows_after.clone()).unwrap_or_default();
    let down = graph.downgrade(&rows, "base").expect("a whole history");
    assert_eq!((up.len(), down.len()), (len, len));
    assert_eq!(layout(&graph, graph.newest_first()).rows.len(), len);
    WORK.get()
}

fn id(n: usize) -> RevisionId {
    RevisionId::new(&format!("r{n:05}")).expect("a legal id")
}

fn node(n: usize, revises: &[usize], depends_on: &[usize]) -> Node {
    Node {
        id: id(n),
        revises: revises.iter().map(|&n| id(n)).collect(),
        depends_on: depends_on.iter().map(|&n| id(n).to_string()).collect(),
        branch_labels: Vec::new(),
    }
}

/// A fork and a merge every four revisions.
fn dense_merges(len: usize) -> Vec<Node> {
    let revises = |n: usize| match n % 4 {
        _ if n == 0 => vec![],
        0 | 1 => vec![n - 1],
        2 => vec![n - 2],
        _ => vec![n - 2, n - 1],
    };
    (0..len).map(|n| node(n, &revises(n), &[])).collect()
}

/// Two lines, each revision of which depends on the last of the other line.
fn dense_dependencies(len: usize) -> Vec<Node> {
    let before = |n: usize, back: usize| n.checked_sub(back).into_iter().collect::<Vec<_>>();
    (0..len).map(|n| node(n, &before(n, 2), &before(n, 1))).collect()
}

#[test]
fn dense_merges_cost_linear_work() {
    let (small, large) = (work(dense_merges(2_000)), work(dense_merges(4_000)));
    assert!(large <= 2 * small + small / 10, "{small} at 2,000 and {large} at 4,000 revisions");
    assert!(large < 4_000 * 100, "{large} at 4,000 revisions");
}

#[test]
fn dense_dependencies_cost_linear_work() {
    let (small, large) = (work(dense_dependencies(2_000)), work(dense_dependencies(4_000)));
    assert!(large <= 2 * small + small / 10, "{small} at 2,000 and {large} at 4,000 revisions");
}
