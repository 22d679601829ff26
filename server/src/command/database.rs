//! How commands ask the database: only those that need one start a runtime, and none writes where it only reads.

use std::future::Future;

use limbeck_core::PostgresVersion;
use limbeck_core::revision::Index;

use super::context::Opened;
use super::{CommandError, Context};
use crate::connection::{ConnectionSettings, Environment, SettingsError, Source};
use crate::database::{Cancel, Database, DatabaseError, Embedded, RunError, RunOptions, Target, VersionTable};
use crate::disk::relative;

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        let code = match &error {
            SettingsError::In { from: Source::CommandLine, .. } => "usage",
            _ => "connection",
        };
        Self { hint: error.hint(), ..Self::of_code(code, error.to_string()) }
    }
}

impl From<DatabaseError> for CommandError {
    fn from(error: DatabaseError) -> Self {
        Self { hint: error.hint(), ..Self::of_code(error.code(), error.to_string()) }
    }
}

impl From<RunError> for CommandError {
    fn from(error: RunError) -> Self {
        Self { hint: error.hint(), ..Self::of_code(error.code(), error.to_string()) }
    }
}

/// Exit status of a program that a second Ctrl-C ends, as a shell gives it.
const INTERRUPTED: i32 = 130;

/// Runs what needs a database, on a runtime made for it.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::of_code("connection", format!("cannot start the network runtime: {error}")))?;
    runtime.block_on(work)
}

/// Returns how to reach the database, or none when nothing names one; refuses where the project's settings are broken.
pub(super) fn configured(context: &Context, opened: &Opened) -> Result<Option<ConnectionSettings>, CommandError> {
    settings_known(opened)?;
    named(context, opened)
}

/// Returns how to reach the database as far as the project's settings can be read, or none when nothing names one.
pub(super) fn named(context: &Context, opened: &Opened) -> Result<Option<ConnectionSettings>, CommandError> {
    let variable = &opened.project.settings().database.url_variable;
    // Who says the URL means that database, whatever stands in a file.
    let environment = match context.database_url() {
        Some(_) => Environment::of_process(),
        None => Environment::read(opened.directory.path(), variable)?,
    };
    Ok(ConnectionSettings::find(context.database_url(), variable, &environment)?)
}

/// Refuses to ask any database where the settings do not say which table holds the version rows.
fn settings_known(opened: &Opened) -> Result<(), CommandError> {
    let Some(finding) = opened.project.settings_error() else { return Ok(()) };
    let path = finding.path.as_deref().unwrap_or_default();
    let line = finding.start.map(|start| format!(":{}", start.line)).unwrap_or_default();
    let message = format!(
        "which table holds the version rows is not known, {}{line} is broken: {}",
        opened.directory.shown(path),
        finding.message
    );
    Err(CommandError::of_code("broken-history", message)
        .hint(finding.help.clone().unwrap_or_else(|| "`limbeck validate` lists all that is wrong".to_owned())))
}

/// Returns how to reach the database of a command that needs one.
pub(super) fn needed(context: &Context, opened: &Opened) -> Result<ConnectionSettings, CommandError> {
    configured(context, opened)?.ok_or_else(|| unnamed(opened))
}

/// Returns the failure of a command that needs a database where nothing names one.
pub(super) fn unnamed(opened: &Opened) -> CommandError {
    let variable = &opened.project.settings().database.url_variable;
    let embedded = embedded(opened).map(|embedded| format!(", and {embedded}")).unwrap_or_default();
    CommandError::of_code("connection", format!("no database is named{embedded}"))
        .hint(format!("set {variable}, or pass `--database-url postgresql://user@host:5432/name`"))
}

/// Returns that there is an embedded database, as a person might take it for the one that is asked.
pub(super) fn embedded(opened: &Opened) -> Option<String> {
    let directory = Embedded::made_before(opened.directory.path())?;
    Some(format!("only `limbeck serve` uses the embedded one in {}", relative(&directory)))
}

/// Connects to a database; where that fails, the hint says what names it.
pub(super) async fn connect(settings: ConnectionSettings) -> Result<Database, CommandError> {
    let source = settings.source().clone();
    let connected = Database::connect(&Target::Url(Box::new(settings)), "limbeck").await;
    connected.map_err(|error| {
        let error = CommandError::from(error);
        match &error.hint {
            Some(hint) if source != Source::CommandLine => {
                let hint = format!("{hint}; it is named by {source}");
                error.hint(hint)
            }
            _ => error,
        }
    })
}

