//! One writer at a time: who decides what a new revision stands on must see what the writer before it wrote.
//!
//! The lock is the operating system's, on the directory itself where that can be opened: no file is left behind, and a
//! writer that dies lets go of it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Directory, WriteError};
use crate::disk::reason;

/// How long to try; writing a revision takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often to try.
const PAUSE: Duration = Duration::from_millis(10);

/// The right to write into a migrations directory, until it is dropped.
#[derive(Debug)]
pub struct WriteLock {
    _held: Option<File>,
    missing: Option<String>,
}

impl WriteLock {
    /// Returns why nobody else is kept from writing at the same time: not every file system knows locks.
    pub fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }
}

impl Directory {
    /// Waits until nobody else writes into the directory. Read the project after this, not before.
    ///
    /// Blocks the thread. Where the system has no lock to give, goes on without one.
    ///
    /// # Errors
    /// [`WriteError::Busy`] when another writer does not end in time.
    pub fn lock(&self) -> Result<WriteLock, WriteError> {
        self.lock_within(PATIENCE)
    }

    fn lock_within(&self, patience: Duration) -> Result<WriteLock, WriteError> {
        let without = |error: &io::Error| Ok(WriteLock { _held: None, missing: Some(reason(error)) });
        let file = match open(self.path()) {
            Ok(file) => file,
            Err(error) => return without(&error),
        };
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(WriteLock { _held: Some(file), missing: None }),
                Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Interrupted => {
                    return without(&error);
                }
                Err(_) if start.elapsed() >= patience => {
                    return Err(WriteError::Busy { path: self.path().to_path_buf() });
                }
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }
}

#[cfg(unix)]
fn open(directory: &Path) -> io::Result<File> {
    File::open(directory)
}

/// Elsewhere a directory is no file that could be locked; one of the same name in the temporary directory stands for it.
#[cfg(not(unix))]
fn open(directory: &Path) -> io::Result<File> {
    use sha2::{Digest as _, Sha256};
    let path = directory.canonicalize()?;
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let name: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    File::options().create(true).append(true).open(std::env::temp_dir().join(format!("limbeck-{name}.lock")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_writer_waits_for_the_first_and_gives_up_in_the_end() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let directory = Directory::open(temporary.path()).expect("it is there");
        let first = directory.lock().expect("nobody else writes");
        assert_eq!(first.missing(), None);
        let second = directory.lock_within(Duration::from_millis(30)).map(drop);
        assert_eq!(
            second.map_err(|error| error.to_string()),
            Err(format!("another program is writing to {}", temporary.path().display()))
        );
        drop(first);
        assert!(directory.lock_within(Duration::ZERO).is_ok());
        assert_eq!(std::fs::read_dir(temporary.path()).expect("readable").count(), 0, "nothing is left behind");
    }
}
