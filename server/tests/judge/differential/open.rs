//! Differences that are known, each with its reason. None of them is meant to stay.

use super::compare::{Kind, Signature};

/// A kind of difference, how what differs begins, and why.
const OPEN: &[(Kind, &str, &str)] = &[
    (Kind::Catalog, "tables.triggers.definition", "the condition of a trigger is kept as it was written"),
    (Kind::SqlState, "42704, not 0LP01", ROLES),
    (Kind::SqlState, "42704, not 42703", ROLES),
];

const ROLES: &str = "a role that the server may have is looked for before privileges are";

/// Returns why it is known to differ, if it is.
pub(super) fn reason(signature: &Signature) -> Option<&'static str> {
    let known = OPEN.iter().find(|(kind, what, _)| *kind == signature.kind && signature.what.starts_with(what));
    known.map(|(_, _, reason)| *reason)
}
