//! From SQL text to statements. The only room that names squawk or sqlparser.
//!
//! [`split`] cuts with the lexer alone, so that a broken statement does not swallow those behind it, then parses each
//! for itself; [`tokens`] colors text and links no parser.

mod expression;
mod identifiers;
mod keyword;
mod kind;
mod lexer;
mod name;
mod number;
pub(crate) mod plpgsql;
pub(crate) mod query;
mod reserved;
pub(crate) mod runs;
mod session;
mod since;
mod split;
mod statement;
mod target;
mod token;
mod transaction;
pub(crate) mod tree;
mod type_name;
mod wording;

/// The trees of statements.
pub(crate) use squawk_syntax::ast;

pub use expression::{ExpressionError, columns};
pub use identifiers::{identifiers, identifiers_inside};
pub use keyword::is_keyword;
pub(crate) use keyword::is_reserved_in;
pub(crate) use kind::of as kind_of;
pub(crate) use name::cut;
pub use name::{fold, quote_identifier, quote_identifier_of, quote_literal, quote_name, quote_name_of};
pub(crate) use number::decimal;
pub use session::RESET_SESSION;
pub use split::SyntaxError;
pub use statement::{Statement, outline, split};
pub(crate) use target::target;
pub use token::{Token, TokenKind, tokens};
pub use transaction::{Transactions, transactions};
pub use type_name::{IntervalFields, Modifier, TypeName};
