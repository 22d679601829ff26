//! Exceptions: the names of their conditions, and `RAISE`.

use super::syntax;
use crate::catalog::SqlState;
use crate::ddl::syntax::part;
use crate::ddl::{Stop, refused, unknown};
use crate::sql::{ast, tree};

/// Names that an exception can have, with their SQLSTATEs.
pub(in crate::ddl) const CONDITIONS: &str = include_str!("conditions.txt");

/// Refuses the name of a condition that there is none of, and what is no SQLSTATE.
pub(super) fn check_condition(condition: &ast::PlpgsqlCondition, others: bool) -> Result<(), Stop> {
    let words = tree::words(condition);
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [word, state] if word.eq_ignore_ascii_case("sqlstate") => {
            let state = state.strip_prefix('\'').and_then(|state| state.strip_suffix('\''));
            let is_state =
                |state: &str| state.len() == 5 && state.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
            match state {
                Some(state) if is_state(state) => Ok(()),
                Some(_) => syntax("invalid SQLSTATE code"),
                None => unknown("a SQLSTATE that is not read here"),
            }
        }
        [name] => {
            let name = crate::sql::fold(name).unwrap_or_default();
            if others && name == "others"
                || CONDITIONS.lines().any(|known| known.split(' ').next() == Some(name.as_str()))
            {
                return Ok(());
            }
            refused(SqlState::UNDEFINED_OBJECT, format!("unrecognized exception condition \"{name}\""))
        }
        _ => unknown("a condition that is not read here"),
    }
}

pub(super) fn check_raise(statement: &ast::PlpgsqlRaiseStmt) -> Result<(), Stop> {
    if let Some(condition) = statement.condition_name() {
        check_condition(&condition, false)?;
    }
    let Some(message) = statement.message() else { return Ok(()) };
    let Some(format) = part(message.literal())?.string_value() else {
        return unknown("a message that is not read here");
    };
    let (mut places, mut chars) = (0, format.chars().peekable());
    while let Some(c) = chars.next() {
        if c == '%' && chars.next_if_eq(&'%').is_none() {
            places += 1;
        }
    }
    match statement.params().count().cmp(&places) {
        std::cmp::Ordering::Less => syntax("too few parameters specified for RAISE"),
        std::cmp::Ordering::Greater => syntax("too many parameters specified for RAISE"),
        std::cmp::Ordering::Equal => Ok(()),
    }
}
