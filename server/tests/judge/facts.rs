//! The tables of what every database has from the start.

use limbeck_core::PostgresVersion;

use crate::cluster::{Cluster, TestDatabase};

/// The servers with which the tables are compared.
fn clusters() -> [&'static Cluster; 3] {
    [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)]
}

/// Compares a table of so many fields that core keeps with what its statement prints: a server prints the rows of its
/// version, and no other.
fn compare(sql: &str, kept: &str, width: usize) {
    for cluster in clusters() {
        assert_same(cluster, &cluster.database(), sql, kept, width);
    }
}

fn assert_same(cluster: &Cluster, database: &TestDatabase, sql: &str, kept: &str, width: usize) {
    let printed = database.rows(sql);
    let kept: Vec<String> = kept.lines().filter_map(|line| row_of(line, width, cluster.version())).collect();
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|row| !those.contains(row)).cloned().collect()
    };
    assert_eq!(only(&kept, &printed), [] as [String; 0], "not printed by Postgres {}", cluster.version());
    assert_eq!(only(&printed, &kept), [] as [String; 0], "not kept of Postgres {}", cluster.version());
}

/// Returns a row as a server of a version prints it; none where it is one of others. Behind its fields may stand which
/// versions have it: `14-`, `-15`.
fn row_of(line: &str, width: usize, version: PostgresVersion) -> Option<String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let (fields, range) = fields.split_at_checked(width)?;
    if let [range] = range {
        let (since, until) = range.split_once('-').unwrap_or((range, range));
        let number = |text: &str, other: u32| text.parse().unwrap_or(other);
        let holds = number(since, 0) <= version.major() && version.major() <= number(until, u32::MAX);
        holds.then_some(())?;
    }
    Some(fields.join("|"))
}

#[test]
fn the_types_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/types.sql"),
        include_str!("../../../core/src/catalog/builtin/types.tsv"),
        12,
    );
}

#[test]
fn the_operators_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/operators.sql"),
        include_str!("../../../core/src/catalog/builtin/operators.tsv"),
        6,
    );
}

#[test]
fn the_casts_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/casts.sql"),
        include_str!("../../../core/src/catalog/builtin/casts.tsv"),
        5,
    );
}

#[test]
fn the_functions_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/functions.sql"),
        include_str!("../../../core/src/catalog/builtin/functions.tsv"),
        11,
    );
}

#[test]
fn the_operator_classes_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/classes.sql"),
        include_str!("../../../core/src/catalog/builtin/classes.tsv"),
        6,
    );
}

#[test]
fn the_operator_classes_of_extensions_that_core_knows_are_those_of_the_server() {
    compare_extensions(
        include_str!("../../../core/src/catalog/builtin/extension_classes.sql"),
        include_str!("../../../core/src/catalog/builtin/extension_classes.tsv"),
        7,
    );
}

#[test]
fn the_functions_of_extensions_that_core_knows_are_those_of_the_server() {
    compare_extensions(
        include_str!("../../../core/src/catalog/builtin/extensions.sql"),
        include_str!("../../../core/src/catalog/builtin/extensions.tsv"),
        7,
    );
}

/// Compares as above, in a database with the extensions that the table is about.
fn compare_extensions(sql: &str, kept: &str, width: usize) {
    let mut extensions: Vec<&str> = kept.lines().filter_map(|line| line.split('\t').next()).collect();
    extensions.dedup();
    for cluster in clusters() {
        let database = cluster.database();
        // A build without some library comes without the extensions that need it.
        let available = database.rows("SELECT name FROM pg_available_extensions");
        let missing = |extension: &&str| !available.iter().any(|name| name == extension);
        let left_out: Vec<&str> = extensions.iter().copied().filter(missing).collect();
        assert!(left_out.iter().all(|name| ["pgcrypto", "uuid-ossp"].contains(name)), "without {left_out:?}");
        assert!(left_out.is_empty() || cluster.version() != Cluster::shared().version(), "without {left_out:?}");
        for extension in extensions.iter().filter(|extension| !missing(extension)) {
            database.rows(&format!("CREATE EXTENSION \"{extension}\""));
        }
        let lines = kept.lines().filter(|line| !left_out.iter().any(|name| line.split('\t').next() == Some(*name)));
        assert_same(cluster, &database, sql, &lines.collect::<Vec<_>>().join("\n"), width);
    }
}
