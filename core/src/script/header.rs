//! The comment block before the first marker: message, then `Key: value` lines.

use std::collections::HashSet;

use crate::diagnostic::Level;
use crate::nearest::nearest;
use crate::revision::{RevisionId, RevisionIdError};

use super::HeaderPlaces;
use super::date::Date;
use super::line::{Findings, Line};

/// What a header says; what could not be read is left out, and named in the findings.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) id: Option<RevisionId>,
    pub(super) revises: Vec<RevisionId>,
    pub(super) depends_on: Vec<String>,
    pub(super) branch_labels: Vec<String>,
    pub(super) create_date: Option<String>,
    pub(super) places: HeaderPlaces,
}

/// The five keys, in the order in which a file lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Id,
    Revises,
    BranchLabels,
    DependsOn,
    CreateDate,
}

const KEYS: [(Key, &str); 5] = [
    (Key::Id, "Revision ID"),
    (Key::Revises, "Revises"),
    (Key::BranchLabels, "Branch Labels"),
    (Key::DependsOn, "Depends On"),
    (Key::CreateDate, "Create Date"),
];
const NAMES: [&str; 5] = ["Revision ID", "Revises", "Branch Labels", "Depends On", "Create Date"];
const RESERVED: [&str; 4] = ["head", "heads", "base", "current"];

/// Reads the lines before the first marker.
pub(super) fn read(lines: &[Line<'_>], findings: &mut Findings<'_>) -> Header {
    let mut header = Header::default();
    let mut message: Vec<&str> = Vec::new();
    let mut seen: Vec<(Key, u32)> = Vec::new();
    let mut sql_seen = false;
    for line in lines {
        if let Some(at) = line.text.find('\r') {
            let message = "carriage return within a line of the header".to_owned();
            findings.error(
                "stray-carriage-return",
                line,
                &line.text[at..=at],
                message,
                "end the line with a line feed",
            );
        }
        let Some(text) = comment_text(line.text) else {
            if !line.text.trim().is_empty() && !sql_seen {
                sql_seen = true;
                let message = "only `--` comment lines may stand before `-- migrate:up`".to_owned();
                let help = "move it behind the line `-- migrate:up`";
                findings.error("text-before-up", line, line.text.trim(), message, help);
            }
            continue;
        };
        match (key_of(text), seen.is_empty()) {
            (Some((key, _)), _) if seen.iter().any(|(known, _)| *known == key) => {
                let (name, _) = text.split_once(':').unwrap_or((text, ""));
                let first = seen.iter().find(|(known, _)| *known == key).map_or(0, |(_, line)| *line);
                let message = format!("'{}' stands twice in the header, first in line {first}", name.trim());
                findings.error("duplicate-key", line, text.trim(), message, "keep one of the two lines");
            }
            (Some((key, value)), _) => {
                seen.push((key, line.number));
                header.take(key, value, line, findings);
            }
            (None, true) => message.push(text.trim_end()),
            (None, false) => {
                if let Some(name) = unknown_key(text) {
                    let help = match nearest(name, &NAMES) {
                        Some(near) => format!("did you mean '{near}'?"),
                        None => format!("the keys are {}; a comment goes above them", NAMES.join(", ")),
                    };
                    findings.error("unknown-key", line, name, format!("unknown key '{name}' in the header"), &help);
                }
            }
        }
    }
    header.set_message(&message);
    missing(lines, &seen, findings);
    header
}

/// Returns whether a line of a message would be read as a key of the header.
pub(crate) fn is_key_line(text: &str) -> bool {
    key_of(text).is_some()
}

/// Returns whether a name is a word of the identifier grammar; a revision of that name could not be asked for.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

impl Header {
    fn set_message(&mut self, lines: &[&str]) {
        let mut lines = lines.iter().skip_while(|line| line.trim().is_empty());
        self.title = lines.next().map(|title| title.trim().to_owned()).unwrap_or_default();
        let body: Vec<&str> = lines.copied().collect();
        let first = body.iter().position(|line| !line.trim().is_empty()).unwrap_or(body.len());
        let last = body.iter().rposition(|line| !line.trim().is_empty()).map_or(first, |last| last + 1);
        self.body = body.get(first..last).unwrap_or_default().join("\n");
    }

    fn take<'a>(&mut self, key: Key, value: &'a str, line: &Line<'a>, findings: &mut Findings<'_>) {
        let place = Some(line.span_of(value));
        match key {
            Key::Id => self.places.id = place,
            Key::Revises => self.places.revises = place,
            Key::BranchLabels => self.places.branch_labels = place,
            Key::DependsOn => self.places.depends_on = place,
            Key::CreateDate => {}
        }
        match key {
            Key::Id => self.id = id_of(value, line, findings),
            Key::Revises => {
                let items = items_of(value, line, findings);
                self.revises = items.into_iter().filter_map(|item| id_of(item, line, findings)).collect();
            }
            Key::BranchLabels => self.branch_labels = names_of(value, "branch label", line, findings),
            Key::DependsOn => self.depends_on = names_of(value, "dependency", line, findings),
            Key::CreateDate if value.is_empty() => {}
            Key::CreateDate => {
                self.create_date = Some(value.to_owned());
                if Date::parse(value).is_none() {
                    let message = format!("'{value}' is no date");
                    let help = "write it like 2026-11-22T14:12:00Z";
                    findings.add("malformed-date", Level::Warning, line, value, message, help);
                }
            }
        }
    }
}

