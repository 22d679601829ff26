//! Names, types and options as trees have them.

use super::{Stop, unknown};
use crate::catalog::{Behavior, QualifiedName};
use crate::sql::TypeName;
use crate::sql::ast::{self, AstNode};
use crate::sql::tree;

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
    let text: String = tree::text(&part(node)?).chars().filter(|c| !c.is_whitespace()).collect();
    text.trim_start_matches('+').parse().map_err(|_| Stop::unknown("a number that is not read here"))
}

/// Refuses to judge a statement that has a part which is not played.
pub(super) fn none<T>(node: Option<T>, what: &str) -> Result<(), Stop> {
    match node {
        Some(_) => unknown(format!("{what} is outside the model")),
        None => Ok(()),
    }
}
