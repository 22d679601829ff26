//! Partitioned tables and new partitions: `PARTITION BY`, `PARTITION OF`.

use super::syntax::{name, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, Bound, Class, Conflict, Dependence, KeyOf, Oid, PartitionKey, Persistence, Refusal, Relation,
    RelationKind, Rows, SqlState,
};
use crate::expression::Place;
use crate::sql::{ast, tree};

impl Play<'_> {
    /// Returns how a table is partitioned, before it is made; `transformPartitionSpec`.
    pub(super) fn strategy(&self, by: &ast::PartitionBy) -> Result<&'static str, Stop> {
        let written = tree::text(&part(by.partition_strategy())?);
        match written.to_ascii_lowercase().as_str() {
            "range" => Ok("RANGE"),
            "list" => Ok("LIST"),
            "hash" => Ok("HASH"),
            _ => {
                let message = format!("unrecognized partitioning strategy \"{written}\"");
                refused(SqlState::INVALID_PARAMETER_VALUE, message)
            }
        }
    }

    /// Partitions a table that was just made; `ComputePartitionAttrs`.
    pub(super) fn partition_by(&mut self, table: Oid, by: &ast::PartitionBy) -> Result<(), Stop> {
        let strategy = self.strategy(by)?;
        let relation = part(self.catalog.relation(table))?;
        let items: Vec<ast::PartitionItem> = part(by.partition_item_list())?.partition_items().collect();
        if strategy == "LIST" && items.len() > 1 {
            let message = "cannot use \"list\" partition strategy with more than one column";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        let mut parts = Vec::new();
        for item in items {
            parts.push(self.partition_key_part(&item, relation, strategy)?);
        }
        let key = PartitionKey { strategy, parts };
        let columns: Vec<i16> = key.columns().collect();
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.kind = RelationKind::Partitioned(key);
        }
        for column in columns {
            // A table without what it is partitioned by is no table.
            let (column, table) = (Address::column(table, column), Address::of(Class::Relation, table));
            self.catalog.dependencies.add(column, table, Dependence::Internal);
        }
        Ok(())
    }

    fn partition_key_part(
        &self,
        item: &ast::PartitionItem,
        relation: &Relation,
        strategy: &str,
    ) -> Result<KeyOf, Stop> {
        none(item.attribute_list(), "options of an operator class")?;
        none(item.op_class_ref(), "the operator class of a partition key")?;
        none(item.collate(), "the collation of a partition key")?;
        let ast::Expr::NameRef(reference) = super::index::bare(part(item.expr())?) else {
            let written = tree::text(&part(item.expr())?);
            let formula = self.formula(&written, relation, Place::IndexKey)?;
            if formula.columns.is_empty() {
                let message = "cannot use constant expression as partition key";
                return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
            }
            if formula.columns.iter().any(|number| is_generated(relation, *number)) {
                let message = "cannot use generated column in partition key";
                return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
            }
            if formula.as_column().is_some() {
                return unknown("a column in parentheses as partition key");
            }
            self.can_be_sorted(formula.tree.of)?;
            return Ok(KeyOf::Expression(formula));
        };
        let column = name(Some(reference))?;
        let Some(found) = relation.column(&column) else {
            if super::column::may_be_named(&column).is_err() {
                let message = format!("cannot use system column \"{column}\" in partition key");
                return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
            }
            let message = format!("column \"{column}\" named in partition key does not exist");
            return refused(SqlState::UNDEFINED_COLUMN, message);
        };
        if is_generated(relation, found.number) {
            let message = "cannot use generated column in partition key";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        if strategy == "HASH" {
            // Of what has an order here only these have no hash.
            const NO_HASH: [u32; 5] = [790, 1560, 1562, 3614, 3615];
            if NO_HASH.contains(&self.base(found.of).oid.0) {
                return unknown("whether this type has a hash");
            }
            self.can_be_sorted(found.of)?;
        } else {
            self.can_be_sorted(found.of)?;
        }
        Ok(KeyOf::Column(found.number))
    }

    /// Returns the table that a new one is to be a partition of, and locks it.
    pub(super) fn partitioned_parent(&mut self, of: &ast::PartitionOf) -> Result<Oid, Stop> {
        let written = qualified(of.table_name_ref())?;
        let parent = self.relation_found(&written)?;
        self.lock(parent, LockMode::AccessExclusive);
        let relation = part(self.catalog.relation(parent))?;
        if !relation.is_table() {
            let message = format!("inherited relation \"{}\" is not a table or foreign table", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        Ok(parent)
    }

    /// Refuses a temporary partition of a table that stays, and the other way.
    pub(super) fn persistence_as_parent(&self, parent: Oid, own: Persistence) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(parent))?;
        let temporary = Persistence::Temporary;
        if (relation.persistence == temporary) != (own == temporary) {
            let message = format!("cannot create a relation as partition of relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        Ok(())
    }

    /// Makes a new table a partition: its bound, then what the default partition must not hold.
    pub(super) fn take_bound(&mut self, table: Oid, parent: Oid, written: &ast::PartitionType) -> Result<(), Stop> {
        let default = self.default_partition(parent);
        if let Some(default) = default {
            self.lock(default, LockMode::AccessExclusive);
        }
        let bound = self.bound(parent, written)?;
        self.bound_is_free(table, parent, &bound)?;
        if let Some(default) = default.filter(|_| bound != Bound::Default) {
            self.scan_for_bound(default, parent, &bound, true)?;
        }
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.bound = Some(bound);
        }
        Ok(())
    }

    /// Refuses a bound that others get in the way of; `check_new_partition_bound`.
    pub(super) fn bound_is_free(&self, table: Oid, parent: Oid, bound: &Bound) -> Result<(), Stop> {
        let siblings: Vec<&Relation> =
            self.children(parent).into_iter().filter_map(|oid| self.catalog.relation(oid)).collect();
        let others: Vec<&Bound> = siblings.iter().filter_map(|it| it.bound.as_ref()).collect();
        let name = self.catalog.relation(table).map(|it| it.name.to_string()).unwrap_or_default();
        let other = |at: usize| siblings.get(at).map(|it| it.name.to_string()).unwrap_or_default();
        let message = match bound.conflict(&others) {
            None => return Ok(()),
            Some(Conflict::Unknown) => return unknown("in which order the values of a bound are"),
            Some(Conflict::Empty) => format!("empty range bound specified for partition \"{name}\""),
            Some(Conflict::Overlap(at)) => format!("partition \"{name}\" would overlap partition \"{}\"", other(at)),
            Some(Conflict::Default(at)) => {
                format!("partition \"{name}\" conflicts with existing default partition \"{}\"", other(at))
            }
            Some(Conflict::Modulus) => {
                "every hash partition modulus must be a factor of the next larger modulus".to_owned()
            }
        };
        refused(SqlState::INVALID_OBJECT_DEFINITION, message)
    }

    /// Reads a partition in full for rows that its bound, or another's, does not let it have, unless its checks say that
    /// there are none.
    pub(super) fn scan_for_bound(
        &mut self,
        partition: Oid,
        parent: Oid,
        bound: &Bound,
        is_default: bool,
    ) -> Result<(), Stop> {
        let above_name = part(self.catalog.relation(parent))?.name.clone();
        let mut leaves = vec![partition];
        leaves.extend(self.inheritors(partition));
        for leaf in &leaves {
            self.lock(*leaf, LockMode::AccessExclusive);
        }
        // What is proven of a table, is of its partitions.
        if self.is_proven(partition, parent, bound, is_default)? {
            return Ok(());
        }
        for leaf in leaves {
            let relation = part(self.catalog.relation(leaf))?;
            if relation.is_partitioned() {
                continue;
            }
            let (name, rows) = (relation.name.clone(), relation.rows);
            if leaf != partition && self.is_proven(leaf, parent, bound, is_default)? {
                continue;
            }
            self.ledger.scan(leaf);
            if rows == Rows::Perhaps {
                let message = if is_default {
                    format!(
                        "updated partition constraint for default partition \"{name}\" would be violated by some row"
                    )
                } else {
                    format!("partition constraint of relation \"{name}\" is violated by some row of \"{above_name}\"")
                };
                self.ledger.may_raise.push((Refusal::new(SqlState::CHECK_VIOLATION, message), leaf));
            }
        }
        Ok(())
    }

    /// Gives a new partition the indexes, keys and foreign keys of its parent.
    pub(super) fn clone_from_parent(&mut self, table: Oid, parent: Oid) -> Result<(), Stop> {
        let mut indexes = part(self.catalog.relation(parent))?.indexes.clone();
        indexes.sort_unstable();
        for index in indexes {
            self.clone_index(index, parent, table, LockMode::AccessExclusive)?;
        }
        self.clone_foreign_keys(table, parent, false)?;
        self.clone_triggers(parent, table)
    }
}

fn is_generated(relation: &Relation, number: i16) -> bool {
    let column = relation.numbered(number);
    column.and_then(|it| it.default.as_ref()).is_some_and(|default| default.generated)
}
