//! Work that may be done side by side, by whoever has threads to lend.

use std::fmt::Debug;
use std::sync::OnceLock;

/// Lends threads: the server has some, a page has none.
pub trait Workers: Debug + Sync {
    /// Calls `job` once with each number below `count`, in any order and side by side, and returns when all are done.
    fn each(&self, count: usize, job: &(dyn Fn(usize) + Sync));

    /// Calls both, side by side if there is a thread for it, and returns when both are done; `here` runs on the thread
    /// that asks.
    fn both(&self, here: &mut dyn FnMut(), there: &(dyn Fn() + Sync));
}

/// One after the other, on the thread that asks.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Workers for Alone {
    fn each(&self, count: usize, job: &(dyn Fn(usize) + Sync)) {
        (0..count).for_each(job);
    }

    fn both(&self, here: &mut dyn FnMut(), there: &(dyn Fn() + Sync)) {
        here();
        there();
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

/// Hands over what `job` makes of the items, in their order and so many at a time; those behind them are made
/// meanwhile.
pub fn ahead<Item: Sync, Made: Send + Sync>(
    workers: &dyn Workers,
    items: &[Item],
    at_a_time: usize,
    job: impl Fn(&Item) -> Made + Sync,
    mut take: impl FnMut(&[Item], Vec<Made>),
) {
    let mut chunks = items.chunks(at_a_time.max(1));
    let Some(mut chunk) = chunks.next() else { return };
    let mut made = map(workers, chunk, &job);
    for next in chunks {
        let slot = OnceLock::new();
        workers.both(&mut || take(chunk, std::mem::take(&mut made)), &|| {
            slot.get_or_init(|| map(workers, next, &job));
        });
        made = slot.into_inner().unwrap_or_else(|| map(workers, next, &job));
        chunk = next;
    }
    take(chunk, made);
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

        fn both(&self, here: &mut dyn FnMut(), _: &(dyn Fn() + Sync)) {
            here();
        }
    }

    #[test]
    fn the_order_of_items_is_kept_whatever_the_order_of_work() {
        let items = [1, 2, 3, 4];
        assert_eq!(map(&Alone, &items, |item| item * 10), [10, 20, 30, 40]);
        assert_eq!(map(&Careless, &items, |item| item * 10), [10, 20, 30, 40]);
        assert_eq!(map(&Careless, &[] as &[i32], |item| item * 10), [] as [i32; 0]);
    }
    #[test]
    fn what_is_made_ahead_is_handed_over_in_order_and_once() {
        for workers in [&Alone as &dyn Workers, &Careless] {
            for at_a_time in [0, 1, 2, 5, 9] {
                let mut taken = Vec::new();
                ahead(
                    workers,
                    &[1, 2, 3, 4, 5],
                    at_a_time,
                    |item| item * 10,
                    |items, made| {
                        assert!(items.iter().map(|item| item * 10).eq(made.iter().copied()));
                        taken.extend(made);
                    },
                );
                assert_eq!(taken, [10, 20, 30, 40, 50], "{at_a_time} at a time");
            }
        }
        ahead(&Alone, &[] as &[i32], 2, |item| *item, |_, _| panic!("there is nothing"));
    }
}
