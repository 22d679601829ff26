//! Where the corpora lie, and in which order their files are played.

use std::fs;
use std::path::{Path, PathBuf};

/// Names the directory that holds them all.
const VARIABLE: &str = "LIMBECK_CORPORA";

const MISSING: &str = "LIMBECK_CORPORA does not name a directory that holds the corpora. `cargo xtask test` fetches them; \
     by hand: `cargo xtask setup`, and LIMBECK_CORPORA as it says";

/// A schema or a history that someone else wrote.
pub(super) struct Corpus {
    /// The name of its package, and of its directory.
    pub(super) name: &'static str,
    /// Statements that the package's own program runs before it plays files.
    pub(super) first: &'static [&'static str],
    /// Its files, in order.
    files: fn(&Path) -> Vec<PathBuf>,
    /// What the package's own program puts in the place of something in its files.
    replaced: Option<(&'static str, &'static str)>,
    /// What its own program says before it plays a file of this name.
    before: fn(&str) -> &'static str,
}

/// A file of a corpus.
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
}

/// All of them.
pub(super) const CORPORA: &[Corpus] = &[
    // 336 migrations of a forum: triggers, materialized views, types that are replaced, rows that are moved.
    Corpus {
        name: "lemmy_db_schema",
        first: &[],
        files: |dir| each_with(&dir.join("migrations"), "up.sql"),
        replaced: None,
        before: NOTHING,
    },
    // 220 migrations that Prisma wrote.
    Corpus {
        name: "litellm-proxy-extras",
        first: &[],
        files: |dir| each_with(&dir.join("litellm_proxy_extras/migrations"), "migration.sql"),
        replaced: None,
        before: NOTHING,
    },
    // Three dumps of pg_dump's kind, and what was changed since.
    Corpus {
        name: "matrix-synapse",
        first: &[],
        files: synapse,
        replaced: Some(("$%AUTO_INCREMENT_PRIMARY_KEY%$", "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY")),
        before: NOTHING,
    },
    // An encyclopedia of music: 350 tables in nine schemas, then their keys, functions, views and triggers.
    Corpus { name: "mbdata", first: MUSICBRAINZ, files: musicbrainz, replaced: None, before: in_schema },
    // Queues of jobs in functions, and how they became what they are.
    Corpus {
        name: "procrastinate",
        first: &[],
        files: |dir| sorted(&dir.join("procrastinate/sql/migrations"), "sql"),
        replaced: None,
        before: NOTHING,
    },
    Corpus {
        name: "graphile-worker",
        first: &["CREATE SCHEMA graphile_worker"],
        files: |dir| sorted(&dir.join("package/sql"), "sql"),
        replaced: Some((":GRAPHILE_WORKER_SCHEMA", "\"graphile_worker\"")),
        before: NOTHING,
    },
    // A store of events: functions, views and privileges.
    Corpus { name: "message-db", first: &[], files: message_db, replaced: None, before: NOTHING },
    Corpus {
        name: "world-postgres",
        first: &[],
        files: |dir| sorted(&dir.join("package/src/drizzle/migrations"), "sql"),
        replaced: None,
        before: NOTHING,
    },
    // A queue of messages: functions that write their statements themselves.
    Corpus {
        name: "pgmq",
        first: &[],
        files: |dir| vec![dir.join("pgmq/sql/pgmq.sql")],
        replaced: None,
        before: NOTHING,
    },
];

const NOTHING: fn(&str) -> &'static str = |_| "";

impl Corpus {
    /// Reads its files.
    pub(super) fn read(&self) -> Vec<File> {
        let all = PathBuf::from(std::env::var(VARIABLE).expect(MISSING));
        let dir = all.join(self.name);
        assert!(dir.is_dir(), "{MISSING}: there is no {}", dir.display());
        let files = (self.files)(&dir);
        assert!(!files.is_empty(), "there is nothing to play in {}", dir.display());
        files
            .iter()
            .map(|path| {
                let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let text = match self.replaced {
                    Some((from, to)) => text.replace(from, to),
                    None => text,
                };
                // What psql itself understands is no SQL.
                let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('\\')).collect();
                let name = path.strip_prefix(&dir).unwrap_or(path).display().to_string();
                File { text: format!("{}{}", (self.before)(&name), lines.join("\n")), name }
            })
            .collect()
    }
}

/// What stands in a directory, in the order of its names.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a directory can be listed").path()).collect();
    paths.sort();
    paths
}

/// Files that end so.
fn sorted(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths = entries(dir);
    paths.retain(|path| path.extension().is_some_and(|it| it == extension));
    paths
}

/// The file of this name in each directory that has it.
fn each_with(dir: &Path, name: &str) -> Vec<PathBuf> {
    entries(dir).iter().map(|dir| dir.join(name)).filter(|path| path.is_file()).collect()
}

