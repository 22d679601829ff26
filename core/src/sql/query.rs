//! The tree of sqlparser, for those who read expressions and queries.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

pub(crate) use sqlparser::ast;

use super::{ExpressionError, decimal};

/// Longer ones would nest deeper than a stack holds.
const BYTES: usize = 50_000;
/// A query inside a query takes much of the stack, while it is read and while it is followed.
const NESTING: usize = 12;

/// Reads a whole text as one query.
pub(crate) fn query(text: &str) -> Result<ast::Query, ExpressionError> {
    match statement(text)? {
        ast::Statement::Query(query) => Ok(*query),
        _ => Err(ExpressionError::new(&"it is no query")),
    }
}

/// Reads a whole text as one statement.
pub(crate) fn statement(text: &str) -> Result<ast::Statement, ExpressionError> {
    if text.len() > BYTES || nesting(text) > NESTING {
        return Err(ExpressionError::new(&"it is too long or too deep"));
    }
    let wrong = |error: sqlparser::parser::ParserError| ExpressionError::new(&error);
    let mut parser = parser(text)?;
    let tree = parser.parse_statement().map_err(wrong)?;
    while parser.consume_token(&Token::SemiColon) {}
    match &parser.peek_token().token {
        Token::EOF => Ok(tree),
        rest => Err(ExpressionError::new(&format_args!("'{rest}' is left over"))),
    }
}

/// Returns a parser of a text.
///
/// `LIMIT ALL` is read as `LIMIT NULL`, as Postgres keeps it; sqlparser would forget it. `TABLE name`, of which it reads
/// few forms, is read as `SELECT * FROM name`. `OVERRIDING SYSTEM VALUE`, which it does not read, goes before the table as
/// what another database has there: [`SYSTEM_VALUE`], [`USER_VALUE`].
fn parser(text: &str) -> Result<Parser<'static>, ExpressionError> {
    const DIALECT: PostgreSqlDialect = PostgreSqlDialect {};
    let wrong = |error: sqlparser::tokenizer::TokenizerError| ExpressionError::new(&error);
    let written = Tokenizer::new(&DIALECT, &decimal(text)).tokenize_with_location().map_err(wrong)?;
    let mut tokens: Vec<TokenWithSpan> = Vec::with_capacity(written.len());
    let mut before = Before::Query;
    for token in written {
        let keyword = match &token.token {
            Token::Whitespace(_) => {
                tokens.push(token);
                continue;
            }
            Token::Word(word) => Some(word.keyword),
            _ => None,
        };
        match (before, keyword) {
            (Before::Limit, Some(Keyword::ALL)) => {
                tokens.push(TokenWithSpan::new(Token::make_keyword("NULL"), token.span));
            }
            (Before::Query, Some(Keyword::TABLE)) => {
                let all = [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")];
                tokens.extend(all.map(|word| TokenWithSpan::new(word, token.span)));
            }
            _ => tokens.push(token.clone()),
        }
        before = match (&token.token, keyword) {
            (Token::LParen, _) | (_, Some(Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT)) => Before::Query,
            (_, Some(Keyword::ALL | Keyword::DISTINCT)) if before == Before::Query => Before::Query,
            (_, Some(Keyword::LIMIT)) => Before::Limit,
            _ => Before::Other,
        };
    }
    put_overriding_first(&mut tokens);
    Ok(Parser::new(&DIALECT).with_tokens_with_locations(tokens))
}

/// How `OVERRIDING SYSTEM VALUE` is read: as `INSERT OR ABORT`.
pub(crate) const SYSTEM_VALUE: ast::SqliteOnConflict = ast::SqliteOnConflict::Abort;
/// How `OVERRIDING USER VALUE` is read: as `INSERT OR FAIL`.
pub(crate) const USER_VALUE: ast::SqliteOnConflict = ast::SqliteOnConflict::Fail;

fn put_overriding_first(tokens: &mut Vec<TokenWithSpan>) {
    let is = |token: &TokenWithSpan, wanted: &str| match &token.token {
        Token::Word(word) => word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted),
        _ => false,
    };
    let is_word = |at: &usize| !matches!(tokens.get(*at).map(|it| &it.token), Some(Token::Whitespace(_)));
    let words: Vec<usize> = (0..tokens.len()).filter(is_word).collect();
    let says = |at: &[usize], wanted: [&str; 3]| {
        at.iter().zip(wanted).all(|(at, wanted)| tokens.get(*at).is_some_and(|token| is(token, wanted)))
    };
    let mut moves: Vec<(usize, &str, usize, usize)> = Vec::new();
    for (place, at) in words.windows(3).enumerate() {
        let which = if says(at, ["overriding", "system", "value"]) {
            "ABORT"
        } else if says(at, ["overriding", "user", "value"]) {
            "FAIL"
        } else {
            continue;
        };
        let mut before = words.iter().take(place).rev();
        let insert = before.find(|at| tokens.get(**at).is_some_and(|token| is(token, "insert")));
        if let (Some(insert), [first, _, last]) = (insert, at) {
            moves.push((*insert, which, *first, *last));
        }
    }
    for (insert, which, first, last) in moves.into_iter().rev() {
        tokens.drain(first..=last);
        let Some(span) = tokens.get(insert).map(|token| token.span) else { continue };
        let words = ["OR", which].map(|word| TokenWithSpan::new(Token::make_keyword(word), span));
        tokens.splice(insert + 1..insert + 1, words);
    }
}

/// What a token stands behind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Where a query may begin.
    Query,
    /// `LIMIT`
    Limit,
    Other,
}

/// Returns how deep queries stand in parentheses, at most: what stands in quotes counts too.
fn nesting(text: &str) -> usize {
    let (mut open, mut deepest) = (Vec::new(), 0);
    let mut queries = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => {
                let rest = text.get(at + 1..).unwrap_or_default().trim_start();
                let word = rest.get(..6).unwrap_or_default();
                let is_query = ["select", "values", "with r", "table ", "insert", "update", "delete", "merge "]
                    .iter()
                    .any(|it| word.eq_ignore_ascii_case(it))
                    || rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("with "));
                queries += usize::from(is_query);
                deepest = deepest.max(queries);
                open.push(is_query);
            }
            ')' => queries -= usize::from(open.pop().unwrap_or_default()),
            _ => {}
        }
    }
    deepest
}

/// Returns a query that is nothing but its body.
pub(crate) fn alone(body: ast::SetExpr) -> ast::Query {
    ast::Query {
        with: None,
        body: Box::new(body),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

/// Reads a whole text as one expression.
pub(crate) fn expression(text: &str) -> Result<ast::Expr, ExpressionError> {
    if text.len() > BYTES || nesting(text) > NESTING {
        return Err(ExpressionError::new(&"it is too long or too deep"));
    }
    let wrong = |error: sqlparser::parser::ParserError| ExpressionError::new(&error);
    let mut parser = parser(text)?;
    let tree = parser.parse_expr().map_err(wrong)?;
    match &parser.peek_token().token {
        Token::EOF => Ok(tree),
        rest => Err(ExpressionError::new(&format_args!("'{rest}' is left over"))),
    }
}
