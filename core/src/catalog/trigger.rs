//! Triggers that users make: what `pg_trigger` lists, without those that keep foreign keys.

use std::sync::Arc;

use super::{Address, Catalog, Class, Formula, Oid};
use crate::document::schema::Deferrable;

/// In the condition of a trigger, the relation of the row of before.
pub const OLD: Oid = Oid(1);
/// In the condition of a trigger, the relation of the new row.
pub const NEW: Oid = Oid(2);

/// A trigger of a table or a view.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Its number.
    pub oid: Oid,
    /// Its name: unique among the triggers of one relation.
    pub name: Arc<str>,
    /// The table or view.
    pub on: Oid,
    /// When its function is called.
    pub timing: Timing,
    /// By which statements.
    pub events: Events,
    /// The columns of `UPDATE OF`, in the order in which they were written; none for all.
    pub columns: Vec<i16>,
    /// Its function is called for each row, not once for a statement.
    pub each_row: bool,
    /// What a constraint trigger has beside.
    pub constraint: Option<ConstraintTrigger>,
    /// The name under which the rows of before are seen.
    pub old_table: Option<Arc<str>>,
    /// The name under which the new rows are seen.
    pub new_table: Option<Arc<str>>,
    /// Under which condition.
    pub when: Option<Formula>,
    /// The function.
    pub function: Oid,
    /// Its arguments, which are texts.
    pub arguments: Vec<Arc<str>>,
    /// In which sessions it fires.
    pub enabled: Enabled,
    /// The trigger of the partitioned table that it is a part of.
    pub parent: Option<Oid>,
}

/// When the function of a trigger is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Before the change.
    Before,
    /// After it.
    After,
    /// In its place; of a view.
    InsteadOf,
}

/// By which statements a trigger fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four bits of `pg_trigger.tgtype`")]
pub struct Events {
    /// INSERT
    pub insert: bool,
    /// DELETE
    pub delete: bool,
    /// UPDATE
    pub update: bool,
    /// TRUNCATE
    pub truncate: bool,
}

/// What a constraint trigger has beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintTrigger {
    /// Its constraint.
    pub oid: Oid,
    /// The other table.
    pub from: Option<Oid>,
    /// Whether and when it can be put off.
    pub deferrable: Option<Deferrable>,
}

/// In which sessions a trigger fires: `pg_trigger.tgenabled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Enabled {
    /// In those that do not replicate.
    #[default]
    Origin,
    /// In none.
    Disabled,
    /// In those that replicate.
    Replica,
    /// In all.
    Always,
}

impl Enabled {
    /// Returns whether it fires in a session that replicates (`session_replication_role`), or in one that does not.
    pub fn fires(self, replicates: bool) -> bool {
        match self {
            Self::Origin => !replicates,
            Self::Disabled => false,
            Self::Replica => replicates,
            Self::Always => true,
        }
    }
}

impl Catalog {
    /// Returns a trigger.
    pub fn trigger(&self, oid: Oid) -> Option<&Trigger> {
        self.triggers.get(&oid).map(|trigger| &**trigger)
    }

    /// Returns a trigger, to be changed.
    pub fn trigger_mut(&mut self, oid: Oid) -> Option<&mut Trigger> {
        self.triggers.get_mut(&oid).map(Arc::make_mut)
    }

    /// Returns the triggers of a table or view, in the order in which they came.
    pub fn triggers_of(&self, relation: Oid) -> impl Iterator<Item = &Trigger> {
        let whole = Address::of(Class::Relation, relation);
        let mut seen = Vec::new();
        for edge in self.dependencies.dependents(whole).filter(|edge| edge.dependent.class == Class::Trigger) {
            if !seen.contains(&edge.dependent.oid) {
                seen.push(edge.dependent.oid);
            }
        }
        seen.into_iter().filter_map(|oid| self.trigger(oid)).filter(move |trigger| trigger.on == relation)
    }

    /// Adds a trigger, or puts one in the place of that with its number; what it stands on is recorded by who does it.
    pub fn set_trigger(&mut self, trigger: Trigger) {
        self.triggers.insert(trigger.oid, Arc::new(trigger));
    }
}
