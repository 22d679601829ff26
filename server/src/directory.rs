//! The migrations directory on disk: found, read whole, and added to without ever overwriting.

mod lock;
mod read;

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::disk::{self, reason, relative};
pub use lock::WriteLock;
pub(crate) use read::{Found, List};

/// Name of the directory where none is named.
pub const DEFAULT_NAME: &str = "migrations";
/// Name of the settings file, by which a directory is known.
pub const SETTINGS_FILE: &str = "limbeck.toml";
/// Name of the directory of revisions in it.
const VERSIONS: &str = "versions";

/// A directory of migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    path: PathBuf,
}

/// Why there is no directory to work with.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// The named directory does not exist.
    #[error("there is no directory {}", path.display())]
    Missing {
        /// As it was named.
        path: PathBuf,
    },
    /// No directory was named and none was found.
    #[error("there is no migrations directory: neither {DEFAULT_NAME}/ nor {SETTINGS_FILE} is in {}", list(looked_in))]
    NotFound {
        /// Every directory that was looked into, nearest first.
        looked_in: Vec<PathBuf>,
        /// The search went up to the root of a repository; without one it stays in the current directory.
        repository: bool,
    },
    /// A directory of something else.
    #[error("{} is no migrations directory: it has neither {SETTINGS_FILE} nor {VERSIONS}/", path.display())]
    NoProject {
        /// As it was named or found.
        path: PathBuf,
    },
    /// Something else than a directory.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// As it was named.
        path: PathBuf,
    },
    /// The operating system does not let us look.
    #[error("cannot open {}: {}", path.display(), reason(error))]
    Io {
        /// As it was named.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Why a new file was not written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file of that name is there already.
    #[error("{} exists already", path.display())]
    Exists {
        /// Where it would have been.
        path: PathBuf,
    },
    /// The path leaves the migrations directory.
    #[error("{path} lies outside the migrations directory")]
    Outside {
        /// As it was asked for.
        path: String,
    },
    /// Somebody else writes there, and did not end in time.
    #[error("another program is writing to {}", path.display())]
    Busy {
        /// The migrations directory.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("cannot write {}: {}", path.display(), reason(error))]
    Io {
        /// Where it would have been.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl Directory {
    /// Returns the directory `named`, or without a name the one that belongs to the current directory: `migrations`
    /// in it, itself when it holds a `limbeck.toml`, or the nearest such above it within the same repository; what is
    /// called `migrations` has to hold a `limbeck.toml` or `versions`.
    ///
    /// The search stops at the directory that holds `.git`, and without a repository it looks only here, so that no
    /// stranger's directory further up is ever run.
    pub fn locate(named: Option<&Path>) -> Result<Self, LocateError> {
        match named {
            Some(path) => Self::open(path)?.of_a_project(),
            None => {
                let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
                let found = Self::search(&current)?;
                // Below the current directory the short name says it better.
                Ok(match found.path.strip_prefix(&current) {
                    Ok(below) if below.as_os_str().is_empty() => Self { path: PathBuf::from(".") },
                    Ok(below) => Self { path: below.to_path_buf() },
                    Err(_) => found,
                })
            }
        }
    }

    /// Refuses a directory of something else: what is read from it would look like a project without a revision.
    fn of_a_project(self) -> Result<Self, LocateError> {
        let holds = |name: &str| {
            fs::symlink_metadata(self.path.join(name)).map_or_else(
                // Reading says why it cannot be looked into.
                |error| error.kind() != io::ErrorKind::NotFound,
                |_| true,
            )
        };
        if holds(SETTINGS_FILE) || holds(VERSIONS) { Ok(self) } else { Err(LocateError::NoProject { path: self.path }) }
    }

    /// Returns the directory at `path`, whatever it holds.
    pub fn open(path: &Path) -> Result<Self, LocateError> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Ok(Self { path: path.to_path_buf() }),
            Ok(_) => Err(LocateError::NotADirectory { path: path.to_path_buf() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(LocateError::Missing { path: path.to_path_buf() })
            }
            Err(error) => Err(LocateError::Io { path: path.to_path_buf(), error }),
        }
    }

    fn search(start: &Path) -> Result<Self, LocateError> {
        let here = start.join(DEFAULT_NAME);
        if here.exists() {
            return Self::open(&here)?.of_a_project();
        }
        let mut looked_in = Vec::new();
        let mut other = None;
        let root = start.ancestors().position(|directory| directory.join(".git").exists());
        for directory in start.ancestors().take(root.unwrap_or(0) + 1) {
            if directory.join(SETTINGS_FILE).is_file() {
                return Ok(Self { path: directory.to_path_buf() });
            }
            let below = directory.join(DEFAULT_NAME);
            if below.is_dir() {
                match (Self { path: below }).of_a_project() {
                    Ok(found) => return Ok(found),
                    // Somebody else's on the way; what is sought may stand further up.
                    Err(error) => other = other.or(Some(error)),
                }
            }
            looked_in.push(directory.to_path_buf());
        }
        Err(other.unwrap_or(LocateError::NotFound { looked_in, repository: root.is_some() }))
    }

    /// Returns where it is, as it was named or found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the place of `file`, a path of the project with `/`.
    pub fn join(&self, file: &str) -> PathBuf {
        self.path.join(file)
    }

    /// Returns the place of `file` as a person standing in the current directory would name it.
    pub fn shown(&self, file: &str) -> String {
        relative(&self.join(file))
    }

    /// Writes a new file below the directory: complete under its name or not at all, and never over another.
    ///
    /// The text is on the disk when this returns.
    pub fn write_new(&self, file: &str, text: &str) -> Result<PathBuf, WriteError> {
        let inside = Path::new(file).components().all(|component| matches!(component, Component::Normal(_)));
        if !inside || file.is_empty() {
            return Err(WriteError::Outside { path: file.to_owned() });
        }
        let path = self.join(file);
        // A linked directory on the way may lead out too.
        let bounds = self.bounds();
        if path.ancestors().skip(1).find(|parent| parent.exists()).is_some_and(|parent| bounds.leaves(parent)) {
            return Err(WriteError::Outside { path: file.to_owned() });
        }
        write_new(&path, text)?;
        Ok(path)
    }
}

/// Writes a new file with all of `text` or leaves nothing, creating the directories on the way.
pub fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    match disk::write_new(path, text) {
        Ok(true) => Ok(()),
        Ok(false) => Err(WriteError::Exists { path: path.to_path_buf() }),
        Err(error) => Err(WriteError::Io { path: path.to_path_buf(), error }),
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use walkdir::WalkDir;

    use super::*;

    /// Makes a directory of files with their texts.
    pub(super) fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, Directory) {
        let temporary = tempfile::tempdir().expect("a temporary directory can be made");
        for (file, text) in files {
            let path = temporary.path().join(file);
            fs::create_dir_all(path.parent().expect("it lies in the directory")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        let directory = Directory::open(temporary.path()).expect("it is there");
        (temporary, directory)
    }

    #[test]
    fn a_new_file_is_never_written_over_another_or_outside() {
        let (guard, directory) = with(&[("versions/a.sql", "old")]);
        directory.write_new("versions/2026/b.sql", "new").expect("the place is free");
        let taken = directory.write_new("versions/a.sql", "new").expect_err("the place is taken");
        assert!(matches!(taken, WriteError::Exists { .. }), "{taken}");
        for path in ["../x.sql", "/x.sql", "versions/../../x.sql", "", "."] {
            let outside = directory.write_new(path, "new").expect_err("it lies outside");
            assert!(matches!(outside, WriteError::Outside { .. }), "{path}: {outside}");
        }
        assert_eq!(directory.text("versions/2026/b.sql").as_deref(), Some("new"));
        assert_eq!(directory.text("versions/a.sql").as_deref(), Some("old"));
        let names = WalkDir::new(guard.path()).into_iter().filter_map(Result::ok).count();
        assert_eq!(names, 5, "no temporary file is left: root, versions, 2026, a.sql, b.sql");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_can_be_read_by_others_as_the_umask_allows() {
        use std::os::unix::fs::PermissionsExt as _;
        let (guard, directory) = with(&[]);
        let written = directory.write_new("versions/a.sql", "").expect("the place is free");
        let by_hand = guard.path().join("by-hand");
        fs::write(&by_hand, "").expect("writable");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode();
        assert_eq!(mode(&written), mode(&by_hand));
    }

    #[test]
    fn the_nearest_directory_of_the_repository_is_found() {
        let (guard, _) = with(&[
            ("repo/.git/HEAD", ""),
            ("repo/migrations/limbeck.toml", ""),
            ("repo/migrations/versions/a.sql", ""),
            ("repo/src/deep/x", ""),
            ("migrations/limbeck.toml", "a stranger's"),
            ("bare/sub/x", ""),
            ("bare/limbeck.toml", ""),
            ("plain/migrations/versions/a.sql", ""),
            ("young/.git/HEAD", ""),
            ("young/migrations/versions/a.sql", ""),
            ("young/app/migrations/0001.py", "a stranger's"),
            ("young/app/views/x", ""),
            ("other/.git/HEAD", ""),
            ("other/migrations/0001.py", "a stranger's"),
            ("other/sub/x", ""),
        ]);
        let root = guard.path();
        let found = |start: &str| match Directory::search(&root.join(start)) {
            Ok(directory) => directory.path.strip_prefix(root).expect("inside").display().to_string(),
            Err(LocateError::NotFound { looked_in, .. }) => format!("nothing in {} places", looked_in.len()),
            Err(error) => error.to_string(),
        };
        assert_eq!(found("repo"), "repo/migrations");
        assert_eq!(found("repo/src/deep"), "repo/migrations");
        assert_eq!(found("repo/migrations"), "repo/migrations");
        assert_eq!(found("repo/migrations/versions"), "repo/migrations");
        assert_eq!(found("bare"), "bare");
        assert_eq!(found("plain"), "plain/migrations");
        assert_eq!(found("bare/sub"), "nothing in 1 places");
        assert_eq!(found("plain/migrations/versions"), "nothing in 1 places");
        // Without settings a project is known by its revisions, from wherever it is sought.
        assert_eq!(found("young"), "young/migrations");
        assert_eq!(found("young/app/views"), "young/migrations");
        assert_eq!(found("young/migrations/versions"), "young/migrations");
        let none = |path: &str| {
            format!(
                "{} is no migrations directory: it has neither limbeck.toml nor versions/",
                root.join(path).display()
            )
        };
        assert_eq!(found("young/app"), none("young/app/migrations"));
        assert_eq!(found("other/sub"), none("other/migrations"));
    }
}
