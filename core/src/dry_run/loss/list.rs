//! The list of what is lost: nothing twice, nothing that is made again, what is missed most first.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Loss;
use super::executed::OPEN;
use super::words::key;

/// One thing that a statement takes away.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) kind: String,
    pub(super) name: String,
    /// What it is a part of.
    pub(super) of: Option<String>,
    pub(super) data: bool,
    /// More may go with it than what is named.
    pub(super) cascade: bool,
}

/// What a thing is known by, however its name is spelled: its kind, its name, and what it is a part of.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String, String, Option<String>);

impl Key {
    pub(super) fn new(kind: &str, name: &str, of: Option<&str>) -> Self {
        Self(kind.to_owned(), key(name), of.map(key))
    }
}

/// All that is lost so far.
#[derive(Debug, Default)]
pub(super) struct Lost {
    items: BTreeMap<Key, Taken>,
    statements: usize,
    /// Names of earlier statements may mean other things now, so that nothing of theirs is made again.
    settled: usize,
}

/// An item, and the place where it was taken first.
#[derive(Debug)]
struct Taken {
    item: Item,
    /// The statement, and which in it.
    place: (usize, usize),
}

impl Lost {
    /// Adds what one statement takes away.
    pub(super) fn add(&mut self, found: Vec<Item>) {
        self.statements += 1;
        for (at, item) in found.into_iter().enumerate() {
            match self.items.entry(Key::new(&item.kind, &item.name, item.of.as_deref())) {
                Entry::Vacant(entry) => {
                    entry.insert(Taken { item, place: (self.statements, at) });
                }
                Entry::Occupied(mut entry) => {
                    let known = &mut entry.get_mut().item;
                    known.data |= item.data;
                    known.cascade |= item.cascade;
                }
            }
        }
    }

    /// Takes note that from here on names may mean other things.
    pub(super) fn settle(&mut self) {
        self.settled = self.statements;
    }

    /// Takes out what was made again. Data does not come back that way, nor what went with the thing.
    pub(super) fn restore(&mut self, key: &Key) {
        let whole = |taken: &Taken| !taken.item.data && !taken.item.cascade && taken.place.0 > self.settled;
        if self.items.get(key).is_some_and(whole) {
            self.items.remove(key);
        }
    }

    /// Returns a phrase for each statement that takes something away.
    pub(super) fn phrases(self) -> Vec<Loss> {
        let mut statements: BTreeMap<usize, Vec<Taken>> = BTreeMap::new();
        for taken in self.items.into_values() {
            statements.entry(taken.place.0).or_default().push(taken);
        }
        let mut phrases: Vec<(u8, Loss)> = statements
            .into_values()
            .map(|mut taken| {
                taken.sort_by_key(|taken| (rank(&taken.item.kind), taken.place));
                let items: Vec<Item> = taken.into_iter().map(|taken| taken.item).collect();
                let first = items.first().map_or(u8::MAX, |item| rank(&item.kind));
                (first, Loss { words: words(&items), data: items.iter().any(|item| item.data) })
            })
            .collect();
        phrases.sort_by_key(|(rank, _)| *rank);
        phrases.into_iter().map(|(_, loss)| loss).collect()
    }
}

/// Returns the place of a kind among the others, what is missed most first.
fn rank(kind: &str) -> u8 {
    match kind {
        "table" => 0,
        "column" => 1,
        "rows of" | "all rows of" => 2,
        _ => 3,
    }
}

/// Says several things, naming once what several of them share.
fn words(items: &[Item]) -> String {
    let mut words = String::new();
    for (at, item) in items.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| items.get(at));
        let behind = items.get(at + 1);
        if before.is_some() {
            words.push_str(", ");
        }
        if item.name.contains(OPEN) {
            words.push_str(&format!("a {} that only the running block names", item.kind));
            continue;
        }
        match (&item.of, before) {
            (None, Some(before)) if before.of.is_none() && before.kind == item.kind => words.push_str(&item.name),
            _ => words.push_str(&format!("{} {}", item.kind, item.name)),
        }
        if let Some(of) = item.of.as_ref().filter(|of| behind.is_none_or(|behind| behind.of.as_ref() != Some(*of))) {
            words.push_str(&format!(" of {of}"));
        }
    }
    words
}
