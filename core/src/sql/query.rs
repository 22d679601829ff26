//! The tree of sqlparser, for those who read expressions and queries.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

pub(crate) use sqlparser::ast;

use super::ExpressionError;

/// Longer ones would nest deeper than a stack holds.
const BYTES: usize = 50_000;
/// A query inside a query takes much of the stack, while it is read and while it is followed.
const NESTING: usize = 12;

/// Reads a whole text as one query.
pub(crate) fn query(text: &str) -> Result<ast::Query, ExpressionError> {
    // sqlparser forgets it, but Postgres keeps it.
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    if words.windows(2).any(|pair| matches!(pair, [limit, all] if limit == "limit" && all.starts_with("all"))) {
        return Err(ExpressionError::new(&"LIMIT ALL is not read"));
    }
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
    let mut parser = Parser::new(&PostgreSqlDialect {}).try_with_sql(text).map_err(wrong)?;
    let tree = parser.parse_statement().map_err(wrong)?;
    while parser.consume_token(&Token::SemiColon) {}
    match &parser.peek_token().token {
        Token::EOF => Ok(tree),
        rest => Err(ExpressionError::new(&format_args!("'{rest}' is left over"))),
    }
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
                let is_query = ["select", "values", "with r", "table "].iter().any(|it| word.eq_ignore_ascii_case(it))
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
    if text.len() > BYTES {
        return Err(ExpressionError::new(&"it is too long"));
    }
    let wrong = |error: sqlparser::parser::ParserError| ExpressionError::new(&error);
    let mut parser = Parser::new(&PostgreSqlDialect {}).try_with_sql(text).map_err(wrong)?;
    let tree = parser.parse_expr().map_err(wrong)?;
    match &parser.peek_token().token {
        Token::EOF => Ok(tree),
        rest => Err(ExpressionError::new(&format_args!("'{rest}' is left over"))),
    }
}
