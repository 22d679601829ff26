//! ALTER COLUMN TYPE.

use super::{Row, judge};

/// Neither rewritten nor read.
const FREE: &[&str] = &[
    "v TYPE varchar(30)",
    "v TYPE varchar(20)",
    "v TYPE varchar",
    "v TYPE text",
    "b TYPE varchar",
    "n TYPE numeric(12, 2)",
    "n TYPE numeric",
    "f TYPE bit varying(8)",
    "f TYPE bit varying",
    "i TYPE inet",
    "w TYPE timestamp(6)",
    "w TYPE timestamp",
    // In UTC they are the same number.
    "s TYPE timestamptz",
    "z TYPE timestamp",
    "b TYPE text USING b",
    "e TYPE oid",
    "b TYPE text COLLATE \"C\"",
];

/// Written anew.
const REWRITTEN: &[&str] = &[
    "e TYPE bigint",
    "e TYPE smallint",
    "e TYPE numeric",
    "v TYPE varchar(10)",
    "b TYPE varchar(100)",
    "n TYPE numeric(10, 3)",
    "n TYPE numeric(8, 2)",
    "s TYPE timestamp(3)",
    "z TYPE timestamptz(3)",
    "c TYPE text",
    "c TYPE char(5)",
    "e TYPE text",
    "e TYPE integer USING e + 1",
    "b TYPE integer USING b::integer",
];

const ROWS: &[Row<'static>] = &[
    ("CREATE DOMAIN d AS integer", "ALTER TABLE t ALTER e TYPE d", "t AE"),
    ("CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d", "ALTER TABLE t ALTER x TYPE integer", "t AE"),
    ("CREATE DOMAIN d AS integer CHECK (VALUE > 0)", "ALTER TABLE t ALTER e TYPE d", "t AE, rewrite t, scan t"),
    (
        "CREATE TYPE m AS ENUM ('a'); ALTER TABLE t ADD x m",
        "ALTER TABLE t ALTER x TYPE text",
        "t AE, rewrite t, scan t",
    ),
    ("CREATE INDEX x ON t (b)", "ALTER TABLE t ALTER b TYPE text COLLATE \"POSIX\"", "t AE, scan t + x AE"),
    (
        "CREATE INDEX x ON t (b)",
        "ALTER TABLE t ALTER e TYPE bigint",
        "t AE, rewrite t, scan t + t_pkey AE, x AE, rewrite t_pkey, rewrite x",
    ),
    ("SET TimeZone = 'Europe/Berlin'", "ALTER TABLE t ALTER s TYPE timestamptz", "t AE, rewrite t, scan t"),
    ("CREATE VIEW x AS SELECT e FROM t", "ALTER TABLE t ALTER e TYPE bigint", "0A000"),
    ("CREATE RULE x AS ON UPDATE TO t WHERE NEW.e > 0 DO NOTHING", "ALTER TABLE t ALTER e TYPE bigint", "0A000"),
    (
        "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o",
        "ALTER TABLE t ALTER o_id TYPE bigint",
        "o AE, t AE, rewrite t, scan o, scan t; model: o AE, t AE, rewrite t, scan t",
    ),
    (
        "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o",
        "ALTER TABLE o ALTER id TYPE bigint",
        "o AE, t AE, rewrite o, scan o, scan t",
    ),
    (
        "CREATE TABLE q () INHERITS (t)",
        "ALTER TABLE t ALTER e TYPE bigint",
        "q AE, t AE, rewrite q, rewrite t, scan q, scan t",
    ),
    ("", "ALTER TABLE p ALTER id TYPE bigint", "p AE, p1 AE, rewrite p1, scan p1"),
];

#[tokio::test]
async fn changing_types_without_a_rewrite() {
    judge_all(FREE, "t AE").await;
}

#[tokio::test]
async fn changing_types_with_a_rewrite() {
    judge_all(REWRITTEN, "t AE, rewrite t, scan t").await;
}

async fn judge_all(changes: &[&str], expected: &str) {
    let statements: Vec<String> = changes.iter().map(|change| format!("ALTER TABLE t ALTER {change}")).collect();
    judge(&statements.iter().map(|statement| ("", statement.as_str(), expected)).collect::<Vec<Row<'_>>>()).await;
}

#[tokio::test]
async fn changing_types_that_others_stand_on() {
    judge(ROWS).await;
}
