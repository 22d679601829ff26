//! A map whose copies share what they have in common.
//!
//! A history keeps the catalog of every revision, and each differs from the one before in a few objects. Entries stand
//! in small sorted maps, the leaves of a tree of two levels; a copy shares it whole, and a change copies one leaf and the
//! branch that it hangs on.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A key that says which leaf it belongs to.
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

/// So many branches, with so many leaves each.
const WIDTH: usize = 32;

type Leaf<K, V> = Arc<BTreeMap<K, V>>;
type Branch<K, V> = Arc<[Option<Leaf<K, V>>]>;

/// From keys to values; a clone costs one count.
#[derive(Debug)]
pub(crate) struct Map<K, V> {
    branches: Arc<[Option<Branch<K, V>>]>,
    len: usize,
}

impl<K, V> Clone for Map<K, V> {
    fn clone(&self) -> Self {
        Self { branches: Arc::clone(&self.branches), len: self.len }
    }
}

impl<K: Key, V: Clone> Default for Map<K, V> {
    fn default() -> Self {
        Self { branches: std::iter::repeat_n(None, WIDTH).collect(), len: 0 }
    }
}

/// Returns the branch and the leaf of a key: neighbors in number share a branch, for they are made together.
fn place(spread: usize) -> (usize, usize) {
    (spread / WIDTH % WIDTH, spread % WIDTH)
}

impl<K: Key, V: Clone> Map<K, V> {
    /// Returns the value of a key.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.leaf(key)?.get(key)
    }

    /// Returns the value of a key, to be changed here and in no other copy.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        // Looked up first, so that asking for what is not there copies nothing.
        self.get(key)?;
        self.leaf_mut(key).get_mut(key)
    }

    /// Puts a value under a key; returns the one that was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let before = self.leaf_mut(&key).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    /// Takes a key out; returns its value.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.get(key)?;
        let gone = self.leaf_mut(key).remove(key);
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
        self.leaves().flat_map(|leaf| leaf.values())
    }

    /// Returns the keys under which two copies do not hold the same, in an order that says nothing. What both share is
    /// not looked at.
    pub(crate) fn differing<'a>(
        &'a self,
        other: &'a Self,
        same: impl Fn(&V, &V) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = &'a K> {
        // Most statements leave most maps alone.
        let all = if self.is_shared(other) { 0 } else { WIDTH };
        let branches = self.branches.iter().zip(other.branches.iter()).take(all);
        let leaves = branches.filter(|(ours, theirs)| !is_one(ours.as_ref(), theirs.as_ref())).flat_map(|branches| {
            let leaf = |branch: &'a Option<Branch<K, V>>, at: usize| branch.as_ref().and_then(|it| it[at].as_ref());
            (0..WIDTH).map(move |at| (leaf(branches.0, at), leaf(branches.1, at)))
        });
        leaves.filter(|(ours, theirs)| !is_one(*ours, *theirs)).flat_map(move |(ours, theirs)| {
            let in_ours = move |key: &K| ours.and_then(|ours| ours.get(key));
            let in_theirs = move |key: &K| theirs.and_then(|theirs| theirs.get(key));
            let entries = |leaf: Option<&'a Leaf<K, V>>| leaf.into_iter().flat_map(|leaf| leaf.iter());
            let changed =
                entries(ours).filter(move |(key, value)| !in_theirs(key).is_some_and(|other| same(value, other)));
            let added = entries(theirs).filter(move |(key, _)| in_ours(key).is_none());
            changed.chain(added).map(|(key, _)| key)
        })
    }

    /// Returns whether two copies are one still: neither was changed since.
    pub(crate) fn is_shared(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.branches, &other.branches)
    }

    /// Returns the entries by key.
    pub(crate) fn sorted(&self) -> Vec<(&K, &V)> {
        let mut all: Vec<(&K, &V)> = self.leaves().flat_map(|leaf| leaf.iter()).collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        all
    }

    fn leaves(&self) -> impl Iterator<Item = &Leaf<K, V>> {
        self.branches.iter().flatten().flat_map(|branch| branch.iter().flatten())
    }

    fn leaf(&self, key: &K) -> Option<&Leaf<K, V>> {
        let (branch, leaf) = place(key.spread());
        self.branches[branch].as_ref()?[leaf].as_ref()
    }

    fn leaf_mut(&mut self, key: &K) -> &mut BTreeMap<K, V> {
        let (branch, leaf) = place(key.spread());
        let branches = Arc::make_mut(&mut self.branches);
        let branch = branches[branch].get_or_insert_with(|| std::iter::repeat_n(None, WIDTH).collect());
        Arc::make_mut(Arc::make_mut(branch)[leaf].get_or_insert_default())
    }
}

/// Returns whether two copies share a part.
fn is_one<T: ?Sized>(ours: Option<&Arc<T>>, theirs: Option<&Arc<T>>) -> bool {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
        (None, None) => true,
        _ => false,
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
        let branches = first.branches.iter().zip(second.branches.iter());
        assert_eq!(branches.filter(|(a, b)| is_one(a.as_ref(), b.as_ref())).count(), WIDTH - 1);
        assert_eq!(first.leaves().zip(second.leaves()).filter(|(a, b)| !Arc::ptr_eq(a, b)).count(), 1);
        assert_eq!((first.get(&Oid(7)), second.get(&Oid(7))), (Some(&7), Some(&0)));
    }
}
