//! `SET CONSTRAINTS`

use super::syntax::qualified;
use super::{Play, Stop, refused};
use crate::catalog::{Constraint, SqlState};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn set_constraints(&mut self, tree: &ast::SetConstraints) -> Result<(), Stop> {
        let defers = matches!(tree.constraint_timing(), Some(ast::ConstraintTiming::Deferred(_)));
        let mut is_all = true;
        for named in tree.constraint_name_refs() {
            is_all = false;
            let written = qualified(Some(named))?;
            if let Some(schema) = &written.schema {
                crate::catalog::schema_named(&self.catalog, schema)?;
            }
            let schemas = self.names.schemas_for(&self.catalog, written.schema.as_deref());
            let has_name = |constraint: &&Constraint| {
                let on = self.catalog.relation(constraint.on).map(|relation| relation.schema);
                *constraint.name == *written.name && on.is_some_and(|schema| schemas.contains(&schema))
            };
            let found: Vec<&Constraint> = self.catalog.constraints().filter(has_name).collect();
            if found.is_empty() {
                let message = format!("constraint \"{}\" does not exist", written.name);
                return refused(SqlState::UNDEFINED_OBJECT, message);
            }
            if defers && found.iter().any(|constraint| constraint.deferrable.is_none()) {
                let message = format!("constraint \"{}\" is not deferrable", written.name);
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
            for constraint in found.iter().map(|constraint| constraint.oid).collect::<Vec<_>>() {
                self.pending.set(constraint, defers);
            }
        }
        if is_all {
            self.pending.set_all(defers);
        }
        Ok(())
    }
}
