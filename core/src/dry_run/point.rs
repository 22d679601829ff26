//! Where in a statement that is which Postgres refuses: what its message names.

use std::ops::Range;

use crate::catalog::{Refusal, SqlState};
use crate::diagnostic::Position;
use crate::document::Statement;
use crate::place::Places;
use crate::script::{Revision, Section};
use crate::sql::{self, TokenKind};

/// Words behind which a message names something without quotes.
const BEHIND: [&str; 12] = [
    "column",
    "function",
    "procedure",
    "routine",
    "aggregate",
    "table",
    "view",
    "type",
    "operator",
    "index",
    "sequence",
    "exist:",
];

/// Returns the place of what a refusal names first, from its first character to the one behind it; none where the
/// statement does not name it.
pub(super) fn point(refusal: &Refusal, statement: &Statement, revision: &Revision) -> Option<(Position, Position)> {
    let tokens = sql::tokens(&statement.sql);
    let shown: Vec<(Range<usize>, String)> = tokens
        .into_iter()
        .filter(|token| token.kind != TokenKind::Comment)
        .filter_map(|token| {
            let written = statement.sql.get(token.range.clone())?;
            let name = match token.kind {
                TokenKind::String => written.trim_matches('\'').to_owned(),
                _ => sql::fold(written).unwrap_or_else(|| written.to_owned()),
            };
            Some((token.range, name))
        })
        .collect();
    // Of what stands there twice, the second is one too many.
    let is_twice = refusal.sqlstate == SqlState::DUPLICATE_COLUMN;
    let range = candidates(&refusal.message).into_iter().find_map(|name| find(&shown, &name, is_twice))?;
    let sections = std::iter::once(&revision.up).chain(&revision.down);
    sections.rev().find_map(|section| placed(section, statement, &range))
}

/// Returns what a message names, as it may be written: in the order of the message, the whole of a dotted name before
/// its last part.
fn candidates(message: &str) -> Vec<Vec<String>> {
    let mut names: Vec<(usize, &str)> = Vec::new();
    let (mut at, mut before) = (0, "");
    for word in message.split(' ') {
        if BEHIND.contains(&before) && !word.starts_with('"') {
            names.push((at, word.split('(').next().unwrap_or_default()));
        }
        (at, before) = (at + word.len() + 1, word);
    }
    let quotes: Vec<usize> = message.match_indices('"').map(|(at, _)| at).collect();
    for pair in quotes.chunks_exact(2) {
        if let [open, close] = *pair {
            names.push((open, message.get(open + 1..close).unwrap_or_default()));
        }
    }
    names.sort_by_key(|(at, _)| *at);
    let mut found: Vec<Vec<String>> = Vec::new();
    for (_, name) in names {
        let parts: Vec<String> = name.split('.').map(str::to_owned).collect();
        let last = parts.last().cloned().into_iter().collect();
        let ways = [vec![name.to_owned()], parts, last];
        found.extend(ways.into_iter().filter(|way| !way.iter().any(String::is_empty)));
    }
    found
}

/// Returns the bytes of a name in a statement.
fn find(shown: &[(Range<usize>, String)], name: &[String], is_twice: bool) -> Option<Range<usize>> {
    let wanted: Vec<&str> = name.iter().flat_map(|part| [".", part.as_str()]).skip(1).collect();
    let fits = |window: &&[(Range<usize>, String)]| window.iter().zip(&wanted).all(|((_, word), part)| word == part);
    let window = shown.windows(wanted.len()).find(fits)?;
    if is_twice {
        let begins = |at: &usize| {
            let before = at.checked_sub(1).and_then(|at| shown.get(at)).map_or("", |(_, word)| word);
            ["column", "add", "exists", "(", ","].contains(&before)
        };
        let places = (0..shown.len()).filter(|at| shown.get(*at..at + wanted.len()).is_some_and(|it| fits(&it)));
        if let Some(at) = places.rev().find(begins) {
            return Some(shown.get(at)?.0.start..shown.get(at + wanted.len() - 1)?.0.end);
        }
    }
    Some(window.first()?.0.start..window.last()?.0.end)
}

/// Returns where bytes of a statement are in the file, if it stands in that section.
fn placed(section: &Section, statement: &Statement, range: &Range<usize>) -> Option<(Position, Position)> {
    let line = usize::try_from(statement.line.checked_sub(section.start_line)?).ok()?;
    let start: usize = section.sql.split_inclusive('\n').take(line).map(str::len).sum();
    let start = start + section.sql.get(start..)?.find(&statement.sql)?;
    let mut places = Places::new(&section.sql, section.start_line);
    // Below the line there may be another like it.
    (places.of(start).line == statement.line).then(|| (places.of(start + range.start), places.of(start + range.end)))
}
