//! Several databases side by side.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::compare::{Outcome, Pair};
use super::dice::Dice;
use super::family::{self, Family, Statement};
use crate::cluster::Cluster;
use crate::played::Recorder;

/// How many statements a sequence has.
pub(super) const LENGTH: usize = 40;

/// Behind so many statements what both hold is compared, and at the end of each sequence.
const SELDOM: usize = 4;

/// A statement, and what became of it.
pub(super) struct Step {
    pub(super) statement: Statement,
    pub(super) outcome: Outcome,
}

/// What is written into a sequence.
pub(super) struct Sequence {
    dice: Dice,
    /// What it begins with.
    first: &'static [&'static str],
    /// What is chosen from then.
    families: &'static [&'static [Family]],
}

impl Sequence {
    /// Returns a sequence that begins with some statements and goes on with others of these families.
    pub(super) fn new(dice: Dice, first: &'static [&'static str], families: &'static [&'static [Family]]) -> Self {
        Self { dice, first, families }
    }
}

/// Writes so many sequences, each statement for what the database holds by then, and plays them.
pub(super) fn run(
    cluster: &'static Cluster,
    seed: u64,
    sequences: usize,
    sequence: impl Fn(Dice) -> Sequence + Sync,
) -> Vec<Vec<Step>> {
    side_by_side(cluster, sequences, async |recorder, at| {
        // The same once more shows behind which statement they began to differ.
        match write(recorder, sequence(Dice::new(seed, at)), SELDOM).await {
            Some(steps) => steps,
            None => write(recorder, sequence(Dice::new(seed, at)), 1).await.expect("nothing is unseen"),
        }
    })
}

/// Works so many times, each lane with a database of its own, and returns what comes of it, in order.
pub(crate) fn side_by_side<T: Send>(
    cluster: &'static Cluster,
    times: usize,
    work: impl AsyncFn(&mut Recorder, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let lane = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            let mut recorder = Recorder::new(cluster).await;
            loop {
                let time = next.fetch_add(1, Ordering::Relaxed);
                if time >= times {
                    break;
                }
                let came = work(&mut recorder, time).await;
                done.lock().expect("no lane panics while it holds this").push((time, came));
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
    let mut done = done.into_inner().expect("no lane panics while it holds this");
    done.sort_by_key(|(time, _)| *time);
    done.into_iter().map(|(_, came)| came).collect()
}

/// Returns what became of a sequence, or none when both hold different things, and it was not seen since when.
async fn write(recorder: &mut Recorder, mut sequence: Sequence, every: usize) -> Option<Vec<Step>> {
    let server = recorder.server();
    let mut pair = Pair::new(recorder).await;
    pair.every = every;
    let mut steps = Vec::with_capacity(LENGTH);
    for at in 0..LENGTH {
        let statement = match sequence.first.get(at) {
            Some(sql) => Statement { family: "CREATE TABLE", sql: (*sql).to_owned() },
            None => family::next(&mut sequence.dice, &pair.schema, server, sequence.families),
        };
        let outcome = pair.play(&statement).await;
        steps.push(Step { statement, outcome });
        if pair.apart {
            return (every == 1).then_some(steps);
        }
    }
    let differs = pair.is_unseen() && pair.look().await.is_some();
    (!differs).then_some(steps)
}
