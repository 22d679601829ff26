//! A static site: the page and one project, as files that any web server or artifact store can serve.
//!
//! Nothing in it knows where it is served, so it works below any path. What it holds is written down in it, so that a
//! later export replaces exactly that and never a file of somebody else.

mod directory;
mod index;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use limbeck_core::document;
use serde::{Deserialize, Serialize};

use crate::directory::SETTINGS_FILE;
use crate::disk::reason;
use crate::page;
use crate::project_document::etag;

/// The project's data.
const PROJECT: &str = "project.json";
/// The list of files, by which a directory is known as an earlier export.
const MANIFEST: &str = "limbeck-site.json";

/// What a site holds; stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Version of this document.
    pub(crate) format: u32,
    /// Paths of all files, this document among them, sorted.
    pub(crate) files: Vec<String>,
}

/// Why there is no site. What stood in its place stands there as before.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SiteError {
    /// The binary has no page to write.
    #[error("this limbeck was built without its page")]
    NoPage,
    /// Something that no export wrote would be lost.
    #[error("{} holds {entry}, which no export wrote", path.display())]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// The first such file, or directory with `/` behind it.
        entry: String,
    },
    /// A file, a pipe, a device.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// As it was named.
        path: PathBuf,
    },
    /// The history itself would be replaced, or the site be read as a part of it.
    #[error("{} {relation} the migrations directory", path.display())]
    Migrations {
        /// As it was named.
        path: PathBuf,
        /// How the two lie to each other: `is`, `holds` or `lies within`.
        relation: &'static str,
    },
    /// Another export was first.
    #[error("somebody else wrote {} meanwhile", path.display())]
    Meanwhile {
        /// As it was named.
        path: PathBuf,
    },
    /// The directory is replaced as a whole, and nobody should stand in it then.
    #[error("{} holds the current directory, which cannot be replaced", path.display())]
    Inside {
        /// As it was named.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("cannot write {}: {}", path.display(), reason(error))]
    Io {
        /// What was written.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl SiteError {
    /// Returns the code of the contract.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotADirectory { .. } | Self::Migrations { .. } | Self::Inside { .. } => "usage",
            Self::NoPage | Self::Foreign { .. } | Self::Meanwhile { .. } | Self::Io { .. } => "not-allowed",
        }
    }

    /// Returns what to do next.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::NoPage => "`cargo xtask run` in Limbeck's source builds the page and puts it into the program",
            Self::Foreign { .. } => "nothing was written; name a new directory, or move that away",
            Self::NotADirectory { .. } => "nothing was written; name a directory, or one that does not exist yet",
            Self::Migrations { .. } => "nothing was written; name a directory beside it",
            Self::Meanwhile { .. } => "nothing was written; try again when the other export has ended",
            Self::Inside { .. } => "nothing was written; name a directory below it",
            // A mount point cannot be moved aside.
            Self::Io { error, .. } if error.kind() == io::ErrorKind::ResourceBusy => {
                "nothing was written; where something is mounted, name a directory below it"
            }
            Self::Io { .. } => "nothing was written",
        }
    }
}

/// Writes the site of a project to `path`: a new directory, an empty one, or that of an earlier export, which is
/// replaced as a whole. It has nothing to do with the directory `migrations`, which the project came from.
pub(crate) fn write(path: &Path, migrations: &Path, project: document::Project) -> Result<Manifest, SiteError> {
    let place = directory::Place::find(path, migrations)?;
    let files = files(project).map_err(|error| SiteError::Io { path: path.to_path_buf(), error })?;
    let Some(files) = files else { return Err(SiteError::NoPage) };
    place.replace(&files)?;
    Ok(Manifest { format: document::FORMAT, files: files.into_iter().map(|file| file.path).collect() })
}

/// One file of a site.
struct SiteFile {
    path: String,
    content: Cow<'static, [u8]>,
}

/// Returns the files of a site, sorted; none without a page.
fn files(project: document::Project) -> io::Result<Option<Vec<SiteFile>>> {
    let Some(page) = page::index() else { return Ok(None) };
    let mut files = Vec::new();
    for file in page::files().iter().filter(|file| file.path != page::INDEX) {
        files.push(SiteFile { path: file.path.to_owned(), content: file.content()? });
    }
    let mut add = |path: &str, text: Vec<u8>| files.push(SiteFile { path: path.to_owned(), content: Cow::Owned(text) });
    add(page::INDEX, index::of_site(page, PROJECT).into_bytes());
    add(PROJECT, serde_json::to_vec(&without_settings_text(project))?);
    add(MANIFEST, Vec::new());
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let manifest = Manifest { format: document::FORMAT, files: files.iter().map(|file| file.path.clone()).collect() };
    if let Some(file) = files.iter_mut().find(|file| file.path == MANIFEST) {
        file.content = Cow::Owned(serde_json::to_vec_pretty(&manifest)?);
    }
    Ok(Some(files))
}

/// Leaves out the text of the settings file: the page works from the settings, and whatever else stands there, such as
/// a password that does not belong there, stays at home.
fn without_settings_text(mut project: document::Project) -> document::Project {
    project.files.retain(|file| file.path != SETTINGS_FILE);
    // With a digest over a text that is held back, guesses of it could be checked.
    project.etag = etag(&project.files);
    project
}

#[cfg(test)]
mod tests {
    use limbeck_core::document::Role;
    use limbeck_core::project::{File, Project};

    use super::*;
    use crate::directory::Directory;
    use crate::project_document;

    #[test]
    fn nothing_in_a_site_depends_on_the_text_of_the_settings() {
        let root = tempfile::tempdir().expect("writable");
        let directory = Directory::open(root.path()).expect("it is there");
        let document = |settings: &str, schema: &str| {
            let file = |path: &str, text: &str| File { path: path.to_owned(), content: Ok(text.to_owned()) };
            let files = vec![file(SETTINGS_FILE, settings), file("schema.sql", schema)];
            let project = Project::load(files.clone());
            without_settings_text(project_document::document(&directory, &project, files, Role::Viewer))
        };
        let json = |project: &document::Project| serde_json::to_string(project).expect("it can be written");
        let plain = document("name = \"shop\"", "");
        assert_eq!(json(&plain), json(&document("name = \"shop\" # password: 1234", "")));
        assert_ne!(plain.etag, document("name = \"shop\"", "CREATE TABLE a ();").etag);
    }

    #[test]
    fn a_mount_point_is_told_from_what_else_the_system_refuses() {
        let hint = |kind: io::ErrorKind| SiteError::Io { path: "site".into(), error: kind.into() }.hint();
        assert!(hint(io::ErrorKind::ResourceBusy).contains("name a directory below it"));
        assert_eq!(hint(io::ErrorKind::PermissionDenied), "nothing was written");
    }
}
