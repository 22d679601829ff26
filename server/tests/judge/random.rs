//! Seeded random cases with shrinking.

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Returns the seed of this run.
pub(crate) fn seed() -> u64 {
    match std::env::var("LIMBECK_SEED") {
        Ok(seed) => seed.parse().unwrap_or_else(|_| panic!("LIMBECK_SEED is a number, not {seed:?}")),
        Err(_) => std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()),
    }
}

/// Checks `count` cases; panics with the smallest that fails, and the seed.
pub(crate) fn cases<S: Strategy>(count: u32, strategy: &S, check: impl Fn(S::Value) -> Result<(), String>)
where
    S::Value: Debug,
{
    let seed = seed();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    println!("{count} cases of seed {seed}");
    if let Err(error) = runner.run(strategy, |case| check(case).map_err(TestCaseError::fail)) {
        panic!("LIMBECK_SEED={seed}: {error}");
    }
}
