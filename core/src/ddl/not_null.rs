//! NOT NULL as a constraint with a name, which it is since Postgres 18.

use std::collections::BTreeSet;

use super::alter_table::Reach;
use super::column::{NewColumn, may_be_named};
use super::constraint::{Options, given_name};
use super::key::NewKey;
use super::syntax::{name as name_of, part};
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{
    Address, Behavior, Catalog, Class, Constraint, ConstraintKind, Dependence, Oid, RelationKind, SqlState, naming,
};
use crate::sql::ast;

/// What a statement says of the constraint that keeps nulls out of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct SaidNotNull {
    /// Its name, where one is given.
    pub(super) name: Option<String>,
    /// It is asked for of this very table.
    pub(super) local: bool,
    /// Children do not get it.
    pub(super) no_inherit: bool,
    /// Rows that are there may have nulls.
    pub(super) not_valid: bool,
}

/// A NOT NULL that is written as a constraint of the table.
pub(super) struct NewNotNull {
    pub(super) name: Option<String>,
    pub(super) column: String,
    options: Options,
}

impl NewNotNull {
    pub(super) fn read(written: &ast::NotNullConstraint) -> Result<Self, Stop> {
        let options = Options::read(written.constraint_options())?;
        if options.deferrable.is_some() || options.enforced.is_some() {
            let message = "not-null constraints cannot be marked DEFERRABLE, ENFORCED or NOT ENFORCED";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let name = given_name(written.constraint_name_clause())?;
        Ok(Self { name, column: name_of(written.column_name_ref())?, options })
    }

    /// Makes it a part of the definition of its column; `transformColumnDefinition`.
    pub(super) fn say(&self, columns: &mut [NewColumn]) -> Result<(), Stop> {
        let Some(column) = columns.iter_mut().find(|column| column.name == self.column) else {
            return no_such_column(&self.column);
        };
        let said = &mut column.said_not_null;
        let other_name = said.name.as_ref().zip(self.name.as_ref()).is_some_and(|(one, other)| one != other);
        if column.not_null && (other_name || said.no_inherit != self.options.no_inherit) {
            let message = format!("conflicting not-null constraints for column \"{}\"", self.column);
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        column.not_null = true;
        said.no_inherit = self.options.no_inherit;
        said.name = said.name.take().or_else(|| self.name.clone());
        Ok(())
    }
}

fn no_such_column(column: &str) -> Result<(), Stop> {
    if may_be_named(column).is_err() {
        let message = format!("cannot add not-null constraint on system column \"{column}\"");
        return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
    }
    refused(SqlState::UNDEFINED_COLUMN, format!("column \"{column}\" does not exist"))
}

impl Play<'_> {
    /// Adds a NOT NULL to a column of a table that neither inherits nor is inherited from.
    pub(super) fn add_not_null(&mut self, table: Oid, new: &NewNotNull) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let Some(found) = relation.column(&new.column) else { return no_such_column(&new.column) };
        let number = found.number;
        if relation.is_partitioned() || !relation.parents.is_empty() || !relation.children.is_empty() {
            return unknown("a NOT NULL with a name where tables inherit");
        }
        if self.not_nulls.contains_key(&(table, number)) {
            return unknown("what one statement says of the nulls of a column in more than one place");
        }
        if let Some(known) = self.not_null_of(table, number) {
            let other_name = new.name.as_ref().is_some_and(|name| **name != *known.name);
            let conflicts = other_name
                || known.no_inherit != new.options.no_inherit
                || (!known.validated && !new.options.not_valid);
            if conflicts {
                let message = format!("column \"{}\" has the not-null constraint \"{}\"", new.column, known.name);
                return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
            }
            return Ok(());
        }
        if let Some(name) = &new.name {
            self.constraint_name_is_free(table, name)?;
        }
        if !new.options.not_valid {
            self.look_for_nulls(table, number, true)?;
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.not_null = true;
        }
        let Options { not_valid, no_inherit, .. } = new.options;
        self.say_not_null(table, number, SaidNotNull { name: new.name.clone(), local: true, no_inherit, not_valid });
        Ok(())
    }

    /// Makes sure that no row has a null in a column whose constraint says so, as it may not have been so far.
    pub(super) fn validate_not_null(&mut self, table: Oid, number: i16) -> Result<(), Stop> {
        let open = self.not_null_of(table, number).filter(|known| !known.validated).map(|known| known.oid);
        let Some(open) = open else { return Ok(()) };
        if !self.children(table).is_empty() {
            return unknown("a NOT NULL that is validated with those of children");
        }
        part(self.catalog.constraint_mut(open))?.validated = true;
        self.look_for_nulls(table, number, false)
    }

