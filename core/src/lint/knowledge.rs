//! What rules ask of locks, names and types.

use crate::catalog::{Catalog, Oid, RelationKind};
use crate::ddl::LockMode;

/// Returns whether others cannot write to a relation while it is locked.
pub(super) fn blocks_writes(mode: LockMode) -> bool {
    mode >= LockMode::Share
}

/// Returns whether others cannot work with a relation while it is locked: into a materialized view nobody writes, and
/// what only keeps it from being refreshed again disturbs nobody.
pub(super) fn disturbs(catalog: &Catalog, on: Oid, mode: LockMode) -> bool {
    match catalog.relation(on).map(|relation| &relation.kind) {
        Some(RelationKind::MaterializedView(_)) => mode == LockMode::AccessExclusive,
        _ => blocks_writes(mode),
    }
}

/// Returns what others cannot do while a relation is locked, as `nobody can …`.
pub(super) fn nobody_can(mode: LockMode) -> &'static str {
    match mode {
        LockMode::AccessExclusive => "nobody can read or write it",
        _ => "nobody can write to it",
    }
}

/// Returns whether a relation keeps rows.
pub(super) fn keeps_rows(catalog: &Catalog, oid: Oid) -> bool {
    let kind = catalog.relation(oid).map(|relation| &relation.kind);
    matches!(kind, Some(RelationKind::Table | RelationKind::Partitioned(_) | RelationKind::MaterializedView(_)))
}

/// Returns whether a text holds a word of small letters, in whatever case and be it a part of another: a quick look
/// before one that takes time.
pub(super) fn mentions(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(first) = word.first() else { return true };
    let starts = text.iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(first));
    starts.map(|(at, _)| at).any(|at| text.get(at..at + word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word)))
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

/// Returns the first names in such a list, and how many more there are: what grows with each statement is not said
/// whole at each of them.
pub(super) fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 6;
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    if names.len() <= MOST {
        return listed(names.into_iter());
    }
    let rest = format!("{} more", names.len() - MOST + 1);
    names.truncate(MOST - 1);
    listed(names.into_iter().chain([rest.as_str()]))
}
