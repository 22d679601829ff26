//! Sequences: written while they are played, or played again.

use limbeck_core::document::schema::Schema;

use super::dice::Dice;
use super::family::{self, Statement};
use crate::played::{Done, Recorder, Refused};

/// How many statements a sequence has.
pub(super) const LENGTH: usize = 40;

/// A statement, and what Postgres did.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) statement: Statement,
    pub(super) played: Result<Done, Refused>,
    /// What the database holds behind it, where that may have changed.
    pub(super) schema: Option<Schema>,
    /// No table has had a row so far.
    pub(super) empty: bool,
}

/// Writes a sequence, each statement for what the database holds by then, and plays it.
pub(super) async fn write(recorder: &mut Recorder, mut dice: Dice) -> Vec<Step> {
    let mut schema = recorder.clean().await;
    let mut steps: Vec<Step> = Vec::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        let statement = family::next(&mut dice, &schema);
        let step = play(recorder, statement, steps.last()).await;
        if let Some(changed) = &step.schema {
            schema.clone_from(changed);
        }
        steps.push(step);
    }
    steps
}

async fn play(recorder: &mut Recorder, statement: Statement, before: Option<&Step>) -> Step {
    let played = recorder.play(&statement.sql).await;
    let schema = match &played {
        Ok(_) if !statement.is_about_rows() => Some(recorder.schema().await),
        _ => None,
    };
    let empty = before.is_none_or(|step| step.empty) && !(statement.may_bring_rows() && played.is_ok());
    Step { statement, played, schema, empty }
}
