//! What settings and comments turn off, and what is said of those that do nothing.

use insta::assert_snapshot;
use limbeck_core::lint::Look;

use super::{FORWARD, found, line};
use crate::show;

const TABLE: &str = "CREATE TABLE a (id bigint PRIMARY KEY, n bigint, m bigint);";

#[test]
fn a_comment_is_about_the_statement_around_it_behind_it_or_before_it() {
    for sql in [
        "-- limbeck: allow data-loss\nALTER TABLE a DROP n;",
        "/* limbeck: allow data-loss */ ALTER TABLE a DROP n;",
        "ALTER TABLE a -- limbeck: allow data-loss: it is not read\n  DROP n;",
        "ALTER TABLE a DROP n; -- limbeck: allow data-loss",
        "ALTER TABLE a DROP n -- limbeck: allow data-loss\n;",
        "ALTER TABLE a DROP n;\nALTER TABLE a DROP m; -- limbeck: allow-file data-loss: not read",
        "-- limbeck: allow blocking-lock , data-loss : both: yes\nALTER TABLE a DROP n;",
    ] {
        assert_eq!(found(&[TABLE, sql]), "", "{sql}");
    }
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a DROP n; -- limbeck: allow data-loss\nALTER TABLE a DROP m;"]), @"
    5:1-21 warning data-loss: loses column m of public.a for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    ");
}

#[test]
fn a_comment_that_does_nothing_is_named() {
    assert_snapshot!(found(&[TABLE, "-- limbeck: allow data-loss, table-rewrite\nALTER TABLE a DROP n;\n-- limbeck: allow dataloss\nALTER TABLE a ADD o int;\n-- limbeck: allow ban-drop-table\n-- limbeck: alow data-loss\n-- limbeck: allow\n-- limbeck: allow-file cascade\n"]), @"
    4:1-43 warning unused-allow: 'table-rewrite' finds nothing here
        = take the comment away; it would hide what comes later
    6:1-27 warning unknown-rule: no rule is named 'dataloss'
        = did you mean 'data-loss'?
    8:1-33 warning unused-allow: no statement stands behind this comment
        = put it above a statement, or behind one on its line
    9:1-27 warning unknown-comment: 'alow' means nothing to Limbeck
        = did you mean 'allow'?
    10:1-18 warning unused-allow: the comment names no rule
        = `-- limbeck: allow RULE, RULE: reason`
    11:1-31 warning unused-allow: 'cascade' finds nothing here
        = take the comment away; it would hide what comes later
    ");
    // A text is no comment.
    assert_eq!(found(&[TABLE, "COMMENT ON TABLE a IS '-- limbeck: allow nothing';"]), "");
}

#[test]
fn settings_say_how_much_a_rule_matters() {
    let lint = |settings: &str| {
        let project = line(&format!("{FORWARD}{settings}"), &[TABLE, "ALTER TABLE a DROP n;"]);
        assert_eq!(show::findings(project.findings()), "");
        show::findings(&project.lint(&Look::Together(vec![1]), &[]).expect("a whole history"))
    };
    assert_snapshot!(lint("data-loss = 'error'\nblocking-lock = 'off'\n"), @"
    4:1-21 data-loss: loses column n of public.a for good
        = if it is meant, say so: `-- limbeck: allow data-loss: why`
    ");
    assert_snapshot!(lint("data-loss = 'off'\nblocking-lock = 'warn'\nban-drop-column = 'off'\nscan-under-loc = 'off'\n"), @"
    6:1-16 unknown-rule: no rule is named 'ban-drop-column'
        = 'data-loss' says what this rule of squawk's does
    7:1-15 unknown-rule: no rule is named 'scan-under-loc'
        = did you mean 'scan-under-lock'?
    4:1-21 warning blocking-lock: locks public.a: nobody can read or write it meanwhile
    ");
    assert_eq!(
        lint("data-loss = 'info'\nblocking-lock = 'off'\n").lines().next().map(|line| line.contains("info data-loss")),
        Some(true)
    );
}

#[test]
fn squawks_rules_can_be_turned_on_and_off() {
    let lint = |settings: &str| {
        let project = line(&format!("{FORWARD}{settings}"), &["CREATE TABLE a (id int PRIMARY KEY);"]);
        show::findings(&project.lint(&Look::Each, &[]).expect("a whole history"))
    };
    assert_snapshot!(lint(""), @"
    4:20-23 info prefer-bigint-over-int: using 32-bit integer fields can result in hitting the max `int` limit
        = use 64-bit integer values instead to prevent hitting this limit
    ");
    assert_snapshot!(lint("prefer-bigint-over-int = 'off'\nrequire-table-schema = 'error'\n"), @"4:14-15 require-table-schema: table name is not schema-qualified. Use schema.table (e.g., public.my_table)");
}
