//! Plays a corpus, file by file and statement by statement.

use limbeck_core::sql::split;

use super::sources::Corpus;
use crate::differential::{Difference, Outcome, Pair, Statement};
use crate::played::Recorder;

/// A statement of a corpus, and what became of it.
pub(super) struct Step {
    pub(super) file: String,
    pub(super) sql: String,
    pub(super) kind: &'static str,
    pub(super) outcome: Outcome,
}

/// A corpus, and what became of it.
pub(super) struct Played {
    pub(super) name: &'static str,
    pub(super) steps: Vec<Step>,
    /// What both hold differs behind these files.
    pub(super) apart: Vec<(String, Difference)>,
}

/// Kinds that open and end transactions: each statement is one here.
const OF_TRANSACTIONS: [&str; 3] = ["begin", "commit", "rollback"];

/// Plays all of it.
pub(super) async fn play(recorder: &mut Recorder, corpus: &Corpus, looks: bool) -> Played {
    let mut pair = Pair::new(recorder).await;
    pair.looks = looks;
    let mut played = Played { name: corpus.name, steps: Vec::new(), apart: Vec::new() };
    for sql in corpus.first {
        let outcome = pair.play(&Statement { family: "", sql: (*sql).to_owned() }).await;
        assert!(outcome.stands(), "{sql}: {outcome:?}");
    }
    for file in corpus.read() {
        let (statements, _) = split(&file.text);
        for statement in statements {
            if OF_TRANSACTIONS.contains(&statement.kind) {
                continue;
            }
            let sql = file.text.get(statement.range).expect("it is a part of the text").to_owned();
            let kind = statement.kind;
            let outcome = pair.play(&Statement { family: family(kind), sql: sql.clone() }).await;
            if kind == "set" && outcome.stands() {
                pair.lasting.push(sql.clone());
            }
            played.steps.push(Step { file: file.name.clone(), sql, kind, outcome });
        }
        pair.reset().await;
        if let Some(difference) = pair.look().await {
            // The next file would show it again.
            if played
                .apart
                .last()
                .is_none_or(|(_, last)| last.postgres != difference.postgres || last.model != difference.model)
            {
                played.apart.push((file.name, difference));
            }
        }
    }
    played
}

/// Returns the family of the generator that a kind of statement belongs to, where that makes a difference.
fn family(kind: &'static str) -> &'static str {
    match kind {
        "select" => "SELECT",
        "insert" => "INSERT",
        "update" => "UPDATE",
        "delete" => "DELETE",
        "truncate" => "TRUNCATE",
        "create_table_as" => "CREATE TABLE AS",
        "create_materialized_view" => "CREATE MATERIALIZED VIEW",
        "refresh" => "REFRESH MATERIALIZED VIEW",
        other => other,
    }
}
