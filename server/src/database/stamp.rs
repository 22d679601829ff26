//! Version rows without migrations: `stamp` and `ensure-version`.

use std::collections::BTreeSet;

use limbeck_core::document::Event;
use limbeck_core::revision::RowChange;

use super::lock::Lock;
use super::run::{Cancel, RowStatement, RunError, RunFailure, RunOptions, change, check_width};
use super::version_table::{self, Location};
use super::{Database, DatabaseError};

/// Changes the version rows in one transaction, under the lock between runs. Returns the rows afterwards, sorted.
///
/// `from` are the rows that the changes start from; other rows in the database are an error. With `purge` every row is
/// deleted first, whatever it is, and `from` is not looked at.
pub async fn stamp(
    database: &mut Database,
    options: &RunOptions,
    from: &[String],
    changes: &[RowChange],
    purge: bool,
    on_event: &mut (dyn FnMut(Event) + Send),
    cancel: &Cancel,
) -> Result<Vec<String>, RunError> {
    let embedded = database.target.is_embedded();
    let stop = |failure| RunError {
        failure,
        place: None,
        rows: None,
        known_rows: from.to_vec(),
        left_behind: Vec::new(),
        embedded,
    };
    let location = version_table::locate(database, &options.version_table).await.map_err(|error| stop(error.into()))?;
    let lock = Lock::new(database.name(), &location);
    lock.acquire(database, options.lock_deadline, cancel, on_event).await.map_err(stop)?;
    let result = write(database, options, from, changes, purge).await;
    if result.is_err() {
        let _ = database.execute("ROLLBACK").await;
    }
    let _ = lock.release(database).await;
    result.map_err(stop)
}

async fn write(
    database: &Database,
    options: &RunOptions,
    from: &[String],
    changes: &[RowChange],
    purge: bool,
) -> Result<Vec<String>, RunFailure> {
    let location = version_table::locate(database, &options.version_table).await?;
    let found = version_table::read(database, &location).await?;
    if !purge && found != from {
        return Err(RunFailure::Stale { expected: from.to_vec(), found });
    }
    location.check_schema()?;
    check_width(&location, changes.iter().filter_map(written))?;
    database.execute("BEGIN").await?;
    if location.is_missing() {
        database.execute(&location.create()).await?;
    } else if purge {
        database.execute(&format!("DELETE FROM {}", location.sql())).await?;
    }
    let statements: Vec<RowStatement> = changes.iter().map(|change| statement(&location, change)).collect();
    let after = purge.then(BTreeSet::new).unwrap_or_else(|| found.into_iter().collect());
    let after = changes.iter().fold(after, apply);
    let after: Vec<String> = after.into_iter().collect();
    let rows = change(database, &location, &[], &statements, Some(&after)).await?;
    database.execute("COMMIT").await.map_err(RunFailure::Commit)?;
    Ok(rows)
}

/// Creates the version table where it is missing. Returns whether it did.
pub async fn ensure_version_table(database: &mut Database, options: &RunOptions) -> Result<bool, DatabaseError> {
    let location = version_table::locate(database, &options.version_table).await?;
    location.check_schema()?;
    let missing = location.is_missing();
    if missing {
        database.execute(&location.create()).await?;
    }
    Ok(missing)
}

fn statement(location: &Location, change: &RowChange) -> RowStatement {
    match change {
        RowChange::Insert(id) => RowStatement::insert(location, id.as_str()),
        RowChange::Delete(id) => RowStatement::delete(location, id.as_str()),
        RowChange::Update { from, to } => RowStatement::update(location, from.as_str(), to.as_str()),
    }
}

fn apply(mut rows: BTreeSet<String>, change: &RowChange) -> BTreeSet<String> {
    if let RowChange::Delete(id) | RowChange::Update { from: id, .. } = change {
        rows.remove(id.as_str());
    }
    rows.extend(written(change).map(str::to_owned));
    rows
}

/// The id that a change writes.
fn written(change: &RowChange) -> Option<&str> {
    match change {
        RowChange::Insert(id) | RowChange::Update { to: id, .. } => Some(id.as_str()),
        RowChange::Delete(_) => None,
    }
}
