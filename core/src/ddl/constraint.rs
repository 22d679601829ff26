//! Constraints as statements ask for them, and CHECK.

use super::foreign_key::NewForeignKey;
use super::key::NewKey;
use super::syntax::{name, none, part};
use super::{Play, Stop, refused, unknown};
use crate::catalog::{Address, Class, Constraint, ConstraintKind, Dependence, Formula, Oid, Rows, SqlState, naming};
use crate::document::schema::Deferrable;
use crate::expression::Place;
use crate::sql::{ast, tree};

/// The constraints that a statement asks for, by when Postgres makes them: keys with their indexes first, foreign keys
/// last.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) keys: Vec<NewKey>,
    pub(super) checks: Vec<NewCheck>,
    pub(super) foreign_keys: Vec<NewForeignKey>,
}

/// A check that a statement asks for.
pub(super) struct NewCheck {
    pub(super) name: Option<String>,
    pub(super) written: String,
    pub(super) options: Options,
}

/// What stands behind a constraint.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    pub(super) deferrable: Option<Deferrable>,
    pub(super) not_valid: bool,
    pub(super) no_inherit: bool,
}

impl Options {
    /// Reads the options behind a constraint; `ConstraintAttributeSpec` and `transformConstraintAttrs`.
    pub(super) fn read(options: impl Iterator<Item = ast::ConstraintOption>) -> Result<Self, Stop> {
        use ast::ConstraintOption as O;
        let (mut deferrable, mut deferred) = (None, None);
        let mut read = Self::default();
        let syntax = |message: &str| refused(SqlState::SYNTAX_ERROR, message);
        for option in options {
            match option {
                O::DeferrableConstraintOption(_) => {
                    if deferrable.is_some() {
                        return syntax("multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed");
                    }
                    deferrable = Some(true);
                }
                O::NotDeferrableConstraintOption(_) => {
                    if deferrable.is_some() {
                        return syntax("multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed");
                    }
                    deferrable = Some(false);
                }
                O::InitiallyDeferredConstraintOption(_) => {
                    if deferred.is_some() {
                        return syntax("multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed");
                    }
                    deferred = Some(true);
                }
                O::InitiallyImmediateConstraintOption(_) => {
                    if deferred.is_some() {
                        return syntax("multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed");
                    }
                    deferred = Some(false);
                }
                O::NotValid(_) => read.not_valid = true,
                O::NoInherit(_) => read.no_inherit = true,
                O::Inherit(_) | O::NotEnforced(_) | O::Enforced(_) => {
                    return unknown("this option of a constraint is outside the model");
                }
            }
        }
        if deferred == Some(true) && deferrable == Some(false) {
            return syntax("constraint declared INITIALLY DEFERRED must be DEFERRABLE");
        }
        let deferrable = deferrable.unwrap_or(deferred == Some(true));
        read.deferrable = match (deferrable, deferred) {
            (false, _) => None,
            (true, Some(true)) => Some(Deferrable::Deferred),
            (true, _) => Some(Deferrable::Immediate),
        };
        Ok(read)
    }
}

/// Returns the name that a constraint is given.
pub(super) fn given_name(clause: Option<ast::ConstraintNameClause>) -> Result<Option<String>, Stop> {
    clause.map(|clause| name(clause.constraint_name())).transpose()
}

