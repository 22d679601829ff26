//! Work that may be done side by side, by whoever has threads to lend.

use std::fmt::Debug;
use std::sync::OnceLock;

/// Lends threads: the server has some, a page has none.
pub trait Workers: Debug + Sync {
    /// Calls `job` once with each number below `count`, in any order and side by side, and returns when all are done.
    fn each(&self, count: usize, job: &(dyn Fn(usize) + Sync));
}

/// One after the other, on the thread that asks.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Workers for Alone {
    fn each(&self, count: usize, job: &(dyn Fn(usize) + Sync)) {
        (0..count).for_each(job);
    }
}

/// Returns what `job` makes of each item, in the order of the items.
pub fn map<Item: Sync, Made: Send + Sync>(
    workers: &dyn Workers,
    items: &[Item],
    job: impl Fn(&Item) -> Made + Sync,
) -> Vec<Made> {
    let slots: Vec<OnceLock<Made>> = items.iter().map(|_| OnceLock::new()).collect();
    workers.each(items.len(), &|number| {
        if let (Some(slot), Some(item)) = (slots.get(number), items.get(number)) {
            slot.get_or_init(|| job(item));
        }
    });
    // Workers that leave one out break their word; the item is then done here, so that none is ever missing.
    slots.into_iter().zip(items).map(|(slot, item)| slot.into_inner().unwrap_or_else(|| job(item))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backwards, twice, and not the first.
    #[derive(Debug)]
    struct Careless;

    impl Workers for Careless {
        fn each(&self, count: usize, job: &(dyn Fn(usize) + Sync)) {
            (1..count).rev().chain(1..count).for_each(job);
        }
    }

    #[test]
    fn the_order_of_items_is_kept_whatever_the_order_of_work() {
        let items = [1, 2, 3, 4];
        assert_eq!(map(&Alone, &items, |item| item * 10), [10, 20, 30, 40]);
        assert_eq!(map(&Careless, &items, |item| item * 10), [10, 20, 30, 40]);
        assert_eq!(map(&Careless, &[] as &[i32], |item| item * 10), [] as [i32; 0]);
    }
}
