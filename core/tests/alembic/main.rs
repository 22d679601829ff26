//! Conformance with the real Alembic: random histories and questions, answered by both.
//!
//! `LIMBECK_ALEMBIC_PYTHON` names a Python that has Alembic; `LIMBECK_SEED` repeats a run. Answers may differ only where
//! the contract says so, each difference recognised by a rule of its own in `compare`; their counts are printed.

mod case;
mod compare;
mod model;
mod oracle;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::io::Write;

use limbeck_core::revision::{Graph, GraphError};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use case::{Case, broken, cases, describe, large, revisions_json};
use compare::{Counts, compare};
use oracle::{Answer, Oracle};

const CASES: u32 = 2000;

const BROKEN_CASES: u32 = 1000;

const LARGE_CASES: u32 = 5;

/// Says something to whoever runs the tests, captured output or not.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("standard error is open");
}

fn seed() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a run is repeated by its seed")]
    let given = std::env::var("LIMBECK_SEED");
    match given {
        Ok(seed) => seed.parse().expect("LIMBECK_SEED is a number"),
        Err(_) => {
            use std::hash::{BuildHasher, Hasher, RandomState};
            RandomState::new().build_hasher().finish()
        }
    }
}

/// Runs a check on random cases; a failing one is made as small as possible first.
fn run<T: Debug>(name: &str, count: u32, cases: &impl Strategy<Value = T>, check: impl Fn(T) -> Result<(), String>) {
    let seed = seed();
    say(&format!("{name}: {count} cases, LIMBECK_SEED={seed}"));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: count, failure_persistence: None, max_shrink_iters: 4000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    if let Err(failure) = runner.run(cases, |case| check(case).map_err(TestCaseError::fail)) {
        panic!("with LIMBECK_SEED={seed}: {failure}");
    }
}

#[test]
fn answers_are_those_of_alembic_except_where_the_contract_says_otherwise() {
    let oracle = Oracle::start();
    let counts = RefCell::new(Counts::default());
    run("conformance", CASES, &cases(), |case| {
        // Counts of cases that fail play no part: the run ends with them.
        compare(&case, &oracle, &mut counts.borrow_mut())
    });
    let counts = counts.into_inner();
    say("answers that are the same:");
    for (what, count) in &counts.same {
        say(&format!("{count:>8}  {what}"));
    }
    say("answers that differ by choice:");
    for (name, count) in &counts.chosen {
        say(&format!("{count:>8}  {name}"));
    }
    let expected = [
        "upgrade ok",
        "upgrade nothing to do",
        "upgrade MultipleHeads",
        "upgrade ResolutionError",
        "upgrade RevisionError",
        "downgrade ok",
        "downgrade nothing to do",
        "downgrade MultipleHeads",
        "downgrade RangeNotAncestorError",
        "downgrade ResolutionError",
        "downgrade RevisionError",
        "stamp ok",
        "stamp ResolutionError",
        "resolve ok",
        "resolve ResolutionError",
        "range ok",
        "range RangeNotAncestorError",
        "current ok",
        "graph ok",
        "rows ok",
    ];
    for what in expected {
        let count = counts.same.get(what).copied().unwrap_or_default();
        assert!(count >= 20, "'{what}' was compared {count} times: too few to say anything");
    }
    for name in compare::CHOICES {
        let count = counts.chosen.get(name).copied().unwrap_or_default();
        assert!(count >= 1, "'{name}' was not met");
    }
}

#[test]
fn broken_histories_are_refused_where_alembic_refuses_them() {
    let oracle = Oracle::start();
    let same = RefCell::new(BTreeMap::<&str, usize>::new());
    run("broken histories", BROKEN_CASES, &broken(), |case| {
        let graph = Graph::new(case.nodes.clone());
        let theirs = oracle.ask(&revisions_json(&case.nodes), &[]);
        let agreed = match (graph.errors(), &theirs) {
            ([], Ok(_)) => "whole",
            ([], Err(answer)) => return Err(format!("only Alembic refuses it: {answer:?}")),
            (errors, theirs) => refusal(errors, theirs).ok_or_else(|| format!("{errors:?}\nAlembic: {theirs:?}"))?,
        };
        *same.borrow_mut().entry(agreed).or_default() += 1;
        shows_all(&graph, &case)
    });
    let same = same.into_inner();
    for (what, count) in &same {
        say(&format!("{count:>8}  {what}"));
    }
    assert_eq!(same.len(), 10, "not all kinds of broken histories were compared: {same:?}");
}

