//! `ALTER COLUMN … ADD GENERATED … AS IDENTITY`, `SET GENERATED`, `DROP IDENTITY`

use super::Reach;
use crate::PostgresVersion;
use crate::catalog::{Identity, Oid, Sequence, SqlState};
use crate::ddl::column::NewColumn;
use crate::ddl::not_null::SaidNotNull;
use crate::ddl::syntax::{integer, part};
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::sql::ast::{self, AlterColumnOption as C, SetGeneratedOption as S};

/// What an action does to an identity, as messages say it.
const ADD: &str = "add identity to a column";
const CHANGE: &str = "change identity column";
const DROP: &str = "drop identity from a column";

impl Play<'_> {
    pub(super) fn add_identity(
        &mut self,
        table: Oid,
        column: &str,
        option: &ast::AddGenerated,
        reach: Reach,
    ) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let when = when(option.generated_when());
        let mut wanted = crate::ddl::sequence::Wanted::default();
        if let Some(list) = option.sequence_option_list() {
            wanted = self.sequence_options(list.sequence_options())?;
        }
        let relation = part(self.catalog.relation(table))?.clone();
        let found = part(relation.numbered(number))?;
        let new = NewColumn {
            name: column.to_owned(),
            of: found.of,
            // It takes none already.
            not_null: false,
            said_not_null: SaidNotNull::default(),
            default: None,
            generated: None,
            is_virtual: false,
            identity: Some((when, wanted.options, wanted.name)),
            serial: false,
            collation: None,
            storage: None,
            compression: None,
        };
        let sequence = self.make_sequence_for(&relation, &new)?;
        for oid in self.of_one_identity(table, reach, ADD)? {
            let relation = part(self.catalog.relation(oid))?;
            let number = self.column_number(oid, column)?;
            let found = part(relation.numbered(number))?;
            let is_not_null = found.not_null && !self.may_hold_nulls(oid, number);
            let wrong = match (is_not_null, found.identity, &found.default) {
                (false, ..) => "must be declared NOT NULL before identity can be added",
                (_, Some(_), _) => "is already an identity column",
                (_, _, Some(_)) => "already has a default value",
                _ => {
                    self.set_identity_of(oid, number, Some(when));
                    continue;
                }
            };
            let message = format!("column \"{column}\" of relation \"{}\" {wrong}", relation.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        self.finish_column(table, number, &new, sequence)
    }

    pub(super) fn set_identity(&mut self, table: Oid, column: &str, option: &C, reach: Reach) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let options: Vec<S> = match option {
            C::SetGenerated(set) => vec![S::SetGenerated(set.clone())],
            C::SetGeneratedOptions(set) => set.set_generated_options().collect(),
            C::Restart(set) => vec![S::Restart(set.clone())],
            C::SetSequenceOption(set) => vec![S::SetSequenceOption(set.clone())],
            _ => return unknown("this form of ALTER COLUMN is outside the model"),
        };
        let (mut of_sequence, mut wanted, mut restart) = (Vec::new(), None, None);
        for option in options {
            match option {
                S::SetGenerated(set) => wanted = Some(when(set.generated_when())),
                S::SetSequenceOption(set) => of_sequence.push(part(set.sequence_option())?),
                S::Restart(_) if restart.is_some() => {
                    return refused(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
                }
                S::Restart(option) => restart = Some(option.expr().map(|value| integer(Some(value))).transpose()?),
            }
        }
        for oid in self.of_one_identity(table, reach, CHANGE)? {
            let (number, found) = self.identity_of(oid, column)?;
            if found.is_none() {
                return self.is_no_identity(oid, column);
            }
            if wanted.is_some() {
                self.set_identity_of(oid, number, wanted);
            }
        }
        if let Some((oid, sequence)) = self.sequence_of(table, number) {
            let mut wanted = self.sequence_options(of_sequence.into_iter())?.without_name()?;
            wanted.options.restart = wanted.options.restart.or(restart);
            self.lock(oid, LockMode::ShareRowExclusive);
            let altered = sequence.altered(&wanted.options)?;
            self.set_sequence(oid, altered);
        }
        Ok(())
    }

    pub(super) fn drop_identity(
        &mut self,
        table: Oid,
        column: &str,
        if_exists: bool,
        reach: Reach,
    ) -> Result<(), Stop> {
        let all = self.of_one_identity(table, reach, DROP)?;
        let (number, found) = self.identity_of(table, column)?;
        if found.is_none() && if_exists {
            return Ok(());
        }
        self.end_identity(&all, column)?;
        self.drop_sequence_of(table, number)
    }

    /// Takes the identity of a column from tables that all have it.
    fn end_identity(&mut self, tables: &[Oid], column: &str) -> Result<(), Stop> {
        for oid in tables {
            let (number, found) = self.identity_of(*oid, column)?;
            if found.is_none() {
                return self.is_no_identity(*oid, column);
            }
            self.set_identity_of(*oid, number, None);
        }
        Ok(())
    }

    /// Takes from a partition that goes, and from those below it, what identity it has of its parent.
    pub(in crate::ddl) fn leave_identity(&mut self, partition: Oid) -> Result<(), Stop> {
        if !self.partitions_have_identity() {
            return Ok(());
        }
        let relation = part(self.catalog.relation(partition))?;
        let columns: Vec<String> =
            relation.live().filter(|it| it.identity.is_some()).map(|it| it.name.to_string()).collect();
        let mut all = self.inheritors(partition);
        all.insert(0, partition);
        columns.iter().try_for_each(|column| self.end_identity(&all, column))
    }

    /// Returns whether a partition has the identity columns of its parent, as it has since 17.
    pub(in crate::ddl) fn partitions_have_identity(&self) -> bool {
        self.catalog.version() >= PostgresVersion::V17
    }

    /// Returns the sequence of an identity column: that of the topmost table, of which a partition has it.
    pub(in crate::ddl) fn sequence_of_identity(&self, table: Oid, column: &str) -> Option<(Oid, Sequence)> {
        let relation = self.catalog.relation(table)?;
        let own = self.sequence_of(table, relation.column(column)?.number);
        own.or_else(|| {
            self.sequence_of_identity(*relation.parents.first().filter(|_| relation.is_partition())?, column)
        })
    }

    /// Returns the tables that have one identity column together: since 17 a partitioned table and its partitions, of
    /// which none can be changed alone.
    fn of_one_identity(&mut self, table: Oid, reach: Reach, what: &str) -> Result<Vec<Oid>, Stop> {
        let relation = part(self.catalog.relation(table))?;
        if !self.partitions_have_identity() || !(relation.is_partitioned() || relation.is_partition()) {
            return Ok(vec![table]);
        }
        let of = if relation.is_partitioned() && reach.only {
            "only the partitioned table"
        } else if relation.is_partition() {
            "a partition"
        } else {
            return Ok(self.reached(table, reach));
        };
        refused(SqlState::INVALID_TABLE_DEFINITION, format!("cannot {what} of {of}"))
    }

    fn identity_of(&self, table: Oid, column: &str) -> Result<(i16, Option<Identity>), Stop> {
        let number = self.column_number(table, column)?;
        Ok((number, part(part(self.catalog.relation(table))?.numbered(number))?.identity))
    }

    fn is_no_identity(&self, table: Oid, column: &str) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let message = format!("column \"{column}\" of relation \"{}\" is not an identity column", relation.name);
        refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
    }

    fn set_identity_of(&mut self, table: Oid, number: i16, identity: Option<Identity>) {
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.identity = identity;
        }
    }
}

fn when(node: Option<ast::GeneratedWhen>) -> Identity {
    match node {
        Some(ast::GeneratedWhen::GeneratedByDefault(_)) => Identity::ByDefault,
        _ => Identity::Always,
    }
}
