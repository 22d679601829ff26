//! Where statements start and end, found with the lexer alone.
//!
//! A semicolon ends a statement except inside the body of a rule, `DO (…; …)`, and of an SQL-standard routine,
//! `BEGIN ATOMIC … END`: the only places where Postgres takes one. Inside any other parenthesis it ends the statement
//! all the same, so that a forgotten `)` spoils one statement and not the rest of the file.

use std::ops::Range;

use super::lexer::{Lexeme, Lexer, Raw};

/// A statement as the lexer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Bytes in the text, from the first token to the last, without the semicolon.
    pub(super) range: Range<usize>,
    /// How deep a parser would have to recurse.
    pub(super) depth: usize,
    /// Most operators and dots in a row, not counting those behind commas: how deep the tree of a parser gets.
    pub(super) chain: usize,
    /// Number of tokens.
    pub(super) tokens: usize,
    /// A text in it goes on over lines in a way that only this lexer follows.
    pub(super) continued: bool,
}

/// A place where the text is no SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes in the text.
    pub range: Range<usize>,
    /// What is wrong, as one phrase.
    pub message: String,
    /// What to do about it.
    pub help: Option<&'static str>,
}

const UNTERMINATED_HELP: &str =
    "close it; a line that starts with `-- migrate:` ends the section even inside quotes and comments";

/// Returns the statements of a text, and what keeps it from being cut: quotes and comments that are not closed,
/// commands of psql. Cost is linear in the text.
pub(super) fn pieces(sql: &str) -> (Vec<Piece>, Vec<SyntaxError>) {
    let mut cutter = Cutter { sql, pieces: Vec::new(), errors: Vec::new() };
    let mut lexer = Lexer::new(sql, 0);
    let mut open = Open::default();
    let mut data_ahead = true;
    while let Some(lexeme) = lexer.next() {
        if let Some(message) = lexeme.unterminated() {
            let range = lexeme.range.start..opening_end(sql, &lexeme);
            cutter.errors.push(SyntaxError { range, message: message.to_owned(), help: Some(UNTERMINATED_HELP) });
        }
        if lexeme.is_comment() {
            continue;
        }
        if lexeme.raw == Raw::Unknown && open.is_empty() && sql.as_bytes().get(lexeme.range.start) == Some(&b'\\') {
            lexer.jump(cutter.psql_command(lexeme.range.start));
            continue;
        }
        if lexeme.raw == Raw::Semi && !open.holds_semicolons() {
            let copies = open.copies_in() && data_ahead;
            cutter.close(&mut open);
            if copies {
                match data_end(sql, lexeme.range.end) {
                    Some(end) => lexer.jump(end),
                    // Whoever looks again for an end that is not there would make the cost quadratic.
                    None => data_ahead = false,
                }
            }
            continue;
        }
        open.push(sql, &lexeme);
    }
    if open.atomic > 0 {
        let range = open.start..open.first_end;
        let message = "the body `BEGIN ATOMIC` of this routine is not closed by `END`".to_owned();
        cutter.errors.push(SyntaxError { range, message, help: None });
    }
    cutter.close(&mut open);
    (cutter.pieces, cutter.errors)
}

struct Cutter<'a> {
    sql: &'a str,
    pieces: Vec<Piece>,
    errors: Vec<SyntaxError>,
}

impl Cutter<'_> {
    fn close(&mut self, open: &mut Open) {
        let open = std::mem::take(open);
        if !open.is_empty() {
            self.pieces.push(Piece {
                range: open.start..open.end,
                depth: open.nesting.deepest,
                chain: open.nesting.longest_chain,
                tokens: open.tokens,
                continued: open.continued,
            });
        }
    }

    /// Leaves out a line such as `\connect shop`; returns where the next one starts.
    fn psql_command(&mut self, start: usize) -> usize {
        let rest = self.sql.get(start..).unwrap_or_default();
        let end = start + rest.find('\n').unwrap_or(rest.len());
        let line = rest.lines().next().unwrap_or_default().trim_end();
        let message = format!("'{}' is a command of psql, not SQL", line.chars().take(40).collect::<String>());
        let help = Some("take the line out: a migration is sent to the server as it stands");
        self.errors.push(SyntaxError { range: start..start + line.len(), message, help });
        end
    }
}

/// The statement that is being read.
#[derive(Default)]
struct Open {
    start: usize,
    end: usize,
    /// End of the first token.
    first_end: usize,
    tokens: usize,
    nesting: Nesting,
    head: Head,
    /// `BEGIN ATOMIC` and the `CASE`s in it that are not closed.
    atomic: usize,
    previous_begin: bool,
    previous_from: bool,
    from_stdin: bool,
    continued: bool,
    escaped_text: bool,
}

/// How deep a parser has to go: an upper bound, from tokens alone.
#[derive(Default)]
struct Nesting {
    /// For each open parenthesis, what stood open before it: one for itself and the prefixes in front of it.
    levels: Vec<usize>,
    /// Sum of `levels`.
    below: usize,
    /// Constructs that nest without parentheses and are open at this level.
    open: usize,
    /// Prefix operators in a row.
    prefixes: usize,
    deepest: usize,
    chain: usize,
    longest_chain: usize,
}

impl Nesting {
    fn depth(&self) -> usize {
        self.levels.len()
    }

