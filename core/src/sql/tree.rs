//! Statements as trees, for whoever plays them: squawk's syntax under the name of this room.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::column_name::ColumnName;
use squawk_syntax::syntax_error::SyntaxError;
use squawk_syntax::{Parse, SourceFile, SyntaxKind};

use super::name::fold;
use super::reserved::reserved_names;
pub(crate) use super::since::{Unread, unread_by};
use super::split::pieces;
use super::statement::{misread, unread};

/// Why there is no tree of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoTree {
    /// It is no statement of Postgres.
    Syntax(String),
    /// It is not read, and why.
    Unread(&'static str),
    /// `ALTER TYPE … DROP VALUE`, which Postgres reads since 17, to say that there is no such thing.
    DropValue,
}

/// What the parser made of one statement. It is kept and sent about as it is; what is asked of it is a view of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Tree(Parse<SourceFile>);

/// A text and what is wrong in it.
pub(super) struct Reading {
    pub(super) tree: Tree,
    pub(super) errors: Vec<SyntaxError>,
}

/// Why there is no tree where the parser is wrong about itself.
pub(super) const GAVE_UP: &str = "the parser gave up on it";

/// How squawk complains of letters behind a number.
pub(crate) const JUNK_BEHIND_NUMBER: &str = "trailing junk after numeric literal";

/// What squawk says of a tree, but Postgres only when it plays the statement, as no error of syntax.
const RAISED_LATER: [&str; 2] = ["VARIADIC param must be last input param.", "Duplicate function body."];

/// The same, of statements that read or change rows: what stands before it may be wrong too.
const RAISED_IN_TURN: &str = "DEFAULT is not allowed in this context";

impl Tree {
    /// Returns the statement.
    pub(crate) fn statement(&self) -> Option<ast::Stmt> {
        self.0.tree().stmts().next()
    }

    /// Returns it as squawk's linter takes it.
    #[cfg(feature = "model")]
    pub(crate) fn parse(&self) -> &Parse<SourceFile> {
        &self.0
    }

    /// Returns it unless something is wrong with the text.
    pub(super) fn unless(self, text: &str, errors: &[SyntaxError]) -> Result<Self, NoTree> {
        let of_rows = matches!(
            self.statement(),
            Some(ast::Stmt::Insert(_) | ast::Stmt::Update(_) | ast::Stmt::Merge(_) | ast::Stmt::Select(_))
        );
        let later = |error: &&SyntaxError| {
            RAISED_LATER.contains(&error.message()) || (of_rows && error.message() == RAISED_IN_TURN)
        };
        match errors.iter().find(|error| !later(error)) {
            Some(_) if drops_value(text) => Err(NoTree::DropValue),
            Some(error) => Err(match misread(text, error.message()) {
                Some(reason) => NoTree::Unread(reason),
                None => NoTree::Syntax(error.message().to_owned()),
            }),
            None if self.statement().is_none() => Err(NoTree::Unread("it is empty")),
            None => Ok(self),
        }
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tree")
    }
}

impl Reading {
    /// Reads a text. The parser asserts what it believes about itself; where unwinding is compiled in, a belief that is
    /// wrong costs one statement instead of the program.
    pub(super) fn of(text: &str) -> Option<Self> {
        let read = AssertUnwindSafe(|| {
            let parse = SourceFile::parse(text);
            let mut errors = parse.errors();
            errors.extend(reserved_names(&parse.tree()));
            Self { tree: Tree(parse), errors }
        });
        catch_unwind(read).ok()
    }
}

/// `ALTER TYPE name DROP VALUE 'label'`
fn drops_value(text: &str) -> bool {
    let mut is_quoted = false;
    // The type may have any name.
    let text = &text.replace(
        |letter: char| {
            is_quoted ^= letter == '"';
            is_quoted && letter != '"'
        },
        "x",
    );
    let mut words = text.split_ascii_whitespace();
    let mut is = |word: &str| words.next().is_some_and(|it| it.eq_ignore_ascii_case(word));
    let begins = is("alter") && is("type");
    let mut words = text.split_ascii_whitespace().skip(3);
    let mut is = |word: &str| words.next().is_some_and(|it| it.eq_ignore_ascii_case(word));
    let goes_on = is("drop") && is("value");
    let label = text.split_ascii_whitespace().nth(5).unwrap_or_default();
    begins && goes_on && label.starts_with('\'') && text.trim_end_matches([';', ' ', '\n']).ends_with('\'')
}

/// Reads a text that holds one statement.
pub(crate) fn statement(text: &str) -> Result<Tree, NoTree> {
    let (pieces, errors) = pieces(text);
    if let Some(error) = errors.first() {
        return Err(NoTree::Syntax(error.message.clone()));
    }
    let [piece] = pieces.as_slice() else { return Err(NoTree::Syntax("not one statement".to_owned())) };
    if let Some(reason) = unread(piece) {
        return Err(NoTree::Unread(reason));
    }
    let Reading { tree, errors } = Reading::of(text).ok_or(NoTree::Unread(GAVE_UP))?;
    tree.unless(text, &errors)
}

/// Returns the name that Postgres gives to the column that an expression makes; none where it has no idea.
/// `FigureColname`.
pub(crate) fn column_name(expression: &str) -> Option<String> {
    let read = catch_unwind(AssertUnwindSafe(|| {
        let parse = SourceFile::parse(&format!("SELECT {expression}"));
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
