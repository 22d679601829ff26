//! What constraints say to rows, and what they keep from being altered until they are checked.
//!
//! Behind each statement stands what becomes of it: `done`, or the SQLSTATE of its refusal. The model refuses it too, or,
//! where `?` stands behind the SQLSTATE, knows that rows decide. Of what is `quiet` it does not even fear a refusal.

use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};
use limbeck_core::sql;

use super::WORLD;
use crate::cluster::Cluster;
use crate::played::Recorder;

/// A table for each kind of constraint, and one whose foreign key is checked late.
const TABLES: &str = "
    CREATE DOMAIN positive AS integer NOT NULL CHECK (VALUE > 0);
    CREATE TABLE q (id integer PRIMARY KEY, name text NOT NULL, code varchar(3) UNIQUE, n numeric(4,2) CHECK (n < 50),
        kind text DEFAULT 'a' CHECK (kind IN ('a', 'b')), o_id integer REFERENCES o, small smallint, d positive DEFAULT 1);
    CREATE DOMAIN broken AS integer CHECK (VALUE > 0) DEFAULT 0;
    CREATE TABLE by_default (id integer, d broken);
    CREATE TABLE late (id integer, o_id integer REFERENCES o DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE maybe (id integer, o_id integer REFERENCES o DEFERRABLE);
    CREATE TABLE parts (id integer, region text) PARTITION BY LIST (region);
    CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a');
    CREATE TABLE seed (id integer PRIMARY KEY);
    INSERT INTO seed VALUES (1);
    CREATE TABLE unchecked (id integer, code text CONSTRAINT form CHECK (code ~ '^[A-Z]{3}$'));
    INSERT INTO unchecked VALUES (1), (2);
    ALTER TABLE unchecked ADD CONSTRAINT held CHECK (id > 0) NOT VALID,
        ADD CONSTRAINT broken CHECK (id > 1) NOT VALID,
        ADD CONSTRAINT refers FOREIGN KEY (id) REFERENCES seed NOT VALID;";

/// Rows of which what is written decides.
const WRITTEN: &[(&str, &str)] = &[
    ("INSERT INTO q (id) VALUES (1)", "23502"),
    ("INSERT INTO q (id, name) VALUES (1, 'a'), (2, NULL)", "23502"),
    ("INSERT INTO q DEFAULT VALUES", "23502"),
    ("INSERT INTO q (id, name, n) VALUES (1, 'a', 51)", "23514"),
    ("INSERT INTO q (id, name, n) VALUES (1, 'a', 49.994)", "quiet"),
    ("INSERT INTO q (id, name, n) VALUES (1, 'a', 49.995)", "23514"),
    ("INSERT INTO q (id, name, n) VALUES (1, 'a', 100)", "22003"),
    ("INSERT INTO q (id, name, kind) VALUES (1, 'a', 'c')", "23514"),
    ("INSERT INTO q (id, name, kind) VALUES (1, 'a', NULL)", "quiet"),
    ("INSERT INTO q (id, name, kind) VALUES (1, 'a', 'b' || '')", "quiet"),
    ("INSERT INTO q (id, name, code) VALUES (1, 'a', 'abcd')", "22001"),
    ("INSERT INTO q (id, name, code) VALUES (1, 'a', 'abc  ')", "quiet"),
    ("INSERT INTO q (id, name, small) VALUES (1, 'a', 32768)", "22003"),
    ("INSERT INTO q (id, name, small) VALUES (1, 'a', 32767.4)", "quiet"),
    ("INSERT INTO q (id, name, d) VALUES (1, 'a', 0)", "23514"),
    ("INSERT INTO q (id, name, d) VALUES (1, 'a', NULL)", "23502"),
    ("INSERT INTO by_default (id) VALUES (1)", "23514"),
    ("INSERT INTO by_default VALUES (1, 1)", "quiet"),
    ("INSERT INTO by_default (id) SELECT id FROM t", "23514?"),
    ("INSERT INTO q (id, name) VALUES (1, 'a'), (1, 'b')", "23505"),
    ("INSERT INTO q (id, name) VALUES (1, 'a'); INSERT INTO q (id, name) VALUES (1, 'b')", "23505"),
    ("INSERT INTO q (id, name) VALUES (1, 'a'); INSERT INTO q (id, name) VALUES (2, 'b')", "quiet"),
    ("INSERT INTO q (id, name) VALUES (1, 'a'), (1, 'b') ON CONFLICT DO NOTHING", "quiet"),
    ("INSERT INTO q (id, name, code) VALUES (1, 'a', 'x'), (2, 'b', 'x') ON CONFLICT (code) DO NOTHING", "quiet"),
    ("INSERT INTO q (id, name, code) VALUES (1, 'a', 'x'), (1, 'b', 'x') ON CONFLICT (id) DO NOTHING", "done"),
    ("INSERT INTO parts VALUES (1, 'b')", "23514?"),
    ("INSERT INTO parts VALUES (1, 'a')", "quiet"),
    ("INSERT INTO parts_a VALUES (1, 'b')", "23514?"),
    ("INSERT INTO q (id, name, o_id) VALUES (1, 'a', 1)", "done"),
    ("INSERT INTO q (id, name, o_id) VALUES (1, 'a', 51)", "23503?"),
    ("INSERT INTO q (id, name, o_id) SELECT id, 'a', id FROM o", "quiet"),
    ("INSERT INTO q (id, name, o_id) SELECT id, b, o_id + 50 FROM t", "23503?"),
    ("INSERT INTO q (id, name) SELECT 1, 'a' FROM o", "23505?"),
    ("INSERT INTO q (id, name) SELECT DISTINCT a, 'a' FROM t", "quiet"),
    ("INSERT INTO unchecked (code) VALUES ('EUR')", "quiet"),
    ("INSERT INTO unchecked (code) VALUES ('EURO')", "23514"),
    ("INSERT INTO unchecked (code) VALUES ('eur')", "23514"),
    ("ALTER TABLE unchecked VALIDATE CONSTRAINT held", "quiet"),
    ("ALTER TABLE unchecked VALIDATE CONSTRAINT broken", "23514"),
    ("ALTER TABLE unchecked VALIDATE CONSTRAINT refers", "23503"),
    ("INSERT INTO seed VALUES (2); ALTER TABLE unchecked VALIDATE CONSTRAINT refers", "quiet"),
    ("ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT x", "done"),
    ("ALTER TABLE t ADD CONSTRAINT x CHECK (a > 1) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT x", "23514?"),
    ("INSERT INTO o (id) VALUES (1 / 0)", "22012"),
    ("INSERT INTO o (id) VALUES (('x' || 'y')::integer)", "22P02"),
    ("INSERT INTO o (id) SELECT 1 / 0 FROM t WHERE false", "22012"),
    ("INSERT INTO o (id) SELECT 100 + 5 / (id - 1) FROM t", "22012?"),
    ("UPDATE t SET o_id = 1 / 0 WHERE false", "22012"),
    ("UPDATE t SET o_id = 1 / 0", "22012"),
    ("UPDATE t SET o_id = id + 1, n = n * 1.1, b = b || v", "quiet"),
    ("UPDATE t SET o_id = 1 / (id - 1)", "22012?"),
    ("UPDATE t SET o_id = 1 / NULLIF(id - 1, 0)", "quiet"),
    ("UPDATE t SET o_id = CASE WHEN id > 1 THEN 1 / (id - 1) END", "quiet"),
    ("UPDATE t SET o_id = 1 / (id - 1) WHERE id > 1", "quiet"),
    ("UPDATE t SET o_id = c::integer", "22P02?"),
    ("UPDATE t SET o_id = b::integer", "done"),
    ("UPDATE t SET o_id = b::integer WHERE b ~ '^[0-9]+$'", "quiet"),
    ("UPDATE t SET s = c::timestamp", "22007?"),
    ("UPDATE t SET v = v, c = b", "done"),
    ("UPDATE t SET id = 1", "23505?"),
    ("UPDATE t SET a = NULL", "23502?"),
    ("UPDATE t SET id = 3 WHERE id = 3", "done"),
];

/// Values that columns have no room for, or that cannot be computed.
const COMPUTED: &[(&str, &str)] = &[
    ("INSERT INTO t (id, a, c) VALUES (51, 1, true)", "22001"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, true::char(3))", "done"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, -12)", "done"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, now())", "22001"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, '{1,2}'::integer[])", "22001"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, ARRAY[1])", "done"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, ARRAY[1, 2])", "22001"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, current_user || 'abcd')", "22001"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, 'abcd'", "22001"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, 'abcd' WHERE false", "22001"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, repeat('x', 4) FROM t WHERE false", "22001"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, x FROM (SELECT 'abcd' AS x) s", "22001"),
    ("INSERT INTO t (id, a, c) WITH s AS (SELECT 'abcd' AS x) SELECT 51, 1, x FROM s", "22001"),
    ("WITH s AS (SELECT 'abcd' AS x) INSERT INTO t (id, a, c) SELECT 51, 1, x FROM s", "22001"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, x FROM (VALUES ('abc'), ('abcd')) s (x)", "22001"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, x FROM (VALUES ('abc'), ('abcd')) s (x), o", "22001?"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, 'abc' UNION ALL SELECT 52, 1, 'abcd'", "22001"),
    ("INSERT INTO t (id, a, c) VALUES (51, 1, (SELECT 'abcd'))", "22001"),
    ("INSERT INTO t (id, a, c) SELECT id + 50, 1, v || 'abcd' FROM t", "22001?"),
    ("INSERT INTO t (id, a, c) SELECT id + 50, 1, o_id * 100 FROM t", "22001?"),
    ("INSERT INTO t (id, a, c) SELECT id + 50, 1, z FROM t", "22001?"),
    ("INSERT INTO t (id, a, c) SELECT 51, 1, z FROM t WHERE z IS NULL", "done"),
    ("INSERT INTO t (id, a) SELECT x, 1 FROM (VALUES (51), (3000000000)) s (x)", "22003"),
    ("INSERT INTO t (id, a) SELECT 51, 1 LIMIT -1", "2201W"),
    ("INSERT INTO t (id, a) SELECT 51, 1 OFFSET 1 - 2", "2201X"),
    ("INSERT INTO t (id, a) SELECT 51, x FROM (SELECT 'x'::text::int AS x WHERE false) s", "22P02?"),
    ("INSERT INTO t (id, a) SELECT 50.4, 1 WHERE NOT EXISTS (SELECT FROM t WHERE id = 50.4)", "23505?"),
    ("INSERT INTO t (id, a) SELECT 50, 1 WHERE NOT EXISTS (SELECT FROM t WHERE id = 50)", "quiet"),
    ("CREATE TABLE u (id integer UNIQUE); INSERT INTO u SELECT DISTINCT n / 2 FROM t", "23505?"),
    ("CREATE TABLE u (id bigint UNIQUE); INSERT INTO u SELECT DISTINCT id FROM t", "quiet"),
    ("UPDATE t SET c = v || 'abcd'", "22001?"),
    ("UPDATE t SET c = o_id * 100", "22001?"),
    ("ALTER TABLE t ADD g char(1) GENERATED ALWAYS AS (a) STORED", "22001?"),
    ("ALTER TABLE t ADD g char(4) DEFAULT DATE '2020-01-01'", "22001"),
    ("CREATE TABLE u (); ALTER TABLE u ADD g char(4) DEFAULT DATE '2020-01-01'", "22001"),
    ("CREATE TABLE u (g char(4) DEFAULT DATE '2020-01-01')", "quiet"),
    ("ALTER TABLE t ADD g char(11) GENERATED ALWAYS AS (a) STORED", "quiet"),
    ("CREATE INDEX ON t ((1 / (a - 2)))", "22012?"),
    ("CREATE INDEX ON t (id) WHERE 1 / (a - 2) > 0", "22012?"),
    ("CREATE INDEX ON t ((1 / (a - 51))); INSERT INTO t (id, a) VALUES (51, 51)", "22012"),
    ("CREATE INDEX ON t ((1 / (a - 51))); UPDATE t SET a = a + 1", "22012?"),
    ("CREATE INDEX ON unchecked ((1 / (id - 2)))", "22012"),
    ("ALTER TABLE unchecked ADD CHECK (1 / (id - 2) < 0)", "22012"),
    ("ALTER TABLE unchecked ADD CHECK (id < 2 AND 1 / (id - 1) > 0)", "22012"),
    ("ALTER TABLE t ADD CHECK (1 / (a - 2) < 2)", "22012?"),
    ("ALTER TABLE t ADD CHECK (b ~ '(')", "2201B?"),
    ("ALTER TABLE t ADD CHECK (b ~ '(') NOT VALID; INSERT INTO t (id, a, b) VALUES (51, 1, 'x')", "2201B"),
    ("ALTER TABLE t ADD CHECK (b ~ '(') NOT VALID; INSERT INTO t (id, a, b) VALUES (51, 1, NULL)", "done"),
    ("ALTER TABLE t ADD CHECK (b ~ '(') NOT VALID; INSERT INTO t (id, a, b) SELECT 51, 1, b FROM t", "2201B?"),
    ("ALTER TABLE t ADD CHECK (b ~ '(') NOT VALID; UPDATE t SET b = b || 'x'", "2201B?"),
    (
        "CREATE DOMAIN share AS integer CHECK (1 / VALUE >= 0); CREATE TABLE u (s share); INSERT INTO u VALUES (0)",
        "22012",
    ),
    ("CREATE TYPE mood AS ENUM ('a'); SELECT 'b'::text::mood WHERE false", "done"),
    ("CREATE TYPE mood AS ENUM ('a'); SELECT 'b'::text::mood", "22P02"),
    ("CREATE TYPE mood AS ENUM ('a'); SELECT CASE WHEN b = 'x' THEN 'b' ELSE 'a'::mood END FROM t", "22P02"),
    ("CREATE TYPE mood AS ENUM ('a'); CREATE TABLE u (m mood); INSERT INTO u VALUES (('b' || '')::mood)", "22P02"),
    ("SELECT int4range(7, 5) WHERE false", "22000"),
    ("SELECT (date '2020-01-01')::text::integer WHERE false", "done"),
    ("SELECT (date '2020-01-01')::text::integer", "22P02"),
    ("SELECT ARRAY[1, 2]::text::integer WHERE false", "done"),
    ("SELECT ARRAY[1, 2]::text::integer", "22P02"),
    ("SELECT true::text::integer WHERE false", "22P02"),
    ("SELECT 'x' ~ '(' WHERE false", "2201B"),
    ("SELECT sqrt(-1) WHERE false", "2201F"),
    ("SELECT ln(0) FROM t", "2201E"),
    ("SELECT make_date(2021, 2, 29) FROM t WHERE false", "22008"),
    ("SELECT 1 LIMIT -1", "2201W"),
    ("SELECT 1 WHERE false OFFSET -1", "2201X"),
    ("SELECT * FROM (SELECT 1 LIMIT -1) s WHERE false", "done"),
    ("CREATE VIEW x AS SELECT 1 LIMIT -1", "done"),
    ("SELECT 1 / (SELECT 0)", "22012"),
    ("SELECT (SELECT 1 / 0) WHERE false", "22012"),
    ("SELECT CASE WHEN false THEN (SELECT 1 / 0) END", "done"),
    ("INSERT INTO t (id, a) VALUES (51, 1), (51, 2) ON CONFLICT (id) DO UPDATE SET a = 3", "21000"),
    ("INSERT INTO t (id, a) VALUES (51, 1), (52, 2) ON CONFLICT (id) DO UPDATE SET a = 3", "quiet"),
    ("INSERT INTO t (id, a) VALUES (1, 1), (1, 2) ON CONFLICT (id) DO UPDATE SET a = 3 WHERE t.a > 9", "done"),
    ("INSERT INTO t (id, a) VALUES (51, 1), (51, 2) ON CONFLICT (id) DO UPDATE SET a = 3 WHERE t.a > 9", "21000?"),
    ("INSERT INTO t (id, a) VALUES (1, 1), (1, 2) ON CONFLICT (id) DO UPDATE SET id = 51", "done"),
    ("INSERT INTO t (id, a) SELECT x, 1 FROM (VALUES (1), (1)) s (x) ON CONFLICT (id) DO UPDATE SET a = 3", "21000"),
    ("INSERT INTO t (id, a) SELECT x, 1 FROM (VALUES (1), (2)) s (x) ON CONFLICT (id) DO UPDATE SET a = 3", "quiet"),
    ("INSERT INTO t (id, a) SELECT 1, 1 FROM o ON CONFLICT (id) DO UPDATE SET a = 3", "21000?"),
    ("INSERT INTO t (id, a) SELECT id, 1 FROM o ON CONFLICT (id) DO UPDATE SET a = 3", "quiet"),
    ("INSERT INTO t (id, a) SELECT n / 2, 1 FROM t ON CONFLICT (id) DO UPDATE SET a = 3", "21000?"),
    ("MERGE INTO t USING (VALUES (1), (1)) s (x) ON id = x WHEN MATCHED THEN DELETE", "21000?"),
    ("MERGE INTO t USING (VALUES (1), (2)) s (x) ON id = x WHEN MATCHED THEN DELETE", "quiet"),
    ("MERGE INTO t USING (VALUES (1)) s (x) ON true WHEN MATCHED THEN UPDATE SET a = x", "quiet"),
    ("MERGE INTO t USING o ON true WHEN MATCHED THEN UPDATE SET b = 'x'", "21000?"),
    ("MERGE INTO t USING o ON t.id = o.id AND o.a > 1 WHEN MATCHED THEN UPDATE SET b = 'x'", "quiet"),
    ("MERGE INTO t USING o ON t.id = o.a WHEN MATCHED THEN UPDATE SET b = 'x'", "done"),
    ("CREATE TABLE l (a integer[] NOT NULL); INSERT INTO l VALUES ('{1}'::integer[] || NULL::integer)", "quiet"),
    ("CREATE TABLE l (a integer[] NOT NULL); INSERT INTO l VALUES (NULL::integer[] || NULL::integer[])", "23502"),
];

