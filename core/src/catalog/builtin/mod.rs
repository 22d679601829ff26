//! What every database has from the start, as version 15 lists it.
//!
//! The tables beside this file are printed by the statements beside them; a test compares both with a server.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::str::Split;
use std::sync::OnceLock;

use super::Oid;
use super::function::{Kind, Signature, Volatility};
use super::operator::Operator;
use super::types::{Cast, Method};

/// A type of `pg_catalog` that is no array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) oid: Oid,
    pub(super) name: &'static str,
    pub(super) kind: TypeKind,
    /// `pg_type.typcategory`: which types may be tried for each other.
    pub(super) category: u8,
    /// The one of its category that is tried first.
    pub(super) preferred: bool,
    /// The type of its arrays, if there are any.
    pub(super) array: Option<Oid>,
    /// How its values are stored unless a column says otherwise: `pg_type.typstorage`.
    pub(super) storage: u8,
    /// Texts of it are compared by a collation.
    pub(super) collatable: bool,
    /// Of a range or a multirange: the type of its bounds.
    pub(super) bounds: Option<Oid>,
    /// How far a value read from a text depends on more than the text.
    pub(super) input: Volatility,
    /// How far the text of a value depends on more than the value.
    pub(super) output: Volatility,
}

/// Which sort of type it is: `pg_type.typtype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeKind {
    Base,
    /// Stands for others in signatures; no column is of it.
    Pseudo,
    Range,
    Multirange,
}

/// When a cast applies, from the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Context {
    /// Also where nobody asked for it.
    Implicit,
    /// Also where a value goes into a column.
    Assignment,
    /// Only where it is written.
    Explicit,
}

/// Returns the types by number.
pub(super) fn types() -> &'static [Type] {
    static TYPES: OnceLock<Vec<Type>> = OnceLock::new();
    TYPES.get_or_init(|| rows(include_str!("types.tsv"), of_type))
}

/// Returns a type that is no array.
pub(super) fn type_of(oid: Oid) -> Option<&'static Type> {
    let at = types().binary_search_by_key(&oid, |it| it.oid).ok()?;
    types().get(at)
}

/// Returns the type of the elements of an array.
pub(super) fn element_of(array: Oid) -> Option<&'static Type> {
    static ELEMENTS: OnceLock<HashMap<Oid, &'static Type>> = OnceLock::new();
    let all = || types().iter().filter_map(|it| Some((it.array?, it))).collect();
    ELEMENTS.get_or_init(all).get(&array).copied()
}

/// Returns the type of a name that is no array.
pub(super) fn type_named(name: &str) -> Option<&'static Type> {
    static NAMES: OnceLock<HashMap<&str, &'static Type>> = OnceLock::new();
    NAMES.get_or_init(|| types().iter().map(|it| (it.name, it)).collect()).get(name).copied()
}

/// Returns the functions of a name.
pub(super) fn functions(name: &str) -> &'static [Signature] {
    let (_, by_name) = all_functions();
    by_name.get(name).map(Vec::as_slice).unwrap_or_default()
}

/// Returns the function of a number.
pub(super) fn function(oid: Oid) -> Option<&'static Signature> {
    numbered(oid).map(|(_, signature)| signature)
}

/// Returns the name of the function of a number.
pub(super) fn function_name(oid: Oid) -> Option<&'static str> {
    numbered(oid).map(|(name, _)| name)
}

fn numbered(oid: Oid) -> Option<(&'static str, &'static Signature)> {
    static NUMBERS: OnceLock<HashMap<Oid, (&'static str, &'static Signature)>> = OnceLock::new();
    let (names, by_name) = all_functions();
    let called = |name: &'static str| {
        by_name.get(name).into_iter().flatten().map(move |it: &'static Signature| (it.oid, (name, it)))
    };
    NUMBERS.get_or_init(|| names.iter().copied().flat_map(called).collect()).get(&oid).copied()
}

type Functions = (Vec<&'static str>, HashMap<&'static str, Vec<Signature>>);

