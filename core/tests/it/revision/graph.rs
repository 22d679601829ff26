//! Linking a history: edges, heads, order, and what is said of a broken one.

use insta::assert_snapshot;

use super::notation::{graph, ids, indices, plan};

#[test]
fn order_keeps_branches_together_and_does_not_depend_on_the_order_given() {
    let lines = ["a", "b < a", "c1 < b", "d1 < c1", "c2 < b", "d2 < c2", "m < d1 d2", "x", "y < x & d2"];
    let one = graph(&lines.join("\n"));
    assert_snapshot!(ids(&one, one.newest_first()), @"m d1 c1 y x d2 c2 b a");
    let mut turned = lines;
    turned.reverse();
    let other = graph(&turned.join("\n"));
    assert_eq!(ids(&one, one.newest_first()), ids(&other, other.newest_first()));
}

#[test]
fn fork_and_merge_run_there_and_back() {
    let graph = graph("a\n b1 < a\n b2 < a\n m < b1 b2");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b1   a>b1         {b1}
    b2   +b2          {b1 b2}
    m    -b1 b2>m     {m}
    ");
    let down = graph.downgrade(&indices(&graph, "m"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    m    +b1 m>b2     {b1 b2}
    b2   -b2          {b1}
    b1   b1>a         {a}
    a    -a           {-}
    ");
}
