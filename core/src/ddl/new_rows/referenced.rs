//! Foreign keys of other tables: what refers to rows that are deleted, or whose key is changed.

use super::Verdict;
use crate::catalog::{Constraint, ConstraintKind, Oid, Refusal, Relation, Rows, SqlState};
use crate::ddl::Play;
use crate::document::schema::Action;
use crate::query::Change;

impl Play<'_> {
    /// Takes note of rows elsewhere that may keep some of `affected` from being deleted or changed.
    pub(super) fn check_referencing(&self, change: &Change, affected: &[Oid], verdict: &mut Verdict) {
        let mut waiting: Vec<Oid> = affected.to_vec();
        let mut deleted: Vec<Oid> = Vec::new();
        while let Some(table) = waiting.pop() {
            for constraint in self.catalog.referencing(table) {
                let ConstraintKind::Foreign { referenced, columns, on_delete, on_update, guards, .. } =
                    &constraint.kind
                else {
                    continue;
                };
                let on = self.catalog.relation(constraint.on);
                let Some(on) = on.filter(|on| self.may_have_rows(on) && constraint.enforced && self.is_on(*guards))
                else {
                    continue;
                };
                let is_changed = |number: &i16| change.assigned.iter().any(|(of, _)| of == number);
                if change.updates.is_some() && affected.contains(&table) && referenced.iter().any(is_changed) {
                    say(*on_update, columns, on, constraint, verdict);
                }
                if change.deletes {
                    say(*on_delete, columns, on, constraint, verdict);
                    if *on_delete == Action::Cascade && !deleted.contains(&on.oid) {
                        deleted.push(on.oid);
                        waiting.push(on.oid);
                    }
                }
            }
        }
    }

    fn may_have_rows(&self, table: &Relation) -> bool {
        let has = |oid: Oid| self.catalog.relation(oid).is_some_and(|it| it.rows == Rows::Perhaps);
        table.rows == Rows::Perhaps || table.is_partitioned() && self.inheritors(table.oid).into_iter().any(has)
    }
}

fn say(action: Action, columns: &[i16], on: &Relation, constraint: &Constraint, verdict: &mut Verdict) {
    match action {
        Action::NoAction | Action::Restrict | Action::SetDefault => {
            let message = format!(
                "update or delete violates foreign key constraint \"{}\" on table \"{}\"",
                constraint.name, on.name
            );
            verdict.may(Refusal::new(SqlState::FOREIGN_KEY_VIOLATION, message), on.oid);
        }
        Action::SetNull => {
            let fixed = columns.iter().filter_map(|number| on.numbered(*number)).find(|column| column.not_null);
            if let Some(column) = fixed {
                let message = format!("null value in column \"{}\" of relation \"{}\"", column.name, on.name);
                verdict.may(Refusal::new(SqlState::NOT_NULL_VIOLATION, message), on.oid);
            }
        }
        Action::Cascade => {}
    }
}
