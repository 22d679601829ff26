//! `anyelement` and its kin: what a signature comes to for some operands.
//!
//! There are two families. In the first all places mean one type; in the other, `anycompatible`, the type to which all
//! operands can become without anybody asking for it.

use super::Oid;
use super::builtin::{self, Context, TypeKind};
use super::operator::NoOperator;
use super::types::{OwnKind, Types, UNKNOWN, array_of, base, can_become, category, element, is_preferred};

const ANYARRAY: Oid = Oid(2277);
const ANYELEMENT: Oid = Oid(2283);
const ANYNONARRAY: Oid = Oid(2776);
const ANYENUM: Oid = Oid(3500);
const ANYRANGE: Oid = Oid(3831);
const ANYMULTIRANGE: Oid = Oid(4537);
const ANYCOMPATIBLE: Oid = Oid(5077);
const ANYCOMPATIBLEARRAY: Oid = Oid(5078);
const ANYCOMPATIBLENONARRAY: Oid = Oid(5079);
const ANYCOMPATIBLERANGE: Oid = Oid(5080);
const ANYCOMPATIBLEMULTIRANGE: Oid = Oid(4538);
const TEXT: Oid = Oid(25);

/// What a place of a signature asks of its operand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Element,
    NotArray,
    Enum,
    Array,
    Range,
    Multirange,
}

/// What the types of a signature come to.
pub(super) struct Resolved {
    pub(super) operands: Vec<Oid>,
    pub(super) result: Oid,
}

/// Returns whether a type stands for others in a signature.
pub(super) fn is_polymorphic(oid: Oid) -> bool {
    place(oid).is_some()
}

/// Returns whether the operands agree about what the places of a signature mean.
pub(super) fn agree(types: &dyn Types, takes: &[Oid], operands: &[Oid]) -> bool {
    !takes.iter().any(|wanted| is_polymorphic(*wanted)) || Meaning::of(types, takes, operands).is_some()
}

/// Puts what the operands are in the places of a signature; refuses where they do not agree, or do not tell.
pub(super) fn resolve(types: &dyn Types, takes: &[Oid], operands: &[Oid], result: Oid) -> Result<Resolved, NoOperator> {
    let meaning = Meaning::of(types, takes, operands).ok_or(NoOperator::Mismatch)?;
    let operands = takes.iter().map(|wanted| meaning.put(types, *wanted)).collect::<Result<Vec<_>, _>>()?;
    Ok(Resolved { operands, result: meaning.put(types, result)? })
}

/// Whether of the second family, and the shape.
fn place(oid: Oid) -> Option<(bool, Shape)> {
    Some(match oid {
        ANYELEMENT => (false, Shape::Element),
        ANYNONARRAY => (false, Shape::NotArray),
        ANYENUM => (false, Shape::Enum),
        ANYARRAY => (false, Shape::Array),
        ANYRANGE => (false, Shape::Range),
        ANYMULTIRANGE => (false, Shape::Multirange),
        ANYCOMPATIBLE => (true, Shape::Element),
        ANYCOMPATIBLENONARRAY => (true, Shape::NotArray),
        ANYCOMPATIBLEARRAY => (true, Shape::Array),
        ANYCOMPATIBLERANGE => (true, Shape::Range),
        ANYCOMPATIBLEMULTIRANGE => (true, Shape::Multirange),
        _ => return None,
    })
}

/// What the places of both families mean; none where nothing but literals stands there.
#[derive(Default)]
struct Meaning {
    same: Option<Oid>,
    common: Option<Oid>,
    /// The ranges and multiranges that were given: several may have bounds of one type.
    given: Vec<(bool, Shape, Oid)>,
}

