//! `CREATE INDEX`

use super::define_index::NewIndex;
use super::syntax::{name, none, options, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{IndexKey, KeyOf, Relation, RelationKind, Space, SqlState};
use crate::expression::Place;
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(super) fn create_index(&mut self, tree: &ast::CreateIndex) -> Result<(), Stop> {
        none(tree.tablespace_clause(), "a tablespace")?;
        let on = part(tree.table_relation_name())?;
        let only = on.only_token().is_some();
        let concurrently = tree.concurrently_token().is_some();
        if concurrently {
            self.outside_transactions("CREATE INDEX CONCURRENTLY")?;
        }
        let table = self.names.relation(&self.catalog, &qualified(on.table_name_ref())?)?;
        let mode = if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share };
        self.lock(table, mode);
        let relation = part(self.catalog.relation(table))?;
        if !relation.is_table() && !matches!(relation.kind, RelationKind::MaterializedView(_)) {
            let message = format!("cannot create index on relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if relation.is_partitioned() && concurrently {
            let message = format!("cannot create index on partitioned table \"{}\" concurrently", relation.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let schema = relation.schema;
        if relation.is_partitioned() && !only {
            for partition in self.inheritors(table) {
                self.lock(partition, mode);
            }
        }
        let relation = part(self.catalog.relation(table))?;
        let given = tree.index().map(|index| name(Some(index))).transpose()?;
        let method = match tree.using_method() {
            Some(method) => name(method.access_method_ref())?,
            None => "btree".to_owned(),
        };
        if !["btree", "hash", "gin", "gist", "brin", "spgist"].contains(&method.as_str()) {
            let message = format!("access method \"{method}\" does not exist");
            return refused(SqlState::UNDEFINED_OBJECT, message);
        }
        if let Some(name) = &given
            && tree.if_not_exists().is_some()
            && self.catalog.named(Space::Relation, schema, name).is_some()
        {
            return Ok(());
        }
        let unique = tree.unique_token().is_some();
        if unique && method != "btree" {
            let message = format!("access method \"{method}\" does not support unique indexes");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let mut keys = Vec::new();
        for item in part(tree.partition_item_list())?.partition_items() {
            keys.push(self.index_key(&item, relation, &method)?);
        }
        if keys.len() > 1 && ["hash", "spgist"].contains(&method.as_str()) {
            let message = format!("access method \"{method}\" does not support multicolumn indexes");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let mut include = Vec::new();
        if let Some(clause) = tree.index_include_clause() {
            if !["btree", "gist", "spgist"].contains(&method.as_str()) {
                let message = format!("access method \"{method}\" does not support included columns");
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            for item in part(clause.partition_item_list())?.partition_items() {
                let Some(ast::Expr::NameRef(column)) = item.expr() else {
                    let message = "expressions are not supported in included columns";
                    return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                };
                include.push(self.number(relation, &name(Some(column))?)?);
            }
        }
        let predicate = match tree.where_clause() {
            Some(clause) => {
                let written = tree::text(&part(clause.expr())?);
                Some(self.formula(&written, relation, Place::IndexPredicate)?)
            }
            None => None,
        };
        let nulls_not_distinct =
            matches!(tree.nulls_distinct_option(), Some(ast::NullsDistinctOption::NullsNotDistinct(_)));
        let new = NewIndex {
            name: given,
            unique,
            nulls_not_distinct,
            method,
            keys,
            include,
            predicate,
            with: options(tree.with_params().and_then(|with| with.attribute_list()))?,
            constraint: None,
            parent: None,
        };
        self.define_index(table, &new, only, mode)?;
        Ok(())
    }

    pub(super) fn alter_index(&mut self, tree: &ast::AlterIndex) -> Result<(), Stop> {
        none(tree.all_in_tablespace(), "ALL IN TABLESPACE")?;
        let written = qualified(tree.index_ref())?;
        let Some(oid) = self.names.find(&self.catalog, Space::Relation, &written) else {
            if tree.if_exists().is_some() {
                return Ok(());
            }
            self.names.relation(&self.catalog, &written)?;
            return Ok(());
        };
        match tree.action() {
            Some(ast::AlterIndexAction::IndexRenameTo(to)) => {
                let is_index = self.catalog.relation(oid).is_some_and(|relation| relation.as_index().is_some());
                // It renames whatever has the name, under the lock that this takes.
                let mode = if is_index { LockMode::ShareUpdateExclusive } else { LockMode::AccessExclusive };
                self.rename_relation(oid, &name(to.index())?, mode)
            }
            Some(ast::AlterIndexAction::AttachIndexPartition(attach)) => {
                let child = self.names.relation(&self.catalog, &qualified(attach.index_ref())?)?;
                self.attach_index(oid, child)
            }
            _ => unknown("this form of ALTER INDEX is outside the model"),
        }
    }

    fn index_key(&self, item: &ast::PartitionItem, relation: &Relation, method: &str) -> Result<IndexKey, Stop> {
        none(item.attribute_list(), "options of an operator class")?;
        none(item.op_class_ref(), "an operator class")?;
        none(item.collate(), "the collation of an index key")?;
        let expression = part(item.expr())?;
        let of = match &bare(expression) {
            ast::Expr::NameRef(reference) => KeyOf::Column(self.number(relation, &name(Some(reference.clone()))?)?),
            other => {
                let formula = self.formula(&tree::text(other), relation, Place::IndexKey)?;
                formula.as_column().map_or(KeyOf::Expression(formula), KeyOf::Column)
            }
        };
        let value = match &of {
            KeyOf::Column(number) => part(relation.numbered(*number))?.of,
            KeyOf::Expression(formula) => formula.tree.of,
        };
        if method == "btree" {
            self.can_be_sorted(value)?;
        } else {
            return unknown("an index by another method than btree");
        }
        let descending = matches!(item.sort_order(), Some(order) if tree::text(&order).eq_ignore_ascii_case("desc"));
        let nulls_first = match item.nulls_order() {
            Some(order) => tree::text(&order).to_ascii_lowercase().contains("first"),
            None => descending,
        };
        Ok(IndexKey { descending, nulls_first, ..IndexKey::plain(of) })
    }

    /// Returns the number of the column of a name.
    pub(super) fn number(&self, relation: &Relation, name: &str) -> Result<i16, Stop> {
        match relation.column(name) {
            Some(column) => Ok(column.number),
            None => refused(SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist")),
        }
    }
}

/// Returns what stands in parentheses.
pub(super) fn bare(expression: ast::Expr) -> ast::Expr {
    match &expression {
        ast::Expr::ParenExpr(inside) => inside.expr().map_or(expression, bare),
        _ => expression,
    }
}
