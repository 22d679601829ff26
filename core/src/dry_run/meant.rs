//! What somebody may have meant who named what is not there.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Refusal, SqlState};
use crate::nearest::nearest;
use crate::sql::{self, quote_identifier};

/// Returns the question whether an object was meant that is there, where its name is near to that of one which is not.
pub(super) fn meant(catalog: &Catalog, refusal: &Refusal, statement: &str) -> Option<String> {
    let message = refusal.message.as_str();
    let quoted = || message.split('"').nth(1);
    let (missing, known): (&str, Vec<&str>) = if refusal.sqlstate == SqlState::UNDEFINED_TABLE {
        (quoted()?, catalog.relations().map(|relation| &*relation.name).collect())
    } else if refusal.sqlstate == SqlState::INVALID_SCHEMA_NAME {
        (quoted()?, catalog.schemas().into_iter().map(|(_, name)| name).collect())
    } else if refusal.sqlstate == SqlState::UNDEFINED_OBJECT && message.starts_with("type ") {
        (quoted()?, catalog.user_types().map(|known| &*known.name).collect())
    } else if refusal.sqlstate == SqlState::UNDEFINED_COLUMN {
        let column = quoted().or_else(|| message.strip_prefix("column ")?.split(' ').next())?;
        let tables: BTreeSet<String> = match message.split('"').nth(3) {
            Some(table) => [table.to_owned()].into(),
            None => sql::identifiers(statement).collect(),
        };
        let named = catalog.relations().filter(|relation| tables.contains(&*relation.name));
        let columns = named.flat_map(|relation| relation.live().map(|column| &*column.name));
        (column, columns.collect())
    } else if refusal.sqlstate == SqlState("42883") {
        let name = message.strip_prefix("function ")?.split('(').next()?;
        (name, catalog.routines().map(|routine| &*routine.name).collect())
    } else {
        return None;
    };
    let missing = missing.rsplit('.').next().unwrap_or(missing);
    let near = nearest(missing, &known).filter(|near| *near != missing)?;
    Some(format!("did you mean `{}`?", quote_identifier(near)))
}
