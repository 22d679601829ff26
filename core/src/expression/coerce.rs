//! How a value becomes one of another type: `parse_coerce.c` of Postgres.

use super::literal::{self, Literal};
use super::{Answer, Scope, Stop};
use crate::catalog::expression::{Argument, Call, Cast, Expression, Form, Node, Value};
use crate::catalog::types::{self, Method, Type, UNKNOWN};
use crate::catalog::{Context, Oid};

pub(super) const ANY: Oid = Oid(2276);
pub(super) const BOOL: Oid = Oid(16);
const INTERVAL: Oid = Oid(1186);
const RECORD: Oid = Oid(2249);
const REGCLASS: Oid = Oid(2205);
const TEXT: Oid = Oid(25);

/// Returns a type without a modifier.
pub(super) fn plain(oid: Oid) -> Type {
    Type { oid, modifier: -1 }
}

/// Makes a value one of a type with its modifier; none where it cannot become one. `coerce_to_target_type`.
pub(crate) fn to_type(
    scope: &dyn Scope,
    value: Expression,
    to: Type,
    context: Context,
    form: Form,
) -> Answer<Option<Expression>> {
    if !types::can_become(scope, value.of.oid, to.oid, context) {
        return Ok(None);
    }
    // What is cast is what stands below the collation.
    let (value, collations) = without_collations(value);
    let before = value.clone();
    let mut result = coerced(scope, value, to.oid, to.modifier, context, form)?;
    let constant = matches!(result.node, Node::Constant(_));
    let changed = result != before;
    result = with_length(scope, result, to, context, form, changed && !constant)?;
    if types::is_collatable(scope, to.oid) {
        // The outermost counts.
        result = with_collations(result, collations.into_iter().take(1));
    }
    Ok(Some(result))
}

/// Makes a value one of the type of a column that takes it; none where it cannot become one.
pub fn assigned(scope: &dyn Scope, value: Expression, to: Type) -> Answer<Option<Expression>> {
    to_type(scope, value, to, Context::Assignment, Form::Implicit)
}

/// Returns a value without the casts around it that nobody asked for. `strip_implicit_coercions`.
pub fn without_implicit(mut value: Expression) -> Expression {
    loop {
        value = match value.node {
            Node::Call(Call { form: Form::Implicit, mut arguments, .. }) if !arguments.is_empty() => {
                arguments.swap_remove(0).value
            }
            Node::Relabel(Cast { value, implicit: true })
            | Node::ViaText(Cast { value, implicit: true })
            | Node::ToDomain(Cast { value, implicit: true })
            | Node::Elements { cast: Cast { value, implicit: true }, .. } => *value,
            _ => return value,
        };
    }
}

/// Makes a value one of a type, which it can become. `coerce_type`.
pub(super) fn coerced(
    scope: &dyn Scope,
    value: Expression,
    to: Oid,
    modifier: i32,
    context: Context,
    form: Form,
) -> Answer {
    let from = value.of.oid;
    if from == to || to == ANY {
        return Ok(value);
    }
    if let (UNKNOWN, Node::Constant(constant)) = (from, &value.node) {
        let base = types::base_type(scope, Type { oid: to, modifier });
        let of = Type { oid: base.oid, modifier: if base.oid == INTERVAL { base.modifier } else { -1 } };
        let result = Expression { node: Node::Constant(read(scope, constant, of)?), of };
        return if base.oid == to { Ok(result) } else { to_domain(scope, result, base, to, context, form, false) };
    }
    if let Node::Collate(..) = value.node {
        let (value, collations) = without_collations(value);
        let result = coerced(scope, value, to, modifier, context, form)?;
        return Ok(if types::is_collatable(scope, to) {
            with_collations(result, collations.into_iter())
        } else {
            result
        });
    }
    let Some(method) = types::pathway(scope, from, to, context) else {
        return Err(Stop::unknown("a value that becomes of a type to which there is no way"));
    };
    let base = types::base_type(scope, Type { oid: to, modifier });
    if method == Method::Relabel {
        let under = types::base_type(scope, plain(to));
        return if under.oid == to {
            let cast = Cast { value: Box::new(value), implicit: form == Form::Implicit };
            Ok(Expression { node: Node::Relabel(cast), of: plain(to) })
        } else {
            to_domain(scope, value, under, to, context, form, false)
        };
    }
    let result = by(scope, method, value, base, context, form)?;
    if base.oid == to { Ok(result) } else { to_domain(scope, result, base, to, context, form, true) }
}

