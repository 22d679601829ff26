//! Rules, and rows of tables that have some.

use super::played;
use limbeck_core::reflection;

const TABLES: &str = "CREATE TABLE t (a int, b text, c numeric(6,2));
CREATE TABLE u (a int PRIMARY KEY, b text, \"Mixed\" varchar(10));
CREATE VIEW v AS SELECT a, b FROM t;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE SEQUENCE s;\n";

/// Plays statements behind those that make tables; returns the answers to them alone.
fn on_tables(script: &str) -> String {
    let (_, lines) = played(&format!("{TABLES}{script}"));
    let own: Vec<&str> = lines.lines().skip(10).collect();
    own.join("\n")
}

/// Returns how the rules of a table are spelled behind these statements.
fn spelled(script: &str) -> String {
    let (session, _) = played(&format!("{TABLES}{script}"));
    let schema = reflection::schema(session.catalog());
    let rules = schema.tables.iter().flat_map(|table| &table.rules);
    let lines: Vec<String> = rules
        .map(|rule| {
            let enabled = rule.enabled.as_ref().map(|enabled| format!("\n[{enabled}]")).unwrap_or_default();
            format!("{}{enabled}", rule.definition)
        })
        .collect();
    lines.join("\n")
}

#[test]
fn a_rule_is_made_renamed_switched_off_and_dropped() {
    insta::assert_snapshot!(on_tables(
        "CREATE RULE r1 AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (new.a, new.b);
CREATE RULE r1 AS ON UPDATE TO t DO INSTEAD NOTHING;
CREATE OR REPLACE RULE r1 AS ON UPDATE TO t WHERE old.a > (SELECT max(a) FROM u) DO ALSO DELETE FROM v WHERE a = old.a;
ALTER RULE r1 ON t RENAME TO r1;
ALTER RULE r1 ON t RENAME TO r2;
ALTER RULE r1 ON t RENAME TO r3;
ALTER RULE \"_RETURN\" ON v RENAME TO r3;
ALTER TABLE t DISABLE RULE r2;
ALTER TABLE t ENABLE RULE r1;
ALTER TABLE v DISABLE RULE r2;
COMMENT ON RULE r2 ON t IS 'why';
COMMENT ON RULE r2 ON v IS 'why';
DROP RULE r1 ON t;
DROP RULE IF EXISTS r1 ON t;
DROP RULE IF EXISTS r1 ON nothing;
DROP RULE \"_RETURN\" ON v;
DROP RULE r2 ON t;"
    ), @r#"
    CREATE RULE r1 AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (new.a, new.b)
        ok, locks public.t AccessExclusiveLock, public.u RowExclusiveLock
    CREATE RULE r1 AS ON UPDATE TO t DO INSTEAD NOTHING
        42710: rule "r1" for relation "t" already exists
    CREATE OR REPLACE RULE r1 AS ON UPDATE TO t WHERE old.a > (SELECT max(a) FROM u) DO ALSO DELETE FROM v WHERE a = old.a
        ok, locks public.t AccessExclusiveLock, public.u AccessShareLock, public.v RowExclusiveLock
    ALTER RULE r1 ON t RENAME TO r1
        42710: rule "r1" for relation "t" already exists
    ALTER RULE r1 ON t RENAME TO r2
        ok, locks public.t AccessExclusiveLock
    ALTER RULE r1 ON t RENAME TO r3
        42704: rule "r1" for relation "t" does not exist
    ALTER RULE "_RETURN" ON v RENAME TO r3
        42P17: renaming an ON SELECT rule is not allowed
    ALTER TABLE t DISABLE RULE r2
        ok, locks public.t AccessExclusiveLock
    ALTER TABLE t ENABLE RULE r1
        42704: rule "r1" for relation "t" does not exist
    ALTER TABLE v DISABLE RULE r2
        42809: ALTER action ENABLE RULE cannot be performed on relation "v"
    COMMENT ON RULE r2 ON t IS 'why'
        ok, locks public.t AccessShareLock
    COMMENT ON RULE r2 ON v IS 'why'
        42704: rule "r2" for relation "v" does not exist
    DROP RULE r1 ON t
        42704: rule "r1" for relation "t" does not exist
    DROP RULE IF EXISTS r1 ON t
        ok
    DROP RULE IF EXISTS r1 ON nothing
        ok
    DROP RULE "_RETURN" ON v
        2BP01: cannot drop rule _RETURN on view v because view v requires it
    DROP RULE r2 ON t;
        ok, locks public.t AccessExclusiveLock
    "#);
}

#[test]
fn a_rule_is_refused_for_the_reason_that_postgres_gives_first() {
    insta::assert_snapshot!(on_tables(
        "CREATE RULE r AS ON INSERT TO nothing DO NOTHING;
CREATE RULE r AS ON INSERT TO nowhere.nothing DO NOTHING;
CREATE RULE r AS ON INSERT TO m DO NOTHING;
CREATE RULE r AS ON INSERT TO s DO NOTHING;
CREATE RULE r AS ON INSERT TO u_pkey DO NOTHING;
CREATE RULE \"_RETURN\" AS ON INSERT TO t DO NOTHING;
CREATE RULE r AS ON INSERT TO t WHERE old.a = 1 DO NOTHING;
CREATE RULE r AS ON UPDATE TO t WHERE a = 1 DO NOTHING;
CREATE RULE r AS ON INSERT TO t WHERE new.a DO NOTHING;
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (old.a);
CREATE RULE r AS ON DELETE TO t DO ALSO DELETE FROM u WHERE a = new.a;
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (a);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (new.z);
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (1) RETURNING new.a;
CREATE RULE r AS ON INSERT TO t DO ALSO SELECT new.a FROM u UNION SELECT 1;
CREATE RULE r AS ON INSERT TO t WHERE true DO ALSO SELECT a FROM u UNION SELECT 1;
CREATE RULE r AS ON INSERT TO t WHERE new.a > 0 DO ALSO NOTIFY n;
CREATE RULE r AS ON UPDATE TO t DO ALSO SELECT 1 FROM u JOIN v ON u.a = new.a;
CREATE RULE r AS ON UPDATE TO t DO ALSO SELECT 1 FROM u AS old;
CREATE RULE r AS ON UPDATE TO t DO ALSO DELETE FROM u RETURNING a;
CREATE RULE r AS ON UPDATE TO t WHERE true DO INSTEAD DELETE FROM u RETURNING a, b, 1.5::numeric;
CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a;
CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a, b, 1;
CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a, b, 1.5, 2;
CREATE RULE r AS ON UPDATE TO t DO (SELECT a FROM t ORDER BY 1) UNION SELECT 1;
CREATE RULE r AS ON SELECT TO t DO INSTEAD SELECT 1, 'x'::text, 1.5;
CREATE RULE r AS ON SELECT TO v DO ALSO SELECT a, b FROM t;
CREATE RULE r AS ON SELECT TO v DO INSTEAD SELECT a, b FROM t;
CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a, b, 1.5;"
    ), @r#"
    CREATE RULE r AS ON INSERT TO nothing DO NOTHING
        42P01: relation "nothing" does not exist
    CREATE RULE r AS ON INSERT TO nowhere.nothing DO NOTHING
        3F000: schema "nowhere" does not exist
    CREATE RULE r AS ON INSERT TO m DO NOTHING
        0A000: rules on materialized views are not supported
    CREATE RULE r AS ON INSERT TO s DO NOTHING
        42809: relation "s" cannot have rules
    CREATE RULE r AS ON INSERT TO u_pkey DO NOTHING
        42809: cannot open relation "u_pkey"
    CREATE RULE "_RETURN" AS ON INSERT TO t DO NOTHING
        42P17: non-view rule for "t" must not be named "_RETURN"
    CREATE RULE r AS ON INSERT TO t WHERE old.a = 1 DO NOTHING
        42P01: missing FROM-clause entry for table "old"
    CREATE RULE r AS ON UPDATE TO t WHERE a = 1 DO NOTHING
        42702: column reference "a" is ambiguous
    CREATE RULE r AS ON INSERT TO t WHERE new.a DO NOTHING
        42804: argument of WHERE must be type boolean
    CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (old.a)
        42P17: ON INSERT rule cannot use OLD
    CREATE RULE r AS ON DELETE TO t DO ALSO DELETE FROM u WHERE a = new.a
        42P17: ON DELETE rule cannot use NEW
    CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (a)
        42703: column "a" does not exist
    CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (new.z)
        42703: column new.z does not exist
    CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u VALUES (1) RETURNING new.a
        42P01: missing FROM-clause entry for table "new"
    CREATE RULE r AS ON INSERT TO t DO ALSO SELECT new.a FROM u UNION SELECT 1
        42P10: UNION/INTERSECT/EXCEPT member statement cannot refer to other relations of same query level
    CREATE RULE r AS ON INSERT TO t WHERE true DO ALSO SELECT a FROM u UNION SELECT 1
        0A000: conditional UNION/INTERSECT/EXCEPT statements are not implemented
    CREATE RULE r AS ON INSERT TO t WHERE new.a > 0 DO ALSO NOTIFY n
        42P17: rules with WHERE conditions can only have SELECT, INSERT, UPDATE, or DELETE actions
    CREATE RULE r AS ON UPDATE TO t DO ALSO SELECT 1 FROM u JOIN v ON u.a = new.a
        42P01: missing FROM-clause entry for table "new"
    CREATE RULE r AS ON UPDATE TO t DO ALSO SELECT 1 FROM u AS old
        42712: table name "old" specified more than once
    CREATE RULE r AS ON UPDATE TO t DO ALSO DELETE FROM u RETURNING a
        0A000: RETURNING lists are not supported in non-INSTEAD rules
    CREATE RULE r AS ON UPDATE TO t WHERE true DO INSTEAD DELETE FROM u RETURNING a, b, 1.5::numeric
        0A000: RETURNING lists are not supported in conditional rules
    CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a
        42P17: RETURNING list has too few entries
    CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a, b, 1
        42P17: RETURNING list's entry 3 has a different type from column "c"
    CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a, b, 1.5, 2
        42P17: RETURNING list has too many entries
    CREATE RULE r AS ON UPDATE TO t DO (SELECT a FROM t ORDER BY 1) UNION SELECT 1
        unknown: the parser takes a query in parentheses for the list of what a rule does
    CREATE RULE r AS ON SELECT TO t DO INSTEAD SELECT 1, 'x'::text, 1.5
        42809: relation "t" cannot have ON SELECT rules
    CREATE RULE r AS ON SELECT TO v DO ALSO SELECT a, b FROM t
        0A000: rules on SELECT must have action INSTEAD SELECT
    CREATE RULE r AS ON SELECT TO v DO INSTEAD SELECT a, b FROM t
        55000: "v" is already a view
    CREATE RULE r AS ON UPDATE TO t DO INSTEAD DELETE FROM u RETURNING a, b, 1.5;
        ok, locks public.t AccessExclusiveLock, public.u RowExclusiveLock
    "#);
}

#[test]
fn a_rule_is_spelled_as_postgres_does() {
    insta::assert_snapshot!(spelled(
        "CREATE RULE a1 AS ON INSERT TO t WHERE new.a > (SELECT max(a) FROM u) DO INSERT INTO u VALUES (new.a, 'x');
CREATE RULE a2 AS ON INSERT TO t DO ALSO INSERT INTO u (b, a) VALUES (new.b || 'x', 1), (DEFAULT, new.a + 2);
CREATE RULE a3 AS ON INSERT TO t DO ALSO INSERT INTO u AS uu SELECT t.*, 'x' FROM v AS t WHERE t.a > new.a;
CREATE RULE a4 AS ON INSERT TO t DO ALSO (NOTIFY n, 'it''s'; INSERT INTO u DEFAULT VALUES; SELECT new.a, 1 AS one);
CREATE RULE b1 AS ON UPDATE TO t DO ALSO UPDATE u x SET a = new.a, b = DEFAULT FROM v WHERE x.a = old.a AND v.a = 1;
CREATE RULE b2 AS ON UPDATE TO t WHERE new.a IS NULL DO INSTEAD NOTHING;
CREATE RULE b3 AS ON UPDATE TO t DO INSTEAD UPDATE u SET b = 'x' RETURNING a, b, 1.5;
CREATE RULE c1 AS ON DELETE TO v DO INSTEAD DELETE FROM t USING u WHERE t.a = old.a AND u.a = t.a;
CREATE RULE c2 AS ON DELETE TO v DO ALSO NOTIFY n;
ALTER TABLE t DISABLE RULE a2;
ALTER TABLE t ENABLE ALWAYS RULE b2;
ALTER TABLE t RENAME COLUMN a TO \"A\";
ALTER TABLE u RENAME TO w;"
    ), @r#"
    CREATE RULE a1 AS
        ON INSERT TO public.t
       WHERE (new."A" > ( SELECT max(w_1.a) AS max
               FROM w w_1)) DO  INSERT INTO w (a, b)
      VALUES (new."A", 'x'::text);
    CREATE RULE a2 AS
        ON INSERT TO public.t DO  INSERT INTO w (b, a) VALUES ((new.b || 'x'::text),1), (DEFAULT,(new."A" + 2));
    [disabled]
    CREATE RULE a3 AS
        ON INSERT TO public.t DO  INSERT INTO w AS uu (a, b, "Mixed")  SELECT t.a,
                t.b,
                'x'
               FROM v t
              WHERE (t.a > new."A");
    CREATE RULE a4 AS
        ON INSERT TO public.t DO (
     NOTIFY n, 'it''s';
     INSERT INTO w DEFAULT VALUES;
     SELECT new."A" AS a,
        1 AS one;
    );
    CREATE RULE b1 AS
        ON UPDATE TO public.t DO  UPDATE w x SET a = new."A", b = DEFAULT
       FROM v
      WHERE ((x.a = old."A") AND (v.a = 1));
    CREATE RULE b2 AS
        ON UPDATE TO public.t
       WHERE (new."A" IS NULL) DO INSTEAD NOTHING;
    [always]
    CREATE RULE b3 AS
        ON UPDATE TO public.t DO INSTEAD  UPDATE w SET b = 'x'::text
      RETURNING w.a,
        w.b,
        1.5 AS "?column?";
    CREATE RULE c1 AS
        ON DELETE TO public.v DO INSTEAD  DELETE FROM t
       USING w
      WHERE ((t."A" = old.a) AND (w.a = t."A"));
    CREATE RULE c2 AS
        ON DELETE TO public.v DO
     NOTIFY n;
    "#);
}

#[test]
fn what_a_rule_reads_stands_on_it() {
    insta::assert_snapshot!(on_tables(
        "CREATE RULE r AS ON INSERT TO t WHERE new.c > 0 DO ALSO UPDATE u SET b = new.b WHERE a = 1;
DROP TABLE u;
ALTER TABLE u DROP COLUMN b;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t ALTER COLUMN c TYPE numeric(9,3);
ALTER TABLE u DROP COLUMN \"Mixed\";
ALTER TABLE u DROP COLUMN b CASCADE;
DROP RULE r ON t;
CREATE RULE r AS ON INSERT TO u DO ALSO SELECT new.a FROM v;
DROP VIEW v;
DROP TABLE u;
DROP VIEW v;"
    ), @r#"
    CREATE RULE r AS ON INSERT TO t WHERE new.c > 0 DO ALSO UPDATE u SET b = new.b WHERE a = 1
        ok, locks public.t AccessExclusiveLock, public.u RowExclusiveLock
    DROP TABLE u
        2BP01: cannot drop table u because other objects depend on it: rule r on table t
    ALTER TABLE u DROP COLUMN b
        2BP01: cannot drop column b of table u because other objects depend on it: rule r on table t
    ALTER TABLE t DROP COLUMN c
        2BP01: cannot drop column c of table t because other objects depend on it: rule r on table t
    ALTER TABLE t ALTER COLUMN c TYPE numeric(9,3)
        0A000: cannot alter type of a column used by a view or rule
    ALTER TABLE u DROP COLUMN "Mixed"
        ok, locks public.u AccessExclusiveLock
    ALTER TABLE u DROP COLUMN b CASCADE
        ok, locks public.t AccessExclusiveLock, public.u AccessExclusiveLock
    DROP RULE r ON t
        42704: rule "r" for relation "t" does not exist
    CREATE RULE r AS ON INSERT TO u DO ALSO SELECT new.a FROM v
        ok, locks public.u AccessExclusiveLock, public.v AccessShareLock
    DROP VIEW v
        2BP01: cannot drop view v because other objects depend on it: rule r on table u
    DROP TABLE u
        ok, locks public.u AccessExclusiveLock
    DROP VIEW v;
        ok, locks public.v AccessExclusiveLock
    "#);
}

#[test]
fn rows_of_a_table_with_rules_are_changed_as_these_say() {
    insta::assert_snapshot!(on_tables(
        "CREATE RULE quiet AS ON INSERT TO u DO INSTEAD NOTHING;
INSERT INTO u VALUES (NULL);
INSERT INTO u SELECT a FROM v;
INSERT INTO u VALUES (1) RETURNING a;
INSERT INTO u VALUES ('x');
INSERT INTO u VALUES (1) ON CONFLICT DO NOTHING;
WITH new AS (INSERT INTO u VALUES (1)) SELECT 1;
MERGE INTO u USING t ON true WHEN MATCHED THEN DELETE;
UPDATE u SET a = 1;
ALTER TABLE u DISABLE RULE quiet;
INSERT INTO u VALUES (NULL);
ALTER TABLE u ENABLE RULE quiet;
CREATE RULE part AS ON UPDATE TO u WHERE new.a = 1 DO INSTEAD NOTHING;
UPDATE u SET a = 1;
INSERT INTO u VALUES (1) ON CONFLICT DO NOTHING;
CREATE RULE quiet AS ON DELETE TO v DO INSTEAD NOTHING;
DELETE FROM v;
DELETE FROM t;
CREATE RULE more AS ON DELETE TO t DO ALSO DELETE FROM u;
DELETE FROM t;"
    ), @r#"
    CREATE RULE quiet AS ON INSERT TO u DO INSTEAD NOTHING
        ok, locks public.u AccessExclusiveLock
    INSERT INTO u VALUES (NULL)
        ok, locks public.u RowExclusiveLock
    INSERT INTO u SELECT a FROM v
        ok, locks public.u RowExclusiveLock, public.v AccessShareLock
    INSERT INTO u VALUES (1) RETURNING a
        0A000: RETURNING needs an unconditional INSTEAD rule with a RETURNING clause
    INSERT INTO u VALUES ('x')
        22P02: invalid input syntax for type integer: "x"
    INSERT INTO u VALUES (1) ON CONFLICT DO NOTHING
        ok, locks public.u RowExclusiveLock
    WITH new AS (INSERT INTO u VALUES (1)) SELECT 1
        0A000: DO INSTEAD NOTHING rules are not supported for data-modifying statements in WITH
    MERGE INTO u USING t ON true WHEN MATCHED THEN DELETE
        0A000: MERGE is not supported for relations with rules
    UPDATE u SET a = 1
        ok, locks public.u RowExclusiveLock
    ALTER TABLE u DISABLE RULE quiet
        ok, locks public.u AccessExclusiveLock
    INSERT INTO u VALUES (NULL)
        23502: null value in column "a" of relation "u" violates not-null constraint
    ALTER TABLE u ENABLE RULE quiet
        ok, locks public.u AccessExclusiveLock
    CREATE RULE part AS ON UPDATE TO u WHERE new.a = 1 DO INSTEAD NOTHING
        ok, locks public.u AccessExclusiveLock
    UPDATE u SET a = 1
        unknown: which rows the rules of a table leave out
    INSERT INTO u VALUES (1) ON CONFLICT DO NOTHING
        0A000: INSERT with ON CONFLICT cannot be used with a table that has INSERT or UPDATE rules
    CREATE RULE quiet AS ON DELETE TO v DO INSTEAD NOTHING
        ok, locks public.v AccessExclusiveLock
    DELETE FROM v
        ok, locks public.v RowExclusiveLock
    DELETE FROM t
        ok, locks public.t RowExclusiveLock
    CREATE RULE more AS ON DELETE TO t DO ALSO DELETE FROM u
        ok, locks public.t AccessExclusiveLock, public.u RowExclusiveLock
    DELETE FROM t;
        unknown: what the rules of a table do
    "#);
}
