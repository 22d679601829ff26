//! Histories that are not whole: everything is said, everything that can be shown is, nothing is planned.

use insta::assert_snapshot;
use limbeck_core::revision::{Graph, GraphError};

use super::notation::{drawing, graph, ids};

/// Draws a history with its heads and bases and says what is wrong with it.
fn shown(graph: &Graph) -> String {
    let mut text = drawing(graph);
    text.push_str(&format!("\nheads: {}\nbases: {}\n", ids(graph, &graph.heads()), ids(graph, &graph.bases())));
    for error in graph.errors() {
        let about = ids(graph, &error.revisions());
        text.push_str(&format!("{}: {error} ({about})\n    {}\n", error.code(), error.hint()));
    }
    text
}

#[test]
fn parents_and_dependencies_that_are_not_there() {
    let graph = graph("a\n b < a gone\n c < lost\n d < c & nowhere");
    assert_snapshot!(shown(&graph), @"
    ○  b
    ○  a

    ○  d
    ○  c

    heads: b d
    bases: a
    missing-parent: revision b revises gone, which is not there (b)
        bring back the file of gone, or let `Revises` name a revision that is there
    missing-parent: revision c revises lost, which is not there (c)
        bring back the file of lost, or let `Revises` name a revision that is there
    missing-dependency: revision d depends on nowhere, which is not there (d)
        let `Depends On` name full revision ids or branch labels that are there
    ");
    let error = graph.upgrade(&[], "heads").expect_err("a broken history");
    assert_snapshot!(format!("{}: {error}\n{}", error.code(), error.hint().unwrap_or_default()), @"
    broken-history: the history is broken: revision b revises gone, which is not there (and 2 more)
    `limbeck validate` lists all that is wrong
    ");
    assert_eq!(graph.downgrade(&[], "base").map_err(|error| error.code()), Err("broken-history"));
    assert_eq!(graph.stamp(&[], &["a"], false).map_err(|error| error.code()), Err("broken-history"));
    assert_eq!(graph.resolve("b").map(|found| ids(&graph, &found)), Ok("b".into()));
}

#[test]
fn one_id_twice() {
    assert_snapshot!(shown(&graph("a\n b < a\n b < a\n c < b")), @"
    ○  b
    │ ○  c
    │ ○  b
    ├─╯
    ○  a

    heads: b c
    bases: a
    duplicate-revision: revision b is there 2 times (b b)
        give all but one of them a new Revision ID
    ");
}

#[test]
fn a_revision_that_revises_or_needs_itself() {
    assert_snapshot!(shown(&graph("a < a\n b < a & b\n c < b & own [own]")), @"
    ○  c
    ○  b
    ○  a

    heads: c
    bases: -
    self-loop: revision a revises itself (a)
        let `Revises` name its parent, or nothing to make it a base
    dependency-self-loop: revision b depends on itself (b)
        take it out of its own `Depends On`
    dependency-self-loop: revision c depends on itself (c)
        take it out of its own `Depends On`
    ");
}

#[test]
fn a_cycle_names_exactly_its_members() {
    assert_snapshot!(shown(&graph("a\n b < a d\n c < b\n d < c\n e < d\n f < a")), @"
    ○  e
    ○  d
    ○  c
    ○  b
    │ ○  f
    ├─╯
    ○  a

    heads: e f
    bases: a
    cycle: revisions b, c, d revise each other in a circle (b c d)
        let the oldest of them revise something older, or nothing
    ");
}

#[test]
fn a_cycle_of_everything() {
    assert_snapshot!(shown(&graph("a < c\n b < a\n c < b")), @"
    ○  c
    ○  b
    ○  a

    heads: -
    bases: -
    cycle: revisions a, b, c revise each other in a circle (a b c)
        let the oldest of them revise something older, or nothing
    ");
}

#[test]
fn two_cycles_are_two_findings() {
    assert_snapshot!(shown(&graph("a\n b < a c\n c < b\n x < y\n y < x")), @"
    ○  c
    ○  b
    ○  a

    ○  y
    ○  x

    heads: -
    bases: a
    cycle: revisions b, c revise each other in a circle (b c)
        let the oldest of them revise something older, or nothing
    cycle: revisions x, y revise each other in a circle (x y)
        let the oldest of them revise something older, or nothing
    ");
}

#[test]
fn a_cycle_through_a_dependency() {
    assert_snapshot!(shown(&graph("a\n b < a & y\n x\n y < x & c\n c < b")), @"
    ○  y
    ├┄╮
    ○ ┊  x
      ○  c
      ○  b
      ○  a

    heads: y c
    bases: x a
    dependency-cycle: revisions b, c, y depend on each other in a circle (b c y)
        take one `Depends On` out of the circle
    ");
}

#[test]
fn labels_that_are_taken() {
    assert_snapshot!(shown(&graph("a [b]\n b < a [same]\n c < b [same other other]")), @"
    ○  c
    ○  b
    ○  a

    heads: c
    bases: a
    duplicate-label: branch label b of revision a is already used by revision b (a b)
        give one of the two branches another label
    duplicate-label: revision c declares branch label other twice (c)
        take it out once
    duplicate-label: branch label same of revision c is already used by revision b (c b)
        give one of the two branches another label
    ");
}

#[test]
fn a_long_cycle_is_found_without_recursion() {
    let len = 100_000;
    let lines: Vec<String> = (0..len).map(|n| format!("r{n:06} < r{:06}", (n + 1) % len)).collect();
    let graph = graph(&lines.join("\n"));
    let [GraphError::Cycle { revisions, .. }] = graph.errors() else {
        panic!("one cycle and nothing else: {:?}", graph.errors());
    };
    assert_eq!(revisions.len(), len);
    assert_eq!(graph.newest_first().len(), len);
}
