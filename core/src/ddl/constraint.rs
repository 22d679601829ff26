//! Constraints as statements ask for them, and CHECK.

use super::foreign_key::NewForeignKey;
use super::key::NewKey;
use super::not_null::NewNotNull;
use super::syntax::{name, part};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Constraint, ConstraintKind, Formula, Oid, Refusal, Rows, SqlState, naming};
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
    pub(super) not_nulls: Vec<NewNotNull>,
}

/// A check that a statement asks for.
pub(super) struct NewCheck {
    pub(super) name: Option<String>,
    pub(super) written: String,
    pub(super) options: Options,
}

/// How a check is added.
struct Adding<'a> {
    name: &'a str,
    options: Options,
    /// The table is not new, so that its rows are read.
    scans: bool,
    /// What inherits from the table is left alone.
    only: bool,
}

/// What stands behind a constraint.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    pub(super) deferrable: Option<Deferrable>,
    pub(super) not_valid: bool,
    pub(super) no_inherit: bool,
    /// Where it is said whether it is.
    pub(super) enforced: Option<bool>,
    /// It is said when it is checked.
    pub(super) says_when: bool,
}

impl Options {
    /// Returns whether what is written is held to the constraint.
    pub(super) fn is_enforced(self) -> bool {
        self.enforced.unwrap_or(true)
    }

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
                O::NotEnforced(_) | O::Enforced(_) => {
                    let enforced = matches!(option, O::Enforced(_));
                    if read.enforced == Some(enforced) {
                        return unknown("whether a constraint may say so twice");
                    }
                    if read.enforced.replace(enforced).is_some() {
                        return syntax("conflicting constraint properties");
                    }
                }
                O::Inherit(_) => return unknown("this option of a constraint is outside the model"),
            }
        }
        if deferred == Some(true) && deferrable == Some(false) {
            return syntax("constraint declared INITIALLY DEFERRED must be DEFERRABLE");
        }
        read.says_when = deferrable.is_some() || deferred.is_some();
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
            ast::Constraint::ExcludeConstraint(exclude) => {
                self.keys.push(NewKey::exclusion(&exclude)?);
                Ok(())
            }
            ast::Constraint::NotNullConstraint(constraint) => {
                self.not_nulls.push(NewNotNull::read(&constraint)?);
                Ok(())
            }
            _ => unknown("this constraint is outside the model"),
        }
    }
}

impl Play<'_> {
    /// Adds checks to a table and, unless `only`, to what inherits from it, named as `AddRelationNewConstraints` names
    /// them. Where there may be rows, they are read.
    pub(super) fn add_checks(&mut self, table: Oid, checks: &[NewCheck], scans: bool, only: bool) -> Result<(), Stop> {
        let mut chosen: Vec<String> = Vec::new();
        for check in checks {
            let relation = part(self.catalog.relation(table))?;
            let formula = self.formula(&check.written, relation, Place::Check)?;
            let (schema, table_name) = (relation.schema, relation.name.clone());
            let name = match &check.name {
                Some(name) => {
                    if chosen.contains(name) {
                        let message = format!("check constraint \"{name}\" already exists");
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
            chosen.push(name.clone());
            let adding = Adding { name: &name, options: check.options, scans, only };
            self.add_check(table, formula, &adding, false)?;
        }
        Ok(())
    }

    /// Adds a check to a table and to its children; `ATAddCheckConstraint`.
    fn add_check(&mut self, table: Oid, formula: Formula, adding: &Adding, recursing: bool) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        if relation.is_partitioned() && adding.options.no_inherit {
            let message = format!("cannot add NO INHERIT constraint to partitioned table \"{}\"", relation.name);
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        let may_merge = recursing || !adding.scans;
        if self.merge_check_into(table, &formula, adding, may_merge, recursing)? {
            return Ok(());
        }
        self.store_check(table, formula.clone(), adding, recursing)?;
        let children = self.children(table);
        if adding.options.no_inherit || children.is_empty() {
            return Ok(());
        }
        if adding.only {
            let message = "constraint must be added to child tables too";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for child in children {
            self.lock(child, LockMode::AccessExclusive);
            let (from, to) = (part(self.catalog.relation(table))?, part(self.catalog.relation(child))?);
            let moved = super::inherit::moved(&formula, from, to)?;
            self.add_check(child, moved, adding, true)?;
        }
        Ok(())
    }

    /// Merges a check with one of its name that the table has; returns whether it has one. `MergeWithExistingConstraint`
    fn merge_check_into(
        &mut self,
        table: Oid,
        formula: &Formula,
        adding: &Adding,
        may_merge: bool,
        recursing: bool,
    ) -> Result<bool, Stop> {
        let name = adding.name;
        let constraints = self.catalog.constraints_of(table);
        let Some(known) = constraints.into_iter().find(|other| *other.name == *name) else { return Ok(false) };
        let relation = part(self.catalog.relation(table))?;
        let is_same = match &known.kind {
            ConstraintKind::Check(other) if may_merge => super::inherit::same(formula, other),
            _ => false,
        };
        if !is_same {
            let message = format!("constraint \"{name}\" for relation \"{}\" already exists", relation.name);
            return refused(SqlState::DUPLICATE_OBJECT, message);
        }
        let enforced = adding.options.is_enforced();
        let is_weaker = if recursing { enforced && !known.enforced } else { !enforced && known.enforced };
        let conflicts = if known.no_inherit {
            Some("non-inherited")
        } else if is_weaker {
            Some("NOT ENFORCED")
        } else if known.inherited > 0 && adding.options.no_inherit {
            Some("inherited")
        } else if known.enforced && !known.validated && !adding.options.not_valid && enforced {
            Some("NOT VALID")
        } else {
            None
        };
        if let Some(what) = conflicts {
            let message = format!("constraint \"{name}\" conflicts with {what} constraint on relation");
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        let (oid, is_partition) = (known.oid, relation.is_partition());
        if let Some(known) = self.catalog.constraint_mut(oid) {
            if is_partition {
                (known.local, known.inherited) = (false, 1);
            } else if recursing {
                known.inherited += 1;
            } else {
                known.local = true;
            }
            known.validated |= enforced && !known.enforced;
            known.enforced |= enforced;
        }
        Ok(true)
    }

    fn store_check(&mut self, table: Oid, formula: Formula, adding: &Adding, recursing: bool) -> Result<(), Stop> {
        let oid = self.catalog.allocate();
        self.check_depends(oid, table, &formula);
        let relation = part(self.catalog.relation(table))?;
        let (name, options, scans) = (adding.name, adding.options, adding.scans);
        if scans && !options.not_valid && options.is_enforced() && !relation.is_partitioned() {
            crate::expression::folds(&self.catalog, &formula.tree)?;
            if relation.rows == Rows::Perhaps {
                let message =
                    format!("check constraint \"{name}\" of relation \"{}\" is violated by some row", relation.name);
                let refusal = Refusal::new(SqlState::CHECK_VIOLATION, message);
                self.check_rows(table, &formula, refusal)?;
            }
            self.ledger.scan(table);
        }
        self.catalog.add_constraint(Constraint {
            oid,
            name: name.into(),
            on: table,
            kind: ConstraintKind::Check(formula),
            deferrable: None,
            validated: !(options.not_valid && scans) && options.is_enforced(),
            enforced: options.is_enforced(),
            local: !recursing,
            inherited: usize::from(recursing),
            no_inherit: options.no_inherit,
            parent: None,
        });
        Ok(())
    }
}
