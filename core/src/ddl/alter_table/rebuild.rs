//! What stands on a column whose type changes: checks, indexes and foreign keys are made again, from the text that
//! Postgres prints of them; `ATPostAlterTypeCleanup`.

use crate::catalog::types;
use crate::catalog::{
    Address, Class, Constraint, ConstraintKind, Formula, Index, IndexKey, Key, KeyClass, KeyOf, Oid, QualifiedName,
    Refusal, Relation, RelationKind, Rows, SqlState, Type,
};
use crate::ddl::syntax::part;
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::expression::Place;

/// What is to be made again once all columns have their new types.
#[derive(Default)]
pub(super) struct Rebuild {
    indexes: Vec<(Oid, Index, Vec<Type>)>,
    checks: Vec<(Oid, Formula)>,
    statistics: Vec<Oid>,
    foreign_keys: Vec<ForeignKey>,
    /// Tables whose rows are written anew.
    pub(super) rewritten: Vec<Oid>,
    /// Those of them in which a value may become another.
    pub(super) new_values: Vec<Oid>,
}

/// A foreign key, with the types of its columns before.
struct ForeignKey {
    constraint: Oid,
    before: Vec<(Type, Type)>,
}

impl Rebuild {
    /// Collects what stands on a column, as it is before that changes.
    pub(super) fn collect(
        &mut self,
        play: &mut Play<'_>,
        table: Oid,
        number: i16,
        is_one_of_many: bool,
    ) -> Result<(), Stop> {
        let edges: Vec<Address> =
            play.catalog.dependencies.dependents(Address::column(table, number)).map(|edge| edge.dependent).collect();
        for dependent in edges {
            match dependent.class {
                Class::Relation => self.collect_index(play, dependent.oid, is_one_of_many)?,
                Class::Statistics if !self.statistics.contains(&dependent.oid) => self.statistics.push(dependent.oid),
                Class::Constraint => self.collect_constraint(play, dependent.oid, is_one_of_many)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn collect_index(&mut self, play: &Play<'_>, oid: Oid, is_one_of_many: bool) -> Result<(), Stop> {
        let Some(index) = play.catalog.relation(oid).and_then(Relation::as_index) else { return Ok(()) };
        if self.indexes.iter().any(|(known, ..)| *known == oid) {
            return Ok(());
        }
        let on = part(play.catalog.relation(index.on))?;
        if is_one_of_many && (index.parent.is_some() || on.is_partitioned()) {
            return unknown("the type of a column that an index of a partition is over");
        }
        if index.is_temporal() {
            return unknown("the type of a column of a key without overlaps");
        }
        let constraint = index.constraint.and_then(|constraint| play.catalog.constraint(constraint));
        if matches!(constraint, Some(Constraint { kind: ConstraintKind::Key { key: Key::Exclude(_), .. }, .. })) {
            return unknown("the type of a column of an exclusion constraint");
        }
        let types = index.key_columns().flatten().filter_map(|number| Some(on.numbered(number)?.of)).collect();
        self.indexes.push((oid, index.clone(), types));
        Ok(())
    }

    fn collect_constraint(&mut self, play: &mut Play<'_>, oid: Oid, is_one_of_many: bool) -> Result<(), Stop> {
        let constraint = part(play.catalog.constraint(oid))?;
        match &constraint.kind {
            ConstraintKind::Check(formula) => {
                if !self.checks.iter().any(|(known, _)| *known == oid) {
                    self.checks.push((oid, formula.clone()));
                }
            }
            ConstraintKind::Key { index, .. } => self.collect_index(play, *index, is_one_of_many)?,
            ConstraintKind::Foreign { references, index, .. } => {
                if play.catalog.relation(*index).and_then(Relation::as_index).is_some_and(Index::is_temporal) {
                    return unknown("the type of a column of a foreign key with a period");
                }
                if self.foreign_keys.iter().any(|known| known.constraint == oid) {
                    return Ok(());
                }
                if play.catalog.is_for_a_partition(constraint) {
                    let (on, references) = (constraint.on, *references);
                    play.lock(on, LockMode::AccessExclusive);
                    play.lock(references, LockMode::AccessExclusive);
                    return Ok(());
                }
                if constraint.parent.is_some()
                    || play.catalog.relation(constraint.on).is_some_and(Relation::is_partitioned)
                {
                    return unknown("the type of a column that a foreign key of a partition is over");
                }
                let (on, references) = (constraint.on, *references);
                let mode = if constraint.enforced { LockMode::AccessExclusive } else { LockMode::ShareRowExclusive };
                let before = play.pairs(constraint);
                self.foreign_keys.push(ForeignKey { constraint: oid, before });
                play.lock(on, LockMode::AccessExclusive);
                play.lock(references, mode);
            }
            ConstraintKind::NotNull(_) | ConstraintKind::Trigger(_) => {}
        }
        Ok(())
    }
}

impl Play<'_> {
    /// Makes again what stood on columns that are of other types by now.
    pub(super) fn rebuild(&mut self, rebuild: Rebuild) -> Result<(), Stop> {
        let Rebuild { indexes, checks, statistics, foreign_keys, rewritten, new_values } = rebuild;
        for (oid, index, before) in indexes {
            let rewrites = rewritten.contains(&index.on);
            let news = new_values.contains(&index.on);
            self.rebuild_index(oid, &index, &before, (rewrites, news))?;
        }
        for (oid, formula) in checks {
            self.rebuild_check(oid, &formula, &new_values)?;
        }
        for oid in statistics {
            let Some(found) = self.catalog.statistics(oid) else { continue };
            let table = part(self.catalog.relation(found.on))?;
            let anew = |formula| self.read_again(formula, table, Place::Statistics);
            let expressions = found.expressions.iter().map(anew).collect::<Result<Vec<_>, _>>()?;
            if let Some(found) = self.catalog.statistics_mut(oid) {
                found.expressions = expressions;
            }
        }
        for key in foreign_keys {
            self.rebuild_foreign_key(&key, &rewritten, &new_values)?;
        }
        Ok(())
    }

    /// Makes an index again; of its table, whether it is written anew, and whether a value may become another.
    fn rebuild_index(
        &mut self,
        oid: Oid,
        old: &Index,
        before: &[Type],
        (rewrites, news): (bool, bool),
    ) -> Result<(), Stop> {
        if self.catalog.relation(oid).is_none() {
            return Ok(());
        }
        let table = part(self.catalog.relation(old.on))?;
        let mut new = old.clone();
        if let Some(predicate) = &old.predicate {
            new.predicate = Some(self.read_again(predicate, table, Place::IndexPredicate)?);
        }
        for key in &mut new.keys {
            if let KeyOf::Expression(formula) = &key.of {
                let formula = self.read_again(formula, table, Place::IndexKey)?;
                key.of = formula.as_column().map_or(KeyOf::Expression(formula), KeyOf::Column);
            }
        }
        for key in &mut new.keys {
            self.key_again(key, table, &old.method)?;
        }
        let now: Vec<Type> =
            new.key_columns().flatten().filter_map(|number| Some(table.numbered(number)?.of)).collect();
        let collates_alike = self.before_collations(old) == self.collations(&new, table);
        let keeps = !rewrites
            && old.predicate.is_none()
            && old.key_columns().all(|column| column.is_some())
            && collates_alike
            && before.iter().zip(&now).all(|(before, now)| self.is_indexed_alike(*before, *now));
        let (unique, is_partitioned, rows) = (old.unique, table.is_partitioned(), table.rows);
        if let Some(RelationKind::Index(index)) = self.catalog.relation_mut(oid).map(|relation| &mut relation.kind) {
            *index = new;
        }
        if !keeps && !is_partitioned {
            self.ledger.scan(old.on);
            if unique && news && rows == Rows::Perhaps {
                let message = "could not create unique index";
                self.ledger.may_raise.push((Refusal::new(SqlState::UNIQUE_VIOLATION, message), old.on));
            }
        }
        Ok(())
    }

    /// Returns whether an index over values of one type is one over values of the other; `CheckIndexCompatible`.
    fn is_indexed_alike(&self, before: Type, now: Type) -> bool {
        const TEXTS: [Oid; 2] = [Oid(25), Oid(1043)];
        let (before, now) = (self.base(before).oid, self.base(now).oid);
        before == now || (TEXTS.contains(&before) && TEXTS.contains(&now))
    }

    /// Returns the collations of the keys of an index before the statement.
    fn before_collations(&self, index: &Index) -> Option<Vec<Oid>> {
        let table = self.before.relation(index.on)?;
        self.collations(index, table)
    }

    fn collations(&self, index: &Index, table: &Relation) -> Option<Vec<Oid>> {
        let of = |key: &IndexKey| match (&key.collation, &key.of) {
            (Some(named), _) => Some(*named),
            (None, KeyOf::Column(number)) => Some(self.collation_of_column(table.numbered(*number)?)),
            (None, KeyOf::Expression(_)) => None,
        };
        index.keys.iter().map(of).collect()
    }

    /// Looks whether the operator class and the collation of a key fit its new type.
    fn key_again(&self, key: &mut IndexKey, table: &Relation, method: &str) -> Result<(), Stop> {
        let (of, own) = match &key.of {
            KeyOf::Column(number) => {
                let column = part(table.numbered(*number))?;
                (column.of, Some(self.collation_of_column(column)))
            }
            KeyOf::Expression(formula) => (formula.tree.of, None),
        };
        if key.collation.is_some() && !types::is_collatable(&self.catalog, of.oid) {
            return refused(SqlState::DATATYPE_MISMATCH, "collations are not supported by this type");
        }
        if own.is_some() && key.collation == own {
            key.collation = None;
        }
        let Some(KeyClass { name, schema, options }) = &key.class else {
            return self.own_class(of, method).map(|_| ());
        };
        let written =
            QualifiedName { schema: Some(self.catalog.schema_name(*schema).to_owned()), name: name.to_string() };
        let class = part(self.catalog.operator_class(&self.names, method, &written))?;
        if !self.catalog.takes(&class, of.oid) {
            let message = format!("operator class \"{name}\" does not accept this data type");
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        let own = self.catalog.default_operator_class(of.oid, method);
        if options.is_empty() && own.is_some_and(|own| (own.name, own.schema) == (class.name, class.schema)) {
            key.class = None;
        }
        Ok(())
    }

    fn rebuild_check(&mut self, oid: Oid, old: &Formula, new_values: &[Oid]) -> Result<(), Stop> {
        let Some(constraint) = self.catalog.constraint(oid) else { return Ok(()) };
        let (on, validated, name) = (constraint.on, constraint.validated, constraint.name.clone());
        let relation = part(self.catalog.relation(on))?;
        let formula = self.read_again(old, relation, Place::Check)?;
        if validated && !relation.is_partitioned() {
            if relation.rows == Rows::Perhaps && new_values.contains(&on) {
                let message = format!("check constraint \"{name}\" is violated by some row");
                self.ledger.may_raise.push((Refusal::new(SqlState::CHECK_VIOLATION, message), on));
            }
            self.ledger.scan(on);
        }
        if let Some(constraint) = self.catalog.constraint_mut(oid) {
            constraint.kind = ConstraintKind::Check(formula);
        }
        Ok(())
    }

    fn rebuild_foreign_key(&mut self, key: &ForeignKey, rewritten: &[Oid], new_values: &[Oid]) -> Result<(), Stop> {
        let Some(constraint) = self.catalog.constraint(key.constraint) else { return Ok(()) };
        let ConstraintKind::Foreign { references, .. } = &constraint.kind else { return Ok(()) };
        let (on, references, validated) = (constraint.on, *references, constraint.validated);
        let now = self.pairs(constraint);
        for (column, referenced) in &now {
            if !self.can_be_compared(*column, *referenced)? {
                let message = "foreign key constraint cannot be implemented: key columns are of incompatible types";
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
        }
        let keeps =
            !rewritten.contains(&on)
                && !rewritten.contains(&references)
                && key.before.iter().zip(&now).all(|(before, now)| {
                    self.is_indexed_alike(before.0, now.0) && self.is_indexed_alike(before.1, now.1)
                });
        if !keeps && validated {
            self.ledger.scan(on);
            let news = new_values.contains(&on) || new_values.contains(&references);
            if news && self.catalog.relation(on).is_some_and(|relation| relation.rows == Rows::Perhaps) {
                let message = "insert or update violates foreign key constraint";
                self.ledger.may_raise.push((Refusal::new(SqlState::FOREIGN_KEY_VIOLATION, message), on));
            }
        }
        Ok(())
    }

    /// Returns the types of the columns of a foreign key, each with that of the column it references.
    fn pairs(&self, constraint: &Constraint) -> Vec<(Type, Type)> {
        let ConstraintKind::Foreign { columns, references, referenced, .. } = &constraint.kind else {
            return Vec::new();
        };
        let of = |oid, number: &i16| Some(self.catalog.relation(oid)?.numbered(*number)?.of);
        let pair = |(column, key): (&i16, &i16)| Some((of(constraint.on, column)?, of(*references, key)?));
        columns.iter().zip(referenced).filter_map(pair).collect()
    }
}
