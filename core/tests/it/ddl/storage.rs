//! Storage parameters of what is stored beside the rows of a table, where there is something.

use limbeck_core::reflection;

use super::played;

/// Plays a script, and returns what the first table keeps of `toast.autovacuum_enabled`, or how the script ends.
fn kept(script: &str) -> String {
    let (session, lines) = played(script);
    let last = lines.lines().last().unwrap_or_default().trim().to_owned();
    let schema = reflection::schema(session.catalog());
    match schema.tables.first().map(|table| table.with.join(", ")) {
        Some(with) if last.starts_with("ok") => with,
        _ => last,
    }
}

#[test]
fn parameters_of_what_is_stored_beside_rows_stay_where_something_is() {
    const SET: &str = "ALTER TABLE t SET (toast.autovacuum_enabled)";
    const KEPT: &str = "toast.autovacuum_enabled=true";
    for (before, expected) in [
        ("CREATE TABLE t (a int)", ""),
        ("CREATE TABLE t (a int, b text)", KEPT),
        ("CREATE TABLE t (a numeric(10,2), b varchar(10))", ""),
        ("CREATE TABLE t (a int, b text);\nALTER TABLE t DROP b", KEPT),
        ("CREATE TABLE t (a int, b text);\nALTER TABLE t DROP b;\nVACUUM FULL t", ""),
        ("CREATE TABLE t (a int, b text);\nALTER TABLE t DROP b;\nTRUNCATE t", KEPT),
        ("CREATE TABLE t (a int, b text);\nALTER TABLE t DROP b, ADD c serial", ""),
        ("CREATE TABLE t (a int, b text);\nALTER TABLE t ALTER b TYPE int USING 1", ""),
        (
            "CREATE TABLE t (a int, b text);\nALTER TABLE t ALTER b SET STORAGE plain",
            "unknown: whether something is stored beside the rows of a table",
        ),
    ] {
        assert_eq!(kept(&format!("{before};\n{SET};")), expected, "{before}");
    }
    // With what the columns needed goes what was said of it.
    let goes = "CREATE TABLE t (a int, b text) WITH (toast.autovacuum_enabled);\nALTER TABLE t DROP b";
    assert_eq!(kept(goes), KEPT);
    assert_eq!(kept(&format!("{goes};\nALTER TABLE t SET UNLOGGED;")), "");
}

#[test]
fn where_nothing_is_stored_beside_rows_nothing_is_checked() {
    for (columns, statement, expected) in [
        ("a int", "ALTER TABLE t SET (toast.nothing = 5)", ""),
        ("a int", "ALTER TABLE t SET (toast.autovacuum_enabled = 5)", ""),
        ("a int", "ALTER TABLE t SET (other.nothing = 5)", "22023: unrecognized parameter namespace \"other\""),
        ("a text", "ALTER TABLE t SET (toast.nothing = 5)", "22023: unrecognized parameter \"nothing\""),
        // On a new table everything is.
        ("a int", "CREATE TABLE u (a int) WITH (toast.nothing = 5)", "22023: unrecognized parameter \"nothing\""),
    ] {
        assert_eq!(kept(&format!("CREATE TABLE t ({columns});\n{statement};")), expected, "{statement}");
    }
}

#[test]
fn how_much_a_column_is_sampled_outlives_its_type() {
    let (session, _) = played(
        "CREATE TABLE t (a int);
CREATE TABLE child () INHERITS (t);
ALTER TABLE t ALTER a SET STATISTICS 500, ALTER a SET (n_distinct = 5);
ALTER TABLE t ALTER a TYPE bigint;",
    );
    let schema = reflection::schema(session.catalog());
    for table in &schema.tables {
        let column = table.columns.first().expect("it has one");
        assert_eq!((column.data_type.as_str(), column.statistics_target), ("bigint", Some(500)), "{}", table.name);
    }
}
