//! The project that a page, a server or a script holds: settings, revisions and their graph, made from file texts.

mod create;
mod documents;
mod draft;
mod file;
mod findings;
mod since;

use std::collections::BTreeSet;
use std::fmt;

use crate::PostgresVersion;
use crate::diagnostic::{Diagnostic, Level};
use crate::document::{self, Direction, Plan};
use crate::dry_run;
#[cfg(feature = "model")]
use crate::lint;
use crate::revision::{self, Graph, Node};
#[cfg(feature = "model")]
use crate::script::Published;
use crate::script::{self, Revision, Template};
use crate::settings::Settings;
use crate::workers::{self, Alone, Workers};

pub use crate::document::File;
pub use create::NewRevisionError;
pub use file::is_project_file;

/// Settings, revisions and history of a migrations directory.
#[derive(Debug, Clone)]
pub struct Project {
    settings: Settings,
    /// The template of new files, or what is wrong with `script.sql`. It keeps no plan from being made.
    template: Result<Template, Diagnostic>,
    /// By path.
    revisions: Vec<Revision>,
    graph: Graph,
    /// By path and place.
    findings: Vec<Diagnostic>,
    workers: &'static dyn Workers,
    postgres_version: PostgresVersion,
    /// Names of the relations that the database has, where one was asked.
    relations: Option<BTreeSet<String>>,
}

/// What a place of the migrations directory gives when it is read.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Its text, or why there is none.
    File(File),
    /// The revision that [`script::parse`] makes of its text without a finding; whoever brings it answers for that.
    Revision(Box<Revision>),
}

/// What one file holds.
enum Loaded {
    Settings(Settings, Vec<Diagnostic>),
    Template(Result<Template, Diagnostic>),
    Revision(Option<Box<Revision>>, Vec<Diagnostic>),
    /// Why it cannot be taken.
    Finding(Diagnostic),
    /// Nothing that is read here.
    Nothing,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Something is wrong in the files; nothing is planned until it is mended.
    #[error("{}", Broken(.findings))]
    Broken {
        /// The errors, by path and place; never empty.
        findings: Vec<Diagnostic>,
    },
    /// The target or the version rows have no answer.
    #[error(transparent)]
    Revision(#[from] revision::Error),
}

struct Broken<'a>(&'a [Diagnostic]);

impl fmt::Display for Broken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the project is broken")?;
        if let Some(first) = self.0.first() {
            f.write_str(": ")?;
            if let Some(path) = &first.path {
                write!(f, "{path}: ")?;
            }
            f.write_str(&first.message)?;
        }
        match self.0.len() {
            0 | 1 => Ok(()),
            more => write!(f, " (and {} more)", more - 1),
        }
    }
}

impl PlanError {
    /// Returns the code of the JSON contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Broken { .. } => "broken-history",
            Self::Revision(error) => error.code(),
        }
    }

    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Broken { .. } => Some("`limbeck validate` lists all that is wrong".to_owned()),
            Self::Revision(error) => error.hint(),
        }
    }

    /// Returns the identifiers among which to choose; empty where there is no choice.
    pub fn candidates(&self) -> Vec<String> {
        match self {
            Self::Broken { .. } => Vec::new(),
            Self::Revision(error) => error.candidates(),
        }
    }
}

impl Project {
    /// Makes the project of a directory's files. Never fails: what is wrong becomes a finding, and everything that can
    /// be loaded is. The order of the files does not matter.
    pub fn load(files: Vec<File>) -> Self {
        let loaded = distinct(files).iter().map(Loaded::or_settings).collect();
        Self::build(Settings::default(), loaded, Vec::new(), &Alone)
    }

    /// Makes the same project of places that are each read once by `read`, while `workers` share this work and what is
    /// done later.
    pub fn load_with<Place: Sync>(
        places: &[Place],
        read: impl Fn(&Place) -> Reading + Sync,
        workers: &'static dyn Workers,
    ) -> Self {
        let loaded = workers::map(workers, places, |place| match read(place) {
            Reading::File(file) => Loaded::or_settings(&file),
            Reading::Revision(revision) => Loaded::Revision(Some(revision), Vec::new()),
        });
        Self::build(Settings::default(), loaded, Vec::new(), workers)
    }

