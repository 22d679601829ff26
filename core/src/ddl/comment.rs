//! `COMMENT ON`

use super::routine::Said;
use super::syntax::{name, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{Address, Class, Oid, QualifiedName, Relation, RelationKind, Space, SqlState};
use crate::sql::ast::{self, AstNode, CommentObject as O};
use crate::sql::tree;

impl Play<'_> {
    pub(super) fn comment_on(&mut self, tree: &ast::CommentOn) -> Result<(), Stop> {
        let comment = match tree.literal() {
            Some(literal) => Some(part(literal.string_value())?),
            None => None,
        };
        let on = self.commented(part(tree.comment_object())?)?;
        // An empty comment is none.
        self.catalog.set_comment(on, comment.as_deref().filter(|comment| !comment.is_empty()));
        Ok(())
    }

    fn commented(&mut self, object: O) -> Result<Address, Stop> {
        let is_table = |relation: &Relation| relation.is_table();
        match object {
            O::ObjectTable(on) => self.commented_relation(on.table_name_ref(), is_table, "table"),
            O::ObjectView(on) => {
                self.commented_relation(on.view_ref(), |it| matches!(it.kind, RelationKind::View(_)), "view")
            }
            O::ObjectMaterializedView(on) => {
                let fits = |it: &Relation| matches!(it.kind, RelationKind::MaterializedView(_));
                self.commented_relation(on.view_ref(), fits, "materialized view")
            }
            O::ObjectSequence(on) => {
                self.commented_relation(on.sequence_ref(), |it| it.as_sequence().is_some(), "sequence")
            }
            O::ObjectIndex(on) => self.commented_relation(on.index_ref(), |it| it.as_index().is_some(), "index"),
            O::ObjectSchema(on) => {
                let name = name(on.schema_ref())?;
                let oid = crate::catalog::schema_named(&self.catalog, &name)?;
                Ok(Address::of(Class::Schema, oid))
            }
            O::ObjectType(on) => self.commented_type(on.type_name_ref(), false),
            O::ObjectDomain(on) => self.commented_type(on.domain_ref(), true),
            O::ObjectColumn(on) => self.commented_column(&part(on.name())?),
            O::ObjectConstraint(on) => self.commented_constraint(&on),
            O::ObjectTrigger(on) => self.commented_trigger(&on),
            O::ObjectPolicy(on) => self.commented_policy(&on),
            O::ObjectRule(on) => self.commented_rule(&on),
            O::ObjectStatistics(on) => self.commented_statistics(&qualified(on.statistics_ref())?),
            O::ObjectCast(on) => self.commented_cast(&on),
            O::ObjectOperator(on) => self.commented_operator(&on),
            O::ObjectCollation(on) => self.commented_collation(&qualified(on.collation_ref())?),
            O::ObjectExtension(on) => self.commented_extension(&on),
            O::ObjectAggregate(on) => self.commented_aggregate(&on),
            O::ObjectFunction(on) => {
                let written = part(on.function_sig())?;
                self.commented_routine(Said::Function, written.function_name_ref(), written.param_list())
            }
            O::ObjectProcedure(on) => {
                let written = part(on.procedure_sig())?;
                self.commented_routine(Said::Procedure, written.procedure_name_ref(), written.param_list())
            }
            O::ObjectRoutine(on) => {
                let written = part(on.routine_sig())?;
                self.commented_routine(Said::Routine, written.routine_name_ref(), written.param_list())
            }
            _ => unknown("a comment on this kind of object"),
        }
    }

    fn commented_relation(
        &mut self,
        written: Option<impl AstNode>,
        fits: impl Fn(&Relation) -> bool,
        word: &str,
    ) -> Result<Address, Stop> {
        let written = qualified(written)?;
        let oid = self.relation_found(&written)?;
        self.lock(oid, LockMode::ShareUpdateExclusive);
        if !fits(part(self.catalog.relation(oid))?) {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a {word}", written.name));
        }
        Ok(Address::of(Class::Relation, oid))
    }

    fn commented_type(&mut self, written: Option<impl AstNode>, domain: bool) -> Result<Address, Stop> {
        let written = qualified(written)?;
        let oid = self.type_named(&written)?;
        if domain && !self.is_domain(oid) {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a domain", written.name));
        }
        Ok(Address::of(Class::Type, oid))
    }

    /// Returns the type of the database's own that a name means.
    pub(super) fn type_named(&self, written: &QualifiedName) -> Result<Oid, Stop> {
        if let Some(schema) = written.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        match self.names.find(&self.catalog, Space::Type, written) {
            Some(oid) => Ok(oid),
            None if crate::sql::TypeName::read(&written.quoted())
                .is_some_and(|name| self.names.data_type(&self.catalog, &name).is_ok()) =>
            {
                unknown("a type of Postgres's own")
            }
            None => refused(SqlState::UNDEFINED_OBJECT, format!("type \"{}\" does not exist", written.name)),
        }
    }

    pub(super) fn is_domain(&self, oid: Oid) -> bool {
        matches!(self.catalog.user_type(oid).map(|found| &found.kind), Some(crate::catalog::UserTypeKind::Domain(_)))
    }

    fn commented_column(&mut self, written: &ast::QualifiedColumnNameRef) -> Result<Address, Stop> {
        let parts = part(tree::parts(written))?;
        let (table, column) = match parts.as_slice() {
            [table, column] => (QualifiedName { schema: None, name: table.clone() }, column),
            [schema, table, column] => (QualifiedName { schema: Some(schema.clone()), name: table.clone() }, column),
            [_] => return refused(SqlState::SYNTAX_ERROR, "column name must be qualified"),
            _ => return unknown("a name that is not read here"),
        };
        let oid = self.relation_found(&table)?;
        self.lock(oid, LockMode::ShareUpdateExclusive);
        let relation = part(self.catalog.relation(oid))?;
        let Some(found) = relation.column(column) else {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_COLUMN, message);
        };
        if matches!(relation.kind, RelationKind::Index(_) | RelationKind::Sequence(_)) {
            let message = format!("cannot set comment on relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        Ok(Address::column(oid, found.number))
    }

    fn commented_constraint(&mut self, on: &ast::ObjectConstraint) -> Result<Address, Stop> {
        let constraint = name(on.constraint_name_ref())?;
        let (owner, word) = match on.domain_ref() {
            Some(domain) => (self.type_named(&qualified(Some(domain))?)?, "domain"),
            None => {
                let oid = self.relation_found(&qualified(on.table_name_ref())?)?;
                self.lock(oid, LockMode::AccessShare);
                (oid, "table")
            }
        };
        let found = self.catalog.constraints_of(owner).into_iter().find(|it| *it.name == *constraint);
        match found {
            Some(found) => Ok(Address::of(Class::Constraint, found.oid)),
            None => {
                let message = format!("constraint \"{constraint}\" for {word} does not exist");
                refused(SqlState::UNDEFINED_OBJECT, message)
            }
        }
    }
}
