//! Conditions and actions of rules: `transformRuleStmt`.

use super::level::{Item, Level};
use super::{Answer, Reading, World};
use crate::catalog::expression::Expression;
use crate::catalog::{NEW, OLD, Oid, Relation, RuleEvent};
use crate::expression::{Clause, Stop};
use crate::sql::query::{ast, expression};

/// Returns what the condition of a rule means, over the rows that statements of its kind have; none is SELECT.
pub(crate) fn condition(
    world: &World<'_>,
    on: &Relation,
    event: Option<RuleEvent>,
    written: &str,
) -> Answer<Expression> {
    let tree = expression(written).map_err(|error| Stop::unknown(error.to_string()))?;
    let mut level = Level::new(world, None, false);
    level.items = match event {
        None | Some(RuleEvent::Delete) => vec![row(on, OLD, "old")],
        Some(RuleEvent::Insert) => vec![row(on, NEW, "new")],
        Some(RuleEvent::Update) => vec![row(on, OLD, "old"), row(on, NEW, "new")],
    };
    level.condition(&tree, Clause::Where, "WHERE")
}

/// Returns what an action of a rule means. Whatever the rule is for, both rows are found in it.
pub(crate) fn action(world: World<'_>, on: &Relation, tree: &ast::Statement) -> Answer<Reading> {
    let mut level = Level::new(&world, None, false);
    level.rows = vec![row(on, OLD, "old"), row(on, NEW, "new")];
    let query = match tree {
        ast::Statement::Query(query) => level.query(query, true)?,
        change => level.change(change, None)?,
    };
    Ok(Reading { query, changes: world.changes.into_inner() })
}

fn row(on: &Relation, number: Oid, name: &str) -> Item {
    Item::over(on, number, name.into())
}
