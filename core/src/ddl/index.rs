//! `CREATE INDEX`, `ALTER INDEX`

use super::define_index::NewIndex;
use super::index_key::parts_of;
use super::storage::Storage;
use super::syntax::{name, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{AccessMethod, Oid, Relation, RelationKind, Space, SqlState};
use crate::sql::{ast, tree};

/// `INDEX_MAX_KEYS`
const MOST_COLUMNS: usize = 32;

impl Play<'_> {
    pub(super) fn create_index(&mut self, tree: &ast::CreateIndex) -> Result<(), Stop> {
        none(tree.tablespace_clause(), "a tablespace")?;
        let on = part(tree.table_relation_name())?;
        let only = on.only_token().is_some();
        let concurrently = tree.concurrently_token().is_some();
        if concurrently {
            self.outside_transactions("CREATE INDEX CONCURRENTLY")?;
        }
        let table = self.relation_found(&qualified(on.table_name_ref())?)?;
        let mode = if concurrently { LockMode::ShareUpdateExclusive } else { LockMode::Share };
        self.lock(table, mode);
        self.no_checks_wait(table, "CREATE INDEX")?;
        let relation = part(self.catalog.relation(table))?.clone();
        if relation.is_partitioned() && !only {
            for partition in self.inheritors(table) {
                self.lock(partition, mode);
            }
        }
        // Postgres reads the predicate and the expressions before it looks at anything else.
        let written = tree.where_clause().map(|clause| part(clause.expr())).transpose()?;
        let predicate = self.index_predicate(written.map(|written| tree::text(&written)).as_deref(), &relation)?;
        let items: Vec<ast::PartitionItem> = part(tree.partition_item_list())?.partition_items().collect();
        let mut read = Vec::with_capacity(items.len());
        for item in &items {
            read.push(self.read_key(parts_of(item)?.0, &relation)?);
        }
        let included: Vec<ast::PartitionItem> = match tree.index_include_clause() {
            Some(clause) => part(clause.partition_item_list())?.partition_items().collect(),
            None => Vec::new(),
        };
        if items.len() + included.len() > MOST_COLUMNS {
            let message = format!("cannot use more than {MOST_COLUMNS} columns in an index");
            return refused(SqlState::TOO_MANY_COLUMNS, message);
        }
        if !relation.is_table() && !matches!(relation.kind, RelationKind::MaterializedView(_)) {
            let message = format!("cannot create index on relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if relation.is_partitioned() && concurrently {
            let message = format!("cannot create index on partitioned table \"{}\" concurrently", relation.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let method = self.method_of(tree.using_method().map(|method| method.access_method_ref()))?;
        let unique = tree.unique_token().is_some();
        may_have(method, unique, items.len(), !included.is_empty())?;
        if method.name == "spgist" && !included.is_empty() && self.catalog.version() < PostgresVersion::V14 {
            let message = "access method \"spgist\" does not support included columns";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let predicate = predicate?;
        let with = Storage::Index(method.name)
            .read(self.catalog.version(), tree.with_params().and_then(|with| with.attribute_list()))?;
        let mut new = NewIndex {
            name: tree.index().map(|index| name(Some(index))).transpose()?,
            unique,
            nulls_not_distinct: matches!(
                tree.nulls_distinct_option(),
                Some(ast::NullsDistinctOption::NullsNotDistinct(_))
            ),
            method: method.name.to_owned(),
            keys: Vec::with_capacity(items.len()),
            words: Vec::new(),
            classes: Vec::new(),
            include: Vec::new(),
            predicate,
            with,
            constraint: None,
            parent: None,
        };
        for (read, item) in read.into_iter().zip(&items) {
            let written = self.written_key(read, item, &relation)?;
            let (key, class) = self.key_of(&written, &relation, method)?;
            new.add_key(key, &written.word, class.extension);
        }
        for item in &included {
            let (number, word) = self.included(item, &relation)?;
            new.include.push(number);
            new.add_word(&word);
        }
        if let Some(name) = &new.name
            && tree.if_not_exists().is_some()
            && self.catalog.named(Space::Relation, relation.schema, name).is_some()
        {
            return self.could_be_defined(&relation, &new);
        }
        self.define_index(table, &new, only, mode)?;
        Ok(())
    }

    /// Returns the access method of a name, or the usual one.
    pub(super) fn method_of(&self, written: Option<Option<ast::AccessMethodRef>>) -> Result<AccessMethod, Stop> {
        let method = match written {
            Some(method) => name(method)?,
            None => "btree".to_owned(),
        };
        match self.catalog.access_method(&method) {
            Some(found) => Ok(found),
            None => refused(SqlState::UNDEFINED_OBJECT, format!("access method \"{method}\" does not exist")),
        }
    }

    pub(super) fn alter_index(&mut self, tree: &ast::AlterIndex) -> Result<(), Stop> {
        none(tree.all_in_tablespace(), "ALL IN TABLESPACE")?;
        let written = qualified(tree.index_ref())?;
        let Some(oid) = self.names.find(&self.catalog, Space::Relation, &written) else {
            if tree.if_exists().is_some() {
                return Ok(());
            }
            self.relation_found(&written)?;
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
                let child = self.relation_found(&qualified(attach.index_ref())?)?;
                self.attach_index(oid, child)
            }
            Some(ast::AlterIndexAction::SetOptions(set)) => self.alter_index_options(oid, set.attribute_list(), false),
            Some(ast::AlterIndexAction::ResetOptions(reset)) => {
                self.alter_index_options(oid, reset.attribute_list(), true)
            }
            _ => unknown("this form of ALTER INDEX is outside the model"),
        }
    }
}

impl Play<'_> {
    /// Sets storage parameters of an index, or takes them away.
    pub(super) fn alter_index_options(
        &mut self,
        oid: Oid,
        list: Option<ast::AttributeList>,
        reset: bool,
    ) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(oid))?;
        let Some(index) = relation.as_index() else {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not an index", relation.name));
        };
        if self.catalog.relation(index.on).is_some_and(Relation::is_partitioned) {
            let message = format!("ALTER action SET cannot be performed on relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let storage = Storage::Index(&index.method);
        let (set, gone) = if reset {
            (Vec::new(), storage.names(list)?)
        } else {
            (storage.read(self.catalog.version(), list)?, Vec::new())
        };
        if let Some(relation) = self.catalog.relation_mut(oid) {
            change_options(&mut relation.options, set, &gone);
        }
        Ok(())
    }
}

/// Sets storage parameters, and takes others away.
pub(super) fn change_options(options: &mut Vec<(String, String)>, set: Vec<(String, String)>, gone: &[String]) {
    options.retain(|(name, _)| !gone.contains(name) && !set.iter().any(|(other, _)| other == name));
    options.extend(set);
}

/// Refuses what an access method cannot do.
pub(super) fn may_have(method: AccessMethod, unique: bool, keys: usize, includes: bool) -> Result<(), Stop> {
    let wrong = [
        (unique && !method.unique, "unique indexes"),
        (includes && !method.includes, "included columns"),
        (keys > 1 && !method.many_columns, "multicolumn indexes"),
    ];
    match wrong.into_iter().find(|(is, _)| *is) {
        Some((_, what)) => {
            let message = format!("access method \"{}\" does not support {what}", method.name);
            refused(SqlState::FEATURE_NOT_SUPPORTED, message)
        }
        None => Ok(()),
    }
}

/// Returns what stands in parentheses.
pub(super) fn bare(expression: ast::Expr) -> ast::Expr {
    match &expression {
        ast::Expr::ParenExpr(inside) => inside.expr().map_or(expression, bare),
        _ => expression,
    }
}
