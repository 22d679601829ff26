//! What Postgres does with a statement: its verdict, and what it locked, rewrote and scanned.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join3;
use limbeck::connection::{ConnectionSettings, Environment};
use limbeck::database::{Database, Target, VersionTable};
use limbeck_core::PostgresVersion;
use limbeck_core::document::schema::Schema;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use crate::cluster::{Cluster, TestDatabase};

/// Lock modes as `pg_locks` spells them, weak before strong.
pub(crate) const MODES: [&str; 8] = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

/// Settings that what happens depends on, and a limit for statements that would never end.
const SETTINGS: &str = "SET TimeZone = 'UTC'; SET statement_timeout = '20s'; SET client_min_messages = error";

/// Every relation that users made, with its parts in TOAST.
const RELATIONS: &str = "SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind, c.relfilenode, \
     pg_stat_get_xact_numscans(c.oid) \
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid >= 16384 ORDER BY c.oid";

/// Reads that are counted already: of this session's last transactions, which the server has not put away yet.
const COUNTED: &str = "SELECT oid, pg_stat_get_xact_numscans(oid) FROM pg_class \
     WHERE oid >= 16384 AND pg_stat_get_xact_numscans(oid) > 0";

/// What this transaction has locked.
const LOCKS: &str = "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' \
     AND relation >= 16384";

/// What undoes everything; `public` becomes as it was born.
const CLEAN: &str = "RESET ALL; DO $$ DECLARE name text; BEGIN \
     FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' \
     LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP; \
     FOR name IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', name); END LOOP; END $$; \
     CREATE SCHEMA public AUTHORIZATION pg_database_owner; COMMENT ON SCHEMA public IS 'standard public schema'";

/// Why Postgres refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Five characters.
    pub(crate) sqlstate: String,
    /// What it says.
    pub(crate) message: String,
    /// The statement itself was done; what it put off to the end of the transaction was refused.
    pub(crate) at_commit: bool,
}

/// What Postgres did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Done {
    /// The strongest lock on each table, view, materialized and foreign table that was there before, by the name
    /// that it had then.
    pub(crate) locks: BTreeMap<String, &'static str>,
    /// The same for indexes, sequences and composite types.
    pub(crate) lesser_locks: BTreeMap<String, &'static str>,
    /// Tables and materialized views that have a new file.
    pub(crate) rewrites: BTreeSet<String>,
    /// Indexes and sequences that have a new file.
    pub(crate) lesser_rewrites: BTreeSet<String>,
    /// Tables that were read from one end to the other.
    pub(crate) scans: BTreeSet<String>,
}

/// A statement that was done in a transaction which is still open.
pub(crate) struct Tried {
    /// What it did.
    pub(crate) done: Done,
    after: BTreeMap<u32, Relation>,
}

/// A relation as it stood before a statement.
#[derive(Debug, Clone)]
struct Relation {
    name: String,
    kind: char,
    file: u32,
}

impl Relation {
    /// It is one of those that `locks` in a plan names.
    fn is_table(&self) -> bool {
        matches!(self.kind, 'r' | 'p' | 'v' | 'm' | 'f')
    }

    fn is_toast(&self) -> bool {
        self.name.starts_with("pg_toast.")
    }
}

/// What a server is, as far as statements are written for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Server {
    pub(crate) version: PostgresVersion,
    /// It was built with this method of compression.
    pub(crate) has_lz4: bool,
}

/// The methods of compression that a server was built with; none where it does not know the setting.
const COMPRESSIONS: &str = "SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'";

/// A database that plays statements.
pub(crate) struct Recorder {
    client: Client,
    reflecting: Database,
    relations: BTreeMap<u32, Relation>,
    server: Server,
    _database: TestDatabase,
}

impl Recorder {
    /// Makes a database on a server and connects to it, once to play and once to look.
    pub(crate) async fn new(cluster: &'static Cluster) -> Self {
        let database = cluster.database();
        let client = database.client().await;
        client.batch_execute(SETTINGS).await.expect("the settings exist");
        let settings = ConnectionSettings::find(Some(&database.url()), "", &Environment::default());
        let target = Target::from(settings.expect("the URL is right").expect("the URL is given"));
        let reflecting = Database::connect(&target, "judge").await.expect("the test cluster serves");
        let rows = client.simple_query(COMPRESSIONS).await.expect("it is a query");
        let has_lz4 = rows.iter().any(|row| matches!(row, SimpleQueryMessage::Row(row) if row.get(0) == Some("lz4")));
        let server = Server { version: cluster.version(), has_lz4 };
        Self { client, reflecting, relations: BTreeMap::new(), server, _database: database }
    }

    /// Makes the database as it was when it was new, and returns what it holds then.
    pub(crate) async fn clean(&mut self) -> Schema {
        self.client.batch_execute(CLEAN).await.expect("a superuser drops everything");
        self.client.batch_execute(SETTINGS).await.expect("the settings exist");
        self.relations.clear();
        self.schema().await
    }

    /// Puts the settings back.
    pub(crate) async fn reset(&self) {
        self.client.batch_execute(&format!("RESET ALL; {SETTINGS}")).await.expect("the settings exist");
    }

    /// Runs statements, and takes what they leave as given.
    pub(crate) async fn prepare(&mut self, sql: &str) -> Result<(), Refused> {
        let done = self.client.batch_execute(sql).await.map_err(|error| refused(&error));
        // What fails outside of a transaction may have done some of it: VACUUM FULL ends one table after the other.
        let rows = self.client.simple_query(RELATIONS).await.expect("it is a query");
        self.relations = rows.iter().filter_map(relation).map(|(oid, relation, _)| (oid, relation)).collect();
        done
    }

