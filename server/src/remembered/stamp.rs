//! What the system says of a file: while it says the same, the file is the same.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A file system may keep times in steps of up to two seconds: a change within one step shows in none of them.
const STEP: Duration = Duration::from_secs(2);

/// Which file it is and when it changed last, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    device: u64,
    file: u64,
    size: u64,
    modified: i64,
    /// Also moved by whoever sets `modified` back.
    changed: i64,
}

impl Stamp {
    /// Returns what the system says of a regular file; none of anything else, links among them.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let nanoseconds = |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
        Some(Self {
            device: metadata.dev(),
            file: metadata.ino(),
            size: metadata.size(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec())?,
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec())?,
        })
    }

    /// Elsewhere nothing tells a file from one that was put in its place.
    #[cfg(not(unix))]
    pub(super) fn of(_path: &Path) -> Option<Self> {
        None
    }

    /// Returns whether the file changed so long before `now` that any later change shows.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).ok().and_then(|now| now.checked_sub(STEP));
        let limit = now.and_then(|now| i64::try_from(now.as_nanos()).ok());
        limit.is_some_and(|limit| self.modified.max(self.changed) < limit)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_settled_two_seconds_after_its_last_change() {
        let stamp = |modified, changed| Stamp { device: 1, file: 1, size: 1, modified, changed };
        let now = UNIX_EPOCH + Duration::from_secs(10);
        let second = 1_000_000_000;
        assert!(stamp(8 * second - 1, 8 * second - 1).is_settled(now));
        assert!(!stamp(8 * second, 0).is_settled(now), "modified just now");
        assert!(!stamp(0, 8 * second).is_settled(now), "its time was set back just now");
        assert!(!stamp(11 * second, 0).is_settled(now), "its time lies ahead");
        assert!(!stamp(0, 0).is_settled(UNIX_EPOCH), "the clock is wrong");
    }

    #[test]
    fn only_a_regular_file_has_one() {
        let directory = tempfile::tempdir().expect("writable");
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("file"), "text").expect("writable");
        std::os::unix::fs::symlink(path("file"), path("link")).expect("writable");
        assert!(Stamp::of(&path("file")).is_some());
        for other in ["link", "missing", "."] {
            assert_eq!(Stamp::of(&path(other)), None, "{other}");
        }
    }
}