/// Statements of one transaction.
const TOGETHER: &[(&str, &str)] = &[
    ("INSERT INTO late VALUES (1, 1); ALTER TABLE late ADD x integer", "55006"),
    ("INSERT INTO late VALUES (1, NULL); ALTER TABLE late ADD x integer", "55006"),
    ("INSERT INTO late VALUES (1, 1); CREATE INDEX ON late (id)", "55006"),
    ("INSERT INTO late VALUES (1, 1); DROP TABLE late", "55006"),
    ("INSERT INTO late VALUES (1, 1); TRUNCATE late", "55006"),
    ("INSERT INTO late VALUES (1, 1); ALTER TABLE late RENAME id TO x", "done"),
    ("INSERT INTO late VALUES (1, 1); COMMENT ON TABLE late IS 'x'", "done"),
    ("INSERT INTO late VALUES (1, 1); SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE late ADD x integer", "done"),
    (
        "SET CONSTRAINTS late_o_id_fkey IMMEDIATE; INSERT INTO late VALUES (1, 1); ALTER TABLE late ADD x integer",
        "done",
    ),
    ("INSERT INTO maybe VALUES (1, 1); ALTER TABLE maybe ADD x integer", "done"),
    ("SET CONSTRAINTS ALL DEFERRED; INSERT INTO maybe VALUES (1, 1); ALTER TABLE maybe ADD x integer", "55006"),
    ("INSERT INTO late SELECT id, id FROM o; ALTER TABLE late ADD x integer", "55006?"),
    ("INSERT INTO late SELECT id, id FROM o WHERE id > 50; ALTER TABLE late ADD x integer", "done"),
    ("INSERT INTO late VALUES (1, 1); UPDATE o SET id = 51 WHERE id = 50; ALTER TABLE o ADD x integer", "55006?"),
    ("UPDATE o SET a = 51 WHERE id = 50; ALTER TABLE o ADD x integer", "quiet"),
];

