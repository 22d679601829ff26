//! Which function stands behind `f(a, b)`: the rules of chapter 10.3 of the manual of Postgres, with arguments by name,
//! `VARIADIC` and defaults.

use super::Oid;
use super::builtin::{self, Context};
use super::operator::{NoOperator, best};
use super::polymorphic;
use super::types::{self, Method, Types, UNKNOWN};
use crate::PostgresVersion;

const ANY: Oid = Oid(2276);
const RECORD: Oid = Oid(2249);

/// A function, as its catalog row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `pg_proc.oid`
    pub oid: Oid,
    /// What may be done with it.
    pub kind: Kind,
    /// Types of the arguments that a call gives.
    pub arguments: Vec<Oid>,
    /// Their names, empty for one without; empty when none has a name.
    pub names: Vec<String>,
    /// How many of the last arguments may be left out.
    pub defaults: usize,
    /// Type of each of the last arguments, when there may be any number of them.
    pub variadic: Option<Oid>,
    /// Type of the result.
    pub result: Oid,
    /// It returns any number of rows.
    pub returns_set: bool,
    /// It returns null when an argument is null, without being called.
    pub strict: bool,
    /// On what its result depends.
    pub volatility: Volatility,
}

/// What may be done with a function: `pg_proc.prokind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It may be called in an expression.
    Function,
    /// It sums up rows.
    Aggregate,
    /// It sums up rows in an order that `WITHIN GROUP` names.
    OrderedSet,
    /// It looks at other rows, with `OVER`.
    Window,
    /// It may be called by `CALL`.
    Procedure,
}

/// On what a result depends, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volatility {
    /// On the arguments only.
    Immutable,
    /// On settings and on what the database holds when the statement begins.
    Stable,
    /// On anything.
    Volatile,
}

/// An argument of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// The name, in `name => value`.
    pub name: Option<&'a str>,
    /// Type of the value; [`UNKNOWN`] is a literal without a type.
    pub of: Oid,
}

/// What a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call<'a> {
    /// A function is called.
    Function(Found<'a>),
    /// The name is that of a type, and its argument is cast.
    Cast,
}

/// A function for some arguments, with the types that it wants them to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The function.
    pub signature: &'a Signature,
    /// The types that the arguments become, in the order in which they were given.
    pub arguments: Vec<Oid>,
    /// How many of the last arguments become one array.
    pub collected: usize,
    /// Type of the result.
    pub result: Oid,
}

/// Returns the functions of `pg_catalog` that have a name in a version.
pub fn builtin(version: PostgresVersion, name: &str) -> &'static [Signature] {
    builtin::of(version).functions(name)
}

/// Returns the function of `pg_catalog` that has a number in a version.
pub fn builtin_of(version: PostgresVersion, oid: Oid) -> Option<&'static Signature> {
    builtin::of(version).function(oid)
}

/// Returns the name of the function of `pg_catalog` that has a number in a version.
pub fn builtin_name(version: PostgresVersion, oid: Oid) -> Option<&'static str> {
    builtin::of(version).function_name(oid)
}

/// Returns what a call means.
///
/// `path` has the functions of that name, schema by schema as the search path has them. `variadic` is true when the
/// last argument is an array marked by that word. `as_type` is the type that the name means, if it means one.
pub fn find<'a>(
    types: &dyn Types,
    path: &[&'a [Signature]],
    given: &[Given<'_>],
    variadic: bool,
    as_type: Option<Oid>,
) -> Result<Call<'a>, NoOperator> {
    let candidates = candidates(path, given, variadic);
    let operands: Vec<Oid> = given.iter().map(|argument| argument.of).collect();
    let exact = candidates.iter().find(|candidate| candidate.takes == operands);
    let chosen = match exact {
        Some(exact) => exact.clone(),
        None => {
            if let ([argument], Some(to)) = (given, as_type)
                && argument.name.is_none()
                && is_cast(types, argument.of, to)
            {
                return Ok(Call::Cast);
            }
            let fits = |candidate: &Candidate<'_>| {
                types::can_become_all(types, &operands, &candidate.takes, Context::Implicit)
            };
            let fitting = candidates.into_iter().filter(fits).map(|candidate| (candidate.takes.clone(), candidate));
            best(types, &operands, fitting.collect())?.1
        }
    };
    if chosen.ambiguous {
        return Err(NoOperator::Ambiguous);
    }
    let signature = chosen.signature;
    let last = operands.last().map(|oid| types::base(types, *oid));
    let no_array = last.is_some_and(|oid| types::element(types, oid).is_none());
    // That one of an ordered set is called so, is seen first.
    if variadic && signature.variadic == Some(ANY) && no_array && signature.kind != Kind::OrderedSet {
        return Err(NoOperator::Mismatch);
    }
    let becomes = polymorphic::resolve(types, &chosen.takes, &operands, signature.result);
    let becomes = becomes?;
    // Of any number of arguments of any type, each stays for itself.
    let collected = if signature.variadic == Some(ANY) { 0 } else { chosen.expanded };
    Ok(Call::Function(Found { signature, arguments: becomes.operands, collected, result: becomes.result }))
}

