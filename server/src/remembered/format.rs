//! The memory as bytes: a table in postcard's encoding, and at the end its checksum.

use std::path::Path;

use flate2::Crc;
use limbeck_core::script::Revision;
use serde::{Deserialize, Serialize};

use super::stamp::Stamp;

/// What is remembered of a directory.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Table<'a> {
    /// By path.
    #[serde(borrow)]
    pub(super) entries: Vec<Entry<'a>>,
    /// Plans that can run, newest first.
    #[serde(borrow)]
    pub(super) sound: Vec<Sound<'a>>,
}

/// A plan that can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sound<'a> {
    /// What it was judged by.
    pub(super) judgement: &'a str,
    /// How its script was cut, encoded.
    pub(super) cuts: &'a [u8],
}

impl Sound<'_> {
    pub(super) fn owned(&self) -> (String, Vec<u8>) {
        (self.judgement.to_owned(), self.cuts.to_vec())
    }
}

/// A revision file without a finding.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) path: &'a str,
    pub(super) stamp: Stamp,
    /// The revision, encoded for itself, so that each is decoded where it is needed.
    pub(super) revision: &'a [u8],
}

/// The program that wrote a memory: another one may read files differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Build {
    version: String,
    program: Vec<u8>,
    stamp: Stamp,
}

/// Bytes of the checksum.
const CHECKSUM: usize = 4;

impl Build {
    /// Returns the one that runs; none where the system does not tell.
    pub(super) fn this() -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        Some(Self {
            stamp: Stamp::of(&program)?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            program: bytes(&program),
        })
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

impl<'a> Table<'a> {
    /// Returns what [`Self::write`] wrote for this build; none of anything else.
    pub(super) fn read(bytes: &'a [u8], build: &Build) -> Option<Self> {
        let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
        if sum != checksum(content) {
            return None;
        }
        let (writer, content) = postcard::take_from_bytes::<Build>(content).ok()?;
        if writer != *build {
            return None;
        }
        let (table, rest) = postcard::take_from_bytes(content).ok()?;
        rest.is_empty().then_some(table)
    }

    /// Returns the table as bytes of this build.
    pub(super) fn write(&self, build: &Build) -> Option<Vec<u8>> {
        let mut bytes = postcard::to_stdvec(&(build, self)).ok()?;
        bytes.extend(checksum(&bytes));
        Some(bytes)
    }

    /// Returns for each of some paths, which are sorted, the number of its entry.
    pub(super) fn numbers<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Vec<Option<usize>> {
        let mut entries = self.entries.iter().enumerate().peekable();
        paths
            .map(|path| {
                while entries.next_if(|(_, entry)| entry.path < path).is_some() {}
                entries.next_if(|(_, entry)| entry.path == path).map(|(number, _)| number)
            })
            .collect()
    }
}

impl Entry<'_> {
    /// Returns the revision, if its file is as it was.
    pub(super) fn revision(&self, stamp: &Stamp) -> Option<Box<Revision>> {
        if self.stamp != *stamp {
            return None;
        }
        postcard::from_bytes(self.revision).ok()
    }
}

/// Returns a revision as an entry holds it.
pub(super) fn encode(revision: &Revision) -> Option<Vec<u8>> {
    postcard::to_stdvec(revision).ok()
}

/// Returns what tells a damaged memory: no defense against somebody who may write here, for they are this user.
fn checksum(content: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = Crc::new();
    sum.update(content);
    sum.sum().to_le_bytes()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn build() -> Build {
        Build::this().expect("a test is a program too")
    }

    #[test]
    fn only_a_whole_table_of_the_same_build_is_read() {
        let stamp = build().stamp;
        let entries = vec![Entry { path: "versions/a.sql", stamp, revision: b"any" }];
        let plans = [Sound { judgement: "one", cuts: b"1" }, Sound { judgement: "two", cuts: b"" }];
        let table = Table { entries, sound: plans.to_vec() };
        let bytes = table.write(&build()).expect("it can be encoded");
        let read = Table::read(&bytes, &build()).expect("it is whole");
        assert_eq!((read.entries[0].path, read.entries[0].stamp), ("versions/a.sql", stamp));
        assert_eq!((read.entries[0].revision, read.sound), (&b"any"[..], plans.to_vec()));
        for end in 0..bytes.len() {
            assert!(Table::read(&bytes[..end], &build()).is_none(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x20;
            assert!(Table::read(&damaged, &build()).is_none(), "byte {at} is another");
        }
        let longer = [&bytes[..], &bytes[..]].concat();
        assert!(Table::read(&longer, &build()).is_none());
        for other in [
            Build { version: "0.0.0".to_owned(), ..build() },
            Build { program: b"/elsewhere/limbeck".to_vec(), ..build() },
            Build {
                stamp: Stamp::of(Path::new("/bin/sh").canonicalize().expect("a shell").as_path()).expect("a file"),
                ..build()
            },
        ] {
            assert!(Table::read(&bytes, &other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn a_checksum_over_nonsense_does_not_make_it_sense() {
        for nonsense in [&b""[..], b"x", &[0xff; 64], &[0; 64]] {
            let sealed = [nonsense, &checksum(nonsense)].concat();
            assert!(Table::read(&sealed, &build()).is_none(), "{nonsense:?}");
        }
    }
}