/// Returns the text of a comment line without dashes and one space; none for another line.
fn comment_text(line: &str) -> Option<&str> {
    let text = line.trim_start_matches([' ', '\t', '\u{feff}']).strip_prefix("--")?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

fn key_of(text: &str) -> Option<(Key, &str)> {
    let (name, value) = text.split_once(':')?;
    let name = name.trim();
    let (key, _) = KEYS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name))?;
    Some((*key, value.trim()))
}

/// Returns the name when the line looks like `Key: value`: one to three words of letters, a colon, then white space.
fn unknown_key(text: &str) -> Option<&str> {
    let (name, value) = text.split_once(':')?;
    let name = name.trim();
    let letters = name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        && name.split_whitespace().count() <= 3;
    (letters && (value.is_empty() || value.starts_with([' ', '\t']))).then_some(name)
}

fn missing(lines: &[Line<'_>], seen: &[(Key, u32)], findings: &mut Findings<'_>) {
    let has = |key| seen.iter().any(|(known, _)| *known == key);
    let Some(last) = lines.iter().rev().find(|line| comment_text(line.text).is_some()).or(lines.first()) else {
        return;
    };
    for (key, name, help) in [
        (Key::Id, "Revision ID", "add a line like `-- Revision ID: 1975ea83b712`"),
        (Key::Revises, "Revises", "add `-- Revises: ID` with its parent, or `-- Revises:` alone to make it a base"),
    ] {
        if has(key) {
            continue;
        }
        // A misspelled key before the first key is read as a line of the message.
        let misspelled = lines.iter().find_map(|line| {
            let (name, _) = comment_text(line.text)?.split_once(':')?;
            let near = nearest(name.trim(), &NAMES)?;
            KEYS.iter().any(|(known, text)| *known == key && *text == near).then_some((line, name.trim()))
        });
        let message = format!("the header has no '{name}'");
        // The first line is the title, which may well begin with that word.
        let without_colon = lines.iter().skip(1).find_map(|line| {
            let text = comment_text(line.text)?;
            let (part, rest) = (text.get(..name.len())?, text.get(name.len()..)?);
            (part.eq_ignore_ascii_case(name) && (rest.is_empty() || rest.starts_with([' ', '\t'])))
                .then_some((line, part))
        });
        if let Some((line, part)) = without_colon {
            findings.error("missing-key", line, part, message, &format!("write '{name}:', with a colon"));
            continue;
        }
        match misspelled {
            Some((line, part)) if key_of(&format!("{part}:")).is_none() => {
                findings.error("missing-key", line, part, message, &format!("write '{name}' instead of '{part}'"));
            }
            _ => findings.error("missing-key", last, &last.text[last.text.len()..], message, help),
        }
    }
}

fn id_of<'a>(text: &'a str, line: &Line<'a>, findings: &mut Findings<'_>) -> Option<RevisionId> {
    let error = match RevisionId::new(text) {
        Ok(_) if is_reserved(text) => {
            let help = match text {
                "base" => "to make this revision a base, leave `Revises:` empty",
                _ => "name a revision by its id",
            };
            let message = format!("'{text}' is a word of the identifier grammar, not a revision id");
            findings.error("illegal-id", line, text, message, help);
            return None;
        }
        Ok(id) => return Some(id),
        Err(error) => error,
    };
    let help = match &error {
        RevisionIdError::IllegalCharacter { character, .. } if character.is_whitespace() => {
            "separate several ids with commas"
        }
        RevisionIdError::IllegalCharacter { character: '-', .. } => "use `_` instead of `-`",
        _ => "use letters, digits and underscores, for example 1975ea83b712",
    };
    findings.error("illegal-id", line, text, error.to_string(), help);
    None
}

fn names_of<'a>(value: &'a str, what: &str, line: &Line<'a>, findings: &mut Findings<'_>) -> Vec<String> {
    items_of(value, line, findings)
        .into_iter()
        .filter_map(|item| {
            if let Err(error) = RevisionId::new(item) {
                let message = format!("{what} '{item}': {}", error.to_string().replace("revision id", "name"));
                findings.error(
                    "illegal-name",
                    line,
                    item,
                    message,
                    "use letters, digits and underscores; commas separate",
                );
                return None;
            }
            if is_reserved(item) {
                let message = format!("{what} '{item}': this is a word of the identifier grammar, not a name");
                let help = match what {
                    "dependency" => "name a revision or a branch label; this word means another one as time goes on",
                    _ => "choose another name: nobody could ask for this one",
                };
                findings.error("illegal-name", line, item, message, help);
                return None;
            }
            Some(item.to_owned())
        })
        .collect()
}

/// Returns the items of a comma-separated list; an empty or repeated one is an error and left out.
fn items_of<'a>(value: &'a str, line: &Line<'a>, findings: &mut Findings<'_>) -> Vec<&'a str> {
    let mut items = Vec::new();
    if value.is_empty() {
        return items;
    }
    if !value.contains(',') {
        return vec![value];
    }
    let mut seen = HashSet::new();
    for item in value.split(',').map(str::trim) {
        if item.is_empty() {
            let message = "an item of this list is empty".to_owned();
            findings.error("empty-item", line, value, message, "take out the comma that is too many");
        } else if seen.insert(item) {
            items.push(item);
        } else {
            findings.error("duplicate-item", line, item, format!("'{item}' stands twice in this list"), "keep it once");
        }
    }
    items
}
