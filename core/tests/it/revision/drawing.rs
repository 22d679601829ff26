//! Histories as text.

use insta::assert_snapshot;
use limbeck_core::revision::{draw, layout};

use super::notation::{drawing, graph};

#[test]
fn merges_and_branches() {
    assert_snapshot!(drawing(&graph("a\n b < a\n c1 < b\n d1 < c1\n c2 < b\n d2 < c2\n m < d1 d2\n n < m")), @"
    ○  n
    ○  m
    ├─╮
    │ ○  d2
    │ ○  c2
    ○ │  d1
    ○ │  c1
    ├─╯
    ○  b
    ○  a
    ");
}

#[test]
fn open_heads_and_three_way_merge() {
    assert_snapshot!(drawing(&graph("a\n b < a\n c < a\n d < a\n m < b c d\n e < a\n f < m\n g < m")), @"
    ○  e
    │ ○  f
    │ │ ○  g
    │ ├─╯
    │ ○  m
    │ ├─┬─╮
    │ │ │ ○  d
    ├─│─│─╯
    │ │ ○  c
    ├─│─╯
    │ ○  b
    ├─╯
    ○  a
    ");
}

#[test]
fn criss_cross() {
    assert_snapshot!(drawing(&graph("a\n b1 < a\n b2 < a\n c1 < b1 b2\n c2 < b1 b2\n d < c1 c2")), @"
    ○  d
    ├─╮
    │ ○  c2
    │ ├─╮
    ○ │ │  c1
    ├─│─┤
    ├─╯ │
    │   ○  b2
    ○   │  b1
    ├───╯
    ○  a
    ");
}

#[test]
fn dependencies_are_dashed() {
    assert_snapshot!(drawing(&graph("a\n b < a & x\n c < b\n d < c & y\n x\n y < x\n z < y")), @"
    ○  d
    ├┄╮
    ○ ┊  c
    ○ ┊  b
    ├┄┊┄╮
    ○ ┊ ┊  a
      ┊ ┊
    ○ ┊ ┊  z
    ├┄╯ ┊
    ○   ┊  y
    ├┄┄┄╯
    ○  x
    ");
}

#[test]
fn several_bases_stand_apart() {
    assert_snapshot!(drawing(&graph("a\n b < a\n x\n y < x\n z")), @"
    ○  b
    ○  a

    ○  y
    ○  x

    ○  z
    ");
}

#[test]
fn text_stands_beside_the_lines() {
    let graph = graph("a\n b1 < a\n b2 < a\n m < b1 b2\n x");
    let text = |i| vec![graph.id(i).to_string(), "second line".to_owned(), "third line".to_owned()];
    let glyph = |i| if graph.is_head(i) { '◉' } else { '○' };
    assert_snapshot!(draw(&layout(&graph, graph.newest_first()), glyph, text), @"
    ◉    m
    ├─╮  second line
    │ │  third line
    │ ○  b2
    │ │  second line
    │ │  third line
    ○ │  b1
    ├─╯  second line
    │    third line
    ○  a
       second line
       third line
    ◉  x
       second line
       third line
    ");
}
