//! `ADD COLUMN`

use super::is_system;
use crate::catalog::{Oid, Refusal, Rows, SqlState, UserTypeKind};
use crate::ddl::column::{NewColumn, made, may_be_named};
use crate::ddl::constraint::Wanted;
use crate::ddl::syntax::{name, none, part};
use crate::ddl::{Play, Stop, key, refused};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn add_column(&mut self, table: Oid, action: &ast::AddColumn) -> Result<(), Stop> {
        none(action.alter_option_list(), "options of a column")?;
        let column = name(action.column_name())?;
        let relation = part(self.catalog.relation(table))?;
        if is_system(&column) {
            may_be_named(&column)?;
        }
        if relation.column(&column).is_some() {
            if action.if_not_exists().is_some() {
                return Ok(());
            }
            let message = format!("column \"{column}\" of relation \"{}\" already exists", relation.name);
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
        let mut wanted = Wanted::default();
        let constraints = action.constraints().collect();
        let new = self.read_definition(column, action.ty(), action.collate(), constraints, &mut wanted)?;
        let relation = part(self.catalog.relation(table))?;
        let sequence = {
            let relation = relation.clone();
            self.make_sequence_for(&relation, &new)?
        };
        self.column_may_be_of(&new.name, new.of)?;
        let at = part(self.catalog.relation(table))?.columns.len();
        let number = i16::try_from(at + 1).map_err(|_| Stop::unknown("too many columns"))?;
        if let Some(relation) = self.catalog.relation_mut(table) {
            relation.columns.push(made(at, &new));
        }
        self.catalog.depend_on_type(crate::catalog::Address::column(table, number), new.of);
        self.finish_column(table, number, &new, sequence)?;
        self.fill(table, &new)?;
        self.add_checks(table, &wanted.checks, true)?;
        let keys = key::in_order(wanted.keys);
        for key in &keys {
            self.add_key(table, key)?;
        }
        for foreign in &wanted.foreign_keys {
            // Rows that get a null, as they do without a default, are not looked up.
            self.add_foreign_key(table, foreign, new.default.is_none() && !new.serial && new.identity.is_none())?;
        }
        Ok(())
    }

    /// What becomes of the rows that are there: nothing, a value that need not be written, or a new file.
    fn fill(&mut self, table: Oid, new: &NewColumn) -> Result<(), Stop> {
        let constrained_domain = match self.catalog.user_type(new.of.oid).map(|found| &found.kind) {
            Some(UserTypeKind::Domain(domain)) => !domain.constraints.is_empty() || domain.not_null,
            _ => false,
        };
        let volatile = match &new.default {
            Some(written) => self.is_volatile(written)?,
            None => false,
        };
        let has_value = new.default.as_ref().is_some_and(|default| !default.eq_ignore_ascii_case("null"));
        if new.serial || new.identity.is_some() || new.generated.is_some() || volatile || constrained_domain {
            self.ledger.rewrite(table);
            self.ledger.scan(table);
        }
        let rows = part(self.catalog.relation(table))?.rows;
        let gets_null = !has_value && !new.serial && new.identity.is_none() && new.generated.is_none();
        if new.not_null && gets_null {
            self.ledger.scan(table);
            if rows == Rows::Perhaps {
                let message = format!("column \"{}\" contains null values", new.name);
                self.ledger.may_raise.push((Refusal::new(SqlState::NOT_NULL_VIOLATION, message), table));
            }
        }
        Ok(())
    }

    /// Returns whether an expression gives another value for each row.
    pub(super) fn is_volatile(&self, written: &str) -> Result<bool, Stop> {
        const VOLATILE: [&str; 10] = [
            "random",
            "gen_random_uuid",
            "uuid_generate_v4",
            "nextval",
            "setval",
            "clock_timestamp",
            "timeofday",
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "pg_sleep",
        ];
        const STEADY: [&str; 24] = [
            "now",
            "lower",
            "upper",
            "coalesce",
            "length",
            "concat",
            "md5",
            "to_char",
            "date_trunc",
            "age",
            "abs",
            "round",
            "floor",
            "ceil",
            "greatest",
            "least",
            "nullif",
            "timezone",
            "make_interval",
            "to_tsvector",
            "statement_timestamp",
            "transaction_timestamp",
            "jsonb_build_object",
            "array",
        ];
        let lower = written.to_ascii_lowercase();
        let mut rest = lower.as_str();
        while let Some(at) = rest.find('(') {
            let before = rest[..at].trim_end();
            let word = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            if VOLATILE.contains(&word) {
                return Ok(true);
            }
            if !word.is_empty()
                && !STEADY.contains(&word)
                && word.starts_with(|c: char| c.is_ascii_alphabetic())
                && !is_type_word(word)
            {
                return Err(Stop::unknown("whether a function gives the same value for each row"));
            }
            rest = &rest[at + 1..];
        }
        Ok(false)
    }
}

fn is_type_word(word: &str) -> bool {
    [
        "varchar",
        "numeric",
        "char",
        "decimal",
        "bit",
        "timestamp",
        "timestamptz",
        "time",
        "interval",
        "in",
        "and",
        "or",
        "not",
    ]
    .contains(&word)
}
