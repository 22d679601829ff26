//! `CREATE MATERIALIZED VIEW`, `ALTER MATERIALIZED VIEW`, `REFRESH`, `DROP MATERIALIZED VIEW`

use std::sync::Arc;

use super::storage::of_new_table;
use super::syntax::{behavior, name, names, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Persistence, Relation, RelationKind, Rows, Space, SqlState, View};
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(super) fn create_materialized_view(&mut self, tree: &ast::CreateMaterializedView) -> Result<(), Stop> {
        none(tree.using_method(), "USING an access method")?;
        none(tree.tablespace_clause(), "a tablespace")?;
        let written = qualified(tree.view())?;
        let text = tree::text(&part(tree.query())?);
        let query = self.query(&text)?;
        if query.relations().iter().any(|oid| self.catalog.is_temporary(*oid)) {
            let message = "materialized views must not use temporary tables or views";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let schema = self.names.creation(&self.catalog, &written)?;
        if tree.if_not_exists().is_some() && self.catalog.named(Space::Relation, schema, &written.name).is_some() {
            return Ok(());
        }
        self.relation_name_is_free(schema, &written.name)?;
        self.relation_may_be_in(schema, &written.name)?;
        let listed = tree.column_list().map(|list| names(list.column_names())).transpose()?.unwrap_or_default();
        let filled = !matches!(tree.data_option(), Some(ast::DataOption::WithNoData(_)));
        if filled {
            self.run_query(&query)?;
        }
        if listed.len() > query.outputs().count() {
            return refused(SqlState::SYNTAX_ERROR, "too many column names were specified");
        }
        let columns = self.columns_from(&query, &listed)?;
        let options = of_new_table(tree.with_params().and_then(|with| with.attribute_list()), &columns, &self.catalog)?;
        let kind = |rule| {
            let (written, query) = (text.as_str().into(), Arc::new(query));
            RelationKind::MaterializedView(View { rule, written, query, filled })
        };
        let oid = self.make_view(&written, schema, Persistence::Permanent, columns, options, kind)?;
        if let Some(relation) = self.catalog.relation_mut(oid) {
            relation.rows = if filled { Rows::Perhaps } else { Rows::None };
        }
        Ok(())
    }

    pub(super) fn drop_materialized_view(&mut self, tree: &ast::DropMaterializedView) -> Result<(), Stop> {
        let names = tree.view_refs().map(|name| qualified(Some(name)));
        let is_one = |relation: &Relation| matches!(relation.kind, RelationKind::MaterializedView(_));
        let if_exists = tree.if_exists().is_some();
        self.drop_relations(names, is_one, "materialized view", if_exists, behavior(tree.drop_behavior()))
    }

    pub(super) fn alter_materialized_view(&mut self, tree: &ast::AlterMaterializedView) -> Result<(), Stop> {
        none(tree.all_in_tablespace(), "ALL IN TABLESPACE")?;
        let written = qualified(tree.view_ref())?;
        let Some(oid) = self.names.find(&self.catalog, Space::Relation, &written) else {
            if tree.if_exists().is_some() {
                return Ok(());
            }
            self.names.relation(&self.catalog, &written)?;
            return Ok(());
        };
        let relation = part(self.catalog.relation(oid))?;
        if !matches!(relation.kind, RelationKind::MaterializedView(_)) {
            let message = format!("\"{}\" is not a materialized view", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let actions: Vec<ast::AlterMaterializedViewAction> = tree.action().collect();
        let [action] = actions.as_slice() else {
            return unknown("several changes of a materialized view");
        };
        match action {
            ast::AlterMaterializedViewAction::ViewRenameTo(to) => {
                self.rename_relation(oid, &name(to.view())?, LockMode::AccessExclusive)
            }
            ast::AlterMaterializedViewAction::SetSchema(to) => self.set_schema_of(oid, &name(to.schema_ref())?),
            ast::AlterMaterializedViewAction::RenameColumn(to) => {
                self.rename_column(oid, &name(to.column_name_ref())?, &name(to.column_name())?, false)
            }
            ast::AlterMaterializedViewAction::AlterTableAction(ast::AlterTableAction::SetOptions(action)) => {
                self.lock(oid, LockMode::ShareUpdateExclusive);
                let new = self.storage_parameters(oid, action.attribute_list())?;
                if new.iter().any(|(name, _)| name != "fillfactor" && !name.starts_with("autovacuum_")) {
                    return unknown("this storage parameter of a materialized view");
                }
                let relation = part(self.catalog.relation_mut(oid))?;
                for (name, value) in new {
                    relation.options.retain(|(other, _)| *other != name);
                    relation.options.push((name, value));
                }
                Ok(())
            }
            _ => unknown("this form of ALTER MATERIALIZED VIEW"),
        }
    }

    /// `ExecRefreshMatView`
    pub(super) fn refresh(&mut self, tree: &ast::Refresh) -> Result<(), Stop> {
        let concurrently = tree.concurrently_token().is_some();
        let filled = !matches!(tree.data_option(), Some(ast::DataOption::WithNoData(_)));
        let oid = self.relation_found(&qualified(tree.view_ref())?)?;
        let relation = part(self.catalog.relation(oid))?.clone();
        let RelationKind::MaterializedView(view) = &relation.kind else {
            return if relation.is_table() {
                refused(SqlState::FEATURE_NOT_SUPPORTED, format!("\"{}\" is not a materialized view", relation.name))
            } else {
                let message = format!("\"{}\" is not a table or materialized view", relation.name);
                refused(SqlState::WRONG_OBJECT_TYPE, message)
            };
        };
        self.lock(oid, if concurrently { LockMode::Exclusive } else { LockMode::AccessExclusive });
        if concurrently && !view.filled {
            let message = "CONCURRENTLY cannot be used when the materialized view is not populated";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if concurrently && !filled {
            let message = "REFRESH options CONCURRENTLY and WITH NO DATA cannot be used together";
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        if concurrently {
            let tells = |oid: &crate::catalog::Oid| {
                let index = self.catalog.relation(*oid).and_then(Relation::as_index);
                index.is_some_and(|index| {
                    index.unique
                        && index.valid
                        && index.predicate.is_none()
                        && index.key_columns().all(|column| column.is_some())
                })
            };
            if !relation.indexes.iter().any(tells) {
                let message = format!("cannot refresh materialized view \"{}\" concurrently", relation.name);
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
        } else {
            self.ledger.rewrite(oid);
        }
        if filled {
            self.lock_read(&view.query);
            self.run_query(&view.query)?;
        }
        let unique = relation.indexes.iter().filter_map(|oid| self.catalog.relation(*oid)?.as_index());
        if filled && unique.into_iter().any(|index| index.unique) {
            let message = format!("rows of \"{}\" are not unique", relation.name);
            let refusal = crate::catalog::Refusal::new(SqlState::UNIQUE_VIOLATION, message);
            self.ledger.may_raise.push((refusal, oid));
        }
        let changed = part(self.catalog.relation_mut(oid))?;
        if let RelationKind::MaterializedView(view) = &mut changed.kind {
            view.filled = filled;
        }
        changed.rows = if filled { Rows::Perhaps } else { Rows::None };
        Ok(())
    }
}
