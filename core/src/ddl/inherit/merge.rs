//! What a new table has from its parents: columns, defaults and checks, merged with its own; `MergeAttributes`.

use super::attribute_map::{moved, same};
use crate::PostgresVersion;
use crate::catalog::{
    Address, Class, Column, Constraint, ConstraintKind, Default, Dependence, Formula, Oid, Relation, SqlState,
};
use crate::ddl::column::{Computed, NewColumn};
use crate::ddl::syntax::part;
use crate::ddl::{Play, Stop, refused, unknown};

/// The columns of a table that is to be made, its own and those of its parents.
#[derive(Default)]
pub(in crate::ddl) struct Merged {
    pub(in crate::ddl) columns: Vec<Column>,
    /// The parent's column whose default a column gets, by place.
    pub(in crate::ddl) defaults: Vec<Option<(Oid, i16)>>,
    /// The column's own definition, by place.
    pub(in crate::ddl) own: Vec<Option<usize>>,
    /// Places of columns to which parents give different defaults.
    conflicts: Vec<usize>,
    /// Checks of the parents, with how many have each.
    checks: Vec<(Oid, usize)>,
}

impl Merged {
    /// Returns the place of a column.
    pub(in crate::ddl) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    fn push(&mut self, column: Column, default: Option<(Oid, i16)>, own: Option<usize>) {
        let number = i16::try_from(self.columns.len() + 1).unwrap_or(i16::MAX);
        self.columns.push(Column { number, default: None, ..column });
        self.defaults.push(default);
        self.own.push(own);
    }
}

