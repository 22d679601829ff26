//! Directories that are none, or hold something else.

use crate::command::sandbox::{Sandbox, program};

#[test]
fn no_directory_says_what_was_looked_for() {
    let mut sandbox = Sandbox::new();
    sandbox.write("project/.git/HEAD", "");
    sandbox.write("project/src/main.rs", "");
    sandbox.write("file", "");
    insta::assert_snapshot!(sandbox.session(&["heads", "--dir elsewhere heads", "--dir file heads", "heads --json"]), @r#"
    $ limbeck heads
    ! error: there is no migrations directory: neither migrations/ nor limbeck.toml is in $ROOT
    ! hint: this is no Git repository, so only the current directory was looked at: name it with `--dir`, or make one with `limbeck init`
    exit 2

    $ limbeck --dir elsewhere heads
    ! error: there is no directory elsewhere
    ! hint: name another with `--dir`, or make it with `limbeck init elsewhere`
    exit 2

    $ limbeck --dir file heads
    ! error: file is not a directory
    ! hint: name the directory that holds `limbeck.toml` with `--dir`
    exit 2

    $ limbeck heads --json
    {
      "format": 1,
      "error": {
        "code": "usage",
        "message": "there is no migrations directory: neither migrations/ nor limbeck.toml is in $ROOT",
        "hint": "this is no Git repository, so only the current directory was looked at: name it with `--dir`, or make one with `limbeck init`",
        "candidates": []
      }
    }
    exit 2
    "#);
    sandbox.set("LIMBECK_DIR", "by-variable");
    insta::assert_snapshot!(sandbox.session(&["heads"]), @"
    $ limbeck heads
    ! error: there is no directory by-variable
    ! hint: name another with `--dir`, or make it with `limbeck init by-variable`
    exit 2
    ");
}

#[test]
fn a_directory_of_something_else_is_no_project_without_revisions() {
    let sandbox = Sandbox::new();
    sandbox.write("elsewhere/notes.txt", "");
    sandbox.write("shop/migrations/limbeck.toml", "");
    sandbox.write("shop/migrations/versions/.gitkeep", "");
    insta::assert_snapshot!(sandbox.session(&["--dir elsewhere status", "--dir shop/migrations heads", "--dir shop heads"]), @"
    $ limbeck --dir elsewhere status
    ! error: elsewhere is no migrations directory: it has neither limbeck.toml nor versions/
    ! hint: name the right one with `--dir`; `limbeck init elsewhere` makes one in an empty directory
    exit 2

    $ limbeck --dir shop/migrations heads
    ! No revisions

    $ limbeck --dir shop heads
    ! error: shop is no migrations directory: it has neither limbeck.toml nor versions/
    ! hint: name the right one with `--dir`; `limbeck init shop` makes one in an empty directory
    exit 2
    ");
    // Outside a repository nothing above the current directory is looked at.
    let mut command = sandbox.command(program());
    command.current_dir(sandbox.path("shop/migrations/versions")).arg("heads");
    insta::assert_snapshot!(sandbox.answer(&command.output().expect("the program starts")).shown(), @"
    ! error: there is no migrations directory: neither migrations/ nor limbeck.toml is in $ROOT/shop/migrations/versions
    ! hint: this is no Git repository, so only the current directory was looked at: name it with `--dir`, or make one with `limbeck init`
    exit 2
    ");
}

#[test]
fn versions_that_is_no_directory() {
    let sandbox = Sandbox::new();
    sandbox.write("migrations/versions", "x");
    insta::assert_snapshot!(sandbox.limbeck("heads").shown(), @"
    ! No revisions
    ! error[unreadable-file]: the file cannot be read: it is no directory
    ! --> migrations/versions
    !  = help: mend it or move it elsewhere; what it may hold is missing from the history
    !
    ! 1 error
    exit 4
    ");
}
