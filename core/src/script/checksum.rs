//! The checksum of what a revision file runs.

use sha2::{Digest, Sha256};

/// Returns SHA-256 in hexadecimal over the text with every `\r\n` read as `\n`, so that a checkout with other line
/// endings is no edit.
pub(super) fn checksum(content: &str) -> String {
    let mut hash = Sha256::new();
    let mut rest = content;
    while let Some(at) = rest.find("\r\n") {
        hash.update(&rest[..at]);
        rest = &rest[at + 1..];
    }
    hash.update(rest);
    hex(&hash.finalize())
}

/// Returns the bytes in hexadecimal, lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}
