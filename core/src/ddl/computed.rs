//! What computing the values of a statement raises: what the planner meets before any row, and what rows may bring.

use super::rows::is_view;
use super::{Play, Stop};
use crate::catalog::expression::{Expression, Node, Value};
use crate::catalog::query::{Body, Query};
use crate::catalog::{Known, Oid, Refusal, Rows};
use crate::expression::{evaluate, folds, may_fail};
use crate::query::{Change, Rows as Inserted};

impl Play<'_> {
    /// Refuses a change that holds constants that cannot be computed, before any row is looked at.
    pub(super) fn plans_change(&self, change: &Change) -> Result<(), Stop> {
        let of_rows = match &change.rows {
            Inserted::Written(rows) => rows.iter().flatten().filter_map(|(_, value)| value.as_ref()).collect(),
            Inserted::Query(Some(query)) => query.expressions(),
            Inserted::Merged(row) => row.iter().filter_map(|(_, value)| value.as_ref()).collect(),
            Inserted::Query(None) | Inserted::None => Vec::new(),
        };
        let assigned = change.assigned.iter().filter_map(|(_, value)| value.as_ref());
        let condition = change.from.iter().filter_map(|from| from.condition.as_ref());
        let mut all = of_rows.into_iter().chain(assigned).chain(condition);
        Ok(all.try_for_each(|value| folds(&self.catalog, value))?)
    }

    /// The same of a query. Those inside, the planner may leave out.
    pub(super) fn plans(&self, query: &Query) -> Result<(), Stop> {
        let mut all = query.expressions().into_iter();
        let mut said = all.try_for_each(|value| folds(&self.catalog, value));
        if let Body::Set(tree) = &query.body {
            tree.visit(&mut |leaf| {
                let mut all = leaf.expressions().into_iter();
                if said.is_ok() {
                    said = all.try_for_each(|value| folds(&self.catalog, value));
                }
            });
        }
        Ok(said?)
    }

    /// Takes note of what computing may raise, where there are rows for which it is computed.
    pub(super) fn fear_values(&mut self, change: &Change, below: &[Oid]) {
        let has_rows = |oid: &Oid| {
            self.catalog.relation(*oid).is_some_and(|relation| relation.rows == Rows::Perhaps || is_view(relation))
        };
        let mut found: Vec<(Refusal, Oid)> = Vec::new();
        let mut fear = |values: Vec<&Expression>, condition: Option<&Expression>, decides: Oid| {
            let of_condition = condition.into_iter().flat_map(|condition| may_fail(&self.catalog, condition, None));
            let of_values = values.into_iter().flat_map(|value| may_fail(&self.catalog, value, condition));
            found.extend(of_condition.chain(of_values).map(|refusal| (refusal, decides)));
        };
        let is_there = std::iter::once(&change.target).chain(below).any(has_rows);
        if is_there && (change.updates.is_some() || change.deletes) {
            let condition = change.from.as_ref().and_then(|from| from.condition.as_ref());
            fear(change.assigned.iter().filter_map(|(_, value)| value.as_ref()).collect(), condition, change.target);
        }
        if let Inserted::Query(Some(query)) = &change.rows
            && let Body::Select(select) = &query.body
            && let Some(decides) = query.relations().into_iter().find(has_rows)
        {
            let values = query.outputs().map(|target| &target.value).collect();
            fear(values, select.condition.as_ref(), decides);
        }
        for (refusal, decides) in found {
            if !self.ledger.may_raise.iter().any(|(known, of)| *known == refusal && *of == decides) {
                self.ledger.may_raise.push((refusal, decides));
            }
        }
    }

    /// Returns whether a division by a zero that is written there may be computed.
    pub(super) fn may_divide_by_zero(&self, value: &Expression) -> bool {
        let is_such = |part: &Expression| match &part.node {
            Node::Operator(operation) => ["/", "%"].contains(&&*operation.name) && is_zero(&operation.right),
            _ => false,
        };
        // Where the value is known, none was.
        value.any(&mut |part| is_such(part))
            && !matches!(evaluate(&self.catalog, value, &|_| Known::Perhaps), Ok(Known::Is(_) | Known::Null))
    }
}

/// Returns whether a value is written there, and is nothing.
fn is_zero(value: &Expression) -> bool {
    match &value.node {
        Node::Constant(Value::Text(text)) => text.parse::<f64>().is_ok_and(|number| number == 0.0),
        Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) => is_zero(&cast.value),
        Node::Call(call) => call.arguments.first().is_some_and(|argument| is_zero(&argument.value)),
        _ => false,
    }
}
