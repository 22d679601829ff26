//! SQL cut into lines of colored pieces.

use std::ops::Range;

use limbeck_core::sql::{Token, TokenKind};

/// What color a piece has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Identifiers, operators, white space.
    Plain,
    /// Keywords.
    Keyword,
    /// Types.
    Type,
    /// Strings.
    Text,
    /// Comments.
    Comment,
}

impl Tone {
    /// Returns the class of the style sheet.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("tk-k"),
            Self::Type => Some("tk-t"),
            Self::Text => Some("tk-s"),
            Self::Comment => Some("tk-c"),
        }
    }

    fn of(kind: TokenKind) -> Self {
        match kind {
            TokenKind::Keyword => Self::Keyword,
            TokenKind::Type => Self::Type,
            TokenKind::String => Self::Text,
            TokenKind::Comment => Self::Comment,
            _ => Self::Plain,
        }
    }
}

/// One line of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Line of the file, from 1.
    pub number: u32,
    /// The pieces in order, as byte ranges of the whole text; together they are the line without its end.
    pub pieces: Vec<(Range<usize>, Tone)>,
}

/// Returns the byte range without blank lines at both ends, and how many lines were left out before it.
pub fn trim(sql: &str) -> (Range<usize>, u32) {
    let end = sql.trim_end().len();
    let leading = sql.len() - sql.trim_start().len();
    let start = sql[..leading.min(end)].rfind('\n').map_or(0, |at| at + 1);
    let skipped = sql[..start].bytes().filter(|&b| b == b'\n').count();
    (start..end.max(start), u32::try_from(skipped).unwrap_or(u32::MAX))
}

/// Cuts text into lines; `first` is the file's line of the first of them, `tokens` are in order and do not overlap.
pub fn lines(sql: &str, first: u32, tokens: &[Token]) -> Vec<Line> {
    let mut tokens = tokens.iter().peekable();
    let mut out = Vec::new();
    let mut start = 0;
    for (number, text) in (first..).zip(sql.split('\n')) {
        let end = start + text.trim_end_matches('\r').len();
        let mut pieces = Vec::new();
        let mut at = start;
        while let Some(token) = tokens.peek().filter(|token| token.range.start < end) {
            let (from, to) = (token.range.start.max(at), token.range.end.min(end));
            if from > at {
                pieces.push((at..from, Tone::Plain));
            }
            if to > from {
                pieces.push((from..to, Tone::of(token.kind)));
            }
            at = at.max(to);
            if token.range.end > end {
                break;
            }
            tokens.next();
        }
        if end > at {
            pieces.push((at..end, Tone::Plain));
        }
        out.push(Line { number, pieces });
        start += text.len() + 1;
        // A token that ends in the line's end itself is spent.
        while tokens.next_if(|token| token.range.end <= start).is_some() {}
    }
    out
}

/// Returns the end of the first `count` lines, in bytes.
pub fn head(sql: &str, count: usize) -> usize {
    sql.match_indices('\n').nth(count.saturating_sub(1)).map_or(sql.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use limbeck_core::sql::tokens;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn shown(sql: &str) -> Vec<String> {
        let line = |line: Line| {
            let pieces = line.pieces.into_iter().map(|(range, tone)| match tone {
                Tone::Plain => sql[range].to_owned(),
                tone => format!("{}<{}>", tone.class().unwrap_or_default(), &sql[range]),
            });
            format!("{} {}", line.number, pieces.collect::<String>())
        };
        lines(sql, 9, &tokens(sql)).into_iter().map(line).collect()
    }

    #[test]
    fn keywords_strings_and_comments_have_tones() {
        assert_eq!(
            shown("UPDATE c SET e = ''\n  WHERE e IS NULL; -- all"),
            ["9 tk-k<UPDATE> c tk-k<SET> e = tk-s<''>", "10   tk-k<WHERE> e tk-k<IS> tk-k<NULL>; tk-c<-- all>"]
        );
    }

    #[test]
    fn a_token_over_several_lines_is_colored_on_each() {
        assert_eq!(
            shown("/* a\n\nb */ x\r\n'q\r\nr'"),
            ["9 tk-c</* a>", "10 ", "11 tk-c<b */> x", "12 tk-s<'q>", "13 tk-s<r'>"]
        );
    }

    #[test]
    fn pieces_of_all_lines_are_the_text() {
        for sql in ["", "\n", "SELECT 1;\r\n\r\nSELECT $$a\nb$$, é\n", "'open\nend", "/* open", "\u{0}\u{feff}x\n\t"] {
            let lines = lines(sql, 1, &tokens(sql));
            let text: Vec<String> =
                lines.iter().map(|line| line.pieces.iter().map(|(range, _)| &sql[range.clone()]).collect()).collect();
            let expected: Vec<&str> = sql.split('\n').map(|line| line.trim_end_matches('\r')).collect();
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn blank_lines_at_both_ends_are_left_out_and_counted() {
        assert_eq!(trim("\n\n  SELECT 1;\n\n"), (2..13, 2));
        assert_eq!(trim("SELECT 1"), (0..8, 0));
        assert_eq!(trim(" \n \n").0.len(), 0);
        assert_eq!(trim(""), (0..0, 0));
    }

    #[test]
    fn the_head_of_a_text_is_cut_at_a_line() {
        assert_eq!(head("a\nb\nc", 2), 3);
        assert_eq!(head("a\nb\nc", 9), 5);
    }
}
