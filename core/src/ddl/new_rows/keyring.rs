//! Keys of rows, among which one that is equal is found.

use std::collections::HashSet;
use std::sync::Arc;

use super::present::any;
use crate::catalog::types::Types;
use crate::catalog::{Index, IndexKey, KeyOf, Known, Oid, Relation};
use crate::expression::normal_form;

/// Keys, each of as many parts.
pub(super) struct Keyring<'a> {
    types: &'a dyn Types,
    /// The type by which each part is compared; none where it is not known when two are equal.
    parts: Vec<Option<Oid>>,
    nulls_are_equal: bool,
    /// Keys are in each other's way by operators that say more than that they are equal.
    excludes: bool,
    /// Keys all of whose parts are known.
    exact: HashSet<Vec<Part>>,
    /// Keys with a part that is not known.
    vague: Vec<Vec<Part>>,
}

/// A part of a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Null,
    /// In the form in which it is equal to another or not.
    Is(Arc<str>),
    /// Equal to what is spelled alike; of others that is not known.
    Spelled(Arc<str>),
    Some,
    Perhaps,
}

impl<'a> Keyring<'a> {
    /// So many keys are compared one by one, where they have to be.
    const MOST: usize = 500;

    /// The keys of an index.
    pub(super) fn of_index(types: &'a dyn Types, table: &Relation, index: &Index, excludes: bool) -> Self {
        let part = |key: &IndexKey| match &key.of {
            _ if key.collation.is_some() || key.class.is_some() => None,
            KeyOf::Column(number) => compared_by(table, *number),
            KeyOf::Expression(formula) => Some(formula.tree.of.oid),
        };
        let parts = index.keys.iter().map(part).collect();
        Self::of(types, parts, index.nulls_not_distinct, excludes)
    }

    /// The keys that are referenced in some columns of a table.
    pub(super) fn of_columns(types: &'a dyn Types, table: &Relation, columns: &[i16]) -> Self {
        Self::of(types, columns.iter().map(|number| compared_by(table, *number)).collect(), false, false)
    }

    /// Keys of parts that are compared by types.
    pub(super) fn of(types: &'a dyn Types, parts: Vec<Option<Oid>>, nulls_are_equal: bool, excludes: bool) -> Self {
        Self { types, parts, nulls_are_equal, excludes, exact: HashSet::new(), vague: Vec::new() }
    }

    /// Adds a key.
    pub(super) fn add(&mut self, key: &[Known]) {
        let key = self.parts_of(key);
        if !self.nulls_are_equal && key.contains(&Part::Null) {
            return;
        }
        match is_exact(&key) {
            true => drop(self.exact.insert(key)),
            false => self.vague.push(key),
        }
    }

    /// Returns whether a key is among them, or in the way of one; none where that is not known.
    ///
    /// Costs a look for a key that is known among such, else up to [`Self::MOST`] comparisons.
    pub(super) fn has(&self, key: &[Known]) -> Option<bool> {
        if self.excludes {
            // An operator may find unequal values in each other's way.
            return (self.exact.len() + self.vague.len() == 0).then_some(false);
        }
        let key = self.parts_of(key);
        if !self.nulls_are_equal && key.contains(&Part::Null) {
            return Some(false);
        }
        let is_exact = is_exact(&key);
        if is_exact && self.exact.contains(&key) {
            return Some(true);
        }
        let others = if is_exact { self.vague.len() } else { self.exact.len() + self.vague.len() };
        if others > Self::MOST {
            return None;
        }
        match is_exact {
            true => any(self.vague.iter().map(|other| self.is_same(&key, other))),
            false => any(self.exact.iter().chain(&self.vague).map(|other| self.is_same(&key, other))),
        }
    }

    fn parts_of(&self, key: &[Known]) -> Vec<Part> {
        let part = |(known, by): (&Known, &Option<Oid>)| match known {
            Known::Null => Part::Null,
            Known::Is(text) => match by.map(|of| normal_form(self.types, of, text)) {
                Some(Some(form)) => Part::Is(form),
                Some(None) => Part::Spelled(text.clone()),
                None => Part::Some,
            },
            Known::Some => Part::Some,
            Known::Perhaps => Part::Perhaps,
        };
        key.iter().zip(&self.parts).map(part).collect()
    }

    fn is_same(&self, one: &[Part], other: &[Part]) -> Option<bool> {
        #[cfg(test)]
        tests::count();
        let parts: Vec<Option<bool>> = one.iter().zip(other).map(|(one, other)| self.is_equal(one, other)).collect();
        match parts.contains(&Some(false)) {
            true => Some(false),
            false => parts.iter().all(Option::is_some).then_some(true),
        }
    }

    fn is_equal(&self, one: &Part, other: &Part) -> Option<bool> {
        match (one, other) {
            (Part::Null, Part::Null) => Some(self.nulls_are_equal),
            (Part::Perhaps, _) | (_, Part::Perhaps) | (Part::Some, Part::Some) => None,
            (Part::Null, _) | (_, Part::Null) => Some(false),
            (Part::Is(one), Part::Is(other)) => Some(one == other),
            (Part::Spelled(one), Part::Spelled(other)) if one == other => Some(true),
            _ => None,
        }
    }
}

fn is_exact(key: &[Part]) -> bool {
    key.iter().all(|part| matches!(part, Part::Null | Part::Is(_)))
}

/// Of a column with a collation of its own it is not known which texts are equal.
fn compared_by(table: &Relation, number: i16) -> Option<Oid> {
    table.numbered(number).filter(|column| column.collation.is_none()).map(|column| column.of.oid)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::catalog::Catalog;

    thread_local! {
        static COMPARED: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts comparisons of this thread.
    pub(super) fn count() {
        COMPARED.set(COMPARED.get() + 1);
    }

    /// Returns how many keys are compared one by one, while so many rows get together.
    fn compared(rows: usize, key: impl Fn(usize) -> Vec<Known>) -> usize {
        COMPARED.set(0);
        let catalog = Catalog::default();
        let (int8, text) = (Oid(20), Oid(25));
        let mut keys = Keyring::of(&catalog, vec![Some(int8), Some(text)], false, false);
        for row in 0..rows {
            let key = key(row);
            assert_ne!(keys.has(&key), Some(true));
            keys.add(&key);
        }
        COMPARED.get()
    }

    #[test]
    fn keys_that_are_known_are_found_without_comparing() {
        let known = |row: usize| vec![Known::Is(row.to_string().into()), Known::Is("a".into())];
        assert_eq!(compared(10_000, known), 0);
    }

    #[test]
    fn comparing_keys_that_are_not_known_costs_linear_work() {
        let vague = |row: usize| match row % 2 {
            0 => vec![Known::Is(row.to_string().into()), Known::Some],
            _ => vec![Known::Is(row.to_string().into()), Known::Is("a".into())],
        };
        let (small, large) = (compared(5_000, vague), compared(10_000, vague));
        assert!(large <= 2 * small, "{small} at 5,000 and {large} at 10,000 rows");
    }
}
