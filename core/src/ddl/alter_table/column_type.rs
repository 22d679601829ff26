//! `ALTER COLUMN … TYPE`: what is looked at before anything else of the statement is done, and what is done in its pass.

use super::fitting::{always_fits, may_be_null, stays_itself};
use super::rebuild::Rebuild;
use super::{Reach, missing};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::types;
use crate::catalog::{
    Address, Behavior, Class, Column, Dependence, Formula, Oid, Refusal, Relation, Rows, SequenceOptions, SqlState,
    Type, UserTypeKind,
};
use crate::ddl::syntax::{part, type_name};
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::expression::{Place, folds, without_implicit};
use crate::sql::{ast, tree};

/// A column that is to become of another type, in the table that is named and in each that inherits from it.
pub(super) struct NewType {
    column: String,
    of: Type,
    collate: Option<ast::Collate>,
    tables: Vec<OfTable>,
}

/// The column in one table.
struct OfTable {
    table: Oid,
    /// As it was before the statement.
    before: Type,
    rewrites: bool,
    /// Each value that it may hold can become one of the new type.
    fits: bool,
    /// Each value stays what it is.
    stays: bool,
    /// It must hold a value, and what it gets may be none.
    nulls: bool,
    /// It is not written anew, as long as the session's time zone is UTC.
    by_zone: bool,
}

