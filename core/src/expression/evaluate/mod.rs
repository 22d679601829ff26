//! What an expression comes to, as far as that follows from what is written: constants, comparisons, logic, arithmetic,
//! casts between numbers, lengths of text. What it cannot say is [`Known::Perhaps`], or [`Known::Some`] where no null
//! can come of it.
//!
//! Two ask: [`evaluate`] what comes of it for a row, and [`folds`] what Postgres computes before it looks at any. Both
//! walk the tree here, and what is made of values stands in `compute`.

mod comparison;
mod compute;
mod function;
mod length;
mod number;
mod pattern;
mod regular;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use crate::catalog::expression::{Call, Expression, Node, Operation, Value};
use crate::catalog::function::builtin_name;
use crate::catalog::query::{Body, Link, SubQuery};
use crate::catalog::types::{self, Types};
use crate::catalog::{Known, Refusal};

use super::volatility::{is_folded, may_be_known};

pub(crate) use comparison::normal_form;
pub(super) use compute::refuses_pattern;
pub(super) use length::is_too_long;

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
    Evaluation { types, leaf, planned: false }.value(it)
}

/// Refuses an expression whose constant parts cannot be computed: `eval_const_expressions` of the planner meets them
/// even where no row would. What is not computed here is taken to be computed without an error.
pub(crate) fn folds(types: &dyn Types, it: &Expression) -> Result<(), Refusal> {
    constant(types, it).map(|_| ())
}

/// Returns the whole number that an expression without columns comes to; none where that is not known here.
pub(crate) fn whole_number(types: &dyn Types, it: &Expression) -> Result<Option<i64>, Refusal> {
    let is_whole = compute::WHOLE.contains(&it.of.oid.0);
    Ok(constant(types, it)?.text().filter(|_| is_whole).and_then(|text| text.parse().ok()))
}

fn constant(types: &dyn Types, it: &Expression) -> Answer {
    Evaluation { types, leaf: &|_| Known::Perhaps, planned: true }.value(it)
}

type Answer = Result<Known, Refusal>;

#[derive(Clone, Copy)]
struct Evaluation<'a> {
    types: &'a dyn Types,
    leaf: &'a dyn Fn(&Expression) -> Known,
    /// It is the planner that computes: it looks at all parts but those that a constant leaves out, and a value that is
    /// not known is to it one like any other.
    planned: bool,
}

