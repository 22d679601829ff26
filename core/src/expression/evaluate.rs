//! What an expression comes to, as far as that follows from what is written: constants, comparisons, logic, casts
//! between numbers, lengths of text. What it cannot say is [`Known::Perhaps`], or [`Known::Some`] where no null can
//! come of it.

use std::cmp::Ordering;
use std::sync::Arc;

use super::evaluate_number::Decimal;
use crate::catalog::expression::{Call, Expression, Form, Node, Operation, Value};
use crate::catalog::function::{builtin_name, builtin_of};
use crate::catalog::types::{self, Types, length_function};
use crate::catalog::{Known, Oid, Refusal, SqlState};

const BOOL: u32 = 16;
const TEXTS: [u32; 3] = [19, 25, 1043];
const BPCHAR: u32 = 1042;
const VARCHAR: u32 = 1043;
const NUMERIC: u32 = 1700;
const TIMESTAMPTZ: u32 = 1184;
const NUMBERS: [u32; 4] = [20, 21, 23, NUMERIC];
/// Types of which each value is printed in one way only: bool, oid, date, timestamp, timestamptz, uuid.
const ONE_SPELLING: [u32; 6] = [BOOL, 26, 1082, 1114, TIMESTAMPTZ, 2950];
/// Types whose values are ordered as they are printed, where they are printed equally long: date, timestamp, uuid.
const ORDERED_AS_PRINTED: [u32; 3] = [1082, 1114, 2950];

/// Functions that give no null where their arguments are none.
const NEVER_NULL: [&str; 36] = [
    "abs",
    "age",
    "btrim",
    "ceil",
    "char_length",
    "character_length",
    "clock_timestamp",
    "concat",
    "concat_ws",
    "count",
    "date_trunc",
    "encode",
    "floor",
    "format",
    "gen_random_uuid",
    "greatest",
    "initcap",
    "jsonb_build_object",
    "left",
    "length",
    "lower",
    "ltrim",
    "md5",
    "nextval",
    "now",
    "random",
    "replace",
    "right",
    "round",
    "row_number",
    "rtrim",
    "statement_timestamp",
    "to_char",
    "transaction_timestamp",
    "upper",
    "uuidv7",
];

/// Operators that give no null where their operands are none.
const NEVER_NULL_OPERATORS: [&str; 14] = ["+", "-", "*", "/", "%", "||", "=", "<>", "<", "<=", ">", ">=", "~~", "!~~"];

/// Returns what an expression comes to; `leaf` tells of columns, the value of a domain and what stands for another.
///
/// # Errors
///
/// What Postgres raises, where it is sure to raise it.
pub(crate) fn evaluate(
    types: &dyn Types,
    it: &Expression,
    leaf: &dyn Fn(&Expression) -> Known,
) -> Result<Known, Refusal> {
    Evaluation { types, leaf }.value(it)
}

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

struct Evaluation<'a> {
    types: &'a dyn Types,
    leaf: &'a dyn Fn(&Expression) -> Known,
}

type Answer = Result<Known, Refusal>;

