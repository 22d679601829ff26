//! The lock between runs: one advisory lock for each version table, held by the session that runs.
//!
//! It is tried again and again, never waited for: a session that waits inside Postgres holds a snapshot, and an index
//! build in the run that holds the lock would wait for that snapshot for ever.

use std::time::{Duration, Instant};

use limbeck_core::document::Event;

use super::run::{Cancel, RunFailure};
use super::version_table::Location;
use super::{Database, DatabaseError};

/// First half of the key, the same for every project: `limb` in ASCII.
const CLASS: u32 = 0x6c69_6d62;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The lock of one version table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lock {
    object: u32,
}

impl Lock {
    /// Returns the lock of the table at that place.
    pub(super) fn new(database: &str, location: &Location) -> Self {
        // FNV-1a: the same in every version of Limbeck, whatever it was built with.
        let parts = [database, "\0", &location.schema, "\0", &location.name];
        let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        Self { object: parts.iter().flat_map(|part| part.bytes()).fold(0x811c_9dc5, hash) }
    }

    /// Takes the lock, or says who holds it when the deadline has passed.
    pub(super) async fn acquire(
        self,
        database: &Database,
        deadline: Duration,
        cancel: &Cancel,
        on_event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), RunFailure> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut announced = None;
        while !self.attempt(database).await? {
            let holder = self.holder(database).await?;
            let waited = start.elapsed();
            if waited >= deadline {
                return Err(RunFailure::LockHeld { holder, waited });
            }
            // Nobody: it was let go in between.
            if let Some(holder) = holder.filter(|holder| announced.as_ref() != Some(holder)) {
                on_event(Event::LockWaiting { holder: holder.clone() });
                announced = Some(holder);
            }
            let rest = deadline.saturating_sub(waited);
            tokio::select! {
                () = tokio::time::sleep(jitter(pause).min(rest)) => {}
                () = cancel.cancelled() => return Err(RunFailure::Cancelled),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        on_event(Event::Locked);
        Ok(())
    }

    /// Makes sure that this session still holds the lock: a migration can let it go, and so can a pooler.
    pub(super) async fn check(self, database: &Database) -> Result<(), RunFailure> {
        let held = format!(
            "SELECT 1 FROM pg_catalog.pg_locks AS l WHERE {} AND l.pid = pg_catalog.pg_backend_pid()",
            self.condition()
        );
        if !database.rows(&held).await?.is_empty() || self.attempt(database).await? {
            return Ok(());
        }
        Err(RunFailure::LockLost { holder: self.holder(database).await? })
    }

    /// Lets the lock go; the end of the session does so too.
    pub(super) async fn release(self, database: &Database) -> Result<(), DatabaseError> {
        database.execute(&format!("SELECT pg_catalog.pg_advisory_unlock({})", self.key())).await
    }

    /// Returns who holds the lock, as far as this role may know.
    pub(super) async fn holder(self, database: &Database) -> Result<Option<String>, DatabaseError> {
        let rows = database
            .rows(&format!(
                "SELECT l.pid, a.application_name, a.usename, \
                 pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') \
                 FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid WHERE {}",
                self.condition()
            ))
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let get = |column: usize| row.try_get(column).ok().flatten().filter(|text: &&str| !text.is_empty());
        let mut holder = format!("process {}", get(0).unwrap_or("unknown"));
        if let Some(name) = get(1) {
            holder.push_str(&format!(" ({name})"));
        }
        if let Some(user) = get(2) {
            holder.push_str(&format!(" of {user}"));
        }
        if let Some(since) = get(3) {
            holder.push_str(&format!(", connected since {since}"));
        }
        Ok(Some(holder))
    }

    async fn attempt(self, database: &Database) -> Result<bool, DatabaseError> {
        let rows = database.rows(&format!("SELECT pg_catalog.pg_try_advisory_lock({})", self.key())).await?;
        Ok(rows.first().and_then(|row| row.try_get(0).ok().flatten()) == Some("t"))
    }

    /// The two halves as Postgres takes them: signed.
    fn key(self) -> String {
        format!("{}, {}", CLASS.cast_signed(), self.object.cast_signed())
    }

    /// The row of `pg_locks`, called `l`, where the halves are unsigned.
    fn condition(self) -> String {
        format!(
            "l.locktype = 'advisory' AND l.granted AND l.classid = {CLASS} AND l.objid = {} AND l.objsubid = 2 \
             AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())",
            self.object
        )
    }
}

/// Between a half and the whole, so that two who wait do not keep step.
fn jitter(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    pause.mul_f64(0.5 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::version_table::State;
    use super::*;

    fn lock(database: &str, schema: &str, name: &str) -> Lock {
        Lock::new(database, &Location { schema: schema.to_owned(), name: name.to_owned(), state: State::Missing })
    }

    #[test]
    fn the_key_is_a_part_of_the_interface() {
        assert_eq!(lock("shop", "public", "alembic_version").key(), "1818848610, 1191043126");
    }

    #[test]
    fn each_version_table_has_a_lock_of_its_own() {
        let all = [lock("a", "b", "c"), lock("ab", "", "c"), lock("a", "bc", ""), lock("b", "a", "c")];
        for (position, one) in all.iter().enumerate() {
            assert!(all.iter().skip(position + 1).all(|other| other != one));
        }
    }

    #[test]
    fn pauses_are_jittered_between_half_and_whole() {
        for _ in 0..100 {
            let pause = jitter(Duration::from_millis(100));
            assert!((50..=100).contains(&pause.as_millis()), "{pause:?}");
        }
    }
}
