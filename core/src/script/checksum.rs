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
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