impl Evaluation<'_> {
    fn value(&self, it: &Expression) -> Answer {
        Ok(match &it.node {
            Node::Constant(Value::Null) => Known::Null,
            Node::Constant(Value::Text(text)) => Known::Is(text.as_str().into()),
            Node::Constant(Value::Relation(_)) | Node::Keyword(..) => Known::Some,
            Node::Column { .. } | Node::DomainValue | Node::Placeholder => (self.leaf)(it),
            Node::Relabel(cast) | Node::ToDomain(cast) => self.value(&cast.value)?,
            Node::ViaText(cast) => match self.value(&cast.value)? {
                Known::Is(text) if self.base(it.of.oid) == self.base(cast.value.of.oid) => Known::Is(text),
                Known::Is(text)
                    if TEXTS.contains(&self.base(it.of.oid)) && is_printed(self.base(cast.value.of.oid)) =>
                {
                    Known::Is(text)
                }
                known => vague(known),
            },
            Node::Collate(value, _) => vague(self.value(value)?),
            Node::Elements { cast, .. } => vague(self.value(&cast.value)?),
            Node::Call(call) => self.call(it, call)?,
            Node::Operator(operation) => self.operator(operation)?,
            Node::Distinct(operation) => self.distinct(operation)?,
            Node::NullIf(operation) => match self.operator(operation)?.text() {
                Some("t") => Known::Null,
                Some(_) => self.operand(operation.left.as_deref())?,
                None => Known::Perhaps,
            },
            Node::Quantified { operation, any } => self.quantified(operation, *any)?,
            Node::And(parts) => self.all(parts, "f"),
            Node::Or(parts) => self.all(parts, "t"),
            Node::Not(value) => match self.value(value)? {
                Known::Is(text) => boolean(&*text == "f"),
                known => known,
            },
            Node::Null { value, negated } => match self.value(value)? {
                // A row is null where all its fields are.
                _ if types::is_composite(self.types, value.of.oid) => Known::Some,
                Known::Null => boolean(!negated),
                Known::Is(_) | Known::Some => boolean(*negated),
                Known::Perhaps => Known::Some,
            },
            Node::Truth { value, is, negated } => {
                let found = match self.value(value)? {
                    Known::Null => None,
                    Known::Is(text) => Some(&*text == "t"),
                    Known::Some | Known::Perhaps => return Ok(Known::Some),
                };
                boolean((found == *is) != *negated)
            }
            Node::Case { operand, branches, otherwise } => self.case(operand.as_deref(), branches, otherwise),
            Node::Coalesce(parts) => self.coalesce(parts)?,
            Node::Greatest(parts) | Node::Least(parts) => {
                let is_some = parts.iter().any(|part| self.value(part).is_ok_and(|part| part.is_some()));
                if is_some { Known::Some } else { Known::Perhaps }
            }
            Node::Array(_) | Node::Row(_) => Known::Some,
            Node::Aggregate(aggregate) => match builtin_name(self.types.version(), aggregate.function) {
                Some("count" | "row_number" | "rank" | "dense_rank") => Known::Some,
                _ => Known::Perhaps,
            },
            Node::Subscript { .. } | Node::SubQuery(_) => Known::Perhaps,
        })
    }

    fn base(&self, oid: Oid) -> u32 {
        types::base(self.types, oid).0
    }

    fn operand(&self, operand: Option<&Expression>) -> Answer {
        operand.map_or(Ok(Known::Perhaps), |operand| self.value(operand))
    }

    /// A value that need not be reached: what it would raise is not sure to be raised.
    fn perhaps(&self, it: &Expression) -> Known {
        self.value(it).unwrap_or(Known::Perhaps)
    }

    /// AND and OR: one that is `decisive` decides; else all have to be known.
    fn all(&self, parts: &[Expression], decisive: &str) -> Known {
        let parts: Vec<Known> = parts.iter().map(|part| self.perhaps(part)).collect();
        if parts.iter().any(|part| part.text() == Some(decisive)) {
            return Known::Is(decisive.into());
        }
        if parts.iter().any(|part| matches!(part, Known::Some | Known::Perhaps)) {
            return if parts.iter().all(Known::is_some) { Known::Some } else { Known::Perhaps };
        }
        match parts.contains(&Known::Null) {
            true => Known::Null,
            false => boolean(decisive == "f"),
        }
    }

    fn case(
        &self,
        operand: Option<&Expression>,
        branches: &[(Expression, Expression)],
        otherwise: &Expression,
    ) -> Known {
        let operand = operand.map(|operand| self.perhaps(operand));
        let leaf = |it: &Expression| match (&it.node, &operand) {
            (Node::Placeholder, Some(operand)) => operand.clone(),
            _ => (self.leaf)(it),
        };
        let inside = Evaluation { types: self.types, leaf: &leaf };
        let mut found: Option<Known> = None;
        let join = |found: Option<Known>, new: Known| Some(found.map_or(new.clone(), |found| found.or(new)));
        for (condition, result) in branches {
            match inside.perhaps(condition) {
                Known::Is(text) if &*text == "t" => {
                    return join(found, self.perhaps(result)).unwrap_or(Known::Perhaps);
                }
                Known::Is(_) | Known::Null => {}
                Known::Some | Known::Perhaps => found = join(found, self.perhaps(result)),
            }
        }
        join(found, self.perhaps(otherwise)).unwrap_or(Known::Perhaps)
    }

    fn coalesce(&self, parts: &[Expression]) -> Answer {
        let mut is_sure = true;
        for (at, part) in parts.iter().enumerate() {
            let value = if at == 0 { self.value(part)? } else { self.perhaps(part) };
            match value {
                Known::Null => {}
                Known::Is(_) if is_sure => return Ok(value),
                Known::Is(_) | Known::Some => return Ok(Known::Some),
                Known::Perhaps => is_sure = false,
            }
        }
        Ok(if is_sure { Known::Null } else { Known::Perhaps })
    }

    fn operator(&self, operation: &Operation) -> Answer {
        let right = self.value(&operation.right)?;
        let Some(operand) = &operation.left else {
            return Ok(match (&*operation.name, &right) {
                ("-", Known::Is(text)) => Decimal::read(text).map_or(Known::Some, |number| number.minus().into()),
                _ => vague(right),
            });
        };
        let left = self.value(operand)?;
        self.pair(operation, operand.of.oid, &left, &right)
    }

    /// An operator between two values, of which the left is `of` a type.
    fn pair(&self, operation: &Operation, of: Oid, left: &Known, right: &Known) -> Answer {
        let is_own = builtin_name(self.types.version(), operation.function).is_none();
        let name = if is_own { "" } else { &*operation.name };
        let (Known::Is(one), Known::Is(two)) = (left, right) else {
            let is_known = NEVER_NULL_OPERATORS.contains(&name);
            return Ok(match (left, right) {
                (Known::Null, _) | (_, Known::Null) if is_known => Known::Null,
                (left, right) if is_known && left.is_some() && right.is_some() => Known::Some,
                _ => Known::Perhaps,
            });
        };
        let (left_of, right_of) = (self.base(of), self.base(operation.right.of.oid));
        let alike = left_of == right_of || [left_of, right_of].iter().all(|of| NUMBERS.contains(of));
        let compared = || alike.then(|| compare(self.types, Oid(left_of.max(right_of)), one, two)).flatten();
        let equal = || compared().map(Ordering::is_eq);
        let found = match name {
            "=" => equal().map(boolean),
            "<>" => equal().map(|equal| boolean(!equal)),
            "<" => self.ordered(left_of, compared()).map(|it| boolean(it.is_lt())),
            "<=" => self.ordered(left_of, compared()).map(|it| boolean(it.is_le())),
            ">" => self.ordered(left_of, compared()).map(|it| boolean(it.is_gt())),
            ">=" => self.ordered(left_of, compared()).map(|it| boolean(it.is_ge())),
            "~~" if TEXTS.contains(&left_of) => like(one, two).map(boolean),
            "!~~" if TEXTS.contains(&left_of) => like(one, two).map(|is| boolean(!is)),
            "||" if TEXTS.contains(&left_of) && TEXTS.contains(&right_of) => {
                Some(Known::Is(format!("{one}{two}").into()))
            }
            _ => None,
        };
        Ok(found.unwrap_or(if NEVER_NULL_OPERATORS.contains(&name) { Known::Some } else { Known::Perhaps }))
    }

    /// The order of texts is that of a collation, which only the server knows.
    fn ordered(&self, of: u32, order: Option<Ordering>) -> Option<Ordering> {
        order.filter(|order| order.is_eq() || NUMBERS.contains(&of) || ORDERED_AS_PRINTED.contains(&of) || of == BOOL)
    }

    fn distinct(&self, operation: &Operation) -> Answer {
        let (left, right) = (self.operand(operation.left.as_deref())?, self.value(&operation.right)?);
        Ok(match (&left, &right) {
            (Known::Null, Known::Null) => boolean(false),
            (Known::Null, one) | (one, Known::Null) if one.is_some() => boolean(true),
            (Known::Is(_), Known::Is(_)) => match self.operator(operation)?.text() {
                Some(equal) => boolean(equal == "f"),
                None => Known::Some,
            },
            _ => Known::Some,
        })
    }

    /// `= ANY (ARRAY[…])`, which IN becomes.
    fn quantified(&self, operation: &Operation, any: bool) -> Answer {
        let (Some(operand), Node::Array(elements)) = (&operation.left, &bare(&operation.right).node) else {
            return Ok(Known::Perhaps);
        };
        let left = self.value(operand)?;
        let mut found = Vec::new();
        for element in elements {
            let right = self.value(element)?;
            let with = Operation { right: Box::new(element.clone()), left: None, ..operation.clone() };
            found.push(self.pair(&with, operand.of.oid, &left, &right)?);
        }
        let decisive = if any { "t" } else { "f" };
        if found.iter().any(|it| it.text() == Some(decisive)) {
            return Ok(Known::Is(decisive.into()));
        }
        Ok(match () {
            () if found.iter().any(|it| matches!(it, Known::Some | Known::Perhaps)) => Known::Perhaps,
            () if found.contains(&Known::Null) => Known::Null,
            () => boolean(!any),
        })
    }

    fn call(&self, it: &Expression, call: &Call) -> Answer {
        let arguments: Vec<Known> =
            call.arguments.iter().map(|argument| self.value(&argument.value)).collect::<Result<_, _>>()?;
        let first = call.arguments.first().zip(arguments.first());
        if let Some((argument, known)) = first
            && matches!(call.form, Form::Implicit | Form::Explicit)
        {
            return self.cast(it, call, &argument.value, known);
        }
        let Some(name) = builtin_name(self.types.version(), call.function) else { return Ok(Known::Perhaps) };
        let one = first.and_then(|(argument, known)| {
            (call.arguments.len() == 1 && TEXTS.contains(&self.base(argument.value.of.oid))).then(|| known.text())?
        });
        let is_strict = builtin_of(self.types.version(), call.function).is_some_and(|known| known.strict);
        if is_strict && arguments.contains(&Known::Null) {
            return Ok(Known::Null);
        }
        let found = match (name, one) {
            ("length" | "char_length" | "character_length", Some(text)) => Some(text.chars().count().to_string()),
            ("octet_length", Some(text)) => Some(text.len().to_string()),
            ("lower", Some(text)) if text.is_ascii() => Some(text.to_ascii_lowercase()),
            ("upper", Some(text)) if text.is_ascii() => Some(text.to_ascii_uppercase()),
            ("btrim", Some(text)) => Some(text.trim_matches(' ').to_owned()),
            _ => None,
        };
        Ok(match found {
            Some(found) => Known::Is(found.into()),
            None if NEVER_NULL.contains(&name) && arguments.iter().all(Known::is_some) => Known::Some,
            None => Known::Perhaps,
        })
    }

    fn cast(&self, it: &Expression, call: &Call, from: &Expression, known: &Known) -> Answer {
        let Known::Is(text) = known else { return Ok(vague(known.clone())) };
        let (to, was) = (self.base(it.of.oid), self.base(from.of.oid));
        let modifier = it.of.modifier;
        if length_function(Oid(to)) == Some(call.function) && to == was {
            return match to {
                VARCHAR | BPCHAR if modifier >= 4 => brought_to_length(text, it, call.form == Form::Explicit),
                NUMERIC => Decimal::read(text).map_or(Ok(Known::Some), |number| number.fit_numeric(modifier)),
                _ => Ok(Known::Some),
            };
        }
        match NUMBERS.contains(&to) && NUMBERS.contains(&was) {
            true => Decimal::read(text).map_or(Ok(Known::Some), |number| number.become_number(to)),
            false => Ok(Known::Some),
        }
    }
}