impl Evaluation<'_> {
    fn value(&self, it: &Expression) -> Answer {
        #[cfg(test)]
        tests::count();
        if self.planned && !is_folded(it, self.types) {
            // What may come out otherwise tomorrow is left alone, but not what it is made of.
            return self.all(it).map(|_| Known::Perhaps);
        }
        Ok(match self.node(it)? {
            Known::Some if self.planned => Known::Perhaps,
            known => known,
        })
    }

    fn node(&self, it: &Expression) -> Answer {
        Ok(match &it.node {
            Node::Constant(Value::Null) => Known::Null,
            Node::Constant(Value::Text(text)) => Known::Is(text.as_str().into()),
            Node::Constant(Value::Relation(_)) | Node::Keyword(..) => Known::Some,
            Node::Column { .. } | Node::DomainValue | Node::Placeholder => (self.leaf)(it),
            Node::Relabel(cast) => self.value(&cast.value)?,
            // Whether the domain takes it, is no matter of the planner.
            Node::ToDomain(cast) if self.planned => self.value(&cast.value).map(|_| Known::Perhaps)?,
            Node::ToDomain(cast) => self.value(&cast.value)?,
            Node::ViaText(cast) => {
                compute::via_text(self.types, it.of.oid, cast.value.of.oid, self.value(&cast.value)?)?
            }
            Node::Collate(value, _) => vague(self.value(value)?),
            Node::Elements { cast, .. } => vague(self.value(&cast.value)?),
            Node::Call(call) => self.call(it, call)?,
            Node::Operator(operation) => self.operator(it, operation)?,
            Node::Distinct(operation) => self.distinct(it, operation)?,
            Node::NullIf(operation) => {
                let (left, right) = self.operands(operation)?;
                match compute::infix(self.types, operation, it.of, &left, &right)? {
                    Known::Is(text) if &*text == "t" => Known::Null,
                    // It is not equal, or one of them is null.
                    Known::Is(_) | Known::Null => left,
                    Known::Some | Known::Perhaps => Known::Perhaps,
                }
            }
            Node::Quantified { operation, any } => self.quantified(it, operation, *any)?,
            Node::And(parts) => self.junction(parts, false)?,
            Node::Or(parts) => self.junction(parts, true)?,
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
            Node::Case { operand, branches, otherwise } => self.case(operand.as_deref(), branches, otherwise)?,
            Node::Coalesce(parts) => self.coalesce(parts)?,
            Node::Greatest(parts) | Node::Least(parts) => {
                let values = self.all(it)?;
                match values.iter().any(Known::is_some) {
                    true => Known::Some,
                    false if values.len() == parts.len() && values.iter().all(|it| *it == Known::Null) => Known::Null,
                    false => Known::Perhaps,
                }
            }
            Node::Array(elements) => {
                let values = self.all(it)?;
                function::array(self.types, elements, &values).map_or(Known::Some, Known::Is)
            }
            Node::Row(_) => self.all(it).map(|_| Known::Some)?,
            Node::Aggregate(aggregate) => {
                if self.planned {
                    self.all(it)?;
                }
                match builtin_name(self.types.version(), aggregate.function) {
                    Some("count" | "row_number" | "rank" | "dense_rank") => Known::Some,
                    _ => Known::Perhaps,
                }
            }
            Node::Subscript { .. } => {
                if self.planned {
                    self.all(it)?;
                }
                Known::Perhaps
            }
            Node::SubQuery(inner) => match only_value(inner) {
                Some(value) if self.planned => self.value(value).map(|_| Known::Perhaps)?,
                Some(value) => self.value(value)?,
                // It is planned by itself.
                None => Known::Perhaps,
            },
        })
    }

    /// All parts, of which none is left out.
    fn all(&self, it: &Expression) -> Result<Vec<Known>, Refusal> {
        it.parts().into_iter().map(|part| self.value(part)).collect()
    }

    fn operand(&self, operand: Option<&Expression>) -> Answer {
        operand.map_or(Ok(Known::Perhaps), |operand| self.value(operand))
    }

    /// A value that is not `sure` to be computed: nor is what it would raise.
    fn perhaps(&self, it: &Expression, sure: bool) -> Answer {
        match self.value(it) {
            Err(_) if !sure => Ok(Known::Perhaps),
            answer => answer,
        }
    }

    /// Returns whether what stands behind a part that may decide is sure to be computed. The planner leaves it out for a
    /// constant alone, which may be one that is not computed here.
    fn goes_on(&self, part: &Expression, value: &Known) -> bool {
        let is_known = matches!(value, Known::Is(_) | Known::Null);
        is_known || self.planned && !may_be_known(part, self.types)
    }

    /// AND and OR: a part that comes to `decisive` decides, and leaves out what stands behind it; else all have to be
    /// known.
    fn junction(&self, parts: &[Expression], decisive: bool) -> Answer {
        let (decides, mut whole) = (boolean(decisive), boolean(!decisive));
        let (mut sure, mut may_raise) = (true, false);
        for part in parts {
            let value = match self.value(part) {
                Err(refusal) if sure => return Err(refusal),
                Err(_) => {
                    may_raise = true;
                    Known::Perhaps
                }
                Ok(value) if value == decides => return Ok(if may_raise { Known::Perhaps } else { decides }),
                Ok(value) => value,
            };
            sure = sure && self.goes_on(part, &value);
            whole = match (whole, value) {
                (Known::Is(_), known) | (known, Known::Is(_)) => known,
                (one, other) if one == other => one,
                _ => Known::Perhaps,
            };
        }
        Ok(whole)
    }

    fn case(
        &self,
        operand: Option<&Expression>,
        branches: &[(Expression, Expression)],
        otherwise: &Expression,
    ) -> Answer {
        let operand = operand.map(|operand| Ok((operand, self.value(operand)?))).transpose()?;
        let leaf = |it: &Expression| match (&it.node, &operand) {
            (Node::Placeholder, Some((_, value))) => value.clone(),
            _ => (self.leaf)(it),
        };
        let inside = Evaluation { leaf: &leaf, ..*self };
        let mut found: Option<Known> = None;
        let join = |found: Option<Known>, new: Known| match found {
            // What depends on a row is not computed when it is planned, whatever comes of it.
            Some(_) if self.planned => Known::Perhaps,
            Some(found) => found.or(new),
            None => new,
        };
        let mut sure = true;
        for (condition, result) in branches {
            match inside.perhaps(condition, sure)? {
                Known::Is(text) if &*text == "t" => {
                    let result = self.perhaps(result, sure)?;
                    return Ok(join(found, result));
                }
                Known::Is(_) | Known::Null => {}
                value @ (Known::Some | Known::Perhaps) => {
                    sure = sure
                        && match &operand {
                            Some((operand, compared)) if !matches!(compared, Known::Is(_) | Known::Null) => {
                                self.goes_on(operand, compared)
                            }
                            _ => self.goes_on(condition, &value),
                        };
                    let result = self.perhaps(result, sure)?;
                    found = Some(join(found, result));
                }
            }
        }
        let otherwise = self.perhaps(otherwise, sure)?;
        Ok(join(found, otherwise))
    }

    fn coalesce(&self, parts: &[Expression]) -> Answer {
        let (mut sure, mut is_null) = (true, true);
        for part in parts {
            let value = self.perhaps(part, sure)?;
            match value {
                Known::Null => {}
                Known::Is(_) if is_null => return Ok(value),
                Known::Is(_) | Known::Some => return Ok(Known::Some),
                Known::Perhaps => is_null = false,
            }
            sure = sure && self.goes_on(part, &value);
        }
        Ok(if is_null { Known::Null } else { Known::Perhaps })
    }

    fn operator(&self, it: &Expression, operation: &Operation) -> Answer {
        if operation.left.is_none() {
            return compute::prefix(self.types, operation, it.of, &self.value(&operation.right)?);
        }
        let (left, right) = self.operands(operation)?;
        compute::infix(self.types, operation, it.of, &left, &right)
    }

    /// Each is looked at once, however deep they stand in each other.
    fn operands(&self, operation: &Operation) -> Result<(Known, Known), Refusal> {
        Ok((self.operand(operation.left.as_deref())?, self.value(&operation.right)?))
    }

    fn distinct(&self, it: &Expression, operation: &Operation) -> Answer {
        let (left, right) = self.operands(operation)?;
        Ok(match (&left, &right) {
            (Known::Null, Known::Null) => boolean(false),
            (Known::Null, one) | (one, Known::Null) if one.is_some() => boolean(true),
            (Known::Is(_), Known::Is(_)) => match compute::infix(self.types, operation, it.of, &left, &right)?.text() {
                Some(equal) => boolean(equal == "f"),
                None => Known::Some,
            },
            _ => Known::Some,
        })
    }

    /// `= ANY (ARRAY[…])`, which IN becomes.
    fn quantified(&self, it: &Expression, operation: &Operation, any: bool) -> Answer {
        let (Some(operand), Node::Array(elements)) = (&operation.left, &bare(&operation.right).node) else {
            self.all(it)?;
            return Ok(Known::Perhaps);
        };
        let left = self.value(operand)?;
        let mut found = Vec::new();
        for element in elements {
            let right = self.value(element)?;
            let between = (operand.of.oid, element.of.oid);
            found.push(compute::between(self.types, operation, it.of, between, (&left, &right))?);
        }
        let decisive = boolean(any);
        if found.contains(&decisive) {
            return Ok(decisive);
        }
        Ok(match () {
            () if found.iter().any(|it| matches!(it, Known::Some | Known::Perhaps)) => Known::Perhaps,
            () if found.contains(&Known::Null) => Known::Null,
            () => boolean(!any),
        })
    }

    fn call(&self, it: &Expression, call: &Call) -> Answer {
        let arguments = self.all(it)?;
        compute::call(self.types, it, call, &arguments)
    }
}

/// What is left to say of a value that something was done to which gives null for null alone.
fn vague(known: Known) -> Known {
    match known {
        Known::Is(_) => Known::Some,
        known => known,
    }
}

/// Returns the value of a query that gives one, whatever there is: `(SELECT 1)`.
fn only_value(inner: &SubQuery) -> Option<&Expression> {
    let (Link::Value, Body::Select(select)) = (&inner.link, &inner.query.body) else { return None };
    let is_plain = select.sources.is_empty()
        && select.condition.is_none()
        && select.having.is_none()
        && inner.query.offset.is_none()
        && inner.query.limit.is_none();
    let value = inner.query.outputs().next().map(|target| &target.value).filter(|_| is_plain)?;
    // Of a function may come any number of rows.
    (!value.any(&mut |part| matches!(part.node, Node::Aggregate(_) | Node::Call(_)))).then_some(value)
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
