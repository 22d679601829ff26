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
/// few forms, is read as `SELECT * FROM name`.
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
    Ok(Parser::new(&DIALECT).with_tokens_with_locations(tokens))
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
