//! Statements played on the model.

mod aggregates;
mod blocks;
mod collations;
mod computed;
mod constraints;
mod conversions;
mod functions;
mod generated;
mod indexes;
mod inheritance;
mod merge;
mod new_rows;
mod partitions;
mod ranges;
mod refusals;
mod rows;
mod rules;
mod security;
mod storage;
mod through_views;
mod triggers;
mod upkeep;
mod versions;
mod views;
mod with;

use limbeck_core::ddl::{Played, Session};
use limbeck_core::reflection;

/// Plays a script whose statements end with `;` at the end of a line; returns what became of each.
fn played(script: &str) -> (Session, String) {
    let mut session = Session::default();
    let mut lines = String::new();
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        let first = statement.lines().next().unwrap_or_default();
        let answer = match session.play(statement.trim_end_matches(';')) {
            Played::Done(effects) => {
                let locks: Vec<String> = effects.locks.iter().map(|(name, mode)| format!("{name} {mode}")).collect();
                if locks.is_empty() { "ok".to_owned() } else { format!("ok, locks {}", locks.join(", ")) }
            }
            Played::Refused(refusal) => refusal.to_string(),
            Played::Unknown(why) => format!("unknown: {why}"),
        };
        lines.push_str(&format!("{first}\n    {answer}\n"));
    }
    (session, lines)
}

#[test]
fn a_table_with_keys_is_made_as_postgres_names_them() {
    let (session, lines) = played(
        "CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, age int CHECK (age > 0));
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, user_id int REFERENCES users ON DELETE CASCADE);
CREATE INDEX ON orders (user_id DESC, id);
DROP TABLE users;
DROP TABLE users CASCADE;
CREATE TABLE orders (id int);",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, age int CHECK (age > 0))
        ok
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, user_id int REFERENCES users ON DELETE CASCADE)
        ok, locks public.users ShareRowExclusiveLock
    CREATE INDEX ON orders (user_id DESC, id)
        ok, locks public.orders ShareLock
    DROP TABLE users
        2BP01: cannot drop table users because other objects depend on it: constraint orders_user_id_fkey on table orders
    DROP TABLE users CASCADE
        ok, locks public.orders AccessExclusiveLock, public.users AccessExclusiveLock
    CREATE TABLE orders (id int);
        42P07: relation "orders" already exists
    "#);
    let schema = reflection::schema(session.catalog());
    let names: Vec<&str> = schema.sequences.iter().map(|sequence| sequence.name.as_str()).collect();
    assert_eq!(names, ["public.orders_id_seq"]);
}
