//! `CLUSTER`, and the index that it goes by.

use super::syntax::{name, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Oid, Relation, RelationKind, Space, SqlState};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn cluster(&mut self, tree: &ast::Cluster) -> Result<(), Stop> {
        none(tree.option_item_list(), "an option of CLUSTER")?;
        none(tree.cluster_legacy(), "CLUSTER index ON table")?;
        let Some(table) = tree.table_name_ref() else {
            self.outside_transactions("CLUSTER")?;
            return unknown("CLUSTER of all tables");
        };
        let written = qualified(Some(table))?;
        let table = self.relation_found(&written)?;
        let relation = part(self.catalog.relation(table))?;
        if !relation.is_table() && !matches!(relation.kind, RelationKind::MaterializedView(_)) {
            let message = format!("\"{}\" is not a table or materialized view", written.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        self.lock(table, LockMode::AccessExclusive);
        let index = match tree.cluster_using_index() {
            Some(using) => self.index_of_table(table, &name(using.index_ref())?)?,
            None => {
                let is_clustered = |oid: &&Oid| {
                    self.catalog.relation(**oid).and_then(Relation::as_index).is_some_and(|it| it.clustered)
                };
                let Some(index) = part(self.catalog.relation(table))?.indexes.iter().find(is_clustered) else {
                    let message = format!("there is no previously clustered index for table \"{}\"", written.name);
                    return refused(SqlState::UNDEFINED_OBJECT, message);
                };
                *index
            }
        };
        if part(self.catalog.relation(table))?.is_partitioned() {
            self.outside_transactions("CLUSTER")?;
            return unknown("CLUSTER of a partitioned table");
        }
        self.no_checks_wait(table, "CLUSTER")?;
        self.can_be_clustered_by(table, index)?;
        self.set_clustered(table, Some(index));
        self.ledger.rewrite(table);
        self.ledger.scan(table);
        Ok(())
    }

    /// `ALTER TABLE … CLUSTER ON`
    pub(super) fn cluster_on(&mut self, table: Oid, index: &str) -> Result<(), Stop> {
        let index = self.index_of_table(table, index)?;
        self.no_checks_wait(table, "CLUSTER")?;
        self.can_be_clustered_by(table, index)?;
        self.set_clustered(table, Some(index));
        Ok(())
    }

    /// Marks the index that CLUSTER goes by, or none.
    pub(super) fn set_clustered(&mut self, table: Oid, by: Option<Oid>) {
        let indexes = self.catalog.relation(table).map(|relation| relation.indexes.clone()).unwrap_or_default();
        for oid in indexes {
            if let Some(RelationKind::Index(index)) = self.catalog.relation_mut(oid).map(|relation| &mut relation.kind)
            {
                index.clustered = by == Some(oid);
            }
        }
    }

    fn index_of_table(&self, table: Oid, name: &str) -> Result<Oid, Stop> {
        let relation = part(self.catalog.relation(table))?;
        match self.catalog.named(Space::Relation, relation.schema, name) {
            Some(oid) => Ok(oid),
            None => {
                let message = format!("index \"{name}\" for table \"{}\" does not exist", relation.name);
                refused(SqlState::UNDEFINED_OBJECT, message)
            }
        }
    }

    /// `check_index_is_clusterable`
    fn can_be_clustered_by(&self, table: Oid, oid: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(oid))?;
        let of_table = relation.as_index().filter(|index| index.on == table);
        let Some(index) = of_table else {
            let message = format!("\"{}\" is not an index for this table", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        };
        let wrong = [
            (!["btree", "gist"].contains(&&*index.method), "the access method does not support clustering"),
            (index.predicate.is_some(), "it is a partial index"),
            (!index.valid, "it is an invalid index"),
        ];
        match wrong.into_iter().find(|(is, _)| *is) {
            Some((_, what)) => {
                let message = format!("cannot cluster on index \"{}\": {what}", relation.name);
                refused(SqlState::FEATURE_NOT_SUPPORTED, message)
            }
            None => Ok(()),
        }
    }
}
