//! What older servers do not read or have, and from which version on it is there.

use limbeck_core::PostgresVersion::{self, V12, V13, V14, V15, V16, V17, V18};
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};

const ALL: [PostgresVersion; 7] = [V12, V13, V14, V15, V16, V17, V18];

fn answer(version: PostgresVersion, statement: &str) -> String {
    let mut session = Session::new(Catalog::new(version));
    for first in [
        "CREATE TABLE t (id int PRIMARY KEY, a text, b int, j jsonb)",
        "CREATE VIEW v AS SELECT id, a FROM t",
        "CREATE TYPE mood AS ENUM ('sad')",
        "CREATE ROLE reader",
    ] {
        assert!(matches!(session.play(first), Played::Done(_)), "{first}");
    }
    match session.play(statement) {
        Played::Done(_) => "ok".to_owned(),
        Played::Refused(refusal) => refusal.sqlstate.to_string(),
        Played::Unknown(_) => "unknown".to_owned(),
    }
}

/// Asks all versions: those before the first that has it say this, those from it on that.
fn judge(table: &[(&str, &str, PostgresVersion, &str)]) {
    for (statement, before, first, from) in table {
        for version in ALL {
            let expected = if version < *first { before } else { from };
            assert_eq!(&answer(version, statement), expected, "{version}: {statement}");
        }
    }
}

#[test]
fn syntax_is_read_from_its_version_on() {
    judge(&[
        ("ALTER VIEW v RENAME COLUMN a TO name", "42601", V13, "ok"),
        ("SELECT id value FROM t", "42601", V14, "ok"),
        ("ALTER TABLE t OWNER TO CURRENT_ROLE", "42601", V14, "ok"),
        ("REINDEX (CONCURRENTLY) TABLE t", "42601", V14, "ok"),
        ("GRANT SELECT ON t TO reader GRANTED BY CURRENT_USER", "42601", V14, "ok"),
        ("CREATE TABLE n (b int REFERENCES t ON DELETE SET NULL (b))", "42601", V15, "ok"),
        ("GRANT reader TO CURRENT_USER WITH INHERIT TRUE", "42601", V16, "ok"),
        ("SELECT * FROM (SELECT 1)", "42601", V16, "unknown"),
        ("CREATE STATISTICS ON id, b FROM t", "42601", V16, "unknown"),
        ("ALTER TABLE t ALTER a SET STATISTICS DEFAULT", "42601", V17, "unknown"),
        ("ALTER TABLE t SET ACCESS METHOD DEFAULT", "42601", V17, "unknown"),
        ("SELECT now() AT LOCAL", "42601", V17, "unknown"),
        ("ALTER TYPE mood DROP VALUE 'sad'", "42601", V17, "0A000"),
        ("ANALYZE ONLY t", "42601", V18, "ok"),
        ("VACUUM ONLY t", "42601", V18, "ok"),
    ]);
}

#[test]
fn what_is_there_from_a_version_on_is_not_there_before() {
    judge(&[
        ("CREATE INDEX ON t (a) WITH (deduplicate_items = off)", "22023", V13, "ok"),
        ("CREATE VIEW w WITH (security_invoker) AS SELECT 1", "22023", V15, "ok"),
        ("ALTER TABLE t SET (vacuum_max_eager_freeze_failure_rate = 0.5)", "22023", V18, "ok"),
        ("ALTER TABLE t SET (toast.autovacuum_vacuum_max_threshold = 5)", "22023", V18, "ok"),
        ("CREATE PROCEDURE p(OUT a int) LANGUAGE sql AS 'SELECT 1'", "0A000", V14, "ok"),
        ("CREATE STATISTICS s ON id, (b + 1) FROM t", "0A000", V14, "ok"),
        ("CREATE INDEX ON t ((j['a']))", "42804", V14, "ok"),
        ("GRANT pg_read_all_data TO reader", "42704", V14, "ok"),
        ("GRANT pg_checkpoint TO reader", "42704", V15, "ok"),
        ("GRANT pg_maintain TO reader", "42704", V17, "ok"),
        ("GRANT pg_signal_autovacuum_worker TO reader", "42704", V18, "ok"),
    ]);
}

