//! The built page, as the build script put it into the binary.
//!
//! `serve` sends it, `site` writes it to disk.

mod policy;

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::GzDecoder;

pub(crate) use self::policy::Policy;

/// Name of the file that the browser loads first.
pub(crate) const INDEX: &str = "index.html";

/// One file of the page, in the forms in which the build script found it.
pub(crate) struct File {
    /// Path below the root, without a leading slash.
    pub(crate) path: &'static str,
    /// 16 hexadecimal digits that change with the content.
    pub(crate) digest: &'static str,
    /// As it is; left out of large files that are there compressed.
    pub(crate) plain: Option<&'static [u8]>,
    /// Compressed with brotli.
    pub(crate) brotli: Option<&'static [u8]>,
    /// Compressed with gzip.
    pub(crate) gzip: Option<&'static [u8]>,
}

/// The files, sorted by path.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Returns all files, sorted by path; none in a binary that was built without the page.
pub(crate) fn files() -> &'static [File] {
    FILES
}

/// Returns the file at a path below the root.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().and_then(|found| FILES.get(found))
}

/// Returns the text that the browser loads first; none in a binary that was built without the page.
pub(crate) fn index() -> Option<&'static str> {
    let plain = find(INDEX).and_then(|file| file.plain);
    plain.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

impl File {
    /// Returns the content as it was before it was compressed.
    ///
    /// # Errors
    /// The compressed form is damaged.
    pub(crate) fn content(&self) -> io::Result<Cow<'static, [u8]>> {
        match (self.plain, self.gzip) {
            (Some(bytes), _) => Ok(Cow::Borrowed(bytes)),
            (None, Some(bytes)) => {
                let mut plain = Vec::new();
                GzDecoder::new(bytes).read_to_end(&mut plain)?;
                Ok(Cow::Owned(plain))
            }
            (None, None) => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_file_has_its_content() {
        assert!(FILES.is_sorted_by_key(|file| file.path));
        for file in FILES {
            assert!(file.content().is_ok_and(|content| !content.is_empty()), "{}", file.path);
        }
    }
}
