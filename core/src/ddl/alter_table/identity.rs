//! `ALTER COLUMN … ADD GENERATED … AS IDENTITY`, `SET GENERATED`, `DROP IDENTITY`

use crate::catalog::{Identity, Oid, SqlState};
use crate::ddl::column::NewColumn;
use crate::ddl::not_null::SaidNotNull;
use crate::ddl::syntax::part;
use crate::ddl::{LockMode, Play, Stop, refused, unknown};
use crate::sql::ast::{self, AlterColumnOption as C, SetGeneratedOption as S};

impl Play<'_> {
    pub(super) fn add_identity(&mut self, table: Oid, column: &str, option: &ast::AddGenerated) -> Result<(), Stop> {
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
            identity: Some((when, wanted.options, wanted.name)),
            serial: false,
            collation: None,
            storage: None,
            compression: None,
        };
        let sequence = self.make_sequence_for(&relation, &new)?;
        let of = |what: &str| format!("column \"{column}\" of relation \"{}\" {what}", relation.name);
        if !found.not_null {
            return refused(
                SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE,
                of("must be declared NOT NULL before identity can be added"),
            );
        }
        if found.identity.is_some() {
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, of("is already an identity column"));
        }
        if found.default.is_some() {
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, of("already has a default value"));
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.identity = Some(when);
        }
        self.finish_column(table, number, &new, sequence)
    }

    pub(super) fn set_identity(&mut self, table: Oid, column: &str, option: &C) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let options: Vec<S> = match option {
            C::SetGenerated(set) => vec![S::SetGenerated(set.clone())],
            C::SetGeneratedOptions(set) => set.set_generated_options().collect(),
            _ => return unknown("this form of ALTER COLUMN is outside the model"),
        };
        if part(relation.numbered(number))?.identity.is_none() {
            let message = format!("column \"{column}\" of relation \"{}\" is not an identity column", relation.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        let mut of_sequence = Vec::new();
        for option in options {
            match option {
                S::SetGenerated(set) => {
                    let when = when(set.generated_when());
                    if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
                        found.identity = Some(when);
                    }
                }
                S::SetSequenceOption(set) => of_sequence.push(part(set.sequence_option())?),
                S::Restart(_) => {}
            }
        }
        if let Some((oid, sequence)) = self.sequence_of(table, number) {
            let wanted = self.sequence_options(of_sequence.into_iter())?;
            self.lock(oid, LockMode::ShareRowExclusive);
            let altered = sequence.altered(&wanted.options)?;
            self.set_sequence(oid, altered);
        }
        Ok(())
    }

    pub(super) fn drop_identity(&mut self, table: Oid, column: &str, if_exists: bool) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        if part(relation.numbered(number))?.identity.is_none() {
            if if_exists {
                return Ok(());
            }
            let message = format!("column \"{column}\" of relation \"{}\" is not an identity column", relation.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        }
        if let Some(found) = self.catalog.relation_mut(table).and_then(|it| it.numbered_mut(number)) {
            found.identity = None;
        }
        self.drop_sequence_of(table, number)
    }
}

fn when(node: Option<ast::GeneratedWhen>) -> Identity {
    match node {
        Some(ast::GeneratedWhen::GeneratedByDefault(_)) => Identity::ByDefault,
        _ => Identity::Always,
    }
}
