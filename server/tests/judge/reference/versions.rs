//! What one version refuses and a later one does.

use super::{Row, judge};

const ROWS: &[Row<'static>] = &[
    ("", "CREATE PROCEDURE x() LANGUAGE sql AS ''", "-"),
    ("", "ALTER TYPE pg_catalog.nothing ADD VALUE 'x'", "42704"),
    ("", "CREATE TABLE q (a integer, b integer GENERATED ALWAYS AS (a) STORED)", "-"),
    (
        "CREATE TABLE r (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
        "CREATE TABLE q (a integer REFERENCES r)",
        "r SRE",
    ),
    ("", "CREATE TABLE q (b text COMPRESSION pglz)", "-"),
    ("", "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (b)", "t AE, scan t"),
    (
        "",
        "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o ON DELETE SET NULL (o_id)",
        "o SRE, t SRE, scan o, scan t; model: o SRE, t SRE, scan t",
    ),
    ("", "CREATE UNLOGGED SEQUENCE q", "-"),
    ("", "CREATE TABLE q (b text STORAGE EXTERNAL)", "42601; 16: -"),
    ("", "CREATE TABLE q (a integer GENERATED ALWAYS AS IDENTITY) PARTITION BY RANGE (a)", "-"),
    ("", "CREATE TABLE q (a integer, EXCLUDE USING btree (a WITH =)) PARTITION BY RANGE (a)", "0A000; 17: -"),
    ("", "SET transaction_timeout = 0", "42704; 17: -"),
    ("", "CREATE TABLE q (a integer, b integer GENERATED ALWAYS AS (a))", "42601; 18: -"),
    ("", "CREATE TABLE q (a integer, CONSTRAINT x NOT NULL a)", "42601; 18: -"),
    ("", "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o NOT ENFORCED", "42601; 18: o SRE, t SRE"),
    ("", "CREATE TABLE q (r int4range, PRIMARY KEY (r WITHOUT OVERLAPS))", "42601"),
];

#[tokio::test]
async fn what_a_version_brought() {
    judge(ROWS).await;
}
