//! What is wrong with the files of a project as a whole.

use crate::diagnostic::{Diagnostic, Level, Position};
use crate::revision::GraphError;
use crate::script::{Revision, Span};

/// A file that could not be read.
pub(super) fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("unreadable-file", format!("the file cannot be read: {reason}"))
        .path(path)
        .help("mend it or move it elsewhere; what it may hold is missing from the history")
}

/// A file that could not be read and that no plan is made of.
pub(super) fn not_needed(path: &str, reason: &str, lack: &str) -> Diagnostic {
    Diagnostic { level: Level::Warning, ..unreadable(path, reason) }.help(format!("mend it: {lack}"))
}

/// A file below `versions/` that is named nearly like a revision.
pub(super) fn near_revision(path: &str) -> Diagnostic {
    Diagnostic::warning("file-name", "the file is not read: the names of revisions end in `.sql`, in lower case")
        .path(path)
        .help("rename it to `.sql` if it is a revision")
}

/// Something that is wrong in the graph: placed in the file that is first to be mended, and naming the others.
pub(super) fn of_graph(error: &GraphError, revisions: &[Revision]) -> Diagnostic {
    let involved: Vec<&Revision> = error.revisions().iter().filter_map(|index| revisions.get(*index)).collect();
    let mut message = error.to_string();
    if involved.len() > 1 {
        let files: Vec<&str> = involved.iter().map(|revision| revision.path.as_str()).collect();
        message.push_str(&format!(": {}", files.join(", ")));
    }
    let mut finding = Diagnostic::error(error.code(), message).help(error.hint());
    if let Some(first) = involved.first() {
        let (start, end) = place(error, first);
        finding = finding.path(&first.path).revision(first.id.as_str()).span(start, end);
    }
    finding
}

fn place(error: &GraphError, revision: &Revision) -> Span {
    let header = &revision.header;
    let top = (Position { line: 1, column: 1 }, Position { line: 1, column: 1 });
    match error {
        GraphError::DuplicateId { .. } => header.id,
        GraphError::MissingParent { .. } | GraphError::SelfLoop { .. } | GraphError::Cycle { .. } => header.revises,
        GraphError::MissingDependency { .. }
        | GraphError::DependencySelfLoop { .. }
        | GraphError::DependencyCycle { .. } => header.depends_on.or(header.revises),
        GraphError::DuplicateLabel { .. } => header.branch_labels,
    }
    .unwrap_or(top)
}
