//! How two values of a type compare, by their texts.

use std::cmp::Ordering;
use std::sync::Arc;

use super::compute::{BOOL, BPCHAR, NUMBERS, TEXTS};
use super::number::Decimal;
use crate::catalog::Oid;
use crate::catalog::types::{self, Types};

const TIMESTAMPTZ: u32 = 1184;
/// Types of which each value is printed in one way only: bool, oid, date, timestamp, timestamptz, uuid.
const ONE_SPELLING: [u32; 6] = [BOOL, 26, 1082, 1114, TIMESTAMPTZ, 2950];
/// Types whose values are ordered as they are printed, where they are printed equally long: date, timestamp, uuid.
pub(super) const ORDERED_AS_PRINTED: [u32; 3] = [1082, 1114, 2950];

/// Returns a value of a type in a form that is that of another where they are equal, and only there; none where it is
/// not known how such values compare.
pub(crate) fn normal_form(types: &dyn Types, of: Oid, text: &str) -> Option<Arc<str>> {
    let base = types::base(types, of).0;
    match base {
        // One point in time is spelled in as many ways as there are time zones.
        TIMESTAMPTZ => None,
        _ if NUMBERS.contains(&base) => Some(Decimal::read(text)?.reduced().to_string().into()),
        BPCHAR => Some(text.trim_end_matches(' ').into()),
        _ if TEXTS.contains(&base) || ONE_SPELLING.contains(&base) || is_enum(types, of) => Some(text.into()),
        _ => None,
    }
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

pub(super) fn is_enum(types: &dyn Types, of: Oid) -> bool {
    types.own(types::base(types, of)).is_some_and(|own| own.kind == types::OwnKind::Enum)
}
