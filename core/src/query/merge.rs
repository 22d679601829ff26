//! MERGE: `transformMergeStmt`.

use super::Answer;
use super::change::{Change, Changed, Rows};
use super::insert::Overriding;
use super::level::Level;
use super::update::Assigned;
use crate::PostgresVersion;
use crate::catalog::expression::Expression;
use crate::catalog::query::Query;
use crate::catalog::types::Types;
use crate::catalog::{Oid, RelationKind};
use crate::expression::{Clause, Stop};
use crate::sql::query::ast::{
    Expr, Merge, MergeAction, MergeClause, MergeClauseKind, MergeInsertKind, MergeUpdateKind, OutputClause,
    TableWithJoins, With,
};

const BOOL: Oid = Oid(16);

impl Level<'_> {
    /// Reads a MERGE; returns what it reads.
    pub(super) fn merge(mut self, tree: &Merge, with: Option<&With>) -> Answer<Query> {
        if !tree.into {
            return Err(Stop::refused("42601", "syntax error"));
        }
        let with = with.map(|with| self.with(with)).transpose()?.unwrap_or_default();
        each_is_reached(&tree.clauses)?;
        let alone = |factor| TableWithJoins { relation: factor, joins: Vec::new() };
        let Changed { relation, item: target } = self.only_table(&alone(tree.table.clone()))?;
        let takes = match relation.kind {
            RelationKind::Table | RelationKind::Partitioned(_) => true,
            RelationKind::View(_) => Types::version(&self) >= PostgresVersion::V17,
            _ => false,
        };
        let has_rules = Types::version(&self) < PostgresVersion::V17
            && relation.is_table()
            && self.world.catalog.rules_of(relation.oid).next().is_some();
        if !takes || has_rules {
            let message = format!("cannot execute MERGE on relation \"{}\"", relation.name);
            return Err(Stop::refused("0A000", message));
        }
        let from = self.from(&[alone(tree.source.clone())])?;
        let source = std::mem::take(&mut self.items);
        if source.iter().any(|item| item.name == target.name) {
            let name = target.name.as_deref().unwrap_or_default();
            return Err(Stop::refused("42712", format!("name \"{name}\" specified more than once")));
        }
        let both: Vec<_> = source.iter().chain([&target]).cloned().collect();
        self.items.clone_from(&both);
        let on = self.value(&tree.on, Clause::On)?;
        if on.of.oid != BOOL {
            return Err(Stop::unknown("a MERGE whose condition is none"));
        }
        let returning = match &tree.output {
            None => None,
            Some(OutputClause::Returning { select_items, .. }) => {
                if select_items.iter().any(|item| item.to_string().to_ascii_lowercase().contains("merge_action")) {
                    return Err(Stop::unknown("which action a MERGE took"));
                }
                Some(select_items)
            }
            Some(OutputClause::Output { .. }) => return Err(Stop::refused("42601", "syntax error")),
        };
        let returning = self.returning(returning)?;
        let mut change = Change { merges: true, ..Change::of(relation.oid) }.over(&target);
        let mut values = Vec::new();
        for clause in &tree.clauses {
            self.items = match clause.clause_kind {
                MergeClauseKind::Matched => both.clone(),
                MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => source.clone(),
                MergeClauseKind::NotMatchedBySource => vec![target.clone()],
            };
            if let Some(condition) = &clause.predicate {
                values.push(self.condition(condition, Clause::Where, "WHEN")?);
            }
            match &clause.action {
                MergeAction::DoNothing { .. } => {}
                MergeAction::Delete { .. } => change.deletes = true,
                MergeAction::Update(update) => {
                    let (MergeUpdateKind::Set(assignments), None, None) =
                        (&update.kind, &update.update_predicate, &update.delete_predicate)
                    else {
                        return Err(Stop::refused("42601", "syntax error"));
                    };
                    let Assigned { row: assigned, .. } = self.assignments(assignments, relation, &mut values)?;
                    let columns = assigned.iter().map(|(number, _)| *number);
                    change.updates.get_or_insert_default().extend(columns);
                    for (number, value) in assigned {
                        // Which of two clauses it is, the rows say.
                        let is_twice = change.assigned.iter().any(|(of, _)| *of == number);
                        change.assigned.retain(|(of, _)| *of != number);
                        change.assigned.push((number, if is_twice { Some(Expression::anything()) } else { value }));
                    }
                }
                MergeAction::Insert(insert) => {
                    let (MergeInsertKind::Values(rows), None) = (&insert.kind, &insert.insert_predicate) else {
                        return Err(Stop::refused("42601", "syntax error"));
                    };
                    let columns = self.target_columns(relation, &insert.columns)?;
                    let rows: Vec<&[Expr]> = rows.rows.iter().map(|row| row.content.as_slice()).collect();
                    if rows.len() != 1 {
                        return Err(Stop::refused("42601", "syntax error"));
                    }
                    let rows = self.rows_of(&rows, &columns, !insert.columns.is_empty(), Overriding::None)?;
                    let named = columns.iter().take(rows.first().map_or(0, Vec::len)).map(|column| column.number);
                    let new: Vec<i16> = named.filter(|number| !change.inserts.contains(number)).collect();
                    change.inserts.extend(new);
                    values.extend(rows.iter().flatten().filter_map(|(_, value)| value.clone()));
                    change.rows = match (change.rows, rows.into_iter().next()) {
                        (Rows::None, Some(row)) => Rows::Merged(row),
                        // Which of two clauses it is, the rows say.
                        _ => Rows::Query(None),
                    };
                }
            }
        }
        Ok(self.changing(change, with, from, Some(on), values, returning))
    }
}

/// Refuses a clause behind one that takes all that comes.
fn each_is_reached(clauses: &[MergeClause]) -> Answer<()> {
    for (at, clause) in clauses.iter().enumerate() {
        let takes_all =
            |before: &MergeClause| before.predicate.is_none() && place(before.clause_kind) == place(clause.clause_kind);
        if clauses.iter().take(at).any(takes_all) {
            let message = "unreachable WHEN clause specified after unconditional WHEN clause";
            return Err(Stop::refused("42601", message));
        }
    }
    Ok(())
}

fn place(kind: MergeClauseKind) -> u8 {
    match kind {
        MergeClauseKind::Matched => 0,
        MergeClauseKind::NotMatched | MergeClauseKind::NotMatchedByTarget => 1,
        MergeClauseKind::NotMatchedBySource => 2,
    }
}