impl Play<'_> {
    /// Looks at a change of type before anything of the statement is done; `ATPrepAlterColumnType`.
    pub(super) fn prepare_type(
        &mut self,
        table: Oid,
        column: &str,
        option: &ast::SetType,
        reach: Reach,
    ) -> Result<NewType, Stop> {
        let named = type_name(option.ty())?;
        let of = self.names.data_type(&self.catalog, &named);
        let relation = part(self.catalog.relation(table))?;
        let value = match (option.using_expr().and_then(|using| using.expr()), &of) {
            (Some(using), Ok(of)) => Some(self.using(column, &tree::text(&using), relation, *of)?),
            (Some(_), Err(_)) => return unknown("USING, for a type that is not there"),
            (None, _) => None,
        };
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        if part(relation.numbered(number))?.identity.is_some() {
            self.retype_identity(table, number, of.clone()?)?;
        }
        let relation = part(self.catalog.relation(table))?;
        let generated = part(relation.numbered(number))?.default.as_ref().is_some_and(|default| default.generated);
        if generated && value.is_some() {
            let message = "cannot specify USING when altering type of generated column";
            return refused(SqlState("42611"), message);
        }
        let invalid = |message: String| refused(SqlState::INVALID_TABLE_DEFINITION, message);
        if part(relation.numbered(number))?.inherited > 0 {
            return invalid(format!("cannot alter inherited column \"{column}\""));
        }
        if self.in_partition_key(table, number) {
            return invalid(format!("cannot alter column \"{column}\" because it is part of the partition key"));
        }
        let of = of?;
        self.column_may_be_of(column, of)?;
        if part(relation.numbered(number))?.is_virtual() {
            self.virtual_may_be_of(column, of)?;
        }
        self.is_no_member_of_itself(table, of)?;
        let value = value.transpose()?;
        if reach.only && !relation.children.is_empty() {
            if value.is_none() {
                self.column_as(relation, part(relation.numbered(number))?, of)?;
            }
            return invalid(format!("type of inherited column \"{column}\" must be changed in child tables too"));
        }
        let all = self.reached(table, reach);
        let mut tables = Vec::with_capacity(all.len());
        for oid in &all {
            let own = part(part(self.catalog.relation(*oid))?.column(column))?;
            if *oid != table && own.identity.is_some() {
                self.retype_identity(*oid, own.number, of)?;
            }
            let relation = part(self.catalog.relation(*oid))?;
            let found = part(relation.column(column))?;
            let parents = relation.parents.iter().filter(|parent| all.contains(parent)).count();
            if found.inherited > parents {
                let message = format!("cannot alter inherited column \"{column}\" of relation \"{}\"", relation.name);
                return invalid(message);
            }
            if *oid != table && self.in_partition_key(*oid, found.number) {
                return invalid(format!("cannot alter column \"{column}\" because it is part of the partition key"));
            }
            let value = match &value {
                Some(value) if *oid == table => value.clone(),
                Some(value) => crate::ddl::inherit::moved(value, part(self.catalog.relation(table))?, relation)?,
                None => self.column_as(relation, found, of)?,
            };
            folds(&self.catalog, &value.tree)?;
            let rewrites = !found.is_virtual() && self.requires_rewrite(&value.tree, found.number)?;
            let fits = always_fits(&value.tree);
            let stays = stays_itself(&value.tree);
            let nulls = found.not_null && may_be_null(&value.tree, relation);
            let by_zone = !rewrites && !found.is_virtual() && reads_zone(&value.tree);
            tables.push(OfTable { table: *oid, before: found.of, rewrites, fits, stays, nulls, by_zone });
        }
        Ok(NewType { column: column.to_owned(), of, collate: option.collate(), tables })
    }

    /// Returns what stands behind `USING`, as a value of the new type. That it can be none is said only later.
    fn using(
        &self,
        column: &str,
        written: &str,
        relation: &Relation,
        of: Type,
    ) -> Result<Result<Formula, Refusal>, Stop> {
        match self.formula(written, relation, Place::Using(of)) {
            Err(Stop::Refused(refusal)) if refusal.sqlstate == SqlState::DATATYPE_MISMATCH => {
                let message = format!(
                    "result of USING clause for column \"{column}\" cannot be cast automatically to type {}",
                    self.names.spelled(&self.catalog, of)
                );
                Ok(Err(Refusal::new(SqlState::DATATYPE_MISMATCH, message)))
            }
            other => other.map(Ok),
        }
    }

    /// Returns the value of a column as one of another type.
    fn column_as(&self, relation: &Relation, column: &Column, of: Type) -> Result<Formula, Stop> {
        let node = Node::Column { relation: relation.oid, number: column.number };
        match self.assigned(Expression { node, of: column.of }, of, relation)? {
            Some(value) => Ok(Formula::new(&column.name, value, Some(relation.oid))),
            None if self.catalog.has_unlisted_extension() => unknown("a cast that an extension may bring"),
            None => {
                let of = self.names.spelled(&self.catalog, of);
                let message = format!("column \"{}\" cannot be cast automatically to type {of}", column.name);
                refused(SqlState::DATATYPE_MISMATCH, message)
            }
        }
    }

    /// Gives a column its new type, in each table that has it; `ATExecAlterColumnType`.
    pub(super) fn set_type(&mut self, new: &NewType, rebuild: &mut Rebuild) -> Result<(), Stop> {
        for of_table in &new.tables {
            self.set_type_of(new, of_table, new.tables.len() > 1, rebuild)?;
        }
        Ok(())
    }

    fn set_type_of(&mut self, new: &NewType, at: &OfTable, inherited: bool, rebuild: &mut Rebuild) -> Result<(), Stop> {
        let (table, column, of) = (at.table, new.column.as_str(), new.of);
        let relation = part(self.catalog.relation(table))?;
        let (rows, is_partitioned) = (relation.rows, relation.is_partitioned());
        let Some(found) = relation.column(column).cloned() else {
            return refused(SqlState::UNDEFINED_COLUMN, missing(relation, column));
        };
        let number = found.number;
        if found.of != at.before {
            let message = format!("cannot alter type of column \"{column}\" twice");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let collation = new.collate.as_ref().map(|collate| self.collation(collate, of)).transpose()?.flatten();
        let default = match &found.default {
            Some(default) => Some((self.retyped_default(relation, &found, &default.formula, of)?, default.computed())),
            None => None,
        };
        self.nothing_else_reads(table, number)?;
        rebuild.collect(self, table, number, inherited || is_partitioned || relation.is_partition())?;
        if !is_partitioned {
            self.ledger.new_values.push(table);
        }
        if at.rewrites && !is_partitioned {
            rebuild.rewritten.push(table);
            if !at.stays {
                rebuild.new_values.push(table);
            }
            self.ledger.rewrite(table);
            self.ledger.scan(table);
            if rows == Rows::Perhaps && !at.fits {
                let message = "a value does not fit the new type";
                for state in ["22003", "22001", "22P02", "22007", "22008", "23502", "23514"] {
                    self.ledger.may_raise.push((Refusal::new(SqlState(state), message), table));
                }
            }
            if rows == Rows::Perhaps && at.fits && at.nulls {
                let message = format!("column \"{column}\" gets null values");
                self.ledger.may_raise.push((Refusal::new(SqlState::NOT_NULL_VIOLATION, message), table));
            }
        }
        if at.by_zone && !self.switches.in_utc && rows == Rows::Perhaps && !is_partitioned {
            self.ledger.rewrites_by_zone.push(table);
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.of = of;
            found.collation = collation;
            found.storage = None;
            found.compression = None;
        }
        self.retype_dependency(table, number, found.of, of);
        if let Some((formula, generated)) = default {
            if let Some(old) = &found.default {
                self.catalog.drop_all(&[Address::of(Class::Default, old.oid)], Behavior::Restrict)?;
            }
            self.store_default(table, number, formula, generated);
        }
        Ok(())
    }

    /// Returns a default, or what a column is generated from, as a value of another type.
    fn retyped_default(&self, relation: &Relation, column: &Column, old: &Formula, of: Type) -> Result<Formula, Stop> {
        let value = without_implicit((*old.tree).clone());
        let Some(value) = self.assigned(value, of, relation)? else {
            let what = if column.default.as_ref().is_some_and(|it| it.generated) {
                "generation expression"
            } else {
                "default"
            };
            let message = format!(
                "{what} for column \"{}\" cannot be cast automatically to type {}",
                column.name,
                self.names.spelled(&self.catalog, of)
            );
            return refused(SqlState::DATATYPE_MISMATCH, message);
        };
        let mut formula = Formula::new(&old.written, value, Some(relation.oid));
        formula.written = self.spelled(&formula)?.into();
        Ok(formula)
    }

    pub(in crate::ddl) fn retype_dependency(&mut self, table: Oid, number: i16, old: Type, new: Type) {
        let address = Address::column(table, number);
        if let Some(old) = self.catalog.user_type(old.oid).map(|found| found.oid) {
            self.catalog.dependencies.take(address, Address::of(Class::Type, old));
        }
        self.catalog.depend_on_type(address, new);
        let of_collations = self.catalog.dependencies.references(address).map(|(on, _)| on);
        let old: Vec<Address> = of_collations.filter(|on| on.class == Class::Collation).collect();
        for old in old {
            self.catalog.dependencies.take(address, old);
        }
        let column = self.catalog.relation(table).and_then(|relation| relation.numbered(number));
        let collation = column.and_then(|column| column.collation);
        self.catalog.depend_on_collation(address, collation);
    }

    /// The sequence of an identity column gets its type.
    fn retype_identity(&mut self, table: Oid, number: i16, of: Type) -> Result<(), Stop> {
        let owned = self.sequence_of(table, number);
        let Some((oid, sequence)) = owned else { return Ok(()) };
        self.lock(oid, LockMode::ShareRowExclusive);
        let altered = sequence.altered(&SequenceOptions { of: Some(of), ..SequenceOptions::default() })?;
        self.set_sequence(oid, altered);
        Ok(())
    }

    /// Refuses a column that a view, a trigger or a generated column reads.
    fn nothing_else_reads(&self, table: Oid, number: i16) -> Result<(), Stop> {
        for edge in self.catalog.dependencies.dependents(Address::column(table, number)) {
            let message = match edge.dependent.class {
                Class::Rule => "cannot alter type of a column used by a view or rule",
                Class::Trigger => "cannot alter type of a column used in a trigger definition",
                Class::Policy => "cannot alter type of a column used in a policy definition",
                Class::Routine => "cannot alter type of a column used by a function or procedure",
                Class::Relation
                    if edge.dependent.column != 0
                        && edge.dependent.oid == table
                        && edge.dependence == Dependence::Normal =>
                {
                    "cannot alter type of a column used by a generated column"
                }
                _ => continue,
            };
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(())
    }

    /// Returns whether rows must be written anew for a column to hold this value; `ATColumnChangeRequiresRewrite`,
    /// after the planner has left out what changes nothing.
    fn requires_rewrite(&self, value: &Expression, column: i16) -> Result<bool, Stop> {
        match &value.node {
            Node::Column { number, .. } => Ok(*number != column),
            Node::Relabel(cast) => self.requires_rewrite(&cast.value, column),
            Node::Collate(value, _) => self.requires_rewrite(value, column),
            Node::ToDomain(cast) => match self.catalog.user_type(value.of.oid).map(|found| &found.kind) {
                Some(UserTypeKind::Domain(_)) if self.is_constrained(value.of.oid) => Ok(true),
                Some(UserTypeKind::Domain(_)) => self.requires_rewrite(&cast.value, column),
                _ => unknown("a domain that is none"),
            },
            Node::Call(call) => {
                let Some(argument) = call.arguments.first().map(|argument| &argument.value) else { return Ok(true) };
                // The server keeps its clock in UTC.
                let in_utc = [TIMESTAMP_OF_TIMESTAMPTZ, TIMESTAMPTZ_OF_TIMESTAMP].contains(&call.function);
                let is_length = types::length_function(value.of.oid) == Some(call.function);
                let keeps = is_length
                    && argument.of.oid == value.of.oid
                    && keeps_length(value.of.oid, argument.of.modifier, value.of.modifier);
                if in_utc || keeps { self.requires_rewrite(argument, column) } else { Ok(true) }
            }
            _ => Ok(true),
        }
    }

    /// Returns whether a domain, or one that it is over, asks something of its values.
    fn is_constrained(&self, domain: Oid) -> bool {
        match self.catalog.user_type(domain).map(|found| &found.kind) {
            Some(UserTypeKind::Domain(domain)) => {
                domain.not_null || !domain.constraints.is_empty() || self.is_constrained(domain.base.oid)
            }
            _ => false,
        }
    }

    /// Returns the sequence that a column owns as its identity.
    pub(in crate::ddl) fn sequence_of(&self, table: Oid, number: i16) -> Option<(Oid, crate::catalog::Sequence)> {
        let dependents = self.catalog.dependencies.dependents(Address::column(table, number));
        dependents.into_iter().find_map(|edge| {
            let sequence = self.catalog.relation(edge.dependent.oid)?.as_sequence()?;
            (sequence.identity && sequence.owner == Some((table, number)))
                .then(|| (edge.dependent.oid, sequence.clone()))
        })
    }

    pub(super) fn drop_sequence_of(&mut self, table: Oid, number: i16) -> Result<(), Stop> {
        if let Some((oid, _)) = self.sequence_of(table, number) {
            let address = Address::of(Class::Relation, oid);
            self.catalog.dependencies.take(address, Address::column(table, number));
            self.catalog.drop_all(&[address], Behavior::Restrict)?;
        }
        Ok(())
    }
}

const TIMESTAMP_OF_TIMESTAMPTZ: Oid = Oid(2027);
const TIMESTAMPTZ_OF_TIMESTAMP: Oid = Oid(2028);

/// Returns whether every value of a type with one modifier is as it is with another; the support functions of casts.
pub(super) fn keeps_length(of: Oid, from: i32, to: i32) -> bool {
    const VARCHAR: Oid = Oid(1043);
    const VARBIT: Oid = Oid(1562);
    const NUMERIC: Oid = Oid(1700);
    const INTERVAL: Oid = Oid(1186);
    /// time, timestamp, timestamptz, timetz
    const MOMENTS: [Oid; 4] = [Oid(1083), Oid(1114), Oid(1184), Oid(1266)];
    const MOST_DIGITS: i32 = 6;
    match of {
        VARCHAR | VARBIT => to < 0 || (from >= 0 && to >= from),
        NUMERIC => {
            let scale = |modifier: i32| (modifier - 4) & 0x7FF;
            let precision = |modifier: i32| ((modifier - 4) >> 16) & 0xFFFF;
            to < 4 || (from >= 4 && scale(to) == scale(from) && precision(to) >= precision(from))
        }
        INTERVAL => keeps_interval(from, to),
        _ if MOMENTS.contains(&of) => to < 0 || to == MOST_DIGITS || (from >= 0 && to >= from),
        _ => false,
    }
}

/// `interval_support`
fn keeps_interval(from: i32, to: i32) -> bool {
    const FULL: i32 = 0xFFFF;
    const SECOND: usize = 0;
    /// The bit of each field, from the least: second, minute, hour, day, month, year.
    const FIELDS: [i32; 6] = [1 << 12, 1 << 11, 1 << 10, 1 << 3, 1 << 1, 1 << 2];
    if to < 0 {
        return true;
    }
    let least = |modifier: i32| match (modifier >> 16) & 0x7FFF {
        _ if modifier < 0 => SECOND,
        fields => FIELDS.iter().position(|bit| fields & bit != 0).unwrap_or(SECOND),
    };
    let digits = |modifier: i32| if modifier < 0 { FULL } else { modifier & FULL };
    least(to) <= least(from) && (least(from) > SECOND || digits(to) >= 6 || digits(to) >= digits(from))
}

/// Returns whether a value hangs on the time zone of the session.
fn reads_zone(value: &Expression) -> bool {
    let mut found = false;
    value.visit(&mut |part| {
        if let Node::Call(call) = &part.node {
            found |= [TIMESTAMP_OF_TIMESTAMPTZ, TIMESTAMPTZ_OF_TIMESTAMP].contains(&call.function);
        }
    });
    found
}
