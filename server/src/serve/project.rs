//! The project as it lies on the disk now.
//!
//! A checkout under a running server is normal: every request looks whether a file changed, and reads again when one
//! did. Requests that come at the same time share the look.

use std::sync::{Arc, OnceLock};
use std::time::{Instant, UNIX_EPOCH};

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use limbeck_core::document::{self, Role};
use limbeck_core::project::{File, Project, Reading};
use sha2::{Digest, Sha256};
use std::io::Write;
use tokio::sync::Mutex;
use walkdir::WalkDir;

use super::error::ApiError;
use crate::directory::Directory;
use crate::project_document::{self, etag};
use crate::threads::Threads;

/// The project at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// Settings, revisions, graph.
    pub(crate) project: Project,
    /// 32 hexadecimal digits over all files.
    pub(crate) etag: String,
    /// For a viewer.
    document: document::Project,
    /// The compressed document for each role, made when first asked for.
    compressed: [OnceLock<Bytes>; 3],
}

/// The directory and what was last read from it.
#[derive(Debug)]
pub(crate) struct Projects {
    directory: Directory,
    last: Mutex<Option<Last>>,
}

#[derive(Debug)]
struct Last {
    looked_at: Instant,
    fingerprint: [u8; 32],
    snapshot: Arc<Snapshot>,
}

impl Projects {
    /// Returns the projects of a directory, of which nothing is read yet.
    pub(crate) fn new(directory: Directory) -> Self {
        Self { directory, last: Mutex::new(None) }
    }

    /// Returns the directory.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Returns the project as it is at some moment after this call.
    pub(crate) async fn current(&self) -> Result<Arc<Snapshot>, ApiError> {
        let asked_at = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(last) = last.as_ref().filter(|last| last.looked_at >= asked_at) {
            return Ok(Arc::clone(&last.snapshot));
        }
        let looked_at = Instant::now();
        let directory = self.directory.clone();
        let known = last.as_ref().map(|last| (last.fingerprint, Arc::clone(&last.snapshot)));
        let look = move || {
            let fingerprint = fingerprint(&directory);
            match known {
                Some((known, snapshot)) if known == fingerprint => (fingerprint, snapshot),
                known => {
                    let files = directory.read();
                    let etag = etag(&files);
                    // Touched, or changed and changed back: what was made of the same files is good still.
                    let same = known.filter(|(_, snapshot)| snapshot.etag == etag);
                    let read = || Arc::new(Snapshot::new(&directory, files, etag));
                    (fingerprint, same.map_or_else(read, |(_, snapshot)| snapshot))
                }
            }
        };
        let (fingerprint, snapshot) =
            tokio::task::spawn_blocking(look).await.map_err(|_| ApiError::internal("the project could not be read"))?;
        *last = Some(Last { looked_at, fingerprint, snapshot: Arc::clone(&snapshot) });
        Ok(snapshot)
    }
}

impl Snapshot {
    fn new(directory: &Directory, files: Vec<File>, etag: String) -> Self {
        let project = Project::load_with(&files, |file| Reading::File(file.clone()), &Threads);
        let document = project_document::document(directory, &project, files, Role::Viewer);
        Self { project, etag, document, compressed: Default::default() }
    }

    /// Returns the document of `GET /api/project` as JSON.
    pub(crate) fn json(&self, role: Role) -> Result<Vec<u8>, ApiError> {
        let document = document::Project { role, ..self.document.clone() };
        serde_json::to_vec(&document).map_err(|error| ApiError::internal(error.to_string()))
    }

    /// Returns the same, compressed with gzip; made once for each role.
    pub(crate) fn gzip(&self, role: Role) -> Result<Bytes, ApiError> {
        let slot = match role {
            Role::Viewer => &self.compressed[0],
            Role::Editor => &self.compressed[1],
            Role::Operator => &self.compressed[2],
        };
        if let Some(bytes) = slot.get() {
            return Ok(bytes.clone());
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(5));
        let compressed = encoder.write_all(&self.json(role)?).and_then(|()| encoder.finish());
        let bytes = compressed.map_err(|error| ApiError::internal(error.to_string()))?;
        Ok(slot.get_or_init(|| Bytes::from(bytes)).clone())
    }
}

/// Returns a digest over everything that tells a changed file without reading it. Looks at no less than what
/// [`Directory::read`] reads, and like it at nothing outside: a link to `/` would be walked for hours.
fn fingerprint(directory: &Directory) -> [u8; 32] {
    let mut hash = Sha256::new();
    let bounds = directory.bounds();
    let mut walk =
        WalkDir::new(directory.path()).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
            let name = entry.file_name().as_encoded_bytes();
            let read = entry.depth() != 1 || !entry.file_type().is_dir() || matches!(name, b"versions" | b"schema");
            entry.depth() == 0 || (read && !name.starts_with(b"."))
        });
    while let Some(entry) = walk.next() {
        if let Ok(link) = entry.as_ref()
            && link.path_is_symlink()
            && bounds.leaves(link.path())
        {
            hash.update(b"out");
            hash.update(link.path().as_os_str().as_encoded_bytes());
            if link.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        let described = entry.and_then(|entry| Ok((entry.metadata()?, entry)));
        match described {
            Ok((metadata, entry)) => {
                let path = entry.path().as_os_str().as_encoded_bytes();
                hash.update((path.len() as u64).to_le_bytes());
                hash.update(path);
                hash.update(metadata.len().to_le_bytes());
                let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                hash.update(modified.map_or(0, |time| time.as_nanos()).to_le_bytes());
                #[cfg(unix)]
                {
                    // A file put in place of another of equal size and time is another file all the same.
                    use std::os::unix::fs::MetadataExt as _;
                    hash.update(metadata.ino().to_le_bytes());
                    hash.update(metadata.ctime().to_le_bytes());
                    hash.update(metadata.ctime_nsec().to_le_bytes());
                    hash.update(metadata.mode().to_le_bytes());
                }
            }
            Err(error) => hash.update(error.to_string().as_bytes()),
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_any_file_that_is_read_shows_in_the_fingerprint() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path();
        std::fs::create_dir_all(root.join("versions/2026")).expect("writable");
        let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("writable");
        write("limbeck.toml", "");
        write("versions/2026/a.sql", "one");
        let opened = Directory::open(root).expect("it is there");
        let fingerprint = || super::fingerprint(&opened);
        let mut seen = vec![fingerprint()];
        assert_eq!(seen[0], fingerprint(), "nothing changed");
        write("versions/2026/b.sql", "one");
        seen.push(fingerprint());
        // The same length and, with some luck, the same tick of the clock.
        std::fs::rename(root.join("versions/2026/b.sql"), root.join("versions/2026/a.sql")).expect("writable");
        seen.push(fingerprint());
        write("limbeck.toml", "name = 'shop'");
        seen.push(fingerprint());
        std::fs::remove_dir_all(root.join("versions")).expect("writable");
        seen.push(fingerprint());
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_the_directory_is_looked_at_but_the_link_is() {
        use std::os::unix::fs::symlink;
        let (directory, outside) = (tempfile::tempdir().expect("writable"), tempfile::tempdir().expect("writable"));
        let link = directory.path().join("versions/out");
        std::fs::create_dir_all(directory.path().join("versions")).expect("writable");
        let opened = Directory::open(directory.path()).expect("it is there");
        let without = fingerprint(&opened);
        symlink(outside.path(), &link).expect("writable");
        let with = fingerprint(&opened);
        assert_ne!(without, with);
        std::fs::write(outside.path().join("a.sql"), "one").expect("writable");
        assert_eq!(fingerprint(&opened), with);
    }
}
