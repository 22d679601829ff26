//! Names for statements: of what is there, of what is not, and of what is something else.

use limbeck_core::PostgresVersion;
use limbeck_core::document::schema::{Schema, Table, TableKind};

use super::dice::Dice;
use crate::played::Server;

/// Names of relations, types and functions; as SQL spells them.
const NAMES: [&str; 16] = [
    "account",
    "orders",
    "order_item",
    "customer",
    "product",
    "price_list",
    "shipment",
    "a",
    "b",
    "log",
    "\"Mixed\"",
    "\"two words\"",
    "\"select\"",
    "\"größe\"",
    "\"say \"\"x\"\"\"",
    // A byte longer than a name can be.
    "a_name_that_goes_on_and_on_until_it_has_reached_63_bytes_exactly",
];

/// Names of columns, attributes and arguments.
const COLUMNS: [&str; 18] = [
    "id",
    "name",
    "email",
    "price",
    "quantity",
    "created_at",
    "note",
    "parent_id",
    "a",
    "b",
    "c",
    "state",
    "valid_from",
    "\"Mixed\"",
    "\"order\"",
    "\"zwölf\"",
    "a_column_whose_name_leaves_little_room_for_more",
    "tags",
];

/// Schemas beside `public`.
const SCHEMAS: [&str; 2] = ["app", "\"Audit\""];

/// Writes statements over what a database holds.
pub(super) struct Pen<'a> {
    /// Decides.
    pub(super) dice: &'a mut Dice,
    /// What is there.
    pub(super) schema: &'a Schema,
    /// For which it writes.
    pub(super) server: Server,
}

impl<'a> Pen<'a> {
    /// Returns a name as a writer would spell it: without its schema where the search path finds it.
    pub(super) fn spelled(&mut self, qualified: &str) -> String {
        match qualified.strip_prefix("public.") {
            Some(bare) if self.dice.percent(3) && !bare.starts_with('"') => bare.to_uppercase(),
            Some(bare) if self.dice.percent(88) => bare.to_owned(),
            _ => qualified.to_owned(),
        }
    }

    /// Returns the name of a schema, mostly one that exists; `public` most often.
    pub(super) fn schema_name(&mut self) -> String {
        let existing: Vec<String> = self.schema.schemas.iter().map(|schema| schema.name.clone()).collect();
        match self.dice.below(100) {
            0..3 => self.dice.one(&SCHEMAS).to_owned(),
            3..50 => self.dice.any(&existing).cloned().unwrap_or_else(|| "public".to_owned()),
            _ => "public".to_owned(),
        }
    }

