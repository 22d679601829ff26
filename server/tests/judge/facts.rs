//! The tables of what every database has from the start.

use crate::cluster::Cluster;

/// Compares a table that core keeps with what its statement prints. A later version adds rows; those of an earlier one
/// stay as they are.
fn compare(sql: &str, kept: &str) {
    let printed = Cluster::shared().database().rows(sql);
    assert_eq!(missing(kept, &printed), [] as [String; 0]);
}

/// Returns the rows of a table of core that were not printed.
fn missing(kept: &str, printed: &[String]) -> Vec<String> {
    kept.lines().map(|line| line.replace('\t', "|")).filter(|line| !printed.contains(line)).collect()
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

#[test]
fn the_operator_classes_that_core_knows_are_those_of_the_server() {
    compare(
        include_str!("../../../core/src/catalog/builtin/classes.sql"),
        include_str!("../../../core/src/catalog/builtin/classes.tsv"),
    );
}

#[test]
fn the_operator_classes_of_extensions_that_core_knows_are_those_of_the_server() {
    compare_extensions(
        include_str!("../../../core/src/catalog/builtin/extension_classes.sql"),
        include_str!("../../../core/src/catalog/builtin/extension_classes.tsv"),
    );
}

#[test]
fn the_functions_of_extensions_that_core_knows_are_those_of_the_server() {
    compare_extensions(
        include_str!("../../../core/src/catalog/builtin/extensions.sql"),
        include_str!("../../../core/src/catalog/builtin/extensions.tsv"),
    );
}

/// Compares as above, in a database with the extensions that the table is about.
fn compare_extensions(sql: &str, kept: &str) {
    let database = Cluster::shared().database();
    let mut extensions: Vec<&str> = kept.lines().filter_map(|line| line.split('\t').next()).collect();
    extensions.dedup();
    for extension in extensions {
        database.rows(&format!("CREATE EXTENSION \"{extension}\""));
    }
    assert_eq!(missing(kept, &database.rows(sql)), [] as [String; 0]);
}
