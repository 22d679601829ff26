//! Revision files: what is read, and what is said about each malformed header.

use insta::assert_snapshot;
use limbeck_core::revision::RevisionId;
use limbeck_core::script::{Revision, parse};

use crate::show;

fn read(text: &str) -> Revision {
    let (revision, findings) = parse("versions/a.sql", text);
    assert_eq!(show::findings(&findings), "", "{text}");
    revision.expect("a file without findings is a revision")
}

fn findings(text: &str) -> String {
    let (_, findings) = parse("versions/a.sql", text);
    assert!(findings.iter().all(|finding| finding.path.as_deref() == Some("versions/a.sql")));
    show::findings(&findings)
}

const WHOLE: &str = "\
-- add product table
--
-- Products have a name and nothing else yet;
-- Note: prices come later.
--
-- Revision ID: 1975ea83b712
-- Revises: ae1027a6acf, b2
-- branch labels: catalog
-- Depends On: 27c6a30d7c24, billing
-- Create Date: 2026-11-22T14:12:00Z

-- migrate:up
CREATE TABLE product (id bigint);

-- migrate:down transaction:false
DROP TABLE product;
";

#[test]
fn a_whole_file_is_read() {
    let revision = read(WHOLE);
    assert_eq!(revision.id.as_str(), "1975ea83b712");
    assert_eq!(revision.title, "add product table");
    assert_eq!(revision.body, "Products have a name and nothing else yet;\nNote: prices come later.");
    assert_eq!(revision.revises.iter().map(RevisionId::as_str).collect::<Vec<_>>(), ["ae1027a6acf", "b2"]);
    assert_eq!(revision.depends_on, ["27c6a30d7c24", "billing"]);
    assert_eq!(revision.branch_labels, ["catalog"]);
    assert_eq!(revision.create_date.as_deref(), Some("2026-11-22T14:12:00Z"));
    assert_eq!((revision.up.transaction, revision.up.start_line), (true, 13));
    assert_eq!(revision.up.sql, "CREATE TABLE product (id bigint);\n\n");
    let down = revision.down.expect("the file has a down section");
    assert_eq!((down.transaction, down.start_line, down.sql.as_str()), (false, 16, "DROP TABLE product;\n"));
}

#[test]
fn without_a_down_section_a_revision_is_irreversible_and_an_empty_section_does_nothing() {
    let revision = read("-- Revision ID: a\n-- Revises:\n-- migrate:up");
    assert_eq!((revision.up.sql.as_str(), revision.down.is_none(), revision.revises.is_empty()), ("", true, true));
    let revision = read("-- Revision ID: a\n-- Revises:\n-- migrate:up\n-- migrate:down\n");
    assert_eq!(revision.down.map(|down| down.sql), Some(String::new()));
}

#[test]
fn windows_line_ends_change_neither_header_nor_checksum() {
    let windows = read(&WHOLE.replace('\n', "\r\n"));
    let plain = read(WHOLE);
    assert_eq!((&windows.title, &windows.body, &windows.revises), (&plain.title, &plain.body, &plain.revises));
    assert_eq!(windows.up.start_line, plain.up.start_line);
    assert_eq!(windows.up.sql, "CREATE TABLE product (id bigint);\r\n\r\n");
    assert_eq!(windows.checksum, plain.checksum);
}

#[test]
fn the_checksum_is_sha_256_of_what_follows_the_header() {
    let reparented = WHOLE.replace("ae1027a6acf, b2", "other").replace("add product", "make product");
    assert_eq!(read(&reparented).checksum, read(WHOLE).checksum);
    assert_ne!(read(&WHOLE.replace("bigint", "int")).checksum, read(WHOLE).checksum);
    // printf -- '-- migrate:up\nSELECT 1;\n' | sha256sum
    assert_snapshot!(
        read("-- Revision ID: a\n-- Revises:\n-- migrate:up\nSELECT 1;\n").checksum,
        @"2be38f331755cac1a312dea121c3da64832ace82d37707cfd1a81ccd39dffbdf"
    );
}

