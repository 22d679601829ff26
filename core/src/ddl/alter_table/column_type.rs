//! `ALTER COLUMN … TYPE`

use super::Reach;
use crate::catalog::{
    Address, Behavior, Class, ConstraintKind, Context, Oid, Refusal, Rows, SequenceOptions, SqlState, Type, types,
};
use crate::ddl::syntax::{part, type_name};
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn set_type(
        &mut self,
        table: Oid,
        column: &str,
        option: &ast::SetType,
        reach: Reach,
    ) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let invalid = |message: String| refused(SqlState::INVALID_TABLE_DEFINITION, message);
        if part(relation.numbered(number))?.inherited > 0 {
            return invalid(format!("cannot alter inherited column \"{column}\""));
        }
        if self.in_partition_key(table, number) {
            return invalid(format!("cannot alter column \"{column}\" because it is part of the partition key"));
        }
        if reach.only && !relation.children.is_empty() {
            return invalid(format!("type of inherited column \"{column}\" must be changed in child tables too"));
        }
        let all = self.reached(table, reach);
        for oid in &all {
            let relation = part(self.catalog.relation(*oid))?;
            let found = part(relation.column(column))?;
            let parents = relation.parents.iter().filter(|parent| all.contains(parent)).count();
            if found.inherited > parents {
                return invalid(format!(
                    "cannot alter inherited column \"{column}\" of relation \"{}\"",
                    relation.name
                ));
            }
            if *oid != table && self.in_partition_key(*oid, found.number) {
                return invalid(format!("cannot alter column \"{column}\" because it is part of the partition key"));
            }
            let depends = self.catalog.dependencies.dependents(Address::column(*oid, found.number));
            let mut depends = depends.filter(|edge| edge.dependent.class != Class::Default);
            if (all.len() > 1 || relation.is_partition()) && depends.next().is_some() {
                return unknown("the type of a column that something of a partition depends on");
            }
        }
        for oid in all {
            self.set_type_of(oid, column, option)?;
        }
        Ok(())
    }

    fn set_type_of(&mut self, table: Oid, column: &str, option: &ast::SetType) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let of = self.names.data_type(&self.catalog, &type_name(option.ty())?)?;
        self.column_may_be_of(column, of)?;
        let collation = option.collate().map(|collate| self.collation(&collate, of)).transpose()?;
        let relation = part(self.catalog.relation(table))?;
        let found = part(relation.numbered(number))?.clone();
        let (rows, is_partitioned) = (relation.rows, relation.is_partitioned());
        if option.using_expr().is_some() {
            return unknown("USING is outside the model");
        }
        if !self.can_be_assigned(found.of, of)? {
            let message = format!(
                "column \"{column}\" cannot be cast automatically to type {}",
                self.names.spelled(&self.catalog, of)
            );
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        self.nothing_else_reads(table, number)?;
        if let Some(default) = &found.default {
            if default.generated {
                return unknown("the type of a generated column");
            }
            if !default.formula.written.starts_with("nextval(") {
                return unknown("the type of a column with a default");
            }
            if !self.can_be_assigned(Type { oid: Oid(20), modifier: -1 }, of)? {
                let message = format!("default for column \"{column}\" cannot be cast automatically to type");
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
        }
        if found.identity.is_some() {
            self.retype_identity(table, number, of)?;
        }
        let keeps = self.keeps_storage(found.of, of);
        if !keeps && !is_partitioned {
            self.ledger.rewrite(table);
            self.ledger.scan(table);
            if rows == Rows::Perhaps && found.of.oid != of.oid {
                let message = "a value does not fit the new type";
                for state in ["22003", "22001", "22P02", "22007"] {
                    self.ledger.may_raise.push((Refusal::new(SqlState(state), message), table));
                }
            } else if rows == Rows::Perhaps {
                for state in ["22001", "22003"] {
                    self.ledger.may_raise.push((Refusal::new(SqlState(state), "a value is too long"), table));
                }
            }
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.of = of;
            found.collation = collation.map(Into::into);
            found.statistics = None;
        }
        self.retype_dependency(table, number, found.of, of);
        self.rebuild_foreign_keys(table, number)
    }

    fn retype_dependency(&mut self, table: Oid, number: i16, old: Type, new: Type) {
        let address = Address::column(table, number);
        if let Some(old) = self.catalog.user_type(old.oid).map(|found| found.oid) {
            self.catalog.dependencies.take(address, Address::of(Class::Type, old));
        }
        self.catalog.depend_on_type(address, new);
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
                Class::Relation if edge.dependent.column != 0 && edge.dependent.oid == table => {
                    "cannot alter type of a column used by a generated column"
                }
                Class::Constraint => {
                    if let Some(ConstraintKind::Check(_)) =
                        self.catalog.constraint(edge.dependent.oid).map(|constraint| &constraint.kind)
                    {
                        return unknown("the type of a column with a check");
                    }
                    continue;
                }
                Class::Relation => {
                    let index = self.catalog.relation(edge.dependent.oid).and_then(|it| it.as_index());
                    let plain = index.is_none_or(|index| {
                        index.predicate.is_none() && index.key_columns().all(|column| column.is_some())
                    });
                    if !plain {
                        return unknown("the type of a column in an expression of an index");
                    }
                    continue;
                }
                _ => continue,
            };
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(())
    }

    /// Checks the foreign keys over a column again, and locks their other side.
    fn rebuild_foreign_keys(&mut self, table: Oid, number: i16) -> Result<(), Stop> {
        let mut pairs = Vec::new();
        let mut sorted = Vec::new();
        for constraint in self.catalog.constraints() {
            match &constraint.kind {
                ConstraintKind::Foreign { columns, references, referenced, .. } => {
                    for (column, key) in columns.iter().zip(referenced) {
                        if (constraint.on, *column) == (table, number) || (*references, *key) == (table, number) {
                            pairs.push((constraint.on, *column, *references, *key));
                        }
                    }
                }
                ConstraintKind::Key { columns, .. } if constraint.on == table && columns.contains(&number) => {
                    sorted.push(number);
                }
                _ => {}
            }
        }
        for index in part(self.catalog.relation(table))?.indexes.clone() {
            let found = self.catalog.relation(index).and_then(|it| it.as_index());
            if found.is_some_and(|index| index.key_columns().any(|column| column == Some(number))) {
                sorted.push(number);
            }
        }
        if !sorted.is_empty() {
            self.can_be_sorted(part(part(self.catalog.relation(table))?.numbered(number))?.of)?;
        }
        for (from, column, to, key) in pairs {
            let of = |oid, number| {
                self.catalog.relation(oid).and_then(|relation| relation.numbered(number)).map(|column| column.of)
            };
            let (Some(one), Some(other)) = (of(from, column), of(to, key)) else { continue };
            if !self.can_be_compared(one, other)? {
                let message = "foreign key constraint cannot be implemented: key columns are of incompatible types";
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
            self.lock(from, LockMode::AccessExclusive);
            self.lock(to, LockMode::AccessExclusive);
            self.ledger.scan(from);
        }
        Ok(())
    }

    /// Returns whether a value of one type is taken for another where a column gets a new type.
    pub(super) fn can_be_assigned(&self, from: Type, to: Type) -> Result<bool, Stop> {
        Ok(types::can_become(&self.catalog, from.oid, to.oid, Context::Assignment))
    }

    /// Returns whether the rows stay as they are.
    fn keeps_storage(&self, from: Type, to: Type) -> bool {
        const VARCHAR: Oid = Oid(1043);
        const TEXT: Oid = Oid(25);
        const NUMERIC: Oid = Oid(1700);
        const VARBIT: Oid = Oid(1562);
        let unconstrained = |of: Type| self.base(of);
        if from == to {
            return true;
        }
        if self.catalog.user_type(from.oid).is_some() || self.catalog.user_type(to.oid).is_some() {
            let domain_without_constraints = |of: Type| match self.catalog.user_type(of.oid).map(|found| &found.kind) {
                Some(crate::catalog::UserTypeKind::Domain(domain)) => domain.constraints.is_empty() && !domain.not_null,
                Some(_) => false,
                None => true,
            };
            return domain_without_constraints(to) && unconstrained(from) == unconstrained(to);
        }
        let wider = |from: i32, to: i32| to < 0 || (from >= 0 && to >= from);
        match (from.oid, to.oid) {
            (VARCHAR, VARCHAR) | (VARBIT, VARBIT) => wider(from.modifier, to.modifier),
            (VARCHAR, TEXT) => true,
            (TEXT, VARCHAR) => to.modifier < 0,
            (NUMERIC, NUMERIC) => {
                let scale = |modifier: i32| (modifier - 4) & 0x7FF;
                to.modifier < 0
                    || (from.modifier >= 0
                        && to.modifier >= from.modifier
                        && scale(from.modifier) == scale(to.modifier))
            }
            // cidr is inet with less; oid is int with another name; json and xml have texts of their own.
            (Oid(650), Oid(869)) | (Oid(23), Oid(26)) | (Oid(26), Oid(23)) => true,
            (Oid(1114), Oid(1114)) | (Oid(1184), Oid(1184)) | (Oid(1083), Oid(1083)) | (Oid(1266), Oid(1266)) => {
                let full = |modifier: i32| if modifier < 0 { 6 } else { modifier };
                full(to.modifier) >= full(from.modifier)
            }
            // The server keeps its clock in UTC.
            (Oid(1114), Oid(1184)) | (Oid(1184), Oid(1114)) => to.modifier < 0,
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
