//! What computing an expression may raise for some row.

use crate::catalog::expression::{Call, Expression, Form, Node, Operation, Value};
use crate::catalog::types::{self, Types, length_function};
use crate::catalog::{Oid, Refusal, SqlState};

use super::evaluate::{is_too_long, refuses_pattern};
use super::volatility::may_be_known;

const TEXTS: [u32; 4] = [19, 25, 1042, 1043];
const VARCHAR_AND_BPCHAR: [u32; 2] = [1042, 1043];
const NUMERIC: u32 = 1700;
/// Types of numbers, each of which holds what those before it hold.
const NUMBERS: [u32; 6] = [21, 23, 20, NUMERIC, 700, 701];
/// How long values of types are as texts at most: bool, "char", bigint, smallint, integer, oid, date, uuid.
const LONGEST: [(u32, i32); 8] = [(16, 5), (18, 1), (20, 20), (21, 6), (23, 11), (26, 10), (1082, 13), (2950, 36)];
const TIMES: [u32; 6] = [1082, 1083, 1114, 1184, 1186, 1266];

/// Returns what computing an expression may raise for rows as they may well be.
///
/// Nearly any arithmetic may be out of range. What is said here is only what people meet: a division by what a column
/// has, a text of a column that is read as something else, and a column that is put as it is into one that holds less.
/// `a + 1`, `price * 1.1` and `first || last` are nobody's fear, nor is what a condition before it has asked about the
/// same column: `CASE WHEN n <> 0 THEN 1 / n END`, `SET n = code::integer WHERE code ~ '^\d+$'`. `NULLIF` and `GREATEST`
/// keep a divisor from being zero.
pub(crate) fn may_fail(types: &dyn Types, it: &Expression, condition: Option<&Expression>) -> Vec<Refusal> {
    let mut found = Vec::new();
    Search { types, found: &mut found }.look(it, &condition.into_iter().collect::<Vec<_>>());
    found
}

struct Search<'a> {
    types: &'a dyn Types,
    found: &'a mut Vec<Refusal>,
}

