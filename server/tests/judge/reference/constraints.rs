//! Constraints.

use super::{Row, judge};

const ROWS: &[Row<'static>] = &[
    ("", "ALTER TABLE t ADD CHECK (a > 0)", "t AE, scan t"),
    ("", "ALTER TABLE t ADD CHECK (a > 0) NOT VALID", "t AE"),
    ("", "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED", "42601; 18: t AE"),
    ("ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0) NOT VALID", "ALTER TABLE t VALIDATE CONSTRAINT x", "t SUE, scan t"),
    ("ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)", "ALTER TABLE t VALIDATE CONSTRAINT x", "t SUE"),
    (
        "",
        "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o",
        "o SRE, t SRE, scan o, scan t; model: o SRE, t SRE, scan t",
    ),
    ("", "ALTER TABLE t ADD FOREIGN KEY (o_id) REFERENCES o NOT VALID", "o SRE, t SRE"),
    ("", "ALTER TABLE p ADD FOREIGN KEY (id) REFERENCES o NOT VALID", "42809; 18: o SRE, p SRE, p1 SRE"),
    (
        "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (o_id) REFERENCES o NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT x",
        "o RS, t SUE, scan o, scan t; model: o RS, t SUE, scan t",
    ),
    ("", "ALTER TABLE t ADD UNIQUE (b)", "t AE, scan t"),
    ("CREATE TABLE q (a integer NOT NULL)", "ALTER TABLE q ADD PRIMARY KEY (a)", "q AE, scan q"),
    ("CREATE TABLE q (a integer)", "ALTER TABLE q ADD PRIMARY KEY (a)", "q AE, scan q"),
    ("", "ALTER TABLE t ADD EXCLUDE USING btree (b WITH =)", "t AE, scan t"),
    ("CREATE UNIQUE INDEX x ON t (a)", "ALTER TABLE t ADD UNIQUE USING INDEX x", "t AE"),
    (
        "CREATE TABLE q (a integer NOT NULL); INSERT INTO q VALUES (1); CREATE UNIQUE INDEX x ON q (a)",
        "ALTER TABLE q ADD PRIMARY KEY USING INDEX x",
        "q AE",
    ),
    (
        "CREATE TABLE q (a integer); INSERT INTO q VALUES (1); CREATE UNIQUE INDEX x ON q (a)",
        "ALTER TABLE q ADD PRIMARY KEY USING INDEX x",
        "q AE, scan q",
    ),
    ("ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)", "ALTER TABLE t DROP CONSTRAINT x", "t AE"),
    ("ALTER TABLE t ADD CONSTRAINT x UNIQUE (b)", "ALTER TABLE t DROP CONSTRAINT x", "t AE + x AE"),
    ("ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (o_id) REFERENCES o", "ALTER TABLE t DROP CONSTRAINT x", "o AE, t AE"),
    (
        "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (o_id) REFERENCES o",
        "ALTER TABLE t ALTER CONSTRAINT x DEFERRABLE",
        "t AE",
    ),
    ("ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)", "ALTER TABLE t RENAME CONSTRAINT x TO y", "t AE"),
    ("CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d", "ALTER DOMAIN d ADD CHECK (VALUE > 0)", "t S, scan t"),
    ("CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d DEFAULT 1", "ALTER DOMAIN d SET NOT NULL", "t S, scan t"),
    ("CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d", "ALTER DOMAIN d ADD CHECK (VALUE > 0) NOT VALID", "-"),
    (
        "CREATE DOMAIN d AS integer; ALTER TABLE t ADD x d; ALTER DOMAIN d ADD CONSTRAINT y CHECK (VALUE > 0) NOT VALID",
        "ALTER DOMAIN d VALIDATE CONSTRAINT y",
        "t S, scan t",
    ),
];

#[tokio::test]
async fn constraints() {
    judge(ROWS).await;
}
