//! New revision files: the template `script.sql` and what is filled into it.

use super::marker::{self, DOWN_MARKER, Marker, OUTSIDE, UP_MARKER};
use crate::diagnostic::{Diagnostic, Position};
use crate::document::Direction;
use crate::nearest::nearest;
use crate::place::Places;
use crate::revision::RevisionId;

/// What goes into a new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    /// Identifier.
    pub id: RevisionId,
    /// Message; its first line is the title. No line of it reads as a header key or a marker.
    pub message: String,
    /// Parents; none for a base.
    pub revises: Vec<RevisionId>,
    /// Ids or branch labels.
    pub depends_on: Vec<String>,
    /// Names for a new branch.
    pub branch_labels: Vec<String>,
    /// Create date, ISO 8601.
    pub create_date: Option<String>,
    /// SQL of the up section; none leaves the place empty.
    pub up: Option<String>,
    /// SQL of the down section; none leaves the place empty.
    pub down: Option<String>,
    /// Whether the up section runs in a transaction. Without SQL of its own it is as the template says.
    pub up_transaction: bool,
    /// Whether the down section runs in a transaction, likewise.
    pub down_transaction: bool,
    /// It gets no down section.
    pub irreversible: bool,
}

/// A template of new files: text with `${message}`, `${id}`, `${revises}`, `${branch_labels}`, `${depends_on}`,
/// `${create_date}`, `${up}` and `${down}`.
///
/// A line is repeated for each line of its value, and left out when its value is empty, but for `${revises}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
}

const TOKENS: [&str; 8] = ["message", "id", "revises", "branch_labels", "depends_on", "create_date", "up", "down"];
const REQUIRED: [&str; 4] = ["message", "id", "revises", "up"];

impl Template {
    /// The template of a project that brings none, and what `init` writes as `script.sql`.
    pub const DEFAULT: &str = "\
-- ${message}
--
-- Revision ID: ${id}
-- Revises: ${revises}
-- Branch Labels: ${branch_labels}
-- Depends On: ${depends_on}
-- Create Date: ${create_date}

-- migrate:up
${up}

-- migrate:down
${down}
";

    /// Returns the template that a text is, or the first thing wrong with it.
    pub fn parse(path: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let mut places = Places::new(&text, 1);
        let wrong = |message: String, (start, end): (Position, Position), help: String| {
            Box::new(Diagnostic::error("malformed-template", message).path(path).span(start, end).help(help))
        };
        let known = format!("it knows ${{{}}}", TOKENS.join("}, ${"));
        for (at, _) in text.match_indices("${") {
            let name = text[at + 2..].split_once('}').map(|(name, _)| name).filter(|name| !name.contains('\n'));
            let token = name.unwrap_or_default();
            if !TOKENS.contains(&token) {
                let help = match nearest(token, &TOKENS) {
                    Some(near) => format!("did you mean `${{{near}}}`?"),
                    None => known,
                };
                let span = (places.of(at), places.of(at + 2 + token.len() + usize::from(name.is_some())));
                return Err(wrong(format!("the template has an unknown placeholder `${{{token}}}`"), span, help));
            }
        }
        let start = Position { line: 1, column: 1 };
        if let Some(token) = REQUIRED.iter().find(|token| !text.contains(&format!("${{{token}}}"))) {
            let help = "`limbeck init` in an empty directory writes a template that works".to_owned();
            return Err(wrong(format!("the template has no placeholder `${{{token}}}`"), (start, start), help));
        }
        let template = Self { text };
        template.check(path)?;
        Ok(template)
    }

    /// Makes sure that what the template gives can be read back.
    fn check(&self, path: &str) -> Result<(), Box<Diagnostic>> {
        let sample = NewRevision {
            id: super::new_id(&[0; 6]),
            message: "title".to_owned(),
            revises: vec![super::new_id(&[1; 6])],
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            create_date: None,
            up: Some("SELECT 1;".to_owned()),
            down: self.text.contains("${down}").then(|| "SELECT 2;".to_owned()),
            up_transaction: true,
            down_transaction: true,
            irreversible: false,
        };
        let (revision, findings) = super::parse(path, &render(&sample, self));
        let read = revision.is_some_and(|revision| {
            let section = |text: &str, sql: &str| text.contains(sql);
            revision.id == sample.id
                && revision.revises == sample.revises
                && revision.title == sample.message
                && section(&revision.up.sql, "SELECT 1;")
                && (!self.text.contains("${down}") || revision.down.is_some_and(|down| section(&down.sql, "SELECT 2;")))
        });
        if read && findings.is_empty() {
            return Ok(());
        }
        let reason = findings.first().map(|finding| format!(": {}", finding.message)).unwrap_or_default();
        let start = Position { line: 1, column: 1 };
        Err(Box::new(
            Diagnostic::error("malformed-template", format!("a file made from the template could not be read{reason}"))
                .path(path)
                .span(start, start)
                .help("`limbeck init` in an empty directory writes a template that works"),
        ))
    }
}

