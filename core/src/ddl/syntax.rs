//! Names, types and options as trees have them.

use super::{Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Behavior, QualifiedName, SqlState};
use crate::sql::ast::{self, AstNode};
use crate::sql::tree::{self, NoTree, Tree, Unread};
use crate::sql::{TypeName, decimal};

/// Returns a statement that was read, if a version of Postgres reads it too.
pub(super) fn statement(version: PostgresVersion, read: &Result<Tree, NoTree>) -> Result<ast::Stmt, Stop> {
    let tree = match read {
        Ok(tree) => tree.statement(),
        Err(NoTree::DropValue) if version >= PostgresVersion::V17 => {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "dropping an enum value is not implemented");
        }
        Err(NoTree::DropValue) => return refused(SqlState::SYNTAX_ERROR, "syntax error at or near \"VALUE\""),
        // Before 15 what stands behind the digits may be a name.
        Err(NoTree::Syntax(message))
            if version < PostgresVersion::V15 && message.starts_with(tree::JUNK_BEHIND_NUMBER) =>
        {
            return unknown("where a number ends");
        }
        Err(NoTree::Syntax(message)) => return refused(SqlState::SYNTAX_ERROR, message.clone()),
        Err(NoTree::Unread(reason)) => return unknown(*reason),
    };
    let Some(tree) = tree else { return unknown("it is empty") };
    match tree::unread_by(version, &tree) {
        None if says_collate_twice(&tree) => refused(SqlState::SYNTAX_ERROR, "multiple COLLATE clauses not allowed"),
        None => Ok(tree),
        Some(Unread::Word(word)) => refused(SqlState::SYNTAX_ERROR, format!("syntax error at or near \"{word}\"")),
        Some(Unread::Number) => unknown("where a number ends"),
    }
}

/// Returns whether a column or a domain is given two collations, which the grammar of Postgres keeps it from.
fn says_collate_twice(tree: &ast::Stmt) -> bool {
    let may_say = matches!(tree, ast::Stmt::CreateTable(_) | ast::Stmt::AlterTable(_) | ast::Stmt::CreateDomain(_));
    may_say
        && tree.syntax().descendants().filter_map(ast::Collate::cast).any(|collate| {
            let of = collate.syntax().parent().filter(|parent| {
                let kind = parent.kind();
                ast::Column::can_cast(kind) || ast::AddColumn::can_cast(kind) || ast::CreateDomain::can_cast(kind)
            });
            of.is_some_and(|of| of.children().filter_map(ast::Collate::cast).nth(1).is_some())
        })
}

/// Returns a part of a tree that the grammar always has.
pub(super) fn part<T>(node: Option<T>) -> Result<T, Stop> {
    node.ok_or_else(|| Stop::unknown("a part of the statement could not be read"))
}

/// Returns a name without a schema.
pub(super) fn name(node: Option<impl AstNode>) -> Result<String, Stop> {
    match tree::parts(&part(node)?).as_deref() {
        Some([name]) => Ok(name.clone()),
        _ => unknown("a name that is not read here"),
    }
}

/// Returns a name that may have a schema before it.
pub(super) fn qualified(node: Option<impl AstNode>) -> Result<QualifiedName, Stop> {
    match tree::parts(&part(node)?).as_deref() {
        Some([name]) => Ok(QualifiedName { schema: None, name: name.clone() }),
        Some([schema, name]) => Ok(QualifiedName { schema: Some(schema.clone()), name: name.clone() }),
        _ => unknown("a name that is not read here"),
    }
}

/// Returns a list of names without schemas.
pub(super) fn names(nodes: impl Iterator<Item = impl AstNode>) -> Result<Vec<String>, Stop> {
    nodes.map(|node| name(Some(node))).collect()
}

/// Returns the name of a type.
pub(super) fn type_name(node: Option<ast::Type>) -> Result<TypeName, Stop> {
    let text = tree::text(&part(node)?);
    TypeName::read(&text).ok_or_else(|| Stop::unknown("the name of a type that is not read here"))
}

/// Returns RESTRICT or CASCADE.
pub(super) fn behavior(node: Option<ast::DropBehavior>) -> Behavior {
    match node {
        Some(ast::DropBehavior::Cascade(_)) => Behavior::Cascade,
        Some(ast::DropBehavior::Restrict(_)) | None => Behavior::Restrict,
    }
}

/// Returns an integer that may have a sign.
pub(super) fn integer(node: Option<ast::Expr>) -> Result<i64, Stop> {
    let text = tree::text(&part(node)?);
    let text: String = decimal(&text).chars().filter(|c| !c.is_whitespace()).collect();
    text.trim_start_matches('+').parse().map_err(|_| Stop::unknown("a number that is not read here"))
}

/// Refuses to judge a statement that has a part which is not played.
pub(super) fn none<T>(node: Option<T>, what: &str) -> Result<(), Stop> {
    match node {
        Some(_) => unknown(format!("{what} is outside the model")),
        None => Ok(()),
    }
}
