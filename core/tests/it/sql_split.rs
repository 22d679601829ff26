//! Cutting a section into statements, and what is said about text that is none.

use insta::assert_snapshot;
use limbeck_core::sql::split;
use proptest::prelude::*;

/// Returns one line per statement, kind and text, then one per error.
fn cut(sql: &str) -> String {
    let (statements, errors) = split(sql);
    let mut text = String::new();
    for statement in &statements {
        text.push_str(&format!("{}: {}\n", statement.kind, sql[statement.range.clone()].replace('\n', "⏎")));
    }
    for error in &errors {
        let place = sql[error.range.clone()].replace('\n', "⏎");
        text.push_str(&format!("error at {} «{place}»: {}\n", error.range.start, error.message));
        if let Some(help) = error.help {
            text.push_str(&format!("    = {help}\n"));
        }
    }
    text
}

fn kinds(sql: &str) -> Vec<&'static str> {
    let (statements, errors) = split(sql);
    assert_eq!(errors, [], "{sql}");
    statements.iter().map(|statement| statement.kind).collect()
}

#[test]
fn a_statement_goes_from_its_first_token_to_its_last() {
    assert_snapshot!(cut("\n-- why\nCREATE TABLE t (a int) -- note\n;;\n/* b */ DROP TABLE t; -- end\nSELECT 1"), @"
    create_table: CREATE TABLE t (a int)
    drop_table: DROP TABLE t
    select: SELECT 1
    ");
    assert_snapshot!(cut(" -- only a comment\n;;"), @"");
}

#[test]
fn semicolons_in_quotes_and_comments_separate_nothing() {
    for sql in [
        "SELECT ';'",
        "SELECT 'it''s;'",
        "SELECT E'\\';'",
        "SELECT E'a'\n'\\';'",
        "SELECT U&'\\0041;'",
        "SELECT \"a;b\"",
        "SELECT $$;$$",
        "SELECT $tag$ $$;$$ ; $tag$",
        "SELECT /* ; /* ; */ ; */ 1",
        "SELECT 1 -- ;\n + 1",
        "SELECT a$1$b FROM t",
    ] {
        let (statements, errors) = split(sql);
        assert_eq!(errors, [], "{sql}");
        assert_eq!(statements.iter().map(|statement| &sql[statement.range.clone()]).collect::<Vec<_>>(), [sql]);
    }
}

#[test]
fn bodies_of_routines_and_rules_keep_their_semicolons() {
    assert_snapshot!(
        cut("DO $$ BEGIN PERFORM 1; END $$; CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END $f$;
CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN 1 END; SELECT 2; END; SELECT 3;
CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END;
CREATE RULE r AS ON INSERT TO t DO ALSO (UPDATE u SET a = 1; DELETE FROM v); SELECT 4"),
        @"
    do: DO $$ BEGIN PERFORM 1; END $$
    create_function: CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END $f$
    create_function: CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN 1 END; SELECT 2; END
    select: SELECT 3
    create_procedure: CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END
    create_rule: CREATE RULE r AS ON INSERT TO t DO ALSO (UPDATE u SET a = 1; DELETE FROM v)
    select: SELECT 4
    "
    );
}

#[test]
fn rows_behind_copy_are_no_statements() {
    assert_snapshot!(
        cut("COPY t (a, b) FROM stdin;\n1\tit's; a row\n\\N\t$$\n\\.\nSELECT 1;\nCOPY t FROM '/tmp/f';\nSELECT 2;"),
        @"
    copy: COPY t (a, b) FROM stdin
    select: SELECT 1
    copy: COPY t FROM '/tmp/f'
    select: SELECT 2
    "
    );
    assert_snapshot!(cut("COPY t FROM STDIN;\nSELECT 1;"), @"
    copy: COPY t FROM STDIN
    select: SELECT 1
    ");
}

#[test]
fn a_broken_statement_spoils_no_other() {
    assert_snapshot!(cut("CREATE TABLE t (a int; INSERT INTO t VALUES (1); SELECT 1"), @"
    create_table: CREATE TABLE t (a int
    insert: INSERT INTO t VALUES (1)
    select: SELECT 1
    error at 18 «int»: syntax error: expected `)`
    ");
    assert_snapshot!(cut("CREATE TABEL t (a int);\nSELECT 1;"), @"
    unknown: CREATE TABEL t (a int)
    select: SELECT 1
    error at 0 «CREATE»: syntax error: no statement of Postgres starts with `CREATE TABEL`
    ");
    assert_snapshot!(cut("ALTER TABLE t ADD COLUMN;\nSELECT 1;"), @"
    alter_table: ALTER TABLE t ADD COLUMN
    select: SELECT 1
    error at 18 «COLUMN»: syntax error: expected name
    ");
    assert_snapshot!(cut("SELECT 1\nSELECT 2;"), @"
    select: SELECT 1⏎SELECT 2
    error at 16 «2»: syntax error: missing comma
        = is a `;` missing at the end of the statement before?
    ");
    assert_snapshot!(cut(")"), @"
    unknown: )
    error at 0 «)»: syntax error: no statement of Postgres starts with `)`
    ");
}

#[test]
fn what_is_never_closed_is_named_once_at_its_opening() {
    assert_snapshot!(cut("SELECT 1;\nDO $body$ BEGIN\n  NULL;\n"), @"
    select: SELECT 1
    do: DO $body$ BEGIN⏎  NULL;⏎
    error at 13 «$body$»: this dollar-quoted text is not closed
        = close it; a line that starts with `-- migrate:` ends the section even inside quotes and comments
    ");
    assert_snapshot!(cut("SELECT 'a;\nSELECT 2;"), @"
    select: SELECT 'a;⏎SELECT 2;
    error at 7 «'»: this text is not closed by `'`
        = close it; a line that starts with `-- migrate:` ends the section even inside quotes and comments
    ");
    assert_snapshot!(cut("SELECT \"a;"), @r#"
    select: SELECT "a;
    error at 7 «"»: this quoted name is not closed by `"`
        = close it; a line that starts with `-- migrate:` ends the section even inside quotes and comments
    "#);
    assert_snapshot!(cut("SELECT 1; /* /* */ SELECT 2;"), @"
    select: SELECT 1
    error at 10 «/*»: this comment is not closed by `*/`
        = close it; a line that starts with `-- migrate:` ends the section even inside quotes and comments
    ");
    assert_snapshot!(cut("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2;"), @"
    create_function: CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2;
    error at 0 «CREATE»: the body `BEGIN ATOMIC` of this routine is not closed by `END`
    ");
}

#[test]
fn commands_of_psql_are_named_and_left_out() {
    assert_snapshot!(cut("\\connect shop\nSELECT 1;\n\\restrict x\n"), @r"
    select: SELECT 1
    error at 0 «\connect shop»: '\connect shop' is a command of psql, not SQL
        = take the line out: a migration is sent to the server as it stands
    error at 24 «\restrict x»: '\restrict x' is a command of psql, not SQL
        = take the line out: a migration is sent to the server as it stands
    ");
}

#[test]
fn every_statement_has_a_kind() {
    for (sql, kind) in [
        ("CREATE TABLE t ()", "create_table"),
        ("CREATE TABLE t AS SELECT 1", "create_table_as"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "create_index"),
        ("ALTER TABLE t ATTACH PARTITION p DEFAULT", "alter_table"),
        ("ALTER TYPE mood ADD VALUE 'x'", "alter_type"),
        ("CREATE TYPE mood AS ENUM ('a')", "create_type"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", "create_view"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", "create_materialized_view"),
        ("REFRESH MATERIALIZED VIEW v", "refresh_materialized_view"),
        ("COMMENT ON TABLE t IS 'x'", "comment"),
        ("INSERT INTO t DEFAULT VALUES", "insert"),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "insert"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "select"),
        ("(SELECT 1)", "select"),
        ("SELECT 1 UNION SELECT 2", "select"),
        ("VALUES (1)", "values"),
        ("DO 'BEGIN END'", "do"),
        ("START TRANSACTION", "begin"),
        ("END", "commit"),
        ("ABORT", "rollback"),
        ("SAVEPOINT s", "savepoint"),
        ("SET search_path = x", "set"),
        ("LOCK TABLE t", "lock"),
        ("GRANT SELECT ON t TO r", "grant"),
        ("DROP INDEX i", "drop_index"),
    ] {
        assert_eq!(kinds(sql), [kind], "{sql}");
    }
}

#[test]
fn statements_that_would_overflow_a_parser_are_left_to_the_server() {
    let deep = format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let prefixes = format!("SELECT {} true", "NOT ".repeat(100_000));
    let chain = format!("SELECT 1{}", "::int".repeat(100_000));
    let cases = format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(10_000), " END".repeat(10_000));
    let rows = format!("INSERT INTO t VALUES {}(1)", "(1, 'x'), ".repeat(100_000));
    let body = format!("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ {deep} $$");
    let quoted = format!("CREATE FUNCTION f() RETURNS int AS '{chain}' LANGUAGE sql");
    for (sql, kind) in [
        (deep, "select"),
        (prefixes, "select"),
        (chain, "select"),
        (cases, "select"),
        (rows, "insert"),
        (body, "create_function"),
        (quoted, "create_function"),
    ] {
        let (statements, errors) = split(&format!("{sql}; DROP TABLE t;"));
        assert_eq!(errors, []);
        assert_eq!(
            statements.iter().map(|s| (s.kind, s.unread.is_some())).collect::<Vec<_>>(),
            [(kind, true), ("drop_table", false)]
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_cut_without_a_panic_into_ranges_in_order(
        sql in "((SELECT|CREATE|RULE|FUNCTION|BEGIN|ATOMIC|END|CASE|COPY|FROM|stdin|DO|AS|TABLE|INSERT INTO|E|U&|[a-z]{1,2}|[0-9])?( |\n|'|\"|\\$\\$|\\$a\\$|\\(|\\)|;|--|/\\*|\\*/|\\\\\\.?|,|\\.|é|[<=+-])){0,40}"
    ) {
        let (statements, errors) = split(&sql);
        let mut end = 0;
        for statement in &statements {
            prop_assert!(end <= statement.range.start && statement.range.start < statement.range.end);
            end = statement.range.end;
            let text = sql.get(statement.range.clone());
            prop_assert!(text.is_some_and(|text| !text.starts_with([' ', '\n', ';']) && !text.starts_with("--")));
        }
        for error in &errors {
            prop_assert!(sql.get(error.range.clone()).is_some(), "{error:?}");
        }
    }

    #[test]
    fn statements_stay_apart_whatever_stands_between_them(
        parts in proptest::collection::vec((0..6_usize, "( |\n|-- x;\n|/\\* ; \\*/){0,3}"), 1..12)
    ) {
        const STATEMENTS: [&str; 6] =
            ["SELECT ';'", "CREATE TABLE t (a int)", "DO $$ BEGIN NULL; END $$", "INSERT INTO t VALUES (1, 'x')", "DROP TABLE t", "SELECT (1"];
        let sql: String = parts.iter().map(|(which, gap)| format!("{gap}{}{gap};", STATEMENTS[*which])).collect();
        let (statements, errors) = split(&sql);
        let expected: Vec<&str> = parts.iter().map(|(which, _)| STATEMENTS[*which]).collect();
        prop_assert_eq!(statements.iter().map(|s| &sql[s.range.clone()]).collect::<Vec<_>>(), expected);
        prop_assert_eq!(errors.len(), parts.iter().filter(|(which, _)| *which == 5).count());
    }
}
