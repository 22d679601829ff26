//! Foreign keys to partitioned tables: beside the key itself there is one to each partition, which no statement names.

use super::inherit::moved_number;
use super::syntax::part;
use super::{LockMode, Play, Stop};
use crate::PostgresVersion;
use crate::catalog::{
    Address, Behavior, Class, ConstraintKind, Dependence, Oid, Refusal, Relation, Rows, SqlState, naming,
};

impl Play<'_> {
    /// Returns all partitions of a table, those of partitions too.
    pub(super) fn partitions_below(&self, table: Oid) -> Vec<Oid> {
        let is_partitioned = self.catalog.relation(table).is_some_and(Relation::is_partitioned);
        if is_partitioned { self.inheritors(table) } else { Vec::new() }
    }

    /// Returns a name for a foreign key whose own is taken; `addFkConstraint`.
    pub(super) fn another_key_name(&self, table: &Relation, columns: &[i16], taken: &str) -> String {
        if self.catalog.version() >= PostgresVersion::V18 {
            return naming::constraint_name(&self.catalog, taken, None, "", table.schema, &[]);
        }
        let all: Vec<&str> = columns.iter().filter_map(|it| table.numbered(*it)).map(|column| &*column.name).collect();
        let columns = naming::columns_part(&all);
        naming::constraint_name(&self.catalog, &table.name, Some(&columns), "fkey", table.schema, &[])
    }

    /// Adds to a foreign key those to the partitions of the table that it references; `addFkRecurseReferenced`.
    pub(super) fn refer_to_partitions(&mut self, key: Oid) -> Result<(), Stop> {
        let name = part(self.catalog.constraint(key))?.name.clone();
        self.refer_below(key, &name)
    }

    fn refer_below(&mut self, key: Oid, name: &str) -> Result<(), Stop> {
        let ConstraintKind::Foreign { references, .. } = part(self.catalog.constraint(key))?.kind else {
            return Ok(());
        };
        self.partitions(references).into_iter().try_for_each(|partition| self.refer_to_partition(key, partition, name))
    }

    /// Adds to a foreign key, whose `name` is taken, one to a partition and to those below that.
    fn refer_to_partition(&mut self, key: Oid, partition: Oid, name: &str) -> Result<(), Stop> {
        self.lock(partition, LockMode::ShareRowExclusive);
        let mut made = part(self.catalog.constraint(key))?.clone();
        let ConstraintKind::Foreign { columns, references, referenced, index, .. } = &mut made.kind else {
            return Ok(());
        };
        let (from, to) = (part(self.catalog.relation(*references))?, part(self.catalog.relation(partition))?);
        *referenced = referenced.iter().map(|number| moved_number(*number, from, to)).collect::<Result<_, Stop>>()?;
        let is_part = |oid: &&Oid| {
            let found = self.catalog.relation(**oid).and_then(Relation::as_index);
            found.is_some_and(|found| found.parent == Some(*index))
        };
        *index = *part(to.indexes.iter().find(is_part))?;
        *references = partition;
        made.name = self.another_key_name(part(self.catalog.relation(made.on))?, columns, name).into();
        made.oid = self.catalog.allocate();
        (made.local, made.inherited, made.parent) = (false, 1, Some(key));
        let oid = made.oid;
        self.store_foreign_key(made, false)?;
        let address = |oid| Address::of(Class::Constraint, oid);
        self.catalog.dependencies.add(address(oid), address(key), Dependence::Internal);
        self.refer_below(oid, name)
    }

    /// To read a partitioned table that is a partition itself, Postgres looks up which rows it takes.
    pub(super) fn look_above(&mut self, table: Oid) {
        let mut at = self.catalog.relation(table).filter(|it| it.is_partitioned());
        let mut above = Vec::new();
        while let Some(parent) = at.filter(|it| it.is_partition()).and_then(|it| it.parents.first().copied()) {
            above.push(parent);
            at = self.catalog.relation(parent);
        }
        for oid in above {
            self.lock(oid, LockMode::AccessShare);
        }
    }

    /// Takes from a foreign key those to the partitions of the table that it references.
    pub(super) fn refer_to_no_partitions(&mut self, key: Oid) -> Result<(), Stop> {
        let table = part(self.catalog.constraint(key))?.on;
        let of_table = self.catalog.constraints_of(table).into_iter();
        let below: Vec<Oid> = of_table.filter(|it| it.parent == Some(key)).map(|it| it.oid).collect();
        below.into_iter().try_for_each(|part| self.drop_key_to_partition(part, key))
    }

    fn drop_key_to_partition(&mut self, oid: Oid, of: Oid) -> Result<(), Stop> {
        let address = |oid| Address::of(Class::Constraint, oid);
        self.catalog.dependencies.take(address(oid), address(of));
        self.drop_objects(&[address(oid)], Behavior::Cascade)
    }

    /// Returns the foreign keys that reference a table, in the order in which they came.
    fn referencing(&self, table: Oid) -> Vec<Oid> {
        let mut keys: Vec<Oid> = Vec::new();
        for edge in self.catalog.dependencies.dependents(Address::of(Class::Relation, table)) {
            let key = self.catalog.constraint(edge.dependent.oid).map(|constraint| &constraint.kind);
            if matches!(key, Some(ConstraintKind::Foreign { references, .. }) if *references == table) {
                keys.push(edge.dependent.oid);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Makes the foreign keys to a table look after its new partition; `CloneFkReferenced`.
    pub(super) fn clone_references(&mut self, partition: Oid, parent: Oid) -> Result<(), Stop> {
        let keys = self.referencing(parent);
        for key in &keys {
            let found = part(self.catalog.constraint(*key))?;
            // Those of partitions need none: the one of their parent is there for them.
            if found.parent.is_some_and(|above| keys.contains(&above)) {
                continue;
            }
            let (on, name) = (found.on, found.name.clone());
            self.lock(on, LockMode::ShareRowExclusive);
            self.refer_to_partition(*key, partition, &name)?;
        }
        Ok(())
    }

    /// Ends what foreign keys to its former parent have for a table, which no row may reference.
    pub(super) fn end_references(&mut self, table: Oid, former: Oid) -> Result<(), Stop> {
        for key in self.referencing(table) {
            let Some(found) = self.catalog.constraint(key) else { continue };
            let (Some(above), on) = (found.parent, found.on) else { continue };
            if !self.catalog.is_for_a_partition(found) {
                // Postgres takes it for one, and the partition that references loses it.
                self.lock(on, LockMode::AccessExclusive);
                self.belongs_no_more(Address::of(Class::Constraint, key), Address::of(Class::Constraint, above), on);
            }
            self.look_above(former);
            for below in std::iter::once(on).chain(self.partitions_below(on)) {
                self.lock(below, LockMode::AccessShare);
                let relation = part(self.catalog.relation(below))?;
                if relation.is_partitioned() {
                    continue;
                }
                if relation.rows == Rows::Perhaps {
                    let message = "removing a partition violates a foreign key constraint";
                    self.ledger.may_raise.push((Refusal::new(SqlState::FOREIGN_KEY_VIOLATION, message), below));
                }
                self.ledger.scan(below);
            }
            self.drop_key_to_partition(key, above)?;
        }
        Ok(())
    }
}
