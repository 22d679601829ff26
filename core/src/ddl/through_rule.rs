//! What becomes of a change of a table or a view that has rules. `fireRules`

use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{ConstraintKind, Oid, RelationKind, Rule, RuleEvent, SqlState};
use crate::document::schema::Action;
use crate::query::{Arbiter, Change, Rows};

/// What rules leave of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// All of it, and nothing comes beside it.
    All,
    /// Nothing.
    Nothing,
}

impl Play<'_> {
    /// Returns what rules leave of a change of this very table or view.
    pub(super) fn left_by_rules(&self, change: &Change) -> Result<Left, Stop> {
        let mut rules = self.catalog.rules_of(change.target).peekable();
        if rules.peek().is_none() {
            return Ok(Left::All);
        }
        let rules: Vec<&Rule> = rules.collect();
        let unsupported = |message: &str| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        if change.merges {
            return match rules.iter().any(|rule| rule.enabled.fires(self.switches.replicates)) {
                true => unsupported("MERGE is not supported for relations with rules"),
                false if self.catalog.version() >= PostgresVersion::V17 => Ok(Left::All),
                false => unknown("MERGE into a table with rules that are turned off"),
            };
        }
        let event = event(change);
        let own: Vec<&&Rule> =
            rules.iter().filter(|rule| rule.enabled.fires(self.switches.replicates) && rule.event == event).collect();
        if own.iter().any(|rule| !rule.actions.is_empty()) {
            return unknown("what the rules of a table do");
        }
        if own.iter().any(|rule| rule.instead && rule.condition.is_some()) {
            return unknown("which rows the rules of a table leave out");
        }
        let left = if own.iter().any(|rule| rule.instead) { Left::Nothing } else { Left::All };
        if left == Left::Nothing && change.returns {
            return unsupported("RETURNING needs an unconditional INSTEAD rule with a RETURNING clause");
        }
        let is_view = self.catalog.relation(change.target).is_some_and(|it| matches!(it.kind, RelationKind::View(_)));
        let conflicts = !matches!(change.arbiter, Arbiter::None);
        let updates = rules.iter().any(|rule| rule.event == RuleEvent::Update);
        if conflicts && updates && (left == Left::Nothing || !is_view) {
            return unsupported("INSERT with ON CONFLICT cannot be used with a table that has INSERT or UPDATE rules");
        }
        Ok(left)
    }

    /// Stops where what a foreign key does to the rows of another table goes through rules of that one.
    pub(super) fn no_rules_behind(&self, change: &Change, tables: &[Oid]) -> Result<(), Stop> {
        let acts = |action: &Action| !matches!(action, Action::NoAction | Action::Restrict);
        let mut referencing = tables.iter().flat_map(|table| self.catalog.referencing(*table));
        let behind = referencing.any(|constraint| match &constraint.kind {
            ConstraintKind::Foreign { on_delete, on_update, .. } => {
                let acts = change.deletes && acts(on_delete) || change.updates.is_some() && acts(on_update);
                acts && self.catalog.rules_of(constraint.on).next().is_some()
            }
            _ => false,
        });
        match behind {
            true => unknown("the rules of a table that references this one"),
            false => Ok(()),
        }
    }
}

fn event(change: &Change) -> RuleEvent {
    match (&change.rows, &change.updates) {
        (Rows::None, Some(_)) => RuleEvent::Update,
        (Rows::None, None) => RuleEvent::Delete,
        _ => RuleEvent::Insert,
    }
}
