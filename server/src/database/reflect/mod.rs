//! Reflection: what a database holds, as SCHEMA. One query for each kind of object, however many there are of it.
//!
//! All in one transaction that cannot write, over catalogs that every role may read. The queries run while `public` is
//! in the search path, where others may have put functions and operators of their own; so every function is named with
//! its schema, and operators are used on exactly the types that Postgres has them for.

mod columns;
mod constraints;
mod conversions;
mod functions;
mod index_keys;
mod indexes;
mod namespaces;
mod parts;
mod relations;
mod row;
mod sequences;
mod types;

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use limbeck_core::document::FORMAT;
use limbeck_core::document::schema::{Schema, Table};
use tokio_postgres::SimpleQueryRow;

use self::row::unexpected;
use super::{Database, DatabaseError, VersionTable, version_table};

/// Tables by their object identifier, while their parts are collected.
type Tables = BTreeMap<u32, Table>;

/// What decides how Postgres spells types and expressions: its own defaults, whatever role, database or URL have set.
/// Without `"$user"`, so that a schema with the name of the role that asks does not change the answer.
const SPELLING: &str = "SET LOCAL search_path = public; SET LOCAL quote_all_identifiers = off; \
                        SET LOCAL standard_conforming_strings = on; SET LOCAL DateStyle = 'ISO, MDY'; \
                        SET LOCAL IntervalStyle = postgres; SET LOCAL TimeZone = 'UTC'; SET LOCAL bytea_output = hex; \
                        SET LOCAL extra_float_digits = 1; SET LOCAL lc_monetary = 'C'; SET LOCAL xmloption = content";

/// Behind a lock on a view, which some of these functions open, nobody waits for ever.
const PATIENCE: &str = "SET LOCAL lock_timeout = '5s'";

/// Whose objects are left out, by a condition on `n`, a row of `pg_namespace`.
const NAMESPACES: &str = "pg_catalog.left(n.nspname::pg_catalog.text, 3) <> 'pg_' \
                          AND n.nspname <> 'information_schema'::pg_catalog.name \
                          AND n.nspname <> 'limbeck'::pg_catalog.name";

/// How often it is tried again when objects vanish between a query's snapshot and the functions in it, which see more
/// than the snapshot.
const ATTEMPTS: usize = 3;

/// What a query has to know about the server.
#[derive(Debug, Clone, Copy)]
struct Server {
    /// Major version.
    version: u32,
    /// The version table, or 0.
    version_table: u32,
}

impl Server {
    fn read(rows: &[SimpleQueryRow]) -> Result<Self, DatabaseError> {
        let number = |column| rows.first().and_then(|row| row.try_get(column).ok().flatten()?.parse::<u32>().ok());
        let version = number(0).ok_or_else(|| unexpected("the server does not say its version"))? / 10_000;
        Ok(Self { version, version_table: number(1).unwrap_or(0) })
    }

    /// Returns `expression` for servers of this version or later, and `otherwise` for those before.
    fn since<'a>(&self, version: u32, expression: &'a str, otherwise: &'a str) -> &'a str {
        if self.version >= version { expression } else { otherwise }
    }
}

impl Database {
    /// Returns what the database holds, without the version table. Never writes.
    ///
    /// Asks for no privilege beyond CONNECT. A role without USAGE on the schema `public` gets the names of types and
    /// functions in it qualified.
    pub async fn reflect(&self, table: &VersionTable) -> Result<Schema, DatabaseError> {
        let mut attempt = 1;
        loop {
            match self.reflect_once(table).await {
                Err(error) if attempt < ATTEMPTS && is_passing(&error) => attempt += 1,
                reflected => return reflected,
            }
        }
    }

    async fn reflect_once(&self, table: &VersionTable) -> Result<Schema, DatabaseError> {
        let reflected = self.reflect_in_transaction(table).await;
        let ended = self.execute("ROLLBACK").await;
        let schema = reflected?;
        ended.map(|()| schema)
    }

    async fn reflect_in_transaction(&self, table: &VersionTable) -> Result<Schema, DatabaseError> {
        // The version table is found by the session's own search path.
        let version_table = version_table::identifier(table);
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
             SELECT pg_catalog.current_setting('server_version_num'), ({version_table}); {SPELLING}; {PATIENCE}"
        );
        let rows = self.rows(&begin).await?;
        let server = Server::read(&rows)?;
        let queries = QUESTIONS.map(|(query, _)| query(&server));
        let answers = try_join_all(queries.iter().map(|query| self.rows(query))).await?;
        let mut found = Found::default();
        for ((_, read), rows) in QUESTIONS.iter().zip(answers) {
            read(&mut found, &rows)?;
        }
        let Found { mut schema, tables } = found;
        schema.format = FORMAT;
        schema.tables = tables.into_values().collect();
        Ok(schema.in_order())
    }
}

