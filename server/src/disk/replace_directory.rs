//! A directory in the place of another.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::{Parents, beside, rights};

/// Why nothing was put in a place. What stood there stands there as before.
#[derive(Debug)]
pub(crate) enum NotReplaced {
    /// Somebody else was first.
    Taken,
    /// The system refuses.
    Io(io::Error),
}

impl From<io::Error> for NotReplaced {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Puts a directory of `files`, as paths and contents, at `place`, a resolved path: where nothing is, or where something
/// `was` a moment ago, whose mode and owner it gets. The directories on the way are made.
pub(crate) fn replace_directory<'a>(
    place: &Path,
    was: bool,
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<(), NotReplaced> {
    let parent = place.parent().unwrap_or(place);
    let parents = Parents::make(parent)?;
    let new = beside::directory(parent, ".new")?;
    if was {
        // Before there is anything to read in it.
        rights::pass_on(&fs::metadata(place).map_err(gone)?, new.path())?;
    }
    for (path, content) in files {
        let path = new.path().join(path);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut written = fs::File::create_new(&path)?;
        written.write_all(content)?;
        written.sync_all()?;
    }
    if !was {
        put(new.path(), place)?;
        let _ = new.keep();
        parents.keep();
        return Ok(());
    }
    // Aside, and back again should the new one not take its place.
    let old = beside::directory(parent, ".old")?;
    let aside = old.path().join("old");
    fs::rename(place, &aside).map_err(gone)?;
    if let Err(failure) = put(new.path(), place) {
        let back = fs::rename(&aside, place).is_ok();
        if !back && !matches!(failure, NotReplaced::Taken) {
            // Better a directory with an odd name than none.
            let _ = old.keep();
        }
        return Err(failure);
    }
    let _ = new.keep();
    Ok(())
}

/// Judges why a place that was there a moment ago cannot be looked at or moved: if it is gone, somebody else has it
/// aside.
fn gone(error: io::Error) -> NotReplaced {
    if error.kind() == io::ErrorKind::NotFound { NotReplaced::Taken } else { NotReplaced::Io(error) }
}

/// Gives a directory the name of a place where none is.
fn put(directory: &Path, place: &Path) -> Result<(), NotReplaced> {
    fs::rename(directory, place).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => NotReplaced::Taken,
        _ => NotReplaced::Io(error),
    })
}
