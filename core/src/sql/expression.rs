//! What an expression mentions, read by sqlparser.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Ident, visit_expressions};

/// An expression that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the expression cannot be read: {0}")]
pub struct ExpressionError(String);

impl ExpressionError {
    pub(super) fn new(why: &dyn fmt::Display) -> Self {
        let why = why.to_string();
        let why = why.strip_prefix("sql parser error: ").unwrap_or(&why);
        // Lines and columns are those of a part of the statement, which say nothing to who reads the whole.
        Self(why.split(" at Line: ").next().unwrap_or(why).to_owned())
    }
}

/// Returns the columns that an expression mentions, folded as Postgres folds names, without the table that may stand
/// before them; sorted, each once.
///
/// Names of functions, types and the fields of a call are no columns. Inside a subquery every name that may be a
/// column counts.
pub fn columns(expression: &str) -> Result<BTreeSet<String>, ExpressionError> {
    let tree = super::query::expression(expression)?;
    let mut columns = BTreeSet::new();
    let _: ControlFlow<()> = visit_expressions(&tree, |expression| {
        match expression {
            Expr::Identifier(name) => columns.extend(folded(name)),
            Expr::CompoundIdentifier(parts) => columns.extend(parts.last().and_then(folded)),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    Ok(columns)
}

fn folded(name: &Ident) -> Option<String> {
    match name.quote_style {
        Some('"') => Some(name.value.clone()),
        Some(_) => None,
        None => super::fold(&name.value),
    }
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn an_expression_mentions_its_columns_once_and_folded() {
        for (expression, expected) in [
            ("price > 0", "price"),
            ("Price * quantity + price", "price quantity"),
            ("\"Price\" IS NOT NULL AND o.total >= 0", "Price total"),
            ("lower(email::text) LIKE '%@%'", "email"),
            ("state IN ('open', 'paid') OR closed_at IS NULL", "closed_at state"),
            ("CASE WHEN a THEN b ELSE coalesce(c, 1) END", "a b c"),
            ("length(x) BETWEEN 1 AND most", "most x"),
            ("tags @> ARRAY['a', b] AND data ->> 'key' = k", "b data k tags"),
            ("(date_trunc('day', at))::date", "at"),
            ("EXISTS (SELECT 1 FROM t WHERE t.id = parent)", "id parent"),
            ("now() - interval '1 day' < 'now'::timestamptz", ""),
            ("row_number() OVER (PARTITION BY a ORDER BY b)", "a b"),
        ] {
            let found = columns(expression).expect("a readable expression");
            assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_an_error_and_deep_nesting_does_not_crash() {
        assert!(columns("a >").is_err());
        assert!(columns("a; DROP TABLE t").is_err());
        assert!(columns("").is_err());
        assert!(columns(&format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000))).is_err());
    }
}
