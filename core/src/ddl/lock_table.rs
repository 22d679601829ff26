//! `LOCK TABLE`

use super::syntax::{part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{RelationKind, SqlState};
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(super) fn lock_table(&mut self, tree: &ast::Lock) -> Result<(), Stop> {
        let mode = match tree.lock_mode_clause().map(|clause| part(clause.lock_mode())).transpose()? {
            None | Some(ast::LockMode::AccessExclusive(_)) => LockMode::AccessExclusive,
            Some(ast::LockMode::AccessShare(_)) => LockMode::AccessShare,
            Some(ast::LockMode::Exclusive(_)) => LockMode::Exclusive,
            Some(ast::LockMode::RowExclusive(_)) => LockMode::RowExclusive,
            Some(ast::LockMode::RowShare(_)) => LockMode::RowShare,
            Some(ast::LockMode::Share(_)) => LockMode::Share,
            Some(ast::LockMode::ShareRowExclusive(_)) => LockMode::ShareRowExclusive,
            Some(ast::LockMode::ShareUpdateExclusive(_)) => LockMode::ShareUpdateExclusive,
        };
        if self.new_from.is_none() {
            let message = "LOCK TABLE can only be used in transaction blocks";
            return refused(SqlState("25P01"), message);
        }
        for named in part(tree.relation_list())?.relation_names() {
            let only = tree::words(&named).first().is_some_and(|word| word.eq_ignore_ascii_case("only"));
            let written = qualified(named.relation_name_ref())?;
            let oid = self.relation_found(&written)?;
            let relation = part(self.catalog.relation(oid))?;
            match &relation.kind {
                RelationKind::Table | RelationKind::Partitioned(_) => {}
                RelationKind::View(_) => return unknown("what is locked with a view"),
                _ => {
                    let message = format!("cannot lock relation \"{}\"", written.name);
                    return refused(SqlState::WRONG_OBJECT_TYPE, message);
                }
            }
            self.lock(oid, mode);
            if !only {
                self.inheritors(oid).into_iter().for_each(|child| self.lock(child, mode));
            }
        }
        Ok(())
    }
}
