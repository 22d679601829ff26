//! The version table: Alembic's, row for row. It is read as it is; a new one is made as Alembic makes it, but wider.

use limbeck_core::settings::Settings;
use limbeck_core::sql::{quote_identifier, quote_literal, quote_name};

use super::{Database, DatabaseError};

/// Name and schema of the version table, as the settings give them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTable {
    name: String,
    schema: Option<String>,
}

impl VersionTable {
    /// Returns the table of that name, in that schema or wherever the search path finds it.
    pub fn new(name: impl Into<String>, schema: Option<String>) -> Self {
        Self { name: name.into(), schema }
    }
}

impl From<&Settings> for VersionTable {
    fn from(settings: &Settings) -> Self {
        Self::new(settings.version_table.clone(), settings.version_table_schema.clone())
    }
}

/// Where the version table is, or will be; found once, so that a later change of the search path does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) state: State,
}

/// Whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Neither the table is there nor the schema that the settings name for it.
    NoSchema,
    Missing,
    Present {
        /// How many characters an id may have.
        width: Option<usize>,
        /// Privileges that this role lacks, as SQL spells them.
        missing_privileges: Vec<&'static str>,
    },
}

impl Location {
    /// Returns the qualified name, quoted where SQL needs it.
    pub(super) fn sql(&self) -> String {
        quote_name(Some(&self.schema), &self.name)
    }

    /// Says whether it has to be created.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.state, State::Missing | State::NoSchema)
    }

    /// Makes sure that there is a schema to create it in.
    pub(super) fn check_schema(&self) -> Result<(), DatabaseError> {
        if self.state != State::NoSchema {
            return Ok(());
        }
        let schema = quote_identifier(&self.schema).into_owned();
        Err(DatabaseError::NoSchema { schema: Some(schema), table: self.name.clone() })
    }

    /// Returns the statement that creates it.
    pub(super) fn create(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} (version_num character varying(255) NOT NULL, CONSTRAINT {} PRIMARY KEY (version_num))",
            self.sql(),
            quote_identifier(&format!("{}_pkc", self.name)),
        )
    }
}

/// Finds the version table. Never writes.
pub(super) async fn locate(database: &Database, table: &VersionTable) -> Result<Location, DatabaseError> {
    let name = quote_literal(&quote_name(table.schema.as_deref(), &table.name));
    let schema = quote_literal(&table.schema.as_deref().map(quote_identifier).unwrap_or_default());
    let rows = database
        .rows(&format!(
            "SELECT n.nspname, c.relkind, a.atttypmod, t.typname, t.typcategory, pg_catalog.current_schema(), \
             pg_catalog.has_any_column_privilege(c.oid, 'SELECT'), pg_catalog.has_any_column_privilege(c.oid, 'INSERT'), \
             pg_catalog.has_any_column_privilege(c.oid, 'UPDATE'), pg_catalog.has_table_privilege(c.oid, 'DELETE'), \
             pg_catalog.to_regnamespace(NULLIF({schema}, '')) \
             FROM (SELECT pg_catalog.to_regclass({name})::pg_catalog.oid AS oid) AS wanted \
             LEFT JOIN pg_catalog.pg_class AS c ON c.oid = wanted.oid \
             LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'version_num' AND NOT a.attisdropped \
             LEFT JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid"
        ))
        .await?;
    let row = rows.first().ok_or_else(|| DatabaseError::Protocol("a query of the catalog has no row".to_owned()))?;
    let get = |column: usize| row.try_get(column).ok().flatten();

    let Some(schema) = get(0) else {
        let named = table.schema.clone();
        let state = if named.is_some() && get(10).is_none() { State::NoSchema } else { State::Missing };
        let schema = named.or_else(|| get(5).map(str::to_owned));
        let schema = schema.ok_or_else(|| DatabaseError::NoSchema { schema: None, table: table.name.clone() })?;
        return Ok(Location { schema, name: table.name.clone(), state });
    };
    let mut location = Location { schema: schema.to_owned(), name: table.name.clone(), state: State::Missing };
    let table = location.sql();
    let wrong = |reason: String| Err(DatabaseError::NotAVersionTable { table: table.clone(), reason });
    if !matches!(get(1), Some("r" | "p")) {
        return wrong("it is a view, an index or a sequence".to_owned());
    }
    match (get(3), get(4)) {
        (None, _) => return wrong("it has no column version_num".to_owned()),
        (_, Some("S")) => {}
        (Some(kind), _) => return wrong(format!("its column version_num is of type {kind}")),
    }
    // The modifier of a type with a length is the length and four bytes.
    let width = match (get(3), get(2).and_then(|modifier| modifier.parse::<i64>().ok())) {
        (Some("varchar" | "bpchar"), Some(modifier)) if modifier > 4 => usize::try_from(modifier - 4).ok(),
        _ => None,
    };
    let privileges = ["SELECT", "INSERT", "UPDATE", "DELETE"];
    let missing = privileges.iter().enumerate().filter(|(column, _)| get(column + 6) != Some("t"));
    let missing_privileges = missing.map(|(_, privilege)| *privilege).collect();
    location.state = State::Present { width, missing_privileges };
    Ok(location)
}

/// Returns a query for the table's object identifier, whatever it is; without the privileges that [`locate`] needs.
pub(super) fn identifier(table: &VersionTable) -> String {
    let name = quote_literal(&table.name);
    let place = match &table.schema {
        Some(schema) => format!("n.nspname = {}::pg_catalog.name", quote_literal(schema)),
        // A role that may not use the schema `public` does not see what is in it, and the table is there all the same.
        None => "(pg_catalog.pg_table_is_visible(c.oid) OR n.nspname = 'public'::pg_catalog.name)".to_owned(),
    };
    format!(
        "SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE c.relname = {name}::pg_catalog.name AND {place} \
         ORDER BY pg_catalog.pg_table_is_visible(c.oid) DESC LIMIT 1"
    )
}

/// Returns the rows, sorted.
pub(super) async fn read(database: &Database, location: &Location) -> Result<Vec<String>, DatabaseError> {
    if location.is_missing() {
        return Ok(Vec::new());
    }
    let rows = database.rows(&select(location)).await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in &rows {
        match row.try_get(0).ok().flatten() {
            Some(id) => ids.push(id.to_owned()),
            None => {
                let reason = "a row of it is null".to_owned();
                return Err(DatabaseError::NotAVersionTable { table: location.sql(), reason });
            }
        }
    }
    ids.sort();
    Ok(ids)
}

/// Returns the query for the rows.
pub(super) fn select(location: &Location) -> String {
    format!("SELECT version_num FROM {}", location.sql())
}
