//! PRIMARY KEY and UNIQUE: constraints that an index of their name keeps.

use super::constraint::{Options, given_name};
use super::define_index::NewIndex;
use super::exclusion::Exclusion;
use super::storage::Storage;
use super::syntax::{names, none, part};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{IndexKey, Key, KeyOf, Oid, Refusal, Relation, Rows, SqlState, Type, types};
use crate::sql::ast;

/// A key that a statement asks for.
#[derive(Clone)]
pub(super) struct NewKey {
    pub(super) name: Option<String>,
    pub(super) primary: bool,
    pub(super) columns: Vec<String>,
    pub(super) include: Vec<String>,
    pub(super) nulls_not_distinct: bool,
    /// The last column is a period, and no two that are else alike overlap.
    pub(super) without_overlaps: bool,
    pub(super) with: Vec<(String, String)>,
    pub(super) options: Options,
    /// The index that is to become the key's, instead of a new one.
    pub(super) using_index: Option<String>,
    /// It is no key, but keeps rows apart in its own way.
    pub(super) exclusion: Option<Exclusion>,
}

impl Options {
    /// Refuses what no constraint with an index can be.
    fn of_key(self, word: &str, of_column: bool) -> Result<(), Stop> {
        if self.enforced.is_some() {
            let state = if of_column { SqlState::SYNTAX_ERROR } else { SqlState::FEATURE_NOT_SUPPORTED };
            return refused(state, format!("{word} constraints cannot be marked ENFORCED or NOT ENFORCED"));
        }
        if self.not_valid || self.no_inherit {
            let what = if self.not_valid { "NOT VALID" } else { "NO INHERIT" };
            let message = format!("{word} constraints cannot be marked {what}");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(())
    }
}

/// A constraint is read before it is known for which version: what one of its parameters is too new for is let be.
const LATEST: PostgresVersion = PostgresVersion::V18;

impl NewKey {
    pub(super) fn primary(key: &ast::PrimaryKeyConstraint, column: Option<&str>) -> Result<Self, Stop> {
        let name = given_name(key.constraint_name_clause())?;
        let options = Options::read(key.constraint_options())?;
        Self::read(name, true, key.index_parameters(), key.using_index(), options, column)
    }

    pub(super) fn unique(key: &ast::UniqueConstraint, column: Option<&str>) -> Result<Self, Stop> {
        let name = given_name(key.constraint_name_clause())?;
        let options = Options::read(key.constraint_options())?;
        Self::read(name, false, key.index_parameters(), key.using_index(), options, column)
    }

    fn read(
        name: Option<String>,
        primary: bool,
        parameters: Option<ast::IndexParameters>,
        using_index: Option<ast::UsingIndexName>,
        said: Options,
        column: Option<&str>,
    ) -> Result<Self, Stop> {
        said.of_key(if primary { "PRIMARY KEY" } else { "UNIQUE" }, column.is_some())?;
        let mut key = Self {
            name,
            primary,
            columns: column.map(str::to_owned).into_iter().collect(),
            include: Vec::new(),
            nulls_not_distinct: false,
            without_overlaps: false,
            with: Vec::new(),
            options: said,
            using_index: using_index.map(|index| super::syntax::name(index.index_ref())).transpose()?,
            exclusion: None,
        };
        if let Some(parameters) = parameters {
            none(parameters.constraint_index_tablespace(), "a tablespace")?;
            if let Some(list) = parameters.column_list() {
                key.without_overlaps = list.without_overlaps().is_some();
                key.columns = names(list.column_name_refs())?;
            }
            if let Some(include) = parameters.constraint_include_clause() {
                key.include = names(part(include.column_ref_list())?.column_name_refs())?;
            }
            key.nulls_not_distinct =
                matches!(parameters.nulls_distinct_option(), Some(ast::NullsDistinctOption::NullsNotDistinct(_)));
            key.with = Storage::Index(if key.without_overlaps { "gist" } else { "btree" })
                .read(LATEST, parameters.with_params().and_then(|with| with.attribute_list()))?;
        }
        Ok(key)
    }

