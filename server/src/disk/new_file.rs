//! A file where none is.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::beside;

/// Writes a new file with all of `text` or leaves nothing, creating the directories on the way. It is on the disk when
/// this returns.
///
/// Returns false, and writes nothing, where a file of that name is there already.
pub(crate) fn write_new(path: &Path, text: &str) -> io::Result<bool> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let mut temporary = beside::file(parent)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error.error),
    }
    // The name is on the disk once the directory is. Not every file system lets a directory be synced.
    if let Ok(directory) = fs::File::open(parent) {
        let _ = directory.sync_all();
    }
    Ok(true)
}