/// `build_coercion_expression`
fn by(scope: &dyn Scope, method: Method, value: Expression, to: Type, context: Context, form: Form) -> Answer {
    let implicit = form == Form::Implicit;
    match method {
        Method::Relabel => Ok(relabeled(value, to, form)),
        Method::Function(function) => {
            let takes_modifier = types::length_function(to.oid) == Some(function);
            let of = Type { oid: to.oid, modifier: if takes_modifier { to.modifier } else { -1 } };
            let arguments = vec![Argument { name: None, value }];
            Ok(Expression { node: Node::Call(Call { function, arguments, variadic: false, form }), of })
        }
        Method::Text => {
            let cast = Cast { value: Box::new(value), implicit };
            Ok(Expression { node: Node::ViaText(cast), of: plain(to.oid) })
        }
        Method::Elements => {
            let from = types::element(scope, types::base(scope, value.of.oid));
            let (Some(from), Some(element)) = (from, types::element(scope, to.oid)) else {
                return Err(Stop::unknown("a cast of what is no array"));
            };
            let placeholder =
                Expression { node: Node::Placeholder, of: Type { oid: from, modifier: value.of.modifier } };
            let element = Type { oid: element, modifier: to.modifier };
            let element = to_type(scope, placeholder, element, context, form)?
                .ok_or_else(|| Stop::unknown("a cast of elements that have no way"))?;
            let of = Type { oid: to.oid, modifier: element.of.modifier };
            let cast = Cast { value: Box::new(value), implicit };
            Ok(Expression { node: Node::Elements { cast, element: Box::new(element) }, of })
        }
        // A row of a table is one of any kind too, and stays as it is.
        Method::Row if to.oid == RECORD && types::is_composite(scope, value.of.oid) => Ok(value),
        Method::Row => Err(Stop::unknown("a cast of a row")),
    }
}

/// Brings a value to the length that a modifier asks for. `coerce_type_typmod`.
fn with_length(scope: &dyn Scope, mut value: Expression, to: Type, context: Context, form: Form, hide: bool) -> Answer {
    if value.of.modifier == to.modifier || matches!(value.node, Node::ToDomain(_)) && to.modifier < 0 {
        return Ok(value);
    }
    if hide {
        conceal(&mut value);
    }
    let element = types::element(scope, to.oid);
    let method = match (types::length_function(element.unwrap_or(to.oid)), element) {
        _ if to.modifier < 0 => None,
        (Some(_), Some(_)) => Some(Method::Elements),
        (Some(function), None) => Some(Method::Function(function)),
        (None, _) => None,
    };
    match method {
        Some(method) => by(scope, method, value, to, context, form),
        None => Ok(relabeled(value, to, form)),
    }
}

fn to_domain(
    scope: &dyn Scope,
    mut value: Expression,
    base: Type,
    to: Oid,
    context: Context,
    form: Form,
    hide: bool,
) -> Answer {
    if hide {
        conceal(&mut value);
    }
    let value = with_length(scope, value, base, context, Form::Implicit, false)?;
    let cast = Cast { value: Box::new(value), implicit: form == Form::Implicit };
    Ok(Expression { node: Node::ToDomain(cast), of: plain(to) })
}

/// `applyRelabelType`
fn relabeled(mut value: Expression, to: Type, form: Form) -> Expression {
    // Of several, the last says all.
    while let Node::Relabel(cast) = value.node {
        value = *cast.value;
    }
    if value.of == to {
        return value;
    }
    if let Node::Constant(_) = value.node {
        return Expression { of: to, ..value };
    }
    let cast = Cast { value: Box::new(value), implicit: form == Form::Implicit };
    Expression { node: Node::Relabel(cast), of: to }
}

