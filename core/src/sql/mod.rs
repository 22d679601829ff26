//! From SQL text to statements. The only room that names squawk or sqlparser.
//!
//! [`split`] cuts with the lexer alone, so that a broken statement does not swallow those behind it, then parses each
//! for itself; [`well_formed`] asks the grammar alone. [`tokens`] colors text and links no parser.

mod expression;
mod grammar;
mod keyword;
mod kind;
mod lexer;
mod name;
mod split;
mod statement;
mod token;
mod transaction;
mod type_name;
mod wording;

pub use expression::{ExpressionError, columns};
pub use name::{fold, quote_identifier, quote_literal, quote_name};
pub use split::SyntaxError;
pub use statement::{Statement, split, well_formed};
pub use token::{Token, TokenKind, tokens};
pub use transaction::{Transactions, transactions};
pub use type_name::{IntervalFields, Modifier, TypeName};
