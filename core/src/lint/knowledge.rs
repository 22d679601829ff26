//! What rules ask of locks, names and types.

use crate::catalog::{Catalog, Oid, RelationKind, Space};
use crate::ddl::LockMode;
use crate::sql::fold;

/// Returns whether others cannot write to a relation while it is locked.
pub(super) fn blocks_writes(mode: LockMode) -> bool {
    mode >= LockMode::Share
}

/// Returns what others cannot do while a relation is locked, as `nobody can …`.
pub(super) fn nobody_can(mode: LockMode) -> &'static str {
    match mode {
        LockMode::AccessExclusive => "nobody can read or write it",
        _ => "nobody can write to it",
    }
}

/// Returns the relation of a name that [`Catalog::qualified`] gave.
pub(super) fn relation_named(catalog: &Catalog, qualified: &str) -> Option<Oid> {
    let mut quoted = false;
    let dot = qualified.find(|c| {
        quoted ^= c == '"';
        c == '.' && !quoted
    })?;
    let (schema, name) = (qualified.get(..dot)?, qualified.get(dot + 1..)?);
    catalog.named(Space::Relation, catalog.schema(&fold(schema)?)?, &fold(name)?)
}

/// Returns whether a relation keeps rows.
pub(super) fn keeps_rows(catalog: &Catalog, oid: Oid) -> bool {
    let kind = catalog.relation(oid).map(|relation| &relation.kind);
    matches!(kind, Some(RelationKind::Table | RelationKind::Partitioned(_) | RelationKind::MaterializedView(_)))
}

/// Returns the names, as a sentence lists them.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