impl Play<'_> {
    /// Merges the columns and checks of parents, then the table's own; `MergeAttributes`.
    pub(in crate::ddl) fn merge_columns(
        &self,
        parents: &[Oid],
        own: &[NewColumn],
        made: Vec<Column>,
        is_partition: bool,
    ) -> Result<Merged, Stop> {
        let mut merged = Merged::default();
        for oid in parents {
            self.all_not_nulls_hold(*oid)?;
            let parent = part(self.catalog.relation(*oid))?;
            for column in parent.live() {
                self.merge_inherited(&mut merged, parent, column)?;
            }
            for constraint in self.catalog.constraints_of(*oid) {
                if matches!(constraint.kind, ConstraintKind::Check(_)) && !constraint.no_inherit {
                    self.merge_check(&mut merged, constraint)?;
                }
            }
        }
        for (at, (column, new)) in made.into_iter().zip(own).enumerate() {
            let Some(place) = merged.place(&column.name) else {
                if is_partition {
                    return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{}\" does not exist", column.name));
                }
                merged.push(column, None, Some(at));
                continue;
            };
            let inherited = &mut merged.columns[place];
            if !is_partition {
                if inherited.of != column.of {
                    let message = format!("column \"{}\" has a type conflict", column.name);
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                if inherited.collation != column.collation {
                    return unknown("a collation that differs from the parent's");
                }
                inherited.local = true;
            }
            self.generated_as_above(merged.defaults[place], new, is_partition)?;
            inherited.not_null |= column.not_null;
            if !is_partition || column.identity.is_some() {
                inherited.identity = column.identity;
            }
            if new.default.is_some() || new.generated.is_some() || new.serial {
                merged.defaults[place] = None;
            }
            if new.default.is_some() || new.generated.is_some() {
                merged.conflicts.retain(|conflict| *conflict != place);
            }
            merged.own[place] = Some(at);
        }
        if let Some(place) = merged.conflicts.first() {
            let column = &merged.columns[*place].name;
            let message = format!("column \"{column}\" inherits conflicting default values");
            return refused(SqlState("42611"), message);
        }
        Ok(merged)
    }

    /// Gives a new table the checks of its parents.
    pub(in crate::ddl) fn inherit_checks(&mut self, table: Oid, merged: &Merged) -> Result<(), Stop> {
        for (oid, times) in &merged.checks {
            self.inherit_check(*oid, table, *times)?;
        }
        Ok(())
    }

    /// Gives a table the check of a parent.
    pub(in crate::ddl) fn inherit_check(&mut self, check: Oid, table: Oid, times: usize) -> Result<(), Stop> {
        let found = part(self.catalog.constraint(check))?.clone();
        let ConstraintKind::Check(formula) = &found.kind else { return Ok(()) };
        let (from, to) = (part(self.catalog.relation(found.on))?, part(self.catalog.relation(table))?);
        let formula = moved(formula, from, to)?;
        let oid = self.catalog.allocate();
        self.check_depends(oid, table, &formula);
        self.catalog.add_constraint(Constraint {
            oid,
            on: table,
            kind: ConstraintKind::Check(formula),
            validated: found.enforced,
            local: false,
            inherited: times,
            ..found
        });
        Ok(())
    }

    /// Records which columns a check goes with.
    pub(in crate::ddl) fn check_depends(&mut self, check: Oid, table: Oid, formula: &Formula) {
        let address = Address::of(Class::Constraint, check);
        self.depend_on_formula(address, formula);
        for column in &formula.columns {
            self.catalog.dependencies.add(address, Address::column(table, *column), Dependence::Auto);
        }
        if formula.columns.is_empty() {
            self.catalog.dependencies.add(address, Address::of(Class::Relation, table), Dependence::Auto);
        }
    }

    /// Gives a column the default of a parent's, or what that is generated from.
    pub(in crate::ddl) fn inherit_default(&mut self, from: (Oid, i16), table: Oid, number: i16) -> Result<(), Stop> {
        let (parent, to) = (part(self.catalog.relation(from.0))?, part(self.catalog.relation(table))?);
        let Some(default) = part(parent.numbered(from.1))?.default.clone() else { return Ok(()) };
        let formula = moved(&default.formula, parent, to)?;
        let oid = self.catalog.allocate();
        let mentioned = formula.columns.clone();
        self.depend_on_formula(Address::of(Class::Default, oid), &formula);
        self.catalog.set_default(table, number, Default { oid, formula, ..default });
        if default.generated {
            for column in mentioned {
                let (dependent, on) = (Address::column(table, number), Address::column(table, column));
                self.catalog.dependencies.add(dependent, on, Dependence::Normal);
            }
        }
        Ok(())
    }

    /// Refuses a column that says of its values what does not go with what its parent's says; `MergeChildAttribute`.
    fn generated_as_above(&self, above: Option<(Oid, i16)>, new: &NewColumn, is_partition: bool) -> Result<(), Stop> {
        let column = |(oid, number): (Oid, i16)| self.catalog.relation(oid)?.numbered(number)?.default.as_ref();
        let above = above.and_then(column).and_then(Default::computed);
        let own = new.generated.is_some().then(|| new.computed());
        let own_since_16 = self.catalog.version() >= PostgresVersion::V16;
        let wrong = |what: &str| refused(SqlState("42611"), format!("column \"{}\" {what}", new.name));
        match (above, own) {
            (_, Some(_)) if is_partition && !own_since_16 => {
                refused(SqlState::FEATURE_NOT_SUPPORTED, "generated columns are not supported on partitions")
            }
            (Some(_), None) if is_partition && !own_since_16 && (new.default.is_some() || new.identity.is_some()) => {
                unknown("a column whose parent's is generated")
            }
            (Some(_), None) if new.default.is_some() || new.serial => {
                wrong("inherits from generated column but specifies default")
            }
            (Some(_), None) if new.identity.is_some() => wrong("inherits from generated column but specifies identity"),
            (Some(_), Some(_)) if !own_since_16 => wrong("specifies a generation expression"),
            (None, Some(_)) if own_since_16 => wrong("specifies a generation expression"),
            (Some(above), Some(own)) if above != own => wrong("inherits from generated column of different kind"),
            _ => Ok(()),
        }
    }

    fn is_generated(&self, table: Oid, number: i16) -> Option<Computed> {
        let column = self.catalog.relation(table)?.numbered(number)?;
        column.default.as_ref().and_then(Default::computed)
    }

    fn merge_inherited(&self, merged: &mut Merged, parent: &Relation, column: &Column) -> Result<(), Stop> {
        let default = column.default.is_some().then_some((parent.oid, column.number));
        let Some(place) = merged.place(&column.name) else {
            let has_identity = parent.is_partitioned() && self.partitions_have_identity();
            let inherited = Column {
                identity: column.identity.filter(|_| has_identity),
                statistics: None,
                options: Vec::new(),
                local: false,
                inherited: 1,
                ..column.clone()
            };
            merged.push(inherited, default, None);
            return Ok(());
        };
        let known = &mut merged.columns[place];
        if known.of != column.of {
            let message = format!("inherited column \"{}\" has a type conflict", column.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        if known.collation != column.collation || known.compression != column.compression {
            return unknown("parents whose columns have different collations");
        }
        known.inherited += 1;
        known.not_null |= column.not_null;
        let generated = |of: Option<(Oid, i16)>| of.and_then(|(oid, number)| self.is_generated(oid, number));
        if generated(merged.defaults[place]) != generated(default) {
            let message = format!("inherited column \"{}\" has a generation conflict", column.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        match (merged.defaults[place], default) {
            (None, other) => {
                merged.defaults[place] = other;
                Ok(())
            }
            (Some(_), None) => Ok(()),
            (Some((first, number)), Some(other)) => {
                let default = |of: (Oid, i16)| {
                    let relation = self.catalog.relation(of.0)?;
                    Some((relation, relation.numbered(of.1)?.default.as_ref()?))
                };
                let ((known, one), (new, other)) = (part(default((first, number)))?, part(default(other))?);
                if !moved(&other.formula, new, known).is_ok_and(|moved| same(&moved, &one.formula)) {
                    merged.conflicts.push(place);
                }
                Ok(())
            }
        }
    }

    fn merge_check(&self, merged: &mut Merged, constraint: &Constraint) -> Result<(), Stop> {
        let ConstraintKind::Check(formula) = &constraint.kind else { return Ok(()) };
        for (oid, times) in &mut merged.checks {
            let Some(Constraint { name, on, kind: ConstraintKind::Check(other), enforced, .. }) =
                self.catalog.constraint(*oid)
            else {
                continue;
            };
            if *name == constraint.name {
                if *enforced != constraint.enforced {
                    return unknown("a check that one parent enforces and another does not");
                }
                let (from, to) = (part(self.catalog.relation(constraint.on))?, part(self.catalog.relation(*on))?);
                if !moved(formula, from, to).is_ok_and(|moved| same(&moved, other)) {
                    let message = format!("check constraint name \"{name}\" appears multiple times");
                    return refused(SqlState::DUPLICATE_OBJECT, message);
                }
                *times += 1;
                return Ok(());
            }
        }
        merged.checks.push((constraint.oid, 1));
        Ok(())
    }
}
