//! Whether a change of a column's type may meet a value that does not fit the new one.

use super::column_type::keeps_length;
use crate::catalog::expression::{Call, Expression, Form, Node, Value};
use crate::catalog::{Oid, Relation, Type, types};

const BPCHAR: Oid = Oid(1042);
/// interval, time, timestamp, timestamptz, timetz: they are rounded.
const MOMENTS: [Oid; 5] = [Oid(1083), Oid(1114), Oid(1184), Oid(1186), Oid(1266)];
const NUMERIC: Oid = Oid(1700);
const TEXT: Oid = Oid(25);
const VARBIT: Oid = Oid(1562);
const VARCHAR: Oid = Oid(1043);

/// Functions of casts, by `pg_proc.oid`, that give a result for every value: wider numbers, text, the parts of a
/// moment.
const TOTAL: [u32; 27] = [
    77, 235, 236, 311, 313, 316, 318, 401, 406, 481, 482, 652, 730, 754, 946, 1178, 1316, 1370, 1740, 1781, 1782, 2019,
    2027, 2028, 2029, 2557, 2971,
];

/// Returns whether a value of a new type can be made of every row, as far as that is known.
pub(super) fn always_fits(value: &Expression) -> bool {
    match &value.node {
        Node::Column { .. } | Node::Constant(_) => true,
        Node::Relabel(cast) => always_fits(&cast.value),
        Node::Collate(value, _) => always_fits(value),
        // Every value can be printed; only reading it again may fail.
        Node::ViaText(cast) => [TEXT, VARCHAR, BPCHAR].contains(&value.of.oid) && always_fits(&cast.value),
        Node::Call(call) => match call.arguments.first() {
            Some(argument) => {
                let total = TOTAL.binary_search(&call.function.0).is_ok();
                (total || length_fits(call, argument.value.of, value.of)) && always_fits(&argument.value)
            }
            None => false,
        },
        _ => false,
    }
}

/// Functions of casts, by `pg_proc.oid`, from an integer to a wider one.
const WIDENING: [u32; 3] = [313, 481, 754];

/// Returns whether every value stays what it is, so that what was said of all of them is still true.
pub(super) fn stays_itself(value: &Expression) -> bool {
    match &value.node {
        Node::Column { .. } => true,
        Node::Relabel(cast) => stays_itself(&cast.value),
        Node::Call(call) => call.arguments.first().is_some_and(|argument| {
            let widens = WIDENING.contains(&call.function.0);
            (widens || keeps_whole(call, argument.value.of, value.of)) && stays_itself(&argument.value)
        }),
        _ => false,
    }
}

/// Returns whether a function that brings a text to the length of its type changes none.
fn keeps_whole(call: &Call, from: Type, to: Type) -> bool {
    types::length_function(to.oid) == Some(call.function)
        && from.oid == to.oid
        && keeps_length(to.oid, from.modifier, to.modifier)
}

/// Returns whether a value that [`always_fits`] may be null in some row.
pub(super) fn may_be_null(value: &Expression, of: &Relation) -> bool {
    let mut found = false;
    value.visit(&mut |part| {
        found |= match &part.node {
            Node::Constant(constant) => *constant == Value::Null,
            Node::Column { number, .. } => of.numbered(*number).is_none_or(|column| !column.not_null),
            _ => false,
        };
    });
    found
}

/// Returns whether a function that brings a value to the length of its type never refuses one.
fn length_fits(call: &Call, from: Type, to: Type) -> bool {
    if types::length_function(to.oid) != Some(call.function) || from.oid != to.oid {
        return false;
    }
    match to.oid {
        _ if keeps_length(to.oid, from.modifier, to.modifier) => true,
        BPCHAR if from.modifier >= 0 && to.modifier >= from.modifier => true,
        // An explicit cast cuts off what is too long.
        BPCHAR | VARCHAR | VARBIT => call.form == Form::Explicit,
        NUMERIC if from.modifier >= 4 => {
            let (scale, digits) = parts(from.modifier);
            let (new_scale, new_digits) = parts(to.modifier);
            // Rounding may carry into one digit more.
            if new_scale < scale { new_digits > digits } else { new_digits >= digits }
        }
        oid => MOMENTS.contains(&oid),
    }
}

/// Returns the digits behind and before the point that a modifier of `numeric` gives.
fn parts(modifier: i32) -> (i32, i32) {
    let (precision, scale) = (((modifier - 4) >> 16) & 0xFFFF, (modifier - 4) & 0x7FF);
    // Since 15 the scale may be negative: eleven bits with a sign.
    let scale = (scale ^ 0x400) - 0x400;
    (scale, precision - scale)
}
