//! `EXCLUDE`: constraints by which no two rows are alike in the way that operators say.

use super::define_index::NewIndex;
use super::index::may_have;
use super::key::NewKey;
use super::storage::Storage;
use super::syntax::part;
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Key, Oid, OperatorClass, Refusal, SqlState, operator};
use crate::sql::{ast, tree};

/// What stands behind `EXCLUDE`.
#[derive(Clone)]
pub(super) struct Exclusion {
    method: Option<ast::AccessMethodRef>,
    items: Vec<(ast::Expr, String)>,
    predicate: Option<String>,
    with: Option<ast::WithParams>,
}

impl Exclusion {
    pub(super) fn read(exclude: &ast::ExcludeConstraint) -> Result<Self, Stop> {
        let mut items = Vec::new();
        for item in part(exclude.constraint_exclusion_list())?.constraint_exclusions() {
            let operator = match (item.op(), item.operator_call()) {
                (Some(operator), _) => tree::text(&operator),
                (None, Some(call)) => tree::text(&call),
                (None, None) => return unknown("an operator that is not read here"),
            };
            items.push((part(item.expr())?, bare_operator(&operator)?));
        }
        let method = exclude.constraint_index_method();
        let predicate = exclude.where_condition_clause().and_then(|clause| clause.expr());
        Ok(Self {
            method: method.map(|method| part(method.access_method_ref())).transpose()?,
            items,
            predicate: predicate.map(|predicate| tree::text(&predicate)),
            with: exclude.with_params(),
        })
    }

    /// Returns the columns that are named, without those in expressions.
    pub(super) fn columns(&self) -> Vec<String> {
        let named = |(item, _): &(ast::Expr, String)| match item {
            ast::Expr::NameRef(name) => tree::parts(name).and_then(|parts| parts.first().cloned()),
            _ => None,
        };
        self.items.iter().filter_map(named).collect()
    }

    /// Returns the storage parameters of the index.
    pub(super) fn storage_parameters(&self, version: PostgresVersion) -> Result<Vec<(String, String)>, Stop> {
        let method = self.method.as_ref().map_or_else(|| "btree".to_owned(), tree::text);
        let list = self.with.as_ref().and_then(ast::WithParams::attribute_list);
        if list.is_none() { Ok(Vec::new()) } else { Storage::Index(&method.to_ascii_lowercase()).read(version, list) }
    }
}

/// Returns the name of an operator, without `OPERATOR` and the schema of all that Postgres has.
fn bare_operator(written: &str) -> Result<String, Stop> {
    let inside = match written.split_once('(') {
        Some((_, inside)) => inside.trim_end().trim_end_matches(')').trim(),
        None => written.trim(),
    };
    match inside.rsplit_once('.') {
        None => Ok(inside.to_owned()),
        Some((schema, name)) if schema.trim().eq_ignore_ascii_case("pg_catalog") => Ok(name.trim().to_owned()),
        Some(_) => unknown("an operator of another schema"),
    }
}

impl Play<'_> {
    pub(super) fn add_exclusion(&mut self, table: Oid, key: &NewKey, exclusion: &Exclusion) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?.clone();
        let predicate = self.index_predicate(exclusion.predicate.as_deref(), &relation)?;
        let mut read = Vec::with_capacity(exclusion.items.len());
        for (item, _) in &exclusion.items {
            read.push(self.read_key(item.clone(), &relation)?);
        }
        let wrong = |message: String| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        let method = self.method_of(exclusion.method.clone().map(Some))?;
        may_have(method, false, exclusion.items.len(), !key.include.is_empty())?;
        if !method.excludes {
            return wrong(format!("access method \"{}\" does not support exclusion constraints", method.name));
        }
        let operators = exclusion.items.iter().map(|(_, operator)| operator.as_str().into()).collect();
        let mut new = NewIndex {
            name: key.name.clone(),
            unique: false,
            nulls_not_distinct: false,
            method: method.name.to_owned(),
            keys: Vec::new(),
            words: Vec::new(),
            classes: Vec::new(),
            include: Vec::new(),
            predicate: predicate?,
            with: key.with.clone(),
            constraint: Some((Key::Exclude(operators), key.options.deferrable)),
            parent: None,
        };
        for (read, (_, operator)) in read.into_iter().zip(&exclusion.items) {
            let written = self.key_column(read, &relation)?;
            let (part_of_key, class) = self.key_of(&written, &relation, method)?;
            self.keeps_apart(operator, written.value(&relation)?, &class)?;
            new.add_key(part_of_key, &written.word, class.extension);
        }
        for column in &key.include {
            new.include.push(self.number(&relation, column)?);
            new.add_word(column);
        }
        self.define_index(table, &new, false, LockMode::Share)?;
        Ok(())
    }

    /// Refuses an operator that an operator class does not know how to keep rows apart by.
    fn keeps_apart(&self, name: &str, of: Oid, class: &OperatorClass) -> Result<(), Stop> {
        let found = match operator::find(&self.catalog, name, Some(of), of) {
            Ok(found) => found,
            Err(_) if self.catalog.has_unlisted_extension() => {
                return unknown("an operator that an extension may bring");
            }
            Err(_) => {
                let message = format!("operator does not exist: {name}");
                return Err(Stop::Refused(Refusal::new(SqlState::UNDEFINED_FUNCTION, message)));
            }
        };
        if class.operators.contains(&found.oid) {
            return Ok(());
        }
        if self.catalog.has_unlisted_extension() {
            return unknown("an operator that an extension may bring");
        }
        let message =
            format!("operator {name} is not commutative, or no member of the operator family of {}", class.name);
        refused(SqlState::WRONG_OBJECT_TYPE, message)
    }
}
