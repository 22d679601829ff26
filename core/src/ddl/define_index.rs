//! What CREATE INDEX, keys and partitions have in common: an index is made, on a partitioned table with one on each
//! partition; `DefineIndex`.

use super::enum_type::blank;
use super::inherit::{moved, moved_number};
use super::syntax::part;
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, Class, Column, Constraint, ConstraintKind, Dependence, Formula, Index, IndexKey, Key, KeyOf, Oid, Refusal,
    Relation, RelationKind, Rows, SqlState, naming,
};
use crate::document::schema::Deferrable;

/// An index that is to be made.
#[derive(Clone)]
pub(super) struct NewIndex {
    /// None where Postgres chooses.
    pub(super) name: Option<String>,
    pub(super) unique: bool,
    pub(super) nulls_not_distinct: bool,
    pub(super) method: String,
    pub(super) keys: Vec<IndexKey>,
    /// What its columns are called: those of the keys, then the others.
    pub(super) words: Vec<String>,
    /// The extensions that bring its operator classes.
    pub(super) classes: Vec<Oid>,
    pub(super) include: Vec<i16>,
    pub(super) predicate: Option<Formula>,
    pub(super) with: Vec<(String, String)>,
    /// The constraint that it is to keep.
    pub(super) constraint: Option<(Key, Option<Deferrable>)>,
    /// The index of the parent that it is to be a part of.
    pub(super) parent: Option<Oid>,
}

impl NewIndex {
    /// Adds a part to the key, with what its column is called.
    pub(super) fn add_key(&mut self, key: IndexKey, word: &str, brought_by: Option<Oid>) {
        self.keys.push(key);
        self.add_word(word);
        self.classes.extend(brought_by);
    }

    /// Gives the next column its name, another one where it is taken; `ChooseIndexColumnNames`.
    pub(super) fn add_word(&mut self, word: &str) {
        let word = naming::distinct(word, &self.words);
        self.words.push(word);
    }

    fn is_primary(&self) -> bool {
        matches!(self.constraint, Some((Key::Primary, _)))
    }
}

