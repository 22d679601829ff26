//! Several databases side by side.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::dice::Dice;
use super::sequence::{self, Step};
use crate::played::Recorder;

/// Writes and plays so many sequences, and returns what `judge` says to each, in their order.
pub(super) fn run<T: Send>(seed: u64, sequences: u64, judge: impl Fn(&[Step]) -> T + Sync) -> Vec<T> {
    let next = AtomicU64::new(0);
    let judged = Mutex::new(Vec::new());
    let lane = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            let mut recorder = Recorder::new().await;
            loop {
                let sequence = next.fetch_add(1, Ordering::Relaxed);
                if sequence >= sequences {
                    break;
                }
                let steps = sequence::write(&mut recorder, Dice::new(seed, sequence)).await;
                let said = judge(&steps);
                judged.lock().expect("no lane panics while it holds this").push((sequence, said));
            }
        });
    };
    // While one waits for Postgres, another may work.
    let lanes = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    std::thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(lane);
        }
    });
    let mut judged = judged.into_inner().expect("no lane panics while it holds this");
    judged.sort_by_key(|(sequence, _)| *sequence);
    judged.into_iter().map(|(_, said)| said).collect()
}
