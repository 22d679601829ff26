//! Expressions of defaults, checks and indexes.

use super::{Play, Stop, refused};
use crate::catalog::{Formula, Relation, SqlState};
use crate::sql;

impl Play<'_> {
    /// Reads an expression over the columns of a relation.
    pub(super) fn formula(&self, written: &str, over: &Relation) -> Result<Formula, Stop> {
        let Ok(mentioned) = sql::columns(written) else {
            return Err(Stop::unknown("an expression that is not read here"));
        };
        let mut columns = Vec::with_capacity(mentioned.len());
        for name in mentioned {
            match over.column(&name) {
                Some(column) => columns.push(column.number),
                None => return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist")),
            }
        }
        columns.sort_unstable();
        Ok(Formula { written: written.into(), spelled: None, columns })
    }
}
