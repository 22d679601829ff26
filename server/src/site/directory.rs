//! Where a site is written: places that may be, and what is never replaced.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{MANIFEST, Manifest, SiteError, SiteFile};
use crate::disk::{self, NotReplaced, resolve};

/// A place that may be written.
pub(super) struct Place {
    /// As it was named.
    named: PathBuf,
    /// Without links, so that what is replaced is the directory and not a link to it.
    path: PathBuf,
    exists: bool,
}

impl Place {
    /// Looks whether `path` is free, empty, or an earlier export with nothing else in it, and apart from `migrations`.
    pub(super) fn find(path: &Path, migrations: &Path) -> Result<Self, SiteError> {
        let named = path.to_path_buf();
        let io = |error| SiteError::Io { path: path.to_path_buf(), error };
        let real = resolve(path).map_err(io)?;
        let exists = real.exists();
        if exists && !real.is_dir() {
            return Err(SiteError::NotADirectory { path: named });
        }
        let migrations = migrations.canonicalize().map_err(io)?;
        let relation = match (real.starts_with(&migrations), migrations.starts_with(&real)) {
            (true, true) => Some("is"),
            (false, true) => Some("holds"),
            (true, false) => Some("lies within"),
            (false, false) => None,
        };
        if let Some(relation) = relation {
            return Err(SiteError::Migrations { path: named, relation });
        }
        let place = Self { named, path: real, exists };
        if !exists {
            return Ok(place);
        }
        if let Some(entry) = place.foreign().map_err(io)? {
            return Err(SiteError::Foreign { path: place.named, entry });
        }
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        if here.is_ok_and(|here| here.starts_with(&place.path)) {
            return Err(SiteError::Inside { path: place.named });
        }
        Ok(place)
    }

    /// Puts the files there, in the place of everything that an earlier export wrote.
    pub(super) fn replace(self, files: &[SiteFile]) -> Result<(), SiteError> {
        let contents = files.iter().map(|file| (file.path.as_str(), file.content.as_ref()));
        disk::replace_directory(&self.path, self.exists, contents).map_err(|failure| match failure {
            NotReplaced::Taken => SiteError::Meanwhile { path: self.named },
            NotReplaced::Io(error) => SiteError::Io { path: self.named, error },
        })
    }

