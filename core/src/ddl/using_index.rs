//! `ADD PRIMARY KEY USING INDEX`, `ADD UNIQUE USING INDEX`: an index that is there becomes that of a constraint.

use super::key::NewKey;
use super::syntax::part;
use super::{LockMode, Play, Stop, refused};
use crate::catalog::{
    Address, Class, Constraint, ConstraintKind, Dependence, Index, Key, Oid, Relation, RelationKind, Space, SqlState,
};

impl Play<'_> {
    /// Refuses an index that can be no constraint's, before the constraint is made; `transformIndexConstraint`.
    pub(super) fn may_be_taken(&self, table: Oid, key: &NewKey, name: &str) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let Some(found) = self.catalog.named(Space::Relation, relation.schema, name) else {
            return refused(SqlState::UNDEFINED_OBJECT, format!("index \"{name}\" does not exist"));
        };
        let wrong = |message: String| refused(SqlState::WRONG_OBJECT_TYPE, message);
        let Some(index) = self.catalog.relation(found).and_then(Relation::as_index) else {
            return wrong(format!("\"{name}\" is not an index"));
        };
        let not_now = [
            (index.constraint.is_some(), "is already associated with a constraint"),
            (index.on != table, "does not belong to the table"),
            (!index.valid, "is not valid"),
        ];
        if let Some((_, what)) = not_now.into_iter().find(|(is, _)| *is) {
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, format!("index \"{name}\" {what}"));
        }
        let keys = || index.key_columns();
        let wrong_kind = [
            (!index.unique, "is not a unique index"),
            (keys().any(|column| column.is_none()), "contains expressions"),
            (index.predicate.is_some(), "is a partial index"),
            (!has_default_order(index), "has a column without default sorting behavior"),
        ];
        if let Some((_, what)) = wrong_kind.into_iter().find(|(is, _)| *is) {
            return wrong(format!("index \"{name}\" {what}"));
        }
        let columns: Vec<i16> = keys().flatten().collect();
        let twice = columns.iter().enumerate().find(|(at, column)| columns.iter().take(*at).any(|it| it == *column));
        if let Some((_, column)) = twice {
            let column = relation.numbered(*column).map(|column| column.name.to_string()).unwrap_or_default();
            let word = if key.primary { "primary key" } else { "unique" };
            let message = format!("column \"{column}\" appears twice in {word} constraint");
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
        if key.primary && index.nulls_not_distinct {
            return super::unknown("a primary key over an index for which nulls are alike");
        }
        Ok(())
    }

    /// Makes an index that of a constraint; `ATExecAddIndexConstraint`.
    pub(super) fn take_index(&mut self, table: Oid, key: &NewKey, name: &str) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        if relation.is_partitioned() {
            let message = "ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let oid = part(self.catalog.named(Space::Relation, relation.schema, name))?;
        if let Some(to) = key.name.as_deref().filter(|to| *to != name) {
            self.rename_relation(oid, to, LockMode::ShareUpdateExclusive)?;
        }
        self.has_no_primary_key(table, key.primary)?;
        let columns: Vec<i16> =
            part(self.catalog.relation(oid).and_then(Relation::as_index))?.key_columns().flatten().collect();
        let constraint = self.catalog.allocate();
        if let Some(RelationKind::Index(index)) = self.catalog.relation_mut(oid).map(|relation| &mut relation.kind) {
            (index.primary, index.constraint) = (key.primary, Some(constraint));
        }
        let (index, owner) = (Address::of(Class::Relation, oid), Address::of(Class::Constraint, constraint));
        let old: Vec<Address> = self.catalog.dependencies.references(index).map(|(on, _)| on).collect();
        for on in old.into_iter().filter(|on| on.oid == table) {
            self.catalog.dependencies.take(index, on);
            self.catalog.dependencies.add(owner, on, Dependence::Auto);
        }
        self.catalog.dependencies.add(index, owner, Dependence::Internal);
        let relation = part(self.catalog.relation(oid))?;
        self.catalog.add_constraint(Constraint {
            oid: constraint,
            name: relation.name.clone(),
            on: table,
            kind: ConstraintKind::Key {
                key: if key.primary { Key::Primary } else { Key::Unique },
                columns: columns.clone(),
                index: oid,
            },
            deferrable: key.options.deferrable,
            validated: true,
            enforced: true,
            local: true,
            inherited: 0,
            no_inherit: true,
            parent: None,
        });
        if key.primary {
            let relation = part(self.catalog.relation(table))?;
            if columns.iter().any(|column| relation.numbered(*column).is_some_and(|column| !column.not_null)) {
                self.ledger.scan(table);
            }
            self.make_not_null(table, &columns)?;
        }
        Ok(())
    }
}

/// Returns whether an index sorts every column as one of a constraint would.
fn has_default_order(index: &Index) -> bool {
    *index.method == *"btree"
        && index
            .keys
            .iter()
            .all(|key| key.collation.is_none() && key.class.is_none() && !key.descending && !key.nulls_first)
}