    /// Makes the project that a server sent: the settings are taken as they were read there, with what was found wrong
    /// in their file. A page that has its project from a server links no reader of TOML this way.
    pub fn from_document(document: document::Project) -> Self {
        let of_settings = |finding: &Diagnostic| finding.path.as_deref() == Some(file::SETTINGS);
        let findings = document.findings.into_iter().filter(of_settings).collect();
        let files = distinct(document.files);
        let loaded = files.iter().filter(|file| file.path != file::SETTINGS).map(Loaded::of).collect();
        Self::build(document.settings, loaded, findings, &Alone)
    }

    fn build(
        mut settings: Settings,
        loaded: Vec<Loaded>,
        mut findings: Vec<Diagnostic>,
        workers: &'static dyn Workers,
    ) -> Self {
        let mut template = Ok(Template::default());
        let mut revisions = Vec::with_capacity(loaded.len());
        for loaded in loaded {
            match loaded {
                Loaded::Settings(read, wrong) => {
                    settings = read;
                    findings.extend(wrong);
                }
                Loaded::Template(read) => {
                    findings.extend(read.as_ref().err().cloned());
                    template = read;
                }
                Loaded::Revision(revision, wrong) => {
                    revisions.extend(revision.map(|revision| *revision));
                    findings.extend(wrong);
                }
                Loaded::Finding(finding) => findings.push(finding),
                Loaded::Nothing => {}
            }
        }
        revisions.shrink_to_fit();
        revisions.sort_by(|a: &Revision, b| a.path.cmp(&b.path));
        let graph = Graph::new(revisions.iter().map(node).collect());
        findings.extend(graph.errors().iter().map(|error| findings::of_graph(error, &revisions)));
        findings.sort_by(|a, b| (&a.path, a.start, &a.code, &a.message).cmp(&(&b.path, b.start, &b.code, &b.message)));
        let (postgres_version, relations) = (PostgresVersion::default(), None);
        Self { settings, template, revisions, graph, findings, workers, postgres_version, relations }
    }

    /// Judges statements from here on as a server of this version does, and not as one of the default version.
    pub fn set_postgres_version(&mut self, version: PostgresVersion) {
        self.postgres_version = version;
    }

    /// Judges statements from here on for a database that has relations of these names and no others: what neither it
    /// nor a revision has is not taken to be there from elsewhere.
    pub fn set_relations(&mut self, names: BTreeSet<String>) {
        self.relations = Some(names);
    }