/// The names in order, and what is called so.
fn all_functions() -> &'static Functions {
    static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let all = rows(include_str!("functions.tsv"), of_function);
        let mut names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        names.dedup();
        let by_name = grouped(all, |(name, _)| *name);
        let signatures =
            |(name, all): (&'static str, Vec<(_, Signature)>)| (name, all.into_iter().map(|it| it.1).collect());
        (names, by_name.into_iter().map(signatures).collect())
    })
}

/// Returns the operators of a name.
pub(super) fn operators(name: &str) -> &'static [Operator] {
    static OPERATORS: OnceLock<HashMap<Cow<'static, str>, Vec<Operator>>> = OnceLock::new();
    let all = || grouped(rows(include_str!("operators.tsv"), of_operator), |operator| operator.name.clone());
    OPERATORS.get_or_init(all).get(name).map(Vec::as_slice).unwrap_or_default()
}

/// Returns the cast from one type to another.
pub(super) fn cast(from: Oid, to: Oid) -> Option<Cast> {
    static CASTS: OnceLock<Vec<(Oid, Oid, Cast)>> = OnceLock::new();
    let casts = CASTS.get_or_init(|| rows(include_str!("casts.tsv"), of_cast));
    let at = casts.binary_search_by_key(&(from, to), |(from, to, _)| (*from, *to)).ok()?;
    casts.get(at).map(|(_, _, cast)| *cast)
}

/// How an access method treats the values of a type.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) method: &'static str,
    pub(super) name: &'static str,
    pub(super) input: Oid,
    /// It is taken where none is named.
    pub(super) is_default: bool,
    pub(super) takes_options: bool,
    /// The operators that an EXCLUDE constraint may name with it.
    pub(super) operators: Vec<Oid>,
}

/// An operator class that an extension brings.
#[derive(Debug)]
pub(super) struct ExtensionClass {
    pub(super) extension: &'static str,
    /// The type that the extension brings, where `class.input` is none that every database has; `_name` for its arrays.
    pub(super) own_input: Option<&'static str>,
    pub(super) class: Class,
}

/// Returns the operator classes.
pub(super) fn classes() -> &'static [Class] {
    static CLASSES: OnceLock<Vec<Class>> = OnceLock::new();
    CLASSES.get_or_init(|| rows(include_str!("classes.tsv"), |fields| of_class(fields).map(|(class, _)| class)))
}

/// Returns the operator classes that extensions bring.
pub(super) fn extension_classes() -> &'static [ExtensionClass] {
    static CLASSES: OnceLock<Vec<ExtensionClass>> = OnceLock::new();
    let read = |mut fields: Split<'static, char>| {
        let extension = fields.next()?;
        let (class, own_input) = of_class(fields)?;
        Some(ExtensionClass { extension, own_input, class })
    };
    CLASSES.get_or_init(|| rows(include_str!("extension_classes.tsv"), read))
}

fn rows<T>(text: &'static str, read: fn(Split<'static, char>) -> Option<T>) -> Vec<T> {
    text.lines().filter_map(|line| read(line.split('\t'))).collect()
}

fn grouped<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// Reads a number, where 0 stands for none.
fn oid(fields: &mut Split<'static, char>) -> Option<Option<Oid>> {
    let number: u32 = fields.next()?.parse().ok()?;
    Some((number != 0).then_some(Oid(number)))
}

fn of_type(mut fields: Split<'static, char>) -> Option<Type> {
    let number = oid(&mut fields)??;
    let name = fields.next()?;
    let kind = match fields.next()? {
        "b" => TypeKind::Base,
        "p" => TypeKind::Pseudo,
        "r" => TypeKind::Range,
        "m" => TypeKind::Multirange,
        _ => return None,
    };
    let category = *fields.next()?.as_bytes().first()?;
    let preferred = fields.next()? == "t";
    let array = oid(&mut fields)?;
    let storage = *fields.next()?.as_bytes().first()?;
    let collatable = fields.next()? == "t";
    let bounds = oid(&mut fields)?;
    let (input, output) = (volatility(fields.nth(1)?)?, volatility(fields.next()?)?);
    Some(Type { oid: number, name, kind, category, preferred, array, storage, collatable, bounds, input, output })
}

