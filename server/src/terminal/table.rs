//! Columns that line up, whatever is painted in them.

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::escape;
use super::style::paint_escaped;

const GAP: &str = "  ";

/// A piece of a line with its width on the screen.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    painted: String,
    width: usize,
}

impl Cell {
    /// Returns a cell of escaped text without colour.
    pub fn plain(text: &str) -> Self {
        let line = escape::line(text);
        Self { width: width(&line), painted: line.into_owned() }
    }

    /// Returns a cell of escaped text in `style`.
    pub fn painted(style: Style, text: &str) -> Self {
        let line = escape::line(text);
        Self { width: width(&line), painted: paint_escaped(style, &line) }
    }

    /// Appends another cell behind `separator`; an empty one adds nothing.
    pub fn join(mut self, separator: &str, other: &Cell) -> Self {
        if other.width > 0 {
            let separator = if self.width > 0 { separator } else { "" };
            self.painted.push_str(separator);
            self.painted.push_str(&other.painted);
            self.width += separator.width() + other.width;
        }
        self
    }
}

/// Returns how wide escaped text is on the screen.
fn width(line: &str) -> usize {
    // What is left of the controls after escaping is not ASCII.
    if line.is_ascii() { line.len() } else { line.width() }
}

/// Returns the rows as lines, each column as wide as its widest cell.
pub fn lines(rows: &[Vec<Cell>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut pending = 0;
        for (cell, column_width) in row.iter().zip(&widths).filter(|(_, column_width)| **column_width > 0) {
            // Spaces are written only in front of something, so that no line ends in them.
            if cell.width > 0 {
                text.extend(std::iter::repeat_n(' ', pending));
                text.push_str(&cell.painted);
                pending = 0;
            }
            pending += column_width - cell.width + GAP.len();
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let rows = [
            vec![Cell::plain("a"), Cell::plain(""), Cell::plain("first"), Cell::plain("x")],
            vec![Cell::plain("日本"), Cell::plain(""), Cell::plain(""), Cell::plain("y")],
            vec![Cell::plain("b\u{1b}[2J")],
        ];
        insta::assert_snapshot!(lines(&rows), @"
        a      first  x
        日本          y
        b␛[2J
        ");
    }
}
