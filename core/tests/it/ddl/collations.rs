//! Collations.

use super::played;
use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};
use limbeck_core::reflection;

#[test]
fn a_collation_is_kept_with_what_names_it() {
    let (session, lines) = played(
        "CREATE SCHEMA lists;
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION IF NOT EXISTS ci FROM \"C\";
CREATE COLLATION ci FROM \"C\";
CREATE COLLATION bytes FROM \"POSIX\";
CREATE TABLE t (a text COLLATE ci UNIQUE, b text COLLATE bytes, c text COLLATE missing_one);
CREATE TABLE t (a text COLLATE ci UNIQUE, b text COLLATE bytes, CHECK (b > 'x' COLLATE ci));
CREATE DOMAIN word AS text COLLATE ci;
CREATE INDEX ON t (a text_pattern_ops);
CREATE INDEX ON t (a COLLATE bytes text_pattern_ops, lower(b) COLLATE ci);
CREATE VIEW v AS SELECT a || b AS both FROM t;
CREATE VIEW v AS SELECT a || b COLLATE ci AS both, upper(b) AS shouted FROM t;
CREATE VIEW w AS SELECT a COLLATE ci = b COLLATE bytes FROM t;
DROP COLLATION ci;
ALTER COLLATION bytes RENAME TO ci;
ALTER COLLATION ci SET SCHEMA lists;
ALTER COLLATION bytes RENAME TO order_of_bytes;
ALTER COLLATION order_of_bytes SET SCHEMA lists;
COMMENT ON COLLATION lists.order_of_bytes IS 'as C';
DROP COLLATION \"C\";
DROP COLLATION missing_one;
DROP COLLATION IF EXISTS missing_one, de_DE;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE SCHEMA lists
        ok
    CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)
        ok
    CREATE COLLATION IF NOT EXISTS ci FROM "C"
        ok
    CREATE COLLATION ci FROM "C"
        42710: collation "ci" already exists
    CREATE COLLATION bytes FROM "POSIX"
        ok
    CREATE TABLE t (a text COLLATE ci UNIQUE, b text COLLATE bytes, c text COLLATE missing_one)
        42704: collation "missing_one" does not exist
    CREATE TABLE t (a text COLLATE ci UNIQUE, b text COLLATE bytes, CHECK (b > 'x' COLLATE ci))
        ok
    CREATE DOMAIN word AS text COLLATE ci
        ok
    CREATE INDEX ON t (a text_pattern_ops)
        0A000: nondeterministic collations are not supported for operator class "text_pattern_ops"
    CREATE INDEX ON t (a COLLATE bytes text_pattern_ops, lower(b) COLLATE ci)
        ok, locks public.t ShareLock
    CREATE VIEW v AS SELECT a || b AS both FROM t
        42P22: could not determine which collation to use for a column
    CREATE VIEW v AS SELECT a || b COLLATE ci AS both, upper(b) AS shouted FROM t
        ok, locks public.t AccessShareLock
    CREATE VIEW w AS SELECT a COLLATE ci = b COLLATE bytes FROM t
        42P21: collation mismatch between explicit collations
    DROP COLLATION ci
        2BP01: cannot drop collation ci because other objects depend on it: type word, constraint t_b_check on table t, column a of table t, view v
    ALTER COLLATION bytes RENAME TO ci
        42710: collation "ci" already exists in this schema
    ALTER COLLATION ci SET SCHEMA lists
        ok
    ALTER COLLATION bytes RENAME TO order_of_bytes
        ok
    ALTER COLLATION order_of_bytes SET SCHEMA lists
        ok
    COMMENT ON COLLATION lists.order_of_bytes IS 'as C'
        ok
    DROP COLLATION "C"
        2BP01: cannot drop a collation that is required by the database system
    DROP COLLATION missing_one
        42704: collation "missing_one" does not exist
    DROP COLLATION IF EXISTS missing_one, de_DE;
        unknown: a collation that the server may have
    "#);
    let schema = reflection::schema(session.catalog());
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema.collations).unwrap(), @r#"
    [
      {
        "name": "lists.ci",
        "provider": "icu",
        "locale": "und-u-ks-level2",
        "deterministic": false
      },
      {
        "name": "lists.order_of_bytes",
        "provider": "libc",
        "locale": "POSIX",
        "comment": "as C"
      }
    ]
    "#);
    let columns: Vec<_> = schema.tables.iter().flat_map(|table| &table.columns).map(|it| &it.collation).collect();
    insta::assert_snapshot!(format!("{columns:?} {:?}", schema.tables[0].indexes[0].keys), @r#"[Some("lists.ci"), Some("lists.order_of_bytes"), Some("lists.ci"), Some("lists.order_of_bytes")] ["a COLLATE lists.order_of_bytes text_pattern_ops", "lower(b) COLLATE lists.ci"]"#);
}

