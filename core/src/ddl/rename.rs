//! New names and schemas for relations.

use super::{LockMode, Play, Stop, refused};
use crate::catalog::{ConstraintKind, Oid, RelationKind, SqlState, schema_named};

impl Play<'_> {
    /// Gives a relation another name, and the constraint or type that shares it.
    pub(super) fn rename_relation(&mut self, oid: Oid, to: &str, mode: LockMode) -> Result<(), Stop> {
        let Some(relation) = self.catalog.relation(oid) else { return Ok(()) };
        let (schema, row_type) = (relation.schema, relation.row_type);
        let constraint = relation.as_index().and_then(|index| index.constraint);
        if matches!(relation.kind, RelationKind::Composite) {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is a composite type", relation.name));
        }
        self.lock(oid, mode);
        self.relation_name_is_free(schema, to)?;
        if row_type.is_some() {
            self.type_name_is_free(schema, to)?;
        }
        if let Some(kept) = constraint.and_then(|oid| self.catalog.constraint(oid)) {
            self.constraint_name_is_free(kept.on, to)?;
        }
        self.catalog.move_relation(oid, schema, to);
        if let Some(constraint) = constraint {
            self.catalog.rename_constraint(constraint, to);
        }
        Ok(())
    }

    /// Puts a relation into another schema, with its indexes and the sequences that it owns.
    pub(super) fn set_schema_of(&mut self, oid: Oid, to: &str) -> Result<(), Stop> {
        let Some(relation) = self.catalog.relation(oid) else { return Ok(()) };
        if let Some(owner) = relation.as_sequence().and_then(|sequence| sequence.owner) {
            let table = self.catalog.relation(owner.0).map(|it| it.name.to_string()).unwrap_or_default();
            let message =
                format!("cannot move an owned sequence into another schema: it is linked to table \"{table}\"");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        self.lock(oid, LockMode::AccessExclusive);
        let schema = schema_named(&self.catalog, to)?;
        if relation_schema(self, oid) == schema {
            return Ok(());
        }
        let mut moved = vec![oid];
        moved.extend(self.catalog.relation(oid).map(|it| it.indexes.clone()).unwrap_or_default());
        let owned = |relation: &&crate::catalog::Relation| {
            relation.as_sequence().and_then(|sequence| sequence.owner).is_some_and(|(table, _)| table == oid)
        };
        moved.extend(self.catalog.relations().filter(owned).map(|it| it.oid).collect::<Vec<_>>());
        for oid in moved {
            let Some(relation) = self.catalog.relation(oid) else { continue };
            let name = relation.name.clone();
            if self.catalog.named(crate::catalog::Space::Relation, schema, &name).is_some() {
                let message = format!("relation \"{name}\" already exists in schema \"{to}\"");
                return refused(SqlState::DUPLICATE_TABLE, message);
            }
            if relation.row_type.is_some() {
                self.type_name_is_free(schema, &name)?;
            }
            self.lock(oid, LockMode::AccessExclusive);
            self.catalog.move_relation(oid, schema, &name);
        }
        Ok(())
    }

    /// Renames a constraint, and the index that keeps it.
    pub(super) fn rename_constraint_to(&mut self, constraint: Oid, to: &str) -> Result<(), Stop> {
        let Some(found) = self.catalog.constraint(constraint) else { return Ok(()) };
        let (on, index) = (
            found.on,
            match &found.kind {
                ConstraintKind::Key { index, .. } => Some(*index),
                _ => None,
            },
        );
        if let Some(index) = index {
            return self.rename_relation(index, to, LockMode::ShareUpdateExclusive);
        }
        self.constraint_name_is_free(on, to)?;
        self.catalog.rename_constraint(constraint, to);
        Ok(())
    }

    /// Refuses a name that a constraint of the table or domain has.
    pub(super) fn constraint_name_is_free(&self, on: Oid, name: &str) -> Result<(), Stop> {
        if self.catalog.constraints_of(on).iter().any(|other| *other.name == *name) {
            let relation = self.catalog.relation(on).map(|it| it.name.to_string()).unwrap_or_default();
            let message = format!("constraint \"{name}\" for relation \"{relation}\" already exists");
            return refused(SqlState::DUPLICATE_OBJECT, message);
        }
        Ok(())
    }
}

fn relation_schema(play: &Play<'_>, oid: Oid) -> Oid {
    play.catalog.relation(oid).map_or(Oid(0), |relation| relation.schema)
}
