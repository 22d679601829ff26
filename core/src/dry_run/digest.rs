//! The digest of a plan: what was reviewed is what runs.
//!
//! SHA-256 over these bytes, where *text* is its length in bytes as 8 bytes, least first, then the bytes, and *list* is
//! the number of its items as 8 bytes, least first, then the items:
//!
//! | bytes | what |
//! |---|---|
//! | text | `limbeck plan 1`, so that no other digest of Limbeck's equals one of a plan |
//! | 1 | `u` for an upgrade, `d` for a downgrade |
//! | list of texts | version rows that it starts from, sorted |
//! | list of steps | in the order in which they run |
//!
//! and a step is
//!
//! | bytes | what |
//! |---|---|
//! | text | revision id |
//! | list of texts | version rows after it, sorted |
//! | 1 | `t` runs in a transaction, `f` outside, `n` there is no section |
//! | text | the section, verbatim; empty without one |
//!
//! File names, messages and the other lines of headers are not in it.

use sha2::{Digest, Sha256};

use super::{History, section_of};
use crate::document::Direction;
use crate::revision::Step;
use crate::script::hex;

/// Returns `sha256:` and 64 hexadecimal digits.
pub(super) fn of(history: History<'_>, direction: Direction, from: &[String], steps: &[Step]) -> String {
    let mut hash = Hash(Sha256::new());
    hash.text("limbeck plan 1");
    hash.byte(match direction {
        Direction::Upgrade => b'u',
        Direction::Downgrade => b'd',
    });
    hash.texts(from);
    hash.number(steps.len());
    for step in steps {
        let revision = &history.revisions[step.revision];
        hash.text(revision.id.as_str());
        hash.texts(&history.ids(&step.rows_after));
        let section = section_of(revision, step.direction);
        hash.byte(match section {
            Some(section) if section.transaction => b't',
            Some(_) => b'f',
            None => b'n',
        });
        hash.text(section.map_or("", |section| &section.sql));
    }
    format!("sha256:{}", hex(&hash.0.finalize()))
}

struct Hash(Sha256);

impl Hash {
    fn byte(&mut self, byte: u8) {
        self.0.update([byte]);
    }

    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text);
    }

    fn texts(&mut self, texts: &[String]) {
        self.number(texts.len());
        for text in texts {
            self.text(text);
        }
    }
}
