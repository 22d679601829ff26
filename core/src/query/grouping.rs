//! What may be put out beside groups: `parseCheckAggregates`.

use super::level::Item;
use super::{Answer, World};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Query, Select, SourceOf};
use crate::catalog::{Address, ConstraintKind, Key, Oid};
use crate::expression::Stop;

/// Refuses a column that each row of a group may have another value of; records the keys that say there is but one.
pub(super) fn check(query: &mut Query, world: &World<'_>) -> Answer<()> {
    no_aggregate_of_outer_query(query)?;
    let sums = sums_up(query);
    let Body::Select(select) = &query.body else { return Ok(()) };
    if !sums && select.groups.is_empty() && select.having.is_none() {
        return Ok(());
    }
    let mut groups: Vec<Expression> = Vec::new();
    for group in &select.groups {
        groups.extend(query.targets.get(*group).map(|target| target.value.clone()));
    }
    let mut grouping = Grouping { world, select, groups, proofs: Vec::new() };
    for target in &query.targets {
        grouping.value(&target.value)?;
    }
    if let Some(having) = &select.having {
        grouping.value(having)?;
    }
    let proofs = grouping.proofs;
    if let Body::Select(select) = &mut query.body {
        select.proofs = proofs;
    }
    Ok(())
}

/// Stops where a row that a rule is for stands beside groups: it is a column of the same query.
pub(super) fn no_row_of_a_rule(query: &Query, rows: &[Item]) -> Answer<()> {
    let Body::Select(select) = &query.body else { return Ok(()) };
    let is_grouped = sums_up(query) || !select.groups.is_empty() || select.having.is_some();
    let is_row = |address: &Address| rows.iter().any(|row| row.source() == address.oid);
    match !rows.is_empty() && is_grouped && query.references().iter().any(is_row) {
        true => Err(Stop::unknown("a row of a rule beside groups")),
        false => Ok(()),
    }
}

/// Returns whether rows are summed up by this very query.
pub(super) fn sums_up(query: &Query) -> bool {
    query.expressions().into_iter().any(|value| value.any(&mut is_aggregate))
}

fn is_aggregate(value: &Expression) -> bool {
    matches!(&value.node, Node::Aggregate(aggregate) if aggregate.over.is_none())
}

/// What an aggregate sums up decides of which query it is.
fn no_aggregate_of_outer_query(query: &Query) -> Answer<()> {
    let Body::Select(select) = &query.body else { return Ok(()) };
    for value in query.expressions() {
        let outer = value.any(&mut |part| {
            if !is_aggregate(part) {
                return false;
            }
            let (mut own, mut any) = (false, false);
            columns(part, &mut |relation| {
                any = true;
                own |= select.sources.iter().any(|source| source.number == relation);
            });
            any && !own
        });
        if outer {
            return Err(Stop::unknown("an aggregate of an outer query"));
        }
    }
    Ok(())
}

/// Calls a function with the source of every column, in queries inside too.
fn columns(value: &Expression, see: &mut dyn FnMut(Oid)) {
    value.visit(&mut |part| match &part.node {
        Node::Column { relation, .. } => see(*relation),
        Node::SubQuery(inner) => inner.query.visit_queries(&mut |query| {
            for value in query.expressions() {
                columns(value, see);
            }
        }),
        _ => {}
    });
}

struct Grouping<'a> {
    world: &'a World<'a>,
    select: &'a Select,
    groups: Vec<Expression>,
    proofs: Vec<Oid>,
}

impl Grouping<'_> {
    /// `check_ungrouped_columns_walker`
    fn value(&mut self, value: &Expression) -> Answer<()> {
        if self.groups.contains(value) || is_aggregate(value) {
            return Ok(());
        }
        match &value.node {
            Node::Column { relation, number } => return self.column(*relation, *number),
            Node::SubQuery(inner) => {
                let mut found = Ok(());
                inner.query.visit_queries(&mut |query| {
                    for part in query.expressions() {
                        if found.is_ok() {
                            found = self.value_inside(part);
                        }
                    }
                });
                found?;
            }
            _ => {}
        }
        value.parts().into_iter().try_for_each(|part| self.value(part))
    }

    /// An aggregate inside a query of its own is not one of this query.
    fn value_inside(&mut self, value: &Expression) -> Answer<()> {
        if self.groups.contains(value) {
            return Ok(());
        }
        if let Node::Column { relation, number } = value.node {
            return self.column(relation, number);
        }
        value.parts().into_iter().try_for_each(|part| self.value_inside(part))
    }

    fn column(&mut self, relation: Oid, number: i16) -> Answer<()> {
        let Some(source) = self.select.sources.iter().find(|source| source.number == relation) else { return Ok(()) };
        let is_grouped = |number: i16| {
            self.groups.iter().any(
                |group| matches!(group.node, Node::Column { relation: of, number: at } if (of, at) == (relation, number)),
            )
        };
        if is_grouped(number) {
            return Ok(());
        }
        if let SourceOf::Relation(oid, _) = source.of {
            for constraint in self.world.catalog.constraints_of(oid) {
                if let ConstraintKind::Key { key: Key::Primary, columns, .. } = &constraint.kind
                    && constraint.deferrable.is_none()
                    && columns.iter().all(|column| is_grouped(*column))
                {
                    if !self.proofs.contains(&constraint.oid) {
                        self.proofs.push(constraint.oid);
                    }
                    return Ok(());
                }
            }
        }
        let name = source.columns.iter().find(|(at, ..)| *at == number).map(|(_, name, _)| name.to_string());
        let name = name.unwrap_or_default();
        let message =
            format!("column \"{name}\" must appear in the GROUP BY clause or be used in an aggregate function");
        Err(Stop::refused("42803", message))
    }
}
