//! `limbeck export`: what is written where, and what never is.

use super::sandbox::Sandbox;

#[test]
fn a_site_is_written_or_the_program_says_that_it_has_no_page() {
    let sandbox = Sandbox::history("a <- : first");
    let answer = sandbox.limbeck("--json export --site out/site");
    if answer.status == 1 {
        // Built without `cargo xtask`: there is no page to write.
        let error = &answer.document()["error"];
        assert_eq!(error["message"], "this limbeck was built without its page");
        assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("cargo xtask run")));
        assert!(!sandbox.path("out").exists());
        return;
    }
    let document = answer.document();
    assert_eq!((document["format"].as_u64(), document["path"].as_str()), (Some(1), Some("out/site")));
    let files: Vec<&str> =
        document["files"].as_array().into_iter().flatten().filter_map(|file| file.as_str()).collect();
    assert!(files.contains(&"index.html") && files.contains(&"project.json"), "{files:?}");
    assert!(files.iter().all(|file| sandbox.path("out/site").join(file).is_file()), "{files:?}");
    assert_eq!(sandbox.files("out"), ["site"], "nothing is left beside it");
}

#[test]
fn what_is_not_an_earlier_export_stays() {
    let sandbox = Sandbox::history("a <- : first");
    sandbox.write("site/CNAME", "review.example");
    sandbox.write("file", "mine");
    insta::assert_snapshot!(sandbox.session(&[
        "export --site site",
        "export --site .",
        "export --site migrations",
        "export --site file",
        "export",
        "export site",
    ]), @"
    $ limbeck export --site site
    ! error: site holds CNAME, which no export wrote
    ! hint: nothing was written; name a new directory, or move that away
    exit 1

    $ limbeck export --site .
    ! error: . holds the migrations directory
    ! hint: nothing was written; name a directory beside it
    exit 2

    $ limbeck export --site migrations
    ! error: migrations is the migrations directory
    ! hint: nothing was written; name a directory beside it
    exit 2

    $ limbeck export --site file
    ! error: file is not a directory
    ! hint: nothing was written; name a directory, or one that does not exist yet
    exit 2

    $ limbeck export
    ! error: the following required arguments were not provided:
    !   <--site <DIRECTORY>|--graph <FILE>|--plan <FILE>>
    !
    ! Usage: limbeck export <--site <DIRECTORY>|--graph <FILE>|--plan <FILE>> [TARGET]
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck export site
    ! error: the following required arguments were not provided:
    !   <--site <DIRECTORY>|--graph <FILE>|--plan <FILE>>
    !
    ! Usage: limbeck export <--site <DIRECTORY>|--graph <FILE>|--plan <FILE>> <TARGET>
    !
    ! For more information, try '--help'.
    exit 2
    ");
    assert_eq!(sandbox.files("."), ["file", "migrations", "site"]);
    assert_eq!(sandbox.files("site"), ["CNAME"]);
}

#[test]
fn the_migrations_are_never_replaced_even_without_a_revision() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.path("out/pp/versions")).expect("writable");
    std::fs::create_dir_all(sandbox.path("site/keep/deep")).expect("writable");
    insta::assert_snapshot!(sandbox.session(&[
        "--dir out/pp export --site out/pp",
        "--dir out/pp export --site out/pp/versions",
        "--dir out/pp export --site out/pp/new/site",
        "--dir out/pp export --site out",
        "--dir out/pp export --site site",
        "--dir out/pp export --site newd/..",
    ]), @"
    $ limbeck --dir out/pp export --site out/pp
    ! error: out/pp is the migrations directory
    ! hint: nothing was written; name a directory beside it
    exit 2

    $ limbeck --dir out/pp export --site out/pp/versions
    ! error: out/pp/versions lies within the migrations directory
    ! hint: nothing was written; name a directory beside it
    exit 2

    $ limbeck --dir out/pp export --site out/pp/new/site
    ! error: out/pp/new/site lies within the migrations directory
    ! hint: nothing was written; name a directory beside it
    exit 2

    $ limbeck --dir out/pp export --site out
    ! error: out holds the migrations directory
    ! hint: nothing was written; name a directory beside it
    exit 2

    $ limbeck --dir out/pp export --site site
    ! error: site holds keep/, which no export wrote
    ! hint: nothing was written; name a new directory, or move that away
    exit 1

    $ limbeck --dir out/pp export --site newd/..
    ! error: cannot write newd/..: No such file or directory
    ! hint: nothing was written
    exit 1
    ");
    assert_eq!(sandbox.files("."), ["out", "site"]);
    assert_eq!(sandbox.files("out/pp"), ["versions"]);
    assert_eq!(sandbox.files("site/keep"), ["deep"]);
}

#[test]
fn a_file_that_cannot_be_written_leaves_no_directory() {
    let sandbox = Sandbox::history("a <- : first");
    let answer = sandbox.limbeck("export --graph newd/../graph.svg");
    assert_eq!(answer.status, 1, "{}", answer.shown());
    assert_eq!(sandbox.files("."), ["migrations"]);
}

