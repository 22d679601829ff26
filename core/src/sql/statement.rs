//! One statement, read by squawk's parser.

use std::ops::Range;

use super::keyword::OF_FUNCTIONS;
use super::kind;
use super::lexer::Lexer;
use super::split::{Piece, SyntaxError, pieces};
use super::tree::{GAVE_UP, NoTree, Reading, Tree};
use super::wording::phrase;

/// A statement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Bytes in the text, from the first token to the last, without the semicolon.
    pub range: Range<usize>,
    /// What it is, in snake case: `create_table`, `insert`, `do`; `unknown` when it could not be read.
    pub kind: &'static str,
    /// Why the parser did not look at it; its syntax is then nobody's judgment but the server's.
    pub unread: Option<&'static str>,
    /// What the parser made of it, for whoever looks again.
    pub(crate) tree: Result<Tree, NoTree>,
}

/// Deepest nesting that is given to the parser: it recurses, and the smallest stack that it runs on is the megabyte of
/// a Web Worker, which a build without optimization fills at about 250.
const DEEPEST: usize = 100;
/// Longest chain of operators: it becomes a tree as deep, and the parser takes quadratic time for some.
const LONGEST_CHAIN: usize = 1_000;
/// Most tokens of one statement that are given to the parser: it refuses to take more than some millions of steps.
const MOST_TOKENS: usize = 40_000;

/// Returns the statements of a text in order, and everything in it that is no SQL, in order.
///
/// Each statement is read for itself, so that an error in one says nothing about the others. Cost is linear in the
/// text.
pub fn split(sql: &str) -> (Vec<Statement>, Vec<SyntaxError>) {
    let (pieces, mut errors) = pieces(sql);
    let named: Vec<usize> = errors.iter().map(|error| error.range.start).collect();
    let (mut statements, mut more) = (Vec::with_capacity(pieces.len()), Vec::new());
    for piece in pieces {
        // A quote that is never closed was named already; the parser would name it again in other words.
        let first = named.partition_point(|start| *start < piece.range.start);
        let cut_short = named.get(first).is_some_and(|start| *start < piece.range.end);
        let (mut statement, wrong) = Statement::read(sql, &piece);
        if cut_short {
            statement.tree = Err(NoTree::Syntax(errors.get(first).map(|it| it.message.clone()).unwrap_or_default()));
        } else {
            more.extend(wrong);
        }
        statements.push(statement);
    }
    errors.append(&mut more);
    errors.sort_by_key(|error| error.range.start);
    (statements, errors)
}

/// Returns where the statements of a text are, and what each is as far as its words tell. No parser runs: for a text
/// that is known to be sound this is what [`split`] would say.
pub fn outline(sql: &str) -> impl Iterator<Item = (Range<usize>, &'static str)> + '_ {
    let kind = |range: &Range<usize>| kind::by_words(sql.get(range.clone()).unwrap_or_default());
    pieces(sql).0.into_iter().map(move |piece| (piece.range.clone(), kind(&piece.range)))
}

/// Returns why the parser is not to look at a statement.
pub(super) fn unread(piece: &Piece) -> Option<&'static str> {
    if piece.depth > DEEPEST {
        Some("it nests too deep")
    } else if piece.chain > LONGEST_CHAIN {
        Some("an expression in it is too long")
    } else if piece.tokens > MOST_TOKENS {
        Some("it is too long")
    } else if piece.continued {
        Some("a quoted text with escapes goes on over lines")
    } else {
        None
    }
}

/// Returns whether a text goes on with what may stand behind a query in parentheses.
fn goes_on(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    BEHIND_A_QUERY.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What may stand behind a query in parentheses.
const BEHIND_A_QUERY: [&str; 8] = ["UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];

/// Returns why it is the parser that is wrong about a statement, and not the statement, as far as that is known of it.
pub(super) fn misread(text: &str, message: &str) -> Option<&'static str> {
    let has = |wanted: &[&str]| {
        let words: Vec<&str> =
            text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|it| !it.is_empty()).collect();
        words.windows(wanted.len()).any(|window| window.iter().zip(wanted).all(|(a, b)| a.eq_ignore_ascii_case(b)))
    };
    if message.contains("expected expression") && has(&["between"]) && has(&["or", "not"]) {
        Some("the parser does not know OR NOT behind BETWEEN")
    } else if message.contains("WITH") && has(&["exclude"]) {
        Some("the parser does not know what may stand behind a part of EXCLUDE")
    } else if has(&["rule"]) && text.split(')').skip(1).any(goes_on) {
        Some("the parser takes a query in parentheses for the list of what a rule does")
    } else if has(&["copy"]) && has(&["delimiters"]) {
        Some("the parser does not know DELIMITERS, as COPY had it once")
    } else if (message.contains("expected COMMA") || message.contains("JSON"))
        && ["json_value", "json_query", "json_exists", "json_objectagg"].iter().any(|word| has(&[word]))
    {
        Some("whether a function of JSON has a grammar of its own here, which it has since 16 or 17")
    } else if has(&["returns", "table"]) && OF_FUNCTIONS.iter().any(|word| has(&[word])) {
        Some("the parser does not know LEFT and its like as the name of a column that a function returns")
    } else if has(&["system_user"]) {
        Some("whether SYSTEM_USER is a name here, which it is up to 15")
    } else {
        None
    }
}

