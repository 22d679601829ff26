//! What every database has from the start.
//!
//! The tables beside this file are printed by the statements beside them; a test compares both with servers. Behind a row
//! that not every version prints stands which ones do: `14-`, `-15`, `13-16`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::str::Split;
use std::sync::OnceLock;

use super::Oid;
use super::function::{Kind, Signature, Volatility};
use super::operator::Operator;
use super::types::{Cast, Method};
use crate::PostgresVersion;

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

/// What a version has from the start. A table is read when it is first asked for.
pub(super) struct Builtins {
    /// All of them together, where there is none.
    version: Option<PostgresVersion>,
    types: OnceLock<Vec<Type>>,
    names: OnceLock<HashMap<&'static str, Type>>,
    elements: OnceLock<HashMap<Oid, Type>>,
    functions: OnceLock<Functions>,
    numbers: OnceLock<HashMap<Oid, (&'static str, usize)>>,
    operators: OnceLock<HashMap<Cow<'static, str>, Vec<Operator>>>,
    casts: OnceLock<Vec<(Oid, Oid, Cast)>>,
    classes: OnceLock<Vec<Class>>,
    extension_classes: OnceLock<Vec<ExtensionClass>>,
}

type Functions = HashMap<&'static str, Vec<Signature>>;

/// Returns what a version has.
pub(super) fn of(version: PostgresVersion) -> &'static Builtins {
    static V12: Builtins = Builtins::new(Some(PostgresVersion::V12));
    static V13: Builtins = Builtins::new(Some(PostgresVersion::V13));
    static V14: Builtins = Builtins::new(Some(PostgresVersion::V14));
    static V15: Builtins = Builtins::new(Some(PostgresVersion::V15));
    static V16: Builtins = Builtins::new(Some(PostgresVersion::V16));
    static V17: Builtins = Builtins::new(Some(PostgresVersion::V17));
    static V18: Builtins = Builtins::new(Some(PostgresVersion::V18));
    match version {
        PostgresVersion::V12 => &V12,
        PostgresVersion::V13 => &V13,
        PostgresVersion::V14 => &V14,
        PostgresVersion::V15 => &V15,
        PostgresVersion::V16 => &V16,
        PostgresVersion::V17 => &V17,
        PostgresVersion::V18 => &V18,
    }
}

/// Returns what any version has, for what is the same in all that have it: names, numbers and shapes of types.
pub(super) fn of_any() -> &'static Builtins {
    static ANY: Builtins = Builtins::new(None);
    &ANY
}

impl Builtins {
    const fn new(version: Option<PostgresVersion>) -> Self {
        Self {
            version,
            types: OnceLock::new(),
            names: OnceLock::new(),
            elements: OnceLock::new(),
            functions: OnceLock::new(),
            numbers: OnceLock::new(),
            operators: OnceLock::new(),
            casts: OnceLock::new(),
            classes: OnceLock::new(),
            extension_classes: OnceLock::new(),
        }
    }

    /// Returns the types by number.
    pub(super) fn types(&self) -> &[Type] {
        self.types.get_or_init(|| {
            let mut types = self.rows(include_str!("types.tsv"), 12, of_type);
            types.dedup_by_key(|it| it.oid);
            types
        })
    }

    /// Returns a type that is no array.
    pub(super) fn type_of(&self, oid: Oid) -> Option<&Type> {
        let at = self.types().binary_search_by_key(&oid, |it| it.oid).ok()?;
        self.types().get(at)
    }

    /// Returns the type of the elements of an array.
    pub(super) fn element_of(&self, array: Oid) -> Option<&Type> {
        let all = || self.types().iter().filter_map(|it| Some((it.array?, *it))).collect();
        self.elements.get_or_init(all).get(&array)
    }

    /// Returns the type of a name that is no array.
    pub(super) fn type_named(&self, name: &str) -> Option<&Type> {
        self.names.get_or_init(|| self.types().iter().map(|it| (it.name, *it)).collect()).get(name)
    }

    /// Returns the functions of a name.
    pub(super) fn functions(&self, name: &str) -> &[Signature] {
        self.all_functions().get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the function of a number.
    pub(super) fn function(&self, oid: Oid) -> Option<&Signature> {
        let (name, at) = self.numbered(oid)?;
        self.functions(name).get(at)
    }

    /// Returns the name of the function of a number.
    pub(super) fn function_name(&self, oid: Oid) -> Option<&'static str> {
        self.numbered(oid).map(|(name, _)| name)
    }

