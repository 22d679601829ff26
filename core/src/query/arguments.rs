//! What a body of SQL calls by name or by number beside columns: the arguments of its function. `sql_fn_post_column_ref`

use super::{Answer, World};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::types::{self, Type};
use crate::catalog::{Oid, RelationKind, UserTypeKind};
use crate::expression::Stop;

/// Stands for the first argument where columns have their source; the next ones stand below.
const FIRST: u32 = u32::MAX;

impl World<'_> {
    /// Returns the argument of a number, from 1.
    pub(super) fn numbered_argument(&self, number: usize) -> Answer<Expression> {
        let given = self.arguments.as_ref().map(|arguments| &arguments.given);
        let found = number.checked_sub(1).and_then(|at| given?.get(at).map(|(_, of)| whole(at, *of)));
        found.ok_or_else(|| Stop::refused("42P02", format!("there is no parameter ${number}")))
    }

    /// Returns the argument of a name, with the name of the function before it, or a field of an argument.
    pub(super) fn argument(&self, before: Option<&str>, name: &str) -> Answer<Option<Expression>> {
        let Some(arguments) = &self.arguments else { return Ok(None) };
        let named = |name: &str| {
            let at = arguments.given.iter().position(|(known, _)| *known == Some(name))?;
            arguments.given.get(at).map(|(_, of)| (at, *of))
        };
        let Some(before) = before else { return Ok(named(name).map(|(at, of)| whole(at, of))) };
        if before == arguments.function
            && let Some((at, of)) = named(name)
        {
            return Ok(Some(whole(at, of)));
        }
        match named(before) {
            Some((at, of)) => self.field_of_argument(at, of, name).map(Some),
            None => Ok(None),
        }
    }

    /// Returns a field of the argument of a number, from 1.
    pub(super) fn field_of_numbered(&self, number: usize, name: &str) -> Answer<Expression> {
        let whole = self.numbered_argument(number)?;
        self.field_of_argument(number - 1, whole.of, name)
    }

    fn field_of_argument(&self, at: usize, of: Type, name: &str) -> Answer<Expression> {
        let base = types::base(self.scope, of.oid);
        let Some(UserTypeKind::Row(row)) = self.catalog.user_type(base).map(|found| &found.kind) else {
            return Err(Stop::unknown("a field of an argument that is no row"));
        };
        let relation = self.catalog.relation(*row).ok_or_else(|| Stop::unknown("a row"))?;
        match relation.column(name) {
            Some(column) => {
                let node = Node::Column { relation: place(at), number: column.number };
                Ok(Expression { node, of: column.of })
            }
            // A function may take the row.
            None if matches!(relation.kind, RelationKind::Composite) => {
                Err(Stop::refused("42703", format!("column \"{name}\" not found in the data type of an argument")))
            }
            None => Err(Stop::unknown("what stands behind the name of a row")),
        }
    }
}

fn place(at: usize) -> Oid {
    Oid(FIRST - u32::try_from(at).unwrap_or(0))
}

/// An argument as a whole. Its place is no source, so that it is a value like any other of an outer query.
fn whole(at: usize, of: Type) -> Expression {
    Expression { node: Node::Column { relation: place(at), number: 0 }, of }
}
