//! From SQL text to statements. The only room that names squawk or sqlparser.
//!
//! [`split`] finds the statements with the lexer alone, so that a broken one does not swallow those behind it;
//! [`Statement::read`] then parses one of them. [`tokens`] colours text and links no parser.

mod expression;
mod keyword;
mod kind;
mod lexer;
mod name;
mod split;
mod statement;
mod token;
mod transaction;
mod wording;

pub use expression::{ExpressionError, columns};
pub use name::{fold, quote_identifier, quote_literal, quote_name};
pub use split::{Piece, SyntaxError, pieces};
pub use statement::{Statement, split};
pub use token::{Token, TokenKind, tokens};
pub use transaction::{Transactions, transactions};