impl Play<'_> {
    /// Makes an index, and unless `only` one on each partition, which are locked as `mode` says. Returns it.
    pub(super) fn define_index(&mut self, table: Oid, new: &NewIndex, only: bool, mode: LockMode) -> Result<Oid, Stop> {
        let relation = part(self.catalog.relation(table))?;
        self.has_no_primary_key(table, new.is_primary())?;
        self.could_be_defined(relation, new)?;
        let name = self.index_name(relation, new)?;
        let partitions = if relation.is_partitioned() { relation.children.clone() } else { Vec::new() };
        let index = self.store_index(table, &name, new, !only || partitions.is_empty())?;
        if only {
            return Ok(index);
        }
        // What is checked later takes a trigger.
        let is_deferrable = matches!(new.constraint, Some((_, Some(_))));
        let mode = if is_deferrable { mode.max(LockMode::ShareRowExclusive) } else { mode };
        for partition in partitions {
            self.lock(partition, mode);
            if !self.adopt_index(index, table, partition)? {
                self.clone_index(index, table, partition, mode)?;
            }
        }
        Ok(index)
    }

    /// Refuses a primary key where there is one.
    pub(super) fn has_no_primary_key(&self, table: Oid, primary: bool) -> Result<(), Stop> {
        if primary && self.catalog.constraints_of(table).iter().any(|constraint| constraint.is_primary()) {
            let relation = part(self.catalog.relation(table))?;
            let message = format!("multiple primary keys for table \"{}\" are not allowed", relation.name);
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        Ok(())
    }

    /// Refuses an index that could not be made if its name were free.
    pub(super) fn could_be_defined(&self, relation: &Relation, new: &NewIndex) -> Result<(), Stop> {
        includes_partition_key(relation, new)?;
        reads_what_is_stored(relation, new)
    }

    /// Gives an index of a partitioned table to a partition of it that has none like it; returns whether that is valid.
    pub(super) fn clone_index(&mut self, index: Oid, table: Oid, partition: Oid, mode: LockMode) -> Result<(), Stop> {
        let new = self.index_for(index, table, partition)?;
        self.define_index(partition, &new, false, mode)?;
        Ok(())
    }

    /// Returns an index for another table, with the same columns by name; `generateClonedIndexStmt`.
    pub(super) fn index_for(&self, index: Oid, table: Oid, other: Oid) -> Result<NewIndex, Stop> {
        let (from, to) = (part(self.catalog.relation(table))?, part(self.catalog.relation(other))?);
        let relation = part(self.catalog.relation(index))?;
        let found = part(relation.as_index())?;
        let constraint = match found.constraint.and_then(|oid| self.catalog.constraint(oid)) {
            Some(Constraint { kind: ConstraintKind::Key { key, .. }, deferrable, .. }) => {
                Some((key.clone(), *deferrable))
            }
            _ => None,
        };
        let key = |key: &IndexKey| {
            let of = match &key.of {
                KeyOf::Column(number) => KeyOf::Column(moved_number(*number, from, to)?),
                KeyOf::Expression(formula) => KeyOf::Expression(moved(formula, from, to)?),
            };
            Ok(IndexKey { of, ..key.clone() })
        };
        Ok(NewIndex {
            name: None,
            unique: found.unique,
            nulls_not_distinct: found.nulls_not_distinct,
            method: found.method.to_string(),
            keys: found.keys.iter().map(key).collect::<Result<_, Stop>>()?,
            words: found.words.iter().map(ToString::to_string).collect(),
            classes: self.extensions_of(index),
            include: found.include.iter().map(|it| moved_number(*it, from, to)).collect::<Result<_, Stop>>()?,
            predicate: found.predicate.as_ref().map(|formula| moved(formula, from, to)).transpose()?,
            with: relation.options.clone(),
            constraint,
            parent: Some(index),
        })
    }

    /// Returns the extensions that bring operator classes of an index.
    fn extensions_of(&self, index: Oid) -> Vec<Oid> {
        let references = self.catalog.dependencies.references(Address::of(Class::Relation, index));
        references.filter(|(on, _)| on.class == Class::Extension).map(|(on, _)| on.oid).collect()
    }

    /// Makes an index of a partition that is like one of its parent a part of that; returns whether there is one.
    pub(super) fn adopt_index(&mut self, index: Oid, table: Oid, partition: Oid) -> Result<bool, Stop> {
        let wanted = self.index_for(index, table, partition)?;
        let mut candidates = part(self.catalog.relation(partition))?.indexes.clone();
        candidates.sort_unstable();
        for candidate in candidates {
            let found = part(self.catalog.relation(candidate).and_then(|it| it.as_index()))?;
            if found.parent.is_some() || !is_like(found, &wanted) {
                continue;
            }
            if let Some((key, _)) = &wanted.constraint {
                let kept = found.constraint.and_then(|oid| self.catalog.constraint(oid)).map(|it| &it.kind);
                if !matches!(kept, Some(ConstraintKind::Key { key: other, .. }) if other == key) {
                    if kept.is_some() {
                        return unknown("which of two kinds of key a partition has");
                    }
                    continue;
                }
            }
            if !found.valid {
                return unknown("an index of a partition that is not valid");
            }
            self.make_part(candidate, index, partition)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// `ALTER INDEX … ATTACH PARTITION`
    pub(super) fn attach_index(&mut self, parent: Oid, index: Oid) -> Result<(), Stop> {
        let as_index = |oid| self.catalog.relation(oid).and_then(Relation::as_index);
        let (Some(above), Some(found)) = (as_index(parent), as_index(index)) else {
            return unknown("an index that is none");
        };
        let (table, partition) = (above.on, found.on);
        if !part(self.catalog.relation(table))?.is_partitioned() {
            return refused(SqlState::WRONG_OBJECT_TYPE, "an index of a table that is not partitioned has no parts");
        }
        self.lock(table, LockMode::AccessShare);
        self.lock(partition, LockMode::AccessShare);
        let found = part(self.catalog.relation(index).and_then(Relation::as_index))?;
        if found.parent == Some(parent) {
            return Ok(());
        }
        let not_now = |message: &str| refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        if found.parent.is_some() {
            return not_now("cannot attach an index as a partition of another that is one already");
        }
        if !self.children(table).contains(&partition) {
            return not_now("cannot attach an index that is no index of a partition of the table");
        }
        let is_attached = |oid: &Oid| {
            let index = self.catalog.relation(*oid).and_then(Relation::as_index);
            index.is_some_and(|index| index.parent == Some(parent))
        };
        if part(self.catalog.relation(partition))?.indexes.iter().any(is_attached) {
            return not_now("another index is already attached for this partition");
        }
        let wanted = self.index_for(parent, table, partition)?;
        if !is_like(found, &wanted) {
            let message = "cannot attach an index whose definition does not match";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        if wanted.constraint.is_some() && found.constraint.is_none() {
            let message = "cannot attach an index without a constraint to one with a constraint";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        self.make_part(index, parent, partition)?;
        self.validate_index(parent)
    }

    /// Makes an index of a partitioned table valid once each partition has a valid part of it.
    fn validate_index(&mut self, index: Oid) -> Result<(), Stop> {
        let found = part(self.catalog.relation(index).and_then(Relation::as_index))?;
        let (table, above, was_valid) = (found.on, found.parent, found.valid);
        let has_part = |partition: &Oid| {
            let indexes = self.catalog.relation(*partition).map(|it| it.indexes.as_slice()).unwrap_or_default();
            indexes.iter().any(|oid| {
                let part = self.catalog.relation(*oid).and_then(Relation::as_index);
                part.is_some_and(|part| part.parent == Some(index) && part.valid)
            })
        };
        if was_valid || !self.children(table).iter().all(has_part) {
            return Ok(());
        }
        if let Some(RelationKind::Index(found)) = self.catalog.relation_mut(index).map(|it| &mut it.kind) {
            found.valid = true;
        }
        above.map_or(Ok(()), |above| self.validate_index(above))
    }

    /// Makes an index of a partition, with the constraint that it keeps, a part of one of the parent.
    pub(super) fn make_part(&mut self, index: Oid, parent: Oid, partition: Oid) -> Result<(), Stop> {
        let constraint_of = |play: &Self, oid| play.catalog.relation(oid)?.as_index()?.constraint;
        let (constraint, of_parent) = (constraint_of(self, index), constraint_of(self, parent));
        if let Some(RelationKind::Index(found)) = self.catalog.relation_mut(index).map(|it| &mut it.kind) {
            found.parent = Some(parent);
        }
        self.belongs(Address::of(Class::Relation, index), Address::of(Class::Relation, parent), partition);
        if let (Some(constraint), Some(parent)) = (constraint, of_parent) {
            self.make_constraint_part(constraint, parent, partition);
        }
        Ok(())
    }

    /// Makes a constraint of a partition a part of one of the parent; `ConstraintSetParentConstraint`.
    pub(super) fn make_constraint_part(&mut self, constraint: Oid, parent: Oid, partition: Oid) {
        if let Some(found) = self.catalog.constraint_mut(constraint) {
            found.local = false;
            found.inherited += 1;
            found.parent = Some(parent);
        }
        self.belongs(Address::of(Class::Constraint, constraint), Address::of(Class::Constraint, parent), partition);
    }

    /// Records that an object goes with the partition that it is of, and with the object of the parent.
    fn belongs(&mut self, object: Address, parent: Address, partition: Oid) {
        self.catalog.dependencies.add(object, parent, Dependence::Partition);
        self.catalog.dependencies.add(object, Address::of(Class::Relation, partition), Dependence::Partition);
    }

    pub(super) fn index_name(&self, relation: &Relation, new: &NewIndex) -> Result<String, Stop> {
        let schema = relation.schema;
        let key_of_constraint = new.constraint.is_some();
        if let Some(name) = &new.name {
            self.relation_name_is_free(schema, name)?;
            if key_of_constraint && self.catalog.constraints_of(relation.oid).iter().any(|it| *it.name == **name) {
                let message = format!("constraint \"{name}\" for relation \"{}\" already exists", relation.name);
                return refused(SqlState::DUPLICATE_OBJECT, message);
            }
            return Ok(name.clone());
        }
        if new.is_primary() {
            return Ok(naming::relation_name(&self.catalog, &relation.name, None, "pkey", schema, true));
        }
        let all: Vec<&str> = new.words.iter().map(String::as_str).collect();
        let label = match new.constraint {
            Some((Key::Exclude(_), _)) => "excl",
            Some(_) if new.method == "gist" => "excl",
            Some(_) => "key",
            None => "idx",
        };
        let addition = naming::columns_part(&all);
        Ok(naming::relation_name(&self.catalog, &relation.name, Some(&addition), label, schema, key_of_constraint))
    }

    fn store_index(&mut self, table: Oid, name: &str, new: &NewIndex, valid: bool) -> Result<Oid, Stop> {
        let relation = part(self.catalog.relation(table))?;
        let (schema, rows, is_partitioned) = (relation.schema, relation.rows, relation.is_partitioned());
        let oid = self.catalog.allocate();
        let constraint = new.constraint.as_ref().map(|kept| (self.catalog.allocate(), kept.clone()));
        let index = Index {
            on: table,
            unique: new.unique,
            primary: new.is_primary(),
            nulls_not_distinct: new.nulls_not_distinct,
            method: new.method.as_str().into(),
            keys: new.keys.clone(),
            words: new.words.iter().map(|word| word.as_str().into()).collect(),
            include: new.include.clone(),
            predicate: new.predicate.clone(),
            valid,
            constraint: constraint.as_ref().map(|(oid, _)| *oid),
            parent: None,
            clustered: false,
        };
        let address = Address::of(Class::Relation, oid);
        let key_columns: Vec<i16> = index.key_columns().map(Option::unwrap_or_default).collect();
        let columns = index.columns();
        let formulas: Vec<Formula> = index.formulas().cloned().collect();
        let mut made = blank(oid, schema, name, RelationKind::Index(index), Vec::new());
        made.options.clone_from(&new.with);
        self.catalog.add_relation(made);
        let depends = match &constraint {
            Some((constraint, _)) => {
                let on_constraint = Address::of(Class::Constraint, *constraint);
                self.catalog.dependencies.add(address, on_constraint, Dependence::Internal);
                on_constraint
            }
            None => address,
        };
        for column in &columns {
            self.catalog.dependencies.add(depends, Address::column(table, *column), Dependence::Auto);
        }
        if columns.is_empty() {
            self.catalog.dependencies.add(depends, Address::of(Class::Relation, table), Dependence::Auto);
        }
        for formula in &formulas {
            self.depend_on_formula(address, formula);
        }
        for key in &new.keys {
            self.catalog.depend_on_collation(address, key.collation);
        }
        for extension in &new.classes {
            self.catalog.dependencies.add(address, Address::of(Class::Extension, *extension), Dependence::Normal);
        }
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.indexes.push(oid);
        }
        if let Some((constraint, (key, deferrable))) = constraint {
            let kind = ConstraintKind::Key { key, columns: key_columns.clone(), index: oid };
            self.catalog.add_constraint(Constraint {
                oid: constraint,
                name: name.into(),
                on: table,
                kind,
                deferrable,
                validated: true,
                enforced: true,
                local: true,
                inherited: 0,
                no_inherit: !is_partitioned,
                parent: None,
            });
        }
        if new.is_primary() {
            self.make_not_null(table, &key_columns)?;
        }
        if let Some(parent) = new.parent {
            self.make_part(oid, parent, table)?;
        }
        if !is_partitioned {
            self.ledger.scan(table);
            let index = self.catalog.relation(oid).and_then(|made| made.as_index()).cloned();
            if let Some(index) = index.as_ref().filter(|_| rows == Rows::Perhaps) {
                self.compute_index(table, index)?;
            }
            if new.unique && rows == Rows::Perhaps {
                let message = format!("could not create unique index \"{name}\"");
                let refusal = Refusal::new(SqlState::UNIQUE_VIOLATION, message);
                let broken = index.and_then(|index| self.some_rows_are_equal(table, &index));
                self.by_rows(table, broken, refusal)?;
            }
            if matches!(new.constraint, Some((Key::Exclude(_), _))) && rows == Rows::Perhaps {
                let message = format!("could not create exclusion constraint \"{name}\"");
                self.ledger.may_raise.push((Refusal::new(SqlState::EXCLUSION_VIOLATION, message), table));
            }
        }
        Ok(oid)
    }
}

/// Refuses an index over values that no row holds.
fn reads_what_is_stored(relation: &Relation, new: &NewIndex) -> Result<(), Stop> {
    let is_virtual = |number: &i16| relation.numbered(*number).is_some_and(Column::is_virtual);
    let of_key = |key: &IndexKey| match &key.of {
        KeyOf::Column(number) => is_virtual(number),
        KeyOf::Expression(formula) => formula.columns.iter().any(is_virtual),
    };
    let of_predicate = new.predicate.as_ref().is_some_and(|predicate| predicate.columns.iter().any(is_virtual));
    if of_predicate || new.include.iter().any(is_virtual) || new.keys.iter().any(of_key) {
        let what = match &new.constraint {
            Some((Key::Primary, _)) => "primary keys",
            Some(_) => "unique constraints",
            None => "indexes",
        };
        let message = format!("{what} on virtual generated columns are not supported");
        return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
    }
    Ok(())
}

/// Refuses a unique index of a partitioned table that does not hold what the table is partitioned by.
fn includes_partition_key(relation: &Relation, new: &NewIndex) -> Result<(), Stop> {
    let RelationKind::Partitioned(by) = &relation.kind else { return Ok(()) };
    if !new.unique {
        return Ok(());
    }
    let word = match &new.constraint {
        Some((Key::Primary, _)) => "PRIMARY KEY",
        Some(_) => "UNIQUE",
        None => "unique index",
    };
    for column in &by.parts {
        let KeyOf::Column(column) = column else {
            let message = format!("unsupported {word} constraint with partition key definition");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        };
        // Under another collation other values are alike.
        let is_column = |key: &IndexKey| matches!(&key.of, KeyOf::Column(number) if number == column);
        // Of a period it is not that two are equal.
        let periods = usize::from(new.method == "gist");
        if !new.keys.iter().take(new.keys.len() - periods).any(|key| is_column(key) && key.collation.is_none()) {
            let message = "unique constraint on partitioned table must include all partitioning columns";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
    }
    Ok(())
}

/// Returns whether an index is what is wanted, whatever its name and order; `CompareIndexInfo`.
fn is_like(index: &Index, wanted: &NewIndex) -> bool {
    let alike = index.unique == wanted.unique
        && index.nulls_not_distinct == wanted.nulls_not_distinct
        && *index.method == *wanted.method
        && index.keys.len() == wanted.keys.len()
        && index.include == wanted.include
        && index.predicate.is_some() == wanted.predicate.is_some();
    if !alike {
        return false;
    }
    for (key, other) in index.keys.iter().zip(&wanted.keys) {
        let same = match (&key.of, &other.of) {
            (KeyOf::Column(a), KeyOf::Column(b)) => a == b,
            (KeyOf::Expression(a), KeyOf::Expression(b)) => super::inherit::same(a, b),
            _ => false,
        };
        if !same || key.collation != other.collation || key.class != other.class {
            return false;
        }
    }
    match (&index.predicate, &wanted.predicate) {
        (Some(a), Some(b)) => super::inherit::same(a, b),
        _ => true,
    }
}
