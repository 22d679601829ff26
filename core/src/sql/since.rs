//! What older versions of Postgres cannot read.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use crate::PostgresVersion;

/// Why a version does not read a statement.
pub(crate) enum Unread {
    /// This word cannot stand there.
    Word(String),
    /// It reads a number up to some letter, and may take what follows for a name.
    Number,
}

/// Returns what a version does not read of a statement; none where it reads all of it.
pub(crate) fn unread_by(version: PostgresVersion, tree: &ast::Stmt) -> Option<Unread> {
    let newer = |node: &SyntaxNode| match since(node) {
        _ if is_word_of_16(node) => version >= PostgresVersion::V16,
        Since::Always => false,
        Since::Version(since) => version < since,
        Since::Later => true,
    };
    let node = tree.syntax().descendants().find(newer)?;
    if node.kind() == K::LITERAL && version < PostgresVersion::V15 {
        return Some(Unread::Number);
    }
    let words = node.descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
    let mut words = words.filter(|token| !matches!(token.kind(), K::WHITESPACE | K::COMMENT));
    Some(Unread::Word(words.next().map(|token| token.text().to_owned()).unwrap_or_default()))
}

/// Which versions read something.
enum Since {
    Always,
    /// That one and those behind it.
    Version(PostgresVersion),
    /// None that is known here.
    Later,
}

fn since(node: &SyntaxNode) -> Since {
    use PostgresVersion::{V13, V14, V15, V16, V17, V18};
    let parent = || node.parent().map(|parent| parent.kind());
    let has = |kinds: &[K]| node.children().any(|child| kinds.contains(&child.kind()));
    let says = |kinds: &[K]| node.children_with_tokens().any(|child| kinds.contains(&child.kind()));
    Since::Version(match node.kind() {
        K::DROP_EXPRESSION | K::WITH_TIES | K::IS_NORMALIZED | K::IS_NOT_NORMALIZED => V13,
        K::RENAME_COLUMN if parent() == Some(K::ALTER_VIEW) => V13,
        K::SET_STATISTICS if says(&[K::DEFAULT_KW]) => V17,
        K::SET_STATISTICS if parent() == Some(K::ALTER_STATISTICS) => V13,
        K::SET_COMPRESSION | K::COMPRESSION_METHOD | K::PROPERTY_COMPRESSION => V14,
        K::DETACH_CONCURRENTLY | K::DETACH_FINALIZE | K::ATOMIC_BODY | K::REINDEX_OPTION_TABLESPACE => V14,
        K::SEARCH_CLAUSE | K::CYCLE_CLAUSE | K::ROLE_REF_CURRENT_ROLE | K::REINDEX_OPTION_CONCURRENTLY => V14,
        // Roles were always granted by somebody.
        K::GRANTED_BY_CLAUSE if node.parent().is_some_and(|grant| of_privileges(&grant)) => V14,
        K::JOIN_USING_CLAUSE if says(&[K::AS_KW]) || has(&[K::REQUIRED_AS_ALIAS]) => V14,
        K::AS_NAME if is_bare_keyword(node) => V14,
        K::OR_REPLACE if parent() == Some(K::CREATE_TRIGGER) => V14,
        K::RETURN_STMT if parent() != Some(K::ATOMIC_BODY) => V14,
        K::SET_ACCESS_METHOD if says(&[K::DEFAULT_KW]) => V17,
        K::NULLS_DISTINCT | K::NULLS_NOT_DISTINCT | K::SET_ACCESS_METHOD | K::MERGE => V15,
        K::UNLOGGED if parent() == Some(K::CREATE_SEQUENCE) => V15,
        K::SET_LOGGED | K::SET_UNLOGGED if parent() == Some(K::ALTER_SEQUENCE) => V15,
        K::SET_NULL_COLUMNS | K::SET_DEFAULT_COLUMNS if has(&[K::COLUMN_REF_LIST]) => V15,
        K::PRIVILEGE_PARAMETER => V15,
        K::LITERAL if is_new_number(node) => V16,
        K::GRANT_ROLE_OPTION_LIST if node.children().count() > 1 => V16,
        K::GRANT_ROLE_OPTION if !(says(&[K::OPTION_KW]) && starts_with(node, "admin")) => V16,
        K::INHERIT_OPTION_FOR | K::SET_OPTION_FOR => V16,
        K::CREATE_STATISTICS if !has(&[K::STATISTICS]) => V16,
        // A query in FROM had to have a name.
        K::PAREN_FROM_ITEM if has(&[K::PAREN_SELECT]) && !has(&[K::FROM_ALIAS]) => V16,
        K::STORAGE if parent() == Some(K::COLUMN) => V16,
        K::IS_JSON | K::IS_JSON_ARRAY | K::IS_JSON_OBJECT | K::IS_JSON_SCALAR | K::IS_JSON_VALUE => V16,
        K::IS_NOT_JSON | K::IS_NOT_JSON_ARRAY | K::IS_NOT_JSON_OBJECT => V16,
        K::IS_NOT_JSON_SCALAR | K::IS_NOT_JSON_VALUE => V16,
        K::SET_EXPRESSION | K::MERGE_WHEN_NOT_MATCHED_SOURCE | K::BY_TARGET | K::JSON_TABLE_FROM_ITEM => V17,
        K::RETURNING_CLAUSE if parent() == Some(K::MERGE) => V17,
        K::AT_LOCAL => V17,
        K::COPY_OPTION_VALUE if says(&[K::DEFAULT_KW]) => V17,
        K::COPY_LEGACY_OPTION if says(&[K::STAR]) && has(&[K::FORCE_NULL, K::FORCE_NOT_NULL]) => V17,
        K::COPY_LEGACY_OPTION if says(&[K::JSON_KW]) => return Since::Later,
        K::WITHOUT_OVERLAPS | K::PERIOD_COLUMN | K::ENFORCED | K::NOT_ENFORCED | K::VIRTUAL => V18,
        K::RETURNING_OPTION_LIST | K::PRIVILEGE_TARGET_LARGE_OBJECTS => V18,
        K::INHERIT if parent() == Some(K::ALTER_CONSTRAINT) => V18,
        K::TABLE_RELATION_NAME
            if says(&[K::ONLY_KW]) && node.ancestors().any(|above| matches!(above.kind(), K::VACUUM | K::ANALYZE)) =>
        {
            V18
        }
        // Without a word it is computed when it is read.
        K::GENERATED_STORED if !has(&[K::STORED]) => V18,
        // A constraint of the table, or one that children do not get.
        K::NOT_NULL_CONSTRAINT if has(&[K::COLUMN_NAME_REF, K::NO_INHERIT]) => V18,
        K::REPACK | K::SPLIT_PARTITION | K::MERGE_PARTITIONS | K::FOR_PORTION_OF => return Since::Later,
        K::CREATE_PROPERTY_GRAPH | K::ALTER_PROPERTY_GRAPH | K::DROP_PROPERTY_GRAPH => return Since::Later,
        K::GRAPH_TABLE_FROM_ITEM | K::IGNORE_NULLS | K::RESPECT_NULLS => return Since::Later,
        _ => return Since::Always,
    })
}

