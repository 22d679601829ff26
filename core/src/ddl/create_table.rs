//! `CREATE TABLE`

use super::column::NewColumn;
use super::constraint::Wanted;
use super::enum_type::blank;
use super::key;
use super::like::Like;
use super::sequence::persistence;
use super::storage::{of_new_table, of_partitioned};
use super::syntax::{none, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Oid, Persistence, RelationKind, Space, SqlState, TEMPORARY};
use crate::sql::ast::{self, AstNode};

impl Play<'_> {
    pub(super) fn create_table(&mut self, tree: &ast::CreateTable) -> Result<(), Stop> {
        none(tree.of_type(), "OF a type")?;
        none(tree.using_method(), "USING an access method")?;
        none(tree.tablespace_clause(), "a tablespace")?;
        let written = qualified(tree.table_name())?;
        let persistence = persistence(tree.persistence());
        let schema = if persistence == Persistence::Temporary {
            none(written.schema.as_ref(), "the schema of a temporary table")?;
            TEMPORARY
        } else {
            none(tree.on_commit(), "ON COMMIT of a table that stays")?;
            self.names.creation(&self.catalog, &written)?
        };
        let exists = self.catalog.named(Space::Relation, schema, &written.name).is_some();
        if exists && tree.if_not_exists().is_some() {
            return Ok(());
        }
        let unlogged = persistence == Persistence::Unlogged && self.catalog.version() >= PostgresVersion::V18;
        if unlogged && tree.partition_by().is_some() {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "partitioned tables cannot be unlogged");
        }
        if tree.inherits().is_some() && tree.partition_by().is_some() {
            let message = "cannot create partitioned table as inheritance child";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        if tree.partition_of().is_some() && tree.table_arg_list().is_some_and(|list| has_identity(&list)) {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "identity columns are not supported on partitions");
        }
        let partition_of = tree.partition_of().map(|of| self.partitioned_parent(&of)).transpose()?;
        let (mut columns, wanted, likes) = self.read_parts(tree.table_arg_list(), partition_of)?;
        for new in &wanted.not_nulls {
            let is_check = |name: &String| wanted.checks.iter().any(|check| check.name.as_ref() == Some(name));
            let parts = [tree.inherits().is_some(), tree.partition_by().is_some(), partition_of.is_some()];
            if parts.contains(&true) || !likes.is_empty() || new.name.as_ref().is_some_and(is_check) {
                return unknown("this NOT NULL as a constraint of the table");
            }
            new.say(&mut columns)?;
        }
        let keys = key::in_order(wanted.keys);
        let mut parents: Vec<Oid> = partition_of.into_iter().collect();
        if let Some(inherits) = tree.inherits() {
            parents = self.inherited_from(&inherits, persistence)?;
        }
        let is_inherited = |name: &str| {
            parents.iter().any(|oid| self.catalog.relation(*oid).is_some_and(|it| it.column(name).is_some()))
        };
        let has = |name: &str| columns.iter().any(|column| column.name == name) || is_inherited(name);
        let stays =
            |name: &String| columns.iter().any(|column| column.name == *name && column.said_not_null.no_inherit);
        if keys.iter().any(|key| key.primary && key.columns.iter().any(stays)) {
            let message = "conflicting NO INHERIT declaration for not-null constraint";
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        self.check_keys(&keys, &written.name, tree.partition_by().is_some(), has)?;

        let mut table = blank(self.catalog.allocate(), schema, &written.name, RelationKind::Table, Vec::new());
        table.persistence = persistence;
        // Sequences are made before the table that needs them.
        let sequences: Vec<Option<Oid>> =
            columns.iter().map(|column| self.make_sequence_for(&table, column)).collect::<Result<_, _>>()?;
        self.columns_may_be_as_many(columns.len())?;
        let made = self.columns_of(&columns)?;
        if let Some(parent) = partition_of {
            self.persistence_as_parent(parent, persistence)?;
        }
        let mut merged = self.merge_columns(&parents, &columns, made, partition_of.is_some())?;
        self.defaults_like(&likes, &columns, &mut merged)?;
        self.columns_may_be_as_many(merged.columns.len())?;
        table.columns.clone_from(&merged.columns);
        table.options = match tree.table_params() {
            Some(ast::TableParams::WithParams(with)) if tree.partition_by().is_some() => {
                of_partitioned(with.attribute_list(), self.catalog.version())?;
                Vec::new()
            }
            Some(ast::TableParams::WithParams(with)) => {
                of_new_table(with.attribute_list(), &table.columns, &self.catalog)?
            }
            _ => Vec::new(),
        };
        self.relation_name_is_free(schema, &written.name)?;
        self.relation_may_be_in(schema, &written.name)?;
        self.type_name_is_free(schema, &written.name)?;
        let oid = self.catalog.add_relation(table);
        for (at, (own, default)) in merged.own.iter().zip(&merged.defaults).enumerate() {
            let number = i16::try_from(at + 1).map_err(|_| Stop::unknown("too many columns"))?;
            if let Some(from) = default {
                self.inherit_default(*from, oid, number)?;
            }
            let Some((column, sequence)) = own.and_then(|own| columns.get(own).zip(sequences.get(own))) else {
                continue;
            };
            self.finish_column(oid, number, column, *sequence)?;
        }
        self.generated_from_plain(oid)?;
        self.inherit_checks(oid, &merged)?;
        if let Some(parent) = partition_of {
            self.take_bound(oid, parent, &part(tree.partition_type())?)?;
        }
        for parent in &parents {
            self.add_parent(oid, *parent)?;
        }
        if let Some(by) = tree.partition_by() {
            self.partition_by(oid, &by)?;
        }
        if let Some(parent) = partition_of {
            self.clone_from_parent(oid, parent)?;
        }
        self.add_checks(oid, &wanted.checks, false, false)?;
        for key in &keys {
            if key.primary {
                self.say_key_not_null(oid, &key.columns);
            }
            self.add_key(oid, key, false)?;
        }
        for foreign in &wanted.foreign_keys {
            self.add_foreign_key(oid, foreign, true, false)?;
        }
        likes.iter().try_for_each(|like| self.finish_like(oid, like))
    }

    /// Reads what stands in the parentheses.
    fn read_parts(
        &mut self,
        list: Option<ast::TableArgList>,
        partition_of: Option<Oid>,
    ) -> Result<(Vec<NewColumn>, Wanted, Vec<Like>), Stop> {
        let parent = partition_of.and_then(|oid| self.catalog.relation(oid)).cloned();
        let (mut columns, mut wanted, mut likes) = (Vec::new(), Wanted::default(), Vec::new());
        for argument in list.iter().flat_map(ast::TableArgList::args) {
            match argument {
                ast::TableArg::Column(column) => columns.push(match &parent {
                    Some(parent) => self.read_partition_column(&column, parent, &mut wanted)?,
                    None => self.read_column(&column, &mut wanted)?,
                }),
                ast::TableArg::TableConstraint(constraint) => {
                    let constraint = part(ast::Constraint::cast(constraint.syntax().clone()))?;
                    wanted.read(constraint, None)?;
                }
                ast::TableArg::LikeClause(_) if parent.is_some() => {
                    return unknown("LIKE in a partition");
                }
                ast::TableArg::LikeClause(clause) => likes.push(self.read_like(&clause, &mut columns)?),
            }
        }
        Ok((columns, wanted, likes))
    }
}

/// Returns whether one of the columns is to be an identity column.
fn has_identity(list: &ast::TableArgList) -> bool {
    let clauses = list.args().filter_map(|argument| match argument {
        ast::TableArg::Column(column) => Some(column),
        _ => None,
    });
    clauses.flat_map(|column| column.clauses().collect::<Vec<_>>()).any(|clause| {
        let constraint = match clause {
            ast::ColumnClause::ColumnConstraint(constraint) => ast::Constraint::cast(constraint.syntax().clone()),
            _ => None,
        };
        match constraint {
            Some(ast::Constraint::GeneratedConstraint(constraint)) => {
                matches!(constraint.generated_as(), Some(ast::GeneratedAs::GeneratedIdentity(_)))
            }
            _ => false,
        }
    })
}
