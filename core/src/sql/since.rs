//! What older versions of Postgres cannot read.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind as K, SyntaxNode};

use crate::PostgresVersion;

/// Returns the first word of a statement that a version does not read where it stands; none where it reads all of it.
pub(crate) fn unread_by(version: PostgresVersion, tree: &ast::Stmt) -> Option<String> {
    let newer = |node: &SyntaxNode| match since(node) {
        Since::Always => false,
        Since::Version(since) => version < since,
        Since::Later => true,
    };
    let node = tree.syntax().descendants().find(newer)?;
    let words = node.descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
    let mut words = words.filter(|token| !matches!(token.kind(), K::WHITESPACE | K::COMMENT));
    Some(words.next().map(|token| token.text().to_owned()).unwrap_or_default())
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
    Since::Version(match node.kind() {
        K::DROP_EXPRESSION | K::WITH_TIES => V13,
        K::SET_COMPRESSION | K::COMPRESSION_METHOD | K::PROPERTY_COMPRESSION => V14,
        K::DETACH_CONCURRENTLY | K::DETACH_FINALIZE | K::ATOMIC_BODY | K::REINDEX_OPTION_TABLESPACE => V14,
        K::SEARCH_CLAUSE | K::CYCLE_CLAUSE => V14,
        K::OR_REPLACE if parent() == Some(K::CREATE_TRIGGER) => V14,
        K::RETURN_STMT if parent() != Some(K::ATOMIC_BODY) => V14,
        K::NULLS_DISTINCT | K::NULLS_NOT_DISTINCT | K::SET_ACCESS_METHOD | K::MERGE => V15,
        K::UNLOGGED if parent() == Some(K::CREATE_SEQUENCE) => V15,
        K::SET_LOGGED | K::SET_UNLOGGED if parent() == Some(K::ALTER_SEQUENCE) => V15,
        K::STORAGE if parent() == Some(K::COLUMN) => V16,
        K::IS_JSON | K::IS_JSON_ARRAY | K::IS_JSON_OBJECT | K::IS_JSON_SCALAR | K::IS_JSON_VALUE => V16,
        K::IS_NOT_JSON | K::IS_NOT_JSON_ARRAY | K::IS_NOT_JSON_OBJECT => V16,
        K::IS_NOT_JSON_SCALAR | K::IS_NOT_JSON_VALUE => V16,
        K::SET_EXPRESSION | K::MERGE_WHEN_NOT_MATCHED_SOURCE | K::JSON_TABLE_FROM_ITEM => V17,
        K::RETURNING_CLAUSE if parent() == Some(K::MERGE) => V17,
        K::WITHOUT_OVERLAPS | K::PERIOD_COLUMN | K::ENFORCED | K::NOT_ENFORCED | K::VIRTUAL => V18,
        K::RETURNING_OPTION_LIST => V18,
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