/// Returns whether it is the name SYSTEM_USER of a column, which is a reserved word since.
fn is_word_of_16(node: &SyntaxNode) -> bool {
    node.kind() == K::COLUMN_NAME && node.first_token().is_some_and(|token| token.kind() == K::SYSTEM_USER_KW)
}

/// Returns whether GRANT and REVOKE are about privileges, and not about roles.
fn of_privileges(grant: &SyntaxNode) -> bool {
    grant.children().any(|child| child.kind() == K::ON_PRIVILEGE_OBJECTS_CLAUSE)
}

/// Returns whether the name of a column is a key word, and no AS stands before it.
fn is_bare_keyword(name: &SyntaxNode) -> bool {
    let token = name.first_token();
    token.is_some_and(|token| !matches!(token.kind(), K::AS_KW | K::IDENT))
}

/// Returns whether a number has another base than ten, or an underscore.
fn is_new_number(literal: &SyntaxNode) -> bool {
    let is_new = |token: squawk_syntax::SyntaxToken| {
        let is_number = matches!(token.kind(), K::INT_NUMBER | K::NUMERIC_NUMBER);
        is_number && token.text().contains(['_', 'x', 'X', 'o', 'O', 'b', 'B'])
    };
    literal.first_token().is_some_and(is_new)
}

fn starts_with(node: &SyntaxNode, word: &str) -> bool {
    node.first_token().is_some_and(|token| token.text().eq_ignore_ascii_case(word))
}
