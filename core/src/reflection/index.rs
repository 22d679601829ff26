//! Indexes that no constraint owns.

use std::sync::Arc;

use super::Reflection;
use super::table::with;
use crate::catalog::{self, Address, Class, Constraint, IndexKey, KeyClass, KeyOf, Oid, Relation, ReplicaIdentity};
use crate::document::schema::{Deferrable, Index};
use crate::sql::quote_literal;

impl Reflection<'_> {
    pub(super) fn index(&self, table: &Relation, oid: Oid) -> Option<Index> {
        let relation = self.catalog.relation(oid)?;
        let index = relation.as_index()?;
        Some(Index {
            name: self.quoted(&relation.name).into_owned(),
            unique: index.unique,
            method: index.method.to_string(),
            keys: index.keys.iter().map(|key| self.key(table, key)).collect(),
            include: self.columns(table.oid, &index.include),
            predicate: index.predicate.as_ref().map(|predicate| self.formula(predicate)),
            valid: index.valid,
            nulls_not_distinct: index.nulls_not_distinct,
            with: with(&relation.options),
            clustered: index.clustered,
            replica_identity: matches!(table.replica_identity, ReplicaIdentity::Index(of) if of == oid),
            partition_of: index.parent.map(|parent| self.qualified(parent)),
            comment: self.comment(Address::of(Class::Relation, oid)),
            ..Index::default()
        })
    }

    /// Returns what `pg_get_constraintdef` says of an exclusion constraint.
    pub(super) fn exclusion(
        &self,
        constraint: &Constraint,
        index: &catalog::Index,
        operators: &[Arc<str>],
        options: &[(String, String)],
    ) -> String {
        let Some(table) = self.catalog.relation(constraint.on) else { return String::new() };
        let keys: Vec<String> = index
            .keys
            .iter()
            .zip(operators)
            .map(|(key, operator)| format!("{} WITH {operator}", self.key(table, key)))
            .collect();
        let mut text = format!("EXCLUDE USING {} ({})", index.method, keys.join(", "));
        if !index.include.is_empty() {
            text.push_str(&format!(" INCLUDE ({})", self.columns(table.oid, &index.include).join(", ")));
        }
        if !options.is_empty() {
            let options: Vec<String> =
                options.iter().map(|(name, value)| format!("{name}={}", quote_literal(value))).collect();
            text.push_str(&format!(" WITH ({})", options.join(", ")));
        }
        if let Some(predicate) = &index.predicate {
            text.push_str(&format!(" WHERE ({})", self.formula(predicate)));
        }
        match constraint.deferrable {
            Some(Deferrable::Deferred) => text.push_str(" DEFERRABLE INITIALLY DEFERRED"),
            Some(Deferrable::Immediate) => text.push_str(" DEFERRABLE"),
            None => {}
        }
        text
    }

    /// Returns an operator class with its parameters, with its schema where it is not found without.
    fn class(&self, class: &KeyClass) -> String {
        let bare = [crate::catalog::PG_CATALOG, crate::catalog::PUBLIC].contains(&class.schema);
        let schema = (!bare).then(|| self.catalog.schema_name(class.schema));
        let mut text = self.quoted_name(schema, &class.name);
        if !class.options.is_empty() {
            let options: Vec<String> =
                class.options.iter().map(|(name, value)| format!("{name}={}", quote_literal(value))).collect();
            text.push_str(&format!(" ({})", options.join(", ")));
        }
        text
    }

    fn key(&self, table: &Relation, key: &IndexKey) -> String {
        let mut text = match &key.of {
            KeyOf::Column(number) => self.column(table.oid, *number),
            KeyOf::Expression(formula) => self.key_expression(formula),
        };
        if let Some(collation) = &key.collation {
            text.push_str(&format!(" COLLATE {}", self.collation_name(*collation)));
        }
        if let Some(class) = &key.class {
            text.push(' ');
            text.push_str(&self.class(class));
        }
        text.push_str(match (key.descending, key.nulls_first) {
            (false, false) => "",
            (false, true) => " NULLS FIRST",
            (true, true) => " DESC",
            (true, false) => " DESC NULLS LAST",
        });
        text
    }
}
