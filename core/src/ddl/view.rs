//! `CREATE VIEW`, `ALTER VIEW`, `DROP VIEW`

use std::sync::Arc;

use super::enum_type::blank;
use super::sequence::persistence;
use super::storage::Storage;
use super::syntax::{behavior, name, names, none, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::query::Query;
use crate::catalog::{
    Address, Class, Column, Dependence, Oid, Persistence, QualifiedName, Relation, RelationKind, Space, SqlState,
    TEMPORARY, View,
};
use crate::expression::Spelling;
use crate::sql::{ast, tree};

impl Play<'_> {
    /// `DefineView`
    pub(super) fn create_view(&mut self, tree: &ast::CreateView) -> Result<(), Stop> {
        none(tree.recursive_token(), "CREATE RECURSIVE VIEW")?;
        let written = qualified(tree.view())?;
        let text = tree::text(&part(tree.query())?);
        if let Some(ast::SelectVariant::SelectInto(_)) = tree.query() {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "views must not contain SELECT INTO");
        }
        let query = self.query(&text)?;
        let mut options =
            Storage::View.read(self.catalog.version(), tree.with_params().and_then(|with| with.attribute_list()))?;
        if let Some(check) = tree.with_check_option() {
            let level = check.check_option_level().map(|level| tree::text(&level).to_ascii_lowercase());
            options.push(("check_option".to_owned(), level.unwrap_or_else(|| "cascaded".to_owned())));
        }
        if options.iter().any(|(name, _)| name == "check_option") {
            self.may_check(&query)?;
        }
        let listed = tree.column_list().map(|list| names(list.column_names())).transpose()?.unwrap_or_default();
        if listed.len() > query.outputs().count() {
            return refused(SqlState::SYNTAX_ERROR, "CREATE VIEW specifies more column names than columns");
        }
        let reads_temporary = query.relations().iter().any(|oid| self.catalog.is_temporary(*oid));
        let temporary = reads_temporary || persistence(tree.persistence()) == Persistence::Temporary;
        let columns = self.columns_from(&query, &listed)?;
        let kind = |rule| {
            RelationKind::View(View {
                rule,
                written: text.as_str().into(),
                query: Arc::new(query.clone()),
                filled: true,
            })
        };
        let (schema, persistence) = self.schema_of_view(&written, temporary)?;
        if tree.or_replace().is_some()
            && let Some(existing) = self.catalog.named(Space::Relation, schema, &written.name)
        {
            return self.replace_view(existing, columns, options, kind);
        }
        self.make_view(&written, schema, persistence, columns, options, kind).map(|_| ())
    }

    /// Refuses to check what is written through a view that rows cannot be changed through.
    fn may_check(&self, query: &Query) -> Result<(), Stop> {
        if self.not_updatable(query, true).is_some() {
            let message = "WITH CHECK OPTION is supported only on automatically updatable views";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(())
    }

    /// Returns where a new view lies.
    fn schema_of_view(&self, written: &QualifiedName, temporary: bool) -> Result<(Oid, Persistence), Stop> {
        if !temporary {
            return Ok((self.names.creation(&self.catalog, written)?, Persistence::Permanent));
        }
        if written.schema.is_some() {
            let message = "cannot create temporary relation in non-temporary schema";
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        Ok((TEMPORARY, Persistence::Temporary))
    }

    /// Adds a view or a materialized view.
    pub(super) fn make_view(
        &mut self,
        written: &QualifiedName,
        schema: Oid,
        persistence: Persistence,
        columns: Vec<Column>,
        options: Vec<(String, String)>,
        kind: impl FnOnce(Oid) -> RelationKind,
    ) -> Result<Oid, Stop> {
        self.columns_may_be_made(&columns)?;
        self.relation_name_is_free(schema, &written.name)?;
        self.relation_may_be_in(schema, &written.name)?;
        self.type_name_is_free(schema, &written.name)?;
        let oid = self.catalog.allocate();
        let rule = self.catalog.allocate();
        let mut view = blank(oid, schema, &written.name, kind(rule), columns);
        view.persistence = persistence;
        view.options = options;
        self.catalog.add_relation(view);
        self.record_rule(oid)?;
        Ok(oid)
    }

    /// Records what the rule of a view belongs to and stands on.
    fn record_rule(&mut self, view: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(view))?;
        let found = part(relation.as_view())?.clone();
        // What cannot be spelled could not be shown as Postgres shows it.
        Spelling { catalog: &self.catalog, names: &self.names }.definition(relation, &found)?;
        let rule = Address::of(Class::Rule, found.rule);
        self.catalog.dependencies.forget(rule);
        self.catalog.dependencies.add(rule, Address::of(Class::Relation, view), Dependence::Internal);
        self.depend_on_query(rule, &found.query);
        Ok(())
    }

    /// `checkViewColumns`, and then as ALTER VIEW would add what is new.
    fn replace_view(
        &mut self,
        existing: Oid,
        columns: Vec<Column>,
        options: Vec<(String, String)>,
        kind: impl FnOnce(Oid) -> RelationKind,
    ) -> Result<(), Stop> {
        self.lock(existing, LockMode::AccessExclusive);
        let relation = part(self.catalog.relation(existing))?;
        let RelationKind::View(old) = &relation.kind else {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a view", relation.name));
        };
        let invalid = |message: String| refused(SqlState::INVALID_TABLE_DEFINITION, message);
        if columns.len() < relation.columns.len() {
            return invalid("cannot drop columns from view".to_owned());
        }
        for (old, new) in relation.columns.iter().zip(&columns) {
            if old.name != new.name {
                return invalid(format!("cannot change name of view column \"{}\" to \"{}\"", old.name, new.name));
            }
            if old.of != new.of {
                return invalid(format!("cannot change data type of view column \"{}\"", old.name));
            }
            if old.collation != new.collation {
                return invalid(format!("cannot change collation of view column \"{}\"", old.name));
            }
        }
        let made = kind(old.rule);
        self.columns_may_be_made(&columns)?;
        if let RelationKind::View(view) = &made
            && self.reads_through(&view.query, existing)
        {
            return unknown("a view that shows itself");
        }
        let known = relation.columns.len();
        for column in columns.iter().skip(known) {
            let address = Address::column(existing, column.number);
            self.catalog.depend_on_type(address, column.of);
            self.catalog.depend_on_collation(address, column.collation);
        }
        let relation = part(self.catalog.relation_mut(existing))?;
        relation.columns.extend(columns.into_iter().skip(known));
        relation.kind = made;
        relation.options = options;
        self.record_rule(existing)
    }

    /// Returns whether a query reads a view, maybe through others.
    fn reads_through(&self, query: &Query, view: Oid) -> bool {
        query.relations().into_iter().any(|oid| {
            let inner = self.catalog.relation(oid).and_then(Relation::as_view);
            oid == view || inner.is_some_and(|inner| self.reads_through(&inner.query, view))
        })
    }

    pub(super) fn drop_view(&mut self, tree: &ast::DropView) -> Result<(), Stop> {
        let names = tree.view_refs().map(|name| qualified(Some(name)));
        let is_view = |relation: &Relation| matches!(relation.kind, RelationKind::View(_));
        self.drop_relations(names, is_view, "view", tree.if_exists().is_some(), behavior(tree.drop_behavior()))
    }

    pub(super) fn alter_view(&mut self, tree: &ast::AlterView) -> Result<(), Stop> {
        let written = qualified(tree.view_ref())?;
        let Some(oid) = self.names.find(&self.catalog, Space::Relation, &written) else {
            if tree.if_exists().is_some() {
                return Ok(());
            }
            self.names.relation(&self.catalog, &written)?;
            return Ok(());
        };
        let relation = part(self.catalog.relation(oid))?;
        if !matches!(relation.kind, RelationKind::View(_)) {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a view", relation.name));
        }
        match part(tree.action())? {
            ast::AlterViewAction::ViewRenameTo(to) => {
                self.rename_relation(oid, &name(to.view())?, LockMode::AccessExclusive)
            }
            ast::AlterViewAction::SetSchema(to) => self.set_schema_of(oid, &name(to.schema_ref())?),
            ast::AlterViewAction::RenameColumn(to) => {
                self.rename_column(oid, &name(to.column_name_ref())?, &name(to.column_name())?, false)
            }
            ast::AlterViewAction::OwnerTo(to) => self.give_to(oid, to.role_ref()),
            ast::AlterViewAction::SetOptions(action) => {
                self.lock(oid, LockMode::AccessExclusive);
                let new = Storage::View.read(self.catalog.version(), action.attribute_list())?;
                if new.iter().any(|(name, _)| name == "check_option") {
                    let relation = part(self.catalog.relation(oid))?;
                    self.may_check(&part(relation.as_view())?.query)?;
                }
                let relation = part(self.catalog.relation_mut(oid))?;
                for (name, value) in new {
                    relation.options.retain(|(other, _)| *other != name);
                    relation.options.push((name, value));
                }
                Ok(())
            }
            ast::AlterViewAction::ResetOptions(action) => {
                self.lock(oid, LockMode::AccessExclusive);
                let gone = Storage::View.names(action.attribute_list())?;
                let relation = part(self.catalog.relation_mut(oid))?;
                relation.options.retain(|(name, _)| !gone.contains(name));
                Ok(())
            }
            ast::AlterViewAction::AlterViewColumn(action) => {
                self.lock(oid, LockMode::AccessExclusive);
                let column = name(action.name())?;
                let value = match part(action.alter_view_column_action())? {
                    ast::AlterViewColumnAction::DropDefault(_) => None,
                    ast::AlterViewColumnAction::SetDefault(set) => Some(part(set.expr())?),
                };
                self.set_default(oid, &column, value)
            }
        }
    }
}
