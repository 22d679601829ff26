//! What changed in a migrations directory since a commit, as `git` says it. It is called as a program, and asked only.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use limbeck_core::script::Published;

/// What is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Files that are new or changed, those not added to the index too; below the directory.
    pub(crate) changed: BTreeSet<String>,
    /// Revision files as they were, where they are gone or changed.
    pub(crate) published: Vec<Published>,
}

/// Why that is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    /// There is no `git` to ask.
    #[error("git cannot be started: {error}")]
    Missing {
        /// What the system says.
        error: io::Error,
    },
    /// The directory belongs to no repository.
    #[error("{directory} is in no Git repository: {said}")]
    NoRepository {
        /// As it was named.
        directory: String,
        /// What git says.
        said: String,
    },
    /// Nothing has that name.
    #[error("git knows no commit '{reference}'")]
    NoCommit {
        /// As it was given.
        reference: String,
    },
    /// The two histories do not meet, as far as they are there.
    #[error("git finds no commit that both '{reference}' and HEAD stand on")]
    NoBase {
        /// As it was given.
        reference: String,
    },
    /// Something else.
    #[error("git {what} failed: {said}")]
    Failed {
        /// The command.
        what: &'static str,
        /// What git says.
        said: String,
    },
}

impl GitError {
    /// Returns what to do next.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "install it, or name the revisions: `limbeck lint REVISION`",
            Self::NoRepository { .. } => "name the revisions instead: `limbeck lint REVISION`",
            Self::NoCommit { .. } => {
                "name a branch, a tag or a commit that is there; a workflow has to fetch it first (`fetch-depth: 0`)"
            }
            Self::NoBase { .. } => {
                "fetch more of the history: `git fetch --unshallow`, or `fetch-depth: 0` in a workflow"
            }
            Self::Failed { .. } => "try the same with git itself",
        }
    }
}

/// Returns what is new or changed in a directory since the last commit that both HEAD and `reference` stand on: what was
/// added to `reference` meanwhile is nobody's change here.
pub(crate) fn changes(directory: &Path, reference: &str) -> Result<Changes, GitError> {
    let git = Git { directory };
    let shown = || directory.display().to_string();
    git.ask("rev-parse", &["--is-inside-work-tree"]).map_err(|error| match error {
        GitError::Failed { said, .. } => GitError::NoRepository { directory: shown(), said },
        other => other,
    })?;
    let no_commit = || GitError::NoCommit { reference: reference.to_owned() };
    // Neither an option nor "all but this one".
    if reference.starts_with(['-', '^']) {
        return Err(no_commit());
    }
    let commit = git.word("rev-parse", &["--verify", "--quiet", &format!("{reference}^{{commit}}")], no_commit)?;
    let no_base = || GitError::NoBase { reference: reference.to_owned() };
    let base = git.word("merge-base", &[&commit, "HEAD"], no_base)?;

    let mut changes = Changes { changed: BTreeSet::new(), published: Vec::new() };
    let listed =
        git.ask("diff", &["--no-ext-diff", "--name-status", "--no-renames", "--relative", "-z", &base, "--", "."])?;
    let mut fields = fields(&listed);
    while let (Some(status), Some(path)) = (fields.next(), fields.next()) {
        if status != "A" && path.starts_with("versions/") && path.ends_with(".sql") {
            let text = git.ask("show", &["--no-textconv", &format!("{base}:./{path}")])?;
            let text = String::from_utf8_lossy(&text).into_owned();
            changes.published.push(Published { path: path.clone(), text });
        }
        if status != "D" {
            changes.changed.insert(path);
        }
    }
    let untracked = git.ask("ls-files", &["--others", "--exclude-standard", "-z", "--", "."])?;
    changes.changed.extend(self::fields(&untracked));
    Ok(changes)
}

struct Git<'a> {
    directory: &'a Path,
}

impl Git<'_> {
    /// Returns what a command prints.
    fn ask(&self, what: &'static str, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.directory)
            .arg(what)
            .args(arguments)
            // It only reads: not even the index is brought up to date.
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            // Set in hooks: they say where another repository is, and the directory says it better.
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_COMMON_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_OBJECT_DIRECTORY")
            .env_remove("GIT_ALTERNATE_OBJECT_DIRECTORIES")
            .env_remove("GIT_NAMESPACE")
            .env_remove("GIT_PREFIX")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| GitError::Missing { error })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
        Err(GitError::Failed { what, said })
    }

    /// Returns the one word that a command prints.
    fn word(
        &self,
        what: &'static str,
        arguments: &[&str],
        otherwise: impl Fn() -> GitError,
    ) -> Result<String, GitError> {
        let printed = self.ask(what, arguments).map_err(|error| match error {
            GitError::Failed { .. } => otherwise(),
            other => other,
        })?;
        let word = String::from_utf8_lossy(&printed).trim().to_owned();
        if word.is_empty() { Err(otherwise()) } else { Ok(word) }
    }
}

/// Returns the parts of a list that ends each with a zero byte.
fn fields(list: &[u8]) -> impl Iterator<Item = String> + '_ {
    let parts = list.split(|byte| *byte == 0).filter(|part| !part.is_empty());
    parts.map(|part| String::from_utf8_lossy(part).into_owned())
}
