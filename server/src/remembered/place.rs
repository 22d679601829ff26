//! Where the memory of a directory lies, and whether it is this user's to believe.

use std::fs::{self, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::disk;

/// The variable that turns the memory off.
const VARIABLE: &str = "LIMBECK_CACHE";
/// Its value that does.
const OFF: &str = "off";
/// Memories that were not written for so long are taken away when a new one is made.
const FORGOTTEN: Duration = Duration::from_secs(90 * 24 * 3600);

/// A file in the user's cache directory.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    name: String,
}

impl Place {
    /// Returns the place for a migrations directory, by its real path; none where there is no cache directory or
    /// nothing is to be remembered.
    pub(super) fn of(root: &Path) -> Option<Self> {
        if std::env::var_os(VARIABLE).is_some_and(|value| value == OFF) {
            return None;
        }
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
        Some(Self::within(&cache, root))
    }

    pub(super) fn within(cache: &Path, root: &Path) -> Self {
        let hash = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let name = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { directory: cache.join("limbeck").join("remembered"), name }
    }

    fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Returns what is there, if nobody else can have written it.
    pub(super) fn read(&self) -> Option<Vec<u8>> {
        fs::metadata(&self.directory).ok().filter(is_ours)?;
        let mut file = disk::open_unlinked(&self.path()).ok()?;
        let metadata = file.metadata().ok().filter(|metadata| metadata.is_file() && is_ours(metadata))?;
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()? + 1);
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Returns whether it was written so shortly ago.
    pub(super) fn written_within(&self, time: Duration) -> bool {
        let modified = fs::symlink_metadata(self.path()).and_then(|metadata| metadata.modified());
        modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|elapsed| elapsed < time))
    }

    /// Puts bytes there, whole or not at all, for nobody else to read.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.make_directory()?;
        let is_new = fs::symlink_metadata(self.path()).is_err();
        disk::keep_private(&self.path(), bytes)?;
        if is_new {
            self.clean()?;
        }
        Ok(())
    }

    fn make_directory(&self) -> io::Result<()> {
        if !self.directory.exists() {
            let above = self.directory.ancestors().skip(1).find_map(|above| fs::metadata(above).ok());
            // Who is root for a moment leaves nothing in a home that its owner could not use.
            if is_root() && !above.is_some_and(|above| is_owned(&above)) {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            disk::make_private(&self.directory)?;
        }
        if is_ours(&fs::metadata(&self.directory)?) { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }

    /// Takes away what nobody came back to.
    fn clean(&self) -> io::Result<()> {
        let limit = SystemTime::now().checked_sub(FORGOTTEN);
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let modified = entry.metadata()?.modified()?;
            if limit.is_some_and(|limit| modified < limit) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Returns whether something is this user's, and nobody else may write into it.
#[cfg(unix)]
fn is_ours(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    is_owned(metadata) && metadata.mode() & 0o022 == 0
}

#[cfg(unix)]
fn is_owned(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() == nix::unistd::geteuid().as_raw()
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// Elsewhere nothing is remembered.
#[cfg(not(unix))]
fn is_ours(_metadata: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn is_owned(_metadata: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    struct Home {
        cache: tempfile::TempDir,
        place: Place,
    }

    fn home() -> Home {
        let cache = tempfile::tempdir().expect("writable");
        let place = Place::within(cache.path(), Path::new("/srv/shop/migrations"));
        Home { cache, place }
    }

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o7777
    }

    fn allow(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    #[test]
    fn what_is_written_is_for_nobody_else_to_read() {
        let Home { cache, place } = home();
        assert_eq!(place.read(), None);
        place.write(b"first").expect("writable");
        place.write(b"second").expect("writable");
        assert_eq!(place.read().as_deref(), Some(&b"second"[..]));
        assert_eq!((mode(&place.directory), mode(&place.path())), (0o700, 0o600));
        assert_eq!(fs::read_dir(cache.path().join("limbeck/remembered")).expect("readable").count(), 1);
    }

    #[test]
    fn another_directory_has_another_place() {
        let Home { cache, place } = home();
        assert_ne!(place.name, Place::within(cache.path(), Path::new("/srv/shop2/migrations")).name);
        assert_eq!(place.name, Place::within(cache.path(), Path::new("/srv/shop/migrations")).name);
    }

    #[test]
    fn what_others_could_have_written_is_not_believed() {
        let Home { place, .. } = home();
        place.write(b"bytes").expect("writable");
        for (path, right) in [(place.path(), 0o600), (place.directory.clone(), 0o700)] {
            for wrong in [right | 0o020, right | 0o002] {
                allow(&path, wrong);
                assert_eq!(place.read(), None, "{} with {wrong:o}", path.display());
            }
            allow(&path, right);
            assert!(place.read().is_some());
        }
        allow(&place.directory, 0o770);
        place.write(b"more").expect_err("whoever may write there could put another file in its place");
    }

    #[test]
    fn what_belongs_to_somebody_else_is_not_believed() {
        let Home { place, .. } = home();
        place.write(b"bytes").expect("writable");
        if is_root() {
            std::os::unix::fs::chown(place.path(), Some(65534), None).expect("root gives files away");
            assert_eq!(place.read(), None);
        } else {
            assert!(!is_ours(&fs::metadata("/").expect("there is a root")));
        }
    }

    #[test]
    fn a_link_a_pipe_or_a_directory_in_its_place_is_not_read() {
        let Home { cache, place } = home();
        place.write(b"bytes").expect("writable");
        fs::rename(place.path(), cache.path().join("elsewhere")).expect("writable");
        symlink(cache.path().join("elsewhere"), place.path()).expect("writable");
        assert_eq!(place.read(), None);
        place.write(b"anew").expect("the link is replaced");
        assert_eq!(fs::read(cache.path().join("elsewhere")).ok().as_deref(), Some(&b"bytes"[..]));
        assert_eq!(place.read().as_deref(), Some(&b"anew"[..]));

        fs::remove_file(place.path()).expect("writable");
        let made = std::process::Command::new("mkfifo").arg(place.path()).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo works");
        allow(&place.path(), 0o600);
        assert_eq!(place.read(), None);

        fs::remove_file(place.path()).expect("writable");
        fs::create_dir(place.path()).expect("writable");
        assert_eq!(place.read(), None);
        place.write(b"anew").expect_err("no file takes the place of a directory");
        assert_eq!(fs::read_dir(&place.directory).expect("readable").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_cache_directory_that_cannot_be_is_an_error_to_pass_over() {
        let root = Path::new("/srv/shop/migrations");
        let place = Place::within(Path::new("/dev/null/cache"), root);
        assert_eq!(place.read(), None);
        place.write(b"bytes").expect_err("there is no directory below a device");
    }

    #[test]
    fn what_nobody_came_back_to_goes_when_something_new_comes() {
        let Home { cache, place } = home();
        let other = |name: &str| Place::within(cache.path(), Path::new(name));
        let (old, young) = (other("/old"), other("/young"));
        old.write(b"old").expect("writable");
        young.write(b"young").expect("writable");
        let file = fs::File::options().write(true).open(old.path()).expect("it is ours");
        file.set_modified(SystemTime::now() - FORGOTTEN - Duration::from_secs(60)).expect("it is ours");
        young.write(b"young").expect("writable");
        assert!(old.read().is_some(), "looked for only when a new one comes");
        place.write(b"bytes").expect("writable");
        assert!(old.read().is_none() && young.read().is_some() && place.read().is_some());
    }
}
