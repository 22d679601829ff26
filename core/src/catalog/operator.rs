//! Which operator stands behind `a + b`: the rules of chapter 10 of the manual of Postgres, "Type Conversion".

use std::borrow::Cow;

use super::Oid;
use super::builtin::{self, Context};
use super::polymorphic;
use super::types::{self, Types, UNKNOWN};

/// An operator, as its catalog row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// `pg_operator.oid`
    pub oid: Oid,
    /// Its name, `<=`.
    pub name: Cow<'static, str>,
    /// None before a single operand.
    pub left: Option<Oid>,
    /// Type of the operand behind it.
    pub right: Oid,
    /// Type of the result.
    pub result: Oid,
    /// The function that computes it.
    pub function: Oid,
}

/// Why there is no operator, or no function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoOperator {
    /// `42883`: none takes these operands.
    Undefined,
    /// `42725`: several do, and none is better than the others.
    Ambiguous,
    /// `42804`: one does, but nothing tells which type `anyelement` is, or `VARIADIC` stands before no array.
    Mismatch,
    /// `42704`: one does, but there are no arrays of what `anyelement` is.
    NoArray,
}

/// An operator for two operands, with the types that it wants them to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The operator.
    pub oid: Oid,
    /// The function that computes it.
    pub function: Oid,
    /// The type that the left operand becomes; none before a single operand.
    pub left: Option<Oid>,
    /// The type that the right operand becomes.
    pub right: Oid,
    /// Type of the result.
    pub result: Oid,
}

/// Returns the operator for operands of these types; [`UNKNOWN`] is a literal without a type.
pub fn find(types: &dyn Types, name: &str, left: Option<Oid>, right: Oid) -> Result<Found, NoOperator> {
    let operands: Vec<Oid> = left.into_iter().chain([right]).collect();
    let own = types.own_operators(name);
    let all = builtin::of(types.version()).operators(name).iter().chain(&own);
    let candidates = all.filter(|operator| operator.left.is_some() == left.is_some());
    let operator = exact(types, &operands, &candidates).map_or_else(|| select(types, &operands, candidates), Ok)?;
    let wanted: Vec<Oid> = operator.left.into_iter().chain([operator.right]).collect();
    let becomes = polymorphic::resolve(types, &wanted, &operands, operator.result)?;
    Ok(Found {
        oid: operator.oid,
        function: operator.function,
        left: left.and(becomes.operands.first().copied()),
        right: *becomes.operands.last().unwrap_or(&right),
        result: becomes.result,
    })
}

/// Returns the operator whose operands are just these; a literal is taken for the type of its partner.
fn exact<'a>(
    types: &dyn Types,
    operands: &[Oid],
    candidates: &(impl Iterator<Item = &'a Operator> + Clone),
) -> Option<&'a Operator> {
    let wanted: Vec<Oid> = match *operands {
        [UNKNOWN, UNKNOWN] | [UNKNOWN] => return None,
        [UNKNOWN, right] => vec![right, right],
        [left, UNKNOWN] => vec![left, left],
        _ => operands.to_vec(),
    };
    let found = |wanted: &[Oid]| candidates.clone().find(|operator| Operands::of(operator).as_slice() == wanted);
    // Beside a literal, a domain is taken for what it is over.
    let under = || wanted.iter().map(|oid| types::base(types, *oid)).collect::<Vec<_>>();
    found(&wanted).or_else(|| if operands.contains(&UNKNOWN) { found(&under()) } else { None })
}

/// Returns the best of those that the operands can become without anybody asking for it.
fn select<'a>(
    types: &dyn Types,
    operands: &[Oid],
    candidates: impl Iterator<Item = &'a Operator>,
) -> Result<&'a Operator, NoOperator> {
    // Most names stand for dozens of operators, of which few would do.
    let would_do = |operator: &&Operator| {
        types::can_become_all(types, operands, Operands::of(operator).as_slice(), Context::Implicit)
    };
    let candidates = candidates.filter(would_do);
    let candidates = candidates.map(|operator| (Operands::of(operator).as_slice().to_vec(), operator));
    best(types, operands, candidates.collect()).map(|(_, operator)| operator)
}

/// The types that an operator takes.
struct Operands([Oid; 2], usize);