/// What was read so far.
#[derive(Default)]
struct Found {
    schema: Schema,
    tables: Tables,
}

/// Returns the query for one kind of object.
type Query = fn(&Server) -> String;

/// Takes its rows in.
type Read = fn(&mut Found, &[SimpleQueryRow]) -> Result<(), DatabaseError>;

/// Every kind of object; tables before their parts.
const QUESTIONS: [(Query, Read); 21] = [
    (namespaces::schemas, |found, rows| row::fill(&mut found.schema.schemas, rows)),
    (namespaces::extensions, |found, rows| row::fill(&mut found.schema.extensions, rows)),
    (relations::query, |found, rows| relations::read(&mut found.tables, rows)),
    (columns::query, |found, rows| columns::read(&mut found.tables, rows)),
    (constraints::query, |found, rows| constraints::read(&mut found.tables, rows)),
    (indexes::query, |found, rows| indexes::read(&mut found.tables, rows)),
    (parts::triggers, |found, rows| row::attach(&mut found.tables, rows, |table| &mut table.triggers)),
    (parts::policies, |found, rows| row::attach(&mut found.tables, rows, |table| &mut table.policies)),
    (parts::rules, |found, rows| row::attach(&mut found.tables, rows, |table| &mut table.rules)),
    (parts::statistics, |found, rows| row::attach(&mut found.tables, rows, |table| &mut table.statistics)),
    (types::enums, |found, rows| row::fill(&mut found.schema.enums, rows)),
    (types::domains, |found, rows| row::fill(&mut found.schema.domains, rows)),
    (types::composites, |found, rows| row::fill(&mut found.schema.composites, rows)),
    (types::ranges, |found, rows| row::fill(&mut found.schema.ranges, rows)),
    (types::collations, |found, rows| row::fill(&mut found.schema.collations, rows)),
    (sequences::query, |found, rows| row::fill(&mut found.schema.sequences, rows)),
    (functions::functions, |found, rows| row::fill(&mut found.schema.functions, rows)),
    (functions::aggregates, |found, rows| row::fill(&mut found.schema.functions, rows)),
    (conversions::casts, |found, rows| row::fill(&mut found.schema.casts, rows)),
    (conversions::operators, |found, rows| row::fill(&mut found.schema.operators, rows)),
    (relations::inheritance, |found, rows| relations::read_inheritance(&mut found.tables, rows)),
];

/// Returns a condition: the object is a member of an extension.
fn of_extension(class: &str, object: &str) -> String {
    depends(class, object, 'e')
}

/// Returns a condition: the object depends on another in this way, a `deptype`.
fn depends(class: &str, object: &str, way: char) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.{class}'::pg_catalog.regclass \
         AND d.objid = {object} AND d.deptype = '{way}'::\"char\")"
    )
}

/// Returns an expression: the comment on an object.
fn comment(class: &str, object: &str) -> String {
    comment_on_part(class, object, "0")
}

/// Returns an expression: the comment on a column.
fn comment_on_part(class: &str, object: &str, part: &str) -> String {
    format!(
        "(SELECT d.description FROM pg_catalog.pg_description AS d WHERE d.objoid = {object} \
         AND d.classoid = 'pg_catalog.{class}'::pg_catalog.regclass AND d.objsubid = {part})"
    )
}

/// Returns an expression: the collation of an object, where it is not the one of its type.
fn collation(of: &str, of_type: &str) -> String {
    format!(
        "(SELECT CASE WHEN pg_catalog.pg_collation_is_visible(l.oid) THEN pg_catalog.quote_ident(l.collname) \
         ELSE pg_catalog.format('%I.%I', ln.nspname, l.collname) END \
         FROM pg_catalog.pg_collation AS l JOIN pg_catalog.pg_namespace AS ln ON ln.oid = l.collnamespace \
         WHERE l.oid = {of} AND {of} <> {of_type})"
    )
}

/// Returns an expression: a list as JSON, empty where there is none.
fn list(of: &str) -> String {
    format!("COALESCE(pg_catalog.to_json({of}), '[]'::pg_catalog.json)")
}

/// The object was dropped while it was read: what the functions say then is no error of the database.
fn is_passing(error: &DatabaseError) -> bool {
    match error {
        DatabaseError::Protocol(_) => true,
        DatabaseError::Sql(failure) => {
            matches!(failure.sqlstate.as_str(), "XX000" | "42P01" | "42704" | "42883" | "42703")
        }
        _ => false,
    }
}
