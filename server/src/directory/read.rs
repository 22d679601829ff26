//! Reading the project's files.
//!
//! Reading never fails as a whole. What cannot be read becomes a [`File`] with the reason, so that everything else
//! still loads and the reason is shown where the file would be. A symbolic link that leads out of the directory is
//! never read: whoever may add a file to a repository shall not choose which files of this machine are shown.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use limbeck_core::project::{File, is_project_file};
use limbeck_core::workers;
use walkdir::{DirEntry, WalkDir};

use super::{Directory, SETTINGS_FILE};
use crate::disk::{self, reason};
use crate::threads::Threads;

/// Why a link out of the directory is not read.
const LEADS_OUT: &str = "it is a symbolic link out of the migrations directory; put the file itself into the directory";

impl Directory {
    /// Reads all files that make the project, sorted by path.
    ///
    /// Symbolic links within the directory are followed, each real file once, and loops end; a link out of it is a
    /// file that cannot be read. Names that begin with a dot are left out: editors keep their locks and backups there.
    pub fn read(&self) -> Vec<File> {
        let list = self.list();
        // Thousands of small files are mostly waiting for the system.
        workers::map(&Threads, &list.found, |found| list.read(found))
    }

    /// Finds the files that [`Self::read`] reads, sorted by path.
    pub(crate) fn list(&self) -> List {
        let bounds = self.bounds();
        let mut found = Vec::new();
        for name in [SETTINGS_FILE, "script.sql", "schema.sql"] {
            let path = self.path.join(name);
            if fs::symlink_metadata(&path).is_ok() {
                found.push(Found { name: name.to_owned(), is: Is::Linked(path) });
            }
        }
        self.walk("schema", &bounds, &mut found);
        self.walk("versions", &bounds, &mut found);
        found.sort_by(|left, right| left.name.cmp(&right.name));
        List { found, bounds }
    }

    /// Returns the text of `file` under the rules of [`Self::read`], or nothing where those refuse it.
    pub fn text(&self, file: &str) -> Option<String> {
        self.bounds().content(&self.join(file)).ok()
    }

    /// Returns what tells links that stay within the directory from those that leave it.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { root: self.path.canonicalize().ok() }
    }

    /// Finds the project's files below `name`.
    fn walk(&self, name: &str, bounds: &Bounds, found: &mut Vec<Found>) {
        let root = self.path.join(name);
        let refused = |reason: String| Found { name: name.to_owned(), is: Is::Refused(reason) };
        // Only what is not there may be missing: a project that cannot be looked into is not an empty one.
        match fs::metadata(&root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(&root).is_err() => return,
            Err(error) => return found.push(refused(format!("{}, a directory", reason(&error)))),
            Ok(about) if !about.is_dir() => return found.push(refused("it is no directory".to_owned())),
            Ok(_) => {}
        }
        let mut links = Links::default();
        let by_bytes = |a: &DirEntry, b: &DirEntry| a.path().as_os_str().cmp(b.path().as_os_str());
        let walk = WalkDir::new(&root).follow_links(true).sort_by(by_bytes);
        let mut visible = walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !hidden(entry.path()));
        while let Some(entry) = visible.next() {
            match entry {
                Ok(entry) if entry.path_is_symlink() && bounds.leaves(entry.path()) => {
                    let path = self.relative_name(entry.path());
                    let directory = entry.file_type().is_dir();
                    if directory {
                        visible.skip_current_dir();
                    }
                    if directory || is_project_file(&path) {
                        found.push(Found { name: path, is: Is::Refused(LEADS_OUT.to_owned()) });
                    }
                }
                Ok(entry) => {
                    let linked = links.follow(&entry);
                    let path = self.relative_name(entry.path());
                    let ours = !entry.file_type().is_dir() && is_project_file(&path);
                    if ours && links.is_first(entry.path(), linked) {
                        let place = entry.into_path();
                        found.push(Found { name: path, is: if linked { Is::Linked(place) } else { Is::Plain(place) } });
                    }
                }
                // The loop leads to what is being read anyway.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(&root).to_path_buf();
                    let reason = error.io_error().map_or_else(|| error.to_string(), reason);
                    let reason = if path.is_dir() { format!("{reason}, a directory") } else { reason };
                    found.push(Found { name: self.relative_name(&path), is: Is::Refused(reason) });
                }
            }
        }
    }

    /// Returns the name of a file as the project has it, with `/`.
    fn relative_name(&self, path: &Path) -> String {
        let below = |root: &str| path.to_str()?.strip_prefix(root)?.strip_prefix(std::path::MAIN_SEPARATOR);
        let inside = match self.path.to_str().and_then(below) {
            Some(below) => Cow::Borrowed(below),
            // Written in another way, or no text.
            None => path.strip_prefix(&self.path).unwrap_or(path).to_string_lossy(),
        };
        if std::path::MAIN_SEPARATOR == '/' { inside.into_owned() } else { inside.replace('\\', "/") }
    }
}

