//! `limbeck status`

use limbeck_core::PostgresVersion;
use limbeck_core::document::{Blocked, Database as DatabaseDocument, Direction, FORMAT, FailureDetail, Status};
use limbeck_core::revision::Index;

use super::context::Opened;
use super::migrate::place;
use super::{CommandError, Context, Kind, Outcome, database};
use crate::connection::ConnectionSettings;
use crate::disk::relative;
use crate::terminal::escape;
use crate::terminal::revision::View;
use crate::terminal::style::{self, paint};

/// Pending revisions that are listed; the rest is counted.
const LISTED: usize = 10;

/// Show where the database stands, what is pending and what is wrong
///
/// And what to type next. Never writes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(Args {}: Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let (database, failure) = ask(context, &opened)?;
    let state = State::of(&opened, database);
    if context.terminal.json {
        context.terminal.document(&state.document(&opened))?;
    } else {
        context.terminal.print(&state.text(&opened, context))?;
    }
    Ok(match failure {
        _ if opened.project.is_broken() || state.obstacle.is_some() => Outcome::Answered(Kind::History),
        Some(kind) => Outcome::Answered(kind),
        None => Outcome::Done,
    })
}

/// Asks the database, if one is named; that it cannot be reached is part of the answer.
fn ask(context: &Context, opened: &Opened) -> Result<(Option<DatabaseDocument>, Option<Kind>), CommandError> {
    let settings = match database::configured(context, opened) {
        Ok(Some(settings)) => Ok(settings),
        Ok(None) => return Ok((None, None)),
        // What is wrong with the settings is shown with all else.
        Err(error) if opened.project.settings_error().is_some() => Err(error),
        Err(error) => return Err(error),
    };
    let mut document = DatabaseDocument {
        format: FORMAT,
        name: settings.as_ref().map_or_else(|_| "not known".to_owned(), ConnectionSettings::describe),
        server_version: None,
        embedded: false,
        rows: Vec::new(),
        unknown_rows: Vec::new(),
        lock_holder: None,
        schema: None,
        schema_error: None,
        journal: None,
        error: None,
    };
    let asked = database::block_on(async {
        let connection = database::connect(settings?).await?;
        document.server_version = Some(connection.server_version().to_owned());
        let table = database::version_table(opened);
        document.rows = connection.version_rows(&table).await?;
        document.lock_holder = connection.lock_holder(&table).await?;
        Ok(())
    });
    let graph = opened.project.graph();
    document.unknown_rows = document.rows.iter().filter(|row| graph.index_of(row).is_none()).cloned().collect();
    let failure = asked.err().map(|error| {
        let kind = error.kind;
        document.error = Some(error.document().error);
        kind
    });
    Ok((Some(document), failure))
}

/// Where everything stands.
struct State {
    database: Option<DatabaseDocument>,
    heads: Vec<Index>,
    current: Vec<Index>,
    pending: Vec<Index>,
    /// What keeps the pending revisions from running through.
    blocked: Option<Blocked>,
    /// Why it cannot be said what is pending.
    obstacle: Option<FailureDetail>,
}

impl State {
    fn of(opened: &Opened, database: Option<DatabaseDocument>) -> Self {
        let graph = opened.project.graph();
        let heads = graph.heads();
        let mut state =
            Self { database, heads, current: Vec::new(), pending: Vec::new(), blocked: None, obstacle: None };
        let reached = state.database.as_ref().filter(|database| database.error.is_none());
        if let Some(database) = reached.filter(|_| !opened.project.is_broken()) {
            let planned = graph.resolve_rows(&database.rows).map_err(CommandError::from).and_then(|rows| {
                let version = database.server_version.as_deref().and_then(PostgresVersion::of_server);
                let version = version.unwrap_or_default();
                let plan = opened.project.plan_on(version, &database.rows, Direction::Upgrade, "heads")?;
                Ok((rows, plan))
            });
            match planned {
                Ok((rows, plan)) => {
                    state.current = rows;
                    state.pending = plan.steps.iter().filter_map(|step| graph.index_of(&step.revision)).collect();
                    state.blocked = plan.blocked_by();
                }
                Err(error) => state.obstacle = Some(error.document().error),
            }
        }
        state
    }

    fn document(&self, opened: &Opened) -> Status {
        let reached = self.database.as_ref().is_some_and(|database| database.error.is_none());
        let current = reached.then_some(self.current.as_slice());
        let documents = |indices: &[Index]| {
            indices.iter().map(|index| opened.project.document(*index, current)).collect::<Vec<_>>()
        };
        Status {
            format: FORMAT,
            directory: relative(opened.directory.path()),
            revisions: opened.project.revisions().len(),
            heads: documents(&self.heads),
            database: self.database.clone(),
            current: documents(&self.current),
            pending: documents(&self.pending),
            blocked: self.blocked.clone(),
            findings: opened.project.findings().to_vec(),
            next: self.next(opened),
        }
    }

