//! What the model in `core` says, beside what Postgres says to the same.
//!
//! Random cases come from `LIMBECK_SEED`, which every failure names; one that fails is made as small as it gets.

#[path = "../it/cluster.rs"]
#[expect(dead_code, reason = "the tests of the command line use more of it")]
mod cluster;

mod analyzed;
mod corpora;
mod differential;
mod expressions;
mod facts;
mod functions;
mod lint;
mod operators;
mod played;
mod random;
mod reference;
mod types;
mod values;