/// A function that takes as many arguments.
#[derive(Clone)]
struct Candidate<'a> {
    signature: &'a Signature,
    /// What it takes, in the order in which the arguments were given.
    takes: Vec<Oid>,
    /// How many of the last stand for one array.
    expanded: usize,
    /// How many of its arguments are left out.
    left_out: usize,
    /// There is another one for the same arguments, and nothing tells which is meant.
    ambiguous: bool,
    /// The place of its schema in the search path.
    place: usize,
}

/// `FuncnameGetCandidates` of Postgres.
fn candidates<'a>(path: &[&'a [Signature]], given: &[Given<'_>], variadic: bool) -> Vec<Candidate<'a>> {
    let mut found: Vec<Candidate<'a>> = Vec::new();
    for (place, signatures) in path.iter().enumerate() {
        for signature in *signatures {
            let Some(candidate) = candidate(signature, place, given, variadic) else { continue };
            let same = found.iter_mut().find(|other| other.takes == candidate.takes);
            let Some(other) = same else {
                found.push(candidate);
                continue;
            };
            // The earlier schema wins; then the one that needs no array, then the one that leaves out nothing.
            if other.place != candidate.place {
                continue;
            }
            match (other.expanded, candidate.expanded) {
                (0, 0) | (1.., 1..) if other.left_out > 0 && candidate.left_out > 0 => other.ambiguous = true,
                (0, 0) if candidate.left_out == 0 => *other = candidate,
                (0, _) => {}
                (1.., 0) => *other = candidate,
                // The one with more arguments before the array.
                (before, now) if now < before => *other = candidate,
                _ => {}
            }
        }
    }
    found
}

fn candidate<'a>(signature: &'a Signature, place: usize, given: &[Given<'_>], variadic: bool) -> Option<Candidate<'a>> {
    let (wants, has) = (signature.arguments.len(), given.len());
    let left_out = wants.saturating_sub(has);
    let complete = |takes, expanded| Candidate { signature, takes, expanded, left_out, ambiguous: false, place };
    if given.iter().any(|argument| argument.name.is_some()) {
        if (signature.variadic.is_some() && !variadic) || has > wants || left_out > signature.defaults {
            return None;
        }
        return Some(complete(by_name(signature, given)?, 0));
    }
    if let Some(element) = signature.variadic
        && !variadic
        && has >= wants
    {
        let fixed = wants.checked_sub(1)?;
        let mut takes = signature.arguments.get(..fixed)?.to_vec();
        takes.resize(has, element);
        return Some(complete(takes, has - fixed));
    }
    if has > wants || left_out > signature.defaults {
        return None;
    }
    Some(complete(signature.arguments.get(..has)?.to_vec(), 0))
}

/// Returns what the arguments are taken for, some of which are given by name; none where they do not fit.
fn by_name(signature: &Signature, given: &[Given<'_>]) -> Option<Vec<Oid>> {
    let required = signature.arguments.len() - signature.defaults;
    let mut taken = vec![false; signature.arguments.len()];
    let mut takes = Vec::new();
    for (at, argument) in given.iter().enumerate() {
        let at = match argument.name {
            None => at,
            Some(name) => signature.names.iter().position(|known| known == name)?,
        };
        let place = taken.get_mut(at)?;
        if *place {
            return None;
        }
        *place = true;
        takes.push(*signature.arguments.get(at)?);
    }
    taken.iter().take(required).all(|taken| *taken).then_some(takes)
}

/// Returns whether `type(value)` is a cast.
fn is_cast(types: &dyn Types, from: Oid, to: Oid) -> bool {
    if from == UNKNOWN {
        return true;
    }
    match types::pathway(types, from, to, Context::Explicit) {
        Some(Method::Relabel) => true,
        Some(Method::Text) => {
            let row = from == RECORD || types::category(types, from) == b'C';
            !(row && types::category(types, to) == b'S')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operator;
    use crate::catalog::types::{Builtin, OwnKind, OwnType, Type};

    const BOOL: Oid = Oid(16);
    const INT4: Oid = Oid(23);
    const INT8: Oid = Oid(20);
    const TEXT: Oid = Oid(25);
    const MOOD: Oid = Oid(16_400);
    const PRICE: Oid = Oid(16_402);

    /// `mood` is an enum, `price` a domain over `int8`.
    struct Own;

    impl Types for Own {
        fn version(&self) -> PostgresVersion {
            PostgresVersion::V15
        }

        fn own(&self, oid: Oid) -> Option<OwnType> {
            let kind = match oid {
                MOOD => OwnKind::Enum,
                PRICE => OwnKind::Domain(Type { oid: INT8, modifier: -1 }),
                _ => return None,
            };
            Some(OwnType { kind, array: None })
        }
    }

    fn signature(oid: u32, arguments: &[Oid], defaults: usize, variadic: Option<Oid>) -> Signature {
        Signature {
            oid: Oid(oid),
            kind: Kind::Function,
            arguments: arguments.to_vec(),
            names: Vec::new(),
            defaults,
            variadic,
            result: BOOL,
            returns_set: false,
            strict: false,
            volatility: Volatility::Volatile,
        }
    }

    fn called(path: &[&[Signature]], operands: &[Oid]) -> Result<u32, NoOperator> {
        let given: Vec<Given<'_>> = operands.iter().map(|of| Given { name: None, of: *of }).collect();
        match find(&Builtin(PostgresVersion::V15), path, &given, false, None)? {
            Call::Function(found) => Ok(found.signature.oid.0),
            Call::Cast => panic!("no type has that name"),
        }
    }

    #[test]
    fn an_earlier_schema_hides_the_same_arguments_but_not_a_better_match() {
        let (first, second) = ([signature(1, &[INT8], 0, None)], [signature(2, &[INT8], 0, None)]);
        assert_eq!(called(&[&first, &second], &[INT4]), Ok(1));
        let exact = [signature(3, &[INT4], 0, None)];
        assert_eq!(called(&[&first, &exact], &[INT4]), Ok(3));
        assert_eq!(called(&[&first], &[TEXT]), Err(NoOperator::Undefined));
    }

    #[test]
    fn two_that_differ_in_what_is_left_out_are_ambiguous_and_a_complete_one_wins() {
        let one = signature(1, &[INT4, INT4], 1, None);
        let two = signature(2, &[INT4, TEXT], 1, None);
        assert_eq!(called(&[&[one.clone(), two.clone()]], &[INT4]), Err(NoOperator::Ambiguous));
        assert_eq!(called(&[&[one, two, signature(3, &[INT4], 0, None)]], &[INT4]), Ok(3));
    }

    #[test]
    fn one_that_takes_any_number_yields_to_one_that_takes_just_these() {
        let any = signature(1, &[Oid(1007)], 0, Some(INT4));
        assert_eq!(called(&[std::slice::from_ref(&any)], &[INT4, INT4]), Ok(1));
        assert_eq!(called(&[&[any, signature(2, &[INT4, INT4], 0, None)]], &[INT4, INT4]), Ok(2));
    }

    #[test]
    fn enums_have_the_operators_of_enums_and_domains_those_of_what_they_are_over() {
        let found = operator::find(&Own, "=", Some(MOOD), UNKNOWN).map(|found| (found.left, found.right, found.result));
        assert_eq!(found, Ok((Some(MOOD), MOOD, BOOL)));
        assert_eq!(operator::find(&Own, "+", Some(MOOD), UNKNOWN), Err(NoOperator::Undefined));
        let found = operator::find(&Own, "+", Some(PRICE), INT4).map(|found| (found.left, found.right, found.result));
        assert_eq!(found, Ok((Some(INT8), INT4, INT8)));
        let found = operator::find(&Own, "=", Some(PRICE), UNKNOWN).map(|found| (found.left, found.right));
        assert_eq!(found, Ok((Some(INT8), INT8)));
    }
}
