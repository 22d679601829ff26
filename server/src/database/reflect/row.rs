//! Rows of the catalog's queries: each holds one object as JSON, in the shape of its type.

use serde::de::DeserializeOwned;
use tokio_postgres::SimpleQueryRow;

use super::Tables;
use crate::database::DatabaseError;
use limbeck_core::document::schema::Table;

/// Returns the failure of a server whose answer is not understood.
pub(super) fn unexpected(what: &str) -> DatabaseError {
    DatabaseError::Protocol(format!("the catalog cannot be read: {what}"))
}

/// Returns a column that is not null.
pub(super) fn text(row: &SimpleQueryRow, column: usize) -> Result<&str, DatabaseError> {
    row.try_get(column).ok().flatten().ok_or_else(|| unexpected("a value is missing"))
}

/// Returns the object in a column.
pub(super) fn object<T: DeserializeOwned>(row: &SimpleQueryRow, column: usize) -> Result<T, DatabaseError> {
    serde_json::from_str(text(row, column)?).map_err(|error| unexpected(&error.to_string()))
}

/// Returns the object identifier in a column.
pub(super) fn identifier(row: &SimpleQueryRow, column: usize) -> Result<u32, DatabaseError> {
    text(row, column)?.parse().map_err(|_| unexpected("an object identifier is none"))
}

/// Puts the objects of the first column into a list.
pub(super) fn fill<T: DeserializeOwned>(list: &mut Vec<T>, rows: &[SimpleQueryRow]) -> Result<(), DatabaseError> {
    for row in rows {
        list.push(object(row, 0)?);
    }
    Ok(())
}

/// Puts the objects of the second column into lists of the tables that the first column names.
pub(super) fn attach<T: DeserializeOwned>(
    tables: &mut Tables,
    rows: &[SimpleQueryRow],
    list: fn(&mut Table) -> &mut Vec<T>,
) -> Result<(), DatabaseError> {
    for row in rows {
        // One that is not there is left out: a member of an extension, or the version table.
        if let Some(table) = tables.get_mut(&identifier(row, 0)?) {
            list(table).push(object(row, 1)?);
        }
    }
    Ok(())
}