    /// Returns whether a column takes no nulls, though rows may have some.
    pub(super) fn may_hold_nulls(&self, table: Oid, number: i16) -> bool {
        self.not_null_of(table, number).is_some_and(|known| !known.validated)
    }

    /// Ends where a table has a NOT NULL that is not validated.
    pub(super) fn all_not_nulls_hold(&self, table: Oid) -> Result<(), Stop> {
        let constraints = self.catalog.constraints_of(table);
        match constraints.iter().any(|it| matches!(it.kind, ConstraintKind::NotNull(_)) && !it.validated) {
            true => unknown("what becomes of a NOT NULL that is not validated"),
            false => Ok(()),
        }
    }

    /// Refuses a primary key over a column that the same statement lets take nulls: since 18 the key brings a NOT NULL
    /// only where none was.
    pub(super) fn keeps_its_not_nulls(&self, table: Oid, key: &NewKey) -> Result<(), Stop> {
        if !self.names_not_nulls() || !key.primary || key.using_index.is_some() {
            return Ok(());
        }
        let takes_none = |catalog: &Catalog, column: &String| {
            catalog.relation(table).and_then(|it| it.column(column)).map(|it| it.not_null)
        };
        let loses = |column: &&String| {
            takes_none(self.before, column) == Some(true) && takes_none(&self.catalog, column) == Some(false)
        };
        match key.columns.iter().find(loses) {
            Some(column) => {
                let message = format!("primary key column \"{column}\" is not marked NOT NULL");
                refused(SqlState::INVALID_TABLE_DEFINITION, message)
            }
            None => Ok(()),
        }
    }

    /// Returns whether NOT NULL is a constraint.
    pub(super) fn names_not_nulls(&self) -> bool {
        self.catalog.version() >= PostgresVersion::V18
    }

    /// Remembers what a statement says of the constraint of a column, until [`Self::settle_not_nulls`].
    pub(super) fn say_not_null(&mut self, table: Oid, column: i16, said: SaidNotNull) {
        if self.names_not_nulls() {
            self.not_nulls.insert((table, column), said);
        }
    }

    /// Says that columns of a new table take no nulls since they are its primary key.
    pub(super) fn say_key_not_null(&mut self, table: Oid, columns: &[String]) {
        let Some(relation) = self.catalog.relation(table) else { return };
        let numbers: Vec<i16> =
            columns.iter().filter_map(|name| relation.column(name)).map(|column| column.number).collect();
        for number in numbers {
            let said = self.not_nulls.get(&(table, number)).cloned().unwrap_or_default();
            self.say_not_null(table, number, SaidNotNull { local: true, ..said });
        }
    }

    /// Returns the constraint that keeps nulls out of a column.
    pub(super) fn not_null_of(&self, table: Oid, column: i16) -> Option<&Constraint> {
        let constraints = self.catalog.constraints_of(table);
        constraints.into_iter().find(|it| matches!(it.kind, ConstraintKind::NotNull(of) if of == column))
    }

    /// Gives each column that takes no nulls its constraint, and takes those away of columns that do, in all tables that
    /// the statement changed. Parents come before their children, which have the names of theirs.
    pub(super) fn settle_not_nulls(&mut self) -> Result<(), Stop> {
        if !self.names_not_nulls() {
            return Ok(());
        }
        let mut open: BTreeSet<Oid> = self.before.touched(&self.catalog);
        open.extend(self.not_nulls.keys().map(|(table, _)| *table));
        while let Some(next) = open.first().copied() {
            self.settle_with_parents(next, &mut open)?;
        }
        Ok(())
    }

    fn settle_with_parents(&mut self, table: Oid, open: &mut BTreeSet<Oid>) -> Result<(), Stop> {
        open.remove(&table);
        let Some(relation) = self.catalog.relation(table) else { return Ok(()) };
        if !matches!(relation.kind, RelationKind::Table | RelationKind::Partitioned(_)) {
            return Ok(());
        }
        for parent in relation.parents.clone() {
            if open.contains(&parent) {
                self.settle_with_parents(parent, open)?;
            }
        }
        let columns: Vec<(i16, bool)> =
            part(self.catalog.relation(table))?.live().map(|column| (column.number, column.not_null)).collect();
        for (number, not_null) in columns {
            let known = self.not_null_of(table, number).map(|known| known.oid);
            match (not_null, known) {
                (true, known) => self.settle_not_null(table, number, known)?,
                (false, Some(known)) => {
                    self.catalog.drop_all(&[Address::of(Class::Constraint, known)], Behavior::Restrict)?;
                }
                (false, None) => {}
            }
        }
        Ok(())
    }