#[test]
fn numbers_have_other_bases_and_underscores_since_16() {
    for (statement, from) in [
        ("SELECT 0x1F + 0b101 - 0o17", "ok"),
        ("CREATE TABLE n (a int DEFAULT 1_000, b varchar(1_0) CHECK (a < 0xFF))", "ok"),
        ("SELECT 0xFFFFFFFFFFFFFFFFFFFF", "ok"),
        ("SELECT 1__0", "42601"),
        ("SELECT 1_", "42601"),
    ] {
        for version in ALL {
            // What stood behind the digits could be a name.
            let expected = match version {
                V12 | V13 | V14 => "unknown",
                V15 => "42601",
                _ => from,
            };
            assert_eq!(answer(version, statement), expected, "{version}: {statement}");
        }
    }
}

#[test]
fn a_number_with_underscores_is_kept_in_digits() {
    let mut session = Session::new(Catalog::new(V17));
    session.play("CREATE TABLE t (a int DEFAULT 1_000 CHECK (a < 0xFF))");
    let schema = limbeck_core::reflection::schema(session.catalog());
    let table = schema.tables.first().expect("the table was made");
    assert_eq!(table.columns.first().and_then(|column| column.default.as_deref()), Some("1000"));
    assert_eq!(table.checks.first().map(|check| check.expression.as_str()), Some("(a < 255)"));
}

#[test]
fn a_function_of_json_is_a_name_until_it_has_a_grammar_of_its_own() {
    judge(&[
        ("SELECT json_value(j, '$.a') FROM t", "42883", V17, "unknown"),
        ("CREATE VIEW w AS SELECT json_query(j, '$.a') AS a FROM t", "42883", V17, "unknown"),
        ("ALTER TABLE t ADD CHECK (json_exists(j, '$.a'))", "42883", V17, "unknown"),
        ("SELECT json_array(1, 2)", "42883", V16, "unknown"),
        ("SELECT json_object('{a,1}')", "ok", V16, "unknown"),
    ]);
}

