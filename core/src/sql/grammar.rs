//! Whether the grammar takes a text, without the tree that the parser builds of it.

use squawk_parser::{EntryPoint, LexedStr, StrStep};

/// Returns whether lexer and grammar find nothing wrong in one statement.
pub(super) fn takes(statement: &str) -> bool {
    let lexed = LexedStr::new(statement);
    if lexed.errors().next().is_some() {
        return false;
    }
    let output = EntryPoint::SourceFile.parse(&lexed.to_input());
    let mut taken = true;
    lexed.intersperse_trivia(&output, &mut |step| taken &= !matches!(step, StrStep::Error { .. }));
    taken
}
