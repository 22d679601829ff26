//! Whatever stands in a file, it is looked at without a panic, and nothing is found outside of it.

use limbeck_core::lint::Look;
use limbeck_core::project::Project;
use proptest::prelude::*;

use super::FORWARD;
use crate::project::file;

/// Pieces from which something is made that is nearly SQL.
const PIECES: &[&str] = &[
    "CREATE TABLE ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "CREATE INDEX ",
    "CONCURRENTLY ",
    "IF NOT EXISTS ",
    "IF EXISTS ",
    "a ",
    "b ",
    "\"a.b\" ",
    "public.a ",
    "i ",
    "ON a ",
    "(id int PRIMARY KEY, n text) ",
    "(n) ",
    "ADD COLUMN ",
    "n bigint ",
    "DROP COLUMN n ",
    "ALTER n TYPE text ",
    "SET NOT NULL ",
    "ADD CONSTRAINT c ",
    "CHECK (n IS NOT NULL) ",
    "NOT VALID ",
    "VALIDATE CONSTRAINT c ",
    "REFERENCES a ",
    "FOREIGN KEY (n) ",
    "CASCADE ",
    "DROP CONSTRAINT c ",
    ", ",
    "CREATE TYPE mood AS ENUM ('x') ",
    "ALTER TYPE mood ADD VALUE 'y' ",
    "'y' ",
    "UPDATE a SET n = ",
    "DELETE FROM a ",
    "TRUNCATE a ",
    "BEGIN",
    "COMMIT",
    ";\n",
    ";\n",
    ";\n",
    "; ",
    "-- limbeck: allow data-loss, x: y\n",
    "/* limbeck: allow-file cascade */ ",
    "-- limbeck:\n",
    "-- squawk-ignore\n",
    "$$",
    "'",
    "\u{e9}\u{1f418} ",
    "((((",
    "\n-- migrate:down\n",
    "ATTACH PARTITION b ",
    "RENAME TO b ",
    "SET lock_timeout = 0",
    "DROP INDEX i ",
];

fn sections() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_text_makes_it_panic_and_findings_lie_in_the_files(first in sections(), second in sections(), whole: bool) {
        let text = |id: &str, parent: &str, sections: &str, transaction: bool| {
            let marker = if transaction { "" } else { " transaction:false" };
            format!("-- Revision ID: {id}\n-- Revises: {parent}\n-- migrate:up{marker}\n{sections}")
        };
        let texts = [text("r1", "", &first, true), text("r2", "r1", &second, whole)];
        let files = vec![file("versions/r1.sql", &texts[0]), file("versions/r2.sql", &texts[1]), file("limbeck.toml", FORWARD)];
        let project = Project::load(files);
        for look in [Look::Each, Look::Together(vec![1])] {
            let Ok(findings) = project.lint(&look, &[]) else { return Ok(()) };
            for finding in findings {
                let text = if finding.path.as_deref() == Some("versions/r1.sql") { &texts[0] } else { &texts[1] };
                let lines = u32::try_from(text.lines().count() + 1).expect("few lines");
                prop_assert!(finding.start.is_some_and(|start| start.line <= lines), "{finding:?}");
                prop_assert!(finding.end >= finding.start);
            }
        }
    }
}
