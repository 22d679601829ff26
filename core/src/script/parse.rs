//! From the text of a file to its revision.

use crate::diagnostic::{Diagnostic, Edit, Fix, Position};
use crate::document::Direction;

use super::checksum::checksum;
use super::header;
use super::line::{Findings, Line, lines};
use super::marker::{self, Marker};
use super::{Revision, Section};

/// Reads a revision file.
///
/// Returns the revision with whatever could be read of it, or none when it has no usable id, and everything that is
/// wrong, in file order. Cost is linear in the text.
pub fn parse(path: &str, text: &str) -> (Option<Revision>, Vec<Diagnostic>) {
    let mut findings = Findings::new(path);
    if text.as_bytes().contains(&0)
        && let Some(line) = lines(text).find(|line| line.text.contains('\0'))
    {
        let at = line.text.find('\0').unwrap_or(0);
        let message = "the file contains a NUL character; it is no SQL text".to_owned();
        findings.error("binary-file", &line, &line.text[at..=at], message, "save it as UTF-8, or move it elsewhere");
        return (None, findings.finish(None));
    }

    let (preamble, marks) = divide(text, &mut findings);
    if marks.is_empty() && !preamble.iter().any(|line| is_keyed(line.text)) {
        let help = "a revision has a header with `-- Revision ID:` and `-- Revises:`, then `-- migrate:up`";
        findings.whole("not-a-revision", "this file is no revision: it has neither a header nor a section", help);
        return (None, findings.finish(None));
    }
    let header = header::read(&preamble, &mut findings);
    let (up, down) = sections(text, &marks, &mut findings);
    let content = marks.first().map_or("", |(line, _)| &text[line.start..]);
    let mut revision = None;
    let name = header.id.as_ref().map(ToString::to_string);
    if let Some(id) = header.id {
        revision = Some(Revision {
            id,
            title: header.title,
            body: header.body,
            revises: header.revises,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            create_date: header.create_date,
            path: path.to_owned(),
            up,
            down,
            header: header.places,
            checksum: checksum(content),
        });
    }
    let mut list = findings.finish(name.as_deref());
    if text.starts_with('\u{feff}') {
        list.insert(0, byte_order_mark(path, name));
    }
    (revision, list)
}

type Mark<'a> = (Line<'a>, Marker);

/// Returns the lines before the first marker, and the markers.
fn divide<'a>(text: &'a str, findings: &mut Findings<'_>) -> (Vec<Line<'a>>, Vec<Mark<'a>>) {
    let mut preamble = Vec::new();
    let mut marks: Vec<Mark<'a>> = Vec::new();
    for line in lines(text) {
        match marker::read(&line, findings) {
            Some(marker) => marks.push((line, marker)),
            None if marks.is_empty() => preamble.push(line),
            None => {}
        }
    }
    (preamble, marks)
}

fn sections(text: &str, marks: &[Mark<'_>], findings: &mut Findings<'_>) -> (Section, Option<Section>) {
    let mut up: Option<Section> = None;
    let mut down: Option<Section> = None;
    for (i, (line, marker)) in marks.iter().enumerate() {
        let end = marks.get(i + 1).map_or(text.len(), |(next, _)| next.start);
        let (slot, name) = match marker.direction {
            Direction::Upgrade => (&mut up, "up"),
            Direction::Downgrade => (&mut down, "down"),
        };
        if let Some(first) = slot {
            let message = format!("a second `-- migrate:{name}`; the first is in line {}", first.start_line - 1);
            let help = "a revision has one section of each kind: join them, or make a second revision";
            findings.error("duplicate-section", line, line.text.trim(), message, help);
            continue;
        }
        let sql = text[line.end..end].to_owned();
        *slot = Some(Section { transaction: marker.transaction, start_line: line.number + 1, sql });
        if marker.direction == Direction::Upgrade && down.is_some() {
            let message = "`-- migrate:up` stands behind `-- migrate:down`".to_owned();
            findings.error("section-order", line, line.text.trim(), message, "put the up section first");
        }
    }
    let up = up.unwrap_or_else(|| {
        let message = "the file has no section `-- migrate:up`";
        let help = "add the line `-- migrate:up` below the header, also when there is nothing to run";
        match marks.first() {
            Some((line, _)) => findings.error("missing-up", line, &line.text[..0], message.to_owned(), help),
            None => findings.whole("missing-up", message, help),
        }
        Section { transaction: true, start_line: 1, sql: String::new() }
    });
    (up, down)
}

fn is_keyed(line: &str) -> bool {
    line.trim_start_matches([' ', '\t', '\u{feff}']).strip_prefix("--").is_some_and(header::is_key_line)
}

fn byte_order_mark(path: &str, revision: Option<String>) -> Diagnostic {
    let (start, end) = (Position { line: 1, column: 1 }, Position { line: 1, column: 2 });
    let mut finding = Diagnostic::warning("byte-order-mark", "the file starts with a byte order mark")
        .path(path)
        .span(start, end)
        .help("save it as UTF-8 without a byte order mark");
    finding.revision = revision;
    finding.fix = Some(Fix {
        title: "Remove the byte order mark".to_owned(),
        edits: vec![Edit { start, end, text: String::new() }],
    });
    finding
}
