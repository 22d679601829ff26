//! `Depends On`: what must be applied first without being a parent.

use insta::assert_snapshot;

use super::notation::{answers, graph, ids, indices, plan};

#[test]
fn a_dependency_between_two_trees() {
    let graph = graph("x1 [x]\n x2 < x1\n x3 < x2\n y1 [y]\n y2 < y1 & x2\n y3 < y2");
    let questions = [
        "up > y@head",
        "up > heads",
        "up x3 > y2",
        "down x3 y3 > y@base",
        "down y3 > x1",
        "down y3 > x2",
        "down y3 > y1",
        "down y3 > x@-1",
        "down y2 > x@base",
        "down x3 y3 > x@base",
        "show heads",
        "show x@head",
        "current y3",
        "current x3 y1",
        "range x1:y3",
        "range x1:x3",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  x3
    │ ○  y3
    │ ○  y2
    │ ├┄╮
    │ ○ ┊  y1
    ├┄┄┄╯
    ○  x2
    ○  x1

    up > y@head
        x1 x2 y1 y2 y3 {y3}
    up > heads
        x1 x2 y1 y2 y3 x3 {x3 y3}
    up x3 > y2
        y1 y2 {x3 y2}
    down x3 y3 > y@base
        y3 y2 y1 {x3}
    down y3 > x1
        y3 y2 x2 {x1 y1}
    down y3 > x2
        not-a-target: 'x2' is not a valid downgrade target from y3
          `limbeck current` shows where the database stands
    down y3 > y1
        y3 y2 {x2 y1}
    down y3 > x@-1
        y3 y2 x2 {x1 y1}
    down y2 > x@base
        y2 x2 x1 {y1}
    down x3 y3 > x@base
        x3 y3 y2 x2 x1 {y1}
    show heads
        x3 y3
    show x@head
        x3
    current y3
        y3 x2
    current x3 y1
        x3 y1
    range x1:y3
        x2 x1
    range x1:x3
        x3 x2 x1
    ");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    x1   +x1          {x1}
    x2   x1>x2        {x2}
    y1   +y1          {x2 y1}
    y2   -y1 x2>y2    {y2}
    y3   y2>y3        {y3}
    x3   +x3          {x3 y3}
    ");
}

#[test]
fn effective_heads() {
    let graph = graph("x1 [x]\n x2 < x1\n y1 & x2 [y]\n z1 & x2");
    assert_eq!(ids(&graph, &graph.heads()), "y1 z1 x2");
    assert_eq!(ids(&graph, &graph.real_heads()), "y1 z1");
    let effective: Vec<usize> = (0..graph.len()).filter(|&i| graph.is_effective_head(i)).collect();
    assert_eq!(ids(&graph, &effective), "x2");
    let questions = [
        "up > heads",
        "up > x@heads",
        "up > head",
        "current y1 z1",
        "current z1",
        "down y1 z1 > x2",
        "down y1 z1 > x1",
        "down y1 > y@base",
        "down y1 z1 > y@base",
        "stamp y1 > x1",
        "stamp y1 z1 > x@base",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  y1
    ┊ ○  z1
    ├┄╯
    ○  x2
    ○  x1

    up > heads
        x1 x2 z1 y1 {y1 z1}
    up > x@heads
        x1 x2 {x2}
    up > head
        multiple-heads: 'head' is not one revision: there are 3 heads
          name one of y1, z1, x2, or heads for all of them
    current y1 z1
        y1 z1 x2
    current z1
        z1 x2
    down y1 z1 > x2
        not-a-target: 'x2' is not a valid downgrade target from y1, z1
          `limbeck current` shows where the database stands
    down y1 z1 > x1
        y1 z1 x2 {x1}
    down y1 > y@base
        y1 {x2}
    down y1 z1 > y@base
        y1 {z1}
    stamp y1 > x1
        y1>x1
    stamp y1 z1 > x@base
        -y1 -z1
    ");
}

#[test]
fn a_dependency_on_the_own_parent_counts_once() {
    let graph = graph("a\n b < a & a\n c < b & a");
    assert_eq!(ids(&graph, graph.normalized_parents(1)), "a");
    assert_eq!(ids(&graph, graph.normalized_parents(2)), "b");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b    a>b          {b}
    c    b>c          {c}
    ");
}

#[test]
fn a_dependency_that_an_ancestor_declares_counts_there_alone() {
    let graph = graph("x\n y < x\n a & x\n b < a\n c < b & x y\n d < c & y");
    let kept: Vec<String> = (0..graph.len()).map(|i| ids(&graph, graph.normalized_parents(i))).collect();
    assert_eq!(kept, ["-", "x", "x", "a", "b y", "c"]);
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    x    +x           {x}
    y    x>y          {y}
    a    +a           {a y}
    b    a>b          {b y}
    c    -b y>c       {c}
    d    c>d          {d}
    ");
    let down = graph.downgrade(&indices(&graph, "d"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    d    d>c          {c}
    c    +b c>y       {b y}
    b    b>a          {a y}
    a    -a           {y}
    y    y>x          {x}
    x    -x           {-}
    ");
}

#[test]
fn many_shared_dependencies_are_told_apart() {
    // More than a word of bits: 100 dependencies, each declared at the start of one line of two and again at its end.
    let mut text: Vec<String> = (0..100).map(|n| format!("x{n:02}")).collect();
    let (even, odd): (Vec<&String>, Vec<&String>) = text.iter().partition(|id| id.ends_with(['0', '2', '4', '6', '8']));
    let list = |ids: Vec<&String>| ids.into_iter().cloned().collect::<Vec<_>>().join(" ");
    let (even, odd, all) = (list(even), list(odd), text.join(" "));
    text.extend([
        format!("a1 & {even}"),
        format!("b1 & {odd}"),
        format!("a2 < a1 & {all}"),
        format!("b2 < b1 & {all}"),
    ]);
    let graph = graph(&text.join("\n"));
    assert_eq!(ids(&graph, graph.normalized_parents(102)), format!("a1 {odd}"));
    assert_eq!(ids(&graph, graph.normalized_parents(103)), format!("b1 {even}"));
}

#[test]
fn a_dependency_by_label_is_the_revision_that_declares_it() {
    let graph = graph("x1\n x2 < x1 [x]\n x3 < x2\n y & x");
    assert_eq!(ids(&graph, graph.dependencies(3)), "x2");
    assert_snapshot!(answers(&graph, &["up > y", "down y > x1"]), @"
    ○  x3
    │ ○  y
    ├┄╯
    ○  x2
    ○  x1

    up > y
        x1 x2 y {y}
    down y > x1
        y x2 {x1}
    ");
}

#[test]
fn dependencies_across_branches_of_one_tree() {
    let graph = graph("a\n b1 < a [left]\n c1 < b1 & b2\n d1 < c1\n b2 < a [right]\n c2 < b2 & b1\n d2 < c2");
    let questions =
        ["up > left@head", "up > heads", "up b1 > right@head", "down d1 d2 > left@a", "down d1 c2 > right@-1"];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  d1
    ○  c1
    ├┄╮
    │ ┊ ○  d2
    │ ┊ ○  c2
    │ ┊ ├┄╮
    │ ╰┄┤ ┊
    │   ○ ┊  b2
    ├┄┄┄│┄╯
    ○   │  b1
    ├───╯
    ○  a

    up > left@head
        a b1 b2 c1 d1 {d1}
    up > heads
        a b1 b2 c2 d2 c1 d1 {d1 d2}
    up b1 > right@head
        b2 c2 d2 {d2}
    down d1 d2 > left@a
        d1 c1 d2 c2 b1 {b2}
    down d1 c2 > right@-1
        c2 {d1}
    ");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b1   a>b1         {b1}
    b2   +b2          {b1 b2}
    c2   -b2 b1>c2    {c2}
    d2   c2>d2        {d2}
    c1   +c1          {c1 d2}
    d1   c1>d1        {d1 d2}
    ");
    let down = graph.downgrade(&indices(&graph, "d1 d2"), "a").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    d1   d1>c1        {c1 d2}
    c1   -c1          {d2}
    d2   d2>c2        {c2}
    c2   +b2 c2>b1    {b1 b2}
    b2   -b2          {b1}
    b1   b1>a         {a}
    ");
}

#[test]
fn a_parent_that_is_an_ancestor_of_a_dependency_keeps_the_rows_maximal() {
    let graph = graph("a\n b < a\n x & b\n c < a & x");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b    a>b          {b}
    x    b>x          {x}
    c    x>c          {c}
    ");
    let down = graph.downgrade(&indices(&graph, "c"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    c    c>x          {x}
    x    x>b          {b}
    b    b>a          {a}
    a    -a           {-}
    ");
}
