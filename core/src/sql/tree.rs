//! Statements as trees, for whoever plays them: squawk's syntax under the name of this room.

use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_syntax::SyntaxKind;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::column_name::ColumnName;

use super::name::fold;
use super::split::pieces;
use super::statement::{misread, unread};

/// Why there is no tree of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoTree {
    /// It is no statement of Postgres.
    Syntax(String),
    /// It is not read, and why.
    Unread(&'static str),
}

/// What squawk says of a tree, but Postgres only when it plays the statement, as no error of syntax.
const RAISED_LATER: [&str; 2] = ["VARIADIC param must be last input param.", "Duplicate function body."];

/// Reads a text that holds one statement.
pub(crate) fn statement(text: &str) -> Result<ast::Stmt, NoTree> {
    let (pieces, errors) = pieces(text);
    if let Some(error) = errors.first() {
        return Err(NoTree::Syntax(error.message.clone()));
    }
    let [piece] = pieces.as_slice() else { return Err(NoTree::Syntax("not one statement".to_owned())) };
    if let Some(reason) = unread(piece) {
        return Err(NoTree::Unread(reason));
    }
    // The parser asserts what it believes about itself; see `statement.rs`.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let parse = squawk_syntax::SourceFile::parse(text);
        match parse.errors().into_iter().find(|error| !RAISED_LATER.contains(&error.message())) {
            Some(error) => Err(match misread(text, error.message()) {
                Some(reason) => NoTree::Unread(reason),
                None => NoTree::Syntax(error.message().to_owned()),
            }),
            None => parse.tree().stmts().next().ok_or(NoTree::Unread("it is empty")),
        }
    }));
    read.unwrap_or(Err(NoTree::Unread("the parser gave up on it")))
}

/// Returns the name that Postgres gives to the column that an expression makes; none where it has no idea.
/// `FigureColname`.
pub(crate) fn column_name(expression: &str) -> Option<String> {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let parse = squawk_syntax::SourceFile::parse(&format!("SELECT {expression}"));
        let target = parse.tree().syntax().descendants().find_map(ast::Target::cast)?;
        match ColumnName::inferred_from_target(target)?.0 {
            ColumnName::Column(name) | ColumnName::UnknownColumn(Some(name)) => Some(name.to_string()),
            ColumnName::UnknownColumn(None) | ColumnName::Star => None,
        }
    }));
    read.unwrap_or(None)
}

/// Returns the text of a node, as it was written.
pub(crate) fn text(node: &impl AstNode) -> String {
    node.syntax().text().to_string().trim().to_owned()
}

/// Returns the parts of a dotted name, folded and cut as Postgres does; none where a part is no identifier.
pub(crate) fn parts(node: &impl AstNode) -> Option<Vec<String>> {
    let tokens = node.syntax().descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
    let words = tokens.filter(|token| {
        !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT | SyntaxKind::DOT | SyntaxKind::STAR)
    });
    words.map(|token| fold(token.text())).collect()
}

/// Returns the words and signs of a node, as they were written.
pub(crate) fn words(node: &impl AstNode) -> Vec<String> {
    let tokens = node.syntax().descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
    let words = tokens.filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT));
    words.map(|token| token.text().to_owned()).collect()
}
