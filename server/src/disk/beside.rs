//! Where something new is written before it takes its place: beside it, on the same file system.
//!
//! It goes when it is dropped. Others may read it as the umask allows, as if an editor or `mkdir` had made it: what is
//! temporary is otherwise its owner's alone, and a web server runs as somebody else.

use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile, TempDir};

/// What every such name begins with; readers of a migrations directory leave hidden names out.
const PREFIX: &str = ".limbeck-";

/// Makes an empty file.
pub(super) fn file(parent: &Path) -> io::Result<NamedTempFile> {
    readable(Builder::new().prefix(PREFIX).suffix(".new"), 0o666).tempfile_in(parent)
}

/// Makes an empty file that only this user reads.
pub(super) fn private_file(parent: &Path) -> io::Result<NamedTempFile> {
    Builder::new().prefix(PREFIX).suffix(".new").tempfile_in(parent)
}

/// Makes an empty directory.
pub(super) fn directory(parent: &Path, suffix: &str) -> io::Result<TempDir> {
    readable(Builder::new().prefix(PREFIX).suffix(suffix), 0o777).tempdir_in(parent)
}

#[cfg(unix)]
fn readable<'b, 'n, 's>(builder: &'b mut Builder<'n, 's>, mode: u32) -> &'b mut Builder<'n, 's> {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn readable<'b, 'n, 's>(builder: &'b mut Builder<'n, 's>, _mode: u32) -> &'b mut Builder<'n, 's> {
    builder
}
