//! `ALTER TABLE`: its actions run in passes, not in the order in which they are written.

mod add_column;
mod column;
mod column_type;
mod constraint;
mod drop_column;
mod fitting;
mod identity;
mod rebuild;
mod rename;
mod set_expression;
mod table;

use super::constraint::NewCheck;
use super::foreign_key::NewForeignKey;
use super::key::NewKey;
use super::not_null::NewNotNull;
use super::syntax::{name, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Address, Class, Oid, Relation, RelationKind, Space, SqlState};
use crate::sql::ast::{self, AlterColumnOption as C, AlterTableAction as A};
use crate::sql::tree;

use rebuild::Rebuild;

/// When an action runs: all of a pass, in the order in which they are written, before any of the next.
/// `AlterTablePass` of `tablecmds.c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    Drop,
    AlterType,
    SetExpression,
    AddColumn,
    AddConstraint,
    ColumnAttributes,
    AddKey,
    AddOther,
    Miscellaneous,
}

/// Constraints that columns and actions ask for, until their pass comes.
#[derive(Default)]
struct Later {
    keys: Vec<NewKey>,
    others: Vec<Other>,
}

/// The checks, foreign keys and NOT NULLs of one action.
struct Other {
    checks: Vec<NewCheck>,
    foreign_keys: Vec<NewForeignKey>,
    not_nulls: Vec<NewNotNull>,
    /// Rows that are there get a null, which is not looked up.
    of_new_column: bool,
}

/// How far an action reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// What inherits from the table is left alone.
    pub(super) only: bool,
    /// The lock of the statement.
    pub(super) mode: LockMode,
}

