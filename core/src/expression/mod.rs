//! Expressions: from text to the tree that Postgres would keep, and from that to the text that it would print.
//!
//! What is around an expression (columns, types, functions) comes through [`Scope`]; what has no number but a name
//! when it is printed comes through [`Names`].

mod aggregate;
mod analyze;
mod call;
mod choice;
mod coerce;
mod comparison;
mod evaluate;
mod hazard;
mod literal;
mod precedence;
mod spell;
mod spelling;
mod sub_query;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod volatility;

use std::cell::Cell;

use crate::catalog::Refusal;
use crate::catalog::collation;
use crate::catalog::expression::Expression;
use crate::catalog::function::Signature;
use crate::catalog::query::{Query, Window};
use crate::catalog::types::{Type, Types};
use crate::catalog::{Oid, SqlState};
use crate::sql::query::ast;
use crate::sql::{TypeName, quote_identifier_of};

pub(crate) use aggregate::{as_position, cannot_be_compared, cannot_be_sorted, direction, is_constant};
pub use analyze::analyze;
pub(crate) use analyze::{folded, parts, policy, window, within};
pub use coerce::{assigned, without_implicit};
pub(crate) use coerce::{to_boolean, to_common, to_common_of, to_text, to_type};
pub(crate) use evaluate::{evaluate, folds, normal_form, whole_number};
pub(crate) use hazard::may_fail;
pub use literal::Literal;
pub(crate) use literal::time as calendar;
pub use spell::spell;
pub(crate) use spell::{spell_policy, spell_query, spell_rule, spell_with_few_parentheses};
pub use spelling::Spelling;
pub use volatility::computes;

/// What an expression may mention.
pub trait Scope: Types {
    /// Returns the column of a name, with the name of its table before it if one was written.
    ///
    /// None where there is none; a refusal where there are several, or where the table is not there.
    fn column(&self, table: Option<&str>, name: &str) -> Result<Option<Expression>, Stop>;

    /// Returns the argument of a number, from 1, or a field of it, in the body of a function.
    fn argument(&self, number: usize, _field: Option<&str>) -> Result<Expression, Stop> {
        Err(Stop::refused("42P02", format!("there is no parameter ${number}")))
    }

    /// Returns the type of a name that `pg_catalog` does not have.
    fn own_type(&self, _name: &TypeName) -> Result<Option<Type>, Stop> {
        Ok(None)
    }

    /// Returns the functions of a name that `pg_catalog` does not have, schema by schema in the order of the search
    /// path.
    fn own_functions(&self, _schema: Option<&str>, _name: &str) -> Vec<&[Signature]> {
        Vec::new()
    }

    /// Returns the relation that a text names, as a literal of `regclass` does.
    fn relation(&self, _name: &str) -> Result<Oid, Stop> {
        Err(Stop::unknown("a name of a relation in a text"))
    }

    /// Returns what a text means as a value of a type of the database's own, such as a label of an enum.
    fn own_literal(&self, _of: Oid, _text: &str) -> Literal {
        Literal::Unknown
    }

    /// Returns how a type is called, for messages.
    fn type_name(&self, of: Oid) -> String {
        Type { oid: of, modifier: -1 }.spelled().unwrap_or_else(|| "of the database's own".to_owned())
    }

    /// Returns the collation of a name.
    fn collation(&self, schema: Option<&str>, name: &str) -> Result<Oid, Stop> {
        if schema.is_none_or(|schema| schema == "pg_catalog")
            && let Some(known) = collation::builtin(self.version(), name)
        {
            return Ok(known);
        }
        Err(Stop::unknown("a collation of the database"))
    }

    /// Returns whether the session's time zone is UTC, so that points in time without a zone are known.
    fn is_utc(&self) -> bool {
        false
    }
}

/// What things are called now.
pub trait Names: Types {
    /// Returns the name of a column, without quotes.
    fn column(&self, relation: Oid, number: i16) -> Option<String>;

