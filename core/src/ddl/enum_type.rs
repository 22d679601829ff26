//! `CREATE TYPE … AS ENUM`, `AS (…)`, `AS RANGE (…)`

use std::sync::Arc;

use super::syntax::{name, part, qualified, type_name};
use super::{Play, Stop, refused, unknown};
use crate::catalog::{
    Column, Oid, Persistence, Relation, RelationKind, ReplicaIdentity, Rows, Space, SqlState, UserType, UserTypeKind,
};
use crate::sql::ast;

/// Longest label of an enum, in bytes.
const LABEL_BYTES: usize = 63;

impl Play<'_> {
    pub(super) fn create_type(&mut self, tree: &ast::CreateType) -> Result<(), Stop> {
        let written = qualified(tree.type_name())?;
        let schema = self.names.creation(&self.catalog, &written)?;
        match tree.kind() {
            Some(ast::CreateTypeKind::EnumType(body)) => {
                self.type_name_is_free(schema, &written.name)?;
                let mut labels: Vec<Arc<str>> = Vec::new();
                for variant in part(body.variant_list())?.variants() {
                    let label = label(variant.literal())?;
                    if labels.iter().any(|other| **other == *label) {
                        return refused(
                            SqlState("23505"),
                            "duplicate key value violates unique constraint \"pg_enum_typid_label_index\"",
                        );
                    }
                    labels.push(label.into());
                }
                let (oid, array) = (self.catalog.allocate(), self.catalog.allocate());
                let kind = UserTypeKind::Enum(labels);
                self.catalog.add_type(UserType { oid, schema, name: written.name.into(), array, kind });
                Ok(())
            }
            Some(ast::CreateTypeKind::CompositeType(body)) => {
                self.type_name_is_free(schema, &written.name)?;
                let mut columns: Vec<Column> = Vec::new();
                for field in part(body.composite_field_list())?.composite_field_defs() {
                    let name = name(field.name())?;
                    let of = self.names.data_type(&self.catalog, &type_name(field.ty())?)?;
                    self.column_may_be_of(&name, of)?;
                    if columns.iter().any(|other| *other.name == *name) {
                        let message = format!("column \"{name}\" specified more than once");
                        return refused(SqlState::DUPLICATE_COLUMN, message);
                    }
                    let mut column = Column::plain(columns.len(), &name, of);
                    column.collation = field.collate().map(|it| self.collation(&it, of)).transpose()?.flatten();
                    columns.push(column);
                }
                self.relation_name_is_free(schema, &written.name)?;
                self.relation_may_be_in(schema, &written.name)?;
                let relation = blank(self.catalog.allocate(), schema, &written.name, RelationKind::Composite, columns);
                self.catalog.add_relation(relation);
                Ok(())
            }
            Some(ast::CreateTypeKind::RangeType(body)) => self.create_range(schema, &written.name, &body),
            _ => unknown("this form of CREATE TYPE is outside the model"),
        }
    }

    /// Refuses a name that a type or a relation of the schema has: each relation brings a type of its name.
    pub(super) fn type_name_is_free(&self, schema: Oid, name: &str) -> Result<(), Stop> {
        if self.catalog.named(Space::Type, schema, name).is_some() {
            return refused(SqlState::DUPLICATE_OBJECT, format!("type \"{name}\" already exists"));
        }
        Ok(())
    }
}

/// Returns a label of an enum.
pub(super) fn label(literal: Option<ast::Literal>) -> Result<String, Stop> {
    let label = part(part(literal)?.string_value())?;
    if label.len() > LABEL_BYTES {
        return refused(SqlState::INVALID_NAME, format!("invalid enum label \"{label}\""));
    }
    Ok(label)
}

/// Returns a relation without anything that has to be said.
pub(super) fn blank(oid: Oid, schema: Oid, name: &str, kind: RelationKind, columns: Vec<Column>) -> Relation {
    Relation {
        oid,
        schema,
        name: name.into(),
        kind,
        persistence: Persistence::Permanent,
        columns,
        row_type: None,
        constraints: Vec::new(),
        indexes: Vec::new(),
        parents: Vec::new(),
        children: Vec::new(),
        bound: None,
        owner: None,
        options: Vec::new(),
        row_security: false,
        force_row_security: false,
        replica_identity: ReplicaIdentity::Default,
        rows: Rows::None,
        known: None,
    }
}
