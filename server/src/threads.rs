//! The processors of this machine, lent to `core`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use limbeck_core::workers::{Alone, Workers};

/// As many threads as there are processors, for as long as a piece of work lasts.
#[derive(Debug, Clone, Copy)]
pub struct Threads;

/// So many items are taken at a time: few enough that all threads end together, enough that taking costs nothing.
const BATCH: usize = 16;
/// More threads than this gain nothing here and take memory.
const MOST: usize = 8;

impl Workers for Threads {
    fn each(&self, count: usize, job: &(dyn Fn(usize) + Sync)) {
        let processors = thread::available_parallelism().map_or(1, usize::from).min(MOST);
        let threads = processors.min(count.div_ceil(BATCH));
        if threads < 2 {
            return Alone.each(count, job);
        }
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let first = next.fetch_add(BATCH, Ordering::Relaxed);
                if first >= count {
                    return;
                }
                (first..count.min(first + BATCH)).for_each(job);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                // Where the system has no thread to give, those that run do the work.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
    }

    fn both(&self, here: &mut dyn FnMut(), there: &(dyn Fn() + Sync)) {
        if thread::available_parallelism().map_or(1, usize::from) < 2 {
            return Alone.both(here, there);
        }
        thread::scope(|scope| {
            let helped = thread::Builder::new().spawn_scoped(scope, there).is_ok();
            here();
            if !helped {
                there();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_done_once() {
        for count in [0, 1, BATCH, BATCH + 1, 10 * BATCH - 1] {
            let done: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
            Threads.each(count, &|number| {
                done[number].fetch_add(1, Ordering::Relaxed);
            });
            assert!(done.iter().all(|times| times.load(Ordering::Relaxed) == 1), "{count} items");
        }
    }
}
