//! How two values of a type compare, by their texts.

use std::cmp::Ordering;

use super::compute::{BOOL, BPCHAR, NUMBERS, TEXTS};
use super::number::Decimal;
use crate::catalog::Oid;
use crate::catalog::types::{self, Types};

/// Types of which each value is printed in one way only: bool, oid, date, timestamp, timestamptz, uuid.
const ONE_SPELLING: [u32; 6] = [BOOL, 26, 1082, 1114, 1184, 2950];
/// Types whose values are ordered as they are printed, where they are printed equally long: date, timestamp, uuid.
pub(super) const ORDERED_AS_PRINTED: [u32; 3] = [1082, 1114, 2950];

/// Returns whether two values of a type are equal; none where that is not known.
pub(crate) fn are_equal(types: &dyn Types, of: Oid, one: &str, other: &str) -> Option<bool> {
    compare(types, of, one, other)
        .map(Ordering::is_eq)
        .or_else(|| (one == other && !may_differ(types, of)).then_some(true))
}

/// Compares two values of a type; none where it is not known how they compare. Texts are only known to be equal or not.
pub(super) fn compare(types: &dyn Types, of: Oid, one: &str, other: &str) -> Option<Ordering> {
    let base = types::base(types, of).0;
    match base {
        _ if NUMBERS.contains(&base) => Decimal::read(one)?.compare(&Decimal::read(other)?),
        BPCHAR => Some(one.trim_end_matches(' ').cmp(other.trim_end_matches(' '))),
        _ if TEXTS.contains(&base) || is_enum(types, of) => Some(one.cmp(other)),
        _ if ONE_SPELLING.contains(&base) && (one == other || one.len() == other.len()) => Some(one.cmp(other)),
        _ => None,
    }
}

/// Returns what `compare` says where that is the order of the type: that of texts is one of a collation, which only the
/// server knows.
pub(super) fn order(types: &dyn Types, of: Oid, one: &str, other: &str) -> Option<Ordering> {
    let base = types::base(types, of).0;
    let is_ordered = NUMBERS.contains(&base) || ORDERED_AS_PRINTED.contains(&base) || base == BOOL;
    compare(types, of, one, other).filter(|order| order.is_eq() || is_ordered)
}

/// Returns whether values of a type that are spelled alike may be different: `NaN` is equal to itself, but nothing is
/// said of types that are not known.
fn may_differ(types: &dyn Types, of: Oid) -> bool {
    types::base(types, of).0 >= 16_384 && !is_enum(types, of)
}

fn is_enum(types: &dyn Types, of: Oid) -> bool {
    types.own(types::base(types, of)).is_some_and(|own| own.kind == types::OwnKind::Enum)
}
