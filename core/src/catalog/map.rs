//! A map whose copies share what they have in common.
//!
//! A history keeps the catalog of every revision, and each differs from the one before in a few objects. Entries stand
//! in 64 small sorted maps; a copy shares them all, and a change copies the one that it touches.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A key that says which of the small maps it belongs to.
pub(crate) trait Key: Ord + Clone {
    /// Returns a number that spreads keys evenly.
    fn spread(&self) -> usize;
}

impl Key for super::Oid {
    fn spread(&self) -> usize {
        self.0 as usize
    }
}

impl Key for Arc<str> {
    fn spread(&self) -> usize {
        // FNV-1a: the same everywhere, so that no order depends on the machine.
        let hash = self.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        (hash >> 7) as usize ^ hash as usize
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    fn spread(&self) -> usize {
        self.0.spread().wrapping_mul(31).wrapping_add(self.1.spread())
    }
}

const SHARDS: usize = 64;

/// From keys to values; a clone costs one count.
#[derive(Debug)]
pub(crate) struct Map<K, V> {
    shards: Arc<[Arc<BTreeMap<K, V>>]>,
    len: usize,
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Self { shards: Arc::clone(&self.shards), len: self.len }
    }
}

impl<K: Key, V: Clone> Default for Map<K, V> {
    fn default() -> Self {
        let empty = Arc::new(BTreeMap::new());
        Self { shards: (0..SHARDS).map(|_| Arc::clone(&empty)).collect(), len: 0 }
    }
}

impl<K: Key, V: Clone> Map<K, V> {
    /// Returns the value of a key.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.shards[key.spread() % SHARDS].get(key)
    }

    /// Returns the value of a key, to be changed here and in no other copy.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        // Looked up first, so that asking for what is not there copies nothing.
        self.get(key)?;
        self.shard(key).get_mut(key)
    }

    /// Puts a value under a key; returns the one that was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = self.shard(&key).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes a key out; returns its value.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.get(key)?;
        let gone = self.shard(key).remove(key);
        self.len -= usize::from(gone.is_some());
        gone
    }

    /// Returns the number of entries.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns the values in an order that says nothing.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.shards.iter().flat_map(|shard| shard.values())
    }

    /// Returns the keys under which two copies do not hold the same, in an order that says nothing. What both share is
    /// not looked at.
    pub(crate) fn differing<'a>(
        &'a self,
        other: &'a Self,
        same: impl Fn(&V, &V) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = &'a K> {
        // Most statements leave most maps alone.
        let all = if Arc::ptr_eq(&self.shards, &other.shards) { 0 } else { SHARDS };
        let shards = self.shards.iter().zip(other.shards.iter()).take(all);
        let shards = shards.filter(|(ours, theirs)| !Arc::ptr_eq(ours, theirs));
        shards.flat_map(move |(ours, theirs)| {
            let changed =
                ours.iter().filter(move |(key, value)| !theirs.get(*key).is_some_and(|other| same(value, other)));
            let added = theirs.iter().filter(move |(key, _)| !ours.contains_key(*key));
            changed.chain(added).map(|(key, _)| key)
        })
    }

    /// Returns the entries by key.
    pub(crate) fn sorted(&self) -> Vec<(&K, &V)> {
        let mut all: Vec<(&K, &V)> = self.shards.iter().flat_map(|shard| shard.iter()).collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        all
    }

    fn shard(&mut self, key: &K) -> &mut BTreeMap<K, V> {
        let shards = Arc::make_mut(&mut self.shards);
        Arc::make_mut(&mut shards[key.spread() % SHARDS])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Oid;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_map_and_copies_stay_as_they_were(
            changes in proptest::collection::vec((any::<bool>(), 0..200_u32, any::<u8>()), 0..300),
            copy_at in 0..300_usize,
        ) {
            let (mut map, mut plain) = (Map::<Oid, u8>::default(), BTreeMap::new());
            let mut copies = None;
            for (at, (insert, key, value)) in changes.into_iter().enumerate() {
                if at == copy_at {
                    copies = Some((map.clone(), plain.clone()));
                }
                if insert {
                    prop_assert_eq!(map.insert(Oid(key), value), plain.insert(Oid(key), value));
                } else {
                    prop_assert_eq!(map.remove(&Oid(key)), plain.remove(&Oid(key)));
                }
            }
            let (last, end) = (map.clone(), plain.clone());
            for (map, plain) in copies.into_iter().chain([(map, plain)]) {
                let mut different: Vec<Oid> = last.differing(&map, |a, b| a == b).copied().collect();
                different.sort();
                let keys: BTreeSet<&Oid> = end.keys().chain(plain.keys()).collect();
                let expected: Vec<Oid> = keys.into_iter().filter(|key| end.get(key) != plain.get(key)).copied().collect();
                prop_assert_eq!(different, expected);
                prop_assert_eq!(map.len(), plain.len());
                prop_assert_eq!(map.sorted(), plain.iter().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_copy_shares_all_but_what_changed() {
        let mut first = Map::<Oid, u32>::default();
        for number in 0..1_000 {
            first.insert(Oid(number), number);
        }
        let mut second = first.clone();
        *second.get_mut(&Oid(7)).expect("it is there") = 0;
        let shared = first.shards.iter().zip(second.shards.iter()).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, SHARDS - 1);
        assert_eq!((first.get(&Oid(7)), second.get(&Oid(7))), (Some(&7), Some(&0)));
    }
}
