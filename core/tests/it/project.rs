//! Projects: from files to findings, documents and new revisions.

use insta::assert_snapshot;
use limbeck_core::document;
use limbeck_core::project::{File, Project, is_project_file};

use crate::show;

/// Returns a project of revisions given as `id < parents`, with an up and a down section.
pub(crate) fn history(lines: &[&str]) -> Project {
    Project::load(lines.iter().map(|line| revision(line)).collect())
}

/// Returns the file of a revision given as `id < parents`.
pub(crate) fn revision(line: &str) -> File {
    let (id, parents) = line.split_once('<').unwrap_or((line, ""));
    let (id, parents) = (id.trim(), parents.trim());
    let text = format!(
        "-- make {id}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n\n-- migrate:up\nCREATE TABLE t_{id} ();\n\n-- migrate:down\nDROP TABLE t_{id};\n"
    );
    file(&format!("versions/{id}.sql"), &text)
}

/// Returns a file with a text.
pub(crate) fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), content: Ok(text.to_owned()) }
}

fn findings(files: Vec<File>) -> String {
    let project = Project::load(files);
    let mut text = String::new();
    for finding in project.findings() {
        text.push_str(&format!("{} ", finding.path.as_deref().unwrap_or("-")));
        text.push_str(&show::findings(std::slice::from_ref(finding)));
    }
    text
}

#[test]
fn which_files_belong_to_a_project() {
    for (path, expected) in [
        ("limbeck.toml", true),
        ("script.sql", true),
        ("schema.sql", true),
        ("schema/tables/a.sql", true),
        ("versions/a.sql", true),
        ("versions/2026/a.sql", true),
        ("versions/a.SQL", true),
        ("versions/.a.sql", false),
        ("versions/.git/a.sql", false),
        ("versions/a.sql~", false),
        ("versions/a.sql.orig", false),
        ("versions/#a.sql#", false),
        ("versions/a.sqlx", false),
        ("versionsx/a.sql", false),
        ("README.md", false),
        ("a.sql", false),
    ] {
        assert_eq!(is_project_file(path), expected, "{path}");
    }
}

#[test]
fn files_come_in_any_order() {
    let mut files: Vec<File> = ["a", "b < a", "c < b"].map(revision).into();
    let forward = Project::load(files.clone());
    files.reverse();
    let backward = Project::load(files);
    assert_eq!(forward.revisions(), backward.revisions());
    assert_eq!(forward.revisions()[1].path, "versions/b.sql");
}