impl Wanted {
    /// Reads a constraint, of one column or of the table.
    pub(super) fn read(&mut self, constraint: ast::Constraint, column: Option<&str>) -> Result<(), Stop> {
        match constraint {
            ast::Constraint::CheckConstraint(check) => {
                let name = given_name(check.constraint_name_clause())?;
                let options = Options::read(check.constraint_options())?;
                if options.deferrable.is_some() {
                    let message = "CHECK constraints cannot be marked DEFERRABLE";
                    return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                }
                if column.is_some() && options.not_valid {
                    return refused(SqlState::SYNTAX_ERROR, "syntax error at or near \"NOT VALID\"");
                }
                self.checks.push(NewCheck { name, written: tree::text(&part(check.expr())?), options });
                Ok(())
            }
            ast::Constraint::PrimaryKeyConstraint(key) => {
                self.keys.push(NewKey::primary(&key, column)?);
                Ok(())
            }
            ast::Constraint::UniqueConstraint(key) => {
                self.keys.push(NewKey::unique(&key, column)?);
                Ok(())
            }
            ast::Constraint::ForeignKeyConstraint(key) => {
                self.foreign_keys.push(NewForeignKey::of_table(&key)?);
                Ok(())
            }
            ast::Constraint::ReferencesConstraint(key) => {
                self.foreign_keys.push(NewForeignKey::of_column(&key, part(column)?)?);
                Ok(())
            }
            ast::Constraint::ExcludeConstraint(_) => unknown("EXCLUDE is outside the model"),
            ast::Constraint::NotNullConstraint(_) => unknown("NOT NULL as a constraint of the table"),
            _ => unknown("this constraint is outside the model"),
        }
    }
}

impl Play<'_> {
    /// Adds checks to a table, named as `AddRelationNewConstraints` names them. Returns the columns' formulas made.
    pub(super) fn add_checks(&mut self, table: Oid, checks: &[NewCheck], scans: bool) -> Result<(), Stop> {
        let mut chosen: Vec<String> = Vec::new();
        for check in checks {
            let relation = part(self.catalog.relation(table))?;
            let formula = self.formula(&check.written, relation, Place::Check)?;
            let (schema, table_name) = (relation.schema, relation.name.clone());
            let is_partitioned = relation.is_partitioned();
            let name = match &check.name {
                Some(name) => {
                    let taken = self.catalog.constraints_of(table).iter().any(|other| *other.name == **name);
                    if taken || chosen.contains(name) {
                        let message = if chosen.contains(name) {
                            format!("check constraint \"{name}\" already exists")
                        } else {
                            format!("constraint \"{name}\" for relation \"{table_name}\" already exists")
                        };
                        return refused(SqlState::DUPLICATE_OBJECT, message);
                    }
                    name.clone()
                }
                None => {
                    let column = match formula.columns.as_slice() {
                        [one] => relation.numbered(*one).map(|column| column.name.clone()),
                        _ => None,
                    };
                    naming::constraint_name(&self.catalog, &table_name, column.as_deref(), "check", schema, &chosen)
                }
            };
            if is_partitioned && check.options.no_inherit {
                let message = "cannot add NO INHERIT constraint to partitioned table";
                return refused(SqlState::INVALID_TABLE_DEFINITION, message);
            }
            chosen.push(name.clone());
            self.add_check(table, &name, formula, check.options, scans)?;
        }
        Ok(())
    }

    fn add_check(
        &mut self,
        table: Oid,
        name: &str,
        formula: Formula,
        options: Options,
        scans: bool,
    ) -> Result<(), Stop> {
        let oid = self.catalog.allocate();
        let address = Address::of(Class::Constraint, oid);
        self.depend_on_formula(address, &formula);
        for column in &formula.columns {
            self.catalog.dependencies.add(address, Address::column(table, *column), Dependence::Auto);
        }
        if formula.columns.is_empty() {
            self.catalog.dependencies.add(address, Address::of(Class::Relation, table), Dependence::Auto);
        }
        let relation = part(self.catalog.relation(table))?;
        none(relation.children.first(), "a check on a table with children")?;
        let may_fail = relation.rows == Rows::Perhaps && !options.not_valid;
        if may_fail && scans {
            let message =
                format!("check constraint \"{name}\" of relation \"{}\" is violated by some row", relation.name);
            self.ledger.may_raise.push((crate::catalog::Refusal::new(SqlState::CHECK_VIOLATION, message), table));
        }
        if scans && !options.not_valid {
            self.ledger.scan(table);
        }
        self.catalog.add_constraint(Constraint {
            oid,
            name: name.into(),
            on: table,
            kind: ConstraintKind::Check(formula),
            deferrable: None,
            validated: !(options.not_valid && scans),
            local: true,
            inherited: 0,
            no_inherit: options.no_inherit,
            parent: None,
        });
        Ok(())
    }
}