#[test]
fn what_names_a_collation_goes_with_it() {
    let (session, lines) = played(
        "CREATE COLLATION bytes (locale = 'C');
CREATE TYPE pair AS (a text COLLATE bytes, b int);
CREATE DOMAIN word AS text COLLATE bytes;
CREATE TABLE t (id int, a text COLLATE bytes, b text, w word, CHECK (b > 'x' COLLATE bytes));
CREATE INDEX i ON t (b COLLATE bytes);
DROP COLLATION bytes RESTRICT;
DROP COLLATION bytes CASCADE;",
    );
    insta::assert_snapshot!(lines, @"
    CREATE COLLATION bytes (locale = 'C')
        ok
    CREATE TYPE pair AS (a text COLLATE bytes, b int)
        ok
    CREATE DOMAIN word AS text COLLATE bytes
        ok
    CREATE TABLE t (id int, a text COLLATE bytes, b text, w word, CHECK (b > 'x' COLLATE bytes))
        ok
    CREATE INDEX i ON t (b COLLATE bytes)
        ok, locks public.t ShareLock
    DROP COLLATION bytes RESTRICT
        2BP01: cannot drop collation bytes because other objects depend on it: index i, constraint t_b_check on table t, column a of table t, type word, column w of table t, 1 more
    DROP COLLATION bytes CASCADE;
        ok, locks public.t AccessExclusiveLock
    ");
    let schema = reflection::schema(session.catalog());
    let table = &schema.tables[0];
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "b"]);
    assert!(table.indexes.is_empty() && table.checks.is_empty() && schema.domains.is_empty());
    assert_eq!(schema.composites[0].attributes.len(), 1);
}

#[test]
fn a_definition_says_what_its_provider_wants() {
    let (_, lines) = played(
        "CREATE COLLATION a (lc_collate = 'C');
CREATE COLLATION a (locale = 'C', lc_ctype = 'C');
CREATE COLLATION a (locale = 'C', locale = 'C');
CREATE COLLATION a (provider = icu);
CREATE COLLATION a (provider = nobody, locale = 'C');
CREATE COLLATION a (locale = 'C', deterministic = false);
CREATE COLLATION a (locale = 'C', deterministic = perhaps);
CREATE COLLATION a (locale = 'C', from = \"C\");
CREATE COLLATION a (locale = 'C', speed = 'high');
CREATE COLLATION a (locale = 'C', rules = '&a < b');
CREATE COLLATION a (provider = builtin, locale = 'PG_UNICODE_FAST');
CREATE COLLATION a FROM \"default\";
CREATE COLLATION a FROM nowhere.a;
CREATE COLLATION a (provider = icu, locale = 'de_DE');
CREATE COLLATION a (provider = builtin, locale = 'C.UTF8');
CREATE COLLATION a (locale = 'C');",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE COLLATION a (lc_collate = 'C')
        42P17: parameter "locale" must be specified
    CREATE COLLATION a (locale = 'C', lc_ctype = 'C')
        42601: conflicting or redundant options
    CREATE COLLATION a (locale = 'C', locale = 'C')
        42601: conflicting or redundant options
    CREATE COLLATION a (provider = icu)
        42P17: parameter "locale" must be specified
    CREATE COLLATION a (provider = nobody, locale = 'C')
        42P17: unrecognized collation provider: nobody
    CREATE COLLATION a (locale = 'C', deterministic = false)
        0A000: nondeterministic collations not supported with this provider
    CREATE COLLATION a (locale = 'C', deterministic = perhaps)
        42601: deterministic requires a Boolean value
    CREATE COLLATION a (locale = 'C', from = "C")
        42601: conflicting or redundant options
    CREATE COLLATION a (locale = 'C', speed = 'high')
        42601: collation attribute "speed" not recognized
    CREATE COLLATION a (locale = 'C', rules = '&a < b')
        42P17: ICU rules cannot be specified unless locale provider is ICU
    CREATE COLLATION a (provider = builtin, locale = 'PG_UNICODE_FAST')
        42809: invalid locale name "PG_UNICODE_FAST" for builtin provider
    CREATE COLLATION a FROM "default"
        42P17: collation "default" cannot be copied
    CREATE COLLATION a FROM nowhere.a
        3F000: schema "nowhere" does not exist
    CREATE COLLATION a (provider = icu, locale = 'de_DE')
        unknown: how ICU spells this locale
    CREATE COLLATION a (provider = builtin, locale = 'C.UTF8')
        ok
    CREATE COLLATION a (locale = 'C');
        42710: collation "a" already exists
    "#);
}

#[test]
fn what_the_libraries_of_the_server_know_is_said() {
    let needs = |version, statement: &str| {
        let mut session = Session::new(Catalog::new(version));
        match session.play(statement) {
            Played::Done(effects) => effects.locales.join(", "),
            other => format!("{other:?}"),
        }
    };
    let icu = "CREATE COLLATION a (provider = icu, locale = 'de-DE')";
    assert_eq!(needs(PostgresVersion::V17, icu), "ICU and its locale \"de-DE\"");
    assert_eq!(needs(PostgresVersion::V12, "CREATE COLLATION a (locale = 'en_US')"), "the locale \"en_US\"");
    assert_eq!(needs(PostgresVersion::V12, "CREATE COLLATION a (locale = 'POSIX')"), "");
}
