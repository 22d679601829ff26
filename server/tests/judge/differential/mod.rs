//! Sequences of statements, played on Postgres and on the model, statement by statement.
//!
//! Each statement is written for what the database holds by then, so that sequences hang together.

mod alter_table;
mod dice;
mod expression;
mod family;
mod functions;
mod indexes;
mod lanes;
mod partitions;
mod pen;
mod rows;
mod schemas;
mod sequence;
mod sequences;
mod tables;
mod types;
mod views;

use std::collections::BTreeMap;

use crate::random;

/// How often statements of one family were done, and how often refused with which SQLSTATE.
#[derive(Default)]
struct Verdicts {
    done: usize,
    refused: BTreeMap<String, usize>,
}

#[test]
fn most_statements_that_are_written_are_right_but_not_all() {
    let seed = random::seed();
    let sequences = lanes::run(seed, 50, |steps| {
        let verdict = |step: &sequence::Step| {
            let refused = step.played.as_ref().err().map(|refused| refused.sqlstate.clone());
            (step.statement.family, refused)
        };
        steps.iter().map(verdict).collect::<Vec<_>>()
    });
    let mut verdicts: BTreeMap<&str, Verdicts> = BTreeMap::new();
    for (family, refused) in sequences.into_iter().flatten() {
        let verdicts = verdicts.entry(family).or_default();
        match refused {
            None => verdicts.done += 1,
            Some(sqlstate) => *verdicts.refused.entry(sqlstate).or_default() += 1,
        }
    }
    for family in family::names() {
        let verdicts = verdicts.entry(family).or_default();
        println!("{family}: {} done, refused {:?}", verdicts.done, verdicts.refused);
    }
    let done: usize = verdicts.values().map(|verdicts| verdicts.done).sum();
    let all = done + verdicts.values().flat_map(|verdicts| verdicts.refused.values()).sum::<usize>();
    let share = done * 100 / all;
    println!("{done} of {all} were done, which is {share} %");
    assert!((65..=90).contains(&share), "LIMBECK_SEED={seed}: {share} % of the statements were done");
}