impl Operands {
    fn of(operator: &Operator) -> Self {
        match operator.left {
            Some(left) => Self([left, operator.right], 2),
            None => Self([operator.right; 2], 1),
        }
    }

    fn as_slice(&self) -> &[Oid] {
        self.0.get(..self.1).unwrap_or_default()
    }
}

/// Returns the best of several candidates that all would do: `func_select_candidate` of Postgres.
pub(super) fn best<T: Clone>(
    types: &dyn Types,
    operands: &[Oid],
    mut candidates: Vec<(Vec<Oid>, T)>,
) -> Result<(Vec<Oid>, T), NoOperator> {
    if candidates.len() < 2 {
        return candidates.pop().ok_or(NoOperator::Undefined);
    }
    let operands: Vec<Oid> = operands.iter().map(|oid| types::base(types, *oid)).collect();
    let operands = operands.as_slice();
    let known = |at: usize| operands.get(at).copied().filter(|operand| *operand != UNKNOWN);
    keep_best(&mut candidates, |takes| {
        takes.iter().enumerate().filter(|(at, wanted)| known(*at) == Some(**wanted)).count()
    });
    if candidates.len() > 1 {
        keep_best(&mut candidates, |takes| {
            let fits = |(at, wanted): &(usize, &Oid)| {
                known(*at).is_some_and(|operand| {
                    operand == **wanted || types::is_preferred(types, **wanted, types::category(types, operand))
                })
            };
            takes.iter().enumerate().filter(fits).count()
        });
    }
    if candidates.len() > 1 && operands.contains(&UNKNOWN) {
        by_category(types, operands, &mut candidates);
        if candidates.len() > 1 {
            by_partner(types, operands, &mut candidates);
        }
    }
    match candidates.len() {
        1 => candidates.pop().ok_or(NoOperator::Undefined),
        _ => Err(NoOperator::Ambiguous),
    }
}

/// Keeps those that match best.
fn keep_best<T>(candidates: &mut Vec<(Vec<Oid>, T)>, matches: impl Fn(&[Oid]) -> usize) {
    let most = candidates.iter().map(|(takes, _)| matches(takes)).max().unwrap_or(0);
    candidates.retain(|(takes, _)| matches(takes) == most);
}

/// Where a literal stands, keeps those that take a text, if any does, else those of the one category that all take.
fn by_category<T>(types: &dyn Types, operands: &[Oid], candidates: &mut Vec<(Vec<Oid>, T)>) {
    let mut wanted = Vec::new();
    for (at, operand) in operands.iter().enumerate() {
        if *operand != UNKNOWN {
            wanted.push(None);
            continue;
        }
        let takes: Vec<Oid> = candidates.iter().filter_map(|(takes, _)| takes.get(at).copied()).collect();
        let categories: Vec<u8> = takes.iter().map(|oid| types::category(types, *oid)).collect();
        let category = match categories.first() {
            _ if categories.contains(&b'S') => b'S',
            Some(first) if categories.iter().all(|category| category == first) => *first,
            _ => return,
        };
        let preferred = takes.iter().any(|oid| types::is_preferred(types, *oid, category));
        wanted.push(Some((category, preferred)));
    }
    let fits = |takes: &[Oid]| {
        takes.iter().zip(&wanted).all(|(oid, wanted)| match wanted {
            None => true,
            Some((category, preferred)) => {
                types::category(types, *oid) == *category && (!preferred || types::is_preferred(types, *oid, *category))
            }
        })
    };
    if candidates.iter().any(|(takes, _)| fits(takes)) {
        candidates.retain(|(takes, _)| fits(takes));
    }
}

/// Takes literals for the type that all other operands have, and keeps the one that takes them so.
fn by_partner<T: Clone>(types: &dyn Types, operands: &[Oid], candidates: &mut Vec<(Vec<Oid>, T)>) {
    let mut known = operands.iter().copied().filter(|operand| *operand != UNKNOWN);
    let Some(first) = known.next() else { return };
    if known.any(|operand| operand != first) {
        return;
    }
    let assumed = vec![first; operands.len()];
    let fits: Vec<_> = candidates
        .iter()
        .filter(|(takes, _)| types::can_become_all(types, &assumed, takes, Context::Implicit))
        .cloned()
        .collect();
    if fits.len() == 1 {
        *candidates = fits;
    }
}
