//! `CLUSTER`, and the index that it goes by.

use super::syntax::{name, part, qualified};
use super::{LockMode, Play, Stop, refused};
use crate::PostgresVersion;
use crate::catalog::{Oid, Relation, RelationKind, Space, SqlState};
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(super) fn cluster(&mut self, tree: &ast::Cluster) -> Result<(), Stop> {
        for option in tree.option_item_list().into_iter().flat_map(|list| list.option_items()) {
            let option = tree::text(&part(option.option_item_key())?).to_ascii_lowercase();
            if option != "verbose" {
                return refused(SqlState::SYNTAX_ERROR, format!("unrecognized CLUSTER option \"{option}\""));
            }
        }
        // The index stands first in what CLUSTER understood before it had USING.
        let (table, by) = match tree.cluster_legacy() {
            Some(legacy) => (legacy.on_path().and_then(|on| on.table_name_ref()), legacy.index_ref()),
            None => (tree.table_name_ref(), tree.cluster_using_index().and_then(|using| using.index_ref())),
        };
        let Some(table) = table else { return self.cluster_all() };
        let written = qualified(Some(table))?;
        let table = self.relation_found(&written)?;
        let relation = part(self.catalog.relation(table))?;
        if !relation.is_table() && !matches!(relation.kind, RelationKind::MaterializedView(_)) {
            let message = format!("\"{}\" is not a table or materialized view", written.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        self.lock(table, LockMode::AccessExclusive);
        if part(self.catalog.relation(table))?.is_partitioned() && self.catalog.version() < PostgresVersion::V15 {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "cannot cluster a partitioned table");
        }
        let index = match by {
            Some(by) => self.index_of_table(table, &name(Some(by))?)?,
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
            self.can_be_clustered_by(table, index)?;
            for (partition, index) in self.parts_of_index(index) {
                self.cluster_one(partition, index);
            }
            return Ok(());
        }
        self.no_checks_wait(table, "CLUSTER")?;
        self.can_be_clustered_by(table, index)?;
        self.cluster_one(table, index);
        Ok(())
    }

    fn cluster_one(&mut self, table: Oid, index: Oid) {
        self.lock(table, LockMode::AccessExclusive);
        self.set_clustered(table, Some(index));
        self.ledger.rewrite(table);
        self.ledger.scan(table);
    }

    /// Sorts every table that CLUSTER sorted before, or that was told by which index.
    fn cluster_all(&mut self) -> Result<(), Stop> {
        self.outside_transactions("CLUSTER")?;
        let indexes = self.catalog.relations().filter_map(|relation| Some((relation.oid, relation.as_index()?)));
        let by: Vec<(Oid, Oid)> =
            indexes.filter(|(_, index)| index.clustered).map(|(oid, index)| (index.on, oid)).collect();
        for (table, index) in by {
            self.cluster_one(table, index);
        }
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