    fn push(&mut self, raw: Raw, text: &str) {
        match raw {
            Raw::OpenParen | Raw::OpenBracket => {
                let level = 1 + self.prefixes + self.open;
                self.levels.push(level);
                self.below += level;
                (self.open, self.prefixes) = (0, 0);
            }
            Raw::CloseParen | Raw::CloseBracket => {
                let level = self.levels.pop().unwrap_or(0);
                self.below -= level;
                (self.open, self.prefixes) = (level.saturating_sub(1), 0);
            }
            Raw::Comma | Raw::Semi => (self.open, self.prefixes, self.chain) = (0, 0, 0),
            Raw::Ident => self.word(text),
            Raw::Dot => self.chain += 1,
            Raw::Literal { .. } | Raw::QuotedIdent { .. } | Raw::PositionalParam { .. } => self.prefixes = 0,
            _ => {
                self.prefixes += 1;
                self.chain += 1;
            }
        }
        self.deepest = self.deepest.max(self.below + self.open + self.prefixes);
        self.longest_chain = self.longest_chain.max(self.chain);
    }

    /// Takes the text in quotes that may be the body of a routine: a parser reads it as statements of its own.
    fn push_body(&mut self, quoted: &str) {
        let inner = match quoted.strip_prefix('$').and_then(|rest| rest.find('$')) {
            Some(tag) => quoted.get(tag + 2..quoted.len().saturating_sub(tag + 2)),
            None => quoted.find('\'').and_then(|quote| quoted.get(quote + 1..)),
        };
        let inner = inner.unwrap_or_default();
        let mut nesting = Self::default();
        for lexeme in Lexer::new(inner, 0).filter(|lexeme| !lexeme.is_comment()) {
            nesting.push(lexeme.raw, inner.get(lexeme.range).unwrap_or_default());
        }
        self.deepest = self.deepest.max(nesting.deepest);
        self.longest_chain = self.longest_chain.max(nesting.longest_chain);
    }

    fn word(&mut self, word: &str) {
        let any = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
        if any(&["not"]) {
            self.prefixes += 1;
            return;
        }
        self.prefixes = 0;
        if any(&["case", "between", "join", "with", "explain", "prepare"]) {
            self.open += 1;
        } else if any(&["end", "on"]) {
            self.open = self.open.saturating_sub(1);
        }
        if any(&["and", "or", "union", "except", "intersect", "is", "in", "collate", "at"]) {
            self.chain += 1;
        }
    }
}

/// What the first words say about semicolons.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Head {
    #[default]
    Nothing,
    Create,
    Rule,
    Routine,
    Copy,
    Other,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.tokens == 0
    }

    fn holds_semicolons(&self) -> bool {
        self.atomic > 0 || (self.head == Head::Rule && self.nesting.depth() > 0)
    }

    fn copies_in(&self) -> bool {
        self.head == Head::Copy && self.from_stdin
    }

    fn push(&mut self, sql: &str, lexeme: &Lexeme) {
        if self.is_empty() {
            self.start = lexeme.range.start;
            self.first_end = lexeme.range.end;
        }
        self.end = lexeme.range.end;
        self.tokens += 1;
        let escaped = matches!(lexeme.raw, Raw::Literal { kind: squawk_lexer::LiteralKind::EscStr { .. } });
        let text = sql.get(lexeme.range.clone()).unwrap_or_default();
        self.continued |= escaped && self.escaped_text && text.starts_with('\'');
        self.escaped_text = escaped;
        self.nesting.push(lexeme.raw, text);
        if self.head == Head::Routine && matches!(lexeme.raw, Raw::Literal { .. }) {
            self.nesting.push_body(text);
        }
        if lexeme.raw == Raw::Ident {
            self.word(text);
        }
        if lexeme.raw != Raw::Ident {
            (self.previous_begin, self.previous_from) = (false, false);
            if self.head == Head::Nothing {
                self.head = Head::Other;
            }
        }
    }

    fn word(&mut self, word: &str) {
        let is = |known: &str| word.eq_ignore_ascii_case(known);
        let any = |known: &[&str]| known.iter().any(|known| is(known));
        self.head = match self.head {
            Head::Nothing if is("create") => Head::Create,
            Head::Nothing if is("copy") => Head::Copy,
            Head::Nothing => Head::Other,
            Head::Create if any(&["or", "replace"]) => Head::Create,
            Head::Create if is("rule") => Head::Rule,
            Head::Create if any(&["function", "procedure"]) => Head::Routine,
            Head::Create => Head::Other,
            head => head,
        };
        if self.head == Head::Routine && self.nesting.depth() == 0 || self.atomic > 0 {
            if self.previous_begin && is("atomic") && self.atomic == 0 {
                self.atomic = 1;
            } else if self.atomic > 0 && any(&["case", "begin"]) {
                self.atomic += 1;
            } else if self.atomic > 0 && is("end") {
                self.atomic -= 1;
            }
        }
        self.from_stdin |= self.previous_from && is("stdin") && self.nesting.depth() == 0;
        self.previous_begin = is("begin");
        self.previous_from = is("from");
    }
}

/// Returns the end of what opens a quote or comment, so that a finding does not colour the rest of the file.
fn opening_end(sql: &str, lexeme: &Lexeme) -> usize {
    let text = sql.get(lexeme.range.clone()).unwrap_or_default();
    let length = match text.strip_prefix('$').and_then(|text| text.find('$')) {
        Some(tag) => tag + 2,
        None if text.starts_with("/*") => 2,
        None => text.find(['\'', '"']).map_or(1, |quote| quote + 1),
    };
    lexeme.range.start + length
}

/// Returns where the data block of `COPY … FROM stdin` ends: behind the line `\.`; none when there is no such line.
fn data_end(sql: &str, from: usize) -> Option<usize> {
    let rest = sql.get(from..)?;
    let mut at = from;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "\\." {
            return Some(at);
        }
    }
    None
}