/// A text of a column with a length: cut off where it was asked for, or where only blanks go.
fn brought_to_length(text: &str, it: &Expression, explicit: bool) -> Answer {
    let most = usize::try_from(it.of.modifier - 4).unwrap_or(usize::MAX);
    let kept: String = text.chars().take(most).collect();
    let cut = text.chars().skip(most).any(|c| c != ' ');
    if cut && !explicit {
        let kind = it.of.spelled().unwrap_or_default();
        return Err(Refusal::new(SqlState("22001"), format!("value too long for type {kind}")));
    }
    Ok(Known::Is(kept.into()))
}

/// What is left to say of a value that something was done to which gives null for null alone.
fn vague(known: Known) -> Known {
    match known {
        Known::Is(_) => Known::Some,
        known => known,
    }
}

fn boolean(is: bool) -> Known {
    Known::Is(if is { "t" } else { "f" }.into())
}

/// Returns an expression without casts that change no bytes.
fn bare(it: &Expression) -> &Expression {
    match &it.node {
        Node::Relabel(cast) => bare(&cast.value),
        Node::Elements { cast, .. } => bare(&cast.value),
        _ => it,
    }
}

/// Returns whether values become text as they are printed here.
fn is_printed(of: u32) -> bool {
    NUMBERS.contains(&of) || TEXTS.contains(&of) || ORDERED_AS_PRINTED.contains(&of)
}