#[tokio::test]
async fn what_rows_constraints_take() {
    judge(WRITTEN).await;
}

#[tokio::test]
async fn what_comes_of_values() {
    judge(COMPUTED).await;
}

#[tokio::test]
async fn what_waits_for_the_end_of_a_transaction() {
    judge(TOGETHER).await;
}

async fn judge(rows: &[(&str, &str)]) {
    for cluster in [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)] {
        let mut recorder = Recorder::new(cluster).await;
        let version = cluster.version();
        let mut differences = String::new();
        for (statements, expected) in rows {
            recorder.clean().await;
            if let Err(refused) = recorder.prepare(&[WORLD, TABLES].concat()).await {
                panic!("{refused:?}");
            }
            let postgres =
                recorder.play(statements).await.map_or_else(|refused| refused.sqlstate, |_| "done".to_owned());
            let wanted = if *expected == "quiet" { "done" } else { expected.trim_end_matches('?') };
            let model = said(version, statements);
            let is_right = match model.split_once(' ') {
                None => model == *expected || *expected == "done" && model == "quiet",
                Some((_, may)) => match expected.strip_suffix('?') {
                    Some(state) => may.split(' ').any(|it| it == state),
                    None => *expected == "done",
                },
            };
            if postgres != wanted || !is_right {
                differences.push_str(&format!(
                    "{statements}\n    expected: {expected}\n    Postgres: {postgres}\n    model:    {model}\n"
                ));
            }
        }
        assert!(differences.is_empty(), "Postgres {version}:\n{differences}");
    }
}

/// Returns the SQLSTATE with which the model refuses one of some statements in a transaction, `done` with those that it
/// fears, or `quiet`.
fn said(version: PostgresVersion, statements: &str) -> String {
    let mut session = Session::new(Catalog::new(version));
    let play = |session: &mut Session, script: &str| {
        let mut feared = Vec::new();
        for statement in sql::split(script).0 {
            match session.play(script.get(statement.range).unwrap_or_default()) {
                Played::Done(effects) => {
                    feared.extend(effects.may_raise.iter().map(|may| may.refusal.sqlstate.to_string()));
                }
                Played::Refused(refusal) => return refusal.sqlstate.to_string(),
                Played::Unknown(why) => return format!("unknown: {why}"),
            }
        }
        if feared.is_empty() { "quiet".to_owned() } else { format!("done {}", feared.join(" ")) }
    };
    play(&mut session, WORLD);
    // What was put into them is not known.
    session.forget_rows();
    play(&mut session, TABLES);
    session.begin();
    play(&mut session, statements)
}
