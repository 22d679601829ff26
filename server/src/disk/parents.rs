//! The way to a place that is not there yet: where it leads, and the directories that are made on it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Returns where `path` is, or where it would be, without links.
///
/// # Errors
///
/// What the system says of a link that leads nowhere, and of `..` behind a directory that is not there.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut there = absolute.as_path();
    let mut missing = Vec::new();
    loop {
        let error = match there.canonicalize() {
            Ok(real) => return Ok(missing.into_iter().rev().fold(real, |path, name| path.join(name))),
            Err(error) => error,
        };
        if error.kind() != io::ErrorKind::NotFound || fs::symlink_metadata(there).is_ok() {
            return Err(error);
        }
        // A path that ends with `..` has no name.
        let (Some(name), Some(parent)) = (there.file_name(), there.parent()) else { return Err(error) };
        missing.push(name);
        there = parent;
    }
}

/// Directories that were made on the way to a place; they go when this is dropped, unless they are kept.
pub(crate) struct Parents {
    /// Outermost first.
    made: Vec<PathBuf>,
}

impl Parents {
    /// Makes `directory`, a resolved path, and whatever is missing above it.
    pub(crate) fn make(directory: &Path) -> io::Result<Self> {
        let mut parents = Self { made: Vec::new() };
        let missing: Vec<_> = directory.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
        for path in missing.into_iter().rev() {
            match fs::create_dir(path) {
                Ok(()) => parents.made.push(path.to_path_buf()),
                // Somebody else was faster; theirs stays.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(parents)
    }

    /// Leaves them there.
    pub(crate) fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Parents {
    fn drop(&mut self) {
        for path in self.made.iter().rev() {
            // One that holds something by now stays.
            let _ = fs::remove_dir(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_where_the_system_would_look_for_it() {
        let root = tempfile::tempdir().expect("writable");
        let real = root.path().canonicalize().expect("it is there");
        fs::create_dir(real.join("is")).expect("writable");
        let resolved = |path: &str| resolve(&root.path().join(path)).ok();
        assert_eq!(resolved("is"), Some(real.join("is")));
        assert_eq!(resolved("is/../new/below"), Some(real.join("new/below")));
        assert_eq!(resolved("new/.."), None);
        assert_eq!(resolved("new/../is"), None);
    }

    #[test]
    fn directories_on_the_way_go_again_unless_they_are_kept_or_used() {
        let root = tempfile::tempdir().expect("writable");
        let real = root.path().canonicalize().expect("it is there");
        let make = |path: &str| Parents::make(&real.join(path)).expect("writable");
        drop(make("a/b/c"));
        assert!(!real.join("a").exists());
        let parents = make("a/b/c");
        fs::write(real.join("a/theirs"), "").expect("writable");
        drop(parents);
        assert!(real.join("a/theirs").exists() && !real.join("a/b").exists());
        make("a/b").keep();
        assert!(real.join("a/b").exists());
    }
}
