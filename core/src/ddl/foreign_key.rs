//! FOREIGN KEY and REFERENCES.

use super::constraint::{Options, given_name};
use super::inherit::moved_number;
use super::syntax::{name, names, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{
    Address, Class, Column, Constraint, ConstraintKind, Context, Dependence, Enabled, Index, Key, Oid, Persistence,
    QualifiedName, Refusal, Relation, Rows, SqlState, Type, UserTypeKind, naming, types,
};
use crate::document::schema::Action;
use crate::sql::ast;

/// A foreign key that a statement asks for.
pub(super) struct NewForeignKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) references: QualifiedName,
    /// None where the primary key is meant.
    pub(super) referenced: Option<Vec<String>>,
    /// The last column is a period.
    period: bool,
    /// So it is said of what is referenced.
    referenced_period: bool,
    on_delete: Action,
    on_delete_columns: Vec<String>,
    on_update: Action,
    match_full: bool,
    options: Options,
}

impl NewForeignKey {
    pub(super) fn of_table(key: &ast::ForeignKeyConstraint) -> Result<Self, Stop> {
        let columns = part(key.from_columns())?;
        let with_period = |list: ast::ForeignKeyColumnList| -> Result<(Vec<String>, bool), Stop> {
            let period = list.period_column();
            let mut columns = names(list.column_name_refs())?;
            if columns.is_empty() {
                return refused(SqlState::SYNTAX_ERROR, "a period needs a column before it");
            }
            if let Some(period) = &period {
                columns.push(name(period.name())?);
            }
            Ok((columns, period.is_some()))
        };
        let (columns, period) = with_period(columns)?;
        let referenced = key.to_columns().map(with_period).transpose()?;
        let mut new = Self {
            name: given_name(key.constraint_name_clause())?,
            columns,
            references: qualified(key.table_name_ref())?,
            period,
            referenced_period: referenced.as_ref().is_some_and(|(_, period)| *period),
            referenced: referenced.map(|(columns, _)| columns),
            on_delete: Action::NoAction,
            on_delete_columns: Vec::new(),
            on_update: Action::NoAction,
            match_full: false,
            options: Options::read(key.constraint_options())?,
        };
        new.read_rest(key.match_type(), key.referential_actions())?;
        Ok(new)
    }

    pub(super) fn of_column(key: &ast::ReferencesConstraint, column: &str) -> Result<Self, Stop> {
        let mut new = Self {
            name: given_name(key.constraint_name_clause())?,
            columns: vec![column.to_owned()],
            references: qualified(key.table())?,
            referenced: key.column().map(|column| name(Some(column))).transpose()?.map(|column| vec![column]),
            period: false,
            referenced_period: false,
            on_delete: Action::NoAction,
            on_delete_columns: Vec::new(),
            on_update: Action::NoAction,
            match_full: false,
            options: Options::read(key.constraint_options())?,
        };
        new.read_rest(key.match_type(), key.referential_actions())?;
        Ok(new)
    }