    pub(super) fn exclusion(exclude: &ast::ExcludeConstraint) -> Result<Self, Stop> {
        let options = Options::read(exclude.constraint_options())?;
        options.of_key("EXCLUDE", false)?;
        none(exclude.constraint_index_tablespace(), "a tablespace")?;
        let exclusion = Exclusion::read(exclude)?;
        let mut include = Vec::new();
        if let Some(clause) = exclude.constraint_include_clause() {
            include = names(part(clause.column_ref_list())?.column_name_refs())?;
        }
        Ok(Self {
            name: given_name(exclude.constraint_name_clause())?,
            primary: false,
            columns: exclusion.columns(),
            include,
            nulls_not_distinct: false,
            without_overlaps: false,
            with: exclusion.storage_parameters(LATEST)?,
            options,
            using_index: None,
            exclusion: Some(exclusion),
        })
    }

    /// Whether Postgres makes one index for both; `transformIndexConstraints`.
    fn is_as(&self, other: &Self) -> bool {
        let plain = |key: &Self| key.using_index.is_none() && key.exclusion.is_none();
        plain(self)
            && plain(other)
            && self.columns == other.columns
            && self.include == other.include
            && self.nulls_not_distinct == other.nulls_not_distinct
            && self.without_overlaps == other.without_overlaps
            && self.options.deferrable == other.options.deferrable
    }
}

/// Returns the keys in the order in which Postgres makes them: the primary key first, and one for those that are alike.
pub(super) fn in_order(keys: Vec<NewKey>) -> Vec<NewKey> {
    let (primary, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| key.primary);
    let mut kept: Vec<NewKey> = primary;
    for key in others {
        match kept.iter_mut().find(|prior| prior.is_as(&key)) {
            Some(prior) => prior.name = prior.name.take().or(key.name),
            None => kept.push(key),
        }
    }
    kept
}

impl Play<'_> {
    /// Refuses keys that cannot be together or whose columns are not there; `transformIndexConstraint`.
    pub(super) fn check_keys(
        &self,
        keys: &[NewKey],
        table: &str,
        is_partitioned: bool,
        has_column: impl Fn(&str) -> bool,
    ) -> Result<(), Stop> {
        if is_partitioned && keys.iter().any(|key| key.exclusion.is_some()) {
            if self.catalog.version() >= PostgresVersion::V17 {
                return unknown("EXCLUDE of a partitioned table");
            }
            let message = "exclusion constraints are not supported on partitioned tables";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if keys.iter().filter(|key| key.primary).count() > 1 {
            let message = format!("multiple primary keys for table \"{table}\" are not allowed");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        for key in keys {
            for (at, column) in key.columns.iter().enumerate() {
                if !has_column(column) {
                    let message = format!("column \"{column}\" named in key does not exist");
                    return refused(SqlState::UNDEFINED_COLUMN, message);
                }
                if key.exclusion.is_none() && key.columns.iter().take(at).any(|other| other == column) {
                    let word = if key.primary { "primary key" } else { "unique" };
                    let message = format!("column \"{column}\" appears twice in {word} constraint");
                    return refused(SqlState::DUPLICATE_COLUMN, message);
                }
            }
            if let Some(column) = key.include.iter().find(|column| !has_column(column)) {
                let message = format!("column \"{column}\" named in key does not exist");
                return refused(SqlState::UNDEFINED_COLUMN, message);
            }
            if key.without_overlaps && key.columns.len() < 2 {
                return refused(SqlState::SYNTAX_ERROR, "constraint using WITHOUT OVERLAPS needs at least two columns");
            }
        }
        Ok(())
    }

    /// Adds a key with its index to a table, and to its partitions.
    pub(super) fn add_key(&mut self, table: Oid, key: &NewKey, only: bool) -> Result<(), Stop> {
        if let Some(index) = &key.using_index {
            return self.take_index(table, key, index);
        }
        if let Some(exclusion) = &key.exclusion {
            return self.add_exclusion(table, key, exclusion);
        }
        let relation = part(self.catalog.relation(table))?;
        if !relation.is_partitioned() && key.primary && !relation.children.is_empty() {
            return unknown("the primary key of a table that others inherit from");
        }
        let number = |name: &String| part(relation.column(name)).map(|column| column.number);
        let columns: Vec<i16> = key.columns.iter().map(number).collect::<Result<_, _>>()?;
        let include: Vec<i16> = key.include.iter().map(number).collect::<Result<_, _>>()?;
        let mut classes = Vec::new();
        match key.without_overlaps {
            true => classes = self.without_overlaps(relation, &columns)?,
            false => {
                columns.iter().try_for_each(|column| self.can_be_sorted(part(relation.numbered(*column))?.of))?;
            }
        }
        self.lock(table, LockMode::AccessExclusive);
        let mut new = NewIndex {
            name: key.name.clone(),
            unique: true,
            nulls_not_distinct: key.nulls_not_distinct,
            method: if key.without_overlaps { "gist" } else { "btree" }.to_owned(),
            keys: columns.iter().map(|column| IndexKey::plain(KeyOf::Column(*column))).collect(),
            words: Vec::new(),
            classes,
            include,
            predicate: None,
            with: key.with.clone(),
            constraint: Some((if key.primary { Key::Primary } else { Key::Unique }, key.options.deferrable)),
            parent: None,
        };
        key.columns.iter().chain(&key.include).for_each(|column| new.add_word(column));
        let relation = part(self.catalog.relation(table))?;
        if key.without_overlaps && !key.primary && new.name.is_none() {
            // What is made like it is called an exclusion; itself, a key.
            new.name = Some(self.index_name(relation, &NewIndex { method: "btree".to_owned(), ..new.clone() })?);
        }
        let takes_nulls = |number: &i16| relation.numbered(*number).is_some_and(|column| !column.not_null);
        // Where columns of a primary key get NOT NULL, those of the partitions do.
        if relation.is_partitioned() && !only && key.primary && columns.iter().any(takes_nulls) {
            for partition in self.inheritors(table) {
                self.lock(partition, LockMode::AccessExclusive);
            }
        }
        self.define_index(table, &new, only, LockMode::Share)?;
        Ok(())
    }

    /// Refuses columns of which no key without overlaps can be; returns the extensions that bring their operator classes.
    fn without_overlaps(&self, relation: &Relation, columns: &[i16]) -> Result<Vec<Oid>, Stop> {
        let is_range = |of: Type| types::category(&self.catalog, self.base(of).oid) == b'R';
        if let Some(period) = columns.last() {
            let period = part(relation.numbered(*period))?;
            if !is_range(period.of) {
                let message =
                    format!("column \"{}\" in WITHOUT OVERLAPS is not a range or multirange type", period.name);
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
        }
        let mut extensions = Vec::new();
        for column in columns {
            let of = part(relation.numbered(*column))?.of;
            let class = self.own_class(of, "gist")?;
            if class.extension.is_none() && !is_range(of) {
                return refused(SqlState::UNDEFINED_OBJECT, "could not identify an equality operator for this type");
            }
            extensions.extend(class.extension);
        }
        Ok(extensions)
    }

    /// Marks columns that take no nulls; where one did so far, its rows decide.
    pub(super) fn make_not_null(&mut self, table: Oid, columns: &[i16]) -> Result<(), Stop> {
        if columns.iter().any(|number| self.may_hold_nulls(table, *number)) {
            let message = "cannot create primary key over a NOT NULL that is not validated";
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        let rows = self.catalog.relation(table).map(|relation| relation.rows);
        let mut newly = Vec::new();
        if let Some(relation) = self.catalog.relation_mut(table) {
            for number in columns {
                if let Some(column) = relation.numbered_mut(*number)
                    && !column.not_null
                {
                    column.not_null = true;
                    newly.push((*number, column.name.clone()));
                }
            }
        }
        if rows == Some(Rows::Perhaps) {
            for (number, name) in newly {
                let message = format!("column \"{name}\" contains null values");
                let refusal = Refusal::new(SqlState::NOT_NULL_VIOLATION, message);
                self.by_rows(table, self.some_row_is_null(table, number), refusal)?;
            }
        }
        Ok(())
    }
}