    fn text(&self, opened: &Opened, context: &Context) -> String {
        let count = opened.project.revisions().len();
        let revisions = if count == 1 { "1 revision".to_owned() } else { format!("{count} revisions") };
        let heads = if self.heads.len() == 1 { "1 head".to_owned() } else { format!("{} heads", self.heads.len()) };
        let directory = relative(opened.directory.path());
        let project = match &opened.project.settings().name {
            Some(name) => format!("{name} in {directory}"),
            None => directory,
        };
        let mut text = format!("{} {}: {revisions}, {heads}\n", title("Project"), escape::line(&project));
        let view = View { project: &opened.project, directory: &opened.directory, current: Some(&self.current) };
        self.describe_database(&mut text, &view, database::embedded(opened));
        self.describe_blocked(&mut text, opened);
        if !opened.project.findings().is_empty() {
            text.push_str(&format!("\n{}\n", title("Wrong")));
            text.push_str(&opened.findings());
        }
        let next = self.next(opened);
        if !next.is_empty() && context.terminal.verbosity > crate::terminal::Verbosity::Quiet {
            text.push('\n');
            for (position, command) in next.iter().enumerate() {
                let name = title(if position == 0 { "Next" } else { "" });
                text.push_str(&format!("{name} {}\n", paint(style::HINT, command)));
            }
        }
        text
    }

    fn describe_database(&self, text: &mut String, view: &View<'_>, embedded: Option<String>) {
        let Some(database) = &self.database else {
            let embedded = embedded.map(|embedded| format!("; {}", escape::line(&embedded))).unwrap_or_default();
            text.push_str(&format!("{} none is named{embedded}\n", title("Database")));
            return;
        };
        let version = database.server_version.as_ref().map(|version| format!(", PostgreSQL {version}"));
        let name = format!("{}{}", database.name, version.unwrap_or_default());
        text.push_str(&format!("{} {}\n", title("Database"), escape::line(&name)));
        if database.error.is_some() && view.project.settings_error().is_some() {
            text.push_str("  not asked: what is wrong with the settings stands below\n");
            return;
        }
        if let Some(error) = database.error.as_ref().or(self.obstacle.as_ref()) {
            text.push_str(&format!("  {} {}\n", paint(style::ERROR, "error:"), escape::text(&error.message)));
            if let Some(hint) = &error.hint {
                text.push_str(&format!("  {} {}\n", paint(style::HINT, "hint:"), escape::text(hint)));
            }
        }
        if database.error.is_some() {
            return;
        }
        if let Some(holder) = &database.lock_holder {
            text.push_str(&format!("  {} {}\n", paint(style::WARNING, "a run is at work:"), escape::line(holder)));
        }
        text.push_str(&format!("\n{} {}\n", title("Current"), escape::line(&place(&database.rows))));
        if !self.current.is_empty() {
            text.push_str(&indent(&view.list(&self.current)));
        }
        if self.obstacle.is_some() || view.project.is_broken() {
            return;
        }
        if self.pending.is_empty() {
            text.push_str(&format!("{} {}\n", title("Pending"), paint(style::GOOD, "nothing")));
            return;
        }
        text.push_str(&format!("{} {}\n", title("Pending"), self.pending.len()));
        let listed = &self.pending[..self.pending.len().min(LISTED)];
        text.push_str(&indent(&view.list(listed)));
        if listed.len() < self.pending.len() {
            text.push_str(&format!("  … and {} more\n", self.pending.len() - listed.len()));
        }
    }

    fn describe_blocked(&self, text: &mut String, opened: &Opened) {
        let Some(mut blocked) = self.blocked.clone() else { return };
        blocked.path = blocked.path.map(|path| opened.directory.shown(&path));
        let message = escape::text(&blocked.to_string()).into_owned();
        text.push_str(&format!("  {} {message}\n", paint(style::ERROR, "blocked:")));
    }

    /// Returns the commands that make sense next, the nearest first.
    fn next(&self, opened: &Opened) -> Vec<String> {
        let project = &opened.project;
        let mut next = Vec::new();
        if project.is_broken() {
            next.push("limbeck validate".to_owned());
            return next;
        }
        // The hint of what stands in the way says what each of them is for.
        if self.obstacle.is_some() {
            return vec!["limbeck history --graph".to_owned(), "limbeck stamp --purge REVISION".to_owned()];
        }
        if project.revisions().is_empty() {
            next.push("limbeck revision -m MESSAGE".to_owned());
            return next;
        }
        if !self.pending.is_empty() {
            next.push("limbeck plan".to_owned());
            if self.blocked.is_none() {
                next.push("limbeck upgrade".to_owned());
            }
        }
        if project.graph().real_heads().len() > 1 {
            next.push("limbeck merge".to_owned());
        }
        if self.database.is_none() {
            next.push("limbeck serve".to_owned());
        }
        next
    }
}

fn title(name: &str) -> String {
    paint(style::STRONG, &format!("{name:<9}"))
}

fn indent(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}