#[cfg(unix)]
#[test]
fn what_replaces_keeps_the_mode_of_what_was_there() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::history("a <- : first");
    std::fs::create_dir(sandbox.path("site")).expect("writable");
    sandbox.write("graph.svg", "old");
    sandbox.write("plan.md", "old");
    for (place, mode, call) in [
        ("site", 0o700, "export --site site"),
        ("graph.svg", 0o600, "export --graph graph.svg"),
        ("plan.md", 0o664, "export --plan plan.md --from base"),
    ] {
        let path = sandbox.path(place);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
        let answer = sandbox.limbeck(call);
        // A program without its page leaves the directory alone, mode and all.
        let without_page = place == "site" && answer.stderr.contains("built without its page");
        assert!(answer.status == 0 || without_page, "{}", answer.shown());
        let now = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(now & 0o7777, mode, "{place}");
    }
}

/// Two open heads, one of which needs the other's parent.
const SHOP: &str = "
    a <- : Customers
    b <- a : Products
    c <- a needs b : Reviews
";

#[test]
fn the_end_of_a_name_or_the_format_says_how_a_graph_is_drawn() {
    let sandbox = Sandbox::history(SHOP);
    for (file, begins) in [
        ("graph.svg", "<svg "),
        ("graph.mmd", "flowchart TB\n"),
        ("graph.md", "### History: 3 revisions, 2 heads\n"),
        ("graph.json", "{\n  \"format\": 1,\n  \"revisions\": ["),
        ("below/GRAPH.TXT", "○  "),
    ] {
        let answer = sandbox.limbeck(&format!("export --graph {file}"));
        assert_eq!(answer.shown(), format!("! {file} is written\n"));
        assert!(sandbox.text(file).starts_with(begins), "{}", sandbox.text(file));
    }
    let printed = sandbox.limbeck("export --graph - --format txt");
    assert_eq!((printed.stdout, printed.stderr.as_str()), (sandbox.text("below/GRAPH.TXT"), ""));
    assert_eq!(sandbox.text("graph.json"), sandbox.limbeck("--json history").stdout);
    assert_eq!(sandbox.files("below"), ["GRAPH.TXT"], "nothing is left beside it");
}

#[test]
fn a_plan_is_written_as_it_is_printed() {
    let sandbox = Sandbox::history(SHOP);
    for (export, print) in [
        ("export --plan plan --format json --from base", "--json plan --from base"),
        ("export --plan plan --format md --from base b", "plan --markdown --from base b"),
        ("export --plan plan --format txt --downgrade --from b,c base", "plan --downgrade --from b,c base"),
    ] {
        let answer = sandbox.limbeck(export);
        assert_eq!(answer.shown(), "! plan is written\n", "over the one before");
        assert_eq!(sandbox.text("plan"), sandbox.limbeck(print).stdout, "{export}");
    }
    let document = sandbox.limbeck("--json export --plan plan.md --from base").document();
    assert_eq!((document["path"].as_str(), document["files"][0].as_str()), (Some("plan.md"), Some("plan.md")));
}

