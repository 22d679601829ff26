//! Migration files and revisions, both ways: [`parse`] reads a file, [`render`] writes a new one.
//!
//! The header says where the revision stands in the history; `-- migrate:up` and `-- migrate:down` open its sections.
//! Nothing here looks into the SQL.

mod checksum;
mod date;
mod file_name;
mod header;
mod line;
mod marker;
mod parse;
mod published;
mod template;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Position;
use crate::revision::RevisionId;

pub(crate) use checksum::hex;
pub use date::Date;
pub use file_name::{check_pattern, file_name, slug};
pub(crate) use header::{is_key_line, is_reserved};
pub use marker::is_marker_line;
pub use parse::parse;
pub use published::Published;
pub use template::{NewRevision, Template, render};

/// A revision as its file declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Identifier.
    pub id: RevisionId,
    /// First line of the message; empty when the file has none.
    pub title: String,
    /// The other lines of the message, without blank lines around them.
    pub body: String,
    /// Parents, in file order; empty for a base.
    pub revises: Vec<RevisionId>,
    /// What else must be applied before: ids or branch labels.
    pub depends_on: Vec<String>,
    /// Names given to the branch that starts or passes here.
    pub branch_labels: Vec<String>,
    /// Create date as the file spells it.
    pub create_date: Option<String>,
    /// File, relative to the migrations directory.
    pub path: String,
    /// What an upgrade runs.
    pub up: Section,
    /// What a downgrade runs; none when the revision is irreversible.
    pub down: Option<Section>,
    /// Where the header says it.
    pub header: HeaderPlaces,
    /// SHA-256, 64 hexadecimal digits, of the file from its first marker line to its end, every `\r\n` read as `\n`:
    /// an edit of the header (a new parent, say) or another line ending leaves it as it is.
    pub checksum: String,
}

/// First character of something in a file, and the first one behind it.
pub type Span = (Position, Position);

/// Where the values of a header stand; none for a key that the file leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeaderPlaces {
    /// Of `Revision ID`.
    pub id: Option<Span>,
    /// Of `Revises`.
    pub revises: Option<Span>,
    /// Of `Branch Labels`.
    pub branch_labels: Option<Span>,
    /// Of `Depends On`.
    pub depends_on: Option<Span>,
}

/// The SQL behind a marker line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Whether it runs inside a transaction.
    pub transaction: bool,
    /// Line of the file on which `sql` starts, from 1.
    pub start_line: u32,
    /// The text between the marker line and the next one, verbatim.
    pub sql: String,
}

/// Returns a revision id of 12 hexadecimal digits made from entropy that the caller brings.
pub fn new_id(random: &[u8; 6]) -> RevisionId {
    let id = checksum::hex(random);
    RevisionId::new(&id).expect("hexadecimal digits are legal in an id")
}
