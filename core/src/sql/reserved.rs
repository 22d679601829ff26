//! Names that the parser takes and Postgres does not: key words without quotes.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::syntax_error::SyntaxError;
use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use super::keyword::{is_no_function, is_no_name};

/// What holds one name, and nothing that is computed.
const NAMES: [K; 23] = [
    K::COLUMN_NAME,
    K::COLUMN_NAME_REF,
    K::COMPOSITE_FIELD,
    K::COMPOSITE_FIELD_REF,
    K::CONSTRAINT_NAME,
    K::CONSTRAINT_NAME_REF,
    K::CTE_NAME,
    K::EXTENSION,
    K::EXTENSION_REF,
    K::POLICY,
    K::POLICY_REF,
    K::PUBLICATION,
    K::PUBLICATION_REF,
    K::RULE,
    K::RULE_REF,
    K::SCHEMA,
    K::SCHEMA_REF,
    K::SERVER,
    K::SERVER_REF,
    K::SUBSCRIPTION,
    K::SUBSCRIPTION_REF,
    K::TRIGGER,
    K::TRIGGER_REF,
];

/// Returns an error for each name that is a reserved word without quotes: `ADD COLUMN user text`.
pub(super) fn reserved_names(file: &ast::SourceFile) -> Vec<SyntaxError> {
    file.syntax().descendants().filter_map(|node| error(&node)).collect()
}

fn error(node: &SyntaxNode) -> Option<SyntaxError> {
    let is_taken = match node.kind() {
        K::FUNCTION_NAME => is_no_function,
        kind if NAMES.contains(&kind) => is_no_name,
        _ => return None,
    };
    // Behind AS any word is a name.
    if node.parent().is_some_and(|parent| parent.kind() == K::AS_NAME) {
        return None;
    }
    let token = node.first_token().filter(|token| node.last_token().as_ref() == Some(token))?;
    let word = token.text();
    is_taken(&word.to_ascii_lowercase()).then(|| {
        let message = format!("syntax error at or near \"{word}\": a reserved word is a name in quotes alone");
        SyntaxError::new(message, token.text_range())
    })
}