    fn settle_not_null(&mut self, table: Oid, number: i16, known: Option<Oid>) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let (schema, table_name, is_partition) = (relation.schema, relation.name.clone(), relation.is_partition());
        let column = part(relation.numbered(number))?.name.clone();
        let above = |parent: &Oid| {
            let of_parent = self.catalog.relation(*parent)?.column(&column)?.number;
            self.not_null_of(*parent, of_parent).filter(|constraint| !constraint.no_inherit)
        };
        let above: Vec<_> = relation.parents.iter().filter_map(above).map(|it| it.name.clone()).collect();
        let said = self.not_nulls.get(&(table, number)).cloned().unwrap_or_default();
        if let Some(known) = known.and_then(|oid| self.catalog.constraint_mut(oid)) {
            // What a table brings when it becomes a partition is that of its parent from then on.
            let becomes_part = is_partition && known.inherited < above.len();
            let local = (known.local && !becomes_part) || said.local || above.is_empty();
            if known.inherited != above.len() || known.local != local {
                (known.inherited, known.local) = (above.len(), local);
            }
            return Ok(());
        }
        if let Some(name) = &said.name {
            self.constraint_name_is_free(table, name)?;
        }
        let inherited = above.first().filter(|_| !said.local).map(ToString::to_string);
        let name = said.name.or(inherited).unwrap_or_else(|| {
            naming::constraint_name(&self.catalog, &table_name, Some(&column), "not_null", schema, &[])
        });
        let oid = self.catalog.allocate();
        let (address, of) = (Address::of(Class::Constraint, oid), Address::column(table, number));
        self.catalog.dependencies.add(address, of, Dependence::Auto);
        self.catalog.add_constraint(Constraint {
            oid,
            name: name.into(),
            on: table,
            kind: ConstraintKind::NotNull(number),
            deferrable: None,
            validated: !said.not_valid,
            enforced: true,
            local: said.local || above.is_empty(),
            inherited: above.len(),
            no_inherit: said.no_inherit,
            parent: None,
        });
        Ok(())
    }

    /// Takes away the constraint that keeps nulls out of a column, and that of children who have it from nobody else;
    /// `dropconstraint_internal`.
    pub(super) fn drop_kept_not_null(
        &mut self,
        table: Oid,
        number: i16,
        reach: Reach,
        recursing: bool,
    ) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let column = part(relation.numbered(number))?.clone();
        let (table_name, is_partitioned) = (relation.name.clone(), relation.is_partitioned());
        let Some(known) = self.not_null_of(table, number) else { return Ok(()) };
        let (oid, no_inherit) = (known.oid, known.no_inherit);
        if known.inherited > 0 && !recursing {
            let message = format!("cannot drop inherited constraint \"{}\" of relation \"{table_name}\"", known.name);
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        let in_primary_key = self.catalog.constraints_of(table).into_iter().any(|constraint| {
            matches!(&constraint.kind, ConstraintKind::Key { columns, .. } if columns.contains(&number))
                && constraint.is_primary()
        });
        if in_primary_key {
            let message = format!("column \"{}\" is in a primary key", column.name);
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        if column.identity.is_some() {
            let message = format!("column \"{}\" of relation \"{table_name}\" is an identity column", column.name);
            return refused(SqlState::SYNTAX_ERROR, message);
        }
        self.catalog.drop_all(&[Address::of(Class::Constraint, oid)], Behavior::Restrict)?;
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.not_null = false;
        }
        let children = if no_inherit { Vec::new() } else { self.children(table) };
        if reach.only && is_partitioned && !children.is_empty() {
            let message = "cannot remove constraint from only the partitioned table when partitions exist";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for child in children {
            self.lock(child, reach.mode);
            let of_child = part(part(self.catalog.relation(child))?.column(&column.name))?.number;
            let Some(below) = self.not_null_of(child, of_child) else { continue };
            let (oid, goes) = (below.oid, !reach.only && below.inherited <= 1 && !below.local);
            if goes {
                self.drop_kept_not_null(child, of_child, reach, true)?;
            } else if let Some(below) = self.catalog.constraint_mut(oid) {
                below.inherited = below.inherited.saturating_sub(1);
                below.local |= reach.only;
            }
        }
        Ok(())
    }
}
