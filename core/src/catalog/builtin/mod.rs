//! What every database has from the start, as version 15 lists it.
//!
//! The tables beside this file are printed by the statements beside them; a test compares both with a server.

use std::collections::HashMap;
use std::hash::Hash;
use std::str::Split;
use std::sync::OnceLock;

use super::Oid;

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
    /// Of a range or a multirange: the type of its bounds.
    pub(super) bounds: Option<Oid>,
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

/// An operator of `pg_catalog`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) name: &'static str,
    /// None before a single operand.
    pub(super) left: Option<Oid>,
    pub(super) right: Oid,
    pub(super) result: Oid,
}

/// A cast of `pg_catalog`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cast {
    pub(super) from: Oid,
    pub(super) to: Oid,
    pub(super) context: Context,
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

/// Returns the operators of a name.
pub(super) fn operators(name: &str) -> &'static [Operator] {
    static OPERATORS: OnceLock<HashMap<&str, Vec<Operator>>> = OnceLock::new();
    let all = || grouped(rows(include_str!("operators.tsv"), of_operator), |operator| operator.name);
    OPERATORS.get_or_init(all).get(name).map(Vec::as_slice).unwrap_or_default()
}

/// Returns the cast from one type to another.
pub(super) fn cast(from: Oid, to: Oid) -> Option<&'static Cast> {
    static CASTS: OnceLock<Vec<Cast>> = OnceLock::new();
    let casts = CASTS.get_or_init(|| rows(include_str!("casts.tsv"), of_cast));
    let at = casts.binary_search_by_key(&(from, to), |cast| (cast.from, cast.to)).ok()?;
    casts.get(at)
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
    let bounds = fields.nth(2)?.parse().ok().filter(|bounds| *bounds != 0).map(Oid);
    Some(Type { oid: number, name, kind, category, preferred, array, bounds })
}

fn of_operator(mut fields: Split<'static, char>) -> Option<Operator> {
    let name = fields.next()?;
    let left = oid(&mut fields)?;
    Some(Operator { name, left, right: oid(&mut fields)??, result: oid(&mut fields)?? })
}

fn of_cast(mut fields: Split<'static, char>) -> Option<Cast> {
    let (from, to) = (oid(&mut fields)??, oid(&mut fields)??);
    let context = match fields.next()? {
        "i" => Context::Implicit,
        "a" => Context::Assignment,
        "e" => Context::Explicit,
        _ => return None,
    };
    Some(Cast { from, to, context })
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
        assert!(casts.is_sorted_by_key(|cast| (cast.from, cast.to)));
    }
}
