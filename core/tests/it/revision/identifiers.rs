//! The grammar of identifiers, stamps and ranges, and what is said of texts that name nothing.

use insta::assert_snapshot;
use limbeck_core::revision::{draw, layout};

use super::notation::{answers, changes, graph, ids, indices};

#[test]
fn names_and_their_beginnings() {
    let graph = graph("abcd1\n abcd2 < abcd1 [abacus network]\n ab < abcd2\n x < abcd1 [other]");
    let questions = [
        "show abcd1",
        "show abcd",
        "show abc",
        "show aba",
        "show netw",
        "show n",
        "show ab",
        "show network",
        "show other@abcd",
        "show other@abcd2",
        "show network@base",
        "show network@head",
        "show netw@heads",
        "show @x",
        "show head",
        "show heads",
        "show base",
        "show ABCD1",
        "show abdc1",
        "show haed",
        "show current",
        "show zzzz",
        "show nobody@x",
        "show notwork@x",
        "show other@",
        "show -1",
        "show network@-1",
        "show other@-1",
        "show -3",
        "show x-1",
        "show +1",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  ab
    ○  abcd2
    │ ○  x
    ├─╯
    ○  abcd1

    show abcd1
        abcd1
    show abcd
        ambiguous-revision: 'abcd' could be abcd1, abcd2
          name one of abcd1, abcd2
    show abc
        ambiguous-revision: 'abc' could be abcd1, abcd2
          name one of abcd1, abcd2
    show aba
        abcd2
    show netw
        abcd2
    show n
        abcd2
    show ab
        ab
    show network
        abcd2
    show other@abcd
        abcd1
    show other@abcd2
        unknown-revision: revision abcd2 is not on branch 'other'
          `limbeck history -r other@base:other@heads` lists the branch
    show network@base
        -
    show network@head
        ab
    show netw@heads
        ab
    show @x
        x
    show head
        multiple-heads: 'head' is not one revision: there are 2 heads
          name one of ab, x, or heads for all of them
    show heads
        ab x
    show base
        -
    show ABCD1
        unknown-revision: no revision or branch label is 'ABCD1' or starts with it
          `limbeck history` lists the revisions
    show abdc1
        unknown-revision: no revision or branch label is 'abdc1' or starts with it
          did you mean abcd1 or abcd2?
    show haed
        unknown-revision: no revision or branch label is 'haed' or starts with it
          did you mean head or heads?
    show current
        unknown-revision: no revision or branch label is 'current' or starts with it
          `limbeck history` lists the revisions
    show zzzz
        unknown-revision: no revision or branch label is 'zzzz' or starts with it
          `limbeck history` lists the revisions
    show nobody@x
        unknown-revision: no branch 'nobody'
          `limbeck heads` and `limbeck history` show the branch labels
    show notwork@x
        unknown-revision: no branch 'notwork'
          did you mean network?
    show other@
        unknown-revision: no revision or branch label is '' or starts with it
          `limbeck history` lists the revisions
    show -1
        abcd2 abcd1
    show network@-1
        abcd2
    show other@-1
        abcd1
    show -3
        too-far: '-3' goes too far: only 2 steps lead down from there
          `limbeck history` lists the revisions
    show x-1
        unknown-revision: no revision or branch label is 'x-1' or starts with it
          relative forms are for `upgrade`, `downgrade` and `history -r`; name the revision
    show +1
        unknown-revision: no revision or branch label is '+1' or starts with it
          relative forms are for `upgrade`, `downgrade` and `history -r`; name the revision
    ");
}

#[test]
fn an_empty_history_has_no_heads() {
    let graph = graph("");
    let questions =
        ["show head", "show heads", "show base", "show -1", "up > heads", "up > +1", "down > base", "range :"];
    assert_snapshot!(answers(&graph, &questions), @"
    no revision

    show head
        -
    show heads
        -
    show base
        -
    show -1
        -
    up > heads
        - {-}
    up > +1
        too-far: '+1' goes too far: there is no revision above
          `limbeck heads` lists where the branches end
    down > base
        - {-}
    range :
        -
    ");
}

#[test]
fn version_rows_are_full_ids() {
    let graph = graph("abcd1\n abcd2 < abcd1");
    let rows = |rows: &[&str]| graph.resolve_rows(&rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>());
    assert_eq!(rows(&["abcd2", "abcd1", "abcd2"]), Ok(vec![1, 0]));
    let error = rows(&["abcd2", "abcd"]).expect_err("a beginning is no row");
    assert_snapshot!(error, @"the database is at revision abcd, which this project does not have");
    assert_snapshot!(error.hint().unwrap_or_default(), @"get the revision file of abcd, or set the version rows anew with `limbeck stamp --purge REVISION`");
}

#[test]
fn labels_reach_what_is_theirs_alone() {
    let graph =
        graph("a\n b < a\n c1 < b\n d1 < c1 [left]\n e1 < d1\n c2 < b [right]\n m < e1 c2\n x\n y < x [tree]\n z < y");
    let labels = |i| [graph.id(i).as_str(), &graph.labels_of(i).join(" ")].join(" ").trim_end().to_owned();
    let drawing = draw(&layout(&graph, graph.newest_first()), |_| '○', |i| vec![labels(i)]);
    assert_snapshot!(drawing, @"
    ○  m left right
    ├─╮
    │ ○  c2 right
    ○ │  e1 left
    ○ │  d1 left
    ○ │  c1
    ├─╯
    ○  b
    ○  a

    ○  z tree
    ○  y tree
    ○  x tree
    ");
}

#[test]
fn stamps() {
    let graph = graph("a\n b1 < a [left]\n c1 < b1\n b2 < a [right]\n c2 < b2\n m < c1 c2\n x [tree]\n y < x & b1");
    let questions = [
        "stamp > m",
        "stamp > heads",
        "stamp > c1 c2",
        "stamp a > b1",
        "stamp a > b1 b2",
        "stamp m > b1",
        "stamp m > c1 c2",
        "stamp c1 c2 > a",
        "stamp c1 c2 > b1",
        "stamp c1 c2 > m",
        "stamp c1 c2 > c1",
        "stamp c1 > right@head",
        "stamp c1 c2 > left@base",
        "stamp y > left@base",
        "stamp c1 c2 x > base",
        "stamp > base",
        "stamp x > c1",
        "stamp m > x",
        "stamp > a a",
        "stamp a b1 > m",
        "stamp a > +1",
        "stamp a > head",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  m
    ├─╮
    │ ○  c2
    │ ○  b2
    ○ │  c1
    │ │ ○  y
    │ │ ├┄╮
    │ │ ○ ┊  x
    ├┄│┄┄┄╯
    ○ │  b1
    ├─╯
    ○  a

    stamp > m
        +m
    stamp > heads
        +m +y
    stamp > c1 c2
        +c1 +c2
    stamp a > b1
        a>b1
    stamp a > b1 b2
        a>b1 +b2
    stamp m > b1
        m>b1
    stamp m > c1 c2
        m>c1 +c2
    stamp c1 c2 > a
        -c1 c2>a
    stamp c1 c2 > b1
        c1>b1
    stamp c1 c2 > m
        -c1 c2>m
    stamp c1 c2 > c1
        -
    stamp c1 > right@head
        c1>m
    stamp c1 c2 > left@base
        -c1
    stamp y > left@base
        -y
    stamp c1 c2 x > base
        -c1 -c2 -x
    stamp > base
        -
    stamp x > c1
        +c1
    stamp m > x
        +x
    stamp > a a
        +a
    stamp a b1 > m
        -a b1>m
    stamp a > +1
        unknown-revision: no revision or branch label is '+1' or starts with it
          relative forms are for `upgrade`, `downgrade` and `history -r`; name the revision
    stamp a > head
        multiple-heads: 'head' is not one revision: there are 2 heads
          name one of m, y, or heads for all of them
    ");
}

#[test]
fn a_purging_stamp_starts_from_an_empty_table() {
    let graph = graph("a\n b < a");
    let written = graph.stamp(&indices(&graph, "b"), &["a"], true).expect("a whole history");
    assert_eq!(changes(&written), "+a");
}

#[test]
fn ranges() {
    let graph = graph("a\n b < a\n c < b\n d1 < c [left]\n e1 < d1\n d2 < c [right]\n e2 < d2");
    let questions = [
        "range :",
        "range b:d1",
        "range b:",
        "range :c",
        "range c:c",
        "range -2:",
        "range -9:d1",
        "range b:+1",
        "range b:left@+2",
        "range :e1-2",
        "range a:b+9",
        "range left@base:",
        "range left@b:",
        "range d1:d2",
        "range e1:c",
        "range :-1",
        "range b",
        "range a:b:c",
    ];
    assert_snapshot!(answers(&graph, &questions), @"
    ○  e1
    ○  d1
    │ ○  e2
    │ ○  d2
    ├─╯
    ○  c
    ○  b
    ○  a

    range :
        e1 d1 e2 d2 c b a
    range b:d1
        d1 c b
    range b:
        e1 d1 e2 d2 c b
    range :c
        c b a
    range c:c
        c
    range -2:
        e1 d1 e2 d2 c
    range -9:d1
        d1 c b a
    range b:+1
        c b
    range b:left@+2
        d1 c b
    range :e1-2
        c b a
    range a:b+9
        ambiguous-walk: 'b+9' is ambiguous at revision c
          name the revision; `limbeck history` lists them
    range left@base:
        e1 d1 c b a
    range left@b:
        e1 d1 c b
    range d1:d2
        not-a-target: d1 is not an ancestor of d2
          `limbeck history --graph` shows which revisions stand on which
    range e1:c
        not-a-target: e1 is not an ancestor of c
          try c:e1
    range :-1
        not-a-target: '-1' is not a valid upgrade target from base
          `limbeck downgrade` goes towards the base
    range b
        usage: 'b' is not a range
          write FROM:TO, FROM: or :TO
    range a:b:c
        usage: 'a:b:c' is not a range
          write FROM:TO, FROM: or :TO
    ");
    let rows = indices(&graph, "d1 e2");
    let range = |text: &str| graph.range(text, Some(&rows)).map(|found| ids(&graph, &found));
    assert_eq!(range("current:"), Ok("e1 d1 e2".into()));
    assert_eq!(range("b:current"), Ok("d1 e2 d2 c b".into()));
    assert_eq!(graph.range(":current", Some(&[])), Ok(Vec::new()));
}
