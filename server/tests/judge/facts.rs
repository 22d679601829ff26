//! The tables of what every database has from the start.

use crate::cluster::Cluster;

/// Compares a table that core keeps with what its statement prints. A later version adds rows; those of an earlier one
/// stay as they are.
fn compare(sql: &str, kept: &str) {
    let printed = Cluster::shared().database().rows(sql);
    let kept: Vec<String> = kept.lines().map(|line| line.replace('\t', "|")).collect();
    let missing: Vec<&String> = kept.iter().filter(|line| !printed.contains(line)).collect();
    assert_eq!(missing, [] as [&String; 0]);
}

#[test]
fn the_types_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/types.sql"),
        include_str!("../../../core/src/catalog/builtin/types.tsv"),
    );
}

#[test]
fn the_operators_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/operators.sql"),
        include_str!("../../../core/src/catalog/builtin/operators.tsv"),
    );
}

#[test]
fn the_casts_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/casts.sql"),
        include_str!("../../../core/src/catalog/builtin/casts.tsv"),
    );
}

#[test]
fn the_functions_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/functions.sql"),
        include_str!("../../../core/src/catalog/builtin/functions.tsv"),
    );
}
