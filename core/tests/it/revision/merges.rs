//! Merge points: how rows come together and apart.

use insta::assert_snapshot;

use super::notation::{answers, graph, indices, plan};

#[test]
fn fork_and_merge() {
    let graph = graph("a\n b1 < a\n b2 < a\n m < b1 b2\n n < m");
    let questions = [
        "up > head",
        "up b1 > head",
        "up b1 b2 > m",
        "up > +3",
        "down n > m",
        "down n > b1",
        "down n > b1@a",
        "down n > a",
        "down m > -1",
        "down n > -2",
        "down n > -3",
        "down n > b1@b1-1",
        "down m > m-1",
        "down b1 b2 > -1",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  n
    ○  m
    ├─╮
    │ ○  b2
    ○ │  b1
    ├─╯
    ○  a

    up > head
        a b1 b2 m n {n}
    up b1 > head
        b2 m n {n}
    up b1 b2 > m
        m {m}
    up > +3
        ambiguous-walk: '+3' is ambiguous at revision a
          name one of b1+1, b2+1
    down n > m
        n {m}
    down n > b1
        n m {b1 b2}
    down n > b1@a
        n m b1 {b2}
    down n > a
        n m b2 b1 {a}
    down m > -1
        m {b1 b2}
    down n > -2
        n m {b1 b2}
    down n > -3
        ambiguous-walk: '-3' is ambiguous at revision m
          name one of b1@b1-1, b2@b2-1
    down n > b1@b1-1
        n m b1 {b2}
    down m > m-1
        ambiguous-walk: 'm-1' is ambiguous at revision m
          name one of b1, b2
    down b1 b2 > -1
        ambiguous-walk: '-1' is ambiguous: it could start at several revisions
          name one of b1@-1, b2@-1
    ");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b1   a>b1         {b1}
    b2   +b2          {b1 b2}
    m    -b1 b2>m     {m}
    n    m>n          {n}
    ");
    let down = graph.downgrade(&indices(&graph, "n"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    n    n>m          {m}
    m    +b1 m>b2     {b1 b2}
    b2   -b2          {b1}
    b1   b1>a         {a}
    a    -a           {-}
    ");
}

#[test]
fn three_way_merge() {
    let graph = graph("a\n b1 < a\n b2 < a\n b3 < a\n m < b1 b2 b3\n c1 < m\n c2 < m");
    let questions = ["up > heads", "up b2 > m", "down c1 c2 > m", "down c1 c2 > c1@m", "down m > -1", "down m > b2@a"];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  c1
    │ ○  c2
    ├─╯
    ○  m
    ├─┬─╮
    │ │ ○  b3
    │ ○ │  b2
    │ ├─╯
    ○ │  b1
    ├─╯
    ○  a

    up > heads
        a b1 b2 b3 m c2 c1 {c1 c2}
    up b2 > m
        b1 b3 m {m}
    down c1 c2 > m
        c1 c2 {m}
    down c1 c2 > c1@m
        c1 {c2}
    down m > -1
        m {b1 b2 b3}
    down m > b2@a
        m b2 {b1 b3}
    ");
    let up = graph.upgrade(&[], "m").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b1   a>b1         {b1}
    b2   +b2          {b1 b2}
    b3   +b3          {b1 b2 b3}
    m    -b1 -b2 b3>m {m}
    ");
}

#[test]
fn twin_merges() {
    let graph = graph("a\n b1 < a\n b2 < a\n c1 < b1 b2\n c2 < b1 b2\n d1 < c1\n d2 < c2");
    let questions = ["up > heads", "down d1 d2 > b1", "down d1 d2 > d1@b1", "down d1 > b1"];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  d1
    ○  c1
    ├─╮
    │ │ ○  d2
    │ │ ○  c2
    ├─┼─╯
    │ ○  b2
    ○ │  b1
    ├─╯
    ○  a

    up > heads
        a b1 b2 c2 d2 c1 d1 {d1 d2}
    down d1 d2 > b1
        d1 c1 d2 c2 {b1 b2}
    down d1 d2 > d1@b1
        d1 c1 {d2}
    down d1 > b1
        d1 c1 {b1 b2}
    ");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b1   a>b1         {b1}
    b2   +b2          {b1 b2}
    c2   -b1 b2>c2    {c2}
    d2   c2>d2        {d2}
    c1   +c1          {c1 d2}
    d1   c1>d1        {d1 d2}
    ");
}

#[test]
fn almost_twin_merges() {
    let graph = graph("a\n b1 < a\n b2 < a\n b3 < a\n c1 < b1 b2\n c2 < b1 b3\n d1 < c1\n d2 < c2");
    let questions = ["up > heads", "down d1 d2 > b1", "down d1 d2 > b2", "down d1 d2 > d1@-2"];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  d1
    ○  c1
    ├─╮
    │ ○  b2
    │ │ ○  d2
    │ │ ○  c2
    ├─│─┤
    │ │ ○  b3
    │ ├─╯
    ○ │  b1
    ├─╯
    ○  a

    up > heads
        a b1 b3 c2 d2 b2 c1 d1 {d1 d2}
    down d1 d2 > b1
        d1 c1 d2 c2 {b1 b2 b3}
    down d1 d2 > b2
        d1 c1 {b2 d2}
    down d1 d2 > d1@-2
        d1 c1 {b2 d2}
    ");
    let down = graph.downgrade(&indices(&graph, "d1 d2"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    d1   d1>c1        {c1 d2}
    c1   c1>b2        {b2 d2}
    b2   -b2          {d2}
    d2   d2>c2        {c2}
    c2   +b1 c2>b3    {b1 b3}
    b3   -b3          {b1}
    b1   b1>a         {a}
    a    -a           {-}
    ");
}

#[test]
fn criss_cross() {
    let graph = graph("a\n b1 < a\n b2 < a\n c1 < b1 b2\n c2 < b2 b1\n d < c1 c2\n e < d");
    let questions = ["up > head", "down e > b1", "down e > a", "down e > -2"];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  e
    ○  d
    ├─╮
    │ ○  c2
    │ ├─╮
    ○ │ │  c1
    ├─┤ │
    ├─│─╯
    │ ○  b2
    ○ │  b1
    ├─╯
    ○  a

    up > head
        a b1 b2 c1 c2 d e {e}
    down e > b1
        e d c2 c1 {b1 b2}
    down e > a
        e d c2 c1 b2 b1 {a}
    down e > -2
        e d {c1 c2}
    ");
    let down = graph.downgrade(&indices(&graph, "e"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    e    e>d          {d}
    d    +c1 d>c2     {c1 c2}
    c2   -c2          {c1}
    c1   +b1 c1>b2    {b1 b2}
    b2   -b2          {b1}
    b1   b1>a         {a}
    a    -a           {-}
    ");
}

#[test]
fn a_merge_with_an_ancestor_of_its_other_parent_keeps_the_rows_maximal() {
    let graph = graph("a\n b < a\n c < b\n m < c a");
    let up = graph.upgrade(&[], "heads").expect("a whole history");
    assert_snapshot!(plan(&graph, &up), @"
    a    +a           {a}
    b    a>b          {b}
    c    b>c          {c}
    m    c>m          {m}
    ");
    let down = graph.downgrade(&indices(&graph, "m"), "base").expect("a whole history");
    assert_snapshot!(plan(&graph, &down), @"
    m    m>c          {c}
    c    c>b          {b}
    b    b>a          {a}
    a    -a           {-}
    ");
}

#[test]
fn what_is_offered_where_a_way_back_parts_undoes_as_many_as_were_asked_for() {
    let graph = graph("a\n b1 < a\n b2 < a\n c1 < b1\n m < c1 b2");
    let questions = ["down m > -2", "down m > -3", "down m > c1@c1-2", "down m > -4", "down m > -5", "down m > -6"];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  m
    ├─╮
    │ ○  b2
    ○ │  c1
    ○ │  b1
    ├─╯
    ○  a

    down m > -2
        ambiguous-walk: '-2' is ambiguous at revision m
          name one of c1-1, b2@b2-1
    down m > -3
        ambiguous-walk: '-3' is ambiguous at revision m
          try c1@c1-2
    down m > c1@c1-2
        m c1 b1 {b2}
    down m > -4
        ambiguous-walk: '-4' is ambiguous at revision m
          name the revision; `limbeck history` lists them
    down m > -5
        ambiguous-walk: '-5' is ambiguous at revision m
          try base
    down m > -6
        ambiguous-walk: '-6' is ambiguous at revision m
          name the revision; `limbeck history` lists them
    ");
}