    /// Returns the version of the server that statements are judged for.
    pub fn postgres_version(&self) -> PostgresVersion {
        self.postgres_version
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns what is wrong in the settings' file, so that what they say is not known: the name of the version table,
    /// the variable that names the database.
    pub fn settings_error(&self) -> Option<&Diagnostic> {
        let wrong =
            |finding: &&Diagnostic| finding.level == Level::Error && finding.path.as_deref() == Some(file::SETTINGS);
        self.findings.iter().find(wrong)
    }

    /// Returns the revisions by path; positions are those of the graph.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Returns how the revisions hang together.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Returns everything that is wrong in the files and the graph, by path and place.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns whether any finding is an error; then nothing is planned.
    pub fn is_broken(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// Plans the way from version rows to a target.
    ///
    /// Whatever stands in the way of running it, a revision without a down section or a statement that cannot run, is a
    /// finding of the plan, which is then blocked, and no error.
    pub fn plan(&self, rows: &[String], direction: Direction, target: &str) -> Result<Plan, PlanError> {
        self.plan_on(self.postgres_version, rows, direction, target)
    }

    /// Plans the same on a server of a version.
    pub fn plan_on(
        &self,
        version: PostgresVersion,
        rows: &[String],
        direction: Direction,
        target: &str,
    ) -> Result<Plan, PlanError> {
        let history = dry_run::History { version, ..self.history()? };
        let rows = self.graph.resolve_rows(rows)?;
        Ok(dry_run::plan(history, &rows, direction, target)?)
    }

    /// Returns the schema that the revisions make which a target needs.
    pub fn schema_at(&self, target: &str) -> Result<dry_run::Made, PlanError> {
        Ok(dry_run::made(self.history()?, target)?)
    }

    /// Returns what is wrong with the SQL of all sections, by path and place.
    pub fn check_sql(&self) -> Vec<Diagnostic> {
        self.map(&self.revisions, dry_run::check).into_iter().flatten().collect()
    }

    /// Returns what is to be said about revisions that run, by path and place; `published` are files as others have
    /// them, where they are gone or changed since.
    #[cfg(feature = "model")]
    pub fn lint(&self, look: &lint::Look, published: &[Published]) -> Result<Vec<Diagnostic>, PlanError> {
        Ok(lint::lint(self.history()?, &self.settings, look, published)?)
    }

    /// Returns a plan with what the rules say of it, beside the statements that they say it of. A warning of theirs
    /// makes a safe plan one that needs care; they block none.
    #[cfg(feature = "model")]
    pub fn advised(&self, plan: Plan) -> Plan {
        match self.history() {
            Ok(history) => lint::advised(history, &self.settings, plan),
            Err(_) => plan,
        }
    }

    /// Returns everything that is wrong in files, history and SQL, by path and place.
    pub fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = self.findings.clone();
        findings.extend(self.check_sql());
        #[cfg(feature = "model")]
        findings.extend(lint::settings_findings(&self.settings));
        findings.sort_by(|a, b| (&a.path, a.start).cmp(&(&b.path, b.start)));
        findings
    }

    /// Returns what `job` makes of each item, shared among this project's workers.
    pub(crate) fn map<Item: Sync, Made: Send + Sync>(
        &self,
        items: &[Item],
        job: impl Fn(&Item) -> Made + Sync,
    ) -> Vec<Made> {
        workers::map(self.workers, items, job)
    }

    /// Returns the history to plan on, unless it is broken.
    pub(crate) fn history(&self) -> Result<dry_run::History<'_>, PlanError> {
        if self.is_broken() {
            return Err(self.broken());
        }
        Ok(dry_run::History {
            revisions: &self.revisions,
            graph: &self.graph,
            workers: self.workers,
            version: self.postgres_version,
            relations: self.relations.as_ref(),
        })
    }

    fn broken(&self) -> PlanError {
        let errors = self.findings.iter().filter(|finding| finding.level == Level::Error);
        PlanError::Broken { findings: errors.cloned().collect() }
    }
}

/// Returns the files by path, of those that have one path the first.
fn distinct(mut files: Vec<File>) -> Vec<File> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    files
}

impl Loaded {
    /// Reads a file, the settings included.
    fn or_settings(file: &File) -> Self {
        match &file.content {
            Ok(text) if file.path == file::SETTINGS => {
                let (settings, findings) = Settings::parse(&file.path, text);
                Self::Settings(settings, findings)
            }
            _ => Self::of(file),
        }
    }

    /// Reads a file that is not the settings.
    fn of(File { path, content }: &File) -> Self {
        let kind = file::kind(path);
        let text = match (kind, content) {
            (file::Kind::NearRevision, _) => return Self::Finding(findings::near_revision(path)),
            // No plan is made of these.
            (file::Kind::Template, Err(reason)) => {
                let finding = findings::not_needed(path, reason, "no new revision is written without it");
                return Self::Template(Err(finding));
            }
            (_, Err(reason)) if kind == file::Kind::Schema || path == "schema" => {
                let needs = "the revisions cannot be compared with the desired schema without it";
                return Self::Finding(findings::not_needed(path, reason, needs));
            }
            // Also what is no file of ours: a directory that does not open may hold some.
            (_, Err(reason)) => return Self::Finding(findings::unreadable(path, reason)),
            (_, Ok(text)) => text,
        };
        match kind {
            // Without a template there is still the one that Limbeck brings.
            file::Kind::Template => Self::Template(
                Template::parse(path, text).map_err(|finding| Diagnostic { level: Level::Warning, ..*finding }),
            ),
            file::Kind::Revision => {
                let (revision, wrong) = script::parse(path, text);
                Self::Revision(revision.map(Box::new), wrong)
            }
            _ => Self::Nothing,
        }
    }
}

fn node(revision: &Revision) -> Node {
    Node {
        id: revision.id.clone(),
        revises: revision.revises.clone(),
        depends_on: revision.depends_on.clone(),
        branch_labels: revision.branch_labels.clone(),
    }
}
