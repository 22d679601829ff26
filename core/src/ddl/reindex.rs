//! `REINDEX`

use super::syntax::{name, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Oid, Relation, RelationKind, SqlState, schema_named};
use crate::sql::ast::{self, ReindexTarget as T};

impl Play<'_> {
    pub(super) fn reindex(&mut self, tree: &ast::Reindex) -> Result<(), Stop> {
        let options = tree.reindex_option_list().into_iter().flat_map(|list| list.reindex_options());
        let mut concurrently = false;
        for option in options {
            match option {
                ast::ReindexOption::ReindexOptionConcurrently(_) => concurrently = true,
                ast::ReindexOption::ReindexOptionTablespace(_) => return unknown("a tablespace is outside the model"),
                ast::ReindexOption::ReindexOptionVerbose(_) => {}
            }
        }
        match part(tree.reindex_target())? {
            T::ReindexTargetTable(target) => {
                let concurrently =
                    self.reindexes_concurrently(concurrently || target.concurrently_token().is_some())?;
                let written = qualified(target.table_name_ref())?;
                let oid = self.relation_found(&written)?;
                let relation = part(self.catalog.relation(oid))?;
                if !relation.is_table() && !matches!(relation.kind, RelationKind::MaterializedView(_)) {
                    let message = format!("\"{}\" is not a table or materialized view", written.name);
                    return refused(SqlState::WRONG_OBJECT_TYPE, message);
                }
                if relation.is_partitioned() {
                    self.outside_transactions("REINDEX TABLE")?;
                }
                for table in self.with_partitions(oid) {
                    self.reindex_table(table, concurrently)?;
                }
                Ok(())
            }
            T::ReindexTargetIndex(target) => {
                let concurrently =
                    self.reindexes_concurrently(concurrently || target.concurrently_token().is_some())?;
                let written = qualified(target.index_ref())?;
                let oid = self.relation_found(&written)?;
                let Some(index) = self.catalog.relation(oid).and_then(Relation::as_index) else {
                    let message = format!("\"{}\" is not an index", written.name);
                    return refused(SqlState::WRONG_OBJECT_TYPE, message);
                };
                let on = index.on;
                if self.catalog.relation(on).is_some_and(Relation::is_partitioned) {
                    self.outside_transactions("REINDEX INDEX")?;
                    for (table, index) in self.parts_of_index(oid) {
                        self.read_for_index(table, concurrently);
                        self.make_valid(index);
                    }
                    return Ok(());
                }
                self.read_for_index(on, concurrently);
                self.make_valid(oid);
                Ok(())
            }
            T::ReindexTargetSchema(target) => {
                let concurrently =
                    self.reindexes_concurrently(concurrently || target.concurrently_token().is_some())?;
                self.outside_transactions("REINDEX SCHEMA")?;
                let schema = schema_named(&self.catalog, &name(target.schema_ref())?)?;
                self.reindex_all(Some(schema), concurrently)
            }
            T::ReindexTargetDatabase(target) => {
                self.database_to_reindex(target.database_ref().is_some())?;
                let concurrently =
                    self.reindexes_concurrently(concurrently || target.concurrently_token().is_some())?;
                self.outside_transactions("REINDEX DATABASE")?;
                if target.database_ref().is_some() {
                    return unknown("whether the database has this name");
                }
                self.reindex_all(None, concurrently)
            }
            T::ReindexTargetSystem(target) => {
                self.database_to_reindex(target.database_ref().is_some())?;
                let concurrently =
                    self.reindexes_concurrently(concurrently || target.concurrently_token().is_some())?;
                self.outside_transactions("REINDEX SYSTEM")?;
                if concurrently {
                    let message = "cannot reindex system catalogs concurrently";
                    return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                }
                if target.database_ref().is_some() {
                    return unknown("whether the database has this name");
                }
                Ok(())
            }
        }
    }

    /// Refuses what does not say which database it means, as it had to before 16.
    fn database_to_reindex(&self, is_named: bool) -> Result<(), Stop> {
        if is_named || self.catalog.version() >= PostgresVersion::V16 {
            return Ok(());
        }
        refused(SqlState::SYNTAX_ERROR, "syntax error at end of statement")
    }

    /// Returns the indexes that hold the rows of an index of a partitioned table, each with its table.
    pub(super) fn parts_of_index(&self, index: Oid) -> Vec<(Oid, Oid)> {
        let (mut found, mut above) = (Vec::new(), vec![index]);
        while let Some(whole) = above.pop() {
            let all = self.catalog.relations().filter_map(|relation| Some((relation.oid, relation.as_index()?)));
            for (oid, part) in all.filter(|(_, it)| it.parent == Some(whole)) {
                match self.catalog.relation(part.on).is_some_and(Relation::is_partitioned) {
                    true => above.push(oid),
                    false => found.push((part.on, oid)),
                }
            }
        }
        found
    }

    fn reindexes_concurrently(&self, concurrently: bool) -> Result<bool, Stop> {
        if concurrently {
            self.outside_transactions("REINDEX CONCURRENTLY")?;
        }
        Ok(concurrently)
    }

    fn reindex_all(&mut self, schema: Option<Oid>, concurrently: bool) -> Result<(), Stop> {
        let is_there = |relation: &&Relation| {
            let has_indexes = matches!(relation.kind, RelationKind::Table | RelationKind::MaterializedView(_));
            has_indexes && schema.is_none_or(|schema| relation.schema == schema)
        };
        let all: Vec<Oid> = self.catalog.relations().filter(is_there).map(|relation| relation.oid).collect();
        all.into_iter().try_for_each(|table| self.reindex_table(table, concurrently))
    }

    /// Returns a table, or the partitions that hold the rows of it.
    pub(super) fn with_partitions(&self, table: Oid) -> Vec<Oid> {
        if !self.catalog.relation(table).is_some_and(Relation::is_partitioned) {
            return vec![table];
        }
        let below = self.inheritors(table);
        below.into_iter().filter(|oid| !self.catalog.relation(*oid).is_some_and(Relation::is_partitioned)).collect()
    }

    fn reindex_table(&mut self, table: Oid, concurrently: bool) -> Result<(), Stop> {
        let indexes = part(self.catalog.relation(table))?.indexes.clone();
        self.lock(table, if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share });
        if !indexes.is_empty() {
            self.read_for_index(table, concurrently);
        }
        indexes.into_iter().for_each(|index| self.make_valid(index));
        Ok(())
    }

    fn read_for_index(&mut self, table: Oid, concurrently: bool) {
        self.lock(table, if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share });
        self.ledger.scan(table);
    }

    fn make_valid(&mut self, index: Oid) {
        if let Some(RelationKind::Index(index)) = self.catalog.relation_mut(index).map(|relation| &mut relation.kind) {
            index.valid = true;
        }
    }
}