    /// Returns the first thing in the directory that no export wrote.
    fn foreign(&self) -> io::Result<Option<String>> {
        let manifest = fs::read(self.path.join(MANIFEST)).unwrap_or_default();
        let ours: BTreeSet<String> = serde_json::from_slice::<Manifest>(&manifest)
            .map(|manifest| manifest.files.into_iter().collect())
            .unwrap_or_default();
        // A directory is ours when a file of ours is below it.
        let on_the_way: BTreeSet<&str> =
            ours.iter().flat_map(|file| file.match_indices('/').map(|(end, _)| &file[..end])).collect();
        for entry in WalkDir::new(&self.path).min_depth(1).sort_by_file_name() {
            let entry = entry?;
            let inside = entry.path().strip_prefix(&self.path).unwrap_or(entry.path());
            let name: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            let name = name.join("/");
            let kind = entry.file_type();
            if kind.is_dir() {
                if !on_the_way.contains(name.as_str()) {
                    return Ok(Some(name + "/"));
                }
            } else if !kind.is_file() || !ours.contains(&name) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<SiteFile> {
        let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        names.push(MANIFEST.to_owned());
        let manifest = serde_json::to_vec(&Manifest { format: 1, files: names.clone() }).expect("it can be written");
        let content = |name: &String| if name == MANIFEST { manifest.clone() } else { name.clone().into_bytes() };
        names.iter().map(|name| SiteFile { path: name.clone(), content: content(name).into() }).collect()
    }

    fn write(path: &Path, names: &[&str]) -> Result<(), String> {
        let migrations = tempfile::tempdir().expect("writable");
        let place = Place::find(path, migrations.path());
        place.and_then(|place| place.replace(&files(names))).map_err(|error| error.to_string())
    }

    /// Returns everything below a directory.
    fn listing(path: &Path) -> Vec<String> {
        let entries = WalkDir::new(path).min_depth(1).sort_by_file_name().into_iter();
        let name = |entry: walkdir::DirEntry| {
            entry.path().strip_prefix(path).expect("it is below").to_string_lossy().into_owned()
        };
        entries.map(|entry| name(entry.expect("it can be listed"))).collect()
    }

    #[test]
    fn a_site_takes_a_new_place_an_empty_one_and_that_of_an_earlier_site() {
        let parent = tempfile::tempdir().expect("writable");
        let path = parent.path().join("out/site");
        assert_eq!(write(&path, &["a", "below/b"]), Ok(()));
        assert_eq!(listing(&path), ["a", "below", "below/b", MANIFEST]);
        assert_eq!(write(&path, &["a", "c"]), Ok(()));
        assert_eq!(listing(&path), ["a", "c", MANIFEST], "what the earlier export had is gone");

        let empty = parent.path().join("empty");
        fs::create_dir(&empty).expect("writable");
        assert_eq!(write(&empty, &["a"]), Ok(()));
        assert_eq!(listing(parent.path()).iter().filter(|name| name.starts_with('.')).count(), 0, "nothing is left");
    }

    #[test]
    fn what_no_export_wrote_is_never_replaced() {
        let parent = tempfile::tempdir().expect("writable");
        let path = parent.path().join("site");
        let refusal = |file: &str| Err(format!("{} holds {file}, which no export wrote", path.display()));
        fs::create_dir(&path).expect("writable");
        fs::write(path.join("index.html"), "somebody's").expect("writable");
        assert_eq!(write(&path, &["index.html"]), refusal("index.html"));
        fs::remove_file(path.join("index.html")).expect("writable");

        assert_eq!(write(&path, &["index.html", "below/a"]), Ok(()));
        fs::write(path.join("below/CNAME"), "somebody's").expect("writable");
        let before = listing(&path);
        assert_eq!(write(&path, &["index.html"]), refusal("below/CNAME"));
        assert_eq!(listing(&path), before);
        fs::remove_file(path.join("below/CNAME")).expect("writable");
        fs::create_dir_all(path.join("below/keep/deep")).expect("writable");
        assert_eq!(write(&path, &["index.html"]), refusal("below/keep/"), "an empty one, too");
        fs::remove_dir_all(path.join("below")).expect("writable");

        fs::write(path.join(MANIFEST), "not ours").expect("writable");
        assert_eq!(write(&path, &["index.html"]), refusal("index.html"));
    }

    #[test]
    fn of_two_who_write_a_site_at_once_one_is_told_so_and_neither_leaves_anything_else() {
        let (parent, migrations) = (tempfile::tempdir().expect("writable"), tempfile::tempdir().expect("writable"));
        let path = parent.path().join("site");
        let taken = || Err(format!("somebody else wrote {} meanwhile", path.display()));
        let find = || Place::find(&path, migrations.path()).expect("it may be written");
        let replace = |place: Place, name: &str| place.replace(&files(&[name])).map_err(|error| error.to_string());

        let (first, second) = (find(), find());
        assert_eq!(replace(first, "a"), Ok(()));
        assert_eq!(replace(second, "b"), taken());
        assert_eq!(listing(parent.path()), ["site", "site/a", &format!("site/{MANIFEST}")]);

        let late = find();
        fs::remove_dir_all(&path).expect("it is ours");
        assert_eq!(replace(late, "c"), taken(), "the other has it aside");
        assert_eq!(listing(parent.path()), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_to_the_directory_and_never_taken_for_a_file_of_ours() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let parent = tempfile::tempdir().expect("writable");
        let (path, link) = (parent.path().join("site"), parent.path().join("link"));
        assert_eq!(write(&path, &["a"]), Ok(()));
        symlink(&path, &link).expect("writable");
        assert_eq!(write(&link, &["b"]), Ok(()));
        assert!(link.is_symlink());
        assert_eq!(listing(&path), ["b", MANIFEST]);

        fs::remove_file(path.join("b")).expect("writable");
        symlink("/etc/hostname", path.join("b")).expect("writable");
        assert!(write(&path, &["b"]).is_err_and(|error| error.contains("holds b,")));
        symlink("nowhere", parent.path().join("dangling")).expect("writable");
        assert!(write(&parent.path().join("dangling"), &["b"]).is_err());

        let by_hand = parent.path().join("by-hand");
        fs::create_dir(&by_hand).expect("writable");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode();
        assert_eq!(mode(&path), mode(&by_hand), "others may read as the umask allows");
    }

    #[test]
    fn a_site_and_the_migrations_stay_apart() {
        let parent = tempfile::tempdir().expect("writable");
        let migrations = parent.path().join("out/migrations");
        fs::create_dir_all(migrations.join("versions")).expect("writable");
        let find = |path: &str| {
            let found = Place::find(&parent.path().join(path), &migrations);
            found.map(|_| ()).map_err(|error| error.to_string().rsplit_once(path).map(|(_, said)| said.to_owned()))
        };
        let refusal = |relation: &str| Err(Some(format!(" {relation} the migrations directory")));
        for (path, relation) in [
            ("out/migrations", "is"),
            ("out", "holds"),
            ("out/migrations/versions", "lies within"),
            ("out/migrations/versions/../site/new", "lies within"),
        ] {
            assert_eq!(find(path), refusal(relation), "{path}");
        }
        assert_eq!(find("out/migrations-site"), Ok(()));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_site_takes_mode_and_owner_of_the_one_before() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let parent = tempfile::tempdir().expect("writable");
        let path = parent.path().join("site");
        fs::create_dir(&path).expect("writable");
        for mode in [0o700, 0o2775] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
            let before = fs::metadata(&path).expect("it is there");
            assert_eq!(write(&path, &["a"]), Ok(()));
            let after = fs::metadata(&path).expect("it is there");
            assert_ne!(before.ino(), after.ino(), "it is another one");
            assert_eq!((before.mode(), before.uid(), before.gid()), (after.mode(), after.uid(), after.gid()));
        }
    }

    #[test]
    fn nothing_is_made_on_the_way_to_a_place_that_cannot_be() {
        let parent = tempfile::tempdir().expect("writable");
        for path in ["new/..", "new/../site", "new/below/../.."] {
            assert!(write(&parent.path().join(path), &["a"]).is_err(), "{path}");
        }
        // The second is below the first, which is a file.
        assert!(write(&parent.path().join("new/site"), &["a", "a/b"]).is_err());
        assert_eq!(listing(parent.path()), Vec::<String>::new());
    }

    #[test]
    fn a_file_is_no_place_for_a_site() {
        let parent = tempfile::tempdir().expect("writable");
        let path = parent.path().join("site");
        fs::write(&path, "somebody's").expect("writable");
        assert_eq!(write(&path, &["a"]), Err(format!("{} is not a directory", path.display())));
    }
}