impl Play<'_> {
    pub(super) fn alter_table(&mut self, tree: &ast::AlterTable) -> Result<(), Stop> {
        none(tree.all_in_tablespace(), "ALL IN TABLESPACE")?;
        let written = part(tree.table_relation_name())?;
        let only = written.only_token().is_some();
        let actions: Vec<A> = tree.actions().collect();
        if actions.is_empty() {
            return refused(SqlState::SYNTAX_ERROR, "syntax error at end of input");
        }
        let detaches_concurrently = |action: &A| {
            matches!(action, A::DetachPartition(it)
                if matches!(it.detach_partition_option(), Some(ast::DetachPartitionOption::DetachConcurrently(_))))
        };
        if actions.iter().any(detaches_concurrently) {
            self.outside_transactions("ALTER TABLE ... DETACH CONCURRENTLY")?;
        }
        let table = qualified(written.table_name_ref())?;
        let Some(oid) = self.names.find(&self.catalog, Space::Relation, &table) else {
            if tree.if_exists().is_some() {
                return Ok(());
            }
            self.relation_found(&table)?;
            return Ok(());
        };
        if let [action] = actions.as_slice()
            && self.renames(oid, action, only)?
        {
            return Ok(());
        }
        if let [action @ (A::AttachPartition(_) | A::DetachPartition(_))] = actions.as_slice() {
            return self.alter_partitions(oid, action);
        }
        let relation = part(self.catalog.relation(oid))?;
        match &relation.kind {
            RelationKind::Table | RelationKind::Partitioned(_) => {}
            RelationKind::Composite => {
                return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is a composite type", relation.name));
            }
            _ => {
                return match actions.as_slice() {
                    [A::OwnerTo(to)] => self.give_to(oid, to.role_ref()),
                    [A::EnableRule(_) | A::DisableRule(_) | A::EnableReplicaRule(_) | A::EnableAlwaysRule(_)] => {
                        let message =
                            format!("ALTER action ENABLE RULE cannot be performed on relation \"{}\"", relation.name);
                        refused(SqlState::WRONG_OBJECT_TYPE, message)
                    }
                    _ => unknown("ALTER TABLE of what is no table"),
                };
            }
        }
        let mode = actions.iter().map(mode).max().unwrap_or(LockMode::AccessExclusive);
        self.no_checks_wait(oid, "ALTER TABLE")?;
        self.lock(oid, mode);
        let reach = Reach { only, mode };
        // Some is looked at, in the order in which it is written, before anything is done.
        let mut types = Vec::new();
        for action in &actions {
            if let A::AlterColumn(action) = action
                && let Some(C::SetType(option)) = action.option()
            {
                types.push(self.prepare_type(oid, &name(action.column_name_ref())?, &option, reach)?);
            }
        }
        let mut passes: Vec<(Pass, A)> = actions.into_iter().map(|action| (pass(&action), action)).collect();
        passes.sort_by_key(|(pass, _)| *pass);
        let mut later = Later::default();
        let mut at = passes.into_iter().peekable();
        let mut below = Vec::new();
        while let Some((_, action)) = at.next_if(|(pass, _)| *pass == Pass::Drop) {
            if let Some(column) = self.takes_from_children_later(&action)? {
                below.push(column);
            }
            self.alter(oid, action, reach, &mut later)?;
        }
        if !reach.only {
            self.are_there_below(oid, &below)?;
        }
        let mut rebuild = Rebuild::default();
        while at.next_if(|(pass, _)| *pass == Pass::AlterType).is_some() {}
        types.iter().try_for_each(|new| self.set_type(new, &mut rebuild))?;
        while let Some((_, action)) = at.next_if(|(pass, _)| *pass == Pass::SetExpression) {
            if at.peek().is_some_and(|(pass, _)| *pass == Pass::AddColumn) {
                return unknown("what a column is generated from, beside a new column");
            }
            self.set_expression(oid, &action, reach, &mut rebuild)?;
        }
        self.rebuild(rebuild)?;
        while let Some((_, action)) = at.next_if(|(pass, _)| *pass < Pass::AddKey) {
            self.alter(oid, action, reach, &mut later)?;
        }
        // A NOT NULL with a name goes with what is done to columns.
        for other in &mut later.others {
            for new in other.not_nulls.split_off(0) {
                self.add_not_null(oid, &new)?;
                // The key says it too; which comes first, their places say.
                if later.keys.iter().any(|key| key.primary && key.columns.contains(&new.column)) {
                    return unknown("what one statement says of the nulls of a column in more than one place");
                }
            }
        }
        for key in &later.keys.split_off(0) {
            self.keeps_its_not_nulls(oid, key)?;
            self.add_key(oid, key, reach.only)?;
        }
        while let Some((_, action)) = at.next_if(|(pass, _)| *pass == Pass::AddOther) {
            self.alter(oid, action, reach, &mut later)?;
        }
        for other in later.others.split_off(0) {
            self.add_checks(oid, &other.checks, true, reach.only && !other.of_new_column)?;
            for foreign in &other.foreign_keys {
                self.add_foreign_key(oid, foreign, other.of_new_column, reach.only && !other.of_new_column)?;
            }
        }
        for (_, action) in at {
            self.alter(oid, action, reach, &mut later)?;
        }
        for table in self.ledger.new_values.split_off(0) {
            self.no_row_elsewhere(table)?;
        }
        Ok(())
    }

    /// Returns the column from which an action takes something, in children only when all of its pass is done above.
    fn takes_from_children_later(&self, action: &A) -> Result<Option<String>, Stop> {
        let A::AlterColumn(action) = action else { return Ok(None) };
        Ok(match action.option() {
            Some(C::DropDefault(_) | C::DropExpression(_)) => Some(name(action.column_name_ref())?),
            Some(C::DropNotNull(_)) if !self.names_not_nulls() => Some(name(action.column_name_ref())?),
            _ => None,
        })
    }

    /// Refuses that columns are gone by then from a child.
    fn are_there_below(&self, table: Oid, columns: &[String]) -> Result<(), Stop> {
        if columns.is_empty() {
            return Ok(());
        }
        for child in self.inheritors(table) {
            columns.iter().try_for_each(|column| self.column_number(child, column).map(|_| ()))?;
        }
        Ok(())
    }

    /// Refuses new values in the rows of a table whose rows are values of columns; `find_composite_type_dependencies`.
    pub(in crate::ddl) fn no_row_elsewhere(&self, table: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let row = relation.row_type.and_then(|row| self.catalog.user_type(row));
        let Some(row) = row else { return Ok(()) };
        for edge in self.catalog.dependencies.dependents(Address::of(Class::Type, row.oid)) {
            let dependent = edge.dependent;
            let holder = self.catalog.relation(dependent.oid).filter(|_| dependent.class == Class::Relation);
            match (holder, dependent.class) {
                (Some(holder), _) if dependent.column != 0 => {
                    if matches!(holder.kind, RelationKind::View(_)) {
                        continue;
                    }
                    if !matches!(holder.kind, RelationKind::Table | RelationKind::MaterializedView(_)) {
                        return unknown("rows of a table inside of others");
                    }
                    let message = format!(
                        "cannot alter table \"{}\" because column of \"{}\" uses its row type",
                        relation.name, holder.name
                    );
                    return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                }
                (_, Class::Type) => return unknown("a type over rows of a table"),
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds or takes away a partition.
    fn alter_partitions(&mut self, oid: Oid, action: &A) -> Result<(), Stop> {
        self.lock(oid, mode(action));
        let relation = part(self.catalog.relation(oid))?;
        match &relation.kind {
            RelationKind::Partitioned(_) => {}
            RelationKind::Table if self.catalog.version() < PostgresVersion::V18 => {
                let message = format!("table \"{}\" is not partitioned", relation.name);
                return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
            }
            _ => {
                let message = format!("its partitions cannot be changed of relation \"{}\"", relation.name);
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
        }
        match action {
            A::AttachPartition(action) => self.attach_partition(oid, action),
            A::DetachPartition(action) => self.detach_partition(oid, action),
            _ => Ok(()),
        }
    }

    /// Does what is no action among others: new names and another schema.
    fn renames(&mut self, oid: Oid, action: &A, only: bool) -> Result<bool, Stop> {
        match action {
            A::TableRenameTo(to) => {
                let mode = match self.catalog.relation(oid).map(|it| it.as_index().is_some()) {
                    Some(true) => LockMode::ShareUpdateExclusive,
                    _ => LockMode::AccessExclusive,
                };
                self.rename_relation(oid, &name(to.table_name())?, mode)?;
            }
            A::RenameColumn(to) => {
                self.rename_column(oid, &name(to.column_name_ref())?, &name(to.column_name())?, only)?;
            }
            A::RenameConstraint(to) => {
                self.rename_constraint(oid, &name(to.constraint_name_ref())?, &name(to.constraint_name())?, only)?;
            }
            A::SetSchema(to) => {
                let kind = self.catalog.relation(oid).map(|relation| relation.kind.clone());
                match kind {
                    Some(RelationKind::Index(_)) => {
                        let message = "cannot change schema of an index";
                        return refused(SqlState::WRONG_OBJECT_TYPE, message);
                    }
                    Some(RelationKind::Composite) => {
                        return refused(SqlState::WRONG_OBJECT_TYPE, "this relation is a composite type");
                    }
                    _ => self.set_schema_of(oid, &name(to.schema_ref())?)?,
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn alter(&mut self, oid: Oid, action: A, reach: Reach, later: &mut Later) -> Result<(), Stop> {
        match action {
            A::AddColumn(action) => self.add_column(oid, &action, reach, later),
            A::DropColumn(action) => self.drop_column(oid, &action, reach),
            A::AddConstraint(action) => self.add_constraint(oid, &action, reach, later),
            A::DropConstraint(action) => self.drop_constraint(oid, &action, reach),
            A::ValidateConstraint(action) => self.validate_constraint(oid, &action, reach),
            A::AlterConstraint(action) => self.alter_constraint(oid, &action, reach),
            A::AlterColumn(action) => {
                let column = name(action.column_name_ref())?;
                self.alter_column(oid, &column, part(action.option())?, reach)
            }
            other => self.alter_whole(oid, &other, reach.only),
        }
    }

    fn alter_column(&mut self, oid: Oid, column: &str, option: C, reach: Reach) -> Result<(), Stop> {
        match option {
            // In passes of their own.
            C::SetType(_) | C::SetExpression(_) => Ok(()),
            C::SetDefault(option) => {
                let value = part(option.expr())?;
                self.reached(oid, reach)
                    .into_iter()
                    .try_for_each(|it| self.set_default(it, column, Some(value.clone())))
            }
            C::DropDefault(_) => {
                self.reached(oid, reach).into_iter().try_for_each(|it| self.set_default(it, column, None))
            }
            C::SetNotNull(_) => self.set_not_null(oid, column, reach),
            C::DropNotNull(_) => self.drop_not_null(oid, column, reach),
            C::SetStatistics(option) => {
                self.reached(oid, reach).into_iter().try_for_each(|it| self.set_statistics(it, column, &option))
            }
            C::SetStorage(option) => {
                self.reached(oid, reach).into_iter().try_for_each(|it| self.set_storage(it, column, &option))
            }
            C::SetCompression(option) => self.set_compression(oid, column, &option),
            C::SetOptions(option) => self.set_options(oid, column, option.attribute_list(), false),
            C::ResetOptions(option) => self.set_options(oid, column, option.attribute_list(), true),
            C::AddGenerated(option) => self.add_identity(oid, column, &option, reach),
            C::DropIdentity(option) => self.drop_identity(oid, column, option.if_exists().is_some(), reach),
            C::SetGenerated(_) | C::SetGeneratedOptions(_) | C::Restart(_) | C::SetSequenceOption(_) => {
                self.set_identity(oid, column, &option, reach)
            }
            C::DropExpression(option) => self.drop_expression(oid, column, option.if_exists().is_some(), reach),
            _ => unknown("this form of ALTER COLUMN is outside the model"),
        }
    }

    /// Returns the table and, unless `ONLY` stands before it, all that inherits from it, which is locked alike.
    fn reached(&mut self, table: Oid, reach: Reach) -> Vec<Oid> {
        let mut all = vec![table];
        if !reach.only {
            all.extend(self.inheritors(table));
        }
        for oid in &all {
            self.lock(*oid, reach.mode);
        }
        all
    }

    /// Returns the number of a column that is to be changed.
    fn column_number(&self, oid: Oid, column: &str) -> Result<i16, Stop> {
        let relation = part(self.catalog.relation(oid))?;
        match relation.column(column) {
            Some(found) => Ok(found.number),
            None if is_system(column) => {
                refused(SqlState::FEATURE_NOT_SUPPORTED, format!("cannot alter system column \"{column}\""))
            }
            None => refused(SqlState::UNDEFINED_COLUMN, missing(relation, column)),
        }
    }
}

fn missing(relation: &Relation, column: &str) -> String {
    format!("column \"{column}\" of relation \"{}\" does not exist", relation.name)
}

/// Returns whether every table has a column of this name.
fn is_system(column: &str) -> bool {
    super::column::may_be_named(column).is_err()
}

/// Returns the pass in which an action runs.
fn pass(action: &A) -> Pass {
    match action {
        A::DropColumn(_) | A::DropConstraint(_) => Pass::Drop,
        A::AddColumn(_) => Pass::AddColumn,
        A::AddConstraint(_) => Pass::AddConstraint,
        A::AlterColumn(action) => match action.option() {
            Some(C::DropDefault(_) | C::DropNotNull(_) | C::DropIdentity(_) | C::DropExpression(_)) => Pass::Drop,
            Some(C::SetType(_)) => Pass::AlterType,
            Some(C::SetExpression(_)) => Pass::SetExpression,
            Some(
                C::SetNotNull(_)
                | C::SetGenerated(_)
                | C::SetGeneratedOptions(_)
                | C::Restart(_)
                | C::SetSequenceOption(_),
            ) => Pass::ColumnAttributes,
            Some(C::SetDefault(_) | C::AddGenerated(_)) => Pass::AddOther,
            _ => Pass::Miscellaneous,
        },
        _ => Pass::Miscellaneous,
    }
}

/// Returns the lock that an action takes on its table; `AlterTableGetLockLevel`.
fn mode(action: &A) -> LockMode {
    match action {
        A::AddConstraint(action) => match action.constraint() {
            Some(ast::Constraint::ForeignKeyConstraint(_)) => LockMode::ShareRowExclusive,
            _ => LockMode::AccessExclusive,
        },
        A::AlterColumn(action) => match action.option() {
            Some(C::SetStatistics(_) | C::SetOptions(_) | C::ResetOptions(_)) => LockMode::ShareUpdateExclusive,
            _ => LockMode::AccessExclusive,
        },
        A::SetOptions(_) | A::ResetOptions(_) if tree::text(action).contains("user_catalog_table") => {
            LockMode::AccessExclusive
        }
        A::ValidateConstraint(_) | A::ClusterOn(_) | A::SetWithoutCluster(_) => LockMode::ShareUpdateExclusive,
        A::SetOptions(_) | A::ResetOptions(_) | A::AttachPartition(_) => LockMode::ShareUpdateExclusive,
        A::EnableTrigger(_) | A::EnableAlwaysTrigger(_) | A::EnableReplicaTrigger(_) | A::DisableTrigger(_) => {
            LockMode::ShareRowExclusive
        }
        _ => LockMode::AccessExclusive,
    }
}
