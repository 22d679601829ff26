//! The migrations directory on disk: found, read whole, and added to without ever overwriting.
//!
//! Reading never fails as a whole. What cannot be read becomes a [`File`] with the reason, so that everything else
//! still loads and the reason is shown where the file would be. A symbolic link that leads out of the directory is
//! never read: whoever may add a file to a repository shall not choose which files of this machine are shown.

mod lock;

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use limbeck_core::project::{File, is_project_file};
use limbeck_core::workers;
use walkdir::{DirEntry, WalkDir};

use crate::threads::Threads;
pub use lock::WriteLock;

/// Name of the directory where none is named.
pub const DEFAULT_NAME: &str = "migrations";
/// Name of the settings file, by which a directory is known.
pub const SETTINGS_FILE: &str = "limbeck.toml";
/// Name of the directory of revisions in it.
const VERSIONS: &str = "versions";
/// Why a link out of the directory is not read.
const LEADS_OUT: &str = "it is a symbolic link out of the migrations directory; put the file itself into the directory";
/// The largest file that is read, in bytes.
pub const SIZE_LIMIT: u64 = 64 << 20;

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
    /// in it, itself when it holds a `limbeck.toml`, or the nearest such above it within the same repository.
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
        let root = start.ancestors().position(|directory| directory.join(".git").exists());
        for directory in start.ancestors().take(root.unwrap_or(0) + 1) {
            let below = directory.join(DEFAULT_NAME);
            for candidate in [directory, &below] {
                if candidate.join(SETTINGS_FILE).is_file() {
                    return Ok(Self { path: candidate.to_path_buf() });
                }
            }
            looked_in.push(directory.to_path_buf());
        }
        Err(LocateError::NotFound { looked_in, repository: root.is_some() })
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

    /// Reads all files that make the project, sorted by path.
    ///
    /// Symbolic links within the directory are followed, each real file once, and loops end; a link out of it is a
    /// file that cannot be read. Names that begin with a dot are left out: editors keep their locks and backups there.
    pub fn read(&self) -> Vec<File> {
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
        // Thousands of small files are mostly waiting for the system.
        let contents = workers::map(&Threads, &found, |file| file.is.content(&bounds));
        found.into_iter().zip(contents).map(|(Found { name: path, .. }, content)| File { path, content }).collect()
    }

    /// Returns the text of `file` under the rules of [`Self::read`], or nothing where those refuse it.
    pub fn text(&self, file: &str) -> Option<String> {
        self.bounds().content(&self.join(file)).ok()
    }

    /// Returns what tells links that stay within the directory from those that leave it.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { root: self.path.canonicalize().ok() }
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

    /// Finds the project's files below `name`.
    fn walk(&self, name: &str, bounds: &Bounds, found: &mut Vec<Found>) {
        let root = self.path.join(name);
        if fs::symlink_metadata(&root).is_err() {
            return;
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
        let inside = path.strip_prefix(&self.path).unwrap_or(path).to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' { inside.into_owned() } else { inside.replace('\\', "/") }
    }
}

/// A file of the project, before it is read.
struct Found {
    /// As the project names it.
    name: String,
    is: Is,
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
            Self::Plain(path) => content(path),
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
        if self.hold(&real) { content(&real) } else { Err(LEADS_OUT.to_owned()) }
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

/// Writes a new file with all of `text` or leaves nothing, creating the directories on the way.
pub fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    let io = |error: io::Error| WriteError::Io { path: path.to_path_buf(), error };
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(io)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".limbeck-").suffix(".new");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any editor would ask for; the umask takes its share. A temporary file is otherwise its owner's alone.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(parent).map_err(io)?;
    temporary.write_all(text.as_bytes()).map_err(io)?;
    temporary.as_file().sync_all().map_err(io)?;
    temporary.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => WriteError::Exists { path: path.to_path_buf() },
        _ => io(error.error),
    })?;
    // The name is on the disk once the directory is. Not every file system lets a directory be synced.
    if let Ok(directory) = fs::File::open(parent) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// Returns `path` as seen from the current directory, where it lies in or beside it.
pub fn relative(path: &Path) -> String {
    let Ok(current) = std::env::current_dir() else { return path.display().to_string() };
    if path.is_relative() {
        let shown = path.strip_prefix(".").unwrap_or(path);
        return if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() };
    }
    for (up, ancestor) in current.ancestors().enumerate().take(4) {
        // From the root everything would be "relative".
        if ancestor.parent().is_none() {
            break;
        }
        if let Ok(rest) = path.strip_prefix(ancestor) {
            let shown = PathBuf::from("../".repeat(up)).join(rest);
            return if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.display().to_string() };
        }
    }
    path.display().to_string()
}

/// Returns what the system says, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

/// Returns a path as a word of a shell.
pub fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), std::borrow::Cow::into_owned)
}

fn content(path: &Path) -> Result<String, String> {
    let bytes = bytes(path)?;
    if bytes.contains(&0) {
        return Err("it is a binary file, with zero bytes in it".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        format!("it is not UTF-8 text: the first wrong byte is in line {line}")
    })
}

/// Reads a whole file. Most are small: they fit into the first read, and the second finds their end, which takes two
/// calls less than asking how large they are.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| reason(&error);
    let mut file = open_to_read(path).map_err(unreadable)?;
    let mut first = [0; 8 << 10];
    let mut read = file.read(&mut first).map_err(unreadable)?;
    if (1..first.len()).contains(&read) {
        let more = file.read(&mut first[read..]).map_err(unreadable)?;
        if more == 0 {
            return Ok(first[..read].to_vec());
        }
        read += more;
    }
    // Large, empty, or no file at all.
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if metadata.len() > SIZE_LIMIT {
        let size = metadata.len() >> 20;
        return Err(format!("it is {size} MB large, and files up to {} MB are read", SIZE_LIMIT >> 20));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    bytes.extend_from_slice(&first[..read]);
    file.take(SIZE_LIMIT).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Opens a file without waiting: to open a pipe as other files are opened takes until somebody writes into it.
#[cfg(unix)]
fn open_to_read(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open_to_read(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}

fn hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a directory of files with their texts.
    fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, Directory) {
        let temporary = tempfile::tempdir().expect("a temporary directory can be made");
        for (file, text) in files {
            let path = temporary.path().join(file);
            fs::create_dir_all(path.parent().expect("it lies in the directory")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        let directory = Directory::open(temporary.path()).expect("it is there");
        (temporary, directory)
    }

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
        insta::assert_snapshot!(listing(&directory), @r#"
        versions/2026/b.sql: "new"
        versions/a.sql: "old"
        "#);
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
    }
}