/// The files of a project, before they are read.
pub(crate) struct List {
    /// By path.
    pub(crate) found: Vec<Found>,
    bounds: Bounds,
}

impl List {
    /// Returns the real directory, where the system tells it.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.bounds.root.as_deref()
    }

    /// Reads one of the files.
    pub(crate) fn read(&self, found: &Found) -> File {
        File { path: found.name.clone(), content: found.is.content(&self.bounds) }
    }
}

/// A file of the project, before it is read.
pub(crate) struct Found {
    /// As the project names it.
    pub(crate) name: String,
    is: Is,
}

impl Found {
    /// Returns where it is, if it is reached over no link.
    pub(crate) fn plain(&self) -> Option<&Path> {
        match &self.is {
            Is::Plain(path) => Some(path),
            Is::Linked(_) | Is::Refused(_) => None,
        }
    }
}

enum Is {
    /// Reached over no link.
    Plain(PathBuf),
    /// Perhaps reached over a link.
    Linked(PathBuf),
    /// Not to be read, and why.
    Refused(String),
}

impl Is {
    fn content(&self, bounds: &Bounds) -> Result<String, String> {
        match self {
            Self::Plain(path) => disk::text(path),
            Self::Linked(path) => bounds.content(path),
            Self::Refused(reason) => Err(reason.clone()),
        }
    }
}

/// The real directory, which nothing that is read may leave.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// None when the system does not tell; then every link is refused.
    root: Option<PathBuf>,
}

impl Bounds {
    /// Whether a link leads out. One that leads nowhere does not: reading says why.
    pub(crate) fn leaves(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|real| !self.hold(&real))
    }

    /// Reads a file that may be reached over links.
    fn content(&self, path: &Path) -> Result<String, String> {
        let real = path.canonicalize().map_err(|error| reason(&error))?;
        // The real path is read, not the link: who turns the link round in this moment gains nothing.
        if self.hold(&real) { disk::text(&real) } else { Err(LEADS_OUT.to_owned()) }
    }

    fn hold(&self, real: &Path) -> bool {
        self.root.as_ref().is_some_and(|root| real.starts_with(root))
    }
}

/// Which real files were seen; asks the system only once a symbolic link was met, since without one each is seen once.
#[derive(Default)]
struct Links {
    met: bool,
    plain: Vec<PathBuf>,
    real: HashSet<PathBuf>,
}

impl Links {
    /// Takes note of an entry; returns whether a link was met so far.
    fn follow(&mut self, entry: &walkdir::DirEntry) -> bool {
        if entry.path_is_symlink() && !self.met {
            self.met = true;
            self.real.extend(self.plain.drain(..).filter_map(|path| path.canonicalize().ok()));
        }
        self.met
    }

    /// Returns whether no other path to the same file was seen.
    fn is_first(&mut self, path: &Path, linked: bool) -> bool {
        if !linked {
            self.plain.push(path.to_path_buf());
            return true;
        }
        // One that cannot be resolved is read, and reading says why.
        path.canonicalize().map_or(true, |real| self.real.insert(real))
    }
}

