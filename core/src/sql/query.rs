//! The tree of sqlparser, for those who read expressions and queries.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

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

/// Returns a parser of a text. `LIMIT ALL` is read as `LIMIT NULL`, as Postgres keeps it; sqlparser would forget it.
fn parser(text: &str) -> Result<Parser<'static>, ExpressionError> {
    const DIALECT: PostgreSqlDialect = PostgreSqlDialect {};
    let wrong = |error: sqlparser::tokenizer::TokenizerError| ExpressionError::new(&error);
    let mut tokens = Tokenizer::new(&DIALECT, &decimal(text)).tokenize_with_location().map_err(wrong)?;
    let mut is_limit = false;
    for token in &mut tokens {
        match &token.token {
            Token::Whitespace(_) => {}
            Token::Word(word) if is_limit && word.keyword == Keyword::ALL => {
                token.token = Token::make_keyword("NULL");
                is_limit = false;
            }
            Token::Word(word) => is_limit = word.keyword == Keyword::LIMIT,
            _ => is_limit = false,
        }
    }
    Ok(Parser::new(&DIALECT).with_tokens_with_locations(tokens))
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