/// Returns where the version rows of the project are.
pub(super) fn version_table(opened: &Opened) -> VersionTable {
    VersionTable::from(opened.project.settings())
}

/// Returns how runs of the project behave.
pub(super) fn run_options(opened: &Opened) -> RunOptions {
    RunOptions::from(opened.project.settings())
}

/// Returns what stops a run when a person presses Ctrl-C or the system asks the program to end; for use on the runtime.
///
/// The statement is cancelled on the server, which would otherwise work on after its client is gone. Asked a second
/// time, the program ends at once.
pub(super) fn cancel_on_interrupt() -> Cancel {
    let (handle, cancel) = Cancel::new();
    tokio::spawn(async move {
        if interrupted().await.is_ok() {
            handle.cancel();
            if interrupted().await.is_ok() {
                // Nothing is lost: what is not committed is rolled back by the server.
                std::process::exit(INTERRUPTED);
            }
        }
    });
    cancel
}

#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Asks the database for its version rows.
pub(super) fn rows(context: &Context, opened: &Opened) -> Result<Vec<String>, CommandError> {
    standing(context, opened).map(|(rows, _)| rows)
}

/// Asks the database for its version rows, and which version its server is.
pub(super) fn standing(
    context: &Context,
    opened: &Opened,
) -> Result<(Vec<String>, Option<PostgresVersion>), CommandError> {
    let settings = needed(context, opened)?;
    block_on(async {
        let database = connect(settings).await?;
        let version = PostgresVersion::of_server(database.server_version());
        Ok((database.version_rows(&version_table(opened)).await?, version))
    })
}

/// Asks the database for its version rows, which version its server is, and which relations it has: the project is
/// judged for them from here on.
pub(super) fn standing_with_relations(
    context: &Context,
    opened: &mut Opened,
) -> Result<(Vec<String>, Option<PostgresVersion>), CommandError> {
    let settings = needed(context, opened)?;
    block_on(async {
        let database = connect(settings).await?;
        let version = PostgresVersion::of_server(database.server_version());
        let rows = database.version_rows(&version_table(opened)).await?;
        opened.project.set_relations(database.relation_names().await?);
        Ok((rows, version))
    })
}

/// Asks the database for its version rows, all of which the project must know.
pub(super) fn known_rows(context: &Context, opened: &Opened) -> Result<Vec<Index>, CommandError> {
    Ok(opened.project.graph().resolve_rows(&rows(context, opened)?)?)
}

/// Returns the revisions that `text` names, where `current` asks the database, and in that case where it stands.
pub(super) fn resolve_with_current(
    context: &Context,
    opened: &Opened,
    text: &str,
) -> Result<(Vec<Index>, Option<Vec<Index>>), CommandError> {
    if text != "current" {
        return Ok((opened.resolve(text)?, None));
    }
    let rows = known_rows(context, opened)?;
    Ok((opened.project.graph().current(&rows), Some(rows)))
}

/// Returns the version rows that a command starts from: `--from`, else the database's if one is named, else those of
/// an empty database. With those of a database goes the version of its server.
pub(super) fn starting_rows(
    context: &Context,
    opened: &Opened,
    from: Option<&str>,
) -> Result<(Vec<String>, Option<PostgresVersion>), CommandError> {
    match from {
        Some(from) => Ok((named_rows(opened, from)?, None)),
        None if configured(context, opened)?.is_some() => standing(context, opened),
        None => Ok((Vec::new(), None)),
    }
}

/// Returns the version rows that `--from` names: a comma-separated list of revisions, or `base`.
pub(super) fn named_rows(opened: &Opened, from: &str) -> Result<Vec<String>, CommandError> {
    let mut rows: Vec<String> = Vec::new();
    for text in from.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        for index in opened.resolve(text)? {
            let id = opened.project.graph().node(index).id.as_str();
            if !rows.iter().any(|known| known == id) {
                rows.push(id.to_owned());
            }
        }
    }
    // An empty variable in a script must not quietly become an empty database.
    if from.split(',').all(|text| text.trim().is_empty()) {
        return Err(CommandError::usage("`--from` names no revision").hint("write `base` for an empty database"));
    }
    rows.sort();
    Ok(rows)
}