/// The three dumps of version 72, and the changes of all later versions: those for every database, and those for
/// Postgres.
fn synapse(dir: &Path) -> Vec<PathBuf> {
    let schema = dir.join("synapse/storage/schema");
    let parts = ["common", "main", "state"].map(|part| schema.join(part));
    let mut files: Vec<PathBuf> = parts.iter().map(|part| part.join("full_schemas/72/full.sql.postgres")).collect();
    for version in 73..=94 {
        for part in &parts {
            let dir = part.join(format!("delta/{version}"));
            if dir.is_dir() {
                let plays = |path: &PathBuf| path.extension().is_some_and(|it| it == "sql" || it == "postgres");
                files.extend(entries(&dir).into_iter().filter(plays));
            }
        }
    }
    files
}

/// Its program makes the schemas.
const MUSICBRAINZ: &[&str] = &[
    "CREATE SCHEMA musicbrainz",
    "CREATE SCHEMA cover_art_archive",
    "CREATE SCHEMA documentation",
    "CREATE SCHEMA event_art_archive",
    "CREATE SCHEMA json_dump",
    "CREATE SCHEMA report",
    "CREATE SCHEMA sitemaps",
    "CREATE SCHEMA statistics",
    "CREATE SCHEMA wikidocs",
    "CREATE SCHEMA dbmirror2",
];

/// Its program chooses the schema by the directory.
fn in_schema(name: &str) -> &'static str {
    match name.rsplit('/').nth(1) {
        Some("caa") => "SET search_path = cover_art_archive, public;\n",
        Some("documentation") => "SET search_path = documentation, public;\n",
        Some("eaa") => "SET search_path = event_art_archive, public;\n",
        Some("json_dump") => "SET search_path = json_dump, public;\n",
        Some("report") => "SET search_path = report, public;\n",
        Some("sitemaps") => "SET search_path = sitemaps, public;\n",
        Some("statistics") => "SET search_path = statistics, public;\n",
        Some("wikidocs") => "SET search_path = wikidocs, public;\n",
        Some("dbmirror2") => "SET search_path = dbmirror2, public;\n",
        _ => "SET search_path = musicbrainz, public;\n",
    }
}

/// The order in which its program makes a database of its own.
fn musicbrainz(dir: &Path) -> Vec<PathBuf> {
    let sql = dir.join("mbdata/sql");
    let parts = ["", "caa", "documentation", "eaa", "json_dump", "report", "sitemaps", "statistics", "wikidocs"];
    let mut files: Vec<PathBuf> = ["Extensions", "CreateCollations", "CreateSearchConfiguration", "CreateTypes"]
        .map(|name| sql.join(format!("{name}.sql")))
        .into();
    for name in [
        "CreateTables",
        "CreatePrimaryKeys",
        "CreateFunctions",
        "CreateIndexes",
        "CreateFKConstraints",
        "CreateEditFKConstraints",
        "CreateConstraints",
        "SetSequences",
        "CreateViews",
        "CreateTriggers",
        "CreateSearchIndexes",
        "CreateCollateIndexes",
    ] {
        files.extend(parts.iter().map(|part| sql.join(part).join(format!("{name}.sql"))).filter(|path| path.is_file()));
    }
    files.extend(
        ["ReplicationSetup.sql", "dbmirror2/dbmirror2.sql", "CreateReplicationTriggers2.sql"]
            .map(|name| sql.join(name)),
    );
    // What takes it all away again.
    for name in ["DropReplicationTriggers2", "DropTriggers", "DropViews", "DropFKConstraints"] {
        files.extend(parts.iter().map(|part| sql.join(part).join(format!("{name}.sql"))).filter(|path| path.is_file()));
    }
    files
}

/// The order in which its program plays them.
fn message_db(dir: &Path) -> Vec<PathBuf> {
    let files = [
        "roles/message-store",
        "schema/message-store",
        "extensions/pgcrypto",
        "tables/messages",
        "types/message",
        "functions/message-store-version",
        "functions/hash-64",
        "functions/acquire-lock",
        "functions/category",
        "functions/is-category",
        "functions/id",
        "functions/cardinal-id",
        "functions/stream-version",
        "functions/write-message",
        "functions/get-stream-messages",
        "functions/get-category-messages",
        "functions/get-last-stream-message",
        "indexes/messages-id",
        "indexes/messages-stream",
        "indexes/messages-category",
        "views/stream-summary",
        "views/type-summary",
        "views/stream-type-summary",
        "views/type-stream-summary",
        "views/category-type-summary",
        "views/type-category-summary",
        "privileges/schema",
        "privileges/table",
        "privileges/sequence",
        "privileges/functions",
        "privileges/views",
    ];
    files.map(|name| dir.join("package/database").join(format!("{name}.sql"))).into()
}
