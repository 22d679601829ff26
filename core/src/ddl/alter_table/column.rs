//! `ALTER COLUMN`: default, nulls, statistics, storage.

use super::Reach;
use crate::PostgresVersion;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::types::storage;
use crate::catalog::{Address, Class, Column, ConstraintKind, Oid, Refusal, Rows, SqlState};
use crate::ddl::index::change_options;
use crate::ddl::not_null::SaidNotNull;
use crate::ddl::storage::Storage;
use crate::ddl::syntax::{integer, part};
use crate::ddl::{Play, Stop, refused, unknown};
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(in crate::ddl) fn set_default(
        &mut self,
        table: Oid,
        column: &str,
        value: Option<ast::Expr>,
    ) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let found = part(relation.numbered(number))?;
        if found.identity.is_some() {
            let message = format!("column \"{column}\" of relation \"{}\" is an identity column", relation.name);
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        if found.default.as_ref().is_some_and(|default| default.generated) {
            let message = format!("column \"{column}\" of relation \"{}\" is a generated column", relation.name);
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        if let Some(old) = found.default.as_ref().map(|default| default.oid) {
            self.catalog.drop_all(&[Address::of(Class::Default, old)], crate::catalog::Behavior::Restrict)?;
        }
        match value {
            Some(value) => self.make_default(table, number, &tree::text(&value), None),
            None => Ok(()),
        }
    }

    /// `ATPrepSetNotNull`: what a partitioned table has, its partitions have.
    pub(super) fn set_not_null(&mut self, table: Oid, column: &str, reach: Reach) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let is_partitioned = relation.is_partitioned();
        let has_it = part(relation.numbered(number))?.not_null;
        if self.names_not_nulls() {
            if has_it && self.not_null_of(table, number).is_some_and(|known| known.no_inherit) {
                return unknown("a constraint that children do not get");
            }
            if self.may_hold_nulls(table, number) {
                return self.validate_not_null(table, number);
            }
            let no_inherit = reach.only && !is_partitioned && !self.children(table).is_empty();
            self.say_not_null(table, number, SaidNotNull { local: true, no_inherit, ..SaidNotNull::default() });
        }
        if has_it && (is_partitioned || self.names_not_nulls()) {
            return Ok(());
        }
        if reach.only && is_partitioned && self.names_not_nulls() && !self.children(table).is_empty() {
            let message = "constraint must be added to child tables too";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        if reach.only && is_partitioned {
            return self.set_not_null_of_only(table, column, reach);
        }
        for oid in self.reached(table, reach) {
            self.set_not_null_of(oid, column)?;
        }
        Ok(())
    }

    /// Marks a column of a partitioned table alone, which takes that no partition lets nulls in.
    pub(super) fn set_not_null_of_only(&mut self, table: Oid, column: &str, reach: Reach) -> Result<(), Stop> {
        for child in self.inheritors(table) {
            self.lock(child, reach.mode);
            let relation = part(self.catalog.relation(child))?;
            if !part(relation.column(column))?.not_null {
                let message = "constraint must be added to child tables too";
                return refused(SqlState::INVALID_TABLE_DEFINITION, message);
            }
        }
        self.set_not_null_of(table, column)
    }

    fn set_not_null_of(&mut self, table: Oid, column: &str) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        if part(relation.numbered(number))?.not_null {
            return Ok(());
        }
        self.look_for_nulls(table, number, true)?;
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.not_null = true;
        }
        Ok(())
    }

    /// Reads a table for nulls in a column, unless a check proves that there are none and `may_be_proven`.
    pub(in crate::ddl) fn look_for_nulls(&mut self, table: Oid, number: i16, may_be_proven: bool) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let proven = self.catalog.constraints_of(table).into_iter().any(|constraint| match &constraint.kind {
            ConstraintKind::Check(formula) => constraint.validated && proves_not_null(&formula.tree, number),
            _ => false,
        });
        if (proven && may_be_proven) || relation.is_partitioned() {
            return Ok(());
        }
        if relation.rows == Rows::Perhaps {
            let column = &part(relation.numbered(number))?.name;
            let message = format!("column \"{column}\" of relation \"{}\" contains null values", relation.name);
            let refusal = Refusal::new(SqlState::NOT_NULL_VIOLATION, message);
            self.by_rows(table, self.some_row_is_null(table, number), refusal)?;
        }
        self.ledger.scan(table);
        Ok(())
    }

    pub(super) fn drop_not_null(&mut self, table: Oid, column: &str, reach: Reach) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        if self.names_not_nulls() {
            let number = self.column_number(table, column)?;
            return self.drop_not_null_constraint(table, number, reach);
        }
        if reach.only && relation.is_partitioned() && !relation.children.is_empty() {
            let message = "cannot remove constraint from only the partitioned table when partitions exist";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for oid in self.reached(table, reach) {
            self.drop_not_null_of(oid, column)?;
        }
        Ok(())
    }

    /// `ATExecDropNotNull`, since 18.
    fn drop_not_null_constraint(&mut self, table: Oid, number: i16, reach: Reach) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let found = part(relation.numbered(number))?;
        let column = &found.name;
        if !found.not_null {
            return Ok(());
        }
        if found.identity.is_some() {
            let message = format!("column \"{column}\" of relation \"{}\" is an identity column", relation.name);
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        let above = relation.parents.first().filter(|_| relation.is_partition());
        let above = above.and_then(|parent| self.catalog.relation(*parent)?.column(column));
        if above.is_some_and(|above| above.not_null) {
            let message = format!("column \"{column}\" is marked NOT NULL in parent table");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        self.drop_kept_not_null(table, number, reach, false)
    }

    fn drop_not_null_of(&mut self, table: Oid, column: &str) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let found = part(relation.numbered(number))?;
        if !found.not_null {
            return Ok(());
        }
        if found.identity.is_some() {
            let message = format!("column \"{column}\" of relation \"{}\" is an identity column", relation.name);
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        let in_primary_key = self.catalog.constraints_of(table).into_iter().any(|constraint| {
            matches!(&constraint.kind, ConstraintKind::Key { columns, .. } if columns.contains(&number))
                && constraint.is_primary()
        });
        if in_primary_key {
            let message = format!("column \"{column}\" is in a primary key");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        let above = relation.parents.first().filter(|_| relation.is_partition());
        let above = above.and_then(|parent| self.catalog.relation(*parent)?.column(column));
        if above.is_some_and(|above| above.not_null) {
            let message = format!("column \"{column}\" is marked NOT NULL in parent table");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.not_null = false;
        }
        Ok(())
    }

    pub(super) fn set_statistics(&mut self, table: Oid, column: &str, option: &ast::SetStatistics) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let target = integer(option.expr())?;
        if target < -1 {
            let message = format!("statistics target {target} is too low");
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        let target = i32::try_from(target.min(10_000)).unwrap_or(10_000);
        if part(self.catalog.relation(table))?.numbered(number).is_some_and(Column::is_virtual) {
            let message = format!("cannot alter statistics on virtual generated column \"{column}\"");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.statistics = (target >= 0).then_some(target);
        }
        Ok(())
    }

    /// `ATExecSetStorage`
    pub(super) fn set_storage(&mut self, table: Oid, column: &str, option: &ast::SetStorage) -> Result<(), Stop> {
        const MODES: [&str; 4] = ["plain", "main", "external", "extended"];
        let text = tree::text(&part(option.storage_mode())?);
        let written = text.trim_matches('"').to_ascii_lowercase();
        // The word of the grammar, and the same in quotes.
        let is_default = written == "default" && self.catalog.version() >= PostgresVersion::V16;
        if written == "default" && !is_default && !text.starts_with('"') {
            return refused(SqlState::SYNTAX_ERROR, "syntax error at or near \"DEFAULT\"");
        }
        let Some(mode) = MODES.into_iter().find(|mode| *mode == written).or(is_default.then_some("plain")) else {
            return refused(SqlState::INVALID_PARAMETER_VALUE, format!("invalid storage type \"{written}\""));
        };
        let number = self.column_number(table, column)?;
        let of = part(part(self.catalog.relation(table))?.numbered(number))?.of;
        let own = storage(&self.catalog, of.oid);
        let mode = if is_default { own } else { mode };
        if own == "plain" && mode != own {
            let of = self.names.spelled(&self.catalog, of);
            let message = format!("column data type {of} can only have storage PLAIN");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.storage = (mode != own).then_some(mode);
        }
        Ok(())
    }

    /// `ATExecSetCompression`
    pub(super) fn set_compression(
        &mut self,
        table: Oid,
        column: &str,
        option: &ast::SetCompression,
    ) -> Result<(), Stop> {
        let written = tree::text(&part(option.compression_method_name())?).to_ascii_lowercase();
        let number = self.column_number(table, column)?;
        let of = part(part(self.catalog.relation(table))?.numbered(number))?.of;
        if storage(&self.catalog, of.oid) == "plain" && written != "default" {
            let of = self.names.spelled(&self.catalog, of);
            let message = format!("column data type {of} does not support compression");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if !["pglz", "lz4", "default"].contains(&written.as_str()) {
            let message = format!("invalid compression method \"{written}\"");
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.compression = (written != "default").then(|| written.into());
        }
        Ok(())
    }

    /// Sets options of a column, or takes them away.
    pub(super) fn set_options(
        &mut self,
        table: Oid,
        column: &str,
        list: Option<ast::AttributeList>,
        reset: bool,
    ) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let (set, gone) = match reset {
            true => (Vec::new(), Storage::Column.names(list)?),
            false => (Storage::Column.read(self.catalog.version(), list)?, Vec::new()),
        };
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            change_options(&mut found.options, set, &gone);
        }
        Ok(())
    }

    pub(super) fn drop_expression(
        &mut self,
        table: Oid,
        column: &str,
        if_exists: bool,
        reach: Reach,
    ) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        // Postgres 15 reaches no children of children.
        let has_children = |oid: &Oid| !self.children(*oid).is_empty();
        let stays_behind =
            if reach.only { has_children(&table) } else { self.children(table).iter().any(has_children) };
        if stays_behind {
            let message = "ALTER TABLE / DROP EXPRESSION must be applied to child tables too";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if part(relation.numbered(number))?.inherited > 0 {
            let message = "cannot drop generation expression from inherited column";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for oid in self.reached(table, reach) {
            self.drop_expression_of(oid, column, if_exists)?;
        }
        Ok(())
    }

    fn drop_expression_of(&mut self, table: Oid, column: &str, if_exists: bool) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let default = part(relation.numbered(number))?.default.as_ref().filter(|default| default.generated);
        let Some(default) = default else {
            if if_exists {
                return Ok(());
            }
            let message =
                format!("column \"{column}\" of relation \"{}\" is not a stored generated column", relation.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        };
        if default.is_virtual {
            let message = "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let default = default.oid;
        self.catalog.forget(Address::of(Class::Default, default));
        self.forget_generation(table, number);
        Ok(())
    }

    /// What a column was generated from no longer matters to it.
    pub(super) fn forget_generation(&mut self, table: Oid, number: i16) {
        let address = Address::column(table, number);
        let from: Vec<Address> = self
            .catalog
            .dependencies
            .references(address)
            .map(|(on, _)| on)
            .filter(|on| on.class == Class::Relation && on.oid == table)
            .collect();
        for on in from {
            self.catalog.dependencies.take(address, on);
        }
    }
}

/// Returns whether a check says that a column is not null, alone or among other things that must hold.
fn proves_not_null(check: &Expression, number: i16) -> bool {
    says_of_null(check, number, true)
}

/// Returns whether a condition that holds, or one that does not, says that a column is not null.
fn says_of_null(condition: &Expression, number: i16, holds: bool) -> bool {
    let says = |part: &Expression| says_of_null(part, number, holds);
    match &condition.node {
        Node::Null { value, negated } if *negated == holds => {
            matches!(value.node, Node::Column { number: it, .. } if it == number)
        }
        Node::Not(value) => says_of_null(value, number, !holds),
        Node::And(parts) if holds => parts.iter().any(says),
        Node::Or(parts) if !holds => parts.iter().any(says),
        Node::And(parts) | Node::Or(parts) => parts.iter().all(says),
        _ => false,
    }
}