    /// Returns one of the names of schemas beside `public`, whether it exists or not.
    pub(super) fn other_schema(&mut self) -> &'static str {
        self.dice.one(&SCHEMAS)
    }

    /// Returns a qualified name for something new, mostly a free one.
    pub(super) fn new_name(&mut self) -> String {
        let schema = if self.dice.percent(80) { "public".to_owned() } else { self.schema_name() };
        let mut name = String::new();
        for _ in 0..12 {
            name = format!("{schema}.{}", self.dice.one(&NAMES));
            if self.dice.percent(6) || !self.is_taken(&name) {
                break;
            }
        }
        name
    }

    /// Returns a new name in the schema of another object: for renames, which take bare names.
    pub(super) fn new_bare_name(&mut self) -> String {
        let qualified = self.new_name();
        bare(&qualified).to_owned()
    }

    fn is_taken(&self, name: &str) -> bool {
        let schema = self.schema;
        schema
            .tables
            .iter()
            .any(|table| table.name == name || table.indexes.iter().any(|index| index.name == bare(name)))
            || schema.sequences.iter().any(|sequence| sequence.name == name)
            || schema.enums.iter().any(|found| found.name == name)
            || schema.domains.iter().any(|found| found.name == name)
            || schema.composites.iter().any(|found| found.name == name)
            || schema.ranges.iter().any(|found| found.name == name)
    }

    /// Returns a name of the pool that need not exist.
    pub(super) fn stray(&mut self) -> String {
        let schema = if self.dice.percent(90) { "public".to_owned() } else { self.schema_name() };
        let name = format!("{schema}.{}", self.dice.one(&NAMES));
        self.spelled(&name)
    }

    /// Returns the name of one of them, or rarely one that does not exist or is something else.
    pub(super) fn existing(&mut self, of: &[&str]) -> Option<String> {
        match self.dice.below(100) {
            0..3 => Some(self.stray()),
            3..5 => {
                let all: Vec<&str> = self.schema.tables.iter().map(|table| table.name.as_str()).collect();
                let name = self.dice.one(&all).to_owned();
                (!name.is_empty()).then(|| self.spelled(&name))
            }
            _ => {
                let name = self.dice.any(of).copied()?;
                Some(self.spelled(name))
            }
        }
    }

    /// Returns a table that rows can be put into.
    pub(super) fn table(&mut self) -> Option<&'a Table> {
        self.table_of(|kind| matches!(kind, TableKind::Table | TableKind::Partitioned | TableKind::Partition))
    }

    /// Returns one of these kinds.
    pub(super) fn table_of(&mut self, wanted: impl Fn(TableKind) -> bool) -> Option<&'a Table> {
        let tables: Vec<&Table> = self.schema.tables.iter().filter(|table| wanted(table.kind)).collect();
        self.dice.any(&tables).copied()
    }

    /// Returns how to name this table, or rarely something else.
    pub(super) fn named(&mut self, table: &Table) -> String {
        if self.dice.percent(2) {
            return self.stray();
        }
        self.spelled(&table.name)
    }

    /// Returns a new name for a column, mostly a free one.
    pub(super) fn new_column(&mut self, table: Option<&Table>) -> String {
        let mut name = "";
        for _ in 0..12 {
            name = self.dice.one(&COLUMNS);
            let taken = table.is_some_and(|table| table.columns.iter().any(|column| column.name == name));
            if self.dice.percent(3) || !taken {
                break;
            }
        }
        name.to_owned()
    }

    /// Returns a column of the table, or rarely one that it does not have.
    pub(super) fn column(&mut self, table: &Table) -> String {
        if self.dice.percent(3) {
            return self.dice.one(&COLUMNS).to_owned();
        }
        self.dice.any(&table.columns).map_or_else(|| "id".to_owned(), |column| column.name.clone())
    }

    /// Returns one to three different columns of the table.
    pub(super) fn columns(&mut self, table: &Table) -> Vec<String> {
        let count = self.dice.weighted(&[(6, 1), (3, 2), (1, 3)]);
        let mut columns = Vec::new();
        for _ in 0..count {
            let column = self.column(table);
            if !columns.contains(&column) || self.dice.percent(2) {
                columns.push(column);
            }
        }
        columns
    }

    /// Returns the name of a constraint of the table, or rarely one that it does not have.
    pub(super) fn constraint(&mut self, table: &Table) -> String {
        let names: Vec<&str> = constraints(table);
        if names.is_empty() || self.dice.percent(4) {
            return format!("{}_check", self.dice.one(&["account", "orders", "a"]));
        }
        self.dice.one(&names).to_owned()
    }

    /// Returns a name for a constraint or an index, or none, so that Postgres finds one.
    pub(super) fn constraint_name(&mut self) -> String {
        if self.dice.percent(65) {
            return String::new();
        }
        format!("CONSTRAINT {} ", self.part_name())
    }

    /// Returns a name for a part of a table.
    pub(super) fn part_name(&mut self) -> String {
        let name =
            self.dice.one(&["ok", "unique_thing", "\"Rule 1\"", "fk", "positive", "one", "two", "three", "four"]);
        name.to_owned()
    }

    /// Returns the behaviour of a DROP.
    pub(super) fn behavior(&mut self) -> &'static str {
        self.dice.weighted(&[(70, ""), (22, " CASCADE"), (8, " RESTRICT")])
    }

    /// Returns `IF EXISTS `, sometimes.
    pub(super) fn if_exists(&mut self) -> &'static str {
        self.dice.maybe(25, "IF EXISTS ")
    }

    /// Returns whether a constraint is enforced, where a server is asked that knows it.
    pub(super) fn enforced(&mut self) -> &'static str {
        if self.server.version < PostgresVersion::V18 {
            return "";
        }
        self.dice.weighted(&[(93, ""), (6, " NOT ENFORCED"), (1, " ENFORCED")])
    }

    /// Returns when a generated column is computed, in words that the server reads.
    pub(super) fn computed(&mut self) -> &'static str {
        if self.server.version < PostgresVersion::V18 {
            return " STORED";
        }
        self.dice.weighted(&[(50, " STORED"), (25, " VIRTUAL"), (25, "")])
    }

    /// Returns `IF NOT EXISTS `, sometimes.
    pub(super) fn if_not_exists(&mut self) -> &'static str {
        self.dice.maybe(10, "IF NOT EXISTS ")
    }
}

/// Returns the last part of a qualified name.
pub(super) fn bare(qualified: &str) -> &str {
    // No schema of ours has a dot in its name.
    qualified.split_once('.').map_or(qualified, |(_, name)| name)
}

/// Returns the schema of a qualified name.
pub(super) fn schema_of(qualified: &str) -> &str {
    qualified.split_once('.').map_or("public", |(schema, _)| schema)
}

/// Returns the names of all constraints of a table.
pub(super) fn constraints(table: &Table) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    names.extend(table.primary_key.iter().map(|key| key.name.as_str()));
    names.extend(table.unique.iter().map(|key| key.name.as_str()));
    names.extend(table.foreign_keys.iter().map(|key| key.name.as_str()));
    names.extend(table.checks.iter().map(|check| check.name.as_str()));
    names.extend(table.exclusions.iter().map(|exclusion| exclusion.name.as_str()));
    names
}
