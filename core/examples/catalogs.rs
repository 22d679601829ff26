//! Keeps the catalog after each of 1,000 revisions over 500 tables, all at once: `cargo xtask bench` measures how much
//! memory that takes.

use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};

const TABLES: usize = 500;
const REVISIONS: usize = 1_000;

fn main() {
    let mut session = Session::default();
    for table in 0..TABLES {
        play(
            &mut session,
            &format!("CREATE TABLE t{table} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz)"),
        );
    }
    let mut kept: Vec<Catalog> = Vec::with_capacity(REVISIONS);
    for revision in 0..REVISIONS {
        let (table, other) = (revision * 7 % TABLES, revision * 11 % TABLES);
        session.begin();
        play(&mut session, &format!("ALTER TABLE t{table} ADD COLUMN c{revision} bigint REFERENCES t{other}"));
        play(&mut session, &format!("CREATE INDEX i{revision} ON t{table} (c{revision}) WHERE c{revision} > 0"));
        play(&mut session, &format!("ALTER TABLE t{other} ADD CONSTRAINT k{revision} CHECK (id > {revision})"));
        session.end();
        kept.push(session.catalog().clone());
    }
    assert_eq!(kept.len(), REVISIONS, "they are all there until here");
}

fn play(session: &mut Session, statement: &str) {
    let played = session.play(statement);
    assert!(matches!(played, Played::Done(_)), "{statement}: {played:?}");
}
