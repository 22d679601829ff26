//! Revisions that make no history: headers that are wrong, and lines that lead nowhere or in a circle.

use super::revision;
use crate::command::sandbox::Sandbox;

#[test]
fn a_malformed_header() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write("migrations/versions/b.sql", "-- second\n-- Revision ID: b\n-- Revise: a\n\n-- migrate:up\n");
    sandbox.write("migrations/versions/c.sql", "CREATE TABLE c ();\n");
    insta::assert_snapshot!(sandbox.session(&["validate", "history", "upgrade --sql --from base"]), @"
    $ limbeck validate
    error[missing-key]: the header has no 'Revises'
     --> migrations/versions/b.sql:3:4
      |
    3 | -- Revise: a
      |    ^^^^^^
      |
      = help: write 'Revises' instead of 'Revise'

    error[unknown-key]: unknown key 'Revise' in the header
     --> migrations/versions/b.sql:3:4
      |
    3 | -- Revise: a
      |    ^^^^^^
      |
      = help: did you mean 'Revises'?

    info[empty-section]: the up section of b is empty: it will count as applied without a statement
     --> migrations/versions/b.sql:5:1
      |
    5 | -- migrate:up
      | ^
      |
      = help: write what it does, or a comment that says why it does nothing

    error[not-a-revision]: this file is no revision: it has neither a header nor a section
     --> migrations/versions/c.sql:1:1
      |
    1 | CREATE TABLE c ();
      | ^
      |
      = help: a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`

    3 errors, 1 note
    exit 4

    $ limbeck history
    a  ← base  first   (head)
    b  ← base  second  (head)
    ! error[missing-key]: the header has no 'Revises'
    !  --> migrations/versions/b.sql:3:4
    !   |
    ! 3 | -- Revise: a
    !   |    ^^^^^^
    !   |
    !   = help: write 'Revises' instead of 'Revise'
    !
    ! error[unknown-key]: unknown key 'Revise' in the header
    !  --> migrations/versions/b.sql:3:4
    !   |
    ! 3 | -- Revise: a
    !   |    ^^^^^^
    !   |
    !   = help: did you mean 'Revises'?
    !
    ! error[not-a-revision]: this file is no revision: it has neither a header nor a section
    !  --> migrations/versions/c.sql:1:1
    !   |
    ! 1 | CREATE TABLE c ();
    !   | ^
    !   |
    !   = help: a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`
    !
    ! 3 errors
    exit 4

    $ limbeck upgrade --sql --from base
    ! error[missing-key]: the header has no 'Revises'
    !  --> migrations/versions/b.sql:3:4
    !   |
    ! 3 | -- Revise: a
    !   |    ^^^^^^
    !   |
    !   = help: write 'Revises' instead of 'Revise'
    !
    ! error[unknown-key]: unknown key 'Revise' in the header
    !  --> migrations/versions/b.sql:3:4
    !   |
    ! 3 | -- Revise: a
    !   |    ^^^^^^
    !   |
    !   = help: did you mean 'Revises'?
    !
    ! error[not-a-revision]: this file is no revision: it has neither a header nor a section
    !  --> migrations/versions/c.sql:1:1
    !   |
    ! 1 | CREATE TABLE c ();
    !   | ^
    !   |
    !   = help: a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`
    !
    ! 3 errors
    ! error: the history is broken, nothing was done
    ! hint: mend what is named above; `limbeck validate` looks again
    exit 4
    ");
    let findings = sandbox.limbeck("validate --json");
    assert_eq!(findings.status, 4);
    let first = &findings.document()["findings"][0];
    assert_eq!((first["path"].as_str(), first["start"]["line"].as_u64()), (Some("versions/b.sql"), Some(3)));
}

#[test]
fn a_duplicate_id() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write("migrations/versions/copy.sql", revision("a", ""));
    insta::assert_snapshot!(sandbox.session(&["validate", "heads", "revision -m more"]), @"
    $ limbeck validate
    error[duplicate-revision]: revision a is there 2 times: versions/a.sql, versions/copy.sql
     --> migrations/versions/a.sql:3:17
      |
    3 | -- Revision ID: a
      |                 ^
      |
      = help: give all but one of them a new Revision ID

    1 error
    exit 4

    $ limbeck heads
    a  first  (head)
    a  a      (head)
    ! error[duplicate-revision]: revision a is there 2 times: versions/a.sql, versions/copy.sql
    !  --> migrations/versions/a.sql:3:17
    !   |
    ! 3 | -- Revision ID: a
    !   |                 ^
    !   |
    !   = help: give all but one of them a new Revision ID
    !
    ! 1 error
    exit 4

    $ limbeck revision -m more
    ! error[duplicate-revision]: revision a is there 2 times: versions/a.sql, versions/copy.sql
    !  --> migrations/versions/a.sql:3:17
    !   |
    ! 3 | -- Revision ID: a
    !   |                 ^
    !   |
    !   = help: give all but one of them a new Revision ID
    !
    ! 1 error
    ! error: the history is broken, nothing was done
    ! hint: mend what is named above; `limbeck validate` looks again
    exit 4
    ");
}

#[test]
fn a_cycle_names_its_members() {
    let sandbox =
        Sandbox::history("a <- : base\nb <- a, d : in the circle\nc <- b : in it\nd <- c : in it\ne <- d : behind it");
    insta::assert_snapshot!(sandbox.session(&["validate", "history --graph"]), @"
    $ limbeck validate
    error[cycle]: revisions b, c, d revise each other in a circle: versions/b.sql, versions/c.sql, versions/d.sql
     --> migrations/versions/b.sql:4:13
      |
    4 | -- Revises: a, d
      |             ^^^^
      |
      = help: let the oldest of them revise something older, or nothing

    1 error
    exit 4

    $ limbeck history --graph
    ○  e  behind it  (head)
    ○  d  in it
    ○  c  in it
    ◇  b  in the circle  (merge point)
    ○  a  base
    ! error[cycle]: revisions b, c, d revise each other in a circle: versions/b.sql, versions/c.sql, versions/d.sql
    !  --> migrations/versions/b.sql:4:13
    !   |
    ! 4 | -- Revises: a, d
    !   |             ^^^^
    !   |
    !   = help: let the oldest of them revise something older, or nothing
    !
    ! 1 error
    exit 4
    ");
}

#[test]
fn a_missing_parent() {
    let sandbox = Sandbox::history("a <- : first\nb <- gone : second");
    insta::assert_snapshot!(sandbox.session(&["validate", "heads", "show b", "upgrade --sql"]), @"
    $ limbeck validate
    error[missing-parent]: revision b revises gone, which is not there
     --> migrations/versions/b.sql:4:13
      |
    4 | -- Revises: gone
      |             ^^^^
      |
      = help: bring back the file of gone, or let `Revises` name a revision that is there

    1 error
    exit 4

    $ limbeck heads
    a  first   (head)
    b  second  (head)
    ! error[missing-parent]: revision b revises gone, which is not there
    !  --> migrations/versions/b.sql:4:13
    !   |
    ! 4 | -- Revises: gone
    !   |             ^^^^
    !   |
    !   = help: bring back the file of gone, or let `Revises` name a revision that is there
    !
    ! 1 error
    exit 4

    $ limbeck show b
    Revision b  (head)
    Revises  gone
    Created  2026-11-22T14:12:00Z
    File     migrations/versions/b.sql

        second

    -- migrate:up
    CREATE TABLE b (n integer);

    -- migrate:down
    DROP TABLE b;
    ! error[missing-parent]: revision b revises gone, which is not there
    !  --> migrations/versions/b.sql:4:13
    !   |
    ! 4 | -- Revises: gone
    !   |             ^^^^
    !   |
    !   = help: bring back the file of gone, or let `Revises` name a revision that is there
    !
    ! 1 error
    exit 4

    $ limbeck upgrade --sql
    ! error[missing-parent]: revision b revises gone, which is not there
    !  --> migrations/versions/b.sql:4:13
    !   |
    ! 4 | -- Revises: gone
    !   |             ^^^^
    !   |
    !   = help: bring back the file of gone, or let `Revises` name a revision that is there
    !
    ! 1 error
    ! error: the history is broken, nothing was done
    ! hint: mend what is named above; `limbeck validate` looks again
    exit 4
    ");
    let failure = sandbox.limbeck("upgrade --sql --json");
    assert_eq!((failure.status, failure.stderr.as_str()), (4, ""));
    assert_eq!(failure.document()["error"]["code"], "broken-history");
    let shown = sandbox.limbeck("heads --json");
    assert_eq!((shown.status, shown.document()["revisions"].as_array().map(Vec::len)), (4, Some(2)));
}