/// Makes a cast one that nobody asked for, because another says the same.
fn conceal(value: &mut Expression) {
    match &mut value.node {
        Node::Call(call) => call.form = Form::Implicit,
        Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => {
            cast.implicit = true;
        }
        _ => {}
    }
}

fn without_collations(mut value: Expression) -> (Expression, Vec<Oid>) {
    let mut collations = Vec::new();
    while let Node::Collate(inner, collation) = value.node {
        collations.push(collation);
        value = *inner;
    }
    (value, collations)
}

fn with_collations(value: Expression, collations: impl DoubleEndedIterator<Item = Oid>) -> Expression {
    let collate = |value: Expression, collation| {
        let of = value.of;
        Expression { node: Node::Collate(Box::new(value), collation), of }
    };
    collations.rev().fold(value, collate)
}

/// Reads a literal as a value of a type that is no domain.
fn read(scope: &dyn Scope, constant: &Value, of: Type) -> Answer<Value> {
    let Value::Text(text) = constant else { return Ok(constant.clone()) };
    if of.oid == REGCLASS {
        return scope.relation(text).map(Value::Relation);
    }
    match literal::read(scope, of, text) {
        Literal::Value(text) => Ok(Value::Text(text)),
        Literal::Refused(refusal) => Err(Stop::Refused(refusal)),
        Literal::Unknown => {
            let named = of.spelled().unwrap_or_else(|| "a type of the database's own".to_owned());
            Err(Stop::Unknown(format!("a literal of {named}")))
        }
    }
}

/// Makes several values one type, as where they stand side by side: `select_common_type`, `coerce_to_common_type`.
pub(crate) fn to_common(scope: &dyn Scope, values: Vec<Expression>, shown: &str) -> Answer<(Vec<Expression>, Type)> {
    let all: Vec<Oid> = values.iter().map(|value| value.of.oid).collect();
    let Some(common) = types::common(scope, &all) else {
        let mut known = all.iter().copied().filter(|of| *of != UNKNOWN);
        let first = known.next().unwrap_or(UNKNOWN);
        let other = known.find(|other| types::common(scope, &[first, *other]).is_none()).unwrap_or(first);
        let (first, other) = (scope.type_name(first), scope.type_name(other));
        return Err(Stop::refused("42804", format!("{shown} types {first} and {other} cannot be matched")));
    };
    let values: Vec<Expression> =
        values.into_iter().map(|value| to_common_of(scope, value, common, shown)).collect::<Answer<_>>()?;
    let of = Type { oid: common, modifier: common_modifier(&values) };
    Ok((values, of))
}

/// Returns the modifier that all have.
pub(super) fn common_modifier(values: &[Expression]) -> i32 {
    let first = values.first().map_or(-1, |value| value.of.modifier);
    if values.iter().all(|value| value.of.modifier == first) { first } else { -1 }
}

/// `coerce_to_common_type`
pub(crate) fn to_common_of(scope: &dyn Scope, value: Expression, to: Oid, shown: &str) -> Answer {
    if !types::can_become(scope, value.of.oid, to, Context::Implicit) {
        return Err(Stop::refused("42846", format!("{shown} could not convert a value to the type of the others")));
    }
    coerced(scope, value, to, -1, Context::Implicit, Form::Implicit)
}

/// `coerce_to_boolean`
pub(crate) fn to_boolean(scope: &dyn Scope, value: Expression, shown: &str) -> Answer {
    to_type(scope, value, plain(BOOL), Context::Assignment, Form::Implicit)?
        .ok_or_else(|| Stop::refused("42804", format!("argument of {shown} must be type boolean")))
}

/// Returns whether a type has rows.
pub(super) fn is_row(scope: &dyn Scope, oid: Oid) -> bool {
    oid == Oid(2249) || types::is_composite(scope, oid)
}

/// Makes a literal without a type a text.
pub(crate) fn to_text(scope: &dyn Scope, value: Expression) -> Answer {
    coerced(scope, value, TEXT, -1, Context::Implicit, Form::Implicit)
}
