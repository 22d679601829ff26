//! What `lint` and `validate` share: findings in one of several formats, of all revisions or of those that are new.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use limbeck_core::diagnostic::{Diagnostic, Level};
use limbeck_core::document::{FORMAT, Findings};
use limbeck_core::{lint, report};

use super::context::Opened;
use super::{CommandError, Context, Kind};
use crate::git::{self, Changes};

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a person, with the lines of the files
    Text,
    /// One JSON document, as --json
    Json,
    /// For the comment of a pull request
    Markdown,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Commands that a GitHub workflow turns into annotations
    Github,
}

/// Options of commands that print findings.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Look only at revisions that are new or changed since a commit
    ///
    /// GITREF is a branch, a tag or a commit. What counts is the last commit that it and HEAD have in common, so that
    /// what others added to the branch meanwhile is left out. Files that are not committed yet count as new.
    #[arg(long, value_name = "GITREF")]
    pub(super) new_since: Option<String>,
    /// How findings are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text", conflicts_with = "json")]
    pub(super) format: Format,
}

impl Options {
    /// Returns whether the report is one that a program reads.
    pub(super) fn is_for_programs(&self) -> bool {
        matches!(self.format, Format::Markdown | Format::Sarif | Format::Github)
    }

    /// Returns what changed, where that was asked for.
    pub(super) fn changes(&self, opened: &Opened) -> Result<Option<Changes>, CommandError> {
        let ask = |reference: &String| git::changes(opened.directory.path(), reference);
        let refused =
            |error: git::GitError| CommandError::new(Kind::Usage, "usage", error.to_string()).hint(error.hint());
        self.new_since.as_ref().map(ask).transpose().map_err(refused)
    }

    /// Prints findings; where there are none and a person reads, what `nothing` says.
    pub(super) fn print(
        &self,
        context: &Context,
        opened: &Opened,
        findings: Vec<Diagnostic>,
        nothing: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        let terminal = context.terminal;
        match self.format {
            _ if terminal.json => terminal.document(&Findings { format: FORMAT, findings })?,
            Format::Json => terminal.document(&Findings { format: FORMAT, findings })?,
            Format::Text if findings.is_empty() => terminal.print(&nothing())?,
            Format::Text => terminal.print(&opened.report(&findings))?,
            Format::Markdown => {
                let findings = in_repository(opened, findings);
                terminal.print_verbatim(&report::findings_markdown("Limbeck", &findings))?;
            }
            Format::Sarif => {
                let findings = in_repository(opened, findings);
                terminal.print_verbatim(&report::sarif(env!("CARGO_PKG_VERSION"), &findings, lint::explain))?;
            }
            Format::Github => terminal.print_verbatim(&report::github(&in_repository(opened, findings)))?,
        }
        Ok(())
    }
}

/// Returns whether something must not go on.
pub(super) fn has_error(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Error)
}

/// Names the files of findings as a program that knows the repository does: from its root, wherever it was called.
fn in_repository(opened: &Opened, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let below = below_root(opened.directory.path());
    for path in findings.iter_mut().filter_map(|finding| finding.path.as_mut()) {
        *path = match &below {
            Some(below) => below.join(&*path).to_string_lossy().replace('\\', "/"),
            None => opened.directory.shown(path),
        };
    }
    findings
}

/// Returns a directory as the repository around it names it.
fn below_root(directory: &Path) -> Option<PathBuf> {
    let whole = directory.canonicalize().ok()?;
    let root = whole.ancestors().find(|above| above.join(".git").exists())?;
    whole.strip_prefix(root).map(Path::to_path_buf).ok()
}