    /// Returns the server's major version.
    pub(crate) fn version(&self) -> PostgresVersion {
        self.server.version
    }

    /// Returns what statements for the server are written for.
    pub(crate) fn server(&self) -> Server {
        self.server
    }

    /// Plays one statement in a transaction of its own.
    pub(crate) async fn play(&mut self, sql: &str) -> Result<Done, Refused> {
        let tried = self.attempt(sql).await?;
        self.keep(tried).await
    }

    /// Plays one statement in a transaction that is not ended yet: [`Self::keep`] or [`Self::undo`] does so.
    pub(crate) async fn attempt(&mut self, sql: &str) -> Result<Tried, Refused> {
        let (begin, look) = (format!("BEGIN; {COUNTED}"), format!("{LOCKS}; {RELATIONS}"));
        // All three are under way before the first is answered.
        let (begun, played, looked) =
            join3(self.client.simple_query(&begin), self.client.simple_query(sql), self.client.simple_query(&look))
                .await;
        let counted: BTreeMap<u32, u64> = begun.expect("a transaction begins").iter().filter_map(count).collect();
        if let Err(error) = played {
            self.undo().await;
            return Err(refused(&error));
        }
        let looked = looked.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let mut answers = looked.split(|message| matches!(message, SimpleQueryMessage::CommandComplete(_)));
        let (locks, relations) = (answers.next().unwrap_or_default(), answers.next().unwrap_or_default());
        let mut done = Done::default();
        for (oid, mode) in locks.iter().filter_map(lock) {
            // What is new is locked in any case.
            let Some(relation) = self.relations.get(&oid).filter(|relation| !relation.is_toast()) else { continue };
            let locks = if relation.is_table() { &mut done.locks } else { &mut done.lesser_locks };
            let strongest = locks.entry(relation.name.clone()).or_insert(mode);
            if strength(mode) > strength(strongest) {
                *strongest = mode;
            }
        }
        let mut after = BTreeMap::new();
        for (oid, relation, scans) in relations.iter().filter_map(relation) {
            if let Some(was) = self.relations.get(&oid).filter(|was| !was.is_toast()) {
                if was.file != relation.file {
                    let rewrites = if was.is_table() { &mut done.rewrites } else { &mut done.lesser_rewrites };
                    rewrites.insert(was.name.clone());
                }
                if scans > counted.get(&oid).copied().unwrap_or(0) && was.is_table() {
                    done.scans.insert(was.name.clone());
                }
            }
            after.insert(oid, relation);
        }
        Ok(Tried { done, after })
    }

    /// Plays one statement outside of any transaction, and does not look.
    pub(crate) async fn alone(&mut self, sql: &str) -> Result<(), Refused> {
        self.prepare(sql).await
    }

    /// Ends the transaction of a statement, which is then done.
    pub(crate) async fn keep(&mut self, tried: Tried) -> Result<Done, Refused> {
        match self.client.batch_execute("COMMIT").await {
            Ok(()) => {
                self.relations = tried.after;
                Ok(tried.done)
            }
            Err(error) => Err(Refused { at_commit: true, ..refused(&error) }),
        }
    }

    /// Ends the transaction of a statement as if there had been none.
    pub(crate) async fn undo(&mut self) {
        self.client.batch_execute("ROLLBACK").await.expect("a transaction can be given up");
    }

    /// Returns what the database holds.
    pub(crate) async fn schema(&self) -> Schema {
        let table = VersionTable::new("alembic_version", None);
        self.reflecting.reflect(&table).await.unwrap_or_else(|error| panic!("it cannot be reflected: {error}"))
    }
}

/// Returns the place of a mode among all.
pub(crate) fn strength(mode: &str) -> usize {
    MODES.iter().position(|known| *known == mode).unwrap_or(MODES.len())
}

fn refused(error: &tokio_postgres::Error) -> Refused {
    let Some(failure) = error.as_db_error() else { panic!("the connection is lost: {error}") };
    Refused { sqlstate: failure.code().code().to_owned(), message: failure.message().to_owned(), at_commit: false }
}

fn row(message: &SimpleQueryMessage) -> Option<&SimpleQueryRow> {
    if let SimpleQueryMessage::Row(row) = message { Some(row) } else { None }
}

fn count(message: &SimpleQueryMessage) -> Option<(u32, u64)> {
    let row = row(message)?;
    Some((row.get(0)?.parse().ok()?, row.get(1)?.parse().ok()?))
}

fn lock(message: &SimpleQueryMessage) -> Option<(u32, &'static str)> {
    let row = row(message)?;
    let mode = row.get(1)?;
    let known = MODES.into_iter().find(|known| *known == mode);
    Some((row.get(0)?.parse().ok()?, known.unwrap_or_else(|| panic!("no lock mode: {mode}"))))
}

fn relation(message: &SimpleQueryMessage) -> Option<(u32, Relation, u64)> {
    let row = row(message)?;
    let relation =
        Relation { name: row.get(1)?.to_owned(), kind: row.get(2)?.chars().next()?, file: row.get(3)?.parse().ok()? };
    Some((row.get(0)?.parse().ok()?, relation, row.get(4)?.parse().unwrap_or(0)))
}
