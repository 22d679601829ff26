//! New files: the template, and that what is written can be read.

use insta::assert_snapshot;
use limbeck_core::revision::RevisionId;
use limbeck_core::script::{NewRevision, Template, new_id, parse, render};
use proptest::prelude::*;

use crate::show;

fn id(text: &str) -> RevisionId {
    RevisionId::new(text).expect("a legal id")
}

fn merge() -> NewRevision {
    NewRevision {
        id: new_id(&[0x19, 0x75, 0xea, 0x83, 0xb7, 0x12]),
        message: "merge catalog into main\n\nBoth were written in May.".to_owned(),
        revises: vec![id("a1"), id("b1")],
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        create_date: Some("2026-11-22T14:12:00Z".to_owned()),
        up: None,
        down: None,
        up_transaction: true,
        down_transaction: true,
        irreversible: false,
    }
}

#[test]
fn the_default_template_gives_a_whole_file() {
    assert_snapshot!(render(&merge(), &Template::default()), @"
    -- merge catalog into main
    --
    -- Both were written in May.
    --
    -- Revision ID: 1975ea83b712
    -- Revises: a1, b1
    -- Create Date: 2026-11-22T14:12:00Z

    -- migrate:up

    -- migrate:down
    ");
}

#[test]
fn a_base_keeps_its_empty_parent_and_sql_goes_in_line_by_line() {
    let new = NewRevision {
        revises: Vec::new(),
        up: Some("CREATE TABLE t (\n    a text DEFAULT 'x  '\n);\n".to_owned()),
        down: Some("DROP TABLE t;".to_owned()),
        up_transaction: true,
        down_transaction: true,
        irreversible: false,
        ..merge()
    };
    let template = Template::parse(
        "script.sql",
        "-- ${message}\n-- Revision ID: ${id}\n-- Revises: ${revises}\n-- migrate:up\nSET LOCAL lock_timeout = '1s';\n${up}\n-- migrate:down\n${down}\n",
    );
    assert_snapshot!(render(&new, &template.expect("a template that works")), @"
    -- merge catalog into main
    --
    -- Both were written in May.
    -- Revision ID: 1975ea83b712
    -- Revises:
    -- migrate:up
    SET LOCAL lock_timeout = '1s';
    CREATE TABLE t (
        a text DEFAULT 'x  '
    );
    -- migrate:down
    DROP TABLE t;
    ");
}

#[test]
fn a_template_that_cannot_work_is_refused() {
    let refused = |text: &str| show::findings(&[*Template::parse("script.sql", text).expect_err("refused")]);
    assert_snapshot!(refused("-- ${message}\n-- Revision ID: ${id}\n-- Revises: ${revise}\n"), @"
    3:13-22 malformed-template: the template has an unknown placeholder `${revise}`
        = did you mean `${revises}`?
    ");
    assert_snapshot!(refused("-- ${message}\n-- Revision ID: ${id}\n-- migrate:up\n${up}\n"), @"
    1:1-1 malformed-template: the template has no placeholder `${revises}`
        = `limbeck init` in an empty directory writes a template that works
    ");
    assert_snapshot!(refused("-- ${message}\n-- Revision ID: ${id}\n-- Revises: ${revises}\n${up}\n"), @"
    1:1-1 malformed-template: a file made from the template could not be read: the file has no section `-- migrate:up`
        = `limbeck init` in an empty directory writes a template that works
    ");
    assert_snapshot!(refused("-- ${message}\n-- ${id\n"), @"
    2:4-6 malformed-template: the template has an unknown placeholder `${}`
        = it knows ${message}, ${id}, ${revises}, ${branch_labels}, ${depends_on}, ${create_date}, ${up}, ${down}
    ");
}

#[test]
fn a_template_loses_neither_the_way_back_nor_how_a_section_runs() {
    let head = "-- ${message}\n-- Revision ID: ${id}\n-- Revises: ${revises}\n\n";
    let new = |down: Option<&str>, irreversible| NewRevision {
        id: id("aaaa"),
        message: "title".to_owned(),
        revises: Vec::new(),
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        create_date: None,
        up: Some("SELECT 1;".to_owned()),
        down: down.map(str::to_owned),
        up_transaction: false,
        down_transaction: true,
        irreversible,
    };
    let text = |template: &str, new: &NewRevision| {
        let template = Template::parse("script.sql", &format!("{head}{template}")).expect("it works");
        let text = render(new, &template);
        text.split_once("\n\n").map(|(_, sections)| sections.to_owned()).unwrap_or_default()
    };
    let way_back = new(Some("SELECT 2;"), false);
    assert_snapshot!(text("--migrate:up\n${up}\n", &way_back), @"
    -- migrate:up transaction:false
    SELECT 1;

    -- migrate:down
    SELECT 2;
    ");
    assert_snapshot!(text("-- migrate:up\n${up}\n\n-- migrate:down transaction:false\n-- by hand\n", &way_back), @"
    -- migrate:up transaction:false
    SELECT 1;

    -- migrate:down
    SELECT 2;
    ");
    assert_snapshot!(text("-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n", &new(None, true)), @"
    -- migrate:up transaction:false
    SELECT 1;
    ");
}

fn word() -> impl Strategy<Value = String> {
    "[a-z0-9_]{1,12}"
        .prop_filter("not a word of the grammar", |word| !["head", "heads", "base", "current"].contains(&word.as_str()))
}

fn distinct_words() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set(word(), 0..4).prop_map(|words| words.into_iter().collect())
}

fn sql() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[A-Za-z][A-Za-z0-9 ;'()\n]{0,60}[;)]")
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        new_id in word(),
        title in "[A-Za-z][a-zA-Z0-9 äß]{0,30}[a-z]",
        body in "([a-z][a-z ]{0,20}[a-z]\n){0,3}",
        (revises, depends_on, branch_labels) in (distinct_words(), distinct_words(), distinct_words()),
        (up, down) in (sql(), sql()),
        (up_transaction, down_transaction) in (any::<bool>(), any::<bool>()),
    ) {
        let body = body.trim_end();
        let new = NewRevision {
            id: id(&new_id),
            message: format!("{title}\n\n{body}"),
            revises: revises.iter().map(|text| id(text)).collect(),
            depends_on,
            branch_labels,
            create_date: Some("2026-11-22".to_owned()),
            up,
            down,
            up_transaction,
            down_transaction,
            irreversible: false,
        };
        let text = render(&new, &Template::default());
        let (revision, findings) = parse("versions/a.sql", &text);
        prop_assert_eq!(show::findings(&findings), "");
        let revision = revision.expect("a rendered file is a revision");
        prop_assert_eq!(&revision.id, &new.id);
        prop_assert_eq!(revision.title, title);
        prop_assert_eq!(revision.body, body);
        prop_assert_eq!(revision.revises, new.revises);
        prop_assert_eq!(revision.depends_on, new.depends_on);
        prop_assert_eq!(revision.branch_labels, new.branch_labels);
        prop_assert_eq!(revision.up.transaction, up_transaction);
        prop_assert_eq!(revision.down.as_ref().is_none_or(|down| down.transaction), down_transaction);
        let trimmed = |sql: Option<String>| sql.unwrap_or_default().trim().to_owned();
        prop_assert_eq!(trimmed(Some(revision.up.sql)), trimmed(new.up));
        prop_assert_eq!(trimmed(revision.down.map(|down| down.sql)), trimmed(new.down));
    }

    #[test]
    fn any_text_is_read_without_a_panic_and_places_lie_in_the_file(
        text in "((-- )?(Revision ID|Revises|Depends On|migrate|up|down|transaction|[a-z]{1,4}|[:,\n\r\t ]|\u{feff}|\0|é|.){0,4}\n?){0,12}"
    ) {
        let (revision, findings) = parse("versions/a.sql", &text);
        prop_assert!(revision.is_some() || findings.iter().any(|finding| finding.path.is_some()));
        let lines: Vec<&str> = text.split('\n').collect();
        for finding in findings {
            let (start, end) = (finding.start.expect("a place"), finding.end.expect("a place"));
            prop_assert!(start <= end, "{finding:?}");
            let line = lines.get(start.line as usize - 1).copied().unwrap_or_default();
            prop_assert!(start.column as usize <= line.chars().count() + 1, "{finding:?}");
        }
    }
}
