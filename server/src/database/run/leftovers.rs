//! What a statement outside a transaction leaves behind when it fails: an index that is there and not valid.

use super::super::{Database, DatabaseError};

/// Returns the indexes that are not valid, as SQL names them, sorted.
///
/// Those of partitioned tables are left out: there it is what they are until every partition has its own.
pub(super) async fn invalid_indexes(database: &Database) -> Result<Vec<String>, DatabaseError> {
    let rows = database
        .rows(
            "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) \
             FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE NOT i.indisvalid AND c.relkind = 'i'",
        )
        .await?;
    let mut names: Vec<String> =
        rows.iter().filter_map(|row| row.try_get(0).ok().flatten().map(str::to_owned)).collect();
    names.sort();
    Ok(names)
}

/// Returns the indexes that are not valid now, and were not there before.
pub(super) async fn left_behind(database: &Database, before: &[String]) -> Result<Vec<String>, DatabaseError> {
    let mut now = invalid_indexes(database).await?;
    now.retain(|name| before.binary_search(name).is_err());
    Ok(now)
}
