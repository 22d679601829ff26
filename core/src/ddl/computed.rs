//! What computing the values of a statement raises: what the planner meets before any row, and what rows may bring.

use super::new_rows::{are_written, is_pulled_up, leaves, puts_out_rows, substituted};
use super::rows::is_view;
use super::{Play, Stop, refused};
use crate::catalog::expression::{Expression, Node, Value};
use crate::catalog::query::{Body, Query, Source, SourceOf, Target};
use crate::catalog::{Known, Oid, Refusal, Rows, SqlState};
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
        all.try_for_each(|value| folds(&self.catalog, value))?;
        match &change.rows {
            Inserted::Query(Some(query)) => {
                self.plans(query)?;
                self.plans_outputs(query, &change.puts)
            }
            _ => Ok(()),
        }
    }

    /// The same of what a query puts into columns.
    fn plans_outputs(&self, query: &Query, puts: &[Expression]) -> Result<(), Stop> {
        let is_pulled_up = is_pulled_up(&self.catalog, query);
        for (put, target) in puts.iter().zip(query.outputs()) {
            let is_literal = !put.any(&mut |part| part.node == Node::Placeholder);
            if is_pulled_up || is_literal {
                folds(&self.catalog, &substituted(put, &target.value))?;
            }
        }
        Ok(())
    }

    /// Refuses a query that runs and asks for fewer rows than none, and one that is sure to put out rows that cannot be
    /// computed.
    pub(super) fn takes_rows(&self, query: &Query) -> Result<(), Stop> {
        let counts = [
            (&query.offset, "2201X", "OFFSET must not be negative"),
            (&query.limit, "2201W", "LIMIT must not be negative"),
        ];
        for (count, state, message) in counts {
            let Some(count) = count else { continue };
            let found = evaluate(&self.catalog, count, &|_| Known::Perhaps)?;
            if found.text().and_then(|text| text.parse().ok()).is_some_and(|count: i64| count < 0) {
                return refused(SqlState(state), message);
            }
        }
        if puts_out_rows(&self.catalog, query) && matches!(query.body, Body::Select(_)) {
            let mut outputs = query.outputs();
            outputs.try_for_each(|target| evaluate(&self.catalog, &target.value, &|_| Known::Perhaps).map(|_| ()))?;
        }
        Ok(())
    }

    /// The same of a query. Those inside, the planner may leave out.
    pub(super) fn plans(&self, query: &Query) -> Result<(), Stop> {
        let mut all = query.expressions().into_iter();
        let mut said = all.try_for_each(|value| folds(&self.catalog, value));
        let inside = query.as_select().into_iter().flat_map(|select| &select.sources);
        // Rows of VALUES are planned as they stand there; a single one becomes a part of what is around it.
        for rows in inside.filter_map(rows_of).filter(|rows| rows.len() > 1) {
            let mut values = rows.iter().flatten();
            said = said.and_then(|()| values.try_for_each(|value| folds(&self.catalog, value)));
        }
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
        if let Inserted::Query(Some(query)) = &change.rows {
            let are_written = are_written(&self.catalog, query, &change.puts);
            let is_open = |at: &usize| !are_written.get(*at).is_some_and(|is| *is);
            let mut all = Vec::new();
            leaves(query, &mut all);
            for leaf in all {
                let Body::Select(select) = &leaf.body else { continue };
                let Some(decides) = leaf.relations().into_iter().find(has_rows) else { continue };
                let puts = change.puts.iter().map(Some).chain(std::iter::repeat(None));
                let value = |(target, put): (&Target, Option<&Expression>)| match put {
                    Some(put) => substituted(put, &target.value),
                    None => target.value.clone(),
                };
                let outputs = leaf.outputs().zip(puts).enumerate();
                let values: Vec<Expression> =
                    outputs.filter(|(at, _)| is_open(at)).map(|(_, output)| value(output)).collect();
                fear(values.iter().collect(), select.condition.as_ref(), decides);
            }
        }
        for (refusal, decides) in found {
            self.fear(refusal, decides);
        }
    }

    /// Takes note of what computing an expression may raise for the rows of a table.
    pub(super) fn fear_of(&mut self, value: &Expression, decides: Oid) {
        for refusal in may_fail(&self.catalog, value, None) {
            self.fear(refusal, decides);
        }
    }

    fn fear(&mut self, refusal: Refusal, decides: Oid) {
        if !self.ledger.may_raise.iter().any(|(known, of)| *known == refusal && *of == decides) {
            self.ledger.may_raise.push((refusal, decides));
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

/// Returns the rows of a source that is VALUES in parentheses.
fn rows_of(source: &Source) -> Option<&Vec<Vec<Expression>>> {
    let SourceOf::Query(query) = &source.of else { return None };
    match query.as_select()?.sources.as_slice() {
        [Source { of: SourceOf::Values(rows), .. }] => Some(rows),
        _ => None,
    }
}