impl Search<'_> {
    /// Looks at an expression; `asked` is what was found to be so before it is computed.
    fn look(&mut self, it: &Expression, asked: &[&Expression]) {
        match &it.node {
            Node::Case { operand, branches, otherwise } => {
                let mut asked = asked.to_vec();
                if let Some(operand) = operand {
                    self.look(operand, &asked);
                    asked.push(operand);
                }
                for (condition, result) in branches {
                    self.look(condition, &asked);
                    asked.push(condition);
                    self.look(result, &asked);
                }
                self.look(otherwise, &asked);
                return;
            }
            Node::And(parts) | Node::Or(parts) => {
                let mut asked = asked.to_vec();
                for part in parts {
                    self.look(part, &asked);
                    asked.push(part);
                }
                return;
            }
            Node::Operator(operation) if self.may_be_zero(operation) && !is_asked(&operation.right, asked) => {
                self.say("22012", "division by zero");
            }
            Node::Operator(operation) if is_no_pattern(operation) => self.say("2201B", "invalid regular expression"),
            Node::ViaText(cast) if has_columns(&cast.value) && !is_asked(&cast.value, asked) => {
                let (to, from) = (self.base(it.of.oid), self.base(cast.value.of.oid));
                if TEXTS.contains(&from) && !TEXTS.contains(&to) {
                    let state = if TIMES.contains(&to) { "22007" } else { "22P02" };
                    self.say(state, "a text is no value of the type that it is read as");
                }
            }
            Node::Call(call) if matches!(call.form, Form::Implicit | Form::Explicit) => {
                self.look_at_cast(it, call, asked);
            }
            _ => {}
        }
        for part in it.parts() {
            self.look(part, asked);
        }
    }

    fn may_be_zero(&self, operation: &Operation) -> bool {
        let divisor = bare(&operation.right);
        ["/", "%"].contains(&&*operation.name)
            && NUMBERS.contains(&self.base(divisor.of.oid))
            && !matches!(divisor.node, Node::NullIf(_) | Node::Greatest(_) | Node::Case { .. })
            && has_columns(divisor)
    }

    /// A column that is put as it is into one that holds less.
    fn look_at_cast(&mut self, it: &Expression, call: &Call, asked: &[&Expression]) {
        let Some(argument) = call.arguments.first().map(|argument| &argument.value) else { return };
        if is_too_long(self.types, it, call) {
            self.say("22001", "value too long for its type");
        }
        let column = unwrapped(argument);
        self.look_at_print(it, call, self.printed(argument), asked);
        if !matches!(column.node, Node::Column { .. }) || is_asked(column, asked) {
            return;
        }
        let (to, from) = (self.base(it.of.oid), self.base(column.of.oid));
        let had = column.of.modifier;
        let is_length = length_function(Oid(to)) == Some(call.function);
        let rank = |of: u32| NUMBERS.iter().position(|number| *number == of);
        if is_length && VARCHAR_AND_BPCHAR.contains(&to) && TEXTS.contains(&from) {
            if call.form == Form::Implicit && (had < 0 || had > it.of.modifier) {
                self.say("22001", "value too long for its type");
            }
        } else if is_length && to == NUMERIC && from == NUMERIC {
            if had < 0 || whole_digits(had) > whole_digits(it.of.modifier) {
                self.say("22003", "numeric field overflow");
            }
        } else if let (Some(to), Some(from)) = (rank(to), rank(from))
            && to < from
            && to < 3
        {
            self.say("22003", "a number is out of range");
        }
    }

    /// Returns what becomes a text in casts.
    fn printed<'e>(&self, it: &'e Expression) -> &'e Expression {
        let inner = match &it.node {
            Node::Relabel(cast) | Node::ToDomain(cast) | Node::ViaText(cast) => Some(&*cast.value),
            Node::Call(call) if matches!(call.form, Form::Implicit | Form::Explicit) => {
                call.arguments.first().map(|argument| &argument.value)
            }
            _ => None,
        };
        match inner.filter(|_| TEXTS.contains(&self.base(it.of.oid))) {
            Some(inner) => self.printed(inner),
            None => it,
        }
    }

    /// A value of some other type that is put as a text into a column with a length.
    fn look_at_print(&mut self, it: &Expression, call: &Call, value: &Expression, asked: &[&Expression]) {
        let to = self.base(it.of.oid);
        let from = self.base(value.of.oid);
        let is_length = length_function(Oid(to)) == Some(call.function) && call.form == Form::Implicit;
        let longest = LONGEST.iter().find(|(known, _)| *known == from).map(|(_, length)| *length);
        let longest = longest.filter(|length| length + 4 <= it.of.modifier);
        if is_length
            && VARCHAR_AND_BPCHAR.contains(&to)
            && !TEXTS.contains(&from)
            && longest.is_none()
            && !may_be_known(value, self.types)
            && !is_asked(value, asked)
        {
            self.say("22001", "value too long for its type");
        }
    }

    fn say(&mut self, state: &'static str, message: &str) {
        let refusal = Refusal::new(SqlState(state), message);
        if !self.found.contains(&refusal) {
            self.found.push(refusal);
        }
    }

    fn base(&self, oid: Oid) -> u32 {
        types::base(self.types, oid).0
    }
}

/// How many digits a `numeric` of a modifier has before the point.
fn whole_digits(modifier: i32) -> i32 {
    let parts = modifier - 4;
    ((parts >> 16) & 0xFFFF) - (((parts & 0x7FF) ^ 1024) - 1024)
}

/// Returns whether it depends on a row.
fn has_columns(it: &Expression) -> bool {
    it.any(&mut |part| matches!(part.node, Node::Column { .. }))
        && !it.any(&mut |part| matches!(part.node, Node::Aggregate(_) | Node::SubQuery(_)))
}

/// Returns whether one of some conditions is about a column that an expression has.
fn is_asked(it: &Expression, asked: &[&Expression]) -> bool {
    it.any(&mut |part| {
        matches!(part.node, Node::Column { .. })
            && asked.iter().any(|one| one.any(&mut |other| other.node == part.node))
    })
}

/// Returns whether a column is compared with what is no pattern.
fn is_no_pattern(operation: &Operation) -> bool {
    let Node::Constant(Value::Text(pattern)) = &operation.right.node else { return false };
    TEXTS.contains(&operation.right.of.oid.0)
        && refuses_pattern(&operation.name, pattern)
        && operation.left.as_ref().is_some_and(|left| has_columns(left))
}

/// Returns an expression without casts.
fn bare(it: &Expression) -> &Expression {
    match &it.node {
        Node::Call(call) if matches!(call.form, Form::Implicit | Form::Explicit) => {
            call.arguments.first().map_or(it, |argument| bare(&argument.value))
        }
        Node::ViaText(cast) => bare(&cast.value),
        _ => match unwrapped(it) {
            inner if std::ptr::eq(inner, it) => it,
            inner => bare(inner),
        },
    }
}

/// Returns an expression without casts that change no bytes.
fn unwrapped(it: &Expression) -> &Expression {
    match &it.node {
        Node::Relabel(cast) | Node::ToDomain(cast) => unwrapped(&cast.value),
        _ => it,
    }
}
