//! Tokens of Postgres with their places: squawk's lexer, and the one rule that it leaves to its parser.

use std::ops::Range;

use squawk_lexer::{LiteralKind, tokenize};

pub(super) use squawk_lexer::TokenKind as Raw;

/// A token that is not white space.
#[derive(Debug, Clone)]
pub(super) struct Lexeme {
    pub(super) raw: Raw,
    /// Bytes in the text that was given.
    pub(super) range: Range<usize>,
}

impl Lexeme {
    /// Returns whether Postgres sees nothing here.
    pub(super) fn is_comment(&self) -> bool {
        matches!(self.raw, Raw::LineComment | Raw::BlockComment { .. })
    }

    /// Returns what is missing at the end of the token, when its quote or comment is never closed.
    pub(super) fn unterminated(&self) -> Option<&'static str> {
        match self.raw {
            Raw::BlockComment { terminated: false } => Some("this comment is not closed by `*/`"),
            Raw::QuotedIdent { terminated: false, .. } => Some("this quoted name is not closed by `\"`"),
            Raw::Literal { kind } => match kind {
                LiteralKind::DollarQuotedString { terminated: false } => Some("this dollar-quoted text is not closed"),
                LiteralKind::Str { terminated: false }
                | LiteralKind::EscStr { terminated: false }
                | LiteralKind::UnicodeEscStr { terminated: false }
                | LiteralKind::BitStr { terminated: false }
                | LiteralKind::ByteStr { terminated: false }
                | LiteralKind::NationalStr { terminated: false } => Some("this text is not closed by `'`"),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Reads the tokens of a text from some byte on.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Box<dyn Iterator<Item = squawk_lexer::Token> + 'a>,
    previous: Previous,
}

/// What matters of the tokens before: whether a quoted text that follows continues one with backslash escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Other,
    Escaped,
    EscapedAndLineEnd,
}

impl<'a> Lexer<'a> {
    /// Returns a reader that starts at a byte, which is a character's first.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        Self { text, at, tokens: Box::new(tokenize(rest)), previous: Previous::Other }
    }

    /// Goes on at a byte, which is a character's first.
    pub(super) fn jump(&mut self, at: usize) {
        *self = Self::new(self.text, at);
    }

    /// Reads a text that continues `E'…'` on another line: in it a backslash goes on to escape.
    fn continued(&mut self, start: usize) -> Lexeme {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut terminated = false;
        while let (false, Some(byte)) = (terminated, bytes.get(at)) {
            match byte {
                b'\\' => at += 2,
                b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
                byte => {
                    terminated = *byte == b'\'';
                    at += 1;
                }
            }
        }
        let mut end = at.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.jump(end);
        self.previous = Previous::Escaped;
        Lexeme { raw: Raw::Literal { kind: LiteralKind::EscStr { terminated } }, range: start..end }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Lexeme;

    fn next(&mut self) -> Option<Lexeme> {
        loop {
            let token = self.tokens.next()?;
            let range = self.at..self.at + token.len as usize;
            self.at = range.end;
            let line_end = || self.text.get(range.clone()).is_some_and(|text| text.contains(['\n', '\r']));
            self.previous = match (token.kind, self.previous) {
                (Raw::Literal { kind: LiteralKind::EscStr { .. } }, _) => Previous::Escaped,
                (Raw::Literal { kind: LiteralKind::Str { .. } }, Previous::EscapedAndLineEnd) => {
                    return Some(self.continued(range.start));
                }
                (Raw::Whitespace, Previous::Escaped) if line_end() => Previous::EscapedAndLineEnd,
                (Raw::Whitespace | Raw::LineComment, previous) => previous,
                _ => Previous::Other,
            };
            if token.kind != Raw::Whitespace {
                return Some(Lexeme { raw: token.kind, range });
            }
        }
    }
}
