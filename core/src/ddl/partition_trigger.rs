//! Triggers for each row of a partitioned table: each partition has one of its own, which goes with that of its parent.

use super::inherit::moved_number;
use super::syntax::part;
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::expression::Node;
use crate::catalog::{Address, Class, Dependence, Formula, NEW, OLD, Oid, Relation, SqlState, Trigger};

impl Play<'_> {
    /// Gives the partitions of a table a trigger of it, those below them too. `CreateTriggerFiringOn`
    pub(super) fn clone_trigger_below(&mut self, trigger: &Trigger) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(trigger.on))?;
        if !trigger.each_row || !relation.is_partitioned() {
            return Ok(());
        }
        for partition in relation.children.clone() {
            self.lock(partition, LockMode::ShareRowExclusive);
            self.clone_trigger(trigger, partition)?;
        }
        Ok(())
    }

    /// Gives a partition the triggers of its parent; one that no partition may have is refused.
    /// `CloneRowTriggersToPartition`
    pub(super) fn clone_triggers(&mut self, parent: Oid, partition: Oid) -> Result<(), Stop> {
        let sees_rows = |trigger: &Trigger| trigger.old_table.is_some() || trigger.new_table.is_some();
        if self.catalog.triggers_of(partition).any(|trigger| trigger.each_row && sees_rows(trigger)) {
            return unknown("a partition whose row triggers see all rows");
        }
        let cloned: Vec<Trigger> =
            self.catalog.triggers_of(parent).filter(|trigger| trigger.each_row).cloned().collect();
        cloned.iter().try_for_each(|trigger| self.clone_trigger(trigger, partition))
    }

    /// Takes from a table, and what is below it, what it had as a partition. `DropClonedTriggersFromPartition`
    pub(super) fn drop_cloned_triggers(&mut self, partition: Oid) {
        let below = self.inheritors(partition);
        let own: Vec<Oid> =
            self.catalog.triggers_of(partition).filter(|trigger| trigger.parent.is_some()).map(|it| it.oid).collect();
        let mut gone = own.clone();
        for table in below {
            let of = |trigger: &&Trigger| trigger.parent.is_some_and(|parent| gone.contains(&parent));
            let more: Vec<Oid> = self.catalog.triggers_of(table).filter(of).map(|it| it.oid).collect();
            gone.extend(more);
        }
        for oid in gone {
            self.catalog.forget(Address::of(Class::Trigger, oid));
        }
    }

    /// Returns the triggers that partitions have of one, with theirs.
    pub(super) fn clones_of(&self, trigger: Oid) -> Vec<Oid> {
        let mut found = vec![trigger];
        let mut at = 0;
        while let Some(of) = found.get(at).copied() {
            let children = self.catalog.trigger(of).and_then(|it| self.catalog.relation(it.on)).map(|it| &it.children);
            let tables: Vec<Oid> = children.into_iter().flatten().copied().collect();
            for table in tables {
                found.extend(self.catalog.triggers_of(table).filter(|it| it.parent == Some(of)).map(|it| it.oid));
            }
            at += 1;
        }
        found.remove(0);
        found
    }

    fn clone_trigger(&mut self, of: &Trigger, partition: Oid) -> Result<(), Stop> {
        if of.constraint.is_some() {
            return unknown("a constraint trigger of a partitioned table");
        }
        let (from, to) = (part(self.catalog.relation(of.on))?, part(self.catalog.relation(partition))?.clone());
        let existing = self.catalog.triggers_of(partition).find(|it| it.name == of.name).cloned();
        let existing = match existing {
            Some(existing) if existing.parent == Some(of.oid) => Some(existing),
            Some(_) => {
                let message = format!("trigger \"{}\" for relation \"{}\" already exists", of.name, to.name);
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
            None => None,
        };
        let when = of.when.as_ref().map(|when| moved(when, from, &to)).transpose()?;
        let columns =
            of.columns.iter().map(|number| moved_number(*number, from, &to)).collect::<Result<Vec<_>, _>>()?;
        let oid = existing.map_or_else(|| self.catalog.allocate(), |existing| existing.oid);
        let address = Address::of(Class::Trigger, oid);
        self.catalog.dependencies.forget(address);
        let mut clone = Trigger { oid, on: partition, parent: Some(of.oid), columns, when, ..of.clone() };
        clone.constraint = None;
        self.depend_as_trigger(&clone);
        let above = Address::of(Class::Trigger, of.oid);
        self.catalog.dependencies.add(address, above, Dependence::Partition);
        self.catalog.dependencies.add(address, Address::of(Class::Relation, partition), Dependence::Partition);
        self.catalog.set_trigger(clone.clone());
        self.clone_trigger_below(&clone)
    }
}

/// Returns the condition of a trigger over the columns of the same names in another table.
fn moved(when: &Formula, from: &Relation, to: &Relation) -> Result<Formula, Stop> {
    let mut tree = (*when.tree).clone();
    if tree.any(&mut |it| matches!(it.node, Node::Column { number: 0, .. })) {
        return unknown("the condition of a trigger over a row as a whole, which is of another type in a partition");
    }
    let mut missing = false;
    tree.change(&mut |it| {
        if let Node::Column { relation, number } = &mut it.node
            && [OLD, NEW].contains(relation)
            && *number != 0
        {
            match moved_number(*number, from, to) {
                Ok(moved) => *number = moved,
                Err(_) => missing = true,
            }
        }
    });
    if missing {
        return unknown("the condition of a trigger over columns that a partition does not have");
    }
    let columns = when.columns.iter().map(|number| moved_number(*number, from, to)).collect::<Result<Vec<_>, _>>()?;
    Ok(Formula { columns, ..Formula::new(&when.written, tree, Some(NEW)) })
}
