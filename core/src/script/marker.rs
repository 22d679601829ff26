//! The lines that open a section: `-- migrate:up` and `-- migrate:down`, with their options.
//!
//! A marker is recognised by its line alone, also inside a quoted text or a block comment, so that a person who reads
//! the file and Limbeck always see the same sections. What looks like a marker but is not spelled like one (indented,
//! capitals, a slip) is an error rather than a comment: taken for a comment, the down section would run with the up.

use crate::document::Direction;
use crate::nearest::nearest;

use super::line::{Findings, Line};

/// An open section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    /// Which section starts.
    pub(super) direction: Direction,
    /// Whether it runs inside a transaction.
    pub(super) transaction: bool,
}

/// The line that opens the up section.
pub(super) const UP_MARKER: &str = "-- migrate:up";
/// The line that opens the down section.
pub(super) const DOWN_MARKER: &str = "-- migrate:down";
/// The option of a section that runs outside a transaction.
pub(super) const OUTSIDE: &str = "transaction:false";

const HELP: &str =
    "write `-- migrate:up` or `-- migrate:down` at the start of the line; reword it if it is only a comment";
const OPTION_HELP: &str = "the only option is `transaction:false`";

/// Returns whether the line is a marker or too much like one to stand in SQL.
pub fn is_marker_line(line: &str) -> bool {
    word_of(line).is_some()
}

/// Reads a line as a marker. A line that is nearly one is an error and counts as the marker that it resembles, so that
/// one slip gives one finding.
pub(super) fn read(line: &Line<'_>, findings: &mut Findings<'_>) -> Option<Marker> {
    let (word, rest, exact) = word_of(line.text)?;
    let known = ["up", "down"].into_iter().find(|known| *known == word);
    let direction = match known.or_else(|| near(word)) {
        Some("down") => Direction::Downgrade,
        _ => Direction::Upgrade,
    };
    if known.is_none() {
        findings.error("malformed-marker", line, line.text.trim(), format!("'migrate:{word}' opens no section"), HELP);
    } else if !exact {
        let message = format!("this line is nearly the marker `-- migrate:{word}`");
        findings.error("malformed-marker", line, line.text.trim(), message, HELP);
    }
    let mut transaction = true;
    for option in rest.split_whitespace() {
        match option {
            OUTSIDE => transaction = false,
            "transaction:true" => {}
            _ => {
                let message = format!("unknown option '{option}' of a section");
                findings.error("unknown-section-option", line, option, message, OPTION_HELP);
            }
        }
    }
    Some(Marker { direction, transaction })
}

/// Reads a line that is a marker without a fault.
pub(super) fn exact(line: &str) -> Option<Marker> {
    let (word, options, true) = word_of(line)? else { return None };
    let direction = match word {
        "up" => Direction::Upgrade,
        "down" => Direction::Downgrade,
        _ => return None,
    };
    Some(Marker { direction, transaction: !options.split_whitespace().any(|option| option == OUTSIDE) })
}

/// Returns the word behind `migrate:`, what follows it, and whether all is spelled as it must be.
fn word_of(line: &str) -> Option<(&str, &str, bool)> {
    let trimmed = line.trim_start_matches([' ', '\t', '\u{feff}']);
    let comment = trimmed.strip_prefix("--")?;
    let text = comment.trim_start_matches(['-', ' ', '\t']);
    let (name, rest) = (text.get(..7)?, text.get(7..)?);
    if !name.eq_ignore_ascii_case("migrate") {
        return None;
    }
    let after = rest.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    let value = after.trim_start_matches([' ', '\t']);
    let end = value.find([' ', '\t', '\r']).unwrap_or(value.len());
    let (word, options) = value.split_at(end);
    let upright = trimmed.len() == line.len() && name == "migrate" && value.len() + 1 == rest.len();
    let exact = upright && comment.trim_start_matches([' ', '\t']).len() == text.len();
    (upright || near(word).is_some()).then_some((word, options, exact))
}

fn near(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().trim_end_matches([';', '.', ':']) {
        "up" | "upp" | "upgrade" | "pu" => Some("up"),
        word => nearest(word, &["down"]).or_else(|| nearest(word, &["downgrade"]).map(|_| "down")),
    }
}