fn is_enum(types: &dyn Types, of: Oid) -> bool {
    types.own(types::base(types, of)).is_some_and(|own| own.kind == types::OwnKind::Enum)
}

/// Compares two values of a type; none where it is not known how they compare. Texts are only known to be equal or not.
fn compare(types: &dyn Types, of: Oid, one: &str, other: &str) -> Option<Ordering> {
    let base = types::base(types, of).0;
    match base {
        _ if NUMBERS.contains(&base) => Decimal::read(one)?.compare(&Decimal::read(other)?),
        BPCHAR => Some(one.trim_end_matches(' ').cmp(other.trim_end_matches(' '))),
        _ if TEXTS.contains(&base) || is_enum(types, of) => Some(one.cmp(other)),
        _ if ONE_SPELLING.contains(&base) && (one == other || one.len() == other.len()) => Some(one.cmp(other)),
        _ if ONE_SPELLING.contains(&base) => None,
        _ => None,
    }
}

/// `LIKE`, where the pattern escapes nothing.
fn like(text: &str, pattern: &str) -> Option<bool> {
    if pattern.contains('\\') {
        return None;
    }
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    // Whether the pattern so far matches so many characters.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for symbol in pattern {
        let before = reached.clone();
        for at in 0..=text.len() {
            let behind_one = at > 0 && before[at - 1];
            reached[at] = match symbol {
                '%' => before[at] || (at > 0 && reached[at - 1]),
                '_' => behind_one,
                symbol => behind_one && text.get(at - 1) == Some(&symbol),
            };
        }
    }
    reached.last().copied()
}
