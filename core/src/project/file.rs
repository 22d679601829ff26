//! The files that a project is made of.

/// Path of the settings.
pub(super) const SETTINGS: &str = "limbeck.toml";

/// What a file is to a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Settings,
    Template,
    /// The desired schema.
    Schema,
    Revision,
    /// Lies where revisions lie and is named nearly like one: `.SQL`.
    NearRevision,
    /// Hidden, an editor's backup, or none of the project's business.
    Other,
}

/// Returns what a file is, by its path.
pub(super) fn kind(path: &str) -> Kind {
    if path.split('/').any(|part| part.starts_with('.')) {
        return Kind::Other;
    }
    let below = |directory: &str| path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
    let ends = |end: &str| path.get(path.len().saturating_sub(4)..).is_some_and(|tail| tail.eq_ignore_ascii_case(end));
    match path {
        SETTINGS => Kind::Settings,
        "script.sql" => Kind::Template,
        "schema.sql" => Kind::Schema,
        _ if below("schema") && path.ends_with(".sql") => Kind::Schema,
        _ if below("versions") && path.ends_with(".sql") => Kind::Revision,
        _ if below("versions") && ends(".sql") => Kind::NearRevision,
        _ => Kind::Other,
    }
}

/// Returns whether a file of the migrations directory is one that [`File`](super::File)s are made of: settings,
/// template, the desired schema, and what lies below `versions/` and may be meant as a revision.
///
/// Hidden files and the backups of editors are none.
pub fn is_project_file(path: &str) -> bool {
    kind(path) != Kind::Other
}
