//! What is known of each form of statement: what it locks, rewrites and scans, or which SQLSTATE refuses it.
//!
//! A row is what stands before, the statement, and what becomes of it: `t AE` is a lock on `t` (AS access share, RS row
//! share, RE row exclusive, SUE share update exclusive, S share, SRE share row exclusive, E exclusive, AE access
//! exclusive), `rewrite t` a new file, `scan t` a full read, `-` none of these, and five characters a refusal. Behind
//! `+` stand indexes and sequences, in rows that are about them. `; 18: …` is what holds since that version, `; model: …`
//! what the model says where the server's answer depends on its planner, or is about a file that is still empty.

mod columns;
mod constraints;
mod create_and_drop;
mod data_types;
mod model;
mod refusals;
mod rows;
mod tables;
mod transactions;
mod versions;

use limbeck_core::PostgresVersion;

use crate::cluster::Cluster;
use crate::played::{Done, Recorder, Refused};

/// What stands before, the statement, what becomes of it.
type Row<'a> = (&'a str, &'a str, &'a str);

/// Tables with rows: `t` for itself, `o` for what is referenced, `p` with two partitions.
const WORLD: &str = "
    CREATE TABLE o (id integer PRIMARY KEY, a integer, k integer UNIQUE);
    INSERT INTO o SELECT i, i, i FROM generate_series(1, 50) i;
    CREATE TABLE t (id integer PRIMARY KEY, o_id integer, a integer NOT NULL, b text, v varchar(20), n numeric(10,2),
        s timestamp, z timestamptz, c char(3), w timestamp(3), f bit varying(5), i cidr, e integer);
    INSERT INTO t SELECT i, i, i, i, i, i, '2020-01-01', '2020-01-01', 'x', '2020-01-01', B'1', '10.0.0.0/8', i
        FROM generate_series(1, 50) i;";

/// The partitioned one; only rows that are about it have it.
const PARTITIONED: &str = "
    CREATE TABLE p (id integer, day date) PARTITION BY RANGE (day);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    INSERT INTO p SELECT i, '2020-01-01' FROM generate_series(1, 50) i;";

/// Partition for the rows that no other takes.
const REST: &str =
    "CREATE TABLE rest PARTITION OF p DEFAULT; INSERT INTO p SELECT i, '2000-01-01' FROM generate_series(1, 50) i;";

/// Plays each row in a database of its own, and compares.
///
/// Panics with all that differ.
async fn judge(rows: &[Row<'_>]) {
    for cluster in [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)] {
        judge_on(cluster, rows).await;
    }
}

async fn judge_on(cluster: &'static Cluster, rows: &[Row<'_>]) {
    let mut recorder = Recorder::new(cluster).await;
    let version = cluster.version();
    let mut differences = String::new();
    let (mut unknown, mut open) = (0, 0);
    for (before, statement, row) in rows {
        recorder.clean().await;
        let partitioned = [before, statement].iter().any(|text| {
            text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| ["p", "p1", "REST"].contains(&word))
        });
        let before = [WORLD, if partitioned { PARTITIONED } else { "" }, &before.replace("$REST", REST)].concat();
        if let Err(refused) = recorder.prepare(&before).await {
            panic!("{before}: {refused:?}");
        }
        let before = before.strip_prefix(WORLD).unwrap_or_default();
        let expected = of_version(row, version);
        let said = spelled(&recorder.play(statement).await, expected.contains('+'));
        if said != expected {
            differences.push_str(&format!("{before}\n{statement}\n    expected: {expected}\n    Postgres: {said}\n"));
        }
        // Indexes and sequences are no part of what the model says.
        let expected = of_model(row).unwrap_or(expected).split(" + ").next().unwrap_or_default();
        match model::said(version, &[WORLD, before], statement, expected) {
            None => unknown += 1,
            Some(said) if said == expected => {}
            Some(_) if model::is_open(statement) => open += 1,
            Some(said) => {
                differences
                    .push_str(&format!("{before}\n{statement}\n    expected: {expected}\n    model:    {said}\n"));
            }
        }
    }
    println!(
        "Postgres {version}: {} forms of statement, {unknown} of them unknown to the model, {open} known to differ",
        rows.len()
    );
    assert!(differences.is_empty(), "Postgres {version}:\n{differences}");
}

/// Returns the part of an expectation that holds for this version.
fn of_version(expected: &str, version: PostgresVersion) -> &str {
    let mut holds = "";
    for part in expected.split("; ") {
        match part.split_once(": ") {
            None => holds = part,
            Some((since, then)) if since.parse().is_ok_and(|since: u32| version.major() >= since) => holds = then,
            Some(_) => {}
        }
    }
    holds
}

/// Returns the part of an expectation that is the model's own.
fn of_model(expected: &str) -> Option<&str> {
    expected.split("; ").find_map(|part| part.strip_prefix("model: "))
}

fn spelled(played: &Result<Done, Refused>, lesser_too: bool) -> String {
    let done = match played {
        Ok(done) => done,
        Err(refused) => return refused.sqlstate.clone(),
    };
    let bare = |name: &str| name.strip_prefix("public.").unwrap_or(name).to_owned();
    let lock = |(name, mode): (&String, &&str)| format!("{} {}", bare(name), short(mode));
    let mut parts: Vec<String> = done.locks.iter().map(lock).collect();
    parts.extend(done.rewrites.iter().map(|name| format!("rewrite {}", bare(name))));
    parts.extend(done.scans.iter().map(|name| format!("scan {}", bare(name))));
    if parts.is_empty() {
        parts.push("-".to_owned());
    }
    let mut text = parts.join(", ");
    if lesser_too {
        let mut lesser: Vec<String> = done.lesser_locks.iter().map(lock).collect();
        lesser.extend(done.lesser_rewrites.iter().map(|name| format!("rewrite {}", bare(name))));
        text.push_str(&format!(" + {}", lesser.join(", ")));
    }
    text
}

/// Returns a lock mode in the words of the tables.
fn short(mode: &str) -> &'static str {
    match mode {
        "AccessShareLock" => "AS",
        "RowShareLock" => "RS",
        "RowExclusiveLock" => "RE",
        "ShareUpdateExclusiveLock" => "SUE",
        "ShareLock" => "S",
        "ShareRowExclusiveLock" => "SRE",
        "ExclusiveLock" => "E",
        _ => "AE",
    }
}