#[test]
fn copy_takes_the_options_of_its_version() {
    judge(&[
        ("COPY t FROM STDIN WITH (FORMAT csv, HEADER match)", "42601", V15, "ok"),
        ("COPY t TO STDOUT WITH (HEADER match)", "42601", V15, "0A000"),
        ("COPY t TO STDOUT WITH (HEADER)", "0A000", V15, "ok"),
        ("COPY t FROM STDIN WITH (DEFAULT 'x')", "42601", V16, "ok"),
        ("COPY t TO STDOUT WITH (DEFAULT 'x')", "42601", V16, "0A000"),
        ("COPY t FROM STDIN WITH (ON_ERROR ignore)", "42601", V17, "ok"),
        ("COPY t FROM STDIN WITH (ON_ERROR never)", "42601", V17, "22023"),
        ("COPY t FROM STDIN WITH (FORMAT csv, FORCE_NULL *)", "22023", V17, "ok"),
        ("COPY t FROM STDIN WITH (ON_ERROR ignore, REJECT_LIMIT 3)", "42601", V18, "ok"),
        ("COPY t FROM STDIN WITH (REJECT_LIMIT 3)", "42601", V18, "22023"),
    ]);
    for (statement, expected) in [
        ("COPY t TO STDOUT WITH (FORMAT csv, FORCE_QUOTE (a), DELIMITER ';', QUOTE '\"')", "ok"),
        ("COPY t TO STDOUT WITH (FORMAT xml)", "22023"),
        ("COPY t TO STDOUT WITH (FORMAT)", "42601"),
        ("COPY t TO STDOUT WITH (NOPE 1)", "42601"),
        ("COPY t TO STDOUT WITH (DELIMITER ';', DELIMITER ',')", "42601"),
        ("COPY t TO STDOUT WITH (QUOTE '\"')", "0A000"),
        ("COPY t FROM STDIN WITH (FORCE_NULL (a))", "0A000"),
        ("COPY t FROM STDIN WITH (FORMAT csv, FORCE_NULL a)", "22023"),
        ("COPY t TO STDOUT WITH (FORMAT csv, FORCE_QUOTE (nope))", "42703"),
        ("COPY t TO STDOUT WITH (FORMAT csv, FORCE_QUOTE (a, a))", "42701"),
        ("COPY t (id) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (a))", "42P10"),
        ("COPY t TO STDOUT WITH (DELIMITER ';;')", "0A000"),
        ("COPY t TO STDOUT WITH (DELIMITER 'a')", "22023"),
        ("COPY t TO STDOUT WITH (FORMAT csv, DELIMITER 'a')", "ok"),
        ("COPY t TO STDOUT WITH (FORMAT csv, QUOTE ',')", "22023"),
        ("COPY t TO STDOUT WITH (FORMAT csv, ESCAPE '')", "0A000"),
        ("COPY t TO STDOUT WITH (NULL E'a\\nb')", "22023"),
        ("COPY t TO STDOUT WITH (ENCODING 'ISO-8859-1')", "ok"),
        ("COPY t TO STDOUT WITH (ENCODING 'nope')", "22023"),
        ("COPY t TO STDOUT WITH (FORMAT csv, HEADER yes)", "42601"),
        ("COPY t TO STDOUT WITH (FORMAT csv, HEADER 1)", "ok"),
        ("COPY t TO STDOUT WITH (FORMAT binary, DELIMITER ',')", "42601"),
        ("COPY t TO STDOUT WITH (FORMAT binary, HEADER)", "0A000"),
        ("COPY BINARY t TO STDOUT CSV", "42601"),
        ("COPY t TO STDOUT CSV HEADER FORCE QUOTE a", "ok"),
        ("COPY t TO STDOUT CSV HEADER FORCE QUOTE nope", "42703"),
        ("COPY t TO STDOUT QUOTE '\"'", "0A000"),
        ("COPY t FROM STDIN CSV CSV", "42601"),
        ("COPY t FROM STDIN WITH (FREEZE)", "unknown"),
        ("COPY t FROM STDIN WITH (FORMAT binary)", "unknown"),
        ("COPY t FROM STDIN USING DELIMITERS ';'", "unknown"),
        ("COPY t TO STDOUT DELIMITERS ';' WITH NULL AS ''", "unknown"),
    ] {
        for version in ALL {
            assert_eq!(answer(version, statement), expected, "{version}: {statement}");
        }
    }
}

#[test]
fn analyze_goes_to_children_since_18() {
    for (version, statement, expected) in [
        (V17, "ANALYZE p", "AccessShareLock"),
        (V18, "ANALYZE p", "ShareUpdateExclusiveLock"),
        (V18, "ANALYZE ONLY p", "AccessShareLock"),
    ] {
        let mut session = Session::new(Catalog::new(version));
        session.play("CREATE TABLE p (a int)");
        session.play("CREATE TABLE c () INHERITS (p)");
        let Played::Done(effects) = session.play(statement) else { panic!("{statement} is done") };
        assert_eq!(effects.locks.get("public.c").map(ToString::to_string).as_deref(), Some(expected), "{statement}");
    }
}

