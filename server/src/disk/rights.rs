//! Mode and owner of what is replaced: they pass to what takes its place.

use std::fs;
use std::io;
use std::path::Path;

/// Gives `new` the mode of `old`, and its owner and group as far as this user may.
#[cfg(unix)]
pub(crate) fn pass_on(old: &fs::Metadata, new: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let own = fs::metadata(new)?;
    if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
        // Only root gives files away; a group that one is in anybody may choose.
        let _ = chown(new, Some(old.uid()), Some(old.gid())).or_else(|_| chown(new, None, Some(old.gid())));
    }
    // After the owner, whose change may clear bits.
    if fs::metadata(new)?.mode() != old.mode() {
        fs::set_permissions(new, old.permissions())?;
    }
    Ok(())
}

/// Elsewhere the directory around decides.
#[cfg(not(unix))]
pub(crate) fn pass_on(_old: &fs::Metadata, _new: &Path) -> io::Result<()> {
    Ok(())
}
