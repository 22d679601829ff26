//! A file in the place of another.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::{Parents, beside, resolve, rights};

/// Writes beside the place and then into it, so that a reader finds the old file or the new one, which has the mode and
/// owner of the old. The directories on the way are made.
///
/// What a link leads to is replaced, not the link; what is no file, such as a pipe or a device, is written into.
pub(crate) fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&real).is_ok_and(|there| !there.is_file()) {
        // A directory refuses.
        return fs::OpenOptions::new().write(true).open(&real)?.write_all(text.as_bytes());
    }
    let real = resolve(path)?;
    let parent = real.parent().unwrap_or(&real);
    let parents = Parents::make(parent)?;
    let mut temporary = beside::file(parent)?;
    if let Ok(before) = fs::metadata(&real) {
        // Before there is anything to read in it.
        rights::pass_on(&before, temporary.path())?;
    }
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(&real)?;
    parents.keep();
    Ok(())
}
