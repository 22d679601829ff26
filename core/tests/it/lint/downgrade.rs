//! Whether a down section undoes its up section.

use insta::assert_snapshot;
use limbeck_core::diagnostic::Diagnostic;
use limbeck_core::lint::Look;

use super::line;
use crate::show;

fn found(sections: &[&str]) -> String {
    let look = Look::Together(vec![sections.len() - 1]);
    let mut findings: Vec<Diagnostic> = line("", sections).lint(&look, &[]).expect("a whole history");
    findings.retain(|finding| finding.code.ends_with("downgrade"));
    show::findings(&findings)
}

const TABLE: &str = "CREATE TABLE a (id bigint PRIMARY KEY, n bigint, note text);\n-- migrate:down\nDROP TABLE a;";

#[test]
fn what_gives_the_schema_back_is_complete() {
    for sections in [
        "ALTER TABLE a ADD m int DEFAULT 3 CHECK (m > 0);\n-- migrate:down\nALTER TABLE a DROP m;",
        "ALTER TABLE a DROP n;\n-- migrate:down\nALTER TABLE a ADD n bigint;",
        "CREATE INDEX i ON a (n);\n-- migrate:down\nDROP INDEX i;",
        "ALTER TABLE a RENAME TO b;\n-- migrate:down\nALTER TABLE b RENAME TO a;",
        "UPDATE a SET n = 1;\n-- migrate:down",
        "ALTER TABLE a ALTER n SET NOT NULL;\n-- migrate:down\nALTER TABLE a ALTER n DROP NOT NULL;",
        "COMMENT ON TABLE a IS 'x';\n-- migrate:down\nCOMMENT ON TABLE a IS NULL;",
    ] {
        assert_eq!(found(&[TABLE, sections]), "", "{sections}");
    }
}

#[test]
fn what_is_missing_left_over_or_different_is_named() {
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a DROP n;\nCREATE TABLE b (id int PRIMARY KEY);\n-- migrate:down\n"]), @"
    6:1-1 warning incomplete-downgrade: the downgrade does not undo the upgrade: column n of public.a is missing, table public.b is left over
        = complete the down section
    ");
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a ALTER n SET DEFAULT 1, ADD CHECK (n > 0);\n-- migrate:down\nALTER TABLE a ALTER note SET NOT NULL;"]), @"
    5:1-1 warning incomplete-downgrade: the downgrade does not undo the upgrade: column n of public.a is different, column note of public.a is different, constraint a_n_check of public.a is left over
        = complete the down section
    ");
    assert_snapshot!(found(&[TABLE, "CREATE TYPE t AS ENUM ('a');\nCREATE SEQUENCE s;\nCREATE DOMAIN d AS int;\nCREATE SCHEMA x;\nCREATE TABLE x.y (n int);\n-- migrate:down\n-- nothing\n"]), @"
    9:1-1 warning incomplete-downgrade: the downgrade does not undo the upgrade: domain public.d is left over, enum public.t is left over, schema x is left over, sequence public.s is left over (and 1 more)
        = complete the down section
    ");
    assert_snapshot!(found(&[TABLE, "ALTER TABLE a DROP CONSTRAINT a_pkey;\nCOMMENT ON COLUMN a.n IS 'x';\n-- migrate:down\nALTER TABLE a ADD CONSTRAINT p PRIMARY KEY (id);"]), @"
    6:1-1 warning incomplete-downgrade: the downgrade does not undo the upgrade: column n of public.a is different, primary key a_pkey of public.a is missing, primary key p of public.a is left over
        = complete the down section
    ");
}

#[test]
fn a_downgrade_that_fails_is_named_where_it_does() {
    assert_snapshot!(found(&[TABLE, "CREATE TYPE mood AS ENUM ('a');\nALTER TABLE a ADD mood mood;\n-- migrate:down\nDROP TYPE mood;\nALTER TABLE a DROP mood;"]), @"
    7:1-15 warning incomplete-downgrade: behind its upgrade, Postgres refuses this with 2BP01: cannot drop type mood because other objects depend on it: column mood of table a
        = undo in the opposite order what the up section does
    ");
}

#[test]
fn where_something_is_outside_the_model_nothing_is_said() {
    assert_eq!(found(&[TABLE, "DO $$ BEGIN EXECUTE 'x'; END $$;\n-- migrate:down\nDROP TABLE a;"]), "");
    assert_eq!(found(&[TABLE, "ALTER TABLE legacy ADD n int;\n-- migrate:down\nALTER TABLE legacy DROP n;"]), "");
}
