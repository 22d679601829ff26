//! Tokens for highlighting, from the lexer alone.

use std::ops::Range;

use super::keyword::{is_reserved, is_unreserved};
use super::lexer::{Lexeme, Lexer, Raw};

/// What a token is to the reader's eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of the language.
    Keyword,
    /// A name.
    Identifier,
    /// A name in double quotes.
    QuotedIdentifier,
    /// A type that Postgres brings.
    Type,
    /// A name that is called.
    Function,
    /// A text in single quotes or dollars; of a body that is read as code, the dollars alone.
    String,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// One or several operator characters.
    Operator,
    /// Parentheses, commas, dots, semicolons.
    Punctuation,
    /// `$1`.
    Parameter,
}

/// A stretch of text with its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes in the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// Returns everything in a text that is not white space, in order and without overlap.
///
/// The body of a function or `DO` block in dollar quotes is read as code.
pub fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    read(sql, 0..sql.len(), true, &mut tokens);
    tokens
}

fn read(sql: &str, part: Range<usize>, bodies: bool, tokens: &mut Vec<Token>) {
    let Some(text) = sql.get(part.clone()) else { return };
    let lexemes: Vec<Lexeme> = Lexer::new(text, 0).collect();
    let mut shouts = false;
    let mut statement_starts = true;
    let mut before = String::new();
    let push = |tokens: &mut Vec<Token>, range: Range<usize>, kind| {
        let range = range.start + part.start..range.end + part.start;
        match tokens.last_mut() {
            Some(last) if kind == TokenKind::Operator && last.kind == kind && last.range.end == range.start => {
                last.range.end = range.end;
            }
            _ => tokens.push(Token { range, kind }),
        }
    };
    for (i, lexeme) in lexemes.iter().enumerate() {
        let range = lexeme.range.clone();
        let source = text.get(range.clone()).unwrap_or_default();
        let called = || lexemes.get(i + 1).is_some_and(|next| next.raw == Raw::OpenParen);
        let kind = match lexeme.raw {
            Raw::LineComment | Raw::BlockComment { .. } => TokenKind::Comment,
            Raw::Literal { kind: squawk_lexer::LiteralKind::DollarQuotedString { terminated } } => {
                let fence = source.strip_prefix('$').and_then(|rest| rest.find('$')).map_or(0, |tag| tag + 2);
                if bodies && terminated && matches!(before.as_str(), "as" | "do" | "plpgsql") {
                    push(tokens, range.start..range.start + fence, TokenKind::String);
                    let inner = range.start + fence..range.end - fence;
                    read(sql, inner.start + part.start..inner.end + part.start, false, tokens);
                    push(tokens, range.end - fence..range.end, TokenKind::String);
                    before.clear();
                    continue;
                }
                TokenKind::String
            }
            Raw::Literal { kind } => match kind {
                squawk_lexer::LiteralKind::Int { .. } | squawk_lexer::LiteralKind::Numeric { .. } => TokenKind::Number,
                _ => TokenKind::String,
            },
            Raw::QuotedIdent { .. } => TokenKind::QuotedIdentifier,
            Raw::PositionalParam { .. } => TokenKind::Parameter,
            Raw::Semi
            | Raw::Comma
            | Raw::Dot
            | Raw::OpenParen
            | Raw::CloseParen
            | Raw::OpenBracket
            | Raw::CloseBracket
            | Raw::OpenCurly
            | Raw::CloseCurly => TokenKind::Punctuation,
            Raw::Ident => {
                if statement_starts {
                    shouts = source.chars().all(|c| !c.is_ascii_lowercase());
                }
                let word = source.to_ascii_lowercase();
                let kind = word_kind(&word, source, &before, shouts, called());
                before = word;
                kind
            }
            _ => TokenKind::Operator,
        };
        if kind != TokenKind::Comment {
            statement_starts = lexeme.raw == Raw::Semi;
            if lexeme.raw != Raw::Ident {
                before.clear();
                if lexeme.raw == Raw::Dot {
                    before.push('.');
                }
            }
        }
        push(tokens, range, kind);
    }
}

fn word_kind(word: &str, source: &str, before: &str, shouts: bool, called: bool) -> TokenKind {
    const NAME_FOLLOWS: [&str; 14] = [
        "table",
        "into",
        "references",
        "index",
        "on",
        "view",
        "exists",
        "only",
        "join",
        "constraint",
        "type",
        "domain",
        "sequence",
        "schema",
    ];
    if before == "." {
        return if called { TokenKind::Function } else { TokenKind::Identifier };
    }
    if TYPES.binary_search(&word).is_ok() && !NAME_FOLLOWS.contains(&before) {
        return TokenKind::Type;
    }
    if is_reserved(word) {
        return if called && CALLED.contains(&word) { TokenKind::Function } else { TokenKind::Keyword };
    }
    // Any of these may be a name; where key words are written in capitals, lower case is one.
    let capitals = source.chars().all(|c| !c.is_ascii_lowercase());
    if (is_unreserved(word) || PLPGSQL.contains(&word)) && (capitals || (!shouts && !OFTEN_NAMES.contains(&word))) {
        return TokenKind::Keyword;
    }
    if called && !NAME_FOLLOWS.contains(&before) { TokenKind::Function } else { TokenKind::Identifier }
}

/// Types, without the words that only follow another (`precision`, `varying`).
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "bigint", "bigserial", "bit", "bool", "boolean", "box", "bytea", "char", "character", "cidr", "circle", "citext", "date",
    "daterange", "decimal", "double", "float", "float4", "float8", "hstore", "inet", "int", "int2", "int4", "int4range", "int8",
    "int8range", "integer", "interval", "json", "jsonb", "jsonpath", "line", "lseg", "ltree", "macaddr", "macaddr8", "money",
    "numeric", "numrange", "oid", "point", "polygon", "real", "record", "regclass", "regproc", "regtype", "serial", "smallint",
    "smallserial", "text", "time", "timestamp", "timestamptz", "timetz", "trigger", "tsquery", "tsrange", "tstzrange",
    "tsvector", "uuid", "varbit", "varchar", "void", "xid", "xml",
];

/// Reserved words that are called like functions.
const CALLED: [&str; 16] = [
    "coalesce",
    "greatest",
    "least",
    "nullif",
    "extract",
    "substring",
    "trim",
    "overlay",
    "position",
    "row",
    "treat",
    "xmlelement",
    "json_object",
    "json_array",
    "json_value",
    "left",
];

/// Words of PL/pgSQL that are no key words of SQL.
const PLPGSQL: [&str; 14] = [
    "elsif",
    "exception",
    "exit",
    "foreach",
    "found",
    "if",
    "loop",
    "notice",
    "perform",
    "raise",
    "reverse",
    "slice",
    "strict",
    "while",
];

/// Key words that are columns more often than not.
const OFTEN_NAMES: [&str; 33] = [
    "action",
    "comment",
    "content",
    "data",
    "day",
    "description",
    "destination",
    "domain",
    "format",
    "hour",
    "key",
    "label",
    "level",
    "location",
    "method",
    "minute",
    "month",
    "name",
    "node",
    "path",
    "period",
    "plan",
    "position",
    "role",
    "second",
    "source",
    "state",
    "status",
    "string",
    "target",
    "type",
    "value",
    "year",
];
