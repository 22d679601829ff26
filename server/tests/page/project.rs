//! Projects on disk: a copy of the example, and what the tests write themselves.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A project in a directory of its own, which goes with it.
pub(crate) struct Project {
    directory: TempDir,
}

impl Project {
    /// Returns a copy of the example shop.
    pub(crate) fn example() -> Self {
        let project = Self::empty();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations"), &project.migrations());
        project
    }

    /// Returns a project of `count` revisions in one line, with a branch in every ten that is merged at once.
    pub(crate) fn long(count: usize) -> Self {
        let project = Self::empty();
        let id = |n: usize| format!("{n:012x}");
        for n in 0..count {
            let revises = match n % 10 {
                _ if n == 0 => String::new(),
                8 => id(n - 2),
                9 => format!("{}, {}", id(n - 2), id(n - 1)),
                _ => id(n - 1),
            };
            let up = format!("CREATE TABLE t{n} (id bigint);");
            project.write(&id(n), &format!("Step {n}"), &revises, &up, &format!("DROP TABLE t{n};"));
        }
        project
    }

    /// Returns a project without revisions.
    pub(crate) fn empty() -> Self {
        let directory = tempfile::Builder::new().prefix("limbeck-page-").tempdir().expect("/tmp is writable");
        let project = Self { directory };
        fs::create_dir_all(project.versions()).expect("directory is writable");
        project
    }

    /// Returns the directory around the migrations.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Returns the migrations directory.
    pub(crate) fn migrations(&self) -> PathBuf {
        self.directory.path().join("migrations")
    }

    fn versions(&self) -> PathBuf {
        self.migrations().join("versions")
    }

    /// Writes a revision.
    pub(crate) fn write(&self, id: &str, title: &str, revises: &str, up: &str, down: &str) {
        let text = format!(
            "-- {title}\n--\n-- Revision ID: {id}\n-- Revises: {revises}\n-- Create Date: 2026-11-22T14:12:00Z\n\n\
             -- migrate:up\n{up}\n\n-- migrate:down\n{down}\n"
        );
        fs::write(self.versions().join(format!("{id}.sql")), text).expect("directory is writable");
    }

    /// Replaces text in the one revision file whose name starts with an id.
    pub(crate) fn edit(&self, id: &str, from: &str, to: &str) {
        let path = self.file(id);
        let text = fs::read_to_string(&path).expect("file is readable");
        assert!(text.contains(from), "{} does not hold {from:?}", path.display());
        fs::write(&path, text.replace(from, to)).expect("file is writable");
    }

    /// Returns the names of all revision files, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.versions()).expect("directory is readable");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("directory is readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Returns the text of the revision file whose name is `name`.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.versions().join(name)).expect("file is readable")
    }

    fn file(&self, id: &str) -> PathBuf {
        let name = self.files().into_iter().find(|name| name.starts_with(id));
        self.versions().join(name.unwrap_or_else(|| panic!("there is no file of {id}")))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("directory is writable");
    for entry in fs::read_dir(from).expect("directory is readable") {
        let entry = entry.expect("directory is readable");
        let name = entry.file_name();
        if entry.path().is_dir() {
            // The embedded Postgres of somebody who uses the example itself.
            if name != ".limbeck" {
                copy(&entry.path(), &to.join(name));
            }
        } else {
            fs::copy(entry.path(), to.join(name)).expect("directory is writable");
        }
    }
}