impl Statement {
    /// Reads one statement of a text; returns it with the first thing that is wrong in it.
    fn read(sql: &str, piece: &Piece) -> (Self, Option<SyntaxError>) {
        let range = piece.range.clone();
        let text = sql.get(range.clone()).unwrap_or_default();
        if let Some(reason) = unread(piece) {
            return (Self::unread(range, text, reason), None);
        }
        let Some(Reading { tree, errors }) = Reading::of(text) else {
            return (Self::unread(range, text, GAVE_UP), None);
        };
        let kind = tree.statement().map_or(kind::UNKNOWN, |statement| kind::of(&statement));
        // The first thing wrong is what to repair; what the parser says behind it follows from it.
        let wrong = errors.first().map(|error| wrong(text, kind, error));
        let misread = wrong.as_ref().and_then(|wrong| misread(text, &wrong.message));
        let tree = tree.unless(text, &errors);
        if misread.is_some() {
            return (Self { range, kind, unread: misread, tree }, None);
        }
        let wrong = wrong.map(|Wrong { range: place, message, help }| {
            let place = range.start + place.start..range.start + place.end;
            SyntaxError { range: place, message, help }
        });
        (Self { range, kind, unread: None, tree }, wrong)
    }

    fn unread(range: Range<usize>, text: &str, reason: &'static str) -> Self {
        Self { range, kind: kind::by_words(text), unread: Some(reason), tree: Err(NoTree::Unread(reason)) }
    }
}

struct Wrong {
    range: Range<usize>,
    message: String,
    help: Option<&'static str>,
}

fn wrong(text: &str, kind: &str, error: &squawk_syntax::syntax_error::SyntaxError) -> Wrong {
    let start = usize::from(error.range().start()).min(text.len());
    let end = usize::from(error.range().end()).clamp(start, text.len());
    let range = widened(text, start..end);
    let message = match kind {
        kind::UNKNOWN => format!("syntax error: no statement of Postgres starts with `{}`", first_words(text)),
        // Behind the end of a statement the parser looks for another one.
        _ if error.message().starts_with("expected command") => match kind::by_words(text) {
            kind::UNKNOWN => format!("syntax error: no statement of Postgres starts with `{}`", first_words(text)),
            _ => format!("syntax error at `{}`", first_words(text.get(range.start..).unwrap_or_default())),
        },
        _ => phrase(error.message()),
    };
    Wrong { range, message, help: forgotten_semicolon(text, start) }
}

fn first_words(text: &str) -> String {
    let words = Lexer::new(text, 0).filter(|lexeme| !lexeme.is_comment()).take(2);
    let words: Vec<&str> = words.filter_map(|lexeme| text.get(lexeme.range)).collect();
    words.join(" ").chars().take(40).collect()
}

/// Returns the token that an empty place stands before, or the last one when it is the end.
fn widened(text: &str, place: Range<usize>) -> Range<usize> {
    if !place.is_empty() {
        return place;
    }
    let mut last = place.clone();
    for lexeme in Lexer::new(text, 0).filter(|lexeme| !lexeme.is_comment()) {
        last = lexeme.range;
        if last.end > place.start {
            break;
        }
    }
    last
}

/// A line before the place that starts like a statement means that the one before it was not ended.
fn forgotten_semicolon(text: &str, place: usize) -> Option<&'static str> {
    const STARTS: [&str; 10] =
        ["create", "alter", "drop", "insert", "update", "delete", "comment", "grant", "select", "do"];
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let word = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        if number > 0 && at <= place && STARTS.iter().any(|start| word.eq_ignore_ascii_case(start)) {
            return Some("is a `;` missing at the end of the statement before?");
        }
        at += line.len();
    }
    None
}