fn volatility(code: &str) -> Option<Volatility> {
    match code {
        "i" => Some(Volatility::Immutable),
        "s" => Some(Volatility::Stable),
        "v" => Some(Volatility::Volatile),
        _ => None,
    }
}

fn of_function(mut fields: Split<'static, char>) -> Option<(&'static str, Signature)> {
    let number = oid(&mut fields)??;
    let name = fields.next()?;
    let kind = match fields.next()? {
        "f" => Kind::Function,
        "a" => Kind::Aggregate,
        "o" => Kind::OrderedSet,
        "w" => Kind::Window,
        _ => return None,
    };
    let volatility = volatility(fields.next()?)?;
    let strict = fields.next()? == "t";
    let returns_set = fields.next()? == "t";
    let defaults = fields.next()?.parse().ok()?;
    let variadic = oid(&mut fields)?;
    let result = oid(&mut fields)??;
    let mut arguments = Vec::new();
    for argument in fields.next()?.split_ascii_whitespace() {
        arguments.push(Oid(argument.parse().ok()?));
    }
    let names = fields.next()?.split_ascii_whitespace().map(str::to_owned).collect();
    let signature =
        Signature { oid: number, kind, arguments, names, defaults, variadic, result, returns_set, strict, volatility };
    Some((name, signature))
}

fn of_operator(mut fields: Split<'static, char>) -> Option<Operator> {
    let name = fields.next()?;
    let left = oid(&mut fields)?;
    let (right, result) = (oid(&mut fields)??, oid(&mut fields)??);
    let (function, number) = (oid(&mut fields)??, oid(&mut fields)??);
    Some(Operator { oid: number, name: Cow::Borrowed(name), left, right, result, function })
}

fn of_cast(mut fields: Split<'static, char>) -> Option<(Oid, Oid, Cast)> {
    let (from, to) = (oid(&mut fields)??, oid(&mut fields)??);
    let context = match fields.next()? {
        "i" => Context::Implicit,
        "a" => Context::Assignment,
        "e" => Context::Explicit,
        _ => return None,
    };
    let (method, function) = (fields.next()?, oid(&mut fields)?);
    let method = match method {
        "f" => Method::Function(function?),
        "b" => Method::Relabel,
        "i" => Method::Text,
        _ => return None,
    };
    Some((from, to, Cast { context, method }))
}

fn of_class(mut fields: Split<'static, char>) -> Option<(Class, Option<&'static str>)> {
    let (method, name, input) = (fields.next()?, fields.next()?, fields.next()?);
    let (is_default, takes_options) = (fields.next()? == "t", fields.next()? == "t");
    let mut operators = Vec::new();
    for operator in fields.next()?.split_ascii_whitespace() {
        operators.push(Oid(operator.parse().ok()?));
    }
    let number = input.parse().ok();
    let input_oid = Oid(number.unwrap_or(0));
    Some((
        Class { method, name, input: input_oid, is_default, takes_options, operators },
        number.is_none().then_some(input),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        assert_eq!(types().len(), include_str!("types.tsv").lines().count());
        assert!(types().is_sorted_by_key(|it| it.oid));
        let lines = include_str!("operators.tsv").lines();
        assert_eq!(rows(include_str!("operators.tsv"), of_operator).len(), lines.count());
        let casts = rows(include_str!("casts.tsv"), of_cast);
        assert_eq!(casts.len(), include_str!("casts.tsv").lines().count());
        assert!(casts.is_sorted_by_key(|(from, to, _)| (*from, *to)));
        assert_eq!(classes().len(), include_str!("classes.tsv").lines().count());
        assert_eq!(extension_classes().len(), include_str!("extension_classes.tsv").lines().count());
        let functions = rows(include_str!("functions.tsv"), of_function);
        assert_eq!(functions.len(), include_str!("functions.tsv").lines().count());
    }
}
