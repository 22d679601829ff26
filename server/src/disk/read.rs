//! Reading a file that somebody else may have put there: nothing endless, nothing binary.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::reason;

/// The largest file that is read, in bytes.
pub(crate) const SIZE_LIMIT: u64 = 64 << 20;

/// Returns the text of a file, or in words why there is none.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    let bytes = bytes(path)?;
    if bytes.contains(&0) {
        return Err("it is a binary file, with zero bytes in it".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        format!("it is not UTF-8 text: the first wrong byte is in line {line}")
    })
}

/// Reads a whole file. Most are small: they fit into the first read, and the second finds their end, which takes two
/// calls less than asking how large they are.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| reason(&error);
    let mut file = open_to_read(path).map_err(unreadable)?;
    let mut first = [0; 8 << 10];
    let mut read = file.read(&mut first).map_err(unreadable)?;
    if (1..first.len()).contains(&read) {
        let more = file.read(&mut first[read..]).map_err(unreadable)?;
        if more == 0 {
            return Ok(first[..read].to_vec());
        }
        read += more;
    }
    // Large, empty, or no file at all.
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if metadata.len() > SIZE_LIMIT {
        let size = metadata.len() >> 20;
        return Err(format!("it is {size} MB large, and files up to {} MB are read", SIZE_LIMIT >> 20));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    bytes.extend_from_slice(&first[..read]);
    file.take(SIZE_LIMIT).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Opens a file without waiting: to open a pipe as other files are opened takes until somebody writes into it.
#[cfg(unix)]
fn open_to_read(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().read(true).custom_flags(nix::libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open_to_read(path: &Path) -> io::Result<fs::File> {
    fs::File::open(path)
}