impl Default for Template {
    fn default() -> Self {
        Self { text: Self::DEFAULT.to_owned() }
    }
}

/// Returns the text of a new revision file.
pub fn render(new: &NewRevision, template: &Template) -> String {
    let ids = |ids: &[RevisionId]| ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ");
    let values: [(&str, String); 8] = [
        ("message", new.message.trim_end().to_owned()),
        ("id", new.id.to_string()),
        ("revises", ids(&new.revises)),
        ("branch_labels", new.branch_labels.join(", ")),
        ("depends_on", new.depends_on.join(", ")),
        ("create_date", new.create_date.clone().unwrap_or_default()),
        ("up", sql_text(new.up.as_deref())),
        ("down", sql_text(new.down.as_deref())),
    ];
    let mut text = String::new();
    // A template may have no place for what undoes a revision.
    let down = new.down.as_deref().filter(|_| !new.irreversible && !template.text.contains("${down}"));
    let leaves_down_out = new.irreversible || down.is_some();
    let mut left_out = false;
    for line in template.text.lines() {
        let marker = marker::exact(line);
        left_out = marker.map_or(left_out, |marker| leaves_down_out && marker.direction == Direction::Downgrade);
        if left_out {
            continue;
        }
        if let Some(marker) = marker.filter(|marker| new.decides(*marker)) {
            text.push_str(&new.marker(marker.direction));
            continue;
        }
        let parts: Vec<(Vec<&str>, bool)> = parts_of(line)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => (vec![text], true),
                Part::Placeholder(name) => {
                    let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
                    let needed = name == "revises" && value.is_empty();
                    (if needed { vec![""] } else { value.lines().collect() }, false)
                }
            })
            .collect();
        let copies = parts.iter().filter(|(_, fixed)| !fixed).map(|(lines, _)| lines.len()).max().unwrap_or(1);
        for copy in 0..copies {
            let at = |(lines, fixed): &(Vec<&str>, bool)| {
                let line = if *fixed { lines.first() } else { lines.get(copy) };
                line.copied().unwrap_or_default().to_owned()
            };
            let filled: String = parts.iter().map(at).collect();
            text.push_str(if line.starts_with("--") { filled.trim_end() } else { &filled });
            text.push('\n');
        }
    }
    if leaves_down_out {
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    if let Some(down) = down {
        text.push('\n');
        text.push_str(&new.marker(Direction::Downgrade));
        text.push_str(&sql_text(Some(down)));
        text.push('\n');
    }
    text
}

impl NewRevision {
    /// Returns whether a marker of the template says something else than is asked for.
    fn decides(&self, marker: Marker) -> bool {
        let (sql, transaction) = match marker.direction {
            Direction::Upgrade => (&self.up, self.up_transaction),
            Direction::Downgrade => (&self.down, self.down_transaction),
        };
        marker.transaction != transaction && (sql.is_some() || !transaction)
    }

    /// Returns the line that opens a section.
    fn marker(&self, direction: Direction) -> String {
        let (marker, transaction) = match direction {
            Direction::Upgrade => (UP_MARKER, self.up_transaction),
            Direction::Downgrade => (DOWN_MARKER, self.down_transaction),
        };
        if transaction { format!("{marker}\n") } else { format!("{marker} {OUTSIDE}\n") }
    }
}

enum Part<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

fn parts_of(line: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        parts.push(Part::Text(before));
        parts.push(Part::Placeholder(name));
        rest = behind;
    }
    parts.push(Part::Text(rest));
    parts
}

fn sql_text(sql: Option<&str>) -> String {
    sql.unwrap_or_default().trim_matches(['\n', '\r']).to_owned()
}