#[test]
fn keys_have_periods_since_18() {
    const BEFORE: [&str; 3] = [
        "CREATE TABLE p (id int4range, valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS))",
        "CREATE TABLE u (id int4range, valid daterange, PRIMARY KEY (id, valid))",
        "CREATE TABLE c (id int4range, valid daterange, at tsrange, n int)",
    ];
    let foreign = |from: &str, to: &str| format!("ALTER TABLE c ADD FOREIGN KEY ({from}) REFERENCES {to}");
    for (statement, expected) in [
        ("ALTER TABLE c ADD UNIQUE (id, valid WITHOUT OVERLAPS)".to_owned(), "ok"),
        ("ALTER TABLE c ADD UNIQUE (valid WITHOUT OVERLAPS)".to_owned(), "42601"),
        ("ALTER TABLE c ADD UNIQUE (valid, n WITHOUT OVERLAPS)".to_owned(), "42804"),
        ("ALTER TABLE c ADD UNIQUE (n, valid WITHOUT OVERLAPS)".to_owned(), "42704"),
        ("ALTER TABLE c ADD UNIQUE (nope, valid WITHOUT OVERLAPS)".to_owned(), "42703"),
        ("ALTER TABLE u ADD PRIMARY KEY (id, valid WITHOUT OVERLAPS)".to_owned(), "42P16"),
        ("CREATE TABLE n (id point, valid daterange, UNIQUE (id, valid WITHOUT OVERLAPS))".to_owned(), "42704"),
        (
            "CREATE TABLE n (id int4range, valid daterange, UNIQUE (id, valid WITHOUT OVERLAPS)) \
             PARTITION BY RANGE (valid)"
                .to_owned(),
            "0A000",
        ),
        (foreign("id, PERIOD valid", "p"), "ok"),
        (foreign("id, PERIOD valid", "p (id, PERIOD valid)"), "ok"),
        (foreign("id, valid", "p"), "42830"),
        (foreign("id, valid", "p (id, valid)"), "42830"),
        (foreign("id, PERIOD valid", "p (id, valid)"), "42830"),
        (foreign("id, PERIOD at", "p"), "42804"),
        (foreign("n, PERIOD valid", "p"), "42804"),
        (foreign("id, PERIOD valid", "u"), "42704"),
        (foreign("id, PERIOD valid", "u (id, PERIOD valid)"), "42830"),
        (foreign("id, PERIOD valid", "p ON DELETE CASCADE"), "0A000"),
        (foreign("id, PERIOD nope", "p"), "42703"),
    ] {
        let mut session = Session::new(Catalog::new(V18));
        for first in BEFORE {
            assert!(matches!(session.play(first), Played::Done(_)), "{first}");
        }
        let answer = match session.play(&statement) {
            Played::Done(_) => "ok".to_owned(),
            Played::Refused(refusal) => refusal.sqlstate.to_string(),
            Played::Unknown(why) => why.to_string(),
        };
        assert_eq!(answer, expected, "{statement}");
    }
    assert_eq!(answer(V17, "CREATE TABLE n (a int4range, b daterange, UNIQUE (a, b WITHOUT OVERLAPS))"), "42601");
}

#[test]
fn a_schema_says_which_keys_have_periods() {
    let mut session = Session::new(Catalog::new(V18));
    for statement in [
        "CREATE TABLE p (id int4range, valid daterange, UNIQUE (id, valid WITHOUT OVERLAPS))",
        "CREATE TABLE c (id int4range, valid daterange, \
         FOREIGN KEY (id, PERIOD valid) REFERENCES p (id, PERIOD valid))",
        "CREATE TABLE alike (LIKE p INCLUDING INDEXES)",
    ] {
        assert!(matches!(session.play(statement), Played::Done(_)), "{statement}");
    }
    let schema = limbeck_core::reflection::schema(session.catalog());
    let keys = schema.tables.iter().flat_map(|table| &table.unique);
    let shown: Vec<(&str, bool)> = keys.map(|key| (key.name.as_str(), key.without_overlaps)).collect();
    assert_eq!(shown, [("alike_id_valid_excl", true), ("p_id_valid_key", true)]);
    assert!(schema.tables.iter().flat_map(|table| &table.foreign_keys).all(|key| key.period));
}
