//! What every command starts from: the options, the terminal, the project.

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use limbeck_core::diagnostic::{Diagnostic, Level};
use limbeck_core::document::{FORMAT, Plan, Revisions};
use limbeck_core::project::Project;
use limbeck_core::revision::Index;
use serde::{Serialize, Serializer};

use super::{CommandError, GlobalOptions, Kind, Outcome};
use crate::directory::{Directory, WriteLock};
use crate::remembered::{self, Memory};
use crate::terminal::style::{self, paint};
use crate::terminal::{Terminal, escape, finding};

/// So many findings at most are shown by a command that is about something else.
const SHOWN_FINDINGS: usize = 5;

/// What is said where a list of revisions is empty.
pub(super) const NO_REVISIONS: &str = "No revisions";

/// Options and terminal of one call.
#[derive(Debug)]
pub struct Context {
    /// Where output goes.
    pub terminal: Terminal,
    options: GlobalOptions,
}

/// A migrations directory and what its files say. When a command is done with it, what was read is remembered.
pub(super) struct Opened {
    pub(super) directory: Directory,
    /// Never dropped: a command ends with its process, which gives all memory back at once.
    pub(super) project: ManuallyDrop<Project>,
    pub(super) memory: Memory,
}

/// A list whose items are made as they are written: thousands of them are never there at once.
struct Written<Make>(Make);

impl<Items: Iterator<Item: Serialize>, Make: Fn() -> Items> Serialize for Written<Make> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.memory.keep(&self.project);
    }
}

impl Context {
    pub(super) fn new(terminal: Terminal, options: GlobalOptions) -> Self {
        Self { terminal, options }
    }

    /// Returns `--database-url`.
    pub(super) fn database_url(&self) -> Option<&str> {
        self.options.database_url.as_deref()
    }

    /// Returns `--dir` or `LIMBECK_DIR`; an empty variable counts as not set.
    pub(super) fn named_directory(&self) -> Option<PathBuf> {
        let variable = || std::env::var_os("LIMBECK_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        self.options.dir.clone().or_else(variable)
    }

    /// Reads the project, broken or not, as far as it is not remembered.
    pub(super) fn open(&self) -> Result<Opened, CommandError> {
        let directory = Directory::locate(self.named_directory().as_deref())?;
        let (project, memory) = remembered::load(&directory);
        Ok(Opened { directory, project: ManuallyDrop::new(project), memory })
    }

    /// Reads the project of a command that writes into its directory, once nobody else does.
    ///
    /// The lock is to be held until the file is written.
    pub(super) fn open_to_write(&self) -> Result<(Opened, WriteLock), CommandError> {
        let lock = Directory::locate(self.named_directory().as_deref())?.lock()?;
        if let Some(reason) = lock.missing() {
            let warning = paint(style::WARNING, "warning:");
            let reason = escape::line(reason);
            self.terminal.note(&format!("{warning} this directory knows no locks ({reason}); write one at a time\n"));
        }
        Ok((self.open_whole()?, lock))
    }

    /// Reads the project of a command that needs the whole history.
    pub(super) fn open_whole(&self) -> Result<Opened, CommandError> {
        self.whole(self.open()?)
    }

    /// Reads the same, every file anew: what runs on a database is what stands in the files, by no account but their
    /// own.
    pub(super) fn open_whole_anew(&self) -> Result<Opened, CommandError> {
        let directory = Directory::locate(self.named_directory().as_deref())?;
        let project = ManuallyDrop::new(remembered::load_anew(&directory));
        self.whole(Opened { directory, project, memory: Memory::none() })
    }

    /// Returns what was read, unless its history is broken.
    pub(super) fn whole(&self, opened: Opened) -> Result<Opened, CommandError> {
        if !opened.project.is_broken() {
            return Ok(opened);
        }
        if !self.terminal.json {
            self.terminal.say(&opened.findings());
            let findings = opened.project.findings();
            let mut errors = findings.iter().filter(|finding| finding.level == Level::Error);
            let what = match errors.all(|finding| finding.path.as_deref() == Some("limbeck.toml")) {
                true => "the settings are wrong, nothing was done",
                false => "the history is broken, nothing was done",
            };
            return Err(CommandError::of_code("broken-history", what)
                .hint("mend what is named above; `limbeck validate` looks again"));
        }
        let first = opened.project.findings().iter().find(|finding| finding.level == Level::Error);
        let first = first.map(|finding| finding.message.as_str()).unwrap_or_default();
        Err(CommandError::of_code("broken-history", format!("the history is broken: {first}"))
            .hint("`limbeck validate` lists all that is wrong, with file and line"))
    }

    /// Prints revisions, as the document or as `text` shows them, where there are none says what `empty` says; on a
    /// broken history says so and ends with its status.
    pub(super) fn answer(
        &self,
        opened: &Opened,
        revisions: &[Index],
        current: Option<&[Index]>,
        empty: &str,
        text: impl FnOnce() -> String,
    ) -> Result<Outcome, CommandError> {
        if self.terminal.json {
            let revisions = Written(|| revisions.iter().map(|index| opened.project.document(*index, current)));
            self.terminal.document(&Revisions { format: FORMAT, revisions })?;
        } else if revisions.is_empty() {
            self.terminal.note(&format!("{empty}\n"));
        } else {
            self.terminal.print(&text())?;
        }
        Ok(self.ending(opened))
    }

    /// Returns how a command ends that showed what could be loaded; says what could not.
    pub(super) fn ending(&self, opened: &Opened) -> Outcome {
        if !opened.project.is_broken() {
            return Outcome::Done;
        }
        self.terminal.say(&opened.findings());
        Outcome::Answered(Kind::History)
    }
}

impl Opened {
    /// Returns the first findings as lines for a person.
    pub(super) fn findings(&self) -> String {
        let findings = self.project.findings();
        if findings.len() <= SHOWN_FINDINGS {
            return self.report(findings);
        }
        let shown: String = findings[..SHOWN_FINDINGS].iter().map(|finding| self.quote(finding) + "\n").collect();
        format!("{shown}{} in all, `limbeck validate` lists them\n", finding::count(findings))
    }

    /// Returns `findings` as lines for a person, quoting the files.
    pub(super) fn report(&self, findings: &[Diagnostic]) -> String {
        let source = |path: &str| self.directory.text(path);
        finding::report(findings, |path| self.directory.shown(path), source)
    }

    /// Returns one finding as lines for a person, quoting its file.
    pub(super) fn quote(&self, finding: &Diagnostic) -> String {
        let source = finding.path.as_ref().and_then(|path| self.directory.text(path));
        let path = finding.path.as_ref().map(|path| self.directory.shown(path));
        finding::render(finding, path.as_deref(), source.as_deref())
    }

    /// Returns a plan for a person: files are named as one would name them from the current directory.
    pub(super) fn shown_plan(&self, mut plan: Plan) -> Plan {
        let of_statements = plan.steps.iter_mut().flat_map(|step| &mut step.statements);
        let findings = of_statements.flat_map(|statement| &mut statement.findings).chain(&mut plan.findings);
        for path in findings.filter_map(|finding| finding.path.as_mut()) {
            *path = self.directory.shown(path);
        }
        plan
    }

    /// Returns the revisions that `text` names; on a broken history what could be loaded.
    pub(super) fn resolve(&self, text: &str) -> Result<Vec<Index>, CommandError> {
        Ok(self.project.graph().resolve(text)?)
    }
}