#[test]
fn large_histories_have_the_same_plans_and_rows() {
    let oracle = Oracle::start();
    run("large histories", LARGE_CASES, &large(), |case| {
        let graph = Graph::new(case.nodes.clone());
        let revisions = revisions_json(&case.nodes);
        let heads: Vec<&str> = graph.real_heads().into_iter().map(|i| graph.id(i).as_str()).collect();
        let up = graph.upgrade(&[], "heads").map_err(|error| error.to_string())?;
        let down = graph.downgrade(&graph.real_heads(), "base").map_err(|error| error.to_string())?;
        for (steps, from, kind, target) in [(up, Vec::new(), "upgrade", "heads"), (down, heads, "downgrade", "base")] {
            let ids: Vec<&str> = steps.iter().map(|step| graph.id(step.revision).as_str()).collect();
            let questions = [
                json!({"kind": kind, "rows": from, "target": target}),
                json!({"kind": "apply", "rows": from, "up": kind == "upgrade", "steps": ids}),
            ];
            let answers = oracle.ask(&revisions, &questions).map_err(|error| format!("{error:?}"))?;
            let [Answer::Ok(plan), Answer::Ok(written)] = answers.as_slice() else {
                return Err(format!("{kind}: {answers:?}"));
            };
            let theirs: BTreeSet<&str> =
                plan["steps"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if theirs != ids.iter().copied().collect() {
                return Err(format!("{kind}: other steps"));
            }
            for (step, theirs) in steps.iter().zip(written.as_array().into_iter().flatten()) {
                let ours: Vec<&str> = step.rows_after.iter().map(|&i| graph.id(i).as_str()).collect();
                if *theirs != json!(ours) {
                    return Err(format!("{kind}: rows after {} are {ours:?} and {theirs}", graph.id(step.revision)));
                }
            }
        }
        Ok(())
    });
}

/// Returns in what both agree, if they do.
fn refusal(errors: &[GraphError], theirs: &Result<Vec<Answer>, Answer>) -> Option<&'static str> {
    let class = match theirs {
        Ok(_) => "",
        Err(Answer::Error { class, .. }) => class,
        Err(Answer::Ok(_)) => return None,
    };
    let has = |code: &str| errors.iter().any(|error| error.code() == code);
    match class {
        "Crash" if has("missing-parent") => Some("missing parent"),
        "Crash" if has("missing-dependency") => Some("missing dependency"),
        "LoopDetected" if has("self-loop") => Some("self-loop"),
        "DependencyLoopDetected" if has("dependency-self-loop") => Some("dependency self-loop"),
        "CycleDetected" if has("cycle") => Some("cycle"),
        "DependencyCycleDetected" if has("dependency-cycle") || has("dependency-self-loop") => Some("dependency cycle"),
        "RevisionError" if has("duplicate-label") => Some("duplicate label"),
        // Alembic warns and goes on with the last one.
        "" if has("duplicate-revision") => Some("duplicate id"),
        // A cycle between a head and a base is invisible to Alembic's search from both ends.
        "" if has("cycle") || has("dependency-cycle") => Some("cycle that Alembic does not see"),
        _ => None,
    }
}

/// A broken history is still shown whole, and nothing is planned on it.
fn shows_all(graph: &Graph, case: &Case) -> Result<(), String> {
    let mut shown = graph.newest_first().to_vec();
    shown.sort_unstable();
    if shown != (0..case.nodes.len()).collect::<Vec<_>>() {
        return Err(format!("not every revision is shown once\n{}", describe(&case.nodes)));
    }
    match graph.upgrade(&[], "heads") {
        Err(error) if graph.is_broken() && error.code() == "broken-history" => Ok(()),
        Ok(_) if !graph.is_broken() => Ok(()),
        other => Err(format!("planned on a broken history: {other:?}")),
    }
}