impl Meaning {
    fn of(types: &dyn Types, takes: &[Oid], operands: &[Oid]) -> Option<Self> {
        let (mut same, mut common, mut given) = (Vec::new(), Vec::new(), Vec::new());
        let mut asks_common = false;
        for (wanted, operand) in takes.iter().zip(operands) {
            let Some((of_common, shape)) = place(*wanted) else { continue };
            asks_common |= of_common;
            if *operand == UNKNOWN {
                continue;
            }
            let whole = matches!(shape, Shape::Element | Shape::NotArray | Shape::Enum);
            let operand = if whole { *operand } else { base(types, *operand) };
            let inner = inner(types, operand, shape)?;
            if matches!(shape, Shape::Range | Shape::Multirange) {
                // Two range types may have bounds of one type: all places mean the same of them.
                let alike = |(family, other, oid): &(bool, Shape, Oid)| {
                    *family != of_common
                        || if *other == shape { *oid == operand } else { kin(types, *oid) == Some(operand) }
                };
                given.iter().all(alike).then_some(())?;
                given.push((of_common, shape, operand));
            }
            if of_common { common.push(inner) } else { same.push(inner) }
        }
        let first = same.first().copied();
        // Nothing is an enum before something is.
        (first.is_some() || !takes.contains(&ANYENUM)).then_some(())?;
        same.iter().all(|oid| Some(*oid) == first).then_some(())?;
        let common = match common_type(types, &common) {
            Some(common) => Some(common),
            None if common.is_empty() => asks_common.then_some(TEXT),
            None => return None,
        };
        Some(Self { same: first, common, given })
    }

    fn put(&self, types: &dyn Types, wanted: Oid) -> Result<Oid, NoOperator> {
        let Some((of_common, shape)) = place(wanted) else { return Ok(wanted) };
        let inner = if of_common { self.common } else { self.same };
        let inner = inner.ok_or(NoOperator::Mismatch)?;
        // One that was given tells it, or one of its kin; the type of the bounds alone does not.
        let given = || {
            let of_family = self.given.iter().find(|(family, ..)| *family == of_common);
            let (_, given, oid) = of_family?;
            if *given == shape { Some(*oid) } else { kin(types, *oid) }
        };
        match shape {
            Shape::Element | Shape::NotArray | Shape::Enum => Ok(inner),
            Shape::Array => array_of(types, inner).ok_or(NoOperator::NoArray),
            Shape::Range | Shape::Multirange => given().ok_or(NoOperator::Mismatch),
        }
    }
}

/// Returns the multirange of a range, and the range of a multirange.
fn kin(types: &dyn Types, oid: Oid) -> Option<Oid> {
    match types.own(oid).map(|own| own.kind) {
        Some(OwnKind::Range { multirange, .. }) => return multirange,
        Some(OwnKind::Multirange { range, .. }) => return Some(range),
        _ => {}
    }
    let builtins = builtin::of(types.version());
    let known = builtins.type_of(oid)?;
    let kin = match known.kind {
        TypeKind::Range => TypeKind::Multirange,
        TypeKind::Multirange => TypeKind::Range,
        _ => return None,
    };
    builtins.types().iter().find(|it| it.kind == kin && it.bounds == known.bounds).map(|it| it.oid)
}

/// Returns the type that an operand stands for in a place of some shape; none where it does not fit.
fn inner(types: &dyn Types, operand: Oid, shape: Shape) -> Option<Oid> {
    let bounds = |kind| builtin::of(types.version()).type_of(operand).filter(|it| it.kind == kind)?.bounds;
    let own = types.own(operand).map(|own| own.kind);
    match (shape, own) {
        (Shape::Element, _) => Some(operand),
        (Shape::NotArray, _) => element(types, base(types, operand)).is_none().then_some(operand),
        // No type of `pg_catalog` is an enum.
        (Shape::Enum, _) => (own == Some(OwnKind::Enum)).then_some(operand),
        (Shape::Array, _) => element(types, operand),
        (Shape::Range, Some(OwnKind::Range { of, .. })) => Some(of),
        (Shape::Range, _) => bounds(TypeKind::Range),
        (Shape::Multirange, Some(OwnKind::Multirange { of, .. })) => Some(of),
        (Shape::Multirange, _) => bounds(TypeKind::Multirange),
    }
}

/// Returns the type to which all can become; a domain only where nothing else is, otherwise what it is over.
/// `select_common_type_from_oids`
fn common_type(context: &dyn Types, types: &[Oid]) -> Option<Oid> {
    let first = *types.first()?;
    if types.iter().all(|oid| *oid == first) {
        return Some(first);
    }
    let mut common = base(context, first);
    for next in types.iter().map(|oid| base(context, *oid)) {
        if next == common {
            continue;
        }
        if category(context, next) != category(context, common) {
            return None;
        }
        if !is_preferred(context, common, category(context, common))
            && can_become(context, common, next, Context::Implicit)
            && !can_become(context, next, common, Context::Implicit)
        {
            common = next;
        }
    }
    types.iter().all(|oid| can_become(context, *oid, common, Context::Implicit)).then_some(common)
}