    fn read_rest(
        &mut self,
        match_type: Option<ast::MatchType>,
        actions: impl Iterator<Item = ast::ReferentialAction>,
    ) -> Result<(), Stop> {
        match match_type {
            Some(ast::MatchType::MatchPartial(_)) => {
                return refused(SqlState::FEATURE_NOT_SUPPORTED, "MATCH PARTIAL not yet implemented");
            }
            Some(ast::MatchType::MatchFull(_)) => self.match_full = true,
            _ => {}
        }
        if self.options.no_inherit {
            let message = "FOREIGN KEY constraints cannot be marked NO INHERIT";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        for action in actions {
            match action {
                ast::ReferentialAction::OnDeleteAction(action) => {
                    (self.on_delete, self.on_delete_columns) = read_action(action.ref_action())?;
                }
                ast::ReferentialAction::OnUpdateAction(action) => {
                    let (action, columns) = read_action(action.ref_action())?;
                    if !columns.is_empty() {
                        let message = "a column list with SET NULL is only supported for ON DELETE actions";
                        return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                    }
                    self.on_update = action;
                }
            }
        }
        Ok(())
    }
}

fn read_action(action: Option<ast::RefAction>) -> Result<(Action, Vec<String>), Stop> {
    let columns = |list: Option<ast::ColumnRefList>| list.map_or(Ok(Vec::new()), |list| names(list.column_name_refs()));
    Ok(match part(action)? {
        ast::RefAction::Cascade(_) => (Action::Cascade, Vec::new()),
        ast::RefAction::NoAction(_) => (Action::NoAction, Vec::new()),
        ast::RefAction::Restrict(_) => (Action::Restrict, Vec::new()),
        ast::RefAction::SetNullColumns(set) => (Action::SetNull, columns(set.column_ref_list())?),
        ast::RefAction::SetDefaultColumns(set) => (Action::SetDefault, columns(set.column_ref_list())?),
    })
}

impl Play<'_> {
    /// Adds a foreign key to a table; `ATAddForeignKeyConstraint`.
    pub(super) fn add_foreign_key(
        &mut self,
        table: Oid,
        new: &NewForeignKey,
        is_new_table: bool,
        only: bool,
    ) -> Result<(), Stop> {
        if let Some(name) = &new.name {
            self.constraint_name_is_free(table, name)?;
        }
        let other = self.relation_found(&new.references)?;
        self.lock(table, LockMode::ShareRowExclusive);
        self.lock(other, LockMode::ShareRowExclusive);
        let (from, to) = (part(self.catalog.relation(table))?, part(self.catalog.relation(other))?);
        if !to.is_table() {
            let message = format!("referenced relation \"{}\" is not a table", to.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if from.is_partitioned() && only {
            let message = format!("cannot use ONLY for foreign key on partitioned table \"{}\"", from.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if from.is_partitioned() && new.options.not_valid && self.catalog.version() < PostgresVersion::V18 {
            let message = format!("cannot add NOT VALID foreign key on partitioned table \"{}\"", from.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        if to.is_partitioned() && !new.options.is_enforced() {
            return unknown("a foreign key to a partitioned table that is not enforced");
        }
        if from.is_partitioned() && self.inheritors(table).contains(&other) {
            return unknown("a foreign key of a partitioned table to its own partition");
        }
        persistence_fits(from.persistence, to.persistence)?;
        let columns = numbers(from, &new.columns)?;
        let on_delete_columns = numbers(from, &new.on_delete_columns)?;
        if on_delete_columns.iter().any(|column| !columns.contains(column)) {
            let message = "column referenced in ON DELETE SET action must be part of foreign key";
            return refused(SqlState::INVALID_COLUMN_REFERENCE, message);
        }
        let (referenced, index) = match &new.referenced {
            None => {
                let (referenced, index) = self.primary_key(to)?;
                if self.is_temporal(index) && !new.period {
                    return period_on_one_side();
                }
                (referenced, index)
            }
            Some(names) => {
                let referenced = numbers(to, names)?;
                if new.period != new.referenced_period {
                    return period_on_one_side();
                }
                let index = self.key_over(to, &referenced, new.period)?;
                (referenced, index)
            }
        };
        for column in &columns {
            let is_generated = from.numbered(*column).and_then(|it| it.default.as_ref()).is_some_and(|it| it.generated);
            let sets = |action| matches!(action, Action::SetNull | Action::SetDefault);
            if is_generated && (sets(new.on_update) || new.on_update == Action::Cascade || sets(new.on_delete)) {
                let message = "invalid action for foreign key constraint containing generated column";
                return refused(SqlState::SYNTAX_ERROR, message);
            }
            if from.numbered(*column).is_some_and(Column::is_virtual) {
                let message = "foreign key constraints on virtual generated columns are not supported";
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
        }
        let acts = [new.on_delete, new.on_update].iter().any(|action| *action != Action::NoAction);
        if new.period && acts {
            let message = "unsupported action for foreign key constraint using PERIOD";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if columns.len() != referenced.len() {
            let message = "number of referencing and referenced columns for foreign key disagree";
            return refused(SqlState::INVALID_FOREIGN_KEY, message);
        }
        for (column, key) in columns.iter().zip(&referenced) {
            let (column, key) = (part(from.numbered(*column))?, part(to.numbered(*key))?);
            let alike = self.base(column.of).oid == self.base(key.of).oid;
            if !(alike || (!new.period && self.can_be_compared(column.of, key.of)?)) {
                let message = "foreign key constraint cannot be implemented: key columns are of incompatible types";
                return refused(SqlState::DATATYPE_MISMATCH, message);
            }
        }
        if new.period && !self.is_temporal(index) {
            return refused(SqlState::UNDEFINED_OBJECT, "could not identify an overlaps operator for foreign key");
        }
        let name = match &new.name {
            Some(name) => name.clone(),
            None => {
                let all: Vec<&str> = new.columns.iter().map(String::as_str).collect();
                let columns = naming::columns_part(&all);
                naming::constraint_name(&self.catalog, &from.name, Some(&columns), "fkey", from.schema, &[])
            }
        };
        let constraint = Constraint {
            oid: self.catalog.allocate(),
            name: name.into(),
            on: table,
            kind: ConstraintKind::Foreign {
                columns,
                references: other,
                referenced,
                index,
                on_delete: new.on_delete,
                on_delete_columns,
                on_update: new.on_update,
                match_full: new.match_full,
                asks: Enabled::Origin,
                guards: Enabled::Origin,
            },
            deferrable: new.options.deferrable,
            validated: (!new.options.not_valid || is_new_table) && new.options.is_enforced(),
            enforced: new.options.is_enforced(),
            local: true,
            inherited: 0,
            no_inherit: true,
            parent: None,
        };
        let (oid, validates) = (constraint.oid, !is_new_table && constraint.validated);
        self.store_foreign_key(constraint, validates)?;
        self.refer_to_partitions(oid)?;
        for partition in self.partitions(table) {
            self.lock(partition, LockMode::ShareRowExclusive);
            self.clone_foreign_key(oid, partition, validates)?;
        }
        Ok(())
    }

    /// Adds a foreign key with what it depends on; where it `validates`, all rows are looked up.
    pub(super) fn store_foreign_key(&mut self, constraint: Constraint, validates: bool) -> Result<(), Stop> {
        let ConstraintKind::Foreign { columns, references, referenced, index, .. } = &constraint.kind else {
            return Ok(());
        };
        let (table, oid) = (constraint.on, constraint.oid);
        let mut looked_up = None;
        let relation = part(self.catalog.relation(table))?;
        if validates && !relation.is_partitioned() {
            if relation.rows == Rows::Perhaps {
                let message = format!("insert or update violates foreign key constraint \"{}\"", constraint.name);
                looked_up = Some(Refusal::new(SqlState::FOREIGN_KEY_VIOLATION, message));
            }
            self.arrays_can_be_looked_up((table, columns), (*references, referenced))?;
            self.ledger.scan(table);
            self.look_above(*references);
        }
        let address = Address::of(Class::Constraint, constraint.oid);
        for column in columns {
            self.catalog.dependencies.add(address, Address::column(table, *column), Dependence::Auto);
        }
        for column in referenced {
            self.catalog.dependencies.add(address, Address::column(*references, *column), Dependence::Normal);
        }
        self.catalog.dependencies.add(address, Address::of(Class::Relation, *index), Dependence::Normal);
        self.catalog.add_constraint(constraint);
        match looked_up {
            Some(refusal) => self.by_rows(table, self.some_row_refers_to_none(table, oid), refusal),
            None => Ok(()),
        }
    }

    /// Refuses arrays whose elements have a length: the query that looks them up casts them to `anyarray`.
    fn arrays_can_be_looked_up(&self, from: (Oid, &[i16]), to: (Oid, &[i16])) -> Result<(), Stop> {
        let has_length = |table: Oid, column: i16| {
            let of = self.catalog.relation(table).and_then(|it| it.numbered(column)).map(|column| column.of);
            of.is_some_and(|of| of.modifier >= 0 && self.catalog.element(of.oid).is_some())
        };
        for (column, key) in from.1.iter().zip(to.1) {
            match (has_length(from.0, *column), has_length(to.0, *key)) {
                (true, true) => {
                    let message = "cannot determine element type of \"anyarray\" argument";
                    return refused(SqlState::DATATYPE_MISMATCH, message);
                }
                (false, false) => {}
                _ => {
                    let message = "operator does not exist between \"anyarray\" and an array";
                    return refused(SqlState::UNDEFINED_FUNCTION, message);
                }
            }
        }
        Ok(())
    }

    /// Returns the partitions of a table; what merely inherits gets no keys.
    pub(super) fn partitions(&self, table: Oid) -> Vec<Oid> {
        let is_partitioned = self.catalog.relation(table).is_some_and(Relation::is_partitioned);
        if is_partitioned { self.children(table) } else { Vec::new() }
    }

    /// Gives a partition the foreign keys of its parent; `CloneForeignKeyConstraints`.
    pub(super) fn clone_foreign_keys(&mut self, partition: Oid, parent: Oid, validates: bool) -> Result<(), Stop> {
        let mut foreign = Vec::new();
        for constraint in self.catalog.constraints_of(parent) {
            let ConstraintKind::Foreign { references, .. } = &constraint.kind else { continue };
            if *references == partition {
                let message = "cannot attach a table as a partition because it is referenced by a foreign key";
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            if !self.catalog.is_for_a_partition(constraint) {
                foreign.push(constraint.oid);
            }
        }
        for constraint in foreign {
            self.clone_foreign_key(constraint, partition, validates)?;
        }
        self.clone_references(partition, parent)
    }

    /// Gives a partition a foreign key of its parent, or makes one that it has a part of that.
    fn clone_foreign_key(&mut self, parent: Oid, partition: Oid, validates: bool) -> Result<(), Stop> {
        let above = part(self.catalog.constraint(parent))?.clone();
        let ConstraintKind::Foreign { columns, references, on_delete_columns, .. } = &above.kind else {
            return Ok(());
        };
        for locked in std::iter::once(*references).chain(self.partitions_below(*references)) {
            self.lock(locked, LockMode::ShareRowExclusive);
        }
        let (from, to) = (part(self.catalog.relation(above.on))?, part(self.catalog.relation(partition))?);
        let numbers =
            |numbers: &[i16]| numbers.iter().map(|it| moved_number(*it, from, to)).collect::<Result<_, Stop>>();
        let (moved_columns, moved_on_delete): (Vec<i16>, Vec<i16>) = (numbers(columns)?, numbers(on_delete_columns)?);
        let mut kind = above.kind.clone();
        if let ConstraintKind::Foreign { columns, on_delete_columns, .. } = &mut kind {
            (*columns, *on_delete_columns) = (moved_columns.clone(), moved_on_delete);
        }
        let mut own = self.catalog.constraints_of(partition);
        own.sort_by(|a, b| a.name.cmp(&b.name));
        let validates_like = self.catalog.version() >= PostgresVersion::V18;
        let mut like = None;
        for constraint in &own {
            if constraint.parent.is_some() || !is_same_foreign_key(&constraint.kind, &kind) {
                continue;
            }
            if constraint.enforced != above.enforced {
                let (name, above) = (&constraint.name, &above.name);
                let message = format!("constraint \"{above}\" enforceability conflicts with constraint \"{name}\"");
                return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
            }
            if (!constraint.validated && !validates_like) || constraint.deferrable != above.deferrable {
                continue;
            }
            like = Some((constraint.oid, constraint.validated));
            break;
        }
        if let Some((like, is_validated)) = like {
            if above.validated && !is_validated {
                self.validate_constraint_of(partition, like)?;
            }
            // Its own triggers there go.
            self.lock(*references, LockMode::AccessExclusive);
            self.refer_to_no_partitions(like)?;
            self.make_constraint_part(like, parent, partition);
            return Ok(());
        }
        let name = if own.iter().any(|constraint| constraint.name == above.name) {
            self.another_key_name(to, &moved_columns, &above.name)
        } else {
            above.name.to_string()
        };
        let constraint = Constraint {
            oid: self.catalog.allocate(),
            name: name.into(),
            on: partition,
            kind,
            local: true,
            inherited: 0,
            parent: None,
            ..above
        };
        let oid = constraint.oid;
        let validates = validates && constraint.validated;
        self.store_foreign_key(constraint, validates)?;
        self.make_constraint_part(oid, parent, partition);
        for below in self.partitions(partition) {
            self.lock(below, LockMode::ShareRowExclusive);
            self.clone_foreign_key(oid, below, validates)?;
        }
        Ok(())
    }

    /// Returns the columns and the index of a table's primary key.
    fn primary_key(&self, table: &Relation) -> Result<(Vec<i16>, Oid), Stop> {
        let primary = self.catalog.constraints_of(table.oid).into_iter().find(|constraint| constraint.is_primary());
        let Some(primary) = primary else {
            let message = format!("there is no primary key for referenced table \"{}\"", table.name);
            return refused(SqlState::UNDEFINED_OBJECT, message);
        };
        if primary.deferrable.is_some() {
            let message = format!("cannot use a deferrable primary key for referenced table \"{}\"", table.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        match &primary.kind {
            ConstraintKind::Key { key: Key::Primary, columns, index } => Ok((columns.clone(), *index)),
            _ => unknown("a primary key that is none"),
        }
    }

    /// Returns the unique index over just these columns; `transformFkeyCheckAttrs`.
    fn key_over(&self, table: &Relation, columns: &[i16], period: bool) -> Result<Oid, Stop> {
        if columns.iter().enumerate().any(|(at, column)| columns.iter().take(at).any(|other| other == column)) {
            let message = "foreign key referenced-columns list must not contain duplicates";
            return refused(SqlState::INVALID_FOREIGN_KEY, message);
        }
        let mut deferrable = false;
        for oid in &table.indexes {
            let Some(index) = self.catalog.relation(*oid).and_then(|relation| relation.as_index()) else { continue };
            let keys: Option<Vec<i16>> = index.key_columns().collect();
            let fits = index.unique
                && index.valid
                && index.predicate.is_none()
                && keys.is_some_and(|keys| keys.len() == columns.len() && columns.iter().all(|it| keys.contains(it)));
            if !fits || (period && !index.is_temporal()) {
                continue;
            }
            if period && index.key_columns().last().flatten() != columns.last().copied() {
                continue;
            }
            if index.is_temporal() && !period {
                return period_on_one_side();
            }
            let constraint = index.constraint.and_then(|oid| self.catalog.constraint(oid));
            if constraint.is_some_and(|constraint| constraint.deferrable.is_some()) {
                deferrable = true;
                continue;
            }
            return Ok(*oid);
        }
        if deferrable {
            let message = format!("cannot use a deferrable unique constraint for referenced table \"{}\"", table.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        let message =
            format!("there is no unique constraint matching given keys for referenced table \"{}\"", table.name);
        refused(SqlState::INVALID_FOREIGN_KEY, message)
    }

    /// Returns whether an index keeps a key with a period.
    fn is_temporal(&self, index: Oid) -> bool {
        self.catalog.relation(index).and_then(Relation::as_index).is_some_and(Index::is_temporal)
    }

    /// Whether values of one type can be looked up among those of another.
    pub(super) fn can_be_compared(&self, from: Type, to: Type) -> Result<bool, Stop> {
        // Types whose operators compare them with one another, as members of one operator family.
        const FAMILIES: [&[u32]; 5] = [&[20, 21, 23], &[25, 1043, 19], &[1082, 1114, 1184], &[700, 701], &[650, 869]];
        let (from, to) = (self.base(from), self.base(to));
        if from.oid == to.oid {
            return Ok(true);
        }
        let (a, b) = (from.oid.0, to.oid.0);
        if FAMILIES.iter().any(|family| family.contains(&a) && family.contains(&b)) {
            return Ok(true);
        }
        if self.catalog.element(from.oid).is_some() && self.catalog.element(to.oid).is_some() {
            // One operator compares all arrays, of one type each.
            return Ok(false);
        }
        if self.catalog.user_type(from.oid).is_some() || self.catalog.user_type(to.oid).is_some() {
            // Enums, rows and ranges of the database's own compare with themselves only.
            return Ok(false);
        }
        Ok(types::can_become(&self.catalog, from.oid, to.oid, Context::Implicit))
    }

    /// Returns the type below domains.
    pub(super) fn base(&self, of: Type) -> Type {
        let mut of = of;
        while let Some(UserTypeKind::Domain(domain)) =
            self.catalog.user_type(of.oid).filter(|found| found.oid == of.oid).map(|found| &found.kind)
        {
            of = domain.base;
        }
        of
    }
}

/// Returns whether two foreign keys ask the same, but for their names and when they are checked.
fn is_same_foreign_key(a: &ConstraintKind, b: &ConstraintKind) -> bool {
    use ConstraintKind::Foreign as F;
    match (a, b) {
        (
            F { columns, references, referenced, on_delete, on_update, match_full, on_delete_columns, .. },
            F {
                columns: other_columns,
                references: other_references,
                referenced: other_referenced,
                on_delete: other_delete,
                on_update: other_update,
                match_full: other_match,
                on_delete_columns: other_delete_columns,
                ..
            },
        ) => {
            (columns, references, referenced, on_delete)
                == (other_columns, other_references, other_referenced, other_delete)
                && (on_update, match_full, on_delete_columns) == (other_update, other_match, other_delete_columns)
        }
        _ => false,
    }
}

fn numbers(table: &Relation, names: &[String]) -> Result<Vec<i16>, Stop> {
    let number = |name: &String| match table.column(name) {
        Some(column) => Ok(column.number),
        None => {
            let message = format!("column \"{name}\" referenced in foreign key constraint does not exist");
            refused(SqlState::UNDEFINED_COLUMN, message)
        }
    };
    names.iter().map(number).collect()
}

fn persistence_fits(from: Persistence, to: Persistence) -> Result<(), Stop> {
    let (word, fits) = match from {
        Persistence::Permanent => ("permanent", to == Persistence::Permanent),
        Persistence::Unlogged => ("unlogged", to != Persistence::Temporary),
        Persistence::Temporary => ("temporary", to == Persistence::Temporary),
    };
    if fits {
        return Ok(());
    }
    let message = format!("constraints on {word} tables may not reference such a table");
    refused(SqlState::INVALID_TABLE_DEFINITION, message)
}

fn period_on_one_side<T>() -> Result<T, Stop> {
    refused(SqlState::INVALID_FOREIGN_KEY, "foreign key uses PERIOD on one side only")
}
