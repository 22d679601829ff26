//! A file that only this user reads, and that may be lost.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::path::Path;

use super::beside;

/// Writes bytes beside the place and then into it, so that a reader finds the old file or the new one. Nobody waits for
/// the disk: after a loss of power the file may be damaged.
pub(crate) fn keep_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = beside::private_file(path.parent().unwrap_or(Path::new(".")))?;
    temporary.write_all(bytes)?;
    temporary.persist(path)?;
    Ok(())
}

/// Makes a directory that only this user may look into, and whatever is missing above it.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Opens a file, unless a link stands in its place; does not wait for somebody to write into a pipe.
#[cfg(unix)]
pub(crate) fn open_unlinked(path: &Path) -> io::Result<fs::File> {
    use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK | O_NOFOLLOW).open(path)
}

#[cfg(not(unix))]
pub(crate) fn open_unlinked(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}
