//! Differences that are known, each with its reason. None of them is meant to stay.

use super::compare::{Kind, Signature};

/// A kind of difference, how what differs begins, and why.
const OPEN: &[(Kind, &str, &str)] = &[
    (Kind::Catalog, "tables.indexes.keys", "a constant that is the key of an index stands in parentheses"),
    (Kind::Catalog, "tables.indexes.missing", "TRIM is btrim in the name of an index"),
    (Kind::Catalog, "tables.unique.missing", "a column that a key both has and includes counts twice in its name"),
    (Kind::Catalog, "tables.columns.default", "the label of an enum is renamed in expressions too"),
    (Kind::Catalog, "tables.triggers.definition", "the condition of a trigger is kept as it was written"),
    (Kind::Miss, "0A000", "a domain that a column has as an array is held by it"),
    (Kind::Miss, "42804", "no foreign key compares arrays of varchar"),
    (Kind::Miss, "42601", "ALTER TABLE without a sub-command is no statement of Postgres"),
    (Kind::Miss, "42710", "a sequence may not have the name of a type"),
    (Kind::Miss, "42809", "the row type of a table is no type of its own"),
    (Kind::SqlState, "42804, not 42703", PASSES),
    (Kind::SqlState, "42804, not 2BP01", PASSES),
    (Kind::SqlState, "42704, not 42703", PASSES),
    (Kind::SqlState, "42846, not 42703", PASSES),
    (Kind::SqlState, "22023, not 42", PASSES),
    (Kind::SqlState, "42710, not 42", "that two constraints have one name is seen before what they are about"),
    (Kind::SqlState, "42P07, not 42710", "a composite type that gets the name of a table is a relation"),
    (Kind::SqlState, "42P17, not 42703", "the predicate of an index is read before its columns"),
    (Kind::SqlState, "42883, not 42703", "a table's name in an expression is its whole row"),
];

const PASSES: &str = "types and their conversions are looked at before the first pass of ALTER TABLE drops something";

/// Returns why it is known to differ, if it is.
pub(super) fn reason(signature: &Signature) -> Option<&'static str> {
    let known = OPEN.iter().find(|(kind, what, _)| *kind == signature.kind && signature.what.starts_with(what));
    known.map(|(_, _, reason)| *reason)
}
