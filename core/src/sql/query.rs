//! The tree of sqlparser, for those who read expressions and queries.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

pub(crate) use sqlparser::ast;

use super::ExpressionError;

/// Longer ones would nest deeper than a stack holds.
const BYTES: usize = 50_000;

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
