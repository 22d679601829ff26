//! The commands that write files: revision and merge.

use std::process::Stdio;

use super::sandbox::{Sandbox, program};

const TWO_HEADS: &str = "
    a1 <-        : Customers
    b1 <- a1     : Orders
    c1 [crm] <- a1 : Notes
";

/// Takes the moment out of a file or document.
fn dateless(text: &str) -> String {
    let Some(at) = text.find("Create Date: ") else { return text.to_owned() };
    let (before, after) = text.split_at(at + "Create Date: ".len());
    format!("{before}NOW{}", after.get("2026-11-22T14:12:00Z".len()..).unwrap_or_default())
}

#[test]
fn a_revision_stands_on_the_head() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    insta::assert_snapshot!(sandbox.session(&["revision -m 'Orders, and their lines\n\nWhy: to sell.' --rev-id b1"]), @"
    $ limbeck revision -m 'Orders, and their lines

    Why: to sell.' --rev-id b1
    migrations/versions/b1_orders_and_their_lines.sql
    ! Created revision b1: write its SQL, then `limbeck plan` shows what it will do
    ");
    insta::assert_snapshot!(dateless(&sandbox.text("migrations/versions/b1_orders_and_their_lines.sql")), @"
    -- Orders, and their lines
    --
    -- Why: to sell.
    --
    -- Revision ID: b1
    -- Revises: a1
    -- Create Date: NOW

    -- migrate:up

    -- migrate:down
    ");
    insta::assert_snapshot!(sandbox.session(&["history", "validate"]), @"
    $ limbeck history
    b1  ← a1    Orders, and their lines  (head)
    a1  ← base  Customers

    $ limbeck validate
    info[empty-section]: the up section of b1 is empty: it will count as applied without a statement
     --> migrations/versions/b1_orders_and_their_lines.sql:9:1
      |
    9 | -- migrate:up
      | ^
      |
      = help: write what it does, or a comment that says why it does nothing

    1 note
    ");
}

#[test]
fn a_random_id_is_twelve_hexadecimal_digits_and_never_the_same() {
    let sandbox = Sandbox::with(&[]);
    let mut ids = Vec::new();
    for title in ["one", "two"] {
        let document = sandbox.limbeck(&format!("revision -m {title} --json")).document();
        let id = document["id"].as_str().expect("an id").to_owned();
        assert!(id.len() == 12 && id.chars().all(|digit| digit.is_ascii_hexdigit()), "{id}");
        let path = document["path"].as_str().expect("a path");
        assert_eq!(sandbox.text(&format!("migrations/{path}")), document["text"].as_str().expect("a text"));
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!(sandbox.limbeck("validate").status, 0);
}

#[test]
fn with_several_heads_it_must_be_said_which() {
    let sandbox = Sandbox::history(TWO_HEADS);
    insta::assert_snapshot!(sandbox.session(&[
        "revision -m more",
        "revision -m 'on crm' --head crm@head --rev-id c2",
        "revision -m 'in between' --head a1 --rev-id a2",
        "revision -m 'in between' --head a1 --splice --rev-id a2 --branch-label side",
        "revision -m 'new base' --head base --rev-id x1 --depends-on b1 --depends-on crm",
        "revision -m '-- Revises: a1'",
        "revision -m 'again' --head b1 --rev-id c1",
        "revision -m 'bad id' --head b1 --rev-id 'not@good'",
        "revision -m 'bad label' --head b1 --branch-label crm",
        "revision -m 'bad needs' --head b1 --depends-on nothing",
        "history --graph",
    ]), @"
    $ limbeck revision -m more
    ! error: 'head' is not one revision: there are 2 heads
    ! hint: stand on one of them with `--head b1` or `--head c1`, or merge them first with `limbeck merge`
    exit 4

    $ limbeck revision -m 'on crm' --head crm@head --rev-id c2
    migrations/versions/c2_on_crm.sql
    ! Created revision c2: write its SQL, then `limbeck plan` shows what it will do

    $ limbeck revision -m 'in between' --head a1 --rev-id a2
    ! error: revision a1 is not a head
    !   b1
    !   c2
    ! hint: name a head, or pass `--splice` to start a branch at a1
    exit 2

    $ limbeck revision -m 'in between' --head a1 --splice --rev-id a2 --branch-label side
    migrations/versions/a2_in_between.sql
    ! Created revision a2: write its SQL, then `limbeck plan` shows what it will do

    $ limbeck revision -m 'new base' --head base --rev-id x1 --depends-on b1 --depends-on crm
    migrations/versions/x1_new_base.sql
    ! Created revision x1: write its SQL, then `limbeck plan` shows what it will do

    $ limbeck revision -m '-- Revises: a1'
    ! error: 'head' is not one revision: there are 4 heads
    ! hint: stand on one of them with `--head a2` or `--head c2` or `--head x1` or `--head b1`, or merge them first with `limbeck merge`
    exit 4

    $ limbeck revision -m 'again' --head b1 --rev-id c1
    ! error: revision id 'c1' is taken
    ! hint: leave out `--rev-id` to get a new one
    exit 2

    $ limbeck revision -m 'bad id' --head b1 --rev-id 'not@good'
    ! error: revision id 'not@good' contains '@', which ids cannot contain
    ! hint: use letters, digits and underscores, or leave out `--rev-id`
    exit 2

    $ limbeck revision -m 'bad label' --head b1 --branch-label crm
    ! error: branch label 'crm' is taken
    ! hint: use another label: letters, digits and underscores
    exit 2

    $ limbeck revision -m 'bad needs' --head b1 --depends-on nothing
    ! error: no revision or branch label is 'nothing' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4

    $ limbeck history --graph
    ○  a2  in between  (side) (head)
    │ ○  c2  on crm  (head)
    │ │ ○  x1  new base  (head)
    │ ├┄┤
    │ ○ ┊  c1  Notes  (crm)
    ├─╯ ┊
    │   ○  b1  Orders  (effective head)
    ├───╯
    ○  a1  Customers  (branch point)
    ");
}

#[test]
fn a_merge_joins_the_heads() {
    let sandbox = Sandbox::history(TWO_HEADS);
    insta::assert_snapshot!(sandbox.session(&["merge --rev-id m1", "heads", "history --graph", "validate"]), @"
    $ limbeck merge --rev-id m1
    migrations/versions/m1_merge_b1_and_c1.sql
    ! Created revision m1: it runs nothing of its own; `limbeck plan` shows the whole way

    $ limbeck heads
    m1  merge b1 and c1  (head) (merge point)

    $ limbeck history --graph
    ◇  m1  merge b1 and c1  (head) (merge point)
    ├─╮
    │ ○  c1  Notes  (crm)
    ○ │  b1  Orders
    ├─╯
    ○  a1  Customers  (branch point)

    $ limbeck validate
    4 revisions: nothing is wrong
    ");
    insta::assert_snapshot!(dateless(&sandbox.text("migrations/versions/m1_merge_b1_and_c1.sql")), @"
    -- merge b1 and c1
    --
    -- Revision ID: m1
    -- Revises: b1, c1
    -- Create Date: NOW

    -- migrate:up

    -- migrate:down
    ");
    insta::assert_snapshot!(sandbox.session(&["merge", "merge m1", "merge b1 b1", "merge b1 c1", "merge nothing b1"]), @"
    $ limbeck merge
    ! error: there is one head, m1; there is nothing to merge
    ! hint: `limbeck heads` lists the heads
    exit 2

    $ limbeck merge m1
    ! error: there is one head, m1; there is nothing to merge
    ! hint: `limbeck heads` lists the heads
    exit 2

    $ limbeck merge b1 b1
    ! error: b1 is named twice
    ! hint: name each revision once
    exit 2

    $ limbeck merge b1 c1
    ! error: revision b1 is not a head
    !   m1
    ! hint: name a head, or pass `--splice` to start a branch at b1
    exit 2

    $ limbeck merge nothing b1
    ! error: no revision or branch label is 'nothing' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4
    ");
}

#[test]
fn a_file_is_never_written_over_another() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    sandbox.write("migrations/versions/b1_orders.sql", "-- not a revision, but somebody's\n");
    sandbox.write("migrations/limbeck.toml", "");
    let before = sandbox.text("migrations/versions/b1_orders.sql");
    let answer = sandbox.limbeck("revision -m Orders --rev-id b1");
    assert_ne!(answer.status, 0, "{}", answer.shown());
    assert_eq!(sandbox.text("migrations/versions/b1_orders.sql"), before);
    assert_eq!(sandbox.files("migrations/versions"), ["a1.sql", "b1_orders.sql"]);
}

#[test]
fn a_place_that_cannot_be_written_is_said() {
    let sandbox = Sandbox::with(&[]);
    std::fs::remove_dir(sandbox.path("migrations/versions")).expect("it is empty");
    sandbox.write("migrations/versions", "a file where the directory should be");
    insta::assert_snapshot!(sandbox.session(&["revision -m Orders --rev-id b1"]), @"
    $ limbeck revision -m Orders --rev-id b1
    ! error[unreadable-file]: the file cannot be read: it is no directory
    ! --> migrations/versions
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! 1 error
    ! error: the history is broken, nothing was done
    ! hint: mend what is named above; `limbeck validate` looks again
    exit 4
    ");
}

#[test]
fn writers_at_the_same_time_stand_on_one_another() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    let writers: Vec<_> = (0..8)
        .map(|n| {
            let mut command = sandbox.command(program());
            command.args(["revision", "--rev-id", &format!("w{n}"), "-m", "one of many"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
        })
        .collect();
    for writer in writers {
        let answer = sandbox.answer(&writer.wait_with_output().expect("it ends"));
        assert_eq!(answer.status, 0, "{}", answer.shown());
    }
    let document = sandbox.limbeck("history --json").document();
    let revisions = document["revisions"].as_array().expect("revisions");
    assert_eq!(revisions.len(), 9);
    // Newest first: each stands on the next, and only on it.
    for pair in revisions.windows(2) {
        assert_eq!(pair[0]["revises"], serde_json::json!([pair[1]["id"]]));
    }
    assert_eq!(sandbox.files("migrations"), ["versions"], "no lock is left behind");
}

#[test]
fn of_two_merges_at_the_same_time_one_finds_nothing_to_do() {
    let sandbox = Sandbox::history(TWO_HEADS);
    let writers = [(); 2].map(|()| {
        let mut command = sandbox.command(program());
        command.arg("merge").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    });
    let answers = writers.map(|writer| sandbox.answer(&writer.wait_with_output().expect("it ends")));
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [0, 2]);
    let document = sandbox.limbeck("heads --json").document();
    assert_eq!(document["revisions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_revision_without_a_message_is_called_what_alembic_calls_it() {
    let sandbox = Sandbox::with(&[]);
    insta::assert_snapshot!(sandbox.session(&["revision --rev-id a1", "history"]), @"
    $ limbeck revision --rev-id a1
    migrations/versions/a1_empty_message.sql
    ! Created revision a1: write its SQL, then `limbeck plan` shows what it will do

    $ limbeck history
    a1  ← base  empty message  (head)
    ");
}
