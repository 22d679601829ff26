//! Sequences of statements, played on Postgres and on the model, statement by statement.
//!
//! Each statement is written for what the database holds by then, so that sequences hang together. What the model does
//! not know, is done on neither side. `LIMBECK_STATEMENTS` says how many are played, `LIMBECK_EXAMPLES` how many
//! differences are made small and shown, those that are known to be open too.

mod alter_table;
mod bodies;
mod collations;
mod compare;
mod conversions;
mod dice;
mod documents;
mod expression;
mod family;
mod functions;
mod indexes;
mod lanes;
mod literals;
mod merge;
mod open;
mod partitions;
mod pen;
mod policies;
mod queries;
mod ranges;
mod rows;
mod rules;
mod schemas;
mod sequences;
mod shrink;
mod tables;
mod tally;
mod through_views;
mod types;
mod upkeep;
mod versions;
mod views;
mod with;

use std::fmt::Write;

pub(crate) use compare::{Difference, Kind, Outcome, Pair};
pub(crate) use family::Statement;
pub(crate) use lanes::side_by_side;

use limbeck_core::PostgresVersion;

use crate::cluster::Cluster;
use crate::random;

use dice::Dice;
use lanes::{LENGTH, Sequence};
use tally::Tally;

/// How many examples a failure shows.
const EXAMPLES: usize = 12;

#[test]
fn the_model_says_what_postgres_does() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(20_000);
    judge(Cluster::shared(), statements, |dice| Sequence::new(dice, &[], family::ALL));
}

#[test]
fn the_model_says_what_postgres_17_does() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(2_000);
    judge(Cluster::of(PostgresVersion::V17), statements, |dice| Sequence::new(dice, &[], family::ALL));
}

#[test]
fn the_model_says_what_postgres_18_does() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(2_000);
    judge(Cluster::of(PostgresVersion::V18), statements, |dice| Sequence::new(dice, &[], family::ALL));
}

/// Views are compared as Postgres prints them, so this is about queries.
#[test]
fn a_view_shows_what_postgres_says() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(4_000);
    judge(Cluster::shared(), statements, |dice| Sequence::new(dice, &TABLES, &[views::VIEWS]));
}

#[test]
fn a_view_shows_what_postgres_18_says() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(2_000);
    judge(Cluster::of(PostgresVersion::V18), statements, |dice| Sequence::new(dice, &TABLES, &[views::VIEWS]));
}

/// Conditions of policies are compared as Postgres prints them, with what they stand on.
#[test]
fn a_policy_asks_what_postgres_says() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(2_000);
    judge(Cluster::shared(), statements, |dice| Sequence::new(dice, &TABLES, &[policies::FAMILIES, policies::AROUND]));
}

/// Rules are compared as Postgres prints them, with what they stand on, and rows of tables that have some are changed.
#[test]
fn a_rule_does_what_postgres_says() {
    for cluster in [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)] {
        let statements = number("LIMBECK_STATEMENTS").unwrap_or(1_500);
        judge(cluster, statements, |dice| {
            Sequence::new(dice, &TABLES, &[rules::MOSTLY, rules::ROWS, rows::FAMILIES, policies::AROUND])
        });
    }
}

/// Rows decide much of it; what does not depend on them is compared.
#[test]
fn rows_are_changed_as_postgres_changes_them() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(3_000);
    judge(Cluster::shared(), statements, |dice| {
        Sequence::new(dice, &CHANGED, &[rows::FAMILIES, with::FAMILIES, &[(20, "SELECT", queries::query)]])
    });
}

/// What WITH changes, and what is made of it.
#[test]
fn with_changes_rows_as_postgres_changes_them() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(2_000);
    judge(Cluster::shared(), statements, |dice| {
        Sequence::new(dice, &CHANGED, &[rows::FAMILIES, with::FAMILIES, with::FAMILIES, with::FAMILIES, with::MAKING])
    });
}

/// MERGE, as each version reads it.
#[test]
fn rows_are_merged_as_postgres_merges_them() {
    for version in [None, Some(PostgresVersion::V17), Some(PostgresVersion::V18)] {
        let statements = number("LIMBECK_STATEMENTS").unwrap_or(1_000);
        judge(version.map_or_else(Cluster::shared, Cluster::of), statements, |dice| {
            Sequence::new(dice, &CHANGED, &[merge::MOSTLY, rows::FAMILIES])
        });
    }
}

/// Which views rows can be changed through, and what that comes to.
#[test]
fn rows_are_changed_through_views_as_postgres_changes_them() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(2_000);
    judge(Cluster::shared(), statements, |dice| {
        Sequence::new(dice, &CHANGED, &[through_views::FAMILIES, through_views::AROUND])
    });
}

/// Ranges of types that are made, and what is made of them.
#[test]
fn ranges_are_what_postgres_makes_of_them() {
    for cluster in [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)] {
        let statements = number("LIMBECK_STATEMENTS").unwrap_or(1_000);
        judge(cluster, statements, |dice| {
            Sequence::new(dice, &[], &[ranges::MOSTLY, types::FAMILIES, schemas::FAMILIES])
        });
    }
}

