//! Lines and branches without merges: relative forms, labels, and which side goes.

use insta::assert_snapshot;

use super::notation::{answers, graph};

#[test]
fn one_line() {
    let graph = graph("a\n b < a\n c < b\n d < c\n e < d");
    let questions = [
        "up > head",
        "up > heads",
        "up c > e",
        "up e > b",
        "up a > +2",
        "up > +2",
        "up c > d+1",
        "up a > e-1",
        "up d > +2",
        "up a > -1",
        "up a > c-3",
        "up a > base",
        "down e > c",
        "down e > -2",
        "down e > -5",
        "down e > -6",
        "down e > base",
        "down c > b+1",
        "down c > e-2",
        "down c > +1",
        "down > -1",
        "down > base",
        "down b > d",
        "down b > e-9",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  e
    ○  d
    ○  c
    ○  b
    ○  a

    up > head
        a b c d e {e}
    up > heads
        a b c d e {e}
    up c > e
        d e {e}
    up e > b
        - {e}
    up a > +2
        b c {c}
    up > +2
        a b {b}
    up c > d+1
        d e {e}
    up a > e-1
        b c d {d}
    up d > +2
        too-far: '+2' goes too far: only 1 step leads up from there
          `limbeck heads` lists where the branches end
    up a > -1
        not-a-target: '-1' is not a valid upgrade target from a
          `limbeck downgrade` goes towards the base
    up a > c-3
        too-far: 'c-3' goes too far: only 2 steps lead down from there
          `limbeck history` lists the revisions
    up a > base
        - {a}
    down e > c
        e d {c}
    down e > -2
        e d {c}
    down e > -5
        e d c b a {-}
    down e > -6
        too-far: '-6' goes too far: only 5 steps lead down from there
          `limbeck history` lists the revisions
    down e > base
        e d c b a {-}
    down c > b+1
        - {c}
    down c > e-2
        - {c}
    down c > +1
        not-a-target: '+1' is not a valid downgrade target from c
          `limbeck current` shows where the database stands
    down > -1
        too-far: '-1' goes too far: there is nothing below
          `limbeck history` lists the revisions
    down > base
        - {-}
    down b > d
        not-a-target: 'd' is not a valid downgrade target from b
          `limbeck current` shows where the database stands
    down b > e-9
        too-far: 'e-9' goes too far: only 5 steps lead down from there
          `limbeck history` lists the revisions
    ");
}

#[test]
fn two_branches() {
    let graph = graph("a\n b < a\n c1 < b [left]\n d1 < c1\n c2 < b [right]\n d2 < c2");
    let questions = [
        "up > heads",
        "up > head",
        "up > left@head",
        "up b > left@+1",
        "up a > left@+2",
        "up b > +1",
        "up c1 > right@+1",
        "up c1 c2 > +1",
        "up d1 > right@heads",
        "up d1 > d2",
        "down d1 d2 > b",
        "down d1 d2 > left@b",
        "down d1 d2 > c1@b",
        "down d1 d2 > c1",
        "down d1 d2 > a",
        "down d1 d2 > -1",
        "down c1 c2 > -1",
        "down d1 d2 > left@-1",
        "down d1 d2 > c2@-2",
        "down c1 c2 > c1-1",
        "down d1 d2 > left@-3",
        "down d1 d2 > left@base",
        "down d1 > left@base",
        "down b > left@base",
        "down d1 > right@-1",
        "down d1 d2 > head",
        "down d1 d2 > left@head-1",
        "down d1 d2 > nobody@b",
        "down d1 > c2",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  d1
    ○  c1
    │ ○  d2
    │ ○  c2
    ├─╯
    ○  b
    ○  a

    up > heads
        a b c2 d2 c1 d1 {d1 d2}
    up > head
        multiple-heads: 'head' is not one revision: there are 2 heads
          name one of d1, d2, or heads for all of them
    up > left@head
        a b c1 d1 {d1}
    up b > left@+1
        c1 {c1}
    up a > left@+2
        b c1 {c1}
    up b > +1
        ambiguous-walk: '+1' is ambiguous at revision b
          name one of c1, c2
    up c1 > right@+1
        c2 {c1 c2}
    up c1 c2 > +1
        ambiguous-walk: '+1' is ambiguous: it could start at several revisions
          name one of left@+1, right@+1
    up d1 > right@heads
        c2 d2 {d1 d2}
    up d1 > d2
        c2 d2 {d1 d2}
    down d1 d2 > b
        d1 c1 d2 c2 {b}
    down d1 d2 > left@b
        d1 c1 {d2}
    down d1 d2 > c1@b
        d1 c1 {d2}
    down d1 d2 > c1
        d1 {c1 d2}
    down d1 d2 > a
        d1 c1 d2 c2 b {a}
    down d1 d2 > -1
        ambiguous-walk: '-1' is ambiguous: it could start at several revisions
          name one of left@-1, right@-1
    down c1 c2 > -1
        ambiguous-walk: '-1' is ambiguous: it could start at several revisions
          name one of left@-1, right@-1
    down d1 d2 > left@-1
        d1 {c1 d2}
    down d1 d2 > c2@-2
        d2 c2 {d1}
    down c1 c2 > c1-1
        c1 c2 {b}
    down d1 d2 > left@-3
        d1 c1 d2 c2 b {a}
    down d1 d2 > left@base
        d1 c1 {d2}
    down d1 > left@base
        d1 c1 b a {-}
    down b > left@base
        b a {-}
    down d1 > right@-1
        not-a-target: 'right@-1' is not a valid downgrade target from d1
          `limbeck current` shows where the database stands
    down d1 d2 > head
        multiple-heads: 'head' is not one revision: there are 2 heads
          name one of d1, d2
    down d1 d2 > left@head-1
        d1 {c1 d2}
    down d1 d2 > nobody@b
        unknown-revision: no branch 'nobody'
          `limbeck heads` and `limbeck history` show the branch labels
    down d1 > c2
        not-a-target: 'c2' is not a valid downgrade target from d1
          `limbeck current` shows where the database stands
    ");
}

#[test]
fn trees_side_by_side() {
    let graph = graph("a1\n b1 < a1\n a2\n b2 < a2\n a3 [third]\n b3 < a3");
    let questions = [
        "up > heads",
        "up b1 > third@head",
        "up > +1",
        "up > third@+1",
        "down b1 b2 b3 > base",
        "down b1 b2 b3 > third@base",
        "down b1 b2 b3 > b2@base",
        "down b1 b2 b3 > a1",
        "down b1 b2 b3 > third@-2",
        "down b1 b2 > third@-1",
        "range a1:",
        "range a1:b1",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  b1
    ○  a1

    ○  b2
    ○  a2

    ○  b3
    ○  a3

    up > heads
        a3 b3 a2 b2 a1 b1 {b1 b2 b3}
    up b1 > third@head
        a3 b3 {b1 b3}
    up > +1
        ambiguous-walk: '+1' is ambiguous: it could start at several revisions
          name one of a1, a2, a3
    up > third@+1
        a3 {a3}
    down b1 b2 b3 > base
        b1 a1 b2 a2 b3 a3 {-}
    down b1 b2 b3 > third@base
        b3 a3 {b1 b2}
    down b1 b2 b3 > b2@base
        b2 a2 {b1 b3}
    down b1 b2 b3 > a1
        b1 {a1 b2 b3}
    down b1 b2 b3 > third@-2
        b3 a3 {b1 b2}
    down b1 b2 > third@-1
        not-a-target: 'third@-1' is not a valid downgrade target from b1, b2
          `limbeck current` shows where the database stands
    range a1:
        b1 a1
    range a1:b1
        b1 a1
    ");
}

#[test]
fn a_label_in_the_middle_of_a_branch_takes_what_stands_below_it_alone() {
    let graph = graph("a\n b < a\n c1 < b\n d1 < c1 [label]\n e1 < d1\n c2 < b");
    let questions = [
        "down e1 c2 > label@base",
        "down e1 > label@base",
        "down c1 c2 > label@base",
        "down c2 > label@base",
        "down e1 c2 > lable@base",
        "down e1 c2 > e1@base",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  c2
    │ ○  e1
    │ ○  d1
    │ ○  c1
    ├─╯
    ○  b
    ○  a

    down e1 c2 > label@base
        e1 d1 c1 {c2}
    down e1 > label@base
        e1 d1 c1 b a {-}
    down c1 c2 > label@base
        c1 {c2}
    down c2 > label@base
        - {c2}
    down e1 c2 > lable@base
        unknown-revision: no branch 'lable'
          did you mean label?
    down e1 c2 > e1@base
        e1 d1 c1 {c2}
    ");
}

#[test]
fn the_forms_that_an_ambiguous_step_offers_do_what_they_say() {
    // c1-1 would take c2 along, and `both` covers both branches: neither is offered.
    let graph = graph("a [both]\n c1 < a\n c2 < a [right]\n x\n y < x");
    assert_snapshot!(answers(&graph, &["down c1 c2 y > -1", "down c1 c2 > both@-1", "up c1 x > +1"]), @"
    ○  c1
    │ ○  c2
    ├─╯
    ○  a

    ○  y
    ○  x

    down c1 c2 y > -1
        ambiguous-walk: '-1' is ambiguous: it could start at several revisions
          name one of c1@-1, right@-1, y@-1
    down c1 c2 > both@-1
        ambiguous-walk: 'both@-1' is ambiguous: it could start at several revisions
          name one of c1@-1, right@-1
    up c1 x > +1
        ambiguous-walk: '+1' is ambiguous: it could start at several revisions
          try x+1
    ");
}

#[test]
fn a_row_that_another_row_includes_is_named() {
    let graph = graph("a\n b < a\n c < b");
    assert_snapshot!(answers(&graph, &["up a b > c", "down a c > -1", "down a c > b", "stamp a c > b"]), @"
    ○  c
    ○  b
    ○  a

    up a b > c
        not-a-target: current revision b already includes a
          take the row a out: `limbeck stamp --purge` with the other current revisions
    down a c > -1
        not-a-target: current revision c already includes a
          take the row a out: `limbeck stamp --purge` with the other current revisions
    down a c > b
        c {a b}
    stamp a c > b
        not-a-target: current revision c already includes a
          take the row a out: `limbeck stamp --purge` with the other current revisions
    ");
}

#[test]
fn steps_from_ids_with_dots_are_counted_on_their_branch() {
    let graph = graph("v1.0\n v1.1 < v1.0\n größe\n größe2 < größe");
    let questions = [
        "up > v1.1",
        "up v1.0 größe > +1",
        "down v1.1 größe2 > -1",
        "down v1.1 > v1.1@-1",
        "down v1.1 > v1.1-1",
        "down größe2 > größe2-1",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  größe2
    ○  größe

    ○  v1.1
    ○  v1.0

    up > v1.1
        v1.0 v1.1 {v1.1}
    up v1.0 größe > +1
        ambiguous-walk: '+1' is ambiguous: it could start at several revisions
          name one of größe+1, v1.0@+1
    down v1.1 größe2 > -1
        ambiguous-walk: '-1' is ambiguous: it could start at several revisions
          name one of größe2@-1, v1.1@-1
    down v1.1 > v1.1@-1
        v1.1 {v1.0}
    down v1.1 > v1.1-1
        unknown-revision: no revision or branch label is 'v1.1-1' or starts with it
          did you mean v1.1?
    down größe2 > größe2-1
        größe2 {größe}
    ");
}

#[test]
fn numbers_beyond_all_bounds_are_too_far() {
    let graph = graph("a\n b < a");
    let far = "99999999999999999999999999";
    let target = |sign: char| format!("{sign}{far}");
    assert_eq!(graph.upgrade(&[], &target('+')).map_err(|error| error.code()), Err("too-far"));
    assert_eq!(graph.downgrade(&[1], &target('-')).map_err(|error| error.code()), Err("too-far"));
    assert_eq!(graph.resolve(&target('-')).map_err(|error| error.code()), Err("too-far"));
    assert_eq!(graph.range(&format!("-{far}:+{far}"), None).map_err(|error| error.code()), Err("unknown-revision"));
    assert_eq!(graph.range(&format!("-{far}:b+{far}"), None), Ok(vec![1, 0]));
}

#[test]
fn of_ways_that_part_only_those_that_are_long_enough_are_offered() {
    let graph = graph("a\n b < a\n c < b\n d < a");
    assert_snapshot!(answers(&graph, &["up a > +1", "up a > +2", "up a > +3"]), @"
    ○  c
    ○  b
    │ ○  d
    ├─╯
    ○  a

    up a > +1
        ambiguous-walk: '+1' is ambiguous at revision a
          name one of b, d
    up a > +2
        ambiguous-walk: '+2' is ambiguous at revision a
          try b+1
    up a > +3
        ambiguous-walk: '+3' is ambiguous at revision a
          name the revision; `limbeck history` lists them
    ");
}