#[test]
fn what_cannot_be_exported_is_said_and_leaves_nothing() {
    let sandbox = Sandbox::history(SHOP);
    sandbox.write("here/is", "a directory");
    insta::assert_snapshot!(sandbox.session(&[
        "export --graph graph",
        "export --graph graph.png",
        "export --plan plan.svg --from base",
        "export --plan plan.md --from nobody",
        "export --plan plan.md",
        "export --graph here --format txt",
        "export --graph graph.svg --downgrade",
        "--json export --graph - --format svg",
    ]), @r#"
    $ limbeck export --graph graph
    ! error: graph does not say which format it has
    ! hint: name it with `--format`, or by the end of the file: svg, mmd, md, json, txt
    exit 2

    $ limbeck export --graph graph.png
    ! error: graph.png does not say which format it has
    ! hint: name it with `--format`, or by the end of the file: svg, mmd, md, json, txt
    exit 2

    $ limbeck export --plan plan.svg --from base
    ! error: this cannot be written as svg
    ! hint: nothing was written; the formats are md, json, txt
    exit 2

    $ limbeck export --plan plan.md --from nobody
    ! error: no revision or branch label is 'nobody' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4

    $ limbeck export --plan plan.md
    ! error: no database is named
    ! hint: name where it starts with `--from base`, or the database with `--database-url`
    exit 1

    $ limbeck export --graph here --format txt
    ! error: cannot write here: Is a directory
    ! hint: nothing was written
    exit 1

    $ limbeck export --graph graph.svg --downgrade
    ! error: the argument '--graph <FILE>' cannot be used with '--downgrade'
    !
    ! Usage: limbeck export <--site <DIRECTORY>|--graph <FILE>|--plan <FILE>> [TARGET]
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck --json export --graph - --format svg
    {
      "format": 1,
      "error": {
        "code": "usage",
        "message": "standard output cannot hold the file and the answer of `--json`",
        "hint": "name a file, or leave out `--json`",
        "candidates": []
      }
    }
    exit 2
    "#);
    assert_eq!(sandbox.files("."), ["here", "migrations"]);
}

#[test]
fn a_blocked_plan_and_a_broken_history_end_as_elsewhere_and_are_written() {
    let sandbox = Sandbox::history(SHOP);
    sandbox
        .write("migrations/versions/d.sql", "-- No way back\n--\n-- Revision ID: d\n-- Revises: b\n\n-- migrate:up\n");
    assert_eq!(sandbox.limbeck("export --plan back.md --downgrade --from d b").status, 3);
    assert!(sandbox.text("back.md").contains("irreversible"));
    sandbox.write("migrations/versions/e.sql", "-- Lost\n--\n-- Revision ID: e\n-- Revises: nobody\n\n-- migrate:up\n");
    let answer = sandbox.limbeck("export --graph graph.txt");
    assert_eq!(answer.status, 4, "{}", answer.shown());
    assert!(sandbox.text("graph.txt").contains("Lost (parent missing)"));
    let answer = sandbox.limbeck("export --site site");
    assert_eq!(answer.status, 4, "{}", answer.shown());
    assert!(sandbox.text("site/project.json").contains("Lost"));
    assert_eq!(sandbox.limbeck("export --plan plan.md --from base").status, 4);
    assert!(!sandbox.path("plan.md").exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_named_and_left() {
    let sandbox = Sandbox::history(SHOP);
    std::os::unix::fs::symlink("nowhere.svg", sandbox.path("link.svg")).expect("writable");
    insta::assert_snapshot!(sandbox.session(&["export --graph link.svg"]), @"
    $ limbeck export --graph link.svg
    ! error: cannot write link.svg: No such file or directory
    ! hint: nothing was written; the link leads nowhere
    exit 1
    ");
    assert!(sandbox.path("link.svg").is_symlink());
    assert_eq!(sandbox.files("."), ["link.svg", "migrations"]);
}

#[cfg(unix)]
#[test]
fn no_drawing_and_no_plan_is_written_over_a_revision_or_beside_one() {
    let sandbox = Sandbox::history(SHOP);
    std::os::unix::fs::symlink("migrations/versions/a.sql", sandbox.path("link.txt")).expect("writable");
    let revision = sandbox.text("migrations/versions/a.sql");
    insta::assert_snapshot!(sandbox.session(&[
        "export --graph migrations/versions/a.sql --format text",
        "export --plan migrations/versions/a.sql --format text --from base",
        "export --graph link.txt",
        "export --graph migrations/new/history.svg",
        "--dir migrations/../migrations export --graph ./migrations/limbeck.toml --format text",
    ]), @"
    $ limbeck export --graph migrations/versions/a.sql --format text
    ! error: migrations/versions/a.sql lies within the migrations directory
    ! hint: nothing was written; name a file outside of it
    exit 2

    $ limbeck export --plan migrations/versions/a.sql --format text --from base
    ! error: migrations/versions/a.sql lies within the migrations directory
    ! hint: nothing was written; name a file outside of it
    exit 2

    $ limbeck export --graph link.txt
    ! error: link.txt lies within the migrations directory
    ! hint: nothing was written; name a file outside of it
    exit 2

    $ limbeck export --graph migrations/new/history.svg
    ! error: migrations/new/history.svg lies within the migrations directory
    ! hint: nothing was written; name a file outside of it
    exit 2

    $ limbeck --dir migrations/../migrations export --graph ./migrations/limbeck.toml --format text
    ! error: ./migrations/limbeck.toml lies within the migrations directory
    ! hint: nothing was written; name a file outside of it
    exit 2
    ");
    assert_eq!(sandbox.text("migrations/versions/a.sql"), revision);
    assert_eq!(sandbox.files("migrations"), ["versions"]);
    assert_eq!(sandbox.files("migrations/versions"), ["a.sql", "b.sql", "c.sql"]);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_device_a_device() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let sandbox = Sandbox::history(SHOP);
    sandbox.write("real.txt", "old");
    symlink("real.txt", sandbox.path("link.txt")).expect("writable");
    assert_eq!(sandbox.limbeck("export --graph link.txt").status, 0);
    assert!(sandbox.path("link.txt").is_symlink() && sandbox.text("real.txt").contains("Customers"));
    assert_eq!(sandbox.limbeck("export --graph /dev/null --format svg").status, 0);
    let device = std::fs::metadata("/dev/null").expect("it is there");
    assert!(device.file_type().is_char_device());

    sandbox.write("by-hand", "");
    let mode = |file: &str| std::fs::metadata(sandbox.path(file)).expect("it is there").permissions().mode();
    assert_eq!(mode("real.txt"), mode("by-hand"));
}
