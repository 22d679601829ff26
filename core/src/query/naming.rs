//! What outputs are called that nobody named: `FigureColname`.

use std::sync::Arc;

use crate::expression::{folded, parts};
use crate::sql::TypeName;
use crate::sql::query::ast::{
    AccessExpr, Expr, FunctionArguments, ObjectName, Query, SelectItem, SetExpr, TrimWhereField,
};

/// The name of rows that are written in a query.
pub(super) const VALUES: &str = "*VALUES*";
const NO_NAME: &str = "?column?";

/// Returns the name of a column of rows that are written in a query.
pub(super) fn of_values(at: usize) -> Arc<str> {
    format!("column{}", at + 1).into()
}

/// Returns the name of an output; none where it depends on what is not read here.
pub(super) fn of(tree: &Expr) -> Option<Arc<str>> {
    found(tree).map(|found| found.map_or_else(|| NO_NAME.into(), |(name, _)| name.into()))
}

/// A name, and whether it is better than that of a cast around it.
type Name = Option<(String, bool)>;

fn found(tree: &Expr) -> Option<Name> {
    let strong = |name: &str| Some(Some((name.to_owned(), true)));
    match tree {
        Expr::Nested(inner) => found(inner),
        Expr::Identifier(name) => strong(&folded(name)),
        Expr::CompoundIdentifier(names) => strong(&folded(names.last()?)),
        Expr::CompoundFieldAccess { root, access_chain } => {
            let field = access_chain.iter().rev().find_map(|access| match access {
                AccessExpr::Dot(Expr::Identifier(name)) => Some(folded(name)),
                _ => None,
            });
            field.map_or_else(|| found(root), |name| strong(&name))
        }
        Expr::Function(call) => match (&call.args, last(&call.name)?) {
            (FunctionArguments::Subquery(_), _) => strong("array"),
            (_, name) => strong(&name),
        },
        Expr::Extract { .. } => strong("extract"),
        Expr::Ceil { .. } => strong("ceil"),
        Expr::Floor { .. } => strong("floor"),
        Expr::Position { .. } => strong("position"),
        Expr::Substring { shorthand: true, .. } => strong("substr"),
        Expr::Substring { .. } => strong("substring"),
        Expr::Overlay { .. } => strong("overlay"),
        Expr::AtTimeZone { .. } => strong("timezone"),
        Expr::Trim { trim_where, .. } => strong(match trim_where {
            None | Some(TrimWhereField::Both) => "btrim",
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
        }),
        Expr::Array(_) => strong("array"),
        Expr::Tuple(_) => strong("row"),
        Expr::Exists { negated: false, .. } => strong("exists"),
        Expr::Subquery(query) => of_query(query),
        Expr::Collate { expr, .. } => found(expr),
        Expr::Case { else_result, .. } => {
            let inner = match else_result {
                Some(tree) => found(tree)?,
                None => None,
            };
            Some(inner.filter(|(_, strong)| *strong).or_else(|| Some(("case".to_owned(), false))))
        }
        Expr::Cast { expr, data_type, .. } => {
            let inner = found(expr)?.filter(|(_, strong)| *strong);
            let name = TypeName::read(&data_type.to_string())?.name;
            Some(inner.or(Some((name, false))))
        }
        Expr::TypedString(typed) => Some(Some((TypeName::read(&typed.data_type.to_string())?.name, false))),
        Expr::Interval(_) => Some(Some(("interval".to_owned(), false))),
        Expr::BinaryOp { op: crate::sql::query::ast::BinaryOperator::Overlaps, .. } => strong("overlaps"),
        _ => Some(None),
    }
}

fn last(name: &ObjectName) -> Option<String> {
    parts(name).ok()?.pop()
}

/// A query that gives a value is called as its first output.
fn of_query(query: &Query) -> Option<Name> {
    let mut body = &*query.body;
    loop {
        match body {
            SetExpr::Query(inner) => body = &inner.body,
            SetExpr::Select(select) => {
                return match select.projection.first()? {
                    SelectItem::ExprWithAlias { alias, .. } => Some(Some((folded(alias), true))),
                    SelectItem::UnnamedExpr(tree) => Some(found(tree)?.map(|(name, _)| (name, true))),
                    _ => None,
                };
            }
            _ => return None,
        }
    }
}