#[test]
fn everything_wrong_in_files_and_history_is_named_by_file_and_place() {
    let mut files: Vec<File> = ["a", "b < a, gone", "x < y", "y < x", "s < s"].map(revision).into();
    files.push(file("versions/copy of a.sql", "-- Revision ID: a\n-- Revises:\n-- migrate:up\n"));
    files.push(file(
        "versions/label.sql",
        "-- Revision ID: l1\n-- Revises: a\n-- Branch Labels: b\n-- Depends On: nobody\n-- migrate:up\n",
    ));
    files.push(file("versions/notes.sql", "SELECT 1;\n"));
    files.push(file("versions/OLD.SQL", ""));
    files.push(file("limbeck.toml", "nam = 'x'\n"));
    files.push(file("script.sql", "-- nothing\n"));
    files.push(File { path: "versions/locked.sql".to_owned(), content: Err("permission denied".to_owned()) });
    assert_snapshot!(findings(files), @"
    limbeck.toml 1:1-4 unknown-setting: unknown setting 'nam'
        = did you mean 'name'?
    script.sql 1:1-1 warning malformed-template: the template has no placeholder `${message}`
        = `limbeck init` in an empty directory writes a template that works
    versions/OLD.SQL - warning file-name: the file is not read: the names of revisions end in `.sql`, in lower case
        = rename it to `.sql` if it is a revision
    versions/a.sql 3:17-18 duplicate-revision: revision a is there 2 times: versions/a.sql, versions/copy of a.sql
        = give all but one of them a new Revision ID
    versions/b.sql 4:13-20 missing-parent: revision b revises gone, which is not there
        = bring back the file of gone, or let `Revises` name a revision that is there
    versions/label.sql 3:19-20 duplicate-label: branch label b of revision l1 is already used by revision b: versions/label.sql, versions/b.sql
        = give one of the two branches another label
    versions/label.sql 4:16-22 missing-dependency: revision l1 depends on nobody, which is not there
        = let `Depends On` name full revision ids or branch labels that are there
    versions/locked.sql - unreadable-file: the file cannot be read: permission denied
        = mend it or move it elsewhere; what it may hold is missing from the history
    versions/notes.sql 1:1-1 not-a-revision: this file is no revision: it has neither a header nor a section
        = a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`
    versions/s.sql 4:13-14 self-loop: revision s revises itself
        = let `Revises` name its parent, or nothing to make it a base
    versions/x.sql 4:13-14 cycle: revisions x, y revise each other in a circle: versions/x.sql, versions/y.sql
        = let the oldest of them revise something older, or nothing
    ");
}

#[test]
fn a_broken_project_shows_what_could_be_loaded_and_plans_nothing() {
    let project = history(&["a", "b < a, gone"]);
    assert!(project.is_broken());
    assert_eq!(project.revisions().len(), 2);
    assert_eq!(project.document(1, None).revises, ["a", "gone"]);
    let error = project.plan(&[], document::Direction::Upgrade, "heads").expect_err("no plan");
    assert_eq!(error.code(), "broken-history");
    assert_snapshot!(error, @"the project is broken: versions/b.sql: revision b revises gone, which is not there");
}

#[test]
fn files_are_json_with_text_or_error() {
    let files = vec![file("a", "x"), File { path: "b".to_owned(), content: Err("gone".to_owned()) }];
    let json = serde_json::to_string(&files).expect("files are JSON");
    assert_snapshot!(json, @r#"[{"path":"a","text":"x"},{"path":"b","error":"gone"}]"#);
    assert_eq!(serde_json::from_str::<Vec<File>>(&json).expect("JSON is files"), files);
}

#[test]
fn a_document_says_where_a_revision_stands() {
    let project = history(&["a", "b < a", "c < a", "m < b, c"]);
    let json = serde_json::to_string(&project.document(0, Some(&[3]))).expect("a document is JSON");
    assert_snapshot!(json, @r#"{"id":"a","message":"make a","revises":[],"depends_on":[],"branch_labels":[],"create_date":null,"path":"versions/a.sql","is_head":false,"is_effective_head":false,"is_base":true,"is_branch_point":true,"is_merge_point":false,"is_current":false}"#);
    let merge = project.document(3, Some(&[3]));
    assert_eq!((merge.is_head, merge.is_merge_point, merge.is_base, merge.is_current), (true, true, false, Some(true)));
}

fn request(message: &str, heads: &[&str]) -> document::NewRevision {
    document::NewRevision {
        message: message.to_owned(),
        heads: heads.iter().map(|head| (*head).to_owned()).collect(),
        branch_label: None,
        depends_on: Vec::new(),
        splice: false,
        id: None,
        up: None,
        down: None,
        up_transaction: true,
        down_transaction: true,
        irreversible: false,
        etag: None,
    }
}

const NOW: &str = "2026-11-22T14:12:00Z";

fn refused(project: &Project, request: &document::NewRevision) -> String {
    let error = project.new_revision(request, [7; 6], NOW).expect_err("refused");
    format!("{} {error}\n    = {}", error.code(), error.hint().unwrap_or_default())
}

#[test]
fn a_new_revision_stands_on_the_head() {
    let file = history(&["a", "b < a"]).new_revision(&request("Add users\n\nAll of them.", &["head"]), [7; 6], NOW);
    let file = file.expect("a new file");
    assert_eq!((file.path.as_str(), file.id.as_str()), ("versions/070707070707_add_users.sql", "070707070707"));
    assert_snapshot!(file.text, @"
    -- Add users
    --
    -- All of them.
    --
    -- Revision ID: 070707070707
    -- Revises: b
    -- Create Date: 2026-11-22T14:12:00Z

    -- migrate:up

    -- migrate:down
    ");
}

#[test]
fn a_merge_names_both_heads_and_a_base_none() {
    let project = history(&["a", "b < a", "c < a"]);
    let merge = project.new_revision(&request("merge", &["heads"]), [7; 6], NOW).expect("a merge");
    assert!(merge.text.contains("-- Revises: b, c\n") || merge.text.contains("-- Revises: c, b\n"), "{}", merge.text);
    let base = project.new_revision(&request("start", &[]), [7; 6], NOW).expect("a base");
    assert!(base.text.contains("-- Revises:\n"), "{}", base.text);
}

#[test]
fn a_new_id_is_taken_by_no_other_revision() {
    let project = history(&["070707070707", "070707070708 < 070707070707"]);
    let file = project.new_revision(&request("x", &["head"]), [7; 6], NOW).expect("a new file");
    assert_eq!(file.id, "070707070709");
}

#[test]
fn a_revision_that_could_not_be_read_back_is_refused() {
    let project = history(&["a", "b < a", "c < b"]);
    let with = |change: &dyn Fn(&mut document::NewRevision)| {
        let mut request = request("x", &["head"]);
        change(&mut request);
        refused(&project, &request)
    };
    assert_snapshot!(with(&|r| r.message = " \n".to_owned()), @"
    usage the message is empty
        = say in a line what the revision does, with `-m`
    ");
    assert_snapshot!(with(&|r| r.message = "x\nRevises: a".to_owned()), @"
    usage the message has the line 'Revises: a', which reads as a key of the header
        = say in a line what the revision does, with `-m`
    ");
    assert_snapshot!(with(&|r| r.message = "x\nmigrate:up".to_owned()), @"
    usage the message has the line 'migrate:up', which would open a section
        = say in a line what the revision does, with `-m`
    ");
    assert_snapshot!(with(&|r| r.up = Some("SELECT 1;\n-- migrate:down\nSELECT 2;".to_owned())), @"
    usage the SQL of the up section has a line like `-- migrate:up`, which would open a section
        = take the line out; the sections open by themselves
    ");
    assert_snapshot!(with(&|r| r.heads = vec!["a".to_owned()]), @"
    usage revision a is not a head
        = name a head, or pass `--splice` to start a branch at a
    ");
    assert_snapshot!(with(&|r| r.heads = vec!["nobody".to_owned()]), @"
    unknown-revision no revision or branch label is 'nobody' or starts with it
        = `limbeck history` lists the revisions
    ");
    assert_snapshot!(with(&|r| r.id = Some("a".to_owned())), @"
    usage revision id 'a' is taken
        = leave out `--rev-id` to get a new one
    ");
    assert_snapshot!(with(&|r| r.id = Some("a-b".to_owned())), @"
    usage revision id 'a-b' contains '-', which ids cannot contain
        = use letters, digits and underscores, or leave out `--rev-id`
    ");
    assert_snapshot!(with(&|r| r.id = Some("head".to_owned())), @"
    usage revision id 'head' is a word of the identifier grammar
        = leave out `--rev-id` to get a new one
    ");
    assert_snapshot!(with(&|r| r.branch_label = Some("a".to_owned())), @"
    usage branch label 'a' is taken
        = use another label: letters, digits and underscores
    ");
    assert_snapshot!(with(&|r| r.depends_on = vec!["base".to_owned()]), @"
    usage a revision cannot depend on 'base'
        = leave out `--depends-on`
    ");
    assert_snapshot!(refused(&history(&["a < gone"]), &request("x", &["head"])), @"
    broken-history the project is broken: versions/a.sql: revision a revises gone, which is not there
        = `limbeck validate` lists all that is wrong
    ");
}

#[test]
fn a_template_that_cannot_work_keeps_new_revisions_from_being_written_and_nothing_else() {
    let project = Project::load(vec![revision("a"), file("script.sql", "-- ${message}\n")]);
    assert!(!project.is_broken() && project.plan(&[], document::Direction::Upgrade, "heads").is_ok());
    assert_snapshot!(refused(&project, &request("x", &["head"])), @"
    broken-history the project is broken: script.sql: the template has no placeholder `${id}`
        = `limbeck validate` lists all that is wrong
    ");
}

#[test]
fn a_project_from_a_document_is_the_one_that_was_sent() {
    let mut files: Vec<File> = ["a", "b < a"].map(revision).into();
    files.push(file("limbeck.toml", "version_table = 'v'\nnam = 'x'\n"));
    let sent = Project::load(files.clone());
    let document = document::Project {
        format: document::FORMAT,
        name: "shop".to_owned(),
        role: document::Role::Viewer,
        settings: sent.settings().clone(),
        files,
        findings: sent.findings().to_vec(),
        etag: String::new(),
    };
    let json = serde_json::to_string(&document).expect("a document is JSON");
    let got = Project::from_document(serde_json::from_str(&json).expect("JSON is a document"));
    assert_eq!((got.settings(), got.findings(), got.revisions()), (sent.settings(), sent.findings(), sent.revisions()));
    assert!(got.is_broken());
}

#[test]
fn what_no_plan_is_made_of_may_be_unreadable() {
    let unreadable = |path: &str| File { path: path.to_owned(), content: Err("it is not UTF-8 text".to_owned()) };
    let mut files = vec![revision("a"), unreadable("schema.sql"), unreadable("schema"), unreadable("schema/shop.sql")];
    files.push(unreadable("script.sql"));
    let project = Project::load(files);
    assert!(!project.is_broken());
    assert!(project.plan(&[], document::Direction::Upgrade, "heads").is_ok());
    assert_snapshot!(crate::show::findings(project.findings()), @"
    - warning unreadable-file: the file cannot be read: it is not UTF-8 text
        = mend it: the revisions cannot be compared with the desired schema without it
    - warning unreadable-file: the file cannot be read: it is not UTF-8 text
        = mend it: the revisions cannot be compared with the desired schema without it
    - warning unreadable-file: the file cannot be read: it is not UTF-8 text
        = mend it: the revisions cannot be compared with the desired schema without it
    - warning unreadable-file: the file cannot be read: it is not UTF-8 text
        = mend it: no new revision is written without it
    ");
    assert_snapshot!(refused(&project, &request("b", &["head"])), @"
    broken-history the project is broken: script.sql: the file cannot be read: it is not UTF-8 text
        = `limbeck validate` lists all that is wrong
    ");
}

#[test]
fn bodies_in_plpgsql_are_checked_where_they_stand() {
    let sections = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  RETRN 1;
END $body$;
DO 'BEGIN IF true THEN END; END';
DO $$ BEGIN NULL; END $$;
CREATE FUNCTION g() RETURNS int AS 'anything' LANGUAGE plpython3u;
CREATE PROCEDURE p() LANGUAGE 'plpgsql' AS $$ BEGIN FOR i IN 1..2 LOOP NULL; END $$;";
    let text = format!("-- Revision ID: r1\n-- Revises:\n-- migrate:up\n{sections}\n-- migrate:down\nSELECT 1;");
    let project = Project::load(vec![file("versions/r1.sql", &text)]);
    insta::assert_snapshot!(crate::show::findings(&project.validate()), @"
    6:3-3 syntax-error: syntax error: expected command, found IDENT
    8:4-4 syntax-error: syntax error: expected `IF`
    11:81-81 syntax-error: syntax error: expected `LOOP`
    ");
}