fn hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::WriteError;
    use crate::directory::tests::with;
    use crate::disk::SIZE_LIMIT;

    fn listing(directory: &Directory) -> String {
        let line = |file: File| match file.content {
            Ok(text) => format!("{}: {text:?}\n", file.path),
            Err(error) => format!("{}  {error}\n", file.path),
        };
        directory.read().into_iter().map(line).collect()
    }

    #[test]
    fn what_belongs_to_the_project_is_read_in_order() {
        let (_guard, directory) = with(&[
            ("versions/b.sql", "b"),
            ("versions/2026/11/a.sql", "a"),
            ("versions/.#b.sql", "lock of an editor"),
            ("versions/.hidden/c.sql", "no"),
            ("versions/notes.md", "no"),
            ("limbeck.toml", "toml"),
            ("schema/tables.sql", "tables"),
            ("schema/views/all.sql", "views"),
            ("script.sql", "template"),
            ("other.sql", "no"),
        ]);
        insta::assert_snapshot!(listing(&directory), @r#"
        limbeck.toml: "toml"
        schema/tables.sql: "tables"
        schema/views/all.sql: "views"
        script.sql: "template"
        versions/2026/11/a.sql: "a"
        versions/b.sql: "b"
        "#);
    }

    #[test]
    fn what_cannot_be_read_says_why_and_the_rest_is_there() {
        let (guard, directory) = with(&[("versions/good.sql", "good"), ("versions/binary.sql", "PNG\0\0")]);
        let versions = guard.path().join("versions");
        fs::write(versions.join("latin1.sql"), b"-- one\n-- two\n-- caf\xe9\n").expect("writable");
        let large = fs::File::create(versions.join("large.sql")).expect("writable");
        large.set_len(SIZE_LIMIT + (16 << 20)).expect("a file with a hole takes no room");
        insta::assert_snapshot!(listing(&directory), @r#"
        versions/binary.sql  it is a binary file, with zero bytes in it
        versions/good.sql: "good"
        versions/large.sql  it is 80 MB large, and files up to 64 MB are read
        versions/latin1.sql  it is not UTF-8 text: the first wrong byte is in line 3
        "#);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_loops_end() {
        use std::os::unix::fs::symlink;
        let (guard, directory) = with(&[("versions/a.sql", "a"), ("elsewhere/b.sql", "b")]);
        let versions = guard.path().join("versions");
        symlink(&versions, versions.join("again")).expect("writable");
        symlink(versions.join("a.sql"), versions.join("z.sql")).expect("writable");
        symlink("../elsewhere", versions.join("other")).expect("writable");
        symlink("gone.sql", versions.join("dangling.sql")).expect("writable");
        insta::assert_snapshot!(listing(&directory), @r#"
        versions/a.sql: "a"
        versions/dangling.sql  No such file or directory
        versions/other/b.sql: "b"
        "#);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_directory_is_named_and_never_read() {
        use std::os::unix::fs::symlink;
        let (guard, _) = with(&[
            ("outside/secret.sql", "geheim"),
            ("outside/limbeck.toml", "geheim"),
            ("migrations-old/old.sql", "geheim"),
            ("migrations/shared/inside.sql", "inside"),
            ("migrations/versions/a.sql", "a"),
        ]);
        let (root, outside) = (guard.path().join("migrations"), guard.path().join("outside"));
        let versions = root.join("versions");
        symlink(outside.join("secret.sql"), versions.join("absolute.sql")).expect("writable");
        symlink("../../outside/secret.sql", versions.join("relative.sql")).expect("writable");
        symlink("relative.sql", versions.join("twice.sql")).expect("writable");
        symlink("../../migrations-old/old.sql", versions.join("sibling.sql")).expect("writable");
        symlink(&outside, versions.join("directory")).expect("writable");
        symlink(outside.join("secret.sql"), versions.join("notes.md")).expect("writable");
        symlink("../shared/inside.sql", versions.join("inside.sql")).expect("writable");
        symlink(outside.join("limbeck.toml"), root.join("limbeck.toml")).expect("writable");
        symlink(&outside, root.join("schema")).expect("writable");
        // The directory itself may be reached over a link.
        symlink(&root, guard.path().join("link")).expect("writable");
        let directory = Directory::open(&guard.path().join("link")).expect("it is there");
        insta::assert_snapshot!(listing(&directory), @r#"
        limbeck.toml  it is a symbolic link out of the migrations directory; put the file itself into the directory
        schema  it is a symbolic link out of the migrations directory; put the file itself into the directory
        versions/a.sql: "a"
        versions/absolute.sql  it is a symbolic link out of the migrations directory; put the file itself into the directory
        versions/directory  it is a symbolic link out of the migrations directory; put the file itself into the directory
        versions/inside.sql: "inside"
        versions/relative.sql  it is a symbolic link out of the migrations directory; put the file itself into the directory
        versions/sibling.sql  it is a symbolic link out of the migrations directory; put the file itself into the directory
        versions/twice.sql  it is a symbolic link out of the migrations directory; put the file itself into the directory
        "#);
        assert_eq!(directory.text("versions/absolute.sql"), None);
        for file in ["versions/directory/new.sql", "versions/directory/2026/new.sql"] {
            let refused = directory.write_new(file, "new").expect_err("it would be outside");
            assert!(matches!(refused, WriteError::Outside { .. }), "{refused}");
        }
        assert_eq!(directory.text("versions/inside.sql").as_deref(), Some("inside"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let (guard, directory) = with(&[("versions/a.sql", "a")]);
        let made = std::process::Command::new("mkfifo").arg(guard.path().join("versions/pipe.sql")).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo works");
        insta::assert_snapshot!(listing(&directory), @r#"
        versions/a.sql: "a"
        versions/pipe.sql  it is not a regular file
        "#);
    }
}