    fn numbered(&self, oid: Oid) -> Option<(&'static str, usize)> {
        let all = || {
            let called = |(name, all): (&&'static str, &Vec<Signature>)| {
                let name = *name;
                all.iter().enumerate().map(move |(at, it)| (it.oid, (name, at))).collect::<Vec<_>>()
            };
            self.all_functions().iter().flat_map(called).collect()
        };
        self.numbers.get_or_init(all).get(&oid).copied()
    }

    fn all_functions(&self) -> &Functions {
        self.functions.get_or_init(|| {
            let all = grouped(self.rows(include_str!("functions.tsv"), 11, of_function), |(name, _)| *name);
            let signatures =
                |(name, all): (&'static str, Vec<(_, Signature)>)| (name, all.into_iter().map(|it| it.1).collect());
            all.into_iter().map(signatures).collect()
        })
    }

    /// Returns the operators of a name.
    pub(super) fn operators(&self, name: &str) -> &[Operator] {
        let all =
            || grouped(self.rows(include_str!("operators.tsv"), 6, of_operator), |operator| operator.name.clone());
        self.operators.get_or_init(all).get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the cast from one type to another.
    pub(super) fn cast(&self, from: Oid, to: Oid) -> Option<Cast> {
        let casts = self.casts.get_or_init(|| self.rows(include_str!("casts.tsv"), 5, of_cast));
        let at = casts.binary_search_by_key(&(from, to), |(from, to, _)| (*from, *to)).ok()?;
        casts.get(at).map(|(_, _, cast)| *cast)
    }

    /// Returns the operator classes.
    pub(super) fn classes(&self) -> &[Class] {
        let read = |fields| of_class(fields).map(|(class, _)| class);
        self.classes.get_or_init(|| self.rows(include_str!("classes.tsv"), 6, read))
    }

    /// Returns the operator classes that extensions bring.
    pub(super) fn extension_classes(&self) -> &[ExtensionClass] {
        let read = |mut fields: Split<'static, char>| {
            let extension = fields.next()?;
            let (class, own_input) = of_class(fields)?;
            Some(ExtensionClass { extension, own_input, class })
        };
        self.extension_classes.get_or_init(|| self.rows(include_str!("extension_classes.tsv"), 7, read))
    }

    /// Returns the rows of a table of so many fields that the version has.
    fn rows<T>(&self, text: &'static str, width: usize, read: fn(Split<'static, char>) -> Option<T>) -> Vec<T> {
        let has = |line: &&str| self.version.is_none_or(|version| holds(line.split('\t').nth(width), version));
        text.lines().filter(has).filter_map(|line| read(line.split('\t'))).collect()
    }
}

/// Returns whether a row is one of a version, by what stands behind its fields.
pub(super) fn holds(range: Option<&str>, version: PostgresVersion) -> bool {
    let Some(range) = range else { return true };
    let (since, until) = range.split_once('-').unwrap_or((range, range));
    let is_number = |text: &str| text.parse::<u32>().ok();
    is_number(since).is_none_or(|since| since <= version.major())
        && is_number(until).is_none_or(|until| version.major() <= until)
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
        let all = of_any();
        let count = |text: &str| text.lines().count();
        let types = all.rows(include_str!("types.tsv"), 12, of_type);
        assert_eq!(types.len(), count(include_str!("types.tsv")));
        assert!(types.is_sorted_by_key(|it| it.oid));
        assert_eq!(all.rows(include_str!("operators.tsv"), 6, of_operator).len(), count(include_str!("operators.tsv")));
        let casts = all.rows(include_str!("casts.tsv"), 5, of_cast);
        assert_eq!(casts.len(), count(include_str!("casts.tsv")));
        assert!(casts.is_sorted_by_key(|(from, to, _)| (*from, *to)));
        assert_eq!(all.classes().len(), count(include_str!("classes.tsv")));
        assert_eq!(all.extension_classes().len(), count(include_str!("extension_classes.tsv")));
        let functions = all.rows(include_str!("functions.tsv"), 11, of_function);
        assert_eq!(functions.len(), count(include_str!("functions.tsv")));
    }

    #[test]
    fn a_version_has_its_own_rows() {
        let has = |version, name| !of(version).functions(name).is_empty();
        assert!(has(PostgresVersion::V18, "uuidv7") && !has(PostgresVersion::V17, "uuidv7"));
        assert!(of(PostgresVersion::V14).type_named("int4multirange").is_some());
        assert!(of(PostgresVersion::V13).type_named("int4multirange").is_none());
    }
}
