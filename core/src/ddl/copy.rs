//! `COPY`: names and columns; what the rows are is not looked at.

use super::copy_options::{Options, copied_columns};
use super::syntax::{names, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{RelationKind, SqlState};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn copy(&mut self, tree: &ast::Copy) -> Result<(), Stop> {
        none(tree.copy_query(), "COPY of a query")?;
        none(tree.where_clause(), "WHERE of COPY")?;
        let table = part(tree.copy_table())?;
        let into = matches!(tree.copy_direction(), Some(ast::CopyDirection::CopyFrom(_)));
        let oid = self.relation_found(&qualified(table.table_name_ref())?)?;
        self.lock(oid, if into { LockMode::RowExclusive } else { LockMode::AccessShare });
        let relation = part(self.catalog.relation(oid))?;
        let columns = match table.column_ref_list() {
            Some(list) => names(list.column_name_refs())?,
            None => Vec::new(),
        };
        copied_columns(relation, &columns)?;
        let options = Options::read(tree)?;
        if into {
            options.check(self.catalog.version(), into)?;
            options.check_columns(relation, &columns)?;
        }
        let is_table = match &relation.kind {
            RelationKind::Table => true,
            RelationKind::Partitioned(_) => into,
            RelationKind::MaterializedView(view) if !into && self.catalog.version() >= PostgresVersion::V18 => {
                if !view.filled {
                    let message = format!("cannot copy from unpopulated materialized view \"{}\"", relation.name);
                    return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                }
                true
            }
            RelationKind::View(_) if into && self.catalog.triggers_of(oid).next().is_some() => {
                return unknown("COPY into a view with triggers");
            }
            _ => false,
        };
        if !is_table {
            let message = format!("cannot copy {} \"{}\"", relation.word(), relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if !into {
            options.check(self.catalog.version(), into)?;
            options.check_columns(relation, &columns)?;
            self.ledger.scan(oid);
            return Ok(());
        }
        for table in std::iter::once(oid).chain(self.inheritors(oid)) {
            if let Some(relation) = self.catalog.relation_mut(table) {
                relation.may_have_rows();
            }
        }
        Ok(())
    }
}
