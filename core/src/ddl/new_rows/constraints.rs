//! NOT NULL, CHECK, domains, and the bounds of partitions: what is asked of a row by itself.

use std::sync::Arc;

use super::{NewRow, Verdict};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::{
    Bound, Constraint, ConstraintKind, Formula, KeyOf, Known, Oid, Refusal, Relation, RelationKind, SqlState,
    UserTypeKind,
};
use crate::ddl::{Play, Stop};
use crate::expression::{evaluate, may_fail};
use crate::query::Row;

/// What a check says to a row.
pub(super) enum Said {
    Holds,
    IsBroken,
    /// It cannot be computed.
    Raises(Refusal),
    Perhaps,
}

impl Said {
    fn of(found: Result<Known, Refusal>) -> Self {
        match found {
            Ok(Known::Null) => Self::Holds,
            Ok(Known::Is(text)) if &*text == "t" => Self::Holds,
            Ok(Known::Is(_)) => Self::IsBroken,
            Ok(Known::Some | Known::Perhaps) => Self::Perhaps,
            Err(refusal) => Self::Raises(refusal),
        }
    }
}

impl Play<'_> {
    pub(super) fn check_nulls(
        &self,
        table: &Relation,
        row: &NewRow,
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        for column in table.live().filter(|column| column.not_null) {
            let known = row.value(column.number);
            if !known.is_some() {
                let message = format!(
                    "null value in column \"{}\" of relation \"{}\" violates not-null constraint",
                    column.name, table.name
                );
                let refusal = Refusal::new(SqlState::NOT_NULL_VIOLATION, message);
                verdict.say(sure && *known == Known::Null, refusal, table.oid)?;
            }
        }
        Ok(())
    }

    pub(super) fn check_checks(
        &self,
        table: &Relation,
        row: &NewRow,
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        // What holds for all rows holds for one of which no column is changed that it asks about.
        let is_asked = |constraint: &Constraint, formula: &Formula| match &row.changed {
            Some(changed) => !constraint.validated || formula.columns.iter().any(|it| *it == 0 || changed.contains(it)),
            None => true,
        };
        let mut checks: Vec<(&Constraint, &Formula)> = self
            .catalog
            .constraints_of(table.oid)
            .into_iter()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::Check(formula) if constraint.enforced && is_asked(constraint, formula) => {
                    Some((constraint, formula))
                }
                _ => None,
            })
            .collect();
        checks.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        for (constraint, formula) in checks {
            let said = self.says(table.oid, row, formula);
            let message =
                format!("new row for relation \"{}\" violates check constraint \"{}\"", table.name, constraint.name);
            self.say_of_check(said, &formula.tree, message, sure, table.oid, verdict)?;
        }
        Ok(())
    }

    /// Returns what a check says to a row.
    pub(super) fn says(&self, table: Oid, row: &NewRow, formula: &Formula) -> Said {
        let leaf = |leaf: &Expression| match leaf.node {
            Node::Column { relation, number } if relation == table => self.collated(table, number, row.value(number)),
            _ => Known::Perhaps,
        };
        Said::of(evaluate(&self.catalog, &formula.tree, &leaf))
    }

    /// Refuses a row by what a check says to it, or takes note of what it may say.
    fn say_of_check(
        &self,
        said: Said,
        check: &Expression,
        broken: String,
        sure: bool,
        decides: Oid,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let is_broken = match said {
            Said::Holds => return Ok(()),
            Said::Raises(refusal) => return verdict.say(sure, refusal, decides),
            Said::IsBroken => true,
            Said::Perhaps => {
                for refusal in may_fail(&self.catalog, check, None) {
                    verdict.may(refusal, decides);
                }
                false
            }
        };
        verdict.say(sure && is_broken, Refusal::new(SqlState::CHECK_VIOLATION, broken), decides)
    }

    /// Of a column with a collation of its own it is not known which texts are equal.
    pub(super) fn collated(&self, table: Oid, number: i16, known: &Known) -> Known {
        let column = self.catalog.relation(table).and_then(|relation| relation.numbered(number));
        match known {
            Known::Is(_) if column.is_some_and(|column| column.collation.is_some()) => Known::Some,
            known => known.clone(),
        }
    }

    pub(super) fn check_domains(
        &self,
        table: &Relation,
        row: &NewRow,
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        for column in table.live() {
            // What comes from a column was checked before, and what is left alone too.
            let from_column = row.tree(column.number).is_some_and(|tree| matches!(tree.node, Node::Column { .. }));
            if from_column || row.changed.as_ref().is_some_and(|changed| !changed.contains(&column.number)) {
                continue;
            }
            self.check_domain(column.of.oid, row.value(column.number), sure, table.oid, verdict)?;
        }
        Ok(())
    }

    fn check_domain(
        &self,
        of: Oid,
        value: &Known,
        sure: bool,
        decides: Oid,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let Some(found) = self.catalog.user_type(of).filter(|found| found.oid == of) else { return Ok(()) };
        let UserTypeKind::Domain(domain) = &found.kind else { return Ok(()) };
        self.check_domain(domain.base.oid, value, sure, decides, verdict)?;
        if domain.not_null && !value.is_some() {
            let message = format!("domain {} does not allow null values", found.name);
            let refusal = Refusal::new(SqlState::NOT_NULL_VIOLATION, message);
            verdict.say(sure && *value == Known::Null, refusal, decides)?;
        }
        for oid in &domain.constraints {
            let Some(constraint) = self.catalog.constraint(*oid) else { continue };
            let ConstraintKind::Check(formula) = &constraint.kind else { continue };
            let leaf = |leaf: &Expression| match leaf.node {
                Node::DomainValue => value.clone(),
                _ => Known::Perhaps,
            };
            let said = Said::of(evaluate(&self.catalog, &formula.tree, &leaf));
            let message = format!("value for domain {} violates check constraint \"{}\"", found.name, constraint.name);
            self.say_of_check(said, &formula.tree, message, sure, decides, verdict)?;
        }
        Ok(())
    }

    /// Checks that some partition takes a row, and that a partition takes it.
    pub(super) fn check_routing(
        &self,
        table: &Relation,
        row: &NewRow,
        sure: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        if let RelationKind::Partitioned(_) = table.kind {
            let message = format!("no partition of relation \"{}\" found for row", table.name);
            let refusal = Refusal::new(SqlState::CHECK_VIOLATION, message);
            if table.children.is_empty() {
                return verdict.say(sure, refusal, table.oid);
            }
            if !self.some_part_takes(table, row) {
                verdict.may(refusal, table.oid);
            }
        }
        if self.may_be_out_of_bounds(table, row) {
            let message = format!("new row for relation \"{}\" violates partition constraint", table.name);
            verdict.may(Refusal::new(SqlState::CHECK_VIOLATION, message), table.oid);
        }
        Ok(())
    }

    /// Checks whether rows stay in their partition, where what decides on it is changed.
    pub(super) fn check_moved(&self, table: &Relation, row: &NewRow, assigned: &Row, verdict: &mut Verdict) {
        let changes = |parts: &[i16]| assigned.iter().any(|(number, _)| parts.contains(number));
        if let RelationKind::Partitioned(key) = &table.kind
            && changes(&key.columns().collect::<Vec<_>>())
        {
            let message = format!("no partition of relation \"{}\" found for row", table.name);
            verdict.may(Refusal::new(SqlState::CHECK_VIOLATION, message), table.oid);
        }
        let of_bounds: Vec<i16> = self.keys_above(table).iter().flat_map(|(columns, _)| columns.clone()).collect();
        if changes(&of_bounds) && self.may_be_out_of_bounds(table, row) {
            let message = format!("new row for relation \"{}\" violates partition constraint", table.name);
            verdict.may(Refusal::new(SqlState::CHECK_VIOLATION, message), table.oid);
        }
    }

    /// Returns whether a default partition, or one of a list, takes a row for sure.
    fn some_part_takes(&self, table: &Relation, row: &NewRow) -> bool {
        let RelationKind::Partitioned(key) = &table.kind else { return true };
        let values = match key.parts.as_slice() {
            [KeyOf::Column(number)] => Some(row.value(*number)),
            _ => None,
        };
        let takes = |part: &Relation| match (&part.bound, values) {
            (Some(Bound::Default), _) => true,
            (Some(bound), Some(value)) => bound.takes(value),
            _ => false,
        };
        let part = self.catalog.relation(table.oid).into_iter().flat_map(|table| &table.children);
        // A part that is divided further may have none for it.
        part.filter_map(|oid| self.catalog.relation(*oid)).any(|part| takes(part) && !part.is_partitioned())
    }

    fn may_be_out_of_bounds(&self, table: &Relation, row: &NewRow) -> bool {
        self.keys_above(table).iter().any(|(columns, bound)| match columns.as_slice() {
            [number] => !bound.takes(row.value(*number)),
            _ => true,
        })
    }

    /// Returns the keys by which a partition and those above it are chosen, as columns of its own, with their bounds.
    fn keys_above(&self, table: &Relation) -> Vec<(Vec<i16>, Arc<Bound>)> {
        let mut found = Vec::new();
        let mut at = table;
        while let (Some(bound), Some(parent)) =
            (&at.bound, at.parents.first().and_then(|parent| self.catalog.relation(*parent)))
        {
            if let RelationKind::Partitioned(key) = &parent.kind {
                let own = |number: i16| {
                    let name = parent.numbered(number).map(|column| column.name.clone())?;
                    table.column(&name).map(|column| column.number)
                };
                found.push((key.columns().filter_map(own).collect(), Arc::new(bound.clone())));
            }
            at = parent;
        }
        found
    }
}