    /// Returns what stands before the columns of a relation, for a row that has a name of its own: `old`, `new`.
    fn row(&self, _relation: Oid) -> Option<&'static str> {
        None
    }

    /// Returns how `format_type` spells a type that `pg_catalog` does not have.
    fn own_type(&self, _of: Type) -> Option<String> {
        None
    }

    /// Returns how a function of the database's own is spelled, with its schema if that is not in the search path.
    fn own_function(&self, _oid: Oid) -> Option<String> {
        None
    }

    /// Returns how a collation is spelled, with its schema if that is not in the search path.
    fn collation(&self, oid: Oid) -> Option<String> {
        collation::builtin_name(oid).map(|name| quote_identifier_of(self.version(), name).into_owned())
    }

    /// Returns how a relation is spelled as a value of `regclass`.
    fn relation(&self, _oid: Oid) -> Option<String> {
        None
    }

    /// Returns the name of a relation, without quotes and schema.
    fn relation_name(&self, _oid: Oid) -> Option<String> {
        None
    }

    /// Returns the columns of a relation, with their numbers.
    fn columns(&self, _oid: Oid) -> Option<Vec<(i16, String)>> {
        None
    }
}

/// Where an expression stands, which says what it may mention and what it must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `CHECK (…)` of a table or a domain.
    Check,
    /// `DEFAULT …` of a column of this type.
    Default(Type),
    /// `GENERATED ALWAYS AS (…) STORED` of a column of this type.
    Generated(Type),
    /// A key of an index.
    IndexKey,
    /// `WHERE …` of an index.
    IndexPredicate,
    /// An expression of CREATE STATISTICS.
    Statistics,
    /// `USING …` of a column that becomes of this type.
    Using(Type),
    /// `USING` or `WITH CHECK` of a policy.
    Policy,
    /// `WHEN …` of a trigger.
    TriggerWhen,
    /// A part of a query; what it must come to says the query.
    Query(Clause),
}

/// A part of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    /// The list behind SELECT.
    Select,
    /// FROM, where rows come from a function.
    Function,
    /// `ON …` of a join.
    On,
    /// WHERE
    Where,
    /// GROUP BY
    Group,
    /// HAVING
    Having,
    /// ORDER BY
    Order,
    /// `DISTINCT ON (…)`
    DistinctOn,
    /// LIMIT, OFFSET
    Limit,
    /// `PARTITION BY`, `ORDER BY` of a window.
    Window,
    /// `FILTER (WHERE …)`
    Filter,
    /// VALUES, and what is put into a column.
    Values,
    /// RETURNING
    Returning,
}

impl Clause {
    /// Returns whether rows may be summed up there.
    fn takes_aggregates(self) -> bool {
        matches!(self, Self::Select | Self::Having | Self::Order | Self::DistinctOn | Self::Window)
    }

    /// Returns whether a function may look over a window there.
    fn takes_windows(self) -> bool {
        matches!(self, Self::Select | Self::Order | Self::DistinctOn)
    }
}

/// What reads the queries inside an expression, and what a query has that expressions name.
pub(crate) trait Queries {
    /// Returns what a query means that stands in an expression.
    fn query(&self, tree: &ast::Query) -> Result<Query, Stop>;

    /// Returns the window of a name.
    fn window(&self, name: &str) -> Result<&Window, Stop>;

    /// How deep all that is being read stands, queries and expressions together.
    fn depth(&self) -> &Cell<usize>;
}

/// Why there is no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Postgres would raise it.
    Refused(Refusal),
    /// The model does not know what Postgres would make of it.
    Unknown(String),
}

impl Stop {
    /// Returns the refusal with a state and a message.
    pub fn refused(state: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(SqlState(state), message))
    }

    /// Returns what says that the model does not know something.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self::Unknown(what.into())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

type Answer<T = Expression> = Result<T, Stop>;
