//! All families of statements, and the choice among them.

use limbeck_core::document::schema::Schema;
use limbeck_core::sql::{Transactions, split, transactions};

use super::dice::Dice;
use super::pen::Pen;
use super::{
    alter_table, bodies, collations, conversions, functions, indexes, literals, merge, partitions, policies, ranges,
    rows, rules, schemas, sequences, tables, through_views, types, upkeep, versions, views, with,
};
use crate::played::Server;

/// How often migrations use it, its name, and what writes one; nothing where there is nothing to write about.
pub(super) type Family = (usize, &'static str, fn(&mut Pen) -> Option<String>);

pub(super) const ALL: &[&[Family]] = &[
    tables::FAMILIES,
    alter_table::FAMILIES,
    indexes::FAMILIES,
    views::FAMILIES,
    sequences::FAMILIES,
    types::FAMILIES,
    ranges::FAMILIES,
    schemas::FAMILIES,
    functions::FAMILIES,
    policies::FAMILIES,
    rules::FAMILIES,
    partitions::FAMILIES,
    rows::FAMILIES,
    upkeep::FAMILIES,
    versions::FAMILIES,
    literals::FAMILIES,
    bodies::FAMILIES,
    policies::AROUND,
    with::FAMILIES,
    with::MAKING,
    merge::FAMILIES,
    through_views::FAMILIES,
    through_views::AROUND,
    rules::MOSTLY,
    rules::ROWS,
];

/// Those that only have runs of their own.
const ALONE: &[&[Family]] = &[collations::FAMILIES, conversions::FAMILIES];

/// Those that change rows, and no catalog.
pub(super) const ROWS: &[&[Family]] =
    &[rows::FAMILIES, with::FAMILIES, merge::FAMILIES, through_views::FAMILIES, rules::ROWS];

/// A statement, and which family it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) family: &'static str,
    pub(crate) sql: String,
}

impl Statement {
    /// It reads or changes rows, and no catalog.
    pub(super) fn is_about_rows(&self) -> bool {
        self.family == "SELECT" || self.is_of(ROWS)
    }

    /// It computes something for each row of others.
    pub(super) fn computes_rows(&self) -> bool {
        self.is_about_rows()
            || self.changes_rows()
            || ["CREATE TABLE AS", "CREATE MATERIALIZED VIEW", "REFRESH MATERIALIZED VIEW"].contains(&self.family)
    }

    /// It changes rows.
    pub(super) fn changes_rows(&self) -> bool {
        self.is_of(ROWS) || self.is_of(&[with::MAKING])
    }

    fn is_of(&self, families: &[&[Family]]) -> bool {
        families.iter().copied().flatten().any(|(_, name, _)| *name == self.family)
    }

    /// What it reads in full does not depend on the planner, as it does where keys are compared.
    pub(super) fn is_scanned_for_sure(&self) -> bool {
        !self.is_about_rows()
            && !self.changes_rows()
            && ["REFERENCES", "FOREIGN KEY", "VALIDATE", "SELECT", " AS TABLE", "VALUES", "REFRESH", "DETACH"]
                .iter()
                .all(|word| !self.sql.contains(word))
    }

    /// Postgres refuses it in a transaction.
    pub(super) fn runs_outside_of_transactions(&self) -> bool {
        let (statements, _) = split(&self.sql);
        statements
            .iter()
            .any(|statement| matches!(transactions(&self.sql, statement.kind), Transactions::OnlyOutside(_)))
    }
}

/// Returns the names of all families, in their order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().chain(ALONE).copied().flatten().map(|(_, name, _)| *name)
}

/// Writes the next statement for a database that holds this.
pub(super) fn next(dice: &mut Dice, schema: &Schema, server: Server, families: &[&[Family]]) -> Statement {
    let tables = schema.tables.len();
    let weighted: Vec<(usize, Family)> = families
        .iter()
        .copied()
        .flatten()
        .map(|family| {
            // A sequence begins with a few tables, and does not grow without end.
            let weight = match (family.1, tables) {
                ("CREATE TABLE", 0..3) => family.0 * 12,
                ("CREATE SCHEMA", _) if schema.schemas.len() < 2 => family.0 * 2,
                ("CREATE TABLE", 12..) => family.0 / 4,
                ("DROP TABLE" | "DROP TABLE of a policy", 0..3) => family.0 / 4,
                _ => family.0,
            };
            (weight, *family)
        })
        .collect();
    loop {
        // Some family needs nothing, so this ends.
        let (_, family, write) = dice.weighted(&weighted);
        if let Some(sql) = write(&mut Pen { dice, schema, server }) {
            return Statement { family, sql };
        }
    }
}