#[test]
fn both_required_keys_are_asked_for() {
    assert_snapshot!(findings("-- a title\n--\n-- Create Date: 2026-11-22\n\n-- migrate:up\n"), @"
    3:27-27 missing-key: the header has no 'Revision ID'
        = add a line like `-- Revision ID: 1975ea83b712`
    3:27-27 missing-key: the header has no 'Revises'
        = add `-- Revises: ID` with its parent, or `-- Revises:` alone to make it a base
    ");
    assert_snapshot!(findings("-- Revises prices\n-- Revision ID: a\n-- revises b\n-- migrate:up\n"), @"
    3:4-11 missing-key: the header has no 'Revises'
        = write 'Revises:', with a colon
    ");
    assert_snapshot!(findings("-- a title\n-- Revison ID: a\n-- Revise: b\n-- migrate:up\n"), @"
    2:4-14 missing-key: the header has no 'Revision ID'
        = write 'Revision ID' instead of 'Revison ID'
    3:4-10 missing-key: the header has no 'Revises'
        = write 'Revises' instead of 'Revise'
    ");
    assert_snapshot!(findings("-- Revision ID:\n-- Revises:\n-- migrate:up\n"), @"
    1:16-16 illegal-id: a revision id is empty
        = use letters, digits and underscores, for example 1975ea83b712
    ");
}

#[test]
fn after_the_first_key_another_key_is_an_error_that_names_the_nearest() {
    assert_snapshot!(
        findings("-- Revision ID: a\n-- Revises: b\n-- Branch Label: c\n-- Author: Jo\n-- see https://example.org: fine\n-- a plain line\n-- migrate:up\n"),
        @"
    3:4-16 unknown-key: unknown key 'Branch Label' in the header
        = did you mean 'Branch Labels'?
    4:4-10 unknown-key: unknown key 'Author' in the header
        = the keys are Revision ID, Revises, Branch Labels, Depends On, Create Date; a comment goes above them
    "
    );
}

#[test]
fn a_key_stands_once() {
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises: b\n-- REVISES: c\n-- migrate:up\n"), @"
    3:4-14 duplicate-key: 'REVISES' stands twice in the header, first in line 2
        = keep one of the two lines
    ");
}

#[test]
fn ids_obey_the_grammar() {
    for (header, expected) in [
        ("-- Revision ID: a-b\n-- Revises:", "1:17-20"),
        ("-- Revision ID: a@b\n-- Revises:", "1:17-20"),
        ("-- Revision ID: a\n-- Revises: b c", "2:13-16"),
        ("-- Revision ID: a\n-- Revises: b+1", "2:13-16"),
        ("-- Revision ID: head\n-- Revises:", "1:17-21"),
        ("-- Revision ID: a\n-- Revises: base", "2:13-17"),
        ("-- Revision ID: a\n-- Revises: b,, c", "2:13-18"),
        ("-- Revision ID: a\n-- Revises: b, b", "2:16-17"),
        ("-- Revision ID: a\n-- Revises:\n-- Branch Labels: x y", "3:19-22"),
        ("-- Revision ID: a\n-- Revises:\n-- Depends On: c@d", "3:16-19"),
    ] {
        let found = findings(&format!("{header}\n-- migrate:up\n"));
        assert!(found.starts_with(expected) && found.matches(": ").count() >= 1, "{header}\n{found}");
        assert_eq!(found.lines().filter(|line| !line.starts_with(' ')).count(), 1, "{header}\n{found}");
    }
    assert_snapshot!(findings("-- Revision ID: a-b\n-- Revises: c d\n-- Depends On: e@f\n-- migrate:up\n"), @"
    1:17-20 illegal-id: revision id 'a-b' contains '-', which ids cannot contain
        = use `_` instead of `-`
    2:13-16 illegal-id: revision id 'c d' contains ' ', which ids cannot contain
        = separate several ids with commas
    3:16-19 illegal-name: dependency 'e@f': name 'e@f' contains '@', which ids cannot contain
        = use letters, digits and underscores; commas separate
    ");
    let long = "x".repeat(256);
    assert_snapshot!(findings(&format!("-- Revision ID: {long}\n-- Revises:\n-- migrate:up\n")), @"
    1:17-273 illegal-id: revision id of 256 characters; 255 is the most
        = use letters, digits and underscores, for example 1975ea83b712
    ");
}

#[test]
fn a_bad_date_is_a_warning_and_the_revision_stays() {
    let text = "-- Revision ID: a\n-- Revises:\n-- Create Date: 2026-02-30\n-- migrate:up\n";
    assert_snapshot!(findings(text), @"
    3:17-27 warning malformed-date: '2026-02-30' is no date
        = write it like 2026-11-22T14:12:00Z
    ");
    assert!(parse("a.sql", text).0.is_some());
}

#[test]
fn sections_come_once_and_in_order() {
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\n-- migrate:up\nA\n-- migrate:up\nB\n"), @"
    5:1-14 duplicate-section: a second `-- migrate:up`; the first is in line 3
        = a revision has one section of each kind: join them, or make a second revision
    ");
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\n-- migrate:down\nA\n-- migrate:up\nB\n"), @"
    5:1-14 section-order: `-- migrate:up` stands behind `-- migrate:down`
        = put the up section first
    ");
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\n-- migrate:down\nA\n"), @"
    3:1-1 missing-up: the file has no section `-- migrate:up`
        = add the line `-- migrate:up` below the header, also when there is nothing to run
    ");
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\n"), @"
    1:1-1 missing-up: the file has no section `-- migrate:up`
        = add the line `-- migrate:up` below the header, also when there is nothing to run
    ");
}

#[test]
fn what_resembles_a_marker_is_not_taken_for_a_comment() {
    for line in [
        "  -- migrate:down",
        "--  Migrate: down",
        "-- migrate:dwon",
        "-- MIGRATE:DOWN",
        "--- migrate:down",
        "-- migrate :down",
        "-- migrate:rollback",
    ] {
        let text = format!("-- Revision ID: a\n-- Revises:\n-- migrate:up\nSELECT 1;\n{line}\nSELECT 2;\n");
        let (revision, findings) = parse("a.sql", &text);
        assert_eq!(findings.first().map(|finding| finding.code.as_ref()), Some("malformed-marker"), "{line}");
        assert_eq!(revision.map(|revision| revision.up.sql), Some("SELECT 1;\n".to_owned()), "{line}");
    }
    for line in
        ["-- migrate the rows", "-- Migrate: the rows of last year", "SELECT '-- migrate:down'", "-- see migrate:down"]
    {
        let revision = read(&format!("-- Revision ID: a\n-- Revises:\n-- migrate:up\n{line}\n"));
        assert_eq!(revision.up.sql, format!("{line}\n"));
    }
    assert_eq!(read("-- Revision ID: a\n-- Revises:\n--migrate:up\n").up.start_line, 4);
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\n-- migrate:up\n  -- migrate:down\n"), @"
    4:3-18 malformed-marker: this line is nearly the marker `-- migrate:down`
        = write `-- migrate:up` or `-- migrate:down` at the start of the line; reword it if it is only a comment
    ");
}

#[test]
fn an_unknown_option_of_a_section_is_an_error() {
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\n-- migrate:up transaction:no\n-- migrate:down transaction:false x\n"), @"
    3:15-29 unknown-section-option: unknown option 'transaction:no' of a section
        = the only option is `transaction:false`
    4:35-36 unknown-section-option: unknown option 'x' of a section
        = the only option is `transaction:false`
    ");
}

#[test]
fn sql_before_the_up_section_is_an_error_said_once() {
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises:\nSET lock_timeout = 0;\nSELECT 1;\n-- migrate:up\n"), @"
    3:1-22 text-before-up: only `--` comment lines may stand before `-- migrate:up`
        = move it behind the line `-- migrate:up`
    ");
}

#[test]
fn files_that_are_no_revision_say_so() {
    assert_snapshot!(findings("CREATE TABLE t ();\n"), @"
    1:1-1 not-a-revision: this file is no revision: it has neither a header nor a section
        = a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`
    ");
    assert_snapshot!(findings(""), @"
    1:1-1 not-a-revision: this file is no revision: it has neither a header nor a section
        = a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`
    ");
    assert_snapshot!(findings("-- Revision ID: a\n-- Rev\0ises:\n-- migrate:up\n"), @"
    2:7-8 binary-file: the file contains a NUL character; it is no SQL text
        = save it as UTF-8, or move it elsewhere
    ");
}

#[test]
fn a_byte_order_mark_is_a_warning_with_a_fix() {
    let (revision, findings) = parse("a.sql", "\u{feff}-- title\n-- Revision ID: a\n-- Revises:\n-- migrate:up\n");
    assert_eq!(revision.map(|revision| revision.title).as_deref(), Some("title"));
    assert_snapshot!(show::findings(&findings), @"
    1:1-2 warning byte-order-mark: the file starts with a byte order mark
        = save it as UTF-8 without a byte order mark
    ");
    assert!(findings.iter().all(|finding| finding.fix.is_some()));
}

#[test]
fn a_carriage_return_cannot_hide_sql_in_the_header() {
    assert_snapshot!(findings("-- title\rDROP TABLE t;\n-- Revision ID: a\n-- Revises:\n-- migrate:up\n"), @"
    1:9-10 stray-carriage-return: carriage return within a line of the header
        = end the line with a line feed
    ");
}

#[test]
fn columns_count_characters() {
    assert_snapshot!(findings("-- Revision ID: a\n-- Revises: größe é\n-- migrate:up\n"), @"
    2:13-20 illegal-id: revision id 'größe é' contains ' ', which ids cannot contain
        = separate several ids with commas
    ");
}

#[test]
fn a_file_of_ten_megabytes_is_read_in_one_pass() {
    let mut text = "-- Revision ID: a\n-- Revises:\n-- migrate:up\n".to_owned();
    let row = "INSERT INTO product (name) VALUES ('a name of some length that fills the line');\n";
    text.push_str(&row.repeat(10_000_000 / row.len()));
    assert_eq!(read(&text).up.sql.len(), text.len() - "-- Revision ID: a\n-- Revises:\n-- migrate:up\n".len());
}

#[test]
fn a_file_that_is_wrong_throughout_is_not_named_line_by_line() {
    let (_, findings) =
        parse("a.sql", &format!("-- Revision ID: a\n-- Revises:\n{}", "-- migrate:up x\n".repeat(1_000)));
    assert_eq!(findings.len(), 101);
    assert_eq!(findings.last().map(|last| last.message.as_str()), Some("1899 more things are wrong in this file"));
}