/// Collations that are made, and what names them.
#[test]
fn collations_are_what_postgres_makes_of_them() {
    for cluster in [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)] {
        let statements = number("LIMBECK_STATEMENTS").unwrap_or(1_000);
        judge(cluster, statements, |dice| Sequence::new(dice, &[], &[collations::FAMILIES, schemas::FAMILIES]));
    }
}

/// Casts and operators, beside the types and functions that they are about.
#[test]
fn casts_and_operators_are_what_postgres_makes_of_them() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(600);
    judge(Cluster::shared(), statements, |dice| {
        Sequence::new(dice, &[], &[conversions::FAMILIES, types::FAMILIES, functions::FAMILIES, schemas::FAMILIES])
    });
}

/// What functions and blocks mention, and what blocks do.
#[test]
fn bodies_are_read_as_postgres_reads_them() {
    let statements = number("LIMBECK_STATEMENTS").unwrap_or(1_500);
    judge(Cluster::shared(), statements, |dice| Sequence::new(dice, &TABLES, &[bodies::FAMILIES]));
}

/// What stands on partitions beside what is done to them.
#[test]
fn keys_to_partitions_are_kept_as_postgres_keeps_them() {
    for cluster in [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)] {
        let statements = number("LIMBECK_STATEMENTS").unwrap_or(800);
        judge(cluster, statements, |dice| {
            Sequence::new(
                dice,
                &PARTITIONED,
                &[partitions::FAMILIES, alter_table::IDENTITY, tables::FAMILIES, upkeep::FAMILIES],
            )
        });
    }
}

/// Partitioned tables that can be referenced, and what references one.
const PARTITIONED: [&str; 7] = [
    "CREATE TABLE account (id bigint PRIMARY KEY, name text) PARTITION BY RANGE (id)",
    "CREATE TABLE account_low PARTITION OF account FOR VALUES FROM (0) TO (100)",
    "CREATE TABLE account_high PARTITION OF account FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (id)",
    "CREATE TABLE account_top PARTITION OF account_high FOR VALUES FROM (150) TO (200)",
    "CREATE TABLE orders (id integer, account_id bigint REFERENCES account, \
     position bigint GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (id)",
    "CREATE TABLE orders_one PARTITION OF orders FOR VALUES IN (1)",
    "CREATE TABLE log (id integer, account_id bigint, position bigint NOT NULL)",
];

/// Tables whose rows are changed.
const CHANGED: [&str; 9] = [
    "CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, \
     email varchar(20) UNIQUE, born date, active boolean DEFAULT true)",
    "CREATE TABLE orders (id integer PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric(10,2), \
     tax numeric GENERATED ALWAYS AS (total * 0.2) STORED, placed_at timestamptz DEFAULT now(), note text)",
    "CREATE TABLE item (order_id integer REFERENCES orders ON DELETE CASCADE, line smallint, product text, \
     price numeric, PRIMARY KEY (order_id, line))",
    "CREATE UNIQUE INDEX ON orders (lower(note))",
    "CREATE TABLE log (id integer, note text, a integer) PARTITION BY RANGE (id)",
    "CREATE TABLE log_low PARTITION OF log FOR VALUES FROM (0) TO (100)",
    "CREATE TABLE log_rest PARTITION OF log DEFAULT",
    "CREATE TABLE child (extra text) INHERITS (item)",
    "CREATE VIEW busy AS SELECT customer_id AS id, count(*) AS orders FROM orders GROUP BY customer_id",
];

/// What views are made over.
const TABLES: [&str; 6] = [
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'so so')",
    "CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, email varchar(100), born date, rank integer, \
     mood mood, tags text[], data jsonb, active boolean)",
    "CREATE TABLE orders (id integer PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric(10,2), \
     placed_at timestamptz, note text, extra json)",
    "CREATE TABLE item (order_id integer, line smallint, product text, price numeric, amount double precision, \
     PRIMARY KEY (order_id, line))",
    "CREATE TABLE \"Mixed\" (id integer, \"Mixed\" text, \"order\" timestamp, code char(3), u uuid, old integer)",
    "CREATE VIEW busy AS SELECT customer_id AS id, count(*) AS orders FROM orders GROUP BY customer_id",
];

fn judge(cluster: &'static Cluster, statements: usize, sequence: impl Fn(Dice) -> Sequence + Sync) {
    let seed = random::seed();
    println!("{statements} statements of seed {seed} on Postgres {}", cluster.version());
    let played = lanes::run(cluster, seed, statements / LENGTH, sequence);
    let tally = Tally::of(&played);
    println!("{tally}");
    let wrong = tally.wrong();
    let wanted = number("LIMBECK_EXAMPLES");
    let examples = match wanted {
        None if wrong.is_empty() => Vec::new(),
        None => tally::examples(&played, EXAMPLES, false),
        Some(count) => tally::examples(&played, count, true),
    };
    let examples = lanes::side_by_side(cluster, examples.len(), async |recorder, place| match examples.get(place) {
        Some(example) => example.shown(recorder).await,
        None => String::new(),
    });
    let mut report = examples.concat();
    for wrong in &wrong {
        writeln!(report, "{wrong}").expect("a text takes more text");
    }
    assert!(wrong.is_empty(), "LIMBECK_SEED={seed}:\n{report}");
    println!("{report}");
}

fn number(variable: &str) -> Option<usize> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {value:?}")))
}
