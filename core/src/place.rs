//! From a byte in a text to the line and column that people count, without reading the text twice.

use crate::diagnostic::Position;

/// Finds positions in one text; asking in ascending order costs one pass over it in all.
///
/// Lines end at `\n`; columns count characters.
pub(crate) struct Places<'a> {
    text: &'a str,
    first_line: u32,
    /// Everything before this byte is counted.
    at: usize,
    position: Position,
}

impl<'a> Places<'a> {
    /// Returns a finder for a text whose first line has this number.
    pub(crate) fn new(text: &'a str, first_line: u32) -> Self {
        Self { text, first_line, at: 0, position: Position { line: first_line, column: 1 } }
    }

    /// Returns the position of a byte; one inside a character or behind the end counts as the boundary before it.
    pub(crate) fn of(&mut self, byte: usize) -> Position {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        if byte < self.at {
            self.at = 0;
            self.position = Position { line: self.first_line, column: 1 };
        }
        for c in self.text.get(self.at..byte).unwrap_or_default().chars() {
            if c == '\n' {
                self.position.line = self.position.line.saturating_add(1);
                self.position.column = 1;
            } else {
                self.position.column = self.position.column.saturating_add(1);
            }
        }
        self.at = byte;
        self.position
    }
}
