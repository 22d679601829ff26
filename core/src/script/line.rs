//! Lines of a file with their numbers, and findings that point at them.

use crate::diagnostic::{Diagnostic, Level, Position};

/// One line of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Number, from 1.
    pub(super) number: u32,
    /// Byte at which it starts.
    pub(super) start: usize,
    /// Byte at which the next one starts.
    pub(super) end: usize,
    /// Its text without the line end.
    pub(super) text: &'a str,
}

/// Returns the lines of a text; they end at `\n` or `\r\n`.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    (1..).zip(text.split_inclusive('\n')).map(move |(number, raw)| {
        let line = raw.strip_suffix('\n').unwrap_or(raw);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let from = start;
        start += raw.len();
        Line { number, start: from, end: start, text: line }
    })
}

impl<'a> Line<'a> {
    /// Returns the positions of a part of this line, given as a slice of its text.
    pub(super) fn span_of(&self, part: &'a str) -> (Position, Position) {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..offset).unwrap_or_default();
        let column = 1 + count(before);
        let at = |column| Position { line: self.number, column };
        (at(column), at(column + count(part)))
    }
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX - 1)
}

/// Collects what is wrong with one file.
pub(super) struct Findings<'p> {
    path: &'p str,
    list: Vec<Diagnostic>,
    /// The first one that is left out, with the number of all that are.
    more: Option<(Diagnostic, usize)>,
}

/// Most findings about one file: a file that is wrong throughout is no revision, whatever its lines say.
const MOST: usize = 100;

impl<'p> Findings<'p> {
    /// Returns an empty collection for a file.
    pub(super) fn new(path: &'p str) -> Self {
        Self { path, list: Vec::new(), more: None }
    }

    /// Adds an error about a part of a line; an empty part stands for the place itself.
    pub(super) fn error<'a>(
        &mut self,
        code: &'static str,
        line: &Line<'a>,
        part: &'a str,
        message: String,
        help: &str,
    ) {
        self.add(code, Level::Error, line, part, message, help);
    }

    /// Adds an error about the file as a whole; it points at the first character.
    pub(super) fn whole(&mut self, code: &'static str, message: &str, help: &str) {
        let start = Position { line: 1, column: 1 };
        self.list.push(Diagnostic::error(code, message).path(self.path).span(start, start).help(help));
    }

    /// Returns the collection in file order.
    pub(super) fn finish(self, revision: Option<&str>) -> Vec<Diagnostic> {
        let mut list = self.list;
        if let Some((first, count)) = self.more {
            let message = format!("{count} more things are wrong in this file");
            list.push(Diagnostic { code: "more-findings".into(), message, help: None, level: Level::Error, ..first });
        }
        for finding in &mut list {
            finding.revision = revision.map(str::to_owned);
        }
        list.sort_by_key(|finding| finding.start);
        list
    }

    /// Adds a finding about a part of a line.
    pub(super) fn add<'a>(
        &mut self,
        code: &'static str,
        level: Level,
        line: &Line<'a>,
        part: &'a str,
        message: String,
        help: &str,
    ) {
        let (start, end) = line.span_of(part);
        if self.list.len() >= MOST {
            match &mut self.more {
                Some((_, count)) => *count += 1,
                None => {
                    let finding = Diagnostic::new(code, level, message).path(self.path).span(start, end);
                    self.more = Some((finding, 1));
                }
            }
            return;
        }
        self.list.push(Diagnostic::new(code, level, message).path(self.path).span(start, end).help(help));
    }
}
