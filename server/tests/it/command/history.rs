//! The commands that only read the files: history, heads, branches, show, validate.

use super::sandbox::{Answer, Sandbox};

const SHOP: &str = "
    a1 <-                    : Customers
    b1 <- a1                 : Orders
    c1 [catalog] <- a1       : Products
    c2 <- c1                 : Product variants
    m1 <- b1, c2             : Merge the catalog
    d1 <- m1                 : Refunds
    e1 [crm] <- m1 needs c2  : Notes about customers
    x1 <-                    : Audit log
    y1 <- d1 needs x1        : Audit refunds
";

#[test]
fn the_history_is_listed_newest_first() {
    insta::assert_snapshot!(Sandbox::history(SHOP).session(&["history", "history --limit 2", "history -r c1:m1"]), @"
    $ limbeck history
    e1  ← m1 (needs c2)  Notes about customers  (crm) (head)
    y1  ← d1 (needs x1)  Audit refunds          (head)
    d1  ← m1             Refunds
    m1  ← b1, c2         Merge the catalog      (branch point) (merge point)
    c2  ← c1             Product variants
    c1  ← a1             Products               (catalog)
    b1  ← a1             Orders
    a1  ← base           Customers              (branch point)
    x1  ← base           Audit log              (effective head)

    $ limbeck history --limit 2
    e1  ← m1 (needs c2)  Notes about customers  (crm) (head)
    y1  ← d1 (needs x1)  Audit refunds          (head)

    $ limbeck history -r c1:m1
    m1  ← b1, c2  Merge the catalog  (branch point) (merge point)
    c2  ← c1      Product variants
    c1  ← a1      Products           (catalog)
    ");
}

#[test]
fn the_history_is_drawn() {
    insta::assert_snapshot!(Sandbox::history(SHOP).session(&["history --graph"]), @"
    $ limbeck history --graph
    ○  e1  Notes about customers  (crm) (head)
    ├┄╮
    │ ┊ ○  y1  Audit refunds  (head)
    │ ┊ ├┄╮
    │ ┊ ○ ┊  d1  Refunds
    ├─┊─╯ ┊
    ◇ ┊   ┊  m1  Merge the catalog  (branch point) (merge point)
    ├─┊─╮ ┊
    │ ╰┄┤ ┊
    │   ○ ┊  c2  Product variants
    │   ○ ┊  c1  Products  (catalog)
    ○   │ ┊  b1  Orders
    ├───╯ ┊
    ○     ┊  a1  Customers  (branch point)
          ○  x1  Audit log  (effective head)
    ");
}

#[test]
fn entries_say_all_that_the_header_says() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- Second\n--\n-- Because of the first.\n--\n-- And more.\n-- Revision ID: b\n-- Revises: a\n\
         -- Branch Labels: side\n\n-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (n);\n",
    );
    insta::assert_snapshot!(sandbox.session(&["history -v", "show b", "show a", "heads -v", "history --graph -v"]), @"
    $ limbeck history -v
    Revision b  (side) (head)
    Revises  a
    Labels   side
    File     migrations/versions/b.sql

        Second
        Because of the first.

        And more.

    Revision a
    Revises  nothing: it is a base
    Created  2026-11-22T14:12:00Z
    File     migrations/versions/a.sql

        first

    $ limbeck show b
    Revision b  (side) (head)
    Revises  a
    Labels   side
    File     migrations/versions/b.sql

        Second
        Because of the first.

        And more.

    -- migrate:up transaction:false
    CREATE INDEX CONCURRENTLY i ON a (n);

    no migrate:down: it cannot be downgraded

    $ limbeck show a
    Revision a
    Revises  nothing: it is a base
    Created  2026-11-22T14:12:00Z
    File     migrations/versions/a.sql

        first

    -- migrate:up
    CREATE TABLE a (n integer);

    -- migrate:down
    DROP TABLE a;

    $ limbeck heads -v
    Revision b  (side) (head)
    Revises  a
    Labels   side
    File     migrations/versions/b.sql

        Second
        Because of the first.

        And more.

    $ limbeck history --graph -v
    ○  Revision b  (side) (head)
    │  Revises  a
    │  Labels   side
    │  File     migrations/versions/b.sql
    │
    │      Second
    │      Because of the first.
    │
    │      And more.
    │
    ○  Revision a
       Revises  nothing: it is a base
       Created  2026-11-22T14:12:00Z
       File     migrations/versions/a.sql

           first
    ");
}

#[test]
fn heads_and_branches() {
    insta::assert_snapshot!(Sandbox::history(SHOP).session(&["heads", "heads --resolve-dependencies", "branches"]), @"
    $ limbeck heads
    e1  Notes about customers  (crm) (head)
    y1  Audit refunds          (head)
    x1  Audit log              (effective head)

    $ limbeck heads --resolve-dependencies
    e1  Notes about customers  (crm) (head)
    y1  Audit refunds          (head)

    $ limbeck branches
    m1  Merge the catalog  (branch point) (merge point)
      -> d1  Refunds
      -> e1  Notes about customers  (crm) (head)

    a1  Customers  (branch point)
      -> b1  Orders
      -> c1  Products  (catalog)
    ");
}

#[test]
fn an_empty_history_has_nothing_to_show() {
    insta::assert_snapshot!(
        Sandbox::with(&[]).session(&["history", "heads", "branches", "show", "validate", "history --graph", "merge"]),
        @"
    $ limbeck history
    ! No revisions

    $ limbeck heads
    ! No revisions

    $ limbeck branches
    ! Nothing branches

    $ limbeck show
    ! No revisions

    $ limbeck validate
    0 revisions: nothing is wrong

    $ limbeck history --graph
    ! No revisions

    $ limbeck merge
    ! error: there is nothing to merge: the history has no revision
    ! hint: `limbeck revision -m MESSAGE` writes the first
    exit 2
    "
    );
}

#[test]
fn the_documents_are_those_of_the_contract() {
    let sandbox = Sandbox::history(SHOP);
    let ids = |line: &str| {
        let document = sandbox.limbeck(line).document();
        assert_eq!(document["format"], 1);
        let id = |revision: &serde_json::Value| revision["id"].as_str().unwrap_or_default().to_owned();
        document["revisions"].as_array().expect("revisions").iter().map(id).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids("heads --json"), "e1 y1 x1");
    assert_eq!(ids("heads --json --resolve-dependencies"), "e1 y1");
    assert_eq!(ids("branches --json"), "m1 a1");
    assert_eq!(ids("history --json -r :c1"), "c1 a1");
    insta::assert_snapshot!(sandbox.limbeck("show c1 --json").stdout, @r#"
    {
      "format": 1,
      "revisions": [
        {
          "id": "c1",
          "message": "Products",
          "revises": [
            "a1"
          ],
          "depends_on": [],
          "branch_labels": [
            "catalog"
          ],
          "create_date": "2026-11-22T14:12:00Z",
          "path": "versions/c1.sql",
          "is_head": false,
          "is_effective_head": false,
          "is_base": false,
          "is_branch_point": false,
          "is_merge_point": false,
          "is_current": null,
          "up": "CREATE TABLE c1 (n integer);\n\n",
          "down": "DROP TABLE c1;\n"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(sandbox.limbeck("heads --json").stdout, @r#"
    {
      "format": 1,
      "revisions": [
        {
          "id": "e1",
          "message": "Notes about customers",
          "revises": [
            "m1"
          ],
          "depends_on": [
            "c2"
          ],
          "branch_labels": [
            "crm"
          ],
          "create_date": "2026-11-22T14:12:00Z",
          "path": "versions/e1.sql",
          "is_head": true,
          "is_effective_head": false,
          "is_base": false,
          "is_branch_point": false,
          "is_merge_point": false,
          "is_current": null
        },
        {
          "id": "y1",
          "message": "Audit refunds",
          "revises": [
            "d1"
          ],
          "depends_on": [
            "x1"
          ],
          "branch_labels": [],
          "create_date": "2026-11-22T14:12:00Z",
          "path": "versions/y1.sql",
          "is_head": true,
          "is_effective_head": false,
          "is_base": false,
          "is_branch_point": false,
          "is_merge_point": false,
          "is_current": null
        },
        {
          "id": "x1",
          "message": "Audit log",
          "revises": [],
          "depends_on": [],
          "branch_labels": [],
          "create_date": "2026-11-22T14:12:00Z",
          "path": "versions/x1.sql",
          "is_head": true,
          "is_effective_head": true,
          "is_base": true,
          "is_branch_point": false,
          "is_merge_point": false,
          "is_current": null
        }
      ]
    }
    "#);
}

#[test]
fn what_has_no_one_answer_ends_with_4() {
    let sandbox = Sandbox::history("abc1 <- : one\nabc2 <- abc1 : two\nabd <- abc1 : three\n");
    insta::assert_snapshot!(sandbox.session(&[
        "show abc",
        "show head",
        "show abcx1",
        "show nothing-like-it",
        "history -r nonsense",
        "history -r abc2:abd",
        "revision -m more",
        "plan --from base +1x",
        "plan --from base abc1+9",
        "plan --from abc1 --downgrade -- -7",
    ]), @"
    $ limbeck show abc
    ! error: 'abc' could be abc1, abc2
    ! hint: name one of abc1, abc2
    exit 4

    $ limbeck show head
    ! error: 'head' is not one revision: there are 2 heads
    ! hint: name one of abc2, abd, or heads for all of them
    exit 4

    $ limbeck show abcx1
    ! error: no revision or branch label is 'abcx1' or starts with it
    ! hint: did you mean abc1 or abc2?
    exit 4

    $ limbeck show nothing-like-it
    ! error: no revision or branch label is 'nothing-like-it' or starts with it
    ! hint: relative forms are for `upgrade`, `downgrade` and `history -r`; name the revision
    exit 4

    $ limbeck history -r nonsense
    ! error: 'nonsense' is not a range
    ! hint: write FROM:TO, FROM: or :TO
    exit 2

    $ limbeck history -r abc2:abd
    ! error: abc2 is not an ancestor of abd
    ! hint: `limbeck history --graph` shows which revisions stand on which
    exit 4

    $ limbeck revision -m more
    ! error: 'head' is not one revision: there are 2 heads
    ! hint: stand on one of them with `--head abc2` or `--head abd`, or merge them first with `limbeck merge`
    exit 4

    $ limbeck plan --from base +1x
    upgrade from base to abc1: 1 step, 1 statement
    sha256:7529319ceb56d9c6b2069ce656447d3d6a311e3453f3a1a23057caedc809ab65

    1  abc1  one
       8  CREATE TABLE abc1 (n integer)
          note: using 32-bit integer fields can result in hitting the max `int` limit
            help: use 64-bit integer values instead to prevent hitting this limit

    safe: nothing in the revisions speaks against it

    $ limbeck plan --from base abc1+9
    ! error: 'abc1+9' is ambiguous at revision abc1
    ! hint: name the revision; `limbeck history` lists them
    exit 4

    $ limbeck plan --from abc1 --downgrade -- -7
    ! error: '-7' goes too far: only 1 step leads down from there
    ! hint: `limbeck history` lists the revisions
    exit 4
    ");
    let codes = |line: &str| {
        let Answer { status, stdout, stderr } = sandbox.limbeck(line);
        let document: serde_json::Value =
            serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{line}: {stdout} {stderr}"));
        format!("{status} {} {}", document["error"]["code"], document["error"]["candidates"])
    };
    assert_eq!(codes("show abc --json"), r#"4 "ambiguous-revision" ["abc1","abc2"]"#);
    assert_eq!(codes("show head --json"), r#"4 "multiple-heads" ["abc2","abd"]"#);
    assert_eq!(codes("show nothing-like-it --json"), r#"4 "unknown-revision" []"#);
}

#[test]
fn no_command_that_reads_files_asks_a_database() {
    let mut sandbox = Sandbox::history(SHOP);
    // Nothing listens there, and asking would fail.
    sandbox.set("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    for line in
        ["history", "heads", "branches", "show head", "validate", "plan --from base", "upgrade --sql --from base"]
    {
        let answer = sandbox.limbeck(line);
        assert!(answer.status == 0 || line == "show head" || line.starts_with("plan"), "{line}: {}", answer.shown());
        assert!(!answer.shown().contains("127.0.0.1"), "{line}: {}", answer.shown());
    }
}
